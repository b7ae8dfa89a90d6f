//! One CloudTrail record to one event. Nothing is guessed: a record without an id, a time or an account is refused by
//! name, and a field of an unexpected shape is left out.

use std::{borrow::Cow, sync::Arc};

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    expiration, redact,
    sighted::derived_id,
    wire::{Identity, Matter, Parameters, Record, Resource, Response, Text},
};
use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        time::Timestamp,
    },
    model::event::{Caller, Event},
};

/// Where a record was found, for old records that do not say it themselves.
#[derive(Clone, Copy, Debug, Default)]
pub struct Place<'a> {
    pub account: Option<AccountId>,
    pub region: Option<&'a str>,
}

/// Why a text is not a record. It never quotes the record: there may be a session token in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    #[error("not a CloudTrail record (line {line}, column {column})")]
    Shape { line: usize, column: usize },
    #[error("a record without {0}")]
    Missing(&'static str),
    #[error("a record whose eventTime is not a time")]
    Time,
    #[error("the text ends in the middle of a record")]
    CutOff,
}

impl From<serde_json::Error> for BadRecord {
    fn from(error: serde_json::Error) -> Self {
        Self::Shape { line: error.line(), column: error.column() }
    }
}

/// Reads one record: the `CloudTrailEvent` text of LookupEvents, or one element of a log file's `Records`.
///
/// Source for every field: the CloudTrail User Guide, "CloudTrail record contents" and "CloudTrail userIdentity
/// element", and published records.
pub fn read(json: &str, place: Place<'_>) -> Result<Event, BadRecord> {
    let mut event = read_call(json, place)?;
    event.raw = redact::redact(json)?.into();
    Ok(event)
}

/// As [`read`], without the record's text: for events that can be read again.
pub(super) fn read_call(json: &str, place: Place<'_>) -> Result<Event, BadRecord> {
    let record: Record<'_> = serde_json::from_str(json)?;
    let mut caller = read_caller(record.user_identity.as_ref());
    // The copy in the account that was called names the caller's account as a number only; before
    // `recipientAccountId` existed, records stood in the caller's account alone.
    let account = account(record.recipient_account_id.as_ref())
        .or(place.account)
        .or(caller.account)
        .ok_or(BadRecord::Missing("recipientAccountId"))?;
    let at = some(record.event_time.as_ref()).ok_or(BadRecord::Missing("eventTime"))?;
    let region = some(record.aws_region.as_ref()).or(place.region).ok_or(BadRecord::Missing("awsRegion"))?;
    let name = some(record.event_name.as_ref()).ok_or(BadRecord::Missing("eventName"))?;
    let source = some(record.event_source.as_ref()).ok_or(BadRecord::Missing("eventSource"))?;
    let event_id = some(record.event_id.as_ref()).map_or_else(|| derived_id(json).into(), Cow::Borrowed);
    if caller.kind.is_empty() && caller.invoked_by.is_some() {
        // Service events of old carry no type, only `invokedBy`.
        caller.kind = "AWSService".into();
    }
    let mut event = Event {
        account,
        event_id: (*event_id).into(),
        region: region.into(),
        at: at.parse().map_err(|_| BadRecord::Time)?,
        source: source.into(),
        name: name.into(),
        caller,
        address: shared(record.source_ip_address.as_ref()),
        agent: shared(record.user_agent.as_ref()),
        error: shared(record.error_code.as_ref()),
        message: shared(record.error_message.as_ref()),
        role: None,
        session_name: None,
        minted: None,
        minted_expires: None,
        assumed: None,
        subject: None,
        provider: None,
        audience: None,
        about: None,
        shared_id: shared(record.shared_event_id.as_ref()),
        raw: Arc::default(),
        origin: None,
    };
    if mints(&event.source, &event.name) {
        read_minting(&record, &mut event);
    }
    event.about = subject_matter(&record, &event.name);
    Ok(event)
}

/// What a call was about, where that is evidence: see [`super::EVIDENCE`].
fn subject_matter(record: &Record<'_>, name: &str) -> Option<Arc<str>> {
    let parameters: Matter<'_> = part(record.request_parameters);
    match name {
        "GetSecretValue" => shared(parameters.secret_id.as_ref()),
        "GetParameter" => shared(parameters.name.as_ref()),
        "CreateUser" | "CreateAccessKey" => shared(parameters.user_name.as_ref()),
        "AssumeRoleForPodIdentity" => shared(parameters.cluster_name.as_ref()),
        "AssumeRole" => {
            let tag = |wanted: &str| {
                let tag = parameters.tags.iter().find(|tag| some(tag.key.as_ref()) == Some(wanted))?;
                some(tag.value.as_ref())
            };
            let (namespace, account) = (tag("kubernetes-namespace")?, tag("kubernetes-service-account")?);
            Some(format!("system:serviceaccount:{namespace}:{account}").into())
        }
        _ => None,
    }
}

/// Does this call mint temporary credentials when it succeeds?
fn mints(source: &str, name: &str) -> bool {
    name.starts_with("AssumeRole")
        || (source == "sts.amazonaws.com"
            && matches!(name, "GetSessionToken" | "GetFederationToken" | "AssumeRoot"))
}

/// What only minting calls have: the role asked for, the key issued, the web identity.
fn read_minting(record: &Record<'_>, event: &mut Event) {
    let parameters: Parameters<'_> = part(record.request_parameters);
    let response: Response<'_> = part(record.response_elements);
    let resources: Vec<Resource<'_>> = part(record.resources);

    let resource = || {
        let role =
            resources.iter().find(|resource| some(resource.kind.as_ref()) == Some("AWS::IAM::Role"))?;
        arn(role.arn.as_ref())
    };
    event.role = arn(parameters.role_arn.as_ref())
        .or_else(resource)
        .or_else(|| refused_resource(event.message.as_deref()?));
    let user = response.assumed_role_user.as_ref().or(response.federated_user.as_ref());
    event.assumed = user.and_then(|user| arn(user.arn.as_ref()));
    event.session_name = shared(parameters.role_session_name.as_ref())
        .or_else(|| Some(event.assumed.as_ref()?.assumed_role()?.1.into()));
    if let Some(credentials) = &response.credentials {
        event.minted = some(credentials.access_key_id.as_ref()).and_then(KeyId::new);
        event.minted_expires = some(credentials.expiration.as_ref()).and_then(expiration::read);
    }

    if let Some(set) = shared(parameters.source_identity.as_ref()) {
        event.caller.source_identity = Some(set);
    }

    let identity = record.user_identity.as_ref();
    let is_federated = matches!(&*event.caller.kind, "WebIdentityUser" | "SAMLUser");
    event.provider = arn(response.provider.as_ref())
        .or_else(|| arn(identity?.provider.as_ref()))
        .or_else(|| arn(parameters.principal_arn.as_ref()));
    event.subject = shared(response.subject_from_web_identity_token.as_ref())
        .or_else(|| shared(response.subject.as_ref()))
        .or_else(|| event.caller.user_name.clone().filter(|_| is_federated));
    event.audience = shared(response.audience.as_ref()).or_else(|| {
        let (provider, subject) = (event.provider.as_ref()?, event.subject.as_deref()?);
        audience(event.caller.principal_id.as_deref()?, provider, subject)
    });
}

/// A web identity's principal id is `<provider ARN>:<audience>:<subject>`, and audience and subject may both hold
/// colons: what is left between the known ends is the audience.
fn audience(principal: &str, provider: &Arn, subject: &str) -> Option<Arc<str>> {
    let rest = principal.strip_prefix(provider.as_str())?.strip_prefix(':')?;
    Some(rest.strip_suffix(subject)?.strip_suffix(':')?.into())
}

/// The role in `... is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::A:role/R because ...`.
/// CloudTrail leaves the parameters of a denied call out, so that this sentence is the only place that names it.
fn refused_resource(message: &str) -> Option<Arn> {
    let (_, rest) = message.split_once("on resource: ")?;
    let word = rest.split_whitespace().next()?;
    Arn::new(word.trim_end_matches(['.', ',', ';', '"', '\'']))
}

/// The caller that a record's `userIdentity` names, from its text.
pub(super) fn caller_of(identity: &str) -> Caller {
    read_caller(serde_json::from_str(identity).ok().as_ref())
}

fn read_caller(identity: Option<&Identity<'_>>) -> Caller {
    let Some(identity) = identity else { return Caller::default() };
    let context = identity.session_context.as_ref();
    let issuer = context.and_then(|context| context.session_issuer.as_ref());
    let attributes = context.and_then(|context| context.attributes.as_ref());
    let created = attributes.and_then(|attributes| some(attributes.creation_date.as_ref()));
    Caller {
        kind: some(identity.kind.as_ref()).unwrap_or_default().into(),
        arn: arn(identity.arn.as_ref()),
        principal_id: shared(identity.principal_id.as_ref()),
        account: account(identity.account_id.as_ref()),
        key: some(identity.access_key_id.as_ref()).and_then(KeyId::new),
        user_name: shared(identity.user_name.as_ref()),
        invoked_by: shared(identity.invoked_by.as_ref()),
        issuer: issuer.and_then(|issuer| arn(issuer.arn.as_ref())),
        session_created: created.and_then(|at| at.parse::<Timestamp>().ok()),
        source_identity: context.and_then(|context| shared(context.source_identity.as_ref())),
    }
}

/// A part whose shape depends on the call; another shape than expected says nothing.
fn part<'a, T: Deserialize<'a> + Default>(raw: Option<&'a RawValue>) -> T {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
}

/// The text, unless it is empty.
fn some<'t>(text: Option<&'t Text<'_>>) -> Option<&'t str> {
    text.map(|text| &*text.0).filter(|text| !text.is_empty())
}

fn shared(text: Option<&Text<'_>>) -> Option<Arc<str>> {
    some(text).map(Into::into)
}

fn arn(text: Option<&Text<'_>>) -> Option<Arn> {
    some(text).and_then(Arn::new)
}

fn account(text: Option<&Text<'_>>) -> Option<AccountId> {
    some(text).and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests;
