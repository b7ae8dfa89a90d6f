//! What AWS shows of Vault: who makes users for it, and the users it made.

use std::collections::BTreeMap;

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

impl Issuer {
    /// What shows that it is Vault's.
    pub const fn why(&self) -> &'static str {
        match self.grade {
            Grade::Observed => "CreateUser events show it make users that are named like Vault's",
            Grade::Configured | Grade::Inferred => "its policies let it make users that are called vault-",
        }
    }
}

/// Who made users that are named like Vault's; where no event shows that, who may make them. In the order of their ids.
pub fn issuers<'a>(estate: &'a Estate, policies: &Policies<'a>) -> Vec<Issuer> {
    let mut found: BTreeMap<Id, Issuer> = BTreeMap::new();
    let created = estate.all::<Event>().filter(|event| &*event.name == "CreateUser" && !event.is_denied());
    for event in created.filter(|event| event.about.as_deref().and_then(made_at).is_some()) {
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

/// The time that Vault writes into the names of users it makes: `vault-jwt-deploy-1700000000-AbCdEf`; `None` for other names.
/// Source: Vault's documentation, AWS secrets engine, `username_template`.
pub fn made_at(name: &str) -> Option<Timestamp> {
    let mut parts = name.strip_prefix("vault-")?.rsplit('-');
    let seconds = parts.find(|part| part.len() == 10 && part.bytes().all(|byte| byte.is_ascii_digit()))?;
    seconds.parse().ok().map(Timestamp::from_seconds)
}
