//! Why a call is not answered, in words common to all services, and how each service spells it.

use super::call::Service;

/// A call that was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Nothing was signed.
    NoToken,
    /// The Authorization header cannot be read; the text says why.
    Incomplete(String),
    /// Unknown, inactive or deleted key, or a session token that is not the key's.
    UnknownKey,
    /// The signature is not the one the secret makes.
    WrongSignature,
    /// The signature's date is more than a quarter of an hour off; the text says how.
    Stale(String),
    /// Temporary credentials past their end.
    Expired,
    /// Not permitted: AWS's whole sentence.
    Denied(String),
    Throttled {
        retry_after: Option<u32>,
    },
    /// The service failed, with this HTTP status.
    Internal(u16),
    NoSuchAction,
    /// Anything a single action has its own code for.
    Said {
        status: u16,
        code: &'static str,
        message: String,
    },
}

/// A refusal as one service spells it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Spelled {
    pub status: u16,
    pub code: &'static str,
    pub message: String,
}

const INVALID_TOKEN: &str = "The security token included in the request is invalid.";
const EXPIRED_TOKEN: &str = "The security token included in the request is expired";
const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your \
                        AWS Secret Access Key and signing method. Consult the service documentation for details.";

impl Refusal {
    pub(crate) const fn said(status: u16, code: &'static str, message: String) -> Self {
        Self::Said { status, code, message }
    }

    pub(crate) const fn invalid(message: String) -> Self {
        Self::said(400, "ValidationError", message)
    }

    /// `NoSuchEntity`, with the sentence IAM has for it.
    pub(crate) const fn absent(message: String) -> Self {
        Self::said(404, "NoSuchEntity", message)
    }

    pub(crate) fn malformed(message: &str) -> Self {
        Self::said(400, "MalformedPolicyDocument", message.to_owned())
    }

    /// `LimitExceeded`: `Cannot exceed quota for AccessKeysPerUser: 2`.
    pub(crate) fn quota(what: &str, limit: usize) -> Self {
        Self::said(409, "LimitExceeded", format!("Cannot exceed quota for {what}: {limit}"))
    }

    /// Status, code and message in the service's own words.
    pub(crate) fn spelled(&self, service: Service, action: &str) -> Spelled {
        let (status, code, message) = match service {
            Service::Ec2 => self.as_ec2(action),
            Service::CloudTrail | Service::Athena | Service::Ecs => self.as_json(),
            Service::Eks => self.as_rest(),
            Service::Iam | Service::Sts | Service::AutoScaling | Service::Other => self.as_query(action),
        };
        Spelled { status, code, message }
    }

    fn as_query(&self, action: &str) -> (u16, &'static str, String) {
        match self {
            Self::NoToken => {
                (403, "MissingAuthenticationToken", "Request is missing Authentication Token".into())
            }
            Self::Incomplete(why) => (400, "IncompleteSignature", why.clone()),
            Self::UnknownKey => (403, "InvalidClientTokenId", INVALID_TOKEN.into()),
            Self::WrongSignature => (403, "SignatureDoesNotMatch", MISMATCH.into()),
            Self::Stale(how) => (403, "SignatureDoesNotMatch", how.clone()),
            Self::Expired => (403, "ExpiredToken", EXPIRED_TOKEN.into()),
            Self::Denied(sentence) => (403, "AccessDenied", sentence.clone()),
            Self::Throttled { .. } => (400, "Throttling", "Rate exceeded".into()),
            Self::Internal(503) => (503, "ServiceUnavailable", "Service is unavailable.".into()),
            Self::Internal(status) => (*status, "InternalFailure", INTERNAL.into()),
            Self::NoSuchAction => {
                (400, "InvalidAction", format!("Could not find operation {action} for this version"))
            }
            Self::Said { status, code, message } => (*status, code, message.clone()),
        }
    }

    fn as_ec2(&self, action: &str) -> (u16, &'static str, String) {
        match self {
            Self::NoToken | Self::UnknownKey | Self::WrongSignature => {
                (401, "AuthFailure", "AWS was not able to validate the provided access credentials".into())
            }
            Self::Stale(_) | Self::Expired => (400, "RequestExpired", "Request has expired.".into()),
            Self::Denied(sentence) => (
                403,
                "UnauthorizedOperation",
                format!("You are not authorized to perform this operation. {sentence}"),
            ),
            Self::Throttled { .. } => (503, "RequestLimitExceeded", "Request limit exceeded.".into()),
            Self::Internal(503) => (503, "Unavailable", "The server is overloaded.".into()),
            Self::Internal(status) => (*status, "InternalError", "An internal error has occurred".into()),
            Self::NoSuchAction => {
                (400, "InvalidAction", format!("The action {action} is not valid for this web service."))
            }
            Self::Incomplete(_) | Self::Said { .. } => self.as_query(action),
        }
    }

    /// The same codes, with the statuses that REST has for them.
    fn as_rest(&self) -> (u16, &'static str, String) {
        let (status, code, message) = self.as_json();
        let status = match self {
            Self::Throttled { .. } => 429,
            Self::NoSuchAction => 404,
            _ if status == 400 && !matches!(self, Self::Said { .. }) => 403,
            _ => status,
        };
        (status, code, message)
    }

    fn as_json(&self) -> (u16, &'static str, String) {
        match self {
            Self::NoToken => {
                (400, "MissingAuthenticationTokenException", "Request is missing Authentication Token".into())
            }
            Self::Incomplete(why) => (400, "IncompleteSignatureException", why.clone()),
            Self::UnknownKey => (400, "UnrecognizedClientException", INVALID_TOKEN.into()),
            Self::WrongSignature => (400, "InvalidSignatureException", MISMATCH.into()),
            Self::Stale(how) => (400, "InvalidSignatureException", how.clone()),
            Self::Expired => (400, "ExpiredTokenException", EXPIRED_TOKEN.into()),
            Self::Denied(sentence) => (400, "AccessDeniedException", sentence.clone()),
            Self::Throttled { .. } => (400, "ThrottlingException", "Rate exceeded".into()),
            Self::Internal(503) => (503, "ServiceUnavailableException", "Service is unavailable.".into()),
            Self::Internal(status) => (*status, "InternalFailure", INTERNAL.into()),
            Self::NoSuchAction => (400, "UnknownOperationException", String::new()),
            Self::Said { status, code, message } => (*status, code, message.clone()),
        }
    }
}

const INTERNAL: &str = "The request processing has failed because of an unknown error, exception or failure.";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_service_has_its_own_word_for_an_unknown_key() {
        let spelled = |service| {
            let spelled = Refusal::UnknownKey.spelled(service, "X");
            (spelled.status, spelled.code)
        };
        assert_eq!(spelled(Service::Iam), (403, "InvalidClientTokenId"));
        assert_eq!(spelled(Service::Ec2), (401, "AuthFailure"));
        assert_eq!(spelled(Service::CloudTrail), (400, "UnrecognizedClientException"));
    }
}
