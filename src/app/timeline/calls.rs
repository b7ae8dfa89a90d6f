//! The calls that a timeline shows: counts by the hour, and the events that were kept.

use std::collections::BTreeMap;

use crate::{
    app::world::World,
    base::time::Timestamp,
    model::{
        entity::Entity,
        event::Event,
        id::{Id, Kind},
        link::Relation,
        session::Hour,
    },
};

#[derive(Clone, Debug, Default)]
pub(super) struct Calls {
    /// Calls and refused ones, by the second an hour begins at.
    hours: BTreeMap<i64, (u64, u64)>,
    /// By time.
    kept: Vec<(Timestamp, Id)>,
    /// Which of `kept` were refused.
    denied: Vec<bool>,
}

impl Calls {
    pub(super) fn of(world: &World, about: Option<&Id>) -> Self {
        let mut calls = Self::default();
        let linked = &world.linked;
        match about {
            None => {
                calls.count_all(linked.all_derived().filter_map(|entity| match entity {
                    Entity::Session(session) => Some(session.hours.as_slice()),
                    _ => None,
                }));
                calls.count_all(
                    linked.all_hours().filter(|(id, _)| id.kind() == Kind::Key).map(|(_, hours)| hours),
                );
                calls.keep(world.estate.all::<Event>());
            }
            Some(id) => {
                let found = |id: &Id| world.estate.find::<Event>(id);
                match world.get(id) {
                    Some(Entity::Session(session)) => {
                        calls.count_all([session.hours.as_slice()]);
                        calls.keep(session.minted_by.iter().filter_map(found));
                    }
                    _ => calls.count_all([linked.hours(id)]),
                }
                calls.keep(linked.targets(id, Relation::UsedIn).filter_map(found));
                calls.keep(linked.origins(id, Relation::AskedFor).filter_map(found));
                calls.keep(linked.origins(id, Relation::CameFrom).filter_map(found));
            }
        }
        calls.settle();
        calls
    }

    fn count_all<'a>(&mut self, all: impl IntoIterator<Item = &'a [Hour]>) {
        for hour in all.into_iter().flatten() {
            let known = self.hours.entry(hour.at.seconds()).or_default();
            *known = (known.0.saturating_add(hour.calls), known.1.saturating_add(hour.denied));
        }
    }

    fn keep<'a>(&mut self, events: impl IntoIterator<Item = &'a Event>) {
        for event in events {
            self.kept.push((event.at, event.id()));
            self.denied.push(event.is_denied());
        }
    }

    /// Puts events in order, each once, and counts those that no hour has counted: calls that ask for a role are none of the session's
    /// own, nor are those of an address anybody's.
    fn settle(&mut self) {
        let mut all: Vec<((Timestamp, Id), bool)> =
            std::mem::take(&mut self.kept).into_iter().zip(std::mem::take(&mut self.denied)).collect();
        all.sort();
        all.dedup_by(|a, b| a.0 == b.0);
        let mut kept: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
        for ((at, _), denied) in &all {
            let hour = kept.entry(at.seconds().div_euclid(3600) * 3600).or_default();
            *hour = (hour.0 + 1, hour.1 + u64::from(*denied));
        }
        for (at, (calls, denied)) in kept {
            let known = self.hours.entry(at).or_default();
            *known = (known.0.max(calls), known.1.max(denied));
        }
        (self.kept, self.denied) = all.into_iter().unzip();
    }

    /// The first and the last second anything is known of.
    pub(super) fn span(&self) -> Option<(Timestamp, Timestamp)> {
        let (first, _) = self.hours.first_key_value()?;
        let (last, _) = self.hours.last_key_value()?;
        let last = self.kept.last().map_or(*last, |(at, _)| at.seconds().max(*last));
        Some((Timestamp::from_seconds(*first), Timestamp::from_seconds(last)))
    }

    /// Calls of whole hours.
    pub(super) fn counted(&self, from: Timestamp, to: Timestamp) -> (u64, u64) {
        let hours = self.hours.range(from.seconds()..to.seconds());
        hours.fold((0, 0), |(calls, denied), (_, hour)| (calls + hour.0, denied + hour.1))
    }

    /// The same of calls that were kept, of any time.
    pub(super) fn kept_counted(&self, from: Timestamp, to: Timestamp) -> (u64, u64) {
        let (from, to) = (self.place(from), self.place(to));
        let denied = self.denied[from..to].iter().filter(|denied| **denied).count();
        (u64::try_from(to - from).unwrap_or(u64::MAX), u64::try_from(denied).unwrap_or(u64::MAX))
    }

    pub(super) fn kept(&self, from: Timestamp, to: Timestamp) -> &[(Timestamp, Id)] {
        &self.kept[self.place(from)..self.place(to)]
    }

    fn place(&self, at: Timestamp) -> usize {
        self.kept.partition_point(|(known, _)| *known < at)
    }

    /// The next hour with calls from a time on.
    pub(super) fn after(&self, at: Timestamp) -> Option<Timestamp> {
        self.hours.range(at.seconds()..).next().map(|(at, _)| Timestamp::from_seconds(*at))
    }

    /// The last hour with calls before a time.
    pub(super) fn before(&self, at: Timestamp) -> Option<Timestamp> {
        self.hours.range(..at.seconds()).next_back().map(|(at, _)| Timestamp::from_seconds(*at))
    }
}
