//! Floor 2: findings, one file each: severity, confidence, evidence, remedy. `now` is an argument.

use serde::Serialize;

use crate::{
    base::time::Timestamp,
    join::Linked,
    model::{estate::Estate, id::Id, link::Grade},
};

/// How bad it is. The worse is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

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

/// Every finding, worst first.
pub fn judge(estate: &Estate, linked: &Linked, limits: &Limits, now: Timestamp) -> Vec<Finding> {
    let _ = (estate, linked, limits, now);
    Vec::new()
}
