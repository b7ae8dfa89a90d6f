//! One HTTP request, read as far as it can be before anybody is believed: service, region, action, parameters.

use axum::{
    body::Bytes,
    http::{HeaderMap, request::Parts},
};

use super::{params::Params, refusal::Refusal, rest, signature::Authorization};
use crate::base::name;

/// A service of this AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Service {
    Iam,
    Sts,
    Ec2,
    AutoScaling,
    Ecs,
    Eks,
    CloudTrail,
    Athena,
    /// One the company does not have: every action is unknown.
    Other,
}

impl Service {
    fn of_scope(name: &str) -> Self {
        match name {
            "iam" => Self::Iam,
            "sts" => Self::Sts,
            "ec2" => Self::Ec2,
            "autoscaling" => Self::AutoScaling,
            "ecs" => Self::Ecs,
            "eks" => Self::Eks,
            "cloudtrail" => Self::CloudTrail,
            "athena" => Self::Athena,
            _ => Self::Other,
        }
    }

    /// Where nothing is signed, the API version tells.
    fn of_version(version: &str) -> Self {
        match version {
            "2010-05-08" => Self::Iam,
            "2011-06-15" => Self::Sts,
            "2016-11-15" => Self::Ec2,
            "2011-01-01" => Self::AutoScaling,
            _ => Self::Other,
        }
    }

    /// The prefix of action names in policies.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Iam => "iam",
            Self::Sts => "sts",
            Self::Ec2 => "ec2",
            Self::AutoScaling => "autoscaling",
            Self::Ecs => "ecs",
            Self::Eks => "eks",
            Self::CloudTrail => "cloudtrail",
            Self::Athena => "athena",
            Self::Other => "other",
        }
    }

    pub(crate) const fn namespace(self) -> &'static str {
        match self {
            Self::Iam => "https://iam.amazonaws.com/doc/2010-05-08/",
            Self::Ec2 => "http://ec2.amazonaws.com/doc/2016-11-15/",
            Self::AutoScaling => "http://autoscaling.amazonaws.com/doc/2011-01-01/",
            Self::Sts | Self::Ecs | Self::Eks | Self::CloudTrail | Self::Athena | Self::Other => {
                "https://sts.amazonaws.com/doc/2011-06-15/"
            }
        }
    }
}

/// The request as it came.
#[derive(Debug)]
pub(crate) struct Wire {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Wire {
    pub(crate) fn new(parts: Parts, body: Bytes) -> Self {
        Self {
            method: parts.method.as_str().to_owned(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: parts.headers,
            body,
        }
    }

    /// Empty where the header is absent or is not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// What the request asks for.
#[derive(Debug)]
pub(crate) struct Call {
    pub service: Service,
    pub region: String,
    pub action: String,
    pub params: Params,
    /// `None` where nothing was signed.
    pub authorization: Result<Option<Authorization>, Refusal>,
}

impl Call {
    pub(crate) fn read(wire: &Wire) -> Self {
        let authorization = Authorization::read(wire.header("authorization"));
        let target = wire.header("x-amz-target");
        let mut params =
            if target.is_empty() { Params::read(&wire.query, &wire.body) } else { Params::default() };
        let (service, region) = match &authorization {
            Ok(Some(signed)) => (Service::of_scope(&signed.service), signed.region.clone()),
            _ => (Self::unsigned(wire, target, &params), "us-east-1".to_owned()),
        };
        let action = match service {
            Service::Eks => {
                let (action, named) = rest::route(&wire.method, &wire.path);
                params.extend(named);
                action
            }
            _ if target.is_empty() => params.get("Action").unwrap_or_default(),
            _ => target.rsplit('.').next().unwrap_or_default(),
        };
        let action = action.to_owned();
        Self { service, region, action, params, authorization }
    }

    /// The service of a call that nobody signed.
    fn unsigned(wire: &Wire, target: &str, params: &Params) -> Service {
        if target.starts_with("com.amazonaws.cloudtrail.") {
            Service::CloudTrail
        } else if target.starts_with("AmazonAthena.") {
            Service::Athena
        } else if target.starts_with("AmazonEC2ContainerServiceV20141113.") {
            Service::Ecs
        } else if wire.path.starts_with("/clusters") {
            Service::Eks
        } else {
            Service::of_version(params.get("Version").unwrap_or_default())
        }
    }

    /// `iam:ListUsers`: as in policies, the ledger and the switches.
    pub(crate) fn name(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.action)
    }

    /// The account the access key names, or else the one in the role's ARN.
    pub(crate) fn account(&self) -> Option<u64> {
        match &self.authorization {
            Ok(Some(signed)) => name::account_of(&signed.key).map(name::AccountId::number),
            _ => super::arn::parse(self.params.get("RoleArn")?, "role").map(|(account, _)| account),
        }
    }
}
