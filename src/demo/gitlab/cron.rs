//! When a cron line is due next, in UTC. It knows numbers, `*`, lists, ranges and steps, and no names of days.

use chrono::{Datelike, Timelike};

use crate::base::time::Timestamp;

const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// The first whole minute after `now` that fits `minute hour day month weekday`; `None` for a line that is no cron line
/// or is not due within four years.
pub(super) fn next(line: &str, now: Timestamp) -> Option<Timestamp> {
    let fields: Vec<&str> = line.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    let mut at = Timestamp::from_seconds(now.seconds() - now.seconds().rem_euclid(MINUTE) + MINUTE);
    let last = at.plus(4 * 366 * DAY);
    while at < last {
        let date = at.utc();
        if !fits(month, date.month(), 1, 12)? || !is_day(day, weekday, at)? {
            at = Timestamp::from_seconds(at.seconds() - at.seconds().rem_euclid(DAY) + DAY);
        } else if !fits(hour, date.hour(), 0, 23)? {
            at = at.plus(i64::from(60 - date.minute()) * MINUTE);
        } else if fits(minute, date.minute(), 0, 59)? {
            return Some(at);
        } else {
            at = at.plus(MINUTE);
        }
    }
    None
}

/// Where both the day of the month and the weekday are given, either will do.
fn is_day(day: &str, weekday: &str, at: Timestamp) -> Option<bool> {
    let date = at.utc();
    let of_month = fits(day, date.day(), 1, 31)?;
    let number = date.weekday().num_days_from_sunday();
    // Sunday is 0 and 7.
    let of_week = fits(weekday, number, 0, 7)? || (number == 0 && fits(weekday, 7, 0, 7)?);
    Some(if day == "*" || weekday == "*" { of_month && of_week } else { of_month || of_week })
}

fn fits(field: &str, number: u32, low: u32, high: u32) -> Option<bool> {
    let mut is_in = false;
    for part in field.split(',') {
        let (span, step) = part.split_once('/').unwrap_or((part, "1"));
        let step: u32 = step.parse().ok().filter(|step| *step > 0)?;
        let (from, to) = match span.split_once('-') {
            _ if span == "*" => (low, high),
            Some((from, to)) => (from.parse().ok()?, to.parse().ok()?),
            None if part.contains('/') => (span.parse().ok()?, high),
            None => (span.parse().ok()?, span.parse().ok()?),
        };
        is_in |= (from..=to).contains(&number) && (number - from).is_multiple_of(step);
    }
    Some(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_minute_that_fits() {
        let now: Timestamp = "2026-11-20T12:34:56Z".parse().unwrap();
        let cases = [
            ("0 4 * * *", Some("2026-11-21T04:00:00Z")),
            ("*/15 * * * *", Some("2026-11-20T12:45:00Z")),
            ("30 1 * * 1-5", Some("2026-11-23T01:30:00Z")),
            ("0 0 1 1 *", Some("2027-01-01T00:00:00Z")),
            ("0 6 * * 7", Some("2026-11-22T06:00:00Z")),
            ("0 0 30 2 *", None),
            ("every day", None),
        ];
        for (line, due) in cases {
            assert_eq!(next(line, now).map(|at| at.to_string()).as_deref(), due, "{line}");
        }
    }
}
