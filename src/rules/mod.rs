//! Floor 2: findings, one file each: severity, confidence, evidence, remedy. `now` is an argument.

mod admin_key;
mod chosen_role;
mod conclude;
mod dead_trust;
mod dormant_trust;
mod first_time;
mod foreign_key;
mod hidden_credential;
mod idle_key;
mod key_in_ci_file;
mod key_in_runner_file;
mod old_key;
mod open_claim;
mod open_overwrite;
mod open_trust;
mod open_variable;
mod runner_role;
mod shadowed_key;
mod stranger;
mod unprotected_ref_trust;
mod unreadable_policy;
mod vault_leftover;
mod vault_root_key;

use serde::Serialize;

pub use crate::model::severity::Severity;
pub use conclude::Conclusions;

use crate::{
    base::time::Timestamp,
    join::{Graph, Linked, Policies, Tokens},
    model::{estate::Estate, id::Id, link::Grade},
    way::CredentialPath,
};

/// What a rule says of one thing.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The rule's name: `key-used-by-stranger`.
    pub rule: &'static str,
    pub about: Id,
    pub severity: Severity,
    pub confidence: Grade,
    /// One sentence: what is wrong.
    pub says: String,
    /// What shows it.
    pub evidence: Vec<String>,
    /// What to do.
    pub remedy: &'static str,
}

/// What counts as old or unused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub key_age_days: i64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { key_age_days: 90 }
    }
}

/// What a rule looks at.
pub struct Case<'a> {
    pub estate: &'a Estate,
    pub linked: &'a Linked,
    pub limits: &'a Limits,
    pub now: Timestamp,
    /// Every policy document, read once.
    pub policies: &'a Policies<'a>,
    pub tokens: &'a Tokens,
    pub graph: &'a Graph,
    pub paths: &'a [CredentialPath],
}

impl Case<'_> {
    /// Is this user or role an administrator, or can it become one?
    fn is_mighty(&self, principal: &Id) -> bool {
        self.graph.administrator(principal).is_some()
    }
}

/// One rule: its name, the manual's sentence, and the check.
pub struct Rule {
    pub name: &'static str,
    pub about: &'static str,
    check: fn(&Case) -> Vec<Finding>,
}

/// Every rule, alphabetically.
pub const RULES: &[Rule] = &[
    admin_key::RULE,
    chosen_role::RULE,
    dead_trust::RULE,
    dormant_trust::RULE,
    first_time::RULE,
    foreign_key::RULE,
    hidden_credential::RULE,
    idle_key::RULE,
    key_in_ci_file::RULE,
    key_in_runner_file::RULE,
    old_key::RULE,
    open_claim::RULE,
    open_overwrite::RULE,
    open_trust::RULE,
    open_variable::RULE,
    runner_role::RULE,
    shadowed_key::RULE,
    stranger::RULE,
    unprotected_ref_trust::RULE,
    unreadable_policy::RULE,
    vault_leftover::RULE,
    vault_root_key::RULE,
];

/// Every finding, worst first; of equals the surer first, then by name, so that the order never flickers.
pub fn judge(case: &Case<'_>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = RULES.iter().flat_map(|rule| (rule.check)(case)).collect();
    findings.sort_by(|a, b| {
        (b.severity, b.confidence, a.rule, &a.about).cmp(&(a.severity, a.confidence, b.rule, &b.about))
    });
    findings
}
