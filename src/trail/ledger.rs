//! How calls are counted: what one key did in one account, as single events show it and as the activities of trails do, and how the two
//! become one account without counting a call twice.

use std::{collections::BTreeMap, sync::Arc};

use chrono::NaiveDateTime;

use super::stitch_parts::{remember, service_word};
use crate::{
    base::time::Timestamp,
    model::{
        activity::{Activity, Facet, Tally},
        event::Event,
        session::{Hour, Session},
    },
};

/// The calls of one key in one account. The typed events of a key are among the records its activities were folded from wherever both
/// cover the same time, and nothing tells which: so the larger of two counts is taken, and sets are united. Two trails of one account
/// hold the same records too.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    events: Count,
    trails: Count,
}

impl Ledger {
    pub(super) fn call(&mut self, event: &Event) {
        self.events.call(event);
    }

    pub(super) fn fold(&mut self, activity: &Activity) {
        self.trails.at_least(Count::of(activity));
    }

    /// Every call once, as far as can be told.
    pub(super) fn close(mut self) -> Count {
        self.events.at_least(self.trails);
        self.events
    }
}

/// Calls counted and told apart.
#[derive(Debug, Default)]
pub(super) struct Count {
    all: Option<Tally>,
    services: Vec<Arc<str>>,
    regions: Vec<Arc<str>>,
    agents: Vec<Arc<str>>,
    errors: Vec<Arc<str>>,
    pub(super) addresses: BTreeMap<Arc<str>, Tally>,
    hours: BTreeMap<Timestamp, (u64, u64)>,
}

impl Count {
    fn call(&mut self, event: &Event) {
        let one = Tally::of(event.at, event.is_denied());
        add(&mut self.all, one);
        remember(&mut self.services, service_word(&event.source));
        share(&mut self.regions, &event.region);
        if let Some(agent) = &event.agent {
            share(&mut self.agents, agent);
        }
        if let Some(error) = &event.error {
            share(&mut self.errors, error);
        }
        if let Some(address) = &event.address {
            self.addresses.entry(address.clone()).and_modify(|tally| tally.add(one)).or_insert(one);
        }
        let hour = self.hours.entry(hour_of(event.at)).or_default();
        hour.0 += one.calls;
        hour.1 += one.denied;
    }

    fn of(activity: &Activity) -> Self {
        let words = |facet| activity.parts(facet).map(|(word, _)| word.clone()).collect();
        Self {
            all: Some(activity.all),
            services: words(Facet::Service),
            regions: words(Facet::Region),
            agents: words(Facet::Agent),
            errors: words(Facet::Error),
            addresses: activity.parts(Facet::Address).map(|(word, tally)| (word.clone(), tally)).collect(),
            hours: activity
                .parts(Facet::Hour)
                .filter_map(|(word, tally)| Some((read_hour(word)?, (tally.calls, tally.denied))))
                .collect(),
        }
    }

    /// Another view of the same calls: the larger number counts, and what either has seen was seen.
    fn at_least(&mut self, other: Self) {
        self.unite(other, u64::max);
    }

    /// Calls of another key or another account.
    pub(super) fn add(&mut self, other: Self) {
        self.unite(other, u64::saturating_add);
    }

    fn unite(&mut self, other: Self, number: fn(u64, u64) -> u64) {
        let both = |mine: Tally, theirs: Tally| Tally {
            calls: number(mine.calls, theirs.calls),
            denied: number(mine.denied, theirs.denied),
            first: mine.first.min(theirs.first),
            last: mine.last.max(theirs.last),
        };
        self.all = match (self.all, other.all) {
            (Some(mine), Some(theirs)) => Some(both(mine, theirs)),
            (mine, theirs) => mine.or(theirs),
        };
        for (mine, theirs) in [
            (&mut self.services, other.services),
            (&mut self.regions, other.regions),
            (&mut self.agents, other.agents),
            (&mut self.errors, other.errors),
        ] {
            for word in &theirs {
                share(mine, word);
            }
        }
        for (address, tally) in other.addresses {
            let known = self.addresses.entry(address);
            known.and_modify(|known| *known = both(*known, tally)).or_insert(tally);
        }
        for (hour, (calls, denied)) in other.hours {
            let known = self.hours.entry(hour).or_default();
            *known = (number(known.0, calls), number(known.1, denied));
        }
    }

    pub(super) fn hours(&self) -> Vec<Hour> {
        self.hours.iter().map(|(&at, &(calls, denied))| Hour { at, calls, denied }).collect()
    }

    /// Writes the counts into the session whose calls these are.
    pub(super) fn tell(self, session: &mut Session) {
        session.hours = self.hours();
        if let Some(all) = self.all {
            (session.calls, session.denied) = (all.calls, all.denied);
            (session.first_seen, session.last_seen) = (Some(all.first), Some(all.last));
        }
        for address in self.addresses.keys() {
            share(&mut session.addresses, address);
        }
        (session.services, session.regions) = (self.services, self.regions);
        (session.agents, session.errors) = (self.agents, self.errors);
    }
}

/// Takes calls in where there may be none yet.
fn add(to: &mut Option<Tally>, calls: Tally) {
    match to {
        Some(known) => known.add(calls),
        None => *to = Some(calls),
    }
}

/// Adds a word to a sorted list once, without a copy of its text.
fn share(words: &mut Vec<Arc<str>>, word: &Arc<str>) {
    if let Err(place) = words.binary_search(word) {
        words.insert(place, word.clone());
    }
}

fn hour_of(at: Timestamp) -> Timestamp {
    at.minus(at.seconds().rem_euclid(3600))
}

/// `2026-11-20T12`, UTC: as [`Facet::Hour`] writes it.
fn read_hour(word: &str) -> Option<Timestamp> {
    let at = NaiveDateTime::parse_from_str(&format!("{word}:00"), "%Y-%m-%dT%H:%M").ok()?;
    Some(at.and_utc().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_is_read_as_it_is_written_and_nothing_else_is() {
        let noon: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap();
        assert_eq!(read_hour("2026-11-20T12"), Some(noon));
        assert_eq!(hour_of(noon.plus(3599)), noon);
        for wrong in ["", "2026-11-20", "2026-11-20T25", "T12", "2026-11-20T12:30"] {
            assert_eq!(read_hour(wrong), None, "{wrong}");
        }
    }
}
