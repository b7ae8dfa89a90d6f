//! What stands in front of both servers: the ledger of every call, and the switches that make calls fail.

use std::{
    collections::VecDeque,
    str::FromStr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::sync::Notify;

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
    /// Nothing happens until calls that are held are released, if the client waits for so long; then all goes on.
    Hold,
    /// The effect happens; the reply comes when calls that are held are released.
    HoldReply,
    /// The credential has expired.
    Expired,
    /// 403, AccessDenied.
    Forbidden,
}

/// One switch: calls whose name and target contain the texts fail; `times` counts down, `None` is for ever.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    pub side: Side,
    pub name: String,
    pub target: String,
    pub fault: Fault,
    pub times: Option<u32>,
    /// Calls that are let through first.
    pub after: u32,
}

/// Why a text is no fault rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    #[error("`{0}` is no fault rule: expected SIDE:FAULT:CALL, such as `gitlab:throttle:GET /projects:3`")]
    Shape(String),
    #[error("`{0}` is no side: expected `gitlab` or `aws`")]
    Side(String),
    #[error(
        "`{0}` is no fault: expected throttle, throttle=SECONDS, error=STATUS, slow=MILLISECONDS, cut, lost-reply, hold, \
         hold-reply, expired or forbidden"
    )]
    Fault(String),
}

impl FromStr for Fault {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (word, number) = text.split_once('=').map_or((text, None), |(word, rest)| (word, Some(rest)));
        let bad = || BadRule::Fault(text.to_owned());
        let count = number.map(|number| number.parse::<u32>().map_err(|_| bad())).transpose()?;
        Ok(match (word, count) {
            ("throttle", retry_after) => Self::Throttle { retry_after },
            ("error", Some(status @ 500..=599)) => {
                Self::ServerError(u16::try_from(status).map_err(|_| bad())?)
            }
            ("slow", Some(milliseconds)) => Self::Slow(Duration::from_millis(milliseconds.into())),
            ("cut", None) => Self::Cut,
            ("lost-reply", None) => Self::LostReply,
            ("hold", None) => Self::Hold,
            ("hold-reply", None) => Self::HoldReply,
            ("expired", None) => Self::Expired,
            ("forbidden", None) => Self::Forbidden,
            _ => return Err(bad()),
        })
    }
}

/// `SIDE:FAULT:CALL[@TARGET][:TIMES]`: `gitlab:throttle=5:GET /projects:3`, `aws:forbidden:iam:ListUsers@222222222222`.
/// An empty call is every call; without a number of times the switch stays on.
impl FromStr for Rule {
    type Err = BadRule;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.splitn(3, ':');
        let (Some(side), Some(fault), Some(call)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(BadRule::Shape(text.to_owned()));
        };
        let side = match side {
            "gitlab" => Side::GitLab,
            "aws" => Side::Aws,
            other => return Err(BadRule::Side(other.to_owned())),
        };
        // Calls have colons of their own (`iam:ListUsers`, `/projects/:id`), but none is followed by a mere number.
        let (call, times) = match call.rsplit_once(':') {
            Some((call, number)) if number.parse::<u32>().is_ok() => (call, number.parse().ok()),
            _ => (call, None),
        };
        let (name, target) = call.split_once('@').unwrap_or((call, ""));
        Ok(Self { side, name: name.into(), target: target.into(), fault: fault.parse()?, times, after: 0 })
    }
}

/// Calls the ledger keeps: a dashboard that is left open asks hundreds of them a minute.
const MOST_CALLS: usize = 100_000;

#[derive(Debug, Default)]
struct Ledger {
    calls: VecDeque<Call>,
    count: usize,
}

/// Shared by both servers and whoever started them.
#[derive(Clone, Debug, Default)]
pub struct Front {
    ledger: Arc<Mutex<Ledger>>,
    rules: Arc<Mutex<Vec<Rule>>>,
    /// Calls that were held since the switches were last turned off.
    held: Arc<AtomicUsize>,
    released: Arc<Notify>,
}

impl Front {
    /// Turns a switch on.
    pub fn set(&self, rule: Rule) {
        self.rules.lock().unwrap_or_else(PoisonError::into_inner).push(rule);
    }

    /// Turns every switch off, and counts held calls anew.
    pub fn clear(&self) {
        self.held.store(0, Ordering::Relaxed);
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
        if rule.after > 0 {
            rule.after -= 1;
            return None;
        }
        if let Some(times) = &mut rule.times {
            *times -= 1;
        }
        Some(rule.fault.clone())
    }

    /// A call is held here until it is released, or its client goes away.
    pub async fn hold(&self) {
        let released = self.released.notified();
        self.held.fetch_add(1, Ordering::Relaxed);
        released.await;
    }

    /// Lets every call go on that is held.
    pub fn release(&self) {
        self.released.notify_waiters();
    }

    /// How many calls were held since the switches were last turned off.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    /// Writes a call into the ledger, after it was answered.
    pub fn record(&self, call: Call) {
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        if ledger.calls.len() == MOST_CALLS {
            ledger.calls.pop_front();
        }
        ledger.calls.push_back(call);
        ledger.count += 1;
    }

    /// Every call so far, in the order of their answers; the latest hundred thousand where there were more.
    pub fn calls(&self) -> Vec<Call> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).calls.iter().cloned().collect()
    }

    /// How many calls there were in all.
    pub fn count(&self) -> usize {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner).count
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counted_switch_is_used_up() {
        let front = Front::default();
        front.set("gitlab:throttle=5:GET /projects:2".parse().unwrap());
        front.set("aws:forbidden:iam:ListUsers@222222222222".parse().unwrap());
        let throttled = Some(Fault::Throttle { retry_after: Some(5) });
        for expected in [throttled.clone(), throttled, None] {
            assert_eq!(front.fault(Side::GitLab, "GET /projects", "/api/v4/projects"), expected);
        }
        assert_eq!(front.fault(Side::Aws, "iam:ListUsers", "111111111111/us-east-1"), None);
        for _ in 0..5 {
            let fault = front.fault(Side::Aws, "iam:ListUsers", "222222222222/us-east-1");
            assert_eq!(fault, Some(Fault::Forbidden));
        }
        front.clear();
        assert_eq!(front.fault(Side::Aws, "iam:ListUsers", "222222222222/us-east-1"), None);
    }

    #[test]
    fn rules_are_read_and_wrong_ones_say_what_was_expected() {
        let rule: Rule = "gitlab:slow=250:GET /projects/:id/variables".parse().unwrap();
        assert_eq!(rule.name, "GET /projects/:id/variables");
        assert_eq!((rule.fault, rule.times), (Fault::Slow(Duration::from_millis(250)), None));
        let rule: Rule = "aws:error=503::1".parse().unwrap();
        assert_eq!((rule.name.as_str(), rule.fault, rule.times), ("", Fault::ServerError(503), Some(1)));
        for (text, said) in [
            ("gitlab:throttle", "SIDE:FAULT:CALL"),
            ("github:cut:GET /user", "`gitlab` or `aws`"),
            ("aws:error=404:iam:ListUsers", "error=STATUS"),
            ("aws:slow:iam:ListUsers", "slow=MILLISECONDS"),
            ("aws:explode:iam:ListUsers", "`explode`"),
        ] {
            let error = text.parse::<Rule>().unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn the_ledger_keeps_the_latest_calls_and_counts_them_all() {
        let front = Front::default();
        for index in 0..=MOST_CALLS {
            let [name, target, caller] = [index.to_string(), String::new(), String::new()];
            front.record(Call { side: Side::Aws, name, target, caller, status: 200 });
        }
        let calls = front.calls();
        assert_eq!((calls.len(), front.count()), (MOST_CALLS, MOST_CALLS + 1));
        assert_eq!(calls[0].name, "1");
    }
}
