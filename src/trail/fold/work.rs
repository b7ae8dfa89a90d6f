//! What one key did in one account, while a trail is read.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::names::{Name, Names};
use crate::{
    base::{
        name::{AccountId, KeyId},
        time::Timestamp,
    },
    model::{
        activity::{Activity, Facet, Part, Tally},
        event::Caller,
    },
    trail::{record, sighted::Sighted},
};

#[derive(Debug)]
pub(super) struct Work {
    key: KeyId,
    /// `userIdentity` of the earliest record, by time and id.
    identity: Identity,
    earliest: (Timestamp, Box<str>),
    all: Tally,
    parts: Vec<(Facet, Name, Tally)>,
    /// Where each part is, once they are too many to look through.
    index: Option<Box<FxHashMap<(Facet, Name), u32>>>,
    /// Where the part of each facet is that was met last: calls come in runs.
    latest: [u32; Facet::ALL.len()],
}

/// `userIdentity`: most are never read, for an earlier one takes their place.
#[derive(Debug)]
enum Identity {
    Text(Box<str>),
    Read(Box<Caller>),
}

/// Up to so many parts are looked through.
const FEW: usize = 24;

impl Work {
    /// Of a key whose first record this is; the record is not counted yet.
    pub(super) fn begin(key: KeyId, record: &Sighted<'_>) -> Self {
        let mut work = Self {
            key,
            identity: Identity::Text(Box::default()),
            earliest: (record.at, Box::default()),
            all: Tally { calls: 0, denied: 0, first: record.at, last: record.at },
            parts: Vec::new(),
            index: None,
            latest: [0; Facet::ALL.len()],
        };
        work.named_by(record);
        work
    }

    /// Of a key that another fold has finished with; `earliest` is the id of the record that named the caller.
    pub(super) fn of(activity: Activity, earliest: &str, names: &mut Names) -> Self {
        let mut work = Self {
            key: activity.key,
            identity: Identity::Read(Box::new(activity.caller)),
            earliest: (activity.all.first, earliest.into()),
            all: activity.all,
            parts: Vec::with_capacity(activity.parts.len()),
            index: None,
            latest: [0; Facet::ALL.len()],
        };
        for part in activity.parts {
            work.count(part.facet, names.of(&part.value), part.tally);
        }
        work
    }

    pub(super) fn add(&mut self, record: &Sighted<'_>, tally: Tally) {
        if (record.at, &*record.event_id) < (self.earliest.0, &*self.earliest.1) {
            self.named_by(record);
        }
        self.all.add(tally);
    }

    fn named_by(&mut self, record: &Sighted<'_>) {
        self.earliest = (record.at, (*record.event_id).into());
        self.identity = Identity::Text(record.identity.unwrap_or("null").into());
    }

    pub(super) fn count(&mut self, facet: Facet, name: Name, tally: Tally) {
        let latest = self.latest[facet as usize] as usize;
        if let Some((known, value, part)) = self.parts.get_mut(latest)
            && (*known, *value) == (facet, name)
        {
            return part.add(tally);
        }
        let found = match &self.index {
            Some(index) => index.get(&(facet, name)).map(|at| *at as usize),
            None => self.parts.iter().position(|(known, value, _)| (*known, *value) == (facet, name)),
        };
        let at = found.unwrap_or(self.parts.len());
        // A key with four thousand million addresses has other troubles.
        let place = u32::try_from(at).unwrap_or(u32::MAX);
        self.latest[facet as usize] = place;
        if let Some((_, _, part)) = self.parts.get_mut(at) {
            part.add(tally);
        } else {
            self.parts.push((facet, name, tally));
            self.note(facet, name, place);
        }
    }

    fn note(&mut self, facet: Facet, name: Name, place: u32) {
        if let Some(index) = &mut self.index {
            index.insert((facet, name), place);
        } else if self.parts.len() > FEW {
            let places = (0..).zip(&self.parts).map(|(place, (facet, name, _))| ((*facet, *name), place));
            self.index = Some(Box::new(places.collect()));
        }
    }

    /// Takes in what another fold knows of the same key; `ours` says its names in ours.
    pub(super) fn merge(&mut self, other: Self, ours: impl Fn(Name) -> Name) {
        if other.earliest < self.earliest {
            self.earliest = other.earliest;
            self.identity = other.identity;
        }
        self.all.add(other.all);
        for (facet, name, tally) in other.parts {
            self.count(facet, ours(name), tally);
        }
    }

    pub(super) fn renamed(mut self, names: &[Name]) -> Self {
        self.index = None;
        for (_, name, _) in &mut self.parts {
            *name = names[name.index()];
        }
        if let Some((facet, name, _)) = self.parts.last().filter(|_| self.parts.len() > FEW) {
            let place = u32::try_from(self.parts.len() - 1).unwrap_or(u32::MAX);
            let (facet, name) = (*facet, *name);
            self.note(facet, name, place);
        }
        self
    }

    /// What it came to, and the id of the record that named the caller.
    pub(super) fn finish(
        self,
        trail: &Arc<str>,
        account: AccountId,
        names: &mut Names,
    ) -> (Activity, Arc<str>) {
        let part = |(facet, name, tally)| Part { facet, value: names.text(name), tally };
        let mut parts: Vec<Part> = self.parts.into_iter().map(part).collect();
        parts.sort_by(Part::order);
        let mut caller = match self.identity {
            Identity::Text(text) => record::caller_of(&text),
            Identity::Read(caller) => *caller,
        };
        names.share_caller(&mut caller);
        let activity =
            Activity { trail: trail.clone(), account, key: self.key, caller, all: self.all, parts };
        (activity, self.earliest.1.into())
    }
}
