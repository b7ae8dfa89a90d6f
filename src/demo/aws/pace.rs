//! Rate limits that AWS publishes: LookupEvents answers two calls a second for each account and region.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Instant,
};

/// Calls a second, and as many at once after a pause.
const RATE: f64 = 2.0;

/// Token buckets by account and region.
#[derive(Debug, Default)]
pub(crate) struct Pace(Mutex<HashMap<(u64, String), (Instant, f64)>>);

impl Pace {
    /// Takes one token; false where there is none.
    pub(crate) fn admits(&self, account: u64, region: &str, now: Instant) -> bool {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, tokens) = buckets.entry((account, region.to_owned())).or_insert((now, RATE));
        *tokens = (*tokens + now.saturating_duration_since(*since).as_secs_f64() * RATE).min(RATE);
        *since = now;
        let admitted = *tokens >= 1.0;
        if admitted {
            *tokens -= 1.0;
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn two_a_second_for_each_region() {
        let (pace, start) = (Pace::default(), Instant::now());
        let at = |milliseconds| start + Duration::from_millis(milliseconds);
        assert!(pace.admits(1, "eu-west-1", at(0)));
        assert!(pace.admits(1, "eu-west-1", at(1)));
        assert!(!pace.admits(1, "eu-west-1", at(2)));
        assert!(pace.admits(1, "us-east-1", at(2)));
        assert!(pace.admits(2, "eu-west-1", at(2)));
        assert!(pace.admits(1, "eu-west-1", at(505)));
        assert!(!pace.admits(1, "eu-west-1", at(510)));
    }
}
