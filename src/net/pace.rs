//! The rate budget: a token bucket that slows down when the server says little is left, and stands still when it said
//! "too many". Pure: `now` is an argument, and the caller does the waiting.

use std::time::{Duration, Instant};

use super::hints::Window;

/// When the next request may leave.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    /// Between two requests, by our own budget.
    gap: Duration,
    /// Between two requests until `spread_until`, to make the server's window last.
    spread: Duration,
    spread_until: Instant,
    /// The slot after the last one given away. It may lie in the past by `burst` slots at most.
    next: Instant,
    burst: u32,
}

impl Pace {
    /// `per_second` requests on average, and as many at once as fit in one second.
    pub(super) fn new(per_second: f64, now: Instant) -> Self {
        let per_second = if per_second.is_finite() { per_second.clamp(0.01, 100_000.0) } else { 10.0 };
        let gap = Duration::from_secs_f64(per_second.recip());
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped above")]
        let burst = (per_second as u32).max(1) - 1;
        Self { gap, spread: Duration::ZERO, spread_until: now, next: now, burst }
    }

    /// Takes the next slot; says how long to wait for it.
    pub(super) fn take(&mut self, now: Instant) -> Duration {
        let gap = if now < self.spread_until { self.gap.max(self.spread) } else { self.gap };
        let earliest = now.checked_sub(gap * self.burst).unwrap_or(now);
        let slot = self.next.max(earliest);
        self.next = slot + gap;
        slot.saturating_duration_since(now)
    }

    /// Heeds what the server says is left: below a tenth of its limit, what is left is spread over the rest of the window.
    pub(super) fn heed(&mut self, window: Window, now: Instant) {
        if window.remaining > 0 && window.remaining.saturating_mul(10) >= window.limit {
            return;
        }
        let left = u32::try_from(window.remaining).unwrap_or(u32::MAX).max(1);
        // A window longer than an hour is a header we do not understand.
        let ends_in = window.ends_in.min(Duration::from_hours(1));
        self.spread = ends_in / left;
        self.spread_until = now + ends_in;
        self.next = self.next.max(now);
    }

    /// Nobody sends anything before then.
    pub(super) fn pause(&mut self, wait: Duration, now: Instant) {
        self.next = self.next.max(now + wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn a_burst_is_followed_by_a_steady_pace() {
        let start = Instant::now();
        let mut pace = Pace::new(4.0, start);
        let waits: Vec<_> = (0..6).map(|_| pace.take(start)).collect();
        assert_eq!(waits, [ms(0), ms(250), ms(500), ms(750), ms(1000), ms(1250)]);

        let later = start + Duration::from_mins(1);
        let waits: Vec<_> = (0..6).map(|_| pace.take(later)).collect();
        assert_eq!(
            waits,
            [ms(0), ms(0), ms(0), ms(0), ms(250), ms(500)],
            "a quiet minute saves up one second"
        );
    }

    #[test]
    fn little_left_is_spread_over_the_window() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        pace.heed(Window { limit: 100, remaining: 50, ends_in: ms(60_000) }, start);
        pace.take(start);
        assert_eq!(pace.take(start), ms(100), "half is plenty");

        pace.heed(Window { limit: 100, remaining: 6, ends_in: ms(60_000) }, start);
        pace.take(start);
        let (second, third) = (pace.take(start), pace.take(start));
        assert_eq!(third, second + ms(10_000));

        let after = start + ms(61_000);
        pace.take(after);
        let waits: Vec<_> = (0..20).map(|_| pace.take(after)).collect();
        assert_eq!(waits[19], waits[18] + ms(100), "the next window is a new one");
    }

    #[test]
    fn too_many_stops_everybody() {
        let start = Instant::now();
        let mut pace = Pace::new(10.0, start);
        pace.pause(ms(5000), start);
        assert_eq!(pace.take(start), ms(5000));
        assert_eq!(pace.take(start), ms(5100));
    }

    #[test]
    fn any_configured_number_is_survived() {
        for odd in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            Pace::new(odd, Instant::now()).take(Instant::now());
        }
    }

    /// A server that grants so many requests in each minute, and a client that always has more to ask: for how many
    /// minutes, at which pace, with so many requests under way. Returns requests answered and requests refused.
    fn asked(per_second: f64, under_way: usize, limit: u64, minutes: u64) -> (u64, u64) {
        let start = Instant::now();
        let mut pace = Pace::new(per_second, start);
        let answer_after = ms(50);
        // When each request under way is answered, and what it is told then.
        let mut slots: Vec<(Duration, Option<Window>)> = vec![(Duration::ZERO, None); under_way];
        let (mut minute, mut observed, mut answered, mut refused) = (0, 0, 0, 0);
        loop {
            slots.sort_by_key(|slot| std::cmp::Reverse(slot.0));
            let Some((at, told)) = slots.pop() else { break };
            if at >= Duration::from_mins(minutes) {
                break;
            }
            if let Some(window) = told {
                pace.heed(window, start + at);
            }
            let sent = at + pace.take(start + at);
            if sent.as_secs() / 60 > minute {
                (minute, observed) = (sent.as_secs() / 60, 0);
            }
            observed += 1;
            answered += u64::from(observed <= limit);
            refused += u64::from(observed > limit);
            let remaining = limit.saturating_sub(observed);
            let ends_in = Duration::from_secs(60 - sent.as_secs() % 60);
            slots.push((sent + answer_after, Some(Window { limit, remaining, ends_in })));
        }
        (answered, refused)
    }

    #[test]
    fn gitlab_coms_minute_is_never_used_up() {
        let (answered, refused) = asked(10.0, 8, 2_000, 5);
        assert_eq!(refused, 0);
        assert!((2_900..3_100).contains(&answered), "ten a second are six hundred a minute: {answered}");
    }

    #[test]
    fn a_client_that_may_ask_more_than_there_is_uses_the_minute_up_and_no_more() {
        for under_way in [1, 8, 16] {
            let (answered, refused) = asked(200.0, under_way, 2_000, 5);
            assert_eq!(refused, 0, "{under_way} under way");
            assert!(answered > 5 * 1_800 || under_way == 1, "{answered} with {under_way} under way");
        }
    }
}
