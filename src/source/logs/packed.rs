//! What a part of a trail came to, written short: tallies are most of it, and times as numbers are a third as long as texts and are read
//! ten times as fast.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::read::Reading;
use crate::{
    base::{
        name::{AccountId, KeyId},
        time::Timestamp,
    },
    model::{
        activity::{Activity, Facet, Part, Tally},
        event::{Caller, Event},
    },
    trail::{Folded, fold::Refusal},
};

/// Calls, refused ones, the first and the last second.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Count(u64, u64, i64, i64);

/// Which of [`Facet::ALL`], the value, its calls.
#[derive(Serialize, Deserialize)]
struct Value(u8, Arc<str>, Count);

/// Account, key, caller, the id of the record that named it, all calls, the same by value.
#[derive(Serialize, Deserialize)]
struct Key(AccountId, KeyId, Caller, Arc<str>, Count, Vec<Value>);

/// A reading without lacks, of every file.
#[derive(Serialize, Deserialize)]
pub(super) struct Packed {
    events: Vec<Event>,
    keys: Vec<Key>,
    windows: Vec<(AccountId, Arc<str>, Count)>,
    refused: Vec<Refusal>,
    records: u64,
    duplicates: u64,
    without_key: u64,
}

impl From<Tally> for Count {
    fn from(tally: Tally) -> Self {
        Self(tally.calls, tally.denied, tally.first.seconds(), tally.last.seconds())
    }
}

impl From<Count> for Tally {
    fn from(Count(calls, denied, first, last): Count) -> Self {
        let (first, last) = (Timestamp::from_seconds(first), Timestamp::from_seconds(last));
        Self { calls, denied, first, last }
    }
}

impl Packed {
    pub(super) fn of(folded: &Folded) -> Self {
        let value = |part: &Part| Value(part.facet as u8, part.value.clone(), part.tally.into());
        let key = |(activity, earliest): (&Activity, &Arc<str>)| {
            let Activity { account, key, caller, all, parts, .. } = activity;
            let values = parts.iter().map(value).collect();
            Key(*account, key.clone(), caller.clone(), earliest.clone(), (*all).into(), values)
        };
        let windows = folded.windows.iter();
        Self {
            events: folded.events.clone(),
            keys: folded.activities.iter().zip(&folded.earliest).map(key).collect(),
            windows: windows
                .map(|((account, region), tally)| (*account, region.clone(), (*tally).into()))
                .collect(),
            refused: folded.refused.clone(),
            records: folded.records,
            duplicates: folded.duplicates,
            without_key: folded.without_key,
        }
    }

    /// `trail` names where the records are. `None` where a facet is not one of ours.
    pub(super) fn open(self, trail: &Arc<str>) -> Option<Reading> {
        let mut folded = Folded {
            events: self.events,
            refused: self.refused,
            records: self.records,
            duplicates: self.duplicates,
            without_key: self.without_key,
            ..Folded::default()
        };
        for Key(account, key, caller, earliest, all, values) in self.keys {
            let part = |Value(facet, value, tally): Value| {
                Some(Part { facet: *Facet::ALL.get(usize::from(facet))?, value, tally: tally.into() })
            };
            let parts = values.into_iter().map(part).collect::<Option<_>>()?;
            let trail = trail.clone();
            folded.activities.push(Activity { trail, account, key, caller, all: all.into(), parts });
            folded.earliest.push(earliest);
        }
        let windows = self.windows.into_iter();
        folded.windows = windows.map(|(account, region, tally)| ((account, region), tally.into())).collect();
        Some(Reading { folded, lacks: Vec::new(), is_whole: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::{Fold, Place, seen::Seen};

    #[test]
    fn what_is_packed_is_what_comes_out() {
        let call = |id: &str, name: &str, error: &str| {
            format!(
                r#"{{"eventTime":"2026-11-20T12:00:00Z","eventSource":"sts.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","eventID":"{id}","recipientAccountId":"111111111111","sourceIPAddress":"192.0.2.1"{error},"userIdentity":{{"type":"IAMUser","accessKeyId":"AKIARZPUZDIKNSFRP6LN"}}}}"#
            )
        };
        let refused = r#","errorCode":"AccessDenied""#;
        let text = [
            call("a", "AssumeRole", ""),
            call("b", "GetCallerIdentity", refused),
            call("c", "X", ""),
            "{}".into(),
        ];
        let (mut fold, trail): (Fold, Arc<str>) = (Fold::default(), "s3://acme".into());
        fold.read(&text.join("\n"), &"file".into(), Place::default(), &Seen::default());
        let folded = fold.finish(&trail);
        assert!(!folded.events.is_empty() && !folded.activities.is_empty() && !folded.refused.is_empty());
        let written = serde_json::to_string(&Packed::of(&folded)).unwrap();
        let read: Packed = serde_json::from_str(&written).unwrap();
        assert_eq!(read.open(&trail).unwrap().folded, folded);
    }
}
