//! What was opened with a key, or of a role, and with what that had opened, to the end; and how all of it is ended. Chains may be rings:
//! nothing is waited for between the roles of one round, so that no session of a ring renews another.

use std::collections::BTreeSet;

use super::{
    action::{Ground, WhyNot, drawn::aws_identity},
    call::{PutDeny, Soak},
    deny::Deny,
    plan::Step,
};
use crate::base::name::Arn;
use crate::model::{
    aws::{InlinePolicy, Role},
    entity::Entity,
    event::Event,
    id::{Id, Kind},
    link::Relation,
    session::Session,
};

/// Seconds after which the same is written again: what was issued while the first one spread is refused as well.
const AGAIN: i64 = 40;

/// Calls by which somebody with a stolen key stays. Source: AWS's customer playbook for compromised credentials.
const FOOTHOLDS: [&str; 14] = [
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "AttachUserPolicy",
    "PutUserPolicy",
    "AddUserToGroup",
    "CreateRole",
    "AttachRolePolicy",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
    "CreateOpenIDConnectProvider",
    "GetFederationToken",
    "RunInstances",
];

/// What was opened with a key, and with what that had opened, to the end.
pub(super) struct Opened<'a> {
    /// What it began with, and every session.
    by: BTreeSet<&'a Id>,
    pub(super) roles: BTreeSet<&'a Id>,
}

impl<'a> Opened<'a> {
    /// `starts`: keys, roles or sessions.
    pub(super) fn by(ground: &Ground<'a>, starts: impl IntoIterator<Item = &'a Id>) -> Self {
        let mut open: Vec<&'a Id> = starts.into_iter().collect();
        let mut opened = Self { by: open.iter().copied().collect(), roles: BTreeSet::new() };
        opened.roles.extend(open.iter().filter(|id| id.kind() == Kind::Role));
        while let Some(opener) = open.pop() {
            let relation = if opener.kind() == Kind::Role { Relation::AssumedAs } else { Relation::Opened };
            let sessions = ground.linked.targets(opener, relation).filter(|id| id.kind() == Kind::Session);
            for session in sessions {
                let roles = ground.linked.origins(session, Relation::AssumedAs);
                opened.roles.extend(roles);
                if opened.by.insert(session) {
                    open.push(session);
                }
            }
        }
        opened
    }

    /// Refuses everything to the sessions of every role, as far as keytrail may act there; what cannot be stopped is said.
    pub(super) fn revoked(&self, ground: &Ground<'_>) -> (Vec<Step>, Vec<String>) {
        let (mut steps, mut cautions) = (Vec::new(), Vec::new());
        for id in &self.roles {
            let role = ground.estate.find::<Role>(id);
            let step = role
                .ok_or_else(|| WhyNot::new(format!("{} was not seen", id.key_text())))
                .and_then(|role| denied(&role.arn, role.inline.as_deref(), Deny::OlderSessions))
                .and_then(|step| {
                    let account = step.0.account();
                    let may = account.map_or(Ok(()), |account| aws_identity(ground, account).map(|_| ()));
                    may.map(|()| step)
                });
            match step {
                Ok(step) => steps.push(step),
                Err(why) => cautions.push(format!("Not stopped: the sessions of {}: {why}.", id.key_text())),
            }
        }
        (steps, cautions)
    }

    /// Ways to stay that one of them may have made, and what was not seen.
    pub(super) fn cautions(&self, ground: &Ground<'_>) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for id in &self.by {
            match ground.linked.derived(id) {
                Some(Entity::Session(Session { key: Some(key), .. })) => keys.insert(key.as_str()),
                _ => keys.insert(id.key_text()),
            };
        }
        let by = |event: &&Event| event.caller.key.as_ref().is_some_and(|key| keys.contains(key.as_str()));
        let footholds = ground
            .estate
            .all::<Event>()
            .filter(by)
            .filter(|event| FOOTHOLDS.contains(&&*event.name) && !event.is_denied());
        let mut said: Vec<String> = footholds
            .map(|event| {
                let about = event.about.as_deref().map_or_else(String::new, |about| format!(" ({about})"));
                format!(
                    "Look at what {}{about} made at {} in account {}.",
                    event.name, event.at, event.account
                )
            })
            .collect();
        said.sort();
        said.dedup();
        let unread = ground.estate.gaps().filter(|(_, gap)| gap.call.contains("LookupEvents"));
        said.extend(unread.map(|(scope, gap)| {
            format!("Not seen: events of {}: {}: sessions may be missing above.", scope.source, gap.blame)
        }));
        said
    }
}

/// Writes a policy that takes away. Roles that AWS made for its own services cannot be changed.
pub(super) fn denied(holder: &Arn, inline: Option<&[InlinePolicy]>, deny: Deny) -> Result<Step, WhyNot> {
    let account = holder.account().ok_or_else(|| WhyNot::new(format!("{holder} names no account")))?;
    if holder.resource().starts_with("role/aws-service-role/") {
        return Err(WhyNot::new(format!("{} is a role that only AWS changes", holder.name())));
    }
    let before = inline.into_iter().flatten().find(|policy| &*policy.name == deny.name());
    let before = before.map(|policy| policy.document.to_string());
    Ok(PutDeny { account, holder: holder.clone(), deny, before }.into())
}

/// All of it at once, and all of it again.
pub(super) fn twice(revoked: Vec<Step>) -> Vec<Step> {
    let again = revoked.clone();
    revoked.into_iter().chain([Soak { seconds: AGAIN }.into()]).chain(again).collect()
}
