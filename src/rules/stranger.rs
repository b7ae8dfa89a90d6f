//! A CI key used from an address nobody knows.

use std::sync::Arc;

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    aws::AccessKey,
    entity::Entity,
    id::Id,
    link::{Grade, Relation},
    session::Address,
};

pub(super) const RULE: Rule = Rule {
    name: "stranger",
    about: "A key that CI/CD variables carry was used from an address that is no runner manager and no EC2 instance keytrail \
            knows. Critical when the same key is also used from known addresses: then the stranger stands out.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let address = |id: &Id| match case.linked.derived(id) {
        Some(Entity::Address(address)) => Some(address),
        _ => None,
    };
    let mut findings = Vec::new();
    for key in case.estate.all::<AccessKey>() {
        let id = key.id();
        if case.linked.origins(&id, Relation::Carries).next().is_none() {
            continue;
        }
        let used: Vec<&Address> = case.linked.targets(&id, Relation::UsedFrom).filter_map(address).collect();
        let (known, strangers): (Vec<&Address>, Vec<&Address>) =
            used.iter().partition(|address| address.known);
        if strangers.is_empty() {
            continue;
        }
        let names: Vec<Arc<str>> = strangers.iter().map(|stranger| stranger.address.clone()).collect();
        findings.push(Finding {
            rule: RULE.name,
            about: id,
            severity: if known.is_empty() { Severity::High } else { Severity::Critical },
            confidence: Grade::Observed,
            says: match names.as_slice() {
                [one] => format!("used from {one}, an address nobody knows"),
                many => format!("used from {} addresses nobody knows", many.len()),
            },
            evidence: strangers
                .iter()
                .map(|stranger| {
                    format!(
                        "{}: {} calls, {} denied, last {}",
                        stranger.address, stranger.calls, stranger.denied, stranger.last_seen
                    )
                })
                .collect(),
            remedy: "Treat it as leaked: deactivate it, then end every session it opened.",
        });
    }
    findings
}
