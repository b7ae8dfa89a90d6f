//! What collectors say: a sweep began, a page was seen, something was refused, a sweep ended.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::entity::Entity;
use crate::base::{blame::Blame, time::Timestamp};

/// What one collector looks at in one place: `gitlab.acme.example` / `runners`, `111111111111 eu-west-1` / `AssumeRole events`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub source: Arc<str>,
    pub what: Arc<str>,
}

impl Scope {
    pub fn new(source: impl Into<Arc<str>>, what: impl Into<Arc<str>>) -> Self {
        Self { source: source.into(), what: what.into() }
    }
}

/// One walk over a scope. A later walk has a higher `run`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sweep {
    pub scope: Scope,
    pub run: u32,
}

/// What one page lets us say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observation {
    pub sweep: Sweep,
    /// When the page was read.
    pub at: Timestamp,
    pub saw: Vec<Entity>,
    pub gaps: Vec<Gap>,
}

/// Something that could not be read. "Forbidden" is a gap, never an empty list.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Gap {
    /// The call and its target, as a person would write it: `GET /groups/7/variables`, `iam:ListAccessKeys ci-deploy`.
    pub call: String,
    pub blame: Blame,
}

/// How a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything the scope holds was seen: what this walk did not see is gone.
    Whole,
    /// It stopped early or parts were refused: nothing is forgotten.
    Partial,
}

/// The rate budget of one place, as used so far.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Meter {
    /// Its `what` names the budget: `LookupEvents`, `API requests`.
    pub scope: Scope,
    /// The limit keytrail keeps; `None` where the server states none.
    pub per_second: Option<f64>,
    pub calls: u64,
    /// Answers that said "too many".
    pub throttled: u64,
    /// Calls sent again after a failure.
    pub retried: u64,
}

/// Everything a collector can say, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    Began {
        sweep: Sweep,
        at: Timestamp,
    },
    Saw(Observation),
    /// How many things the walk expects in all, when the source tells.
    Expects {
        sweep: Sweep,
        total: usize,
    },
    /// For events: the window that was really read.
    Window {
        sweep: Sweep,
        from: Timestamp,
        to: Timestamp,
    },
    /// For records that are folded and not kept one by one: how many were read.
    Counted {
        sweep: Sweep,
        records: usize,
    },
    Ended {
        sweep: Sweep,
        at: Timestamp,
        outcome: Outcome,
    },
    Metered(Meter),
}
