//! When a call that keytrail paces itself is sent again, and after how long. Pure: no clock, no sleeping.

use std::time::Duration;

use crate::base::blame::Blame;

/// Throttled calls in a row before the place is called throttled out.
const THROTTLES: u32 = 6;

/// Calls without an answer in a row. A server that fails for good, or does not know the call, is soon believed.
const SILENCES: u32 = 3;

/// How long to wait before the next attempt, or `None` to give up. `failed` counts the attempts that failed in a row,
/// this one included.
pub(super) fn wait(blame: &Blame, failed: u32) -> Option<Duration> {
    let (limit, longest) = match blame {
        Blame::Quota { .. } => (THROTTLES, 15),
        Blame::Network => (SILENCES, 4),
        Blame::Token | Blame::Scope(_) | Blame::Skipped(_) | Blame::Partly(_) | Blame::Gone | Blame::Bug => {
            return None;
        }
    };
    let seconds = 1_u64.checked_shl(failed.saturating_sub(1)).unwrap_or(longest).min(longest);
    (failed < limit).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(blame: &Blame) -> Vec<u64> {
        (1..20).map_while(|failed| wait(blame, failed)).map(|wait| wait.as_secs()).collect()
    }

    #[test]
    fn throttles_are_waited_out_longer_each_time_and_not_for_ever() {
        assert_eq!(waits(&Blame::Quota { until: None }), [1, 2, 4, 8, 15]);
    }

    #[test]
    fn failing_servers_are_asked_three_times_and_refusals_once() {
        assert_eq!(waits(&Blame::Network), [1, 2]);
        assert_eq!(waits(&Blame::Token), [] as [u64; 0]);
        assert_eq!(waits(&Blame::Scope(String::new())), [] as [u64; 0]);
        assert_eq!(waits(&Blame::Bug), [] as [u64; 0]);
    }
}
