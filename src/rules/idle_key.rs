//! An active access key nobody uses.

use super::{Case, Finding, Rule, Severity};
use crate::model::{
    aws::{AccessKey, KeyStatus, LastUse},
    link::Grade,
};

pub(super) const RULE: Rule = Rule {
    name: "idle-key",
    about: "An active access key was never used, or not within the configured limit. Whoever finds it can use it, and nobody \
            would miss it.",
    check,
};

/// A key younger than this may not have been put to use yet.
const GRACE_DAYS: i64 = 7;

fn check(case: &Case) -> Vec<Finding> {
    let active = case.estate.all::<AccessKey>().filter(|key| key.status == Some(KeyStatus::Active));
    active
        .filter_map(|key| {
            let says = match key.last_use.as_ref()? {
                LastUse::Never => {
                    let days = key.created?.age(case.now).days();
                    (days > GRACE_DAYS).then(|| format!("never used in the {days} days since it was made"))?
                }
                LastUse::At { at, .. } => {
                    let days = at.age(case.now).days();
                    (days > case.limits.key_age_days).then(|| format!("not used for {days} days"))?
                }
            };
            Some(Finding {
                rule: RULE.name,
                about: key.id(),
                severity: Severity::Medium,
                confidence: Grade::Configured,
                says,
                evidence: vec!["IAM: GetAccessKeyLastUsed".into()],
                remedy: "Deactivate it, wait, then delete it.",
            })
        })
        .collect()
}
