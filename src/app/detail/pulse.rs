//! When something was used: a sparkline over the days that were read, denied calls apart.

use super::facts::Facts;
use crate::{
    app::{glyph::Glyphs, show::Tone},
    base::{
        text::{short_age, spark},
        time::{Age, Timestamp},
    },
    model::session::Hour,
};

/// Cells of a sparkline.
const CELLS: usize = 28;
/// No cell is shorter: counts are kept by the hour.
const SHORTEST: i64 = 3600;
/// A sparkline of a month that ends now says more than one of two years.
const LONGEST: i64 = 28 * 86_400;

/// Two facts at most: how often, and how often it was refused. Nothing where no call was seen.
pub(super) fn tell(facts: &mut Facts<'_>, hours: &[Hour]) {
    let Some(first) = hours.first() else { return };
    let now = facts.view.world.now;
    let span = now.seconds().saturating_sub(first.at.seconds()).clamp(SHORTEST, LONGEST);
    let cells = i64::try_from(CELLS).unwrap_or(i64::MAX);
    let cell = whole_hours(span / cells + 1);
    let length = short_age(Age::from_seconds(cell.saturating_mul(cells)));
    for (label, tone) in [("use", Tone::Plain), ("denied", Tone::Warn)] {
        let bins =
            bins(hours, now, cell, if tone == Tone::Warn { |hour| hour.denied } else { |hour| hour.calls });
        let total = bins.iter().fold(0_u64, |sum, bin| sum.saturating_add(*bin));
        if total > 0 {
            let text = format!("{} {total} in {length}", drawn(&bins, facts.view.glyphs));
            facts.fact(label, &text, tone);
        }
    }
}

/// The next whole number of hours, in seconds.
fn whole_hours(seconds: i64) -> i64 {
    (seconds.saturating_add(SHORTEST - 1) / SHORTEST).max(1) * SHORTEST
}

/// Calls by cell, the last one ending now; what lies before the first is left out.
fn bins(hours: &[Hour], now: Timestamp, cell: i64, count: fn(&Hour) -> u64) -> Vec<u64> {
    let mut bins = vec![0_u64; CELLS];
    for hour in hours {
        // Counted from the end of the hour under way, so that an hour never lies in two cells.
        let end = now.seconds().div_euclid(SHORTEST).saturating_add(1).saturating_mul(SHORTEST);
        let back = end.saturating_sub(1).saturating_sub(hour.at.seconds()).max(0) / cell;
        let place = usize::try_from(back).ok().and_then(|back| (CELLS - 1).checked_sub(back));
        if let Some(bin) = place.and_then(|place| bins.get_mut(place)) {
            *bin = bin.saturating_add(count(hour));
        }
    }
    bins
}

fn drawn(bins: &[u64], glyphs: &Glyphs) -> String {
    spark(bins).into_iter().map(|height| glyphs.spark[usize::from(height).min(8)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_fall_into_the_cell_of_their_hour_and_none_is_counted_twice() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let hour = |back: i64, calls| Hour { at: now.minus(back * SHORTEST), calls, denied: 0 };
        let hours = [hour(700, 5), hour(40, 3), hour(1, 2), hour(0, 1)];
        let one = bins(&hours, now, SHORTEST, |hour| hour.calls);
        assert_eq!((one[CELLS - 1], one[CELLS - 2]), (1, 2));
        assert_eq!(one.iter().sum::<u64>(), 3, "what is older than the cells is left out");
        let day = bins(&hours, now, 86_400, |hour| hour.calls);
        assert_eq!(day.iter().sum::<u64>(), 6);
        let all = bins(&hours, now, 26 * SHORTEST, |hour| hour.calls);
        assert_eq!((all.iter().sum::<u64>(), all[1]), (11, 5));
    }

    #[test]
    fn an_hour_is_the_shortest_cell() {
        assert_eq!([1, 3600, 3601, 0].map(whole_hours), [3600, 3600, 7200, 3600]);
    }

    #[test]
    fn heights_are_drawn_in_both_sets() {
        assert_eq!(drawn(&[0, 1, 8], Glyphs::of(false)), "·▁█");
        assert_eq!(drawn(&[0, 1, 8], Glyphs::of(true)), ".18");
    }
}
