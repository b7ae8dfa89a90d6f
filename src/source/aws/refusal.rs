//! From whatever the SDK calls an error to who must act. The texts of errors are not kept: they may quote requests.

use std::error::Error;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_iam::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};
use aws_sdk_sts::operation::{
    assume_role::AssumeRoleError, assume_role_with_web_identity::AssumeRoleWithWebIdentityError,
};

use crate::base::blame::Blame;

/// What a call ended in when it did not end in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The service said no. The code is empty where the body was not in AWS's form.
    Refused { code: String, status: u16 },
    /// The credentials could not be made: a role that may not be assumed, in most cases.
    NoCredentials { call: &'static str, code: String, status: u16 },
    /// The chain holds no credentials at all, or wrong configuration.
    NothingToSignWith,
    /// Unreachable, cut, timed out.
    NoAnswer,
    /// An answer that could not be read.
    Unreadable,
}

impl Failure {
    pub(super) fn of<E>(error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + Send + Sync + 'static,
    {
        match error {
            SdkError::ServiceError(refused) => Self::Refused {
                code: refused.err().code().unwrap_or_default().to_owned(),
                status: refused.raw().status().as_u16(),
            },
            SdkError::ResponseError(odd) if odd.raw().status().is_server_error() => {
                Self::Refused { code: String::new(), status: odd.raw().status().as_u16() }
            }
            SdkError::ResponseError(_) => Self::Unreadable,
            other => credentials_failure(other.source()).unwrap_or(Self::NoAnswer),
        }
    }

    /// The same for credentials that were asked for without a call around them.
    pub(super) fn of_credentials(error: &CredentialsError) -> Self {
        credentials_failure(Some(error)).unwrap_or(Self::NothingToSignWith)
    }

    /// `call` as in `iam:ListAccessKeys ci-deploy`; `caller` is whom to give the permission.
    pub(super) fn blame(&self, call: &str, caller: &str) -> Blame {
        match self {
            Self::Refused { code, status } => blame_of(code, *status, call, caller),
            Self::NoCredentials { call, code, status } => blame_of(code, *status, call, "keytrail's caller"),
            Self::NothingToSignWith => Blame::Token,
            Self::NoAnswer => Blame::Network,
            Self::Unreadable => Blame::Bug,
        }
    }
}

/// An error of getting credentials hides deep in the chain of causes.
fn credentials_failure(mut cause: Option<&(dyn Error + 'static)>) -> Option<Failure> {
    let mut found = None;
    while let Some(error) = cause {
        if let Some(assume) = error.downcast_ref::<SdkError<AssumeRoleError, HttpResponse>>() {
            return Some(inner("sts:AssumeRole", Failure::of(assume)));
        }
        if let Some(assume) = error.downcast_ref::<SdkError<AssumeRoleWithWebIdentityError, HttpResponse>>() {
            return Some(inner("sts:AssumeRoleWithWebIdentity", Failure::of(assume)));
        }
        match error.downcast_ref::<CredentialsError>() {
            Some(CredentialsError::ProviderTimedOut(_)) => found = Some(Failure::NoAnswer),
            Some(_) => found = Some(Failure::NothingToSignWith),
            None => {}
        }
        cause = error.source();
    }
    found
}

fn inner(call: &'static str, failure: Failure) -> Failure {
    match failure {
        Failure::Refused { code, status } => Failure::NoCredentials { call, code, status },
        other => other,
    }
}

/// The error codes of IAM, STS, CloudTrail and EC2, sorted by who must act.
///
/// Source: the "Common Errors" page of each service's API reference.
fn blame_of(code: &str, status: u16, call: &str, caller: &str) -> Blame {
    let action = call.split(' ').next().unwrap_or(call);
    match code {
        "AccessDenied"
        | "AccessDeniedException"
        | "UnauthorizedOperation"
        | "AuthorizationError"
        | "OptInRequired"
        | "RegionDisabledException" => Blame::Scope(format!("allow {action} for {caller}")),
        "InvalidClientTokenId"
        | "InvalidAccessKeyId"
        | "UnrecognizedClientException"
        | "UnrecognizedClient"
        | "ExpiredToken"
        | "ExpiredTokenException"
        | "AuthFailure"
        | "SignatureDoesNotMatch"
        | "InvalidSignatureException"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "InvalidIdentityToken"
        | "RequestExpired" => Blame::Token,
        "Throttling"
        | "ThrottlingException"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "RequestLimitExceeded"
        | "TooManyRequestsException"
        | "SlowDown"
        | "MaxConcurrentQueriesException"
        | "BandwidthLimitExceeded" => Blame::Quota { until: None },
        "NoSuchEntity"
        | "NoSuchEntityException"
        | "ResourceNotFoundException"
        | "InvalidLaunchTemplateId.NotFound"
        | "InvalidLaunchTemplateId.VersionNotFound"
        | "EventDataStoreNotFoundException"
        | "EventDataStoreARNInvalidException" => Blame::Gone,
        // One word for a table that is not there and for one that may not be seen.
        "MetadataException" => Blame::Partly(format!(
            "there is no such table in this region, or {caller} may not see it (glue:GetTable)"
        )),
        "InactiveEventDataStoreException" => Blame::Partly("the event data store is not enabled".into()),
        // Athena has one word for everything that is wrong with a question; these two do not depend on the question.
        "InvalidRequestException" if action == "athena:StartQueryExecution" => Blame::Partly(
            "either nobody says where answers are to be written (name a place as `output`, or a `workgroup` that has one), or there is no \
             such workgroup".into(),
        ),
        // What ECS calls a task definition that does not exist.
        "ClientException" if action == "ecs:DescribeTaskDefinition" => Blame::Gone,
        _ => match status {
            401 => Blame::Token,
            403 => Blame::Scope(format!("allow {action} for {caller}")),
            429 => Blame::Quota { until: None },
            500.. => Blame::Network,
            _ => Blame::Bug,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: &str, status: u16) -> Blame {
        let failure = Failure::Refused { code: code.into(), status };
        failure.blame("iam:ListAccessKeys ci-deploy", "arn:aws:iam::111111111111:user/audit")
    }

    #[test]
    fn each_code_names_who_must_act() {
        let fix = "allow iam:ListAccessKeys for arn:aws:iam::111111111111:user/audit";
        assert_eq!(refused("AccessDenied", 403), Blame::Scope(fix.into()));
        assert_eq!(refused("UnauthorizedOperation", 403), Blame::Scope(fix.into()));
        for code in ["InvalidClientTokenId", "ExpiredToken", "UnrecognizedClientException", "AuthFailure"] {
            assert_eq!(refused(code, 403), Blame::Token, "{code}");
        }
        assert_eq!(refused("Throttling", 400), Blame::Quota { until: None });
        assert_eq!(refused("ThrottlingException", 400), Blame::Quota { until: None });
        assert_eq!(refused("NoSuchEntity", 404), Blame::Gone);
        assert_eq!(refused("ValidationError", 400), Blame::Bug);
    }

    #[test]
    fn a_failing_server_without_a_code_is_no_answer() {
        assert_eq!(refused("", 500), Blame::Network);
        assert_eq!(refused("ServiceUnavailable", 503), Blame::Network);
        assert_eq!(refused("", 404), Blame::Bug);
        assert_eq!(Failure::NoAnswer.blame("ec2:DescribeInstances", "x"), Blame::Network);
    }

    #[test]
    fn a_role_that_may_not_be_assumed_names_that_call() {
        let failure =
            Failure::NoCredentials { call: "sts:AssumeRole", code: "AccessDenied".into(), status: 403 };
        let blame = failure.blame("sts:GetCallerIdentity", "x");
        assert_eq!(blame, Blame::Scope("allow sts:AssumeRole for keytrail's caller".into()));
    }

    #[test]
    fn a_missing_credential_is_found_behind_other_errors() {
        let error = SdkError::<AssumeRoleError, HttpResponse>::construction_failure(
            CredentialsError::not_loaded("nothing in the chain"),
        );
        assert_eq!(Failure::of(&error), Failure::NothingToSignWith);
    }
}
