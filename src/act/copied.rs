//! Everything a user may do, as a role is given it: the policies written into it and its groups, those attached, its boundary.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{action::WhyNot, deny::Deny, trust};
use crate::{
    base::name::Arn,
    model::{
        aws::{IamGroup, InlinePolicy, Policy, User},
        estate::Estate,
        id::Id,
    },
};

/// A role may hold so many managed policies, and so many characters of policies written into it.
/// Source: IAM and AWS STS quotas.
const ATTACHED: usize = 10;
const WRITTEN: usize = 10_240;

/// What AWS attaches to users whose key was found in public: it is about the key.
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

#[derive(Debug, Default)]
pub(super) struct Copied {
    /// Names and documents.
    pub(super) inline: Vec<(String, String)>,
    pub(super) attached: BTreeSet<Arn>,
    pub(super) boundary: Option<Arn>,
    /// Services that some policy allows calls of.
    services: BTreeSet<String>,
    /// Policies whose documents were not read.
    unread: BTreeSet<String>,
    has_user_name: bool,
}

impl Copied {
    /// Refuses where some of it was not read: the role would be able to do less, or more.
    pub(super) fn of(estate: &Estate, user: &Arn) -> Result<Self, WhyNot> {
        let unread = || WhyNot::new(format!("what {} may do was not read", user.name()));
        let seen = estate.find::<User>(&Id::user(user)).ok_or_else(unread)?;
        let mut copied = Self { boundary: seen.boundary.clone(), ..Self::default() };
        copied.take(
            "",
            seen.inline.as_deref().ok_or_else(unread)?,
            seen.attached.as_deref().ok_or_else(unread)?,
        );
        for name in seen.groups.as_ref().ok_or_else(unread)? {
            let is_it =
                |group: &&IamGroup| group.arn.name() == &**name && group.arn.account() == user.account();
            let group = estate.all::<IamGroup>().find(is_it).ok_or_else(unread)?;
            let (inline, attached) = (group.inline.as_deref(), group.attached.as_deref());
            copied.take(&format!("{name}-"), inline.ok_or_else(unread)?, attached.ok_or_else(unread)?);
        }
        let written: usize = copied.inline.iter().map(|(_, document)| super::narrow::size(document)).sum();
        if copied.attached.len() > ATTACHED || written > WRITTEN {
            return Err(WhyNot::new(format!("{} has more policies than a role may have", user.name())));
        }
        for (_, document) in copied.inline.clone() {
            copied.read(&document);
        }
        for arn in copied.attached.clone() {
            match estate.find::<Policy>(&Id::policy(&arn)).and_then(|policy| policy.document.clone()) {
                Some(document) => copied.read(&document),
                None => _ = copied.unread.insert(arn.name().to_owned()),
            }
        }
        Ok(copied)
    }

    fn take(&mut self, prefix: &str, inline: &[InlinePolicy], attached: &[Arn]) {
        let is_own =
            |name: &str| [Deny::OlderSessions, Deny::Everything].iter().any(|deny| deny.name() == name);
        let kept = inline.iter().filter(|policy| !is_own(&policy.name));
        self.inline
            .extend(kept.map(|policy| (format!("{prefix}{}", policy.name), policy.document.to_string())));
        self.attached.extend(attached.iter().filter(|arn| !arn.name().starts_with(QUARANTINE)).cloned());
    }

    /// Notes what a document allows, and whether it speaks of users.
    fn read(&mut self, document: &str) {
        self.has_user_name |= document.contains("${aws:username}");
        let document: Value = serde_json::from_str(document).unwrap_or_default();
        let allows = trust::statements(&document)
            .filter(|one| one.get("Effect").is_some_and(|effect| effect == "Allow"));
        for statement in allows {
            match (statement.get("Action"), statement.get("NotAction")) {
                (Some(actions), _) => self.services.extend(
                    trust::texts(actions)
                        .iter()
                        .map(|action| action.split(':').next().unwrap_or_default().to_owned()),
                ),
                (None, Some(_)) => _ = self.services.insert("*".into()),
                (None, None) => {}
            }
        }
    }

    /// Where the rights are wider than what was seen in use.
    pub(super) fn cautions(&self, used: &[String]) -> Vec<String> {
        let mut said = Vec::new();
        let list = |names: &mut dyn Iterator<Item = &String>| {
            names.map(String::as_str).collect::<Vec<_>>().join(", ")
        };
        let seen = if used.is_empty() { "nothing".to_owned() } else { used.join(", ") };
        if self.services.contains("*") {
            said.push(format!(
                "The role gets everything, as the user has it; seen in use: {seen}. Give it less."
            ));
        } else {
            let unused = list(&mut self.services.iter().filter(|service| !used.contains(service)));
            if !unused.is_empty() {
                said.push(format!(
                    "The role gets all rights of the user; of these no call was seen: {unused} (seen: {seen}). Take them away once it runs."
                ));
            }
        }
        if !self.unread.is_empty() {
            said.push(format!("What these policies allow was not read: {}.", list(&mut self.unread.iter())));
        }
        if self.has_user_name {
            said.push(
                "A policy speaks of ${aws:username}, which no role has: that part means nothing for it."
                    .into(),
            );
        }
        said
    }
}
