//! An active access key older than the limit.

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    aws::{AccessKey, KeyStatus},
    link::{Grade, Relation},
};

pub(super) const RULE: Rule = Rule {
    name: "old-key",
    about: "An active access key is older than the configured limit (90 days unless set). High when a CI/CD variable carries it: \
            everyone who could ever read the variable still has it.",
    check,
};

fn check(case: &Case) -> Vec<Finding> {
    let active = case.estate.all::<AccessKey>().filter(|key| key.status == Some(KeyStatus::Active));
    active
        .filter_map(|key| {
            let days = key.created?.age(case.now).days();
            (days > case.limits.key_age_days).then_some((key, days))
        })
        .map(|(key, days)| {
            let carried = case.linked.origins(&key.id(), Relation::Carries).count();
            Finding {
                rule: RULE.name,
                about: key.id(),
                severity: if carried > 0 { Severity::High } else { Severity::Medium },
                confidence: Grade::Configured,
                says: format!("{days} days old, the limit is {}", case.limits.key_age_days),
                evidence: key.created.map(|at| format!("IAM: created {at}")).into_iter().collect(),
                remedy: "Rotate it, or replace it by a role that GitLab jobs assume with an id token.",
            }
        })
        .collect()
}
