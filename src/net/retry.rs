//! Whether a failed call is sent again, and after how long. Pure: it sends nothing and reads no clock.

use std::time::Duration;

use super::error::Error;

/// How long keytrail goes on trying one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// Times a call is sent at most, the first included.
    pub attempts: u32,
    /// The wait before the second attempt where the server names none; it doubles each time.
    pub first: Duration,
    /// The longest wait of our own choosing.
    pub most: Duration,
    /// All waits for one call together, the server's wishes included.
    pub total: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            attempts: 5,
            first: Duration::from_millis(500),
            most: Duration::from_secs(20),
            total: Duration::from_mins(2),
        }
    }
}

/// A call so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Effort {
    /// May the call be sent twice without harm?
    pub repeatable: bool,
    /// Times it was sent.
    pub sent: u32,
    /// Waited for it so far.
    pub waited: Duration,
}

impl Patience {
    /// How long to wait before the call is sent again; `None` when it is not. `asked` is the wait the server named.
    pub(super) fn again(&self, effort: Effort, error: &Error, asked: Option<Duration>) -> Option<Duration> {
        let passing = matches!(error, Error::Throttled { .. } | Error::Failed { .. } | Error::Broken { .. });
        if !passing || !effort.repeatable || effort.sent >= self.attempts {
            return None;
        }
        let doublings = effort.sent.saturating_sub(1).min(16);
        let own = self.first.saturating_mul(1 << doublings).min(self.most);
        let wait = asked.unwrap_or(own);
        (effort.waited.saturating_add(wait) <= self.total).then_some(wait)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience = Patience {
        attempts: 4,
        first: Duration::from_secs(1),
        most: Duration::from_secs(3),
        total: Duration::from_mins(1),
    };

    fn again(sent: u32, waited: u64, error: &Error, asked: Option<u64>) -> Option<u64> {
        let effort = Effort { repeatable: true, sent, waited: Duration::from_secs(waited) };
        PATIENCE.again(effort, error, asked.map(Duration::from_secs)).map(|wait| wait.as_secs())
    }

    #[test]
    fn waits_double_up_to_a_cap_unless_the_server_names_one() {
        let throttled = Error::Throttled { until: None };
        let cases = [
            (1, 0, None, Some(1)),
            (2, 1, None, Some(2)),
            (3, 3, None, Some(3)),
            (4, 6, None, None),
            (1, 0, Some(30), Some(30)),
            (1, 0, Some(0), Some(0)),
            (1, 0, Some(61), None),
            (2, 40, Some(30), None),
            (2, 60, None, None),
        ];
        for (sent, waited, asked, wait) in cases {
            assert_eq!(again(sent, waited, &throttled, asked), wait, "{sent} {waited} {asked:?}");
        }
    }

    #[test]
    fn only_what_passes_by_itself_is_tried_again() {
        let cases = [
            (Error::Throttled { until: None }, true),
            (Error::Failed { status: 502 }, true),
            (Error::Broken { timeout: false }, true),
            (Error::Broken { timeout: true }, true),
            (Error::Refused { status: 403, message: String::new() }, false),
            (Error::TooLarge { cap: 1 }, false),
            (Error::Foreign { host: "evil.example".into() }, false),
            (Error::Unreadable { what: "a list" }, false),
        ];
        for (error, tried) in cases {
            assert_eq!(again(1, 0, &error, None).is_some(), tried, "{error:?}");
        }
    }

    #[test]
    fn what_must_not_happen_twice_is_sent_once() {
        let effort = Effort { repeatable: false, sent: 1, waited: Duration::ZERO };
        for error in [Error::Throttled { until: None }, Error::Broken { timeout: false }] {
            assert_eq!(PATIENCE.again(effort, &error, Some(Duration::ZERO)), None);
        }
    }
}
