//! How often one token may ask: a window of a minute, counted as GitLab.com's rate limiter counts.

use std::{collections::HashMap, time::Instant};

use super::reply::Reply;
use crate::base::time::Timestamp;

/// Authenticated API requests a minute and user on GitLab.com.
///
/// Source: doc/user/gitlab_com, "Rate limits on GitLab.com".
pub const PER_MINUTE: u32 = 2_000;

/// The same for callers without a token.
const PER_MINUTE_ANONYMOUS: u32 = 500;

const WINDOW_SECONDS: u64 = 60;

/// The counters of every token seen in its current minute.
#[derive(Debug)]
pub(super) struct Quota {
    pub per_minute: u32,
    windows: HashMap<u64, Window>,
}

#[derive(Debug)]
struct Window {
    opened: Instant,
    observed: u32,
}

/// What the counter said to one request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count {
    limit: u32,
    observed: u32,
    /// Seconds until the window closes.
    left: u64,
}

impl Quota {
    pub(super) fn new(per_minute: u32) -> Self {
        Self { per_minute, windows: HashMap::new() }
    }

    /// Counts one request of a token (its id; `None` for callers without one).
    pub(super) fn count(&mut self, token: Option<u64>) -> Count {
        self.count_at(token, Instant::now())
    }

    fn count_at(&mut self, token: Option<u64>, at: Instant) -> Count {
        let limit = if token.is_some() { self.per_minute } else { PER_MINUTE_ANONYMOUS.min(self.per_minute) };
        let window = self.windows.entry(token.unwrap_or(0)).or_insert(Window { opened: at, observed: 0 });
        if at.duration_since(window.opened).as_secs() >= WINDOW_SECONDS {
            *window = Window { opened: at, observed: 0 };
        }
        window.observed = window.observed.saturating_add(1);
        let left = WINDOW_SECONDS.saturating_sub(at.duration_since(window.opened).as_secs());
        Count { limit, observed: window.observed, left }
    }
}

impl Count {
    pub(super) const fn is_exceeded(self) -> bool {
        self.observed > self.limit
    }

    /// The headers GitLab.com puts on every answer.
    #[must_use]
    pub(super) fn mark(self, reply: Reply, now: Timestamp) -> Reply {
        let reset = now.plus(i64::try_from(self.left).unwrap_or_default());
        reply
            .with("RateLimit-Limit", self.limit)
            .with("RateLimit-Name", "throttle_authenticated_api")
            .with("RateLimit-Observed", self.observed)
            .with("RateLimit-Remaining", self.limit.saturating_sub(self.observed))
            .with("RateLimit-Reset", reset.seconds())
    }

    /// 429 as the rate limiter in front of GitLab answers it.
    pub(super) fn retry_later(self) -> Reply {
        retry_later(self.left)
    }

    /// As if the window were used up and closed in so many seconds.
    #[must_use]
    pub(super) const fn used_up(self, left: u64) -> Self {
        Self { limit: self.limit, observed: self.limit.saturating_add(1), left }
    }
}

fn retry_later(seconds: u64) -> Reply {
    Reply::text(429, "text/plain", "Retry later\n").with("Retry-After", seconds)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_new_minute_starts_from_nothing() {
        let start = Instant::now();
        let mut quota = Quota::new(2);
        assert!(!quota.count_at(Some(1), start).is_exceeded());
        assert!(!quota.count_at(Some(1), start).is_exceeded());
        assert!(quota.count_at(Some(1), start + Duration::from_secs(59)).is_exceeded());
        assert!(!quota.count_at(Some(2), start).is_exceeded(), "another token has its own minute");
        assert!(!quota.count_at(Some(1), start + Duration::from_mins(1)).is_exceeded());
    }
}
