//! What AWS shows of Vault: who makes users for it, and the users it made.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    base::time::Timestamp,
    join::Policies,
    model::{
        aws::{Role, User},
        entity::{Entity, OfKind},
        estate::Estate,
        event::Event,
        id::Id,
        link::Grade,
    },
    policy::document::Effect,
};

/// The user or role that Vault itself signs in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer {
    pub principal: Id,
    /// Observed where events show it make users; configured where its policies let it, and only them.
    pub grade: Grade,
}

/// Who made users that are named like Vault's; where no event shows that, who may make them. In the order of their ids.
pub fn issuers<'a>(estate: &'a Estate, policies: &Policies<'a>) -> Vec<Issuer> {
    let mut found: BTreeMap<Id, Issuer> = BTreeMap::new();
    let created = estate.all::<Event>().filter(|event| &*event.name == "CreateUser" && event.error.is_none());
    for event in created.filter(|event| user_name(&event.raw).is_some_and(|name| is_made_by_vault(&name))) {
        let principal = match (&event.caller.issuer, &event.caller.arn) {
            (Some(role), _) => Id::role(role),
            (None, Some(user)) if user.resource().starts_with("user/") => Id::user(user),
            _ => continue,
        };
        found.insert(principal.clone(), Issuer { principal, grade: Grade::Observed });
    }
    if found.is_empty() {
        let holders = estate.of(User::KIND).chain(estate.of(Role::KIND));
        for entity in holders.filter(|entity| may_make_users(entity, policies)) {
            found.insert(entity.id(), Issuer { principal: entity.id(), grade: Grade::Configured });
        }
    }
    found.into_values().collect()
}

/// Who was created, by the record of `CreateUser`.
fn user_name(raw: &str) -> Option<String> {
    let record: Value = serde_json::from_str(raw).ok()?;
    Some(record["requestParameters"]["userName"].as_str()?.to_owned())
}

/// Is it allowed to create users that are called `vault-...`, as such?
fn may_make_users<'a>(entity: &'a Entity, policies: &Policies<'a>) -> bool {
    let held = policies.held(entity).unwrap_or_default();
    held.documents().into_iter().flat_map(|document| &document.statements).any(|statement| {
        let names = |pattern: &String| pattern.contains(":user/") && pattern.contains("/vault-");
        statement.effect == Effect::Allow
            && statement.actions.has_action("iam:CreateUser")
            && statement
                .resources
                .as_ref()
                .is_some_and(|resources| !resources.negated && resources.patterns.iter().any(names))
    })
}

/// Does a user's name have the shape Vault gives it: `vault-jwt-deploy-1700000000-AbCdEf`?
/// Source: Vault's documentation, AWS secrets engine, `username_template`.
pub fn is_made_by_vault(name: &str) -> bool {
    made_at(name).is_some()
}

/// The time that Vault writes into a user's name.
pub fn made_at(name: &str) -> Option<Timestamp> {
    let mut parts = name.strip_prefix("vault-")?.rsplit('-');
    let seconds = parts.find(|part| part.len() == 10 && part.bytes().all(|byte| byte.is_ascii_digit()))?;
    seconds.parse().ok().map(Timestamp::from_seconds)
}
