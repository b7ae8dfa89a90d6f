//! How a call is spelled to its service, and what it means to a person.

use std::collections::BTreeSet;

use serde::Serialize;

use super::{
    call::{BLANK, Call, KeyRef, Place, Switch},
    deny::{self, Deny},
    trust,
};
use crate::base::{
    name::{AccountId, Arn},
    text::long_age,
    time::Age,
};

/// A call as its service spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// `iam`, `sts`, `gitlab`; empty for a wait.
    pub service: &'static str,
    /// `CreateAccessKey`, `PUT projects/42/variables/AWS_ACCESS_KEY_ID`.
    pub operation: String,
    /// The account's number, or the GitLab's name.
    pub place: String,
    pub parameters: Vec<(&'static str, String)>,
}

/// A variable's `PUT`.
fn at(place: &Place, written: (&'static str, String)) -> Request {
    let mut parameters = vec![written];
    if place.has_scope() {
        parameters.push(("filter[environment_scope]", place.scope.clone()));
    }
    let operation = format!("PUT {}", place.path());
    Request { service: "gitlab", operation, place: place.instance.clone(), parameters }
}

impl Call {
    /// The thing it is about, by name; `None` for a key that is yet to be made.
    pub fn about(&self) -> Option<String> {
        Some(match self {
            Self::CreateAccessKey { user, .. } => user.to_string(),
            Self::SetAccessKeyStatus { key: KeyRef::Id(key), .. }
            | Self::DeleteAccessKey { key: KeyRef::Id(key), .. }
            | Self::AwaitDisuse { key, .. } => key.to_string(),
            Self::WriteVariable { place, .. }
            | Self::FlagVariable { place, .. }
            | Self::BlankVariable { place, .. } => place.to_string(),
            Self::Deny { holder, deny, .. } | Self::Lift { holder, deny, .. } => {
                format!("{holder} {}", deny.name())
            }
            Self::PauseRunner { instance, runner, .. } => format!("runner {instance}/{runner}"),
            Self::SetTrust { role, .. } => role.to_string(),
            Self::ProveAccessKey { .. }
            | Self::SetAccessKeyStatus { .. }
            | Self::DeleteAccessKey { .. }
            | Self::Soak { .. } => return None,
        })
    }

    pub fn request(&self) -> Request {
        let aws = |service, operation: &str, account: &AccountId, parameters| Request {
            service,
            operation: operation.to_owned(),
            place: account.to_string(),
            parameters,
        };
        let user = |user: &Arn| ("UserName", user.name().to_owned());
        match self {
            Self::CreateAccessKey { account, user: name, .. } => {
                aws("iam", "CreateAccessKey", account, vec![user(name)])
            }
            Self::ProveAccessKey { account, .. } => aws("sts", "GetCallerIdentity", account, vec![]),
            Self::SetAccessKeyStatus { account, user: name, key, to, .. } => {
                let status = ("Status", to.word().to_owned());
                aws(
                    "iam",
                    "UpdateAccessKey",
                    account,
                    vec![user(name), ("AccessKeyId", key.to_string()), status],
                )
            }
            Self::DeleteAccessKey { account, user: name, key } => {
                aws("iam", "DeleteAccessKey", account, vec![user(name), ("AccessKeyId", key.to_string())])
            }
            Self::AwaitDisuse { account, key, .. } => {
                aws("iam", "GetAccessKeyLastUsed", account, vec![("AccessKeyId", key.to_string())])
            }
            Self::WriteVariable { place, write, .. } => at(place, ("value", write.to_string())),
            Self::FlagVariable { place, flag, to, .. } => at(place, (flag.word(), to.to_string())),
            Self::BlankVariable { place, .. } => at(place, ("value", BLANK.to_owned())),
            Self::SetTrust { account, role, to, .. } => {
                let parameters = vec![("RoleName", role.name().to_owned()), ("PolicyDocument", to.clone())];
                aws("iam", "UpdateAssumeRolePolicy", account, parameters)
            }
            Self::PauseRunner { instance, runner, to } => Request {
                service: "gitlab",
                operation: format!("PUT runners/{runner}"),
                place: instance.clone(),
                parameters: vec![("paused", to.to_string())],
            },
            Self::Deny { account, holder, deny, .. } => {
                let document = ("PolicyDocument", deny.says().to_owned());
                aws(
                    "iam",
                    &format!("Put{}Policy", deny::kind(holder)),
                    account,
                    vec![
                        (deny::parameter(holder), holder.name().to_owned()),
                        ("PolicyName", deny.name().to_owned()),
                        document,
                    ],
                )
            }
            Self::Lift { account, holder, deny, restore } => {
                let verb = if restore.is_some() { "Put" } else { "Delete" };
                let mut parameters = vec![
                    (deny::parameter(holder), holder.name().to_owned()),
                    ("PolicyName", deny.name().to_owned()),
                ];
                parameters.extend(restore.iter().map(|document| ("PolicyDocument", document.clone())));
                aws("iam", &format!("{verb}{}Policy", deny::kind(holder)), account, parameters)
            }
            Self::Soak { .. } => {
                Request { service: "", operation: "wait".into(), place: String::new(), parameters: vec![] }
            }
        }
    }

    /// What it changes or waits for, for a person.
    pub fn says(&self) -> String {
        match self {
            Self::CreateAccessKey { user, .. } => {
                format!("{} gets a second access key; its secret stays in this process's memory", user.name())
            }
            Self::ProveAccessKey { .. } => "waits until AWS accepts the new key".into(),
            Self::SetAccessKeyStatus { key, to: Switch::Inactive, .. } => {
                format!("{key} stops working; sessions it has opened live on until they expire")
            }
            Self::SetAccessKeyStatus { key, to: Switch::Active, .. } => format!("{key} works again"),
            Self::DeleteAccessKey { key, .. } => format!("{key} is gone for ever"),
            Self::WriteVariable { place, write, .. } => format!("{place} holds {write}; its flags stay"),
            Self::Deny { holder, deny: Deny::OlderSessions, .. } => {
                format!(
                    "every session of {} that is older than half a minute from then is refused everything",
                    holder.name()
                )
            }
            Self::Deny { holder, deny: Deny::Everything, .. } => {
                format!("{} is refused everything", holder.name())
            }
            Self::Lift { holder, deny, .. } => {
                format!("{} is no longer in the way of {}", deny.name(), holder.name())
            }
            Self::SetTrust { role, from, to, .. } => {
                let (before, after) = (trust::principals(from), trust::principals(to));
                let list = |one: &BTreeSet<String>, other| {
                    one.difference(other).map(String::as_str).collect::<Vec<_>>().join(", ")
                };
                let (gone, new) = (list(&before, &after), list(&after, &before));
                let says = [(gone, "no longer trusts"), (new, "trusts")];
                let says =
                    says.iter().filter(|(who, _)| !who.is_empty()).map(|(who, how)| format!("{how} {who}"));
                format!("{} {}", role.name(), says.collect::<Vec<_>>().join(" and "))
            }
            Self::PauseRunner { runner, to: true, .. } => {
                format!("runner {runner} takes no new jobs; those it runs go on")
            }
            Self::PauseRunner { runner, to: false, .. } => format!("runner {runner} takes jobs again"),
            Self::FlagVariable { place, flag, to, .. } => {
                format!("{place} is {}{}", if *to { "" } else { "not " }, flag.word())
            }
            Self::BlankVariable { place, .. } => format!("{place} holds {BLANK} instead of its secret"),
            Self::AwaitDisuse { key, seconds, .. } => {
                format!("waits until {key} was not used for {}", long_age(Age::from_seconds(*seconds)))
            }
            Self::Soak { seconds } => {
                format!(
                    "waits {}, for whoever still needs it to be heard",
                    long_age(Age::from_seconds(*seconds))
                )
            }
        }
    }
}
