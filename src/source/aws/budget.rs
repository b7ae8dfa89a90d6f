//! The LookupEvents budget: AWS allows two calls a second for each account and region, and everyone who looks up
//! events there waits in one line.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crate::model::observe::{Meter, Scope};

/// Source: CloudTrail API reference, LookupEvents: "The rate of lookup requests is limited to two per second, per
/// account, per Region."
pub(super) const PER_SECOND: f64 = 2.0;

/// A little more than half a second, so that jitter on the way does not bunch three calls into one second.
const SPACING: Duration = Duration::from_millis(525);

/// One account's budgets, by region.
#[derive(Default)]
pub(super) struct Budgets(Mutex<HashMap<Arc<str>, Arc<Budget>>>);

impl Budgets {
    pub(super) fn of(&self, region: &Arc<str>) -> Arc<Budget> {
        let mut budgets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        budgets.entry(region.clone()).or_default().clone()
    }
}

/// The line for one account and region.
#[derive(Default)]
pub(super) struct Budget {
    /// When the next call may go; `None` before the first.
    free_at: Mutex<Option<Instant>>,
    calls: AtomicU64,
    throttled: AtomicU64,
    retried: AtomicU64,
}

impl Budget {
    /// Waits for one's turn. The turn is taken at once, so that those who wait go in the order they came.
    pub(super) async fn turn(&self) {
        let start = {
            let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
            let start = slot(*free_at, Instant::now());
            *free_at = Some(start + SPACING);
            start
        };
        tokio::time::sleep_until(start.into()).await;
        self.calls.fetch_add(1, Ordering::Relaxed);
    }

    /// Nobody goes before `wait` is over: the server asked for less.
    pub(super) fn rest(&self, wait: Duration) {
        let mut free_at = self.free_at.lock().unwrap_or_else(PoisonError::into_inner);
        *free_at = Some(slot(*free_at, Instant::now() + wait));
    }

    pub(super) fn count_throttled(&self) {
        self.throttled.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn count_retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    /// As used so far; `scope` names the account and region.
    pub(super) fn meter(&self, scope: Scope) -> Meter {
        Meter {
            scope,
            per_second: Some(PER_SECOND),
            calls: self.calls.load(Ordering::Relaxed),
            throttled: self.throttled.load(Ordering::Relaxed),
            retried: self.retried.load(Ordering::Relaxed),
        }
    }
}

/// The later of the two.
fn slot(free_at: Option<Instant>, now: Instant) -> Instant {
    free_at.map_or(now, |free_at| free_at.max(now))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_idle_line_starts_now_and_a_busy_one_later() {
        let now = Instant::now();
        let later = now + SPACING;
        assert_eq!(slot(None, now), now);
        assert_eq!(slot(Some(later), now), later);
        assert_eq!(slot(Some(now), later), later, "an idle minute is not saved up");
    }

    #[test]
    fn two_calls_a_second_are_never_exceeded() {
        assert!(SPACING.as_secs_f64() * PER_SECOND >= 1.0);
    }

    #[test]
    fn one_region_has_one_line() {
        let budgets = Budgets::default();
        let (here, there): (Arc<str>, Arc<str>) = ("eu-west-1".into(), "us-east-1".into());
        assert!(Arc::ptr_eq(&budgets.of(&here), &budgets.of(&here)));
        assert!(!Arc::ptr_eq(&budgets.of(&here), &budgets.of(&there)));
    }
}
