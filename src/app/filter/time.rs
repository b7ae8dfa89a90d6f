//! Stretches of time in filters: `since:2h`, `2026-11-01..`, `..2026-11-05`, `2026-11-01T08:00..2026-11-01T09:30`, all in UTC.

use chrono::{Days, NaiveDate, NaiveDateTime};

use super::{BadFilter, Test, number};
use crate::{
    app::pane::{Pane, Unit},
    base::time::Timestamp,
};

const FIRST: Timestamp = Timestamp::from_seconds(i64::MIN);
const LAST: Timestamp = Timestamp::from_seconds(i64::MAX);

/// `None` where the text does not speak of time.
pub(super) fn during(text: &str, at: usize, pane: &dyn Pane) -> Result<Option<Test>, BadFilter> {
    let bad = |says: String| BadFilter { at, says };
    let since = text.strip_prefix("since:");
    let range = text.split_once("..").filter(|(from, to)| is_date(from) || is_date(to));
    if since.is_none() && range.is_none() {
        return Ok(None);
    }
    let age = pane.columns().iter().position(|column| column.unit == Unit::Age);
    let Some(age) = age.filter(|_| pane.has_time()) else {
        return Err(bad("nothing here happens at a time: `since:` and `..` are for sessions".into()));
    };
    if let Some(length) = since {
        if is_date(length) {
            let from = read(length, false).ok_or_else(|| bad(format!("`{length}` is no date")))?;
            return Ok(Some(Test::During(from, LAST)));
        }
        let seconds = number(length, Unit::Age).map_err(|says| bad(format!("`since` {says}")))?;
        return Ok(Some(Test::Since(age, seconds)));
    }
    let (from, to) = range.unwrap_or_default();
    let end = |word: &str, is_end: bool, open: Timestamp| {
        if word.is_empty() {
            return Ok(open);
        }
        read(word, is_end)
            .ok_or_else(|| bad(format!("`{word}` is no date: write 2026-11-05 or 2026-11-05T12:00")))
    };
    let (from, to) = (end(from, false, FIRST)?, end(to, true, LAST)?);
    if from > to {
        return Err(bad("this stretch ends before it begins".into()));
    }
    Ok(Some(Test::During(from, to)))
}

/// Does it look like `2026-...`?
fn is_date(word: &str) -> bool {
    word.len() >= 5 && word.as_bytes()[..4].iter().all(u8::is_ascii_digit) && word.as_bytes()[4] == b'-'
}

/// A day, a minute or a second. As an end it is included: `..2026-11-05` holds the whole fifth.
fn read(word: &str, is_end: bool) -> Option<Timestamp> {
    let word = word.trim_end_matches(['Z', 'z']);
    if let Ok(day) = NaiveDate::parse_from_str(word, "%Y-%m-%d") {
        let day = if is_end { day.checked_add_days(Days::new(1))? } else { day };
        let at = Timestamp::from(day.and_hms_opt(0, 0, 0)?.and_utc());
        return Some(if is_end { at.minus(1) } else { at });
    }
    if let Ok(second) = NaiveDateTime::parse_from_str(word, "%Y-%m-%dT%H:%M:%S") {
        return Some(second.and_utc().into());
    }
    let minute = NaiveDateTime::parse_from_str(word, "%Y-%m-%dT%H:%M").ok()?;
    let minute = Timestamp::from(minute.and_utc());
    Some(if is_end { minute.plus(59) } else { minute })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::{
        filter::Filter,
        pane::{Cell, PaneId, Record},
        show::Tone,
    };

    /// A session of five minutes past ten until eleven on the fifth of November, an hour old.
    fn row() -> Record {
        let pane = PaneId::Sessions.pane();
        let mut cells: Vec<Cell> = pane.columns().iter().map(|_| Cell::none("-")).collect();
        let first: Timestamp = "2026-11-05T10:05:00Z".parse().unwrap();
        let age = first.age(first.plus(2 * 3600));
        cells[1] = Cell::age(age, Tone::Plain);
        let flags = pane.flags().iter().map(|_| Some(false)).collect();
        let extras = pane.extras().iter().map(|_| String::new()).collect();
        Record { cells, flags, extras, rank: (0, 0), time: Some((first, first.plus(3300))) }
    }

    #[test]
    fn stretches_hold_what_happened_in_them() {
        for (text, holds) in [
            ("2026-11-05..", true),
            ("..2026-11-05", true),
            ("..2026-11-04", false),
            ("2026-11-06..", false),
            ("2026-11-01..2026-11-30", true),
            ("2026-11-05T10:30..2026-11-05T10:31", true),
            ("2026-11-05T11:01..", false),
            ("..2026-11-05T10:04", false),
            ("..2026-11-05T10:05", true),
            ("2026-11-05T11:00:00Z..", true),
            ("since:2026-11-06", false),
            ("since:1h", false),
            ("since:70m", true),
            ("since:3h", true),
            ("-since:3h", false),
        ] {
            let filter =
                Filter::parse(text, PaneId::Sessions.pane()).unwrap_or_else(|bad| panic!("{text}: {bad}"));
            assert_eq!(filter.passes(&row(), &|_, _| false), holds, "{text}");
        }
    }

    #[test]
    fn what_is_no_stretch_says_so() {
        let refused = |text: &str, pane: PaneId| Filter::parse(text, pane.pane()).unwrap_err().says;
        assert!(refused("2026-11-45..", PaneId::Sessions).contains("no date"));
        assert!(refused("2026-11-05..2026-11-01", PaneId::Sessions).contains("before it begins"));
        assert!(refused("since:soon", PaneId::Sessions).contains("since"));
        assert!(refused("since:2h", PaneId::Keys).contains("for sessions"));
        assert!(Filter::parse("s3..x", PaneId::Keys.pane()).is_ok(), "any other text is a word");
        assert!(Filter::parse("é2026-..", PaneId::Sessions.pane()).is_ok());
    }
}
