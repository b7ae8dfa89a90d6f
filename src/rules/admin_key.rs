//! An active access key of an administrator.

use rustc_hash::FxHashMap;

use super::{Case, Finding, Rule, Severity};
use crate::{
    model::{
        aws::{AccessKey, KeyStatus},
        id::Id,
        link::{Grade, Relation},
    },
    policy::is_administrator,
};

pub(super) const RULE: Rule = Rule {
    name: "admin-key",
    about: "An active access key belongs to a user whose policies allow everything. Critical when a CI/CD variable carries it: \
            then every job that gets the variable is an administrator of the account.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let policies = case.policies;
    let mut administrators: FxHashMap<Id, bool> = FxHashMap::default();
    let active = case.estate.all::<AccessKey>().filter(|key| key.status == Some(KeyStatus::Active));
    active
        .filter_map(|key| {
            let user = key.user.as_ref()?;
            let is_administrator = *administrators.entry(Id::user(user)).or_insert_with_key(|id| {
                let held = case.estate.get(id).and_then(|user| policies.held(user));
                held.is_some_and(|held| is_administrator(&held.documents()))
            });
            let carried = case.linked.origins(&key.id(), Relation::Carries).next().is_some();
            is_administrator.then(|| Finding {
                rule: RULE.name,
                about: key.id(),
                severity: if carried { Severity::Critical } else { Severity::High },
                confidence: Grade::Configured,
                says: format!("opens everything: {} is an administrator", user.name()),
                evidence: vec!["the user's policies allow every action on every resource".into()],
                remedy: "Give the job a role with what it needs, then deactivate the key.",
            })
        })
        .collect()
}
