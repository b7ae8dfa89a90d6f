//! What a look at the world is made with, and what may be seen.

use super::{
    note::{Ask, Receipt},
    outside::Outside,
    status::Progress,
};
use crate::base::{name::KeyId, time::Timestamp};

/// What was seen.
#[derive(Debug)]
pub enum Sight {
    /// The step has not had its effect.
    Before,
    /// It has.
    After(Receipt),
    /// Look again then.
    Later { until: Timestamp, why: String },
    /// Neither: somebody else was here.
    Other(String),
    /// The answer to the making of this key was lost, and its secret with it.
    Orphan(KeyId),
    /// It cannot be known.
    Unknown(String),
    /// It cannot be known but by a person, who is asked this.
    Asks(Ask, String),
}

/// How long things take at AWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delays {
    /// Seconds until a change shows in every list. AWS's own console allows 30.
    pub settle: i64,
    /// Seconds until CloudTrail's history certainly shows a call; about five minutes are usual, and nothing is promised.
    pub record: i64,
    /// Seconds after which a new key that is still refused is a fault.
    pub accept: i64,
}

impl Default for Delays {
    fn default() -> Self {
        Self { settle: 30, record: 15 * 60, accept: 10 * 60 }
    }
}

/// Everything a look needs, and a call.
pub struct Scene<'a> {
    pub(super) outside: &'a dyn Outside,
    pub(super) now: Timestamp,
    pub(super) progress: &'a Progress,
    pub(super) delays: Delays,
}

impl Scene<'_> {
    /// What is not there was not made yet; unless the answer to its making was lost, and lists are behind.
    pub(super) fn unless_it_shows(&self, what: &str) -> Sight {
        let until = self.progress.doubt.map(|doubt| doubt.plus(self.delays.settle));
        match until.filter(|until| self.now < *until) {
            Some(until) => Sight::Later { until, why: format!("{what} shows in AWS's lists by then") },
            None => Sight::Before,
        }
    }
}
