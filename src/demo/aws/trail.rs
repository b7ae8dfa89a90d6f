//! Writes what happened into the accounts' trails, in the shapes CloudTrail has for it.

use serde_json::{Map, Value, json};

use super::{
    arn,
    ask::Ask,
    call::Service,
    caller::{Caller, Who},
    params::lower_first,
    refusal::Refusal,
};
use crate::demo::world::{TrailEvent, World};

/// What a finished action tells its record.
#[derive(Debug, Default)]
pub(crate) struct Note {
    pub request: Value,
    pub response: Value,
    /// What LookupEvents finds it by: type and name.
    pub lookup: Vec<(String, String)>,
    /// `resources` of the record; null where it has none.
    pub resources: Value,
    /// Another account that gets a copy: the target's, where a role of another account was assumed.
    pub copy_to: Option<u64>,
}

impl Note {
    /// The request of an IAM call as its record shows it, and what it was about.
    pub(crate) fn of(ask: &Ask<'_>) -> Self {
        const KINDS: [(&str, &str); 4] = [
            ("UserName", "AWS::IAM::User"),
            ("RoleName", "AWS::IAM::Role"),
            ("AccessKeyId", "AWS::IAM::AccessKey"),
            ("PolicyArn", "AWS::IAM::Policy"),
        ];
        let sent = ask.params.iter().filter(|(name, _)| !matches!(*name, "Action" | "Version"));
        let request: Map<String, Value> =
            sent.map(|(name, value)| (lower_first(name), Value::from(value))).collect();
        let lookup = KINDS.iter().filter_map(|(name, kind)| {
            ask.params.get(name).map(|value| ((*kind).to_owned(), value.to_owned()))
        });
        Self {
            lookup: lookup.collect(),
            request: if request.is_empty() { Value::Null } else { request.into() },
            ..Self::default()
        }
    }
}

/// Files the record of a call, good or refused, and the copy of the other account.
pub(crate) fn file(ask: &Ask<'_>, world: &mut World, outcome: &Result<Note, Refusal>) {
    let caller = ask.caller;
    let identity = identity(caller, world);
    match outcome {
        Ok(note) => {
            let shared = note.copy_to.map(|_| ask.server.mint.uuid());
            let mut record = record(ask, &identity, note, shared.as_deref());
            push(ask, world, caller.account, &mut record, note);
            if let Some(other) = note.copy_to {
                // The target's copy does not say which key or ARN it was, only whose account.
                record["userIdentity"] = json!({
                    "type": "AWSAccount",
                    "principalId": caller.principal_id(),
                    "accountId": format!("{:012}", caller.account),
                });
                push(ask, world, other, &mut record, note);
            }
        }
        Err(refusal) => {
            let spelled = refusal.spelled(ask.service, ask.action);
            let denied = matches!(refusal, Refusal::Denied(_));
            // A denied request is recorded without its parameters: the target is in the message alone.
            let note = if denied { Note::default() } else { Note::of(ask) };
            let mut record = record(ask, &identity, &note, None);
            let exception = if denied { "" } else { "Exception" };
            record["errorCode"] = format!("{}{exception}", spelled.code).into();
            record["errorMessage"] = spelled.message.into();
            push(ask, world, caller.account, &mut record, &note);
        }
    }
}

/// Files a record about somebody who had only a token of an identity provider.
pub(crate) fn file_token(
    ask: &Ask<'_>,
    world: &mut World,
    identity: &Value,
    outcome: Result<&Note, &Refusal>,
) {
    // The refusal does not name the role, so the request stays.
    let refused = Note {
        request: json!({
            "roleArn": ask.params.get("RoleArn"),
            "roleSessionName": ask.params.get("RoleSessionName"),
        }),
        ..Note::default()
    };
    let note = outcome.unwrap_or(&refused);
    let mut record = record(ask, identity, note, None);
    record["additionalEventData"]["identityProviderConnectionVerificationMethod"] = "IAMTrustStore".into();
    if let Err(refusal) = outcome {
        let spelled = refusal.spelled(ask.service, ask.action);
        record["errorCode"] = spelled.code.into();
        record["errorMessage"] = spelled.message.into();
    }
    push(ask, world, ask.caller.account, &mut record, note);
}

/// STS calls that only look, as AWS classifies them: role assumptions are among them.
fn is_read_only(ask: &Ask<'_>) -> bool {
    ask.service == Service::Sts && ask.action != "GetSessionToken"
}

fn region<'a>(ask: &Ask<'a>) -> &'a str {
    // IAM is global, and its records land in one region.
    if ask.service == Service::Iam { "us-east-1" } else { ask.region }
}

fn record(ask: &Ask<'_>, identity: &Value, note: &Note, shared: Option<&str>) -> Value {
    let mut record = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": ask.now.to_string(),
        "eventSource": format!("{}.amazonaws.com", ask.service.prefix()),
        "eventName": ask.action,
        "awsRegion": region(ask),
        "sourceIPAddress": "127.0.0.1",
        "userAgent": ask.agent,
        "requestParameters": note.request,
        "responseElements": note.response,
        "requestID": ask.request_id,
        "readOnly": is_read_only(ask),
        "eventType": "AwsApiCall",
        "managementEvent": true,
        "eventCategory": "Management",
    });
    if ask.service == Service::Sts {
        // The global endpoint and that of us-east-1 are signed alike.
        let endpoint = if ask.region == "us-east-1" { "global" } else { "regional" };
        record["additionalEventData"] = json!({
            "RequestDetails": { "endpointType": endpoint, "awsServingRegion": ask.region },
        });
    }
    if !note.resources.is_null() {
        record["resources"] = note.resources.clone();
    }
    if let Some(shared) = shared {
        record["sharedEventID"] = shared.into();
    }
    record
}

/// `userIdentity` of a caller.
fn identity(caller: &Caller, world: &World) -> Value {
    let account = format!("{:012}", caller.account);
    let mut identity = json!({
        "principalId": caller.principal_id(),
        "arn": caller.arn(),
        "accountId": account,
        "accessKeyId": caller.key,
    });
    let issuer = match &caller.who {
        Who::User { name, .. } => {
            identity["type"] = "IAMUser".into();
            identity["userName"] = name.as_str().into();
            None
        }
        Who::Role { name, id, .. } => {
            identity["type"] = "AssumedRole".into();
            let path = world.accounts.get(&caller.account).and_then(|account| account.roles.get(name));
            let path = path.map_or("/", |role| role.path.as_str());
            Some(json!({
                "type": "Role",
                "principalId": id,
                "arn": arn::iam(caller.account, "role", path, name),
                "accountId": account,
                "userName": name,
            }))
        }
        Who::Nobody => None,
    };
    if let Some(issued) = caller.issued {
        let attributes = json!({ "creationDate": issued.to_string(), "mfaAuthenticated": "false" });
        identity["sessionContext"] = json!({ "attributes": attributes });
        if let Some(issuer) = issuer {
            identity["sessionContext"]["sessionIssuer"] = issuer;
        }
    }
    identity
}

/// Puts a record into one account's trail. Key and name for LookupEvents are those of its `userIdentity`.
fn push(ask: &Ask<'_>, world: &mut World, account: u64, record: &mut Value, note: &Note) {
    let Some(home) = world.accounts.get_mut(&account) else { return };
    let id = ask.server.mint.uuid();
    record["eventID"] = id.as_str().into();
    record["recipientAccountId"] = format!("{account:012}").into();
    let identity = &record["userIdentity"];
    let text = |name: &str| identity.get(name).and_then(Value::as_str).map(str::to_owned);
    let username = match identity.get("type").and_then(Value::as_str) {
        Some("AssumedRole") => {
            text("principalId").and_then(|id| id.split_once(':').map(|(_, session)| session.to_owned()))
        }
        _ => text("userName"),
    };
    let event = TrailEvent {
        id,
        at: ask.now,
        source: format!("{}.amazonaws.com", ask.service.prefix()),
        name: ask.action.to_owned(),
        read_only: is_read_only(ask),
        access_key: text("accessKeyId").filter(|key| !key.is_empty()),
        username,
        resources: note.lookup.clone(),
        record: record.to_string(),
    };
    let trail = home.trail.entry(region(ask).to_owned()).or_default();
    // Oldest first, also where the world's own life has written something slightly ahead.
    let place = trail.partition_point(|known| known.at <= event.at);
    trail.insert(place, event);
}
