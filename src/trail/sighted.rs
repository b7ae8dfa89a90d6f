//! What every record is asked: enough to fold it, and to tell whether it is worth reading whole.

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use sha2::{Digest, Sha256};

use super::record::{BadRecord, Place};
use crate::base::{name::AccountId, time::Timestamp};

/// The fields of a record that are looked at, as they stand there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fields<'a> {
    pub(super) time: Option<Cow<'a, str>>,
    pub(super) source: Option<Cow<'a, str>>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) region: Option<Cow<'a, str>>,
    pub(super) address: Option<Cow<'a, str>>,
    pub(super) agent: Option<Cow<'a, str>>,
    pub(super) error: Option<Cow<'a, str>>,
    pub(super) event_id: Option<Cow<'a, str>>,
    pub(super) recipient: Option<Cow<'a, str>>,
    /// `userIdentity`, as text.
    pub(super) identity: Option<&'a str>,
    /// `userIdentity.accessKeyId` and `userIdentity.accountId`.
    pub(super) key: Option<Cow<'a, str>>,
    pub(super) caller: Option<Cow<'a, str>>,
}

/// One record, as far as it is folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighted<'a> {
    /// Whose trail it stands in.
    pub account: AccountId,
    pub at: Timestamp,
    pub region: Cow<'a, str>,
    pub source: Cow<'a, str>,
    pub name: Cow<'a, str>,
    /// As CloudTrail names it, or [`derived_id`].
    pub event_id: Cow<'a, str>,
    pub address: Option<Cow<'a, str>>,
    pub agent: Option<Cow<'a, str>>,
    pub error: Option<Cow<'a, str>>,
    /// The caller's access key, of whatever shape.
    pub key: Option<Cow<'a, str>>,
    /// `userIdentity`, as text.
    pub(super) identity: Option<&'a str>,
    /// The record, as text.
    pub text: &'a str,
}

impl Sighted<'_> {
    /// The same for every copy of one record.
    pub(super) fn fingerprint(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (self.account, &self.event_id).hash(&mut hasher);
        hasher.finish()
    }
}

impl<'a> Fields<'a> {
    /// The record these are the fields of; refused as [`super::read`] refuses it.
    pub(super) fn into_record(self, text: &'a str, place: Place<'a>) -> Result<Sighted<'a>, BadRecord> {
        let some = |field: Option<Cow<'a, str>>| field.filter(|text| !text.is_empty());
        let number =
            |field: &Option<Cow<'a, str>>| field.as_deref().and_then(|text| text.parse::<AccountId>().ok());
        let account = number(&self.recipient).or(place.account).or_else(|| number(&self.caller));
        let account = account.ok_or(BadRecord::Missing("recipientAccountId"))?;
        let time = some(self.time).ok_or(BadRecord::Missing("eventTime"))?;
        let region = some(self.region).or(place.region.map(Cow::Borrowed));
        let region = region.ok_or(BadRecord::Missing("awsRegion"))?;
        let name = some(self.name).ok_or(BadRecord::Missing("eventName"))?;
        let source = some(self.source).ok_or(BadRecord::Missing("eventSource"))?;
        let event_id = some(self.event_id).unwrap_or_else(|| derived_id(text).into());
        let at = match seconds(time.as_bytes()) {
            Some(seconds) => Timestamp::from_seconds(seconds),
            None => time.parse().map_err(|_| BadRecord::Time)?,
        };
        let (address, agent, error, key) =
            (some(self.address), some(self.agent), some(self.error), some(self.key));
        Ok(Sighted {
            account,
            at,
            region,
            source,
            name,
            event_id,
            address,
            agent,
            error,
            key,
            identity: self.identity,
            text,
        })
    }
}

/// A name for a record of the first format (`eventVersion` 1.0), which has no `eventID`: made from its text, so that a copy of it has the
/// same.
pub(super) fn derived_id(text: &str) -> String {
    let hash = Sha256::digest(text.trim().as_bytes());
    let first: [u8; 8] = std::array::from_fn(|at| hash[at]);
    format!("no-id-{:016x}", u64::from_be_bytes(first))
}

/// Seconds since 1970 of `2026-11-20T12:00:00Z`, which is how CloudTrail writes times; `None` for every other spelling, which may be a
/// time as well.
pub(super) fn seconds(text: &[u8]) -> Option<i64> {
    let text: &[u8; 20] = text.try_into().ok()?;
    let digit = |at: usize| text[at].is_ascii_digit().then(|| i64::from(text[at] - b'0'));
    let two = |at: usize| Some(digit(at)? * 10 + digit(at + 1)?);
    let marks = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    if marks.iter().any(|&(at, mark)| text[at] != mark) {
        return None;
    }
    let (year, month, day) = (two(0)? * 100 + two(2)?, two(5)?, two(8)?);
    let (hour, minute, second) = (two(11)?, two(14)?, two(17)?);
    // Every month has 28 days; the others, and leap seconds, are left to the calendar.
    if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=28).contains(&day) {
        return None;
    }
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    // Days since 1970-01-01, counting years from March so that the leap day comes last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1 - 719_468;
    Some(days * 86_400 + hour * 3_600 + minute * 60 + second)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_plain_time_is_left_to_the_calendar() {
        for text in [
            "2026-02-30T12:00:00Z",
            "2026-01-31T12:00:00Z",
            "2026-01-01T12:00:60Z",
            "2026-01-01 12:00:00Z",
            "soon",
            "",
        ] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_copy_has_the_same_derived_name() {
        assert_eq!(derived_id("{\"a\":1}"), derived_id(" {\"a\":1}\n"));
        assert_ne!(derived_id("{\"a\":1}"), derived_id("{\"a\":2}"));
    }

    proptest! {
        #[test]
        fn it_is_the_calendars_time(at in 0..253_402_300_799_i64) {
            let at = Timestamp::from_seconds(at);
            let text = at.to_string();
            prop_assert!(seconds(text.as_bytes()).is_none_or(|seconds| seconds == at.seconds()), "{}", text);
        }
    }
}
