//! What stands in front of both servers: the ledger of every call, and the switches that make calls fail.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

/// Which server a call reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    GitLab,
    Aws,
}

/// One call as a server understood it.
#[derive(Clone, Debug)]
pub struct Call {
    pub side: Side,
    /// The route, not the path: `GET /projects/:id/variables`, `POST graphql:projects`, `iam:ListUsers`.
    pub name: String,
    /// What it was about: the path, or account and region: `111111111111/eu-west-1`.
    pub target: String,
    /// Whose credential: a GitLab login or an access key id. Empty when none was accepted.
    pub caller: String,
    /// The status it was answered with; 0 where the connection was cut.
    pub status: u16,
}

/// What a switch does to a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// 429 at GitLab, ThrottlingException at AWS. GitLab.com's project and group limits send no Retry-After.
    Throttle {
        retry_after: Option<u32>,
    },
    ServerError(u16),
    Slow(Duration),
    /// The connection is cut before the effect.
    Cut,
    /// The effect happens, the reply is lost.
    LostReply,
    /// The credential has expired.
    Expired,
    /// 403, AccessDenied.
    Forbidden,
}

/// One switch: calls whose name and target contain the texts fail; `times` counts down, `None` is for ever.
#[derive(Clone, Debug)]
pub struct Rule {
    pub side: Side,
    pub name: String,
    pub target: String,
    pub fault: Fault,
    pub times: Option<u32>,
}

/// Shared by both servers and whoever started them.
#[derive(Clone, Debug, Default)]
pub struct Front {
    ledger: Arc<Mutex<Vec<Call>>>,
    rules: Arc<Mutex<Vec<Rule>>>,
}

impl Front {
    /// Turns a switch on.
    pub fn set(&self, rule: Rule) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// Turns every switch off.
    pub fn clear(&self) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The fault this call meets, if any; a counted switch is used up by it.
    pub fn fault(&self, side: Side, name: &str, target: &str) -> Option<Fault> {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        let rule = rules.iter_mut().find(|rule| {
            rule.side == side
                && name.contains(&rule.name)
                && target.contains(&rule.target)
                && rule.times != Some(0)
        })?;
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.fault.clone())
    }

    /// Writes a call into the ledger, after it was answered.
    pub fn record(&self, call: Call) {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    }

    /// Every call so far, in the order of their answers.
    pub fn calls(&self) -> Vec<Call> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn count(&self) -> usize {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
