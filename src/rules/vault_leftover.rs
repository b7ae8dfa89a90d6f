//! A user that Vault made and did not take away.

use super::{Case, Finding, Rule, Severity};
use crate::{
    model::{
        aws::{AccessKey, KeyStatus, User},
        link::{Grade, Relation},
    },
    way::vault,
};

pub(super) const RULE: Rule = Rule {
    name: "vault-leftover",
    about: "A user that Vault made for a lease is still there though no lease lasts so long. Vault forgot it, or could not delete it: \
            its key works until somebody else takes it away.",
    check,
};

/// 768 hours: the longest lease of a Vault that was not told otherwise (`max_lease_ttl`).
const LONGEST_LEASE_DAYS: i64 = 32;

fn check(case: &Case) -> Vec<Finding> {
    let made = case.estate.named::<User>();
    made.filter_map(|(id, user)| {
        let named_at = vault::made_at(user.name())?;
        let made_at = user.created.unwrap_or(named_at);
        let days = made_at.age(case.now).days();
        let mut keys = case.linked.targets(id, Relation::Owns);
        let works = keys.any(|key| {
            let key = case.estate.find::<AccessKey>(key);
            key.is_some_and(|key| key.status == Some(KeyStatus::Active))
        });
        (days > LONGEST_LEASE_DAYS).then(|| Finding {
            rule: RULE.name,
            about: id.clone(),
            severity: if works { Severity::Medium } else { Severity::Low },
            confidence: Grade::Inferred,
            says: format!("made by Vault {days} days ago and still there{}", if works { ", with a key that works" } else { "" }),
            evidence: vec![
                "its name has the shape of Vault's".into(),
                format!("Vault's longest lease is {LONGEST_LEASE_DAYS} days unless it is configured otherwise"),
            ],
            remedy: "Revoke the lease in Vault; if Vault no longer knows it, delete the user's key and the user.",
        })
    })
    .collect()
}
