//! What an access key did, folded: what stays of a trail that is too long to be kept record by record.

use std::{cmp::Ordering, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{event::Caller, id::Id, merge::Merge};
use crate::base::{
    name::{AccountId, KeyId},
    time::Timestamp,
};

/// Calls counted together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    pub calls: u64,
    /// Those of them that came back with an error code.
    pub denied: u64,
    pub first: Timestamp,
    pub last: Timestamp,
}

impl Tally {
    /// One call.
    pub const fn of(at: Timestamp, is_denied: bool) -> Self {
        Self { calls: 1, denied: is_denied as u64, first: at, last: at }
    }

    /// Takes other calls in; the order does not matter.
    pub fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.denied += other.denied;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
    }
}

/// By what the calls of one key are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Facet {
    /// `eventSource` without its domain: `s3`.
    Service,
    /// Service and `eventName`: `s3:GetObject`.
    Call,
    /// `awsRegion`.
    Region,
    /// `sourceIPAddress`.
    Address,
    /// `userAgent`.
    Agent,
    /// `errorCode`; calls without one are not counted here.
    Error,
    /// The hour a call fell into, as `2026-11-20T12`, UTC.
    Hour,
}

impl Facet {
    pub const ALL: [Self; 7] =
        [Self::Service, Self::Call, Self::Region, Self::Address, Self::Agent, Self::Error, Self::Hour];

    /// Its name in rows that travel: `service`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Call => "call",
            Self::Region => "region",
            Self::Address => "address",
            Self::Agent => "agent",
            Self::Error => "error",
            Self::Hour => "hour",
        }
    }
}

/// One value of a facet and the calls that had it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub facet: Facet,
    pub value: Arc<str>,
    pub tally: Tally,
}

impl Part {
    /// The order parts are kept in.
    pub fn order(&self, other: &Self) -> Ordering {
        (self.facet, &self.value).cmp(&(other.facet, &other.value))
    }
}

/// All calls that one access key made, as one account's records in one trail show them.
///
/// Every engine that folds records (our own over files, Athena and CloudTrail Lake in SQL) gives the same rows: one call is one record
/// by `eventID`, cross-account twins are counted in the account whose trail they stand in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Where the records are: a folder, `s3://bucket/prefix`, an Athena table or an event data store.
    pub trail: Arc<str>,
    /// `recipientAccountId`.
    pub account: AccountId,
    /// `userIdentity.accessKeyId`, long-term or temporary.
    pub key: KeyId,
    /// The earliest record's `userIdentity` (of several, the one with the smallest `eventID`).
    pub caller: Caller,
    pub all: Tally,
    /// Sorted by facet, then value.
    pub parts: Vec<Part>,
}

impl Merge for Activity {
    /// A later look has read the same trail again.
    fn take(&mut self, newer: &Self) {
        self.clone_from(newer);
    }
}

impl Activity {
    pub fn id(&self) -> Id {
        Id::activity(&self.trail, self.account, &self.key)
    }

    /// The values of one facet, sorted.
    pub fn parts(&self, facet: Facet) -> impl Iterator<Item = (&Arc<str>, Tally)> {
        let from = self.parts.partition_point(|part| part.facet < facet);
        let of_facet = self.parts[from..].iter().take_while(move |part| part.facet == facet);
        of_facet.map(|part| (&part.value, part.tally))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(second)
    }

    #[test]
    fn a_tally_does_not_care_in_which_order_calls_come() {
        let (early, late) = (Tally::of(at(1), true), Tally::of(at(9), false));
        let (mut forward, mut backward) = (early, late);
        forward.add(late);
        backward.add(early);
        assert_eq!(forward, Tally { calls: 2, denied: 1, first: at(1), last: at(9) });
        assert_eq!(forward, backward);
    }

    #[test]
    fn parts_are_found_by_facet() {
        let part = |facet, value: &str| Part { facet, value: value.into(), tally: Tally::of(at(1), false) };
        let mut parts = vec![
            part(Facet::Region, "eu-west-1"),
            part(Facet::Service, "sts"),
            part(Facet::Hour, "2026-11-20T12"),
            part(Facet::Service, "s3"),
        ];
        parts.sort_by(Part::order);
        let activity = Activity {
            trail: "logs".into(),
            account: "111111111111".parse().unwrap(),
            key: KeyId::new("AKIARZPUZDIKNSFRP6LN").unwrap(),
            caller: Caller::default(),
            all: Tally::of(at(1), false),
            parts,
        };
        let words = |facet| activity.parts(facet).map(|(value, _)| value.to_string()).collect::<Vec<_>>();
        assert_eq!(words(Facet::Service), ["s3", "sts"]);
        assert_eq!(words(Facet::Hour), ["2026-11-20T12"]);
        assert!(words(Facet::Error).is_empty());
    }
}
