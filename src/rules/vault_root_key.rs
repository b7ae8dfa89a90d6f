//! Vault's own long-lived key at AWS.

use super::{Case, Finding, Rule, Severity};
use crate::{
    model::{
        aws::{AccessKey, KeyStatus},
        id::Kind,
        link::Relation,
    },
    way::vault,
};

pub(super) const RULE: Rule = Rule {
    name: "vault-root-key",
    about: "Vault's AWS engine signs in with an active long-term key. Whoever gets this one key makes users and sessions for every \
            role that Vault knows, and the short lives of what it hands out protect nothing.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let issuers = vault::issuers(case.estate, case.policies);
    let users = issuers.iter().filter(|issuer| issuer.principal.kind() == Kind::User);
    let keys = users.flat_map(|issuer| {
        let keys = case.linked.targets(&issuer.principal, Relation::Owns);
        keys.filter_map(|id| case.estate.find::<AccessKey>(id)).map(move |key| (issuer, key))
    });
    keys.filter(|(_, key)| key.status == Some(KeyStatus::Active))
        .map(|(issuer, key)| {
            let age = key.created.map(|created| format!("made {} days ago", created.age(case.now).days()));
            Finding {
                rule: RULE.name,
                about: key.id(),
                severity: Severity::High,
                confidence: issuer.grade,
                says: "Vault makes users for CI with it: a long-lived key behind every short-lived one".into(),
                evidence: std::iter::once(issuer.why().to_owned()).chain(age).collect(),
                remedy: "Run Vault with an instance profile or a web identity, or let it rotate its own root credentials.",
            }
        })
        .collect()
}
