//! A CloudTrail record as it is written. Only the shape every record shares is demanded; what differs from call to
//! call (parameters, response) is kept raw until the call is known.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// Text that is borrowed where the JSON needs no unescaping. (Serde borrows a `Cow` only outside an `Option`.)
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Text<'a>(#[serde(borrow)] pub(super) Cow<'a, str>);

type Maybe<'a> = Option<Text<'a>>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    #[serde(borrow)]
    pub(super) user_identity: Option<Identity<'a>>,
    pub(super) event_time: Maybe<'a>,
    pub(super) event_source: Maybe<'a>,
    pub(super) event_name: Maybe<'a>,
    pub(super) aws_region: Maybe<'a>,
    #[serde(rename = "sourceIPAddress")]
    pub(super) source_ip_address: Maybe<'a>,
    pub(super) user_agent: Maybe<'a>,
    pub(super) error_code: Maybe<'a>,
    pub(super) error_message: Maybe<'a>,
    pub(super) request_parameters: Option<&'a RawValue>,
    pub(super) response_elements: Option<&'a RawValue>,
    #[serde(rename = "eventID")]
    pub(super) event_id: Maybe<'a>,
    pub(super) recipient_account_id: Maybe<'a>,
    #[serde(rename = "sharedEventID")]
    pub(super) shared_event_id: Maybe<'a>,
    pub(super) resources: Option<&'a RawValue>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Identity<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Maybe<'a>,
    pub(super) principal_id: Maybe<'a>,
    pub(super) arn: Maybe<'a>,
    pub(super) account_id: Maybe<'a>,
    pub(super) access_key_id: Maybe<'a>,
    pub(super) user_name: Maybe<'a>,
    pub(super) invoked_by: Maybe<'a>,
    #[serde(rename = "identityProvider")]
    pub(super) provider: Maybe<'a>,
    pub(super) session_context: Option<SessionContext<'a>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SessionContext<'a> {
    #[serde(borrow)]
    pub(super) session_issuer: Option<Issuer<'a>>,
    pub(super) attributes: Option<Attributes<'a>>,
    pub(super) source_identity: Maybe<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct Issuer<'a> {
    #[serde(borrow)]
    pub(super) arn: Maybe<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Attributes<'a> {
    #[serde(borrow)]
    pub(super) creation_date: Maybe<'a>,
}

/// `requestParameters` of the STS calls that mint credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters<'a> {
    #[serde(borrow)]
    pub(super) role_arn: Maybe<'a>,
    pub(super) role_session_name: Maybe<'a>,
    /// The SAML provider, of AssumeRoleWithSAML.
    pub(super) principal_arn: Maybe<'a>,
    pub(super) source_identity: Maybe<'a>,
}

/// `requestParameters` of calls whose subject matter is evidence.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Matter<'a> {
    #[serde(borrow)]
    pub(super) secret_id: Maybe<'a>,
    pub(super) name: Maybe<'a>,
    pub(super) user_name: Maybe<'a>,
    pub(super) cluster_name: Maybe<'a>,
    /// Session tags, of AssumeRole.
    #[serde(default)]
    pub(super) tags: Vec<Tag<'a>>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Tag<'a> {
    #[serde(borrow)]
    pub(super) key: Maybe<'a>,
    pub(super) value: Maybe<'a>,
}

/// `responseElements` of the STS calls that mint credentials.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Response<'a> {
    #[serde(borrow)]
    pub(super) credentials: Option<Credentials<'a>>,
    pub(super) assumed_role_user: Option<Issuer<'a>>,
    pub(super) federated_user: Option<Issuer<'a>>,
    pub(super) subject_from_web_identity_token: Maybe<'a>,
    pub(super) subject: Maybe<'a>,
    pub(super) provider: Maybe<'a>,
    pub(super) audience: Maybe<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Credentials<'a> {
    #[serde(borrow)]
    pub(super) access_key_id: Maybe<'a>,
    pub(super) expiration: Maybe<'a>,
}

/// One of `resources`.
#[derive(Debug, Deserialize)]
pub(super) struct Resource<'a> {
    #[serde(rename = "type", borrow)]
    pub(super) kind: Maybe<'a>,
    #[serde(rename = "ARN")]
    pub(super) arn: Maybe<'a>,
}
