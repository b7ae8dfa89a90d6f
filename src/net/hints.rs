//! What a response's headers say about waiting: `Retry-After`, `RateLimit-*`, `Date`. Pure.

use std::time::Duration;

use chrono::DateTime;
use http::HeaderMap;

/// What the server said about its budget.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hints {
    /// How long the server wants us to stay away.
    pub wait: Option<Duration>,
    /// Requests left in the current window, of how many, and how long the window still lasts.
    pub window: Option<Window>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub limit: u64,
    pub remaining: u64,
    pub ends_in: Duration,
}

/// Reads the headers. Times are measured against the server's own `Date`, so that a wrong clock here changes nothing;
/// `now` (seconds of the epoch) is used where the server sends none.
pub(super) fn read(headers: &HeaderMap, now: i64) -> Hints {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let number = |name: &str| text(name).and_then(|value| value.parse::<u64>().ok());
    let moment = |value: &str| DateTime::parse_from_rfc2822(value).ok().map(|at| at.timestamp());
    let now = text("date").and_then(moment).unwrap_or(now);
    let until = |at: i64| Duration::from_secs(u64::try_from(at.saturating_sub(now)).unwrap_or(0));

    let retry_after = text("retry-after").and_then(|value| {
        value.parse::<u64>().ok().map(Duration::from_secs).or_else(|| moment(value).map(until))
    });
    let reset = number("ratelimit-reset").and_then(|at| i64::try_from(at).ok()).map(until);
    let remaining = number("ratelimit-remaining");
    let window = remaining.zip(reset).map(|(remaining, ends_in)| Window {
        limit: number("ratelimit-limit").unwrap_or(0),
        remaining,
        ends_in,
    });
    let spent = window.filter(|window| window.remaining == 0).map(|window| window.ends_in);
    Hints { wait: retry_after.or(spent), window }
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let pair = |&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value));
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn waits_are_read_in_every_spelling() {
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        let cases: [(&[_], Option<u64>); 8] = [
            (&[], None),
            (&[("retry-after", "30")], Some(30)),
            (&[("retry-after", "soon")], None),
            (&[date, ("retry-after", "Wed, 21 Oct 2015 07:28:20 GMT")], Some(20)),
            (&[date, ("ratelimit-remaining", "0"), ("ratelimit-reset", "1445412490")], Some(10)),
            (&[date, ("ratelimit-remaining", "5"), ("ratelimit-reset", "1445412490")], None),
            (&[date, ("ratelimit-remaining", "0"), ("ratelimit-reset", "1")], Some(0)),
            (&[("ratelimit-remaining", "0"), ("ratelimit-reset", "1007")], Some(7)),
        ];
        for (pairs, seconds) in cases {
            let wait = read(&headers(pairs), 1000).wait;
            assert_eq!(wait, seconds.map(Duration::from_secs), "{pairs:?}");
        }
    }

    #[test]
    fn the_window_needs_both_its_ends() {
        let full = [("ratelimit-limit", "600"), ("ratelimit-remaining", "7"), ("ratelimit-reset", "1030")];
        let window = Window { limit: 600, remaining: 7, ends_in: Duration::from_secs(30) };
        assert_eq!(read(&headers(&full), 1000).window, Some(window));
        assert_eq!(read(&headers(&full[..2]), 1000).window, None);
    }
}
