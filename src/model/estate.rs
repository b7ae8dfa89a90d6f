//! Everything known at one instant. Cheap to clone: each kind's shelf is shared until it changes.
//!
//! Pages may arrive in any order and more than once. A sweep that ended whole removes what it did not see; a broken
//! sweep removes nothing.

use std::{collections::BTreeMap, sync::Arc};

use indexmap::IndexMap;
use rustc_hash::FxBuildHasher;
use serde::Serialize;

use super::{
    entity::{Entity, OfKind},
    id::{Id, Kind},
    merge::Merge,
    observe::{Gap, Meter, Observation, Outcome, Report, Scope, Sweep},
};
use crate::base::time::Timestamp;

/// What one scope last said of a thing.
#[derive(Clone, Debug)]
struct Part {
    scope: Arc<Scope>,
    run: u32,
    at: Timestamp,
    entity: Entity,
}

/// All that scopes said of one thing, and the sum of it.
#[derive(Clone, Debug)]
struct Record {
    parts: Vec<Part>,
    /// The parts merged; `None` when there is one part, which is then the sum itself.
    sum: Option<Entity>,
}

impl Record {
    fn entity(&self) -> &Entity {
        self.sum.as_ref().unwrap_or(&self.parts[0].entity)
    }

    /// Files a part; true when this run of its scope had not shown the thing before. The later page of one scope
    /// wins; of two pages of the same second that differ, the one whose text sorts higher, so that the order of
    /// arrival does not matter.
    fn file(&mut self, part: Part) -> bool {
        let fresh = !self.parts.iter().any(|known| known.scope == part.scope && known.run >= part.run);
        match self.parts.iter_mut().find(|known| known.scope == part.scope) {
            Some(known) => {
                known.run = known.run.max(part.run);
                let newer = part.at > known.at
                    || (part.at == known.at
                        && part.entity != known.entity
                        && format!("{:?}", part.entity) > format!("{:?}", known.entity));
                if newer {
                    known.at = part.at;
                    known.entity = part.entity;
                }
            }
            None => self.parts.push(part),
        }
        self.settle();
        fresh
    }

    /// Merges the parts, oldest first.
    fn settle(&mut self) {
        self.parts.sort_by(|a, b| (a.at, &a.scope).cmp(&(b.at, &b.scope)));
        self.sum = match self.parts.as_slice() {
            [] | [_] => None,
            [oldest, newer @ ..] => {
                let mut sum = oldest.entity.clone();
                for part in newer {
                    sum.take(&part.entity);
                }
                Some(sum)
            }
        };
    }
}

/// Records are shared between clones of a shelf one by one: a page that arrives while an older estate is still being
/// looked at copies what it changes, not all that is known.
type Shelf = IndexMap<Id, Arc<Record>, FxBuildHasher>;

/// What is known of one sweep: for Coverage and for progress.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SweepState {
    pub run: u32,
    pub began: Timestamp,
    pub ended: Option<Timestamp>,
    pub outcome: Option<Outcome>,
    /// Things seen in this run.
    pub seen: usize,
    /// Records that were read, where they are folded.
    pub records: Option<usize>,
    pub expected: Option<usize>,
    /// For events: the window read.
    pub window: Option<(Timestamp, Timestamp)>,
    /// Refusals of this run, and of the run before until this one has ended.
    pub gaps: Vec<(u32, Gap)>,
}

/// Everything known.
#[derive(Clone, Debug)]
pub struct Estate {
    shelves: [Arc<Shelf>; Kind::ALL.len()],
    sweeps: Arc<BTreeMap<Arc<Scope>, SweepState>>,
    meters: Arc<BTreeMap<Scope, Meter>>,
}

/// Nothing known. (Not derived: the standard library does so for arrays of up to 32 only.)
impl Default for Estate {
    fn default() -> Self {
        Self {
            shelves: std::array::from_fn(|_| Arc::default()),
            sweeps: Arc::default(),
            meters: Arc::default(),
        }
    }
}

impl Estate {
    /// Takes in one report. Idempotent; reports of different sweeps may arrive in any order.
    pub fn absorb(&mut self, report: Report) {
        match report {
            Report::Began { sweep, at } => self.begin(&sweep, at),
            Report::Saw(observation) => self.observe(observation),
            Report::Expects { sweep, total } => {
                self.state(&sweep, Timestamp::default()).expected = Some(total);
            }
            Report::Window { sweep, from, to } => {
                self.state(&sweep, from).window = Some((from, to));
            }
            Report::Counted { sweep, records } => {
                self.state(&sweep, Timestamp::default()).records = Some(records);
            }
            Report::Ended { sweep, at, outcome } => self.close(&sweep, at, outcome),
            Report::Metered(meter) => {
                Arc::make_mut(&mut self.meters).insert(meter.scope.clone(), meter);
            }
        }
    }

    fn state(&mut self, sweep: &Sweep, at: Timestamp) -> &mut SweepState {
        Arc::make_mut(&mut self.sweeps).entry(Arc::new(sweep.scope.clone())).or_insert_with(|| SweepState {
            run: sweep.run,
            began: at,
            ended: None,
            outcome: None,
            seen: 0,
            records: None,
            expected: None,
            window: None,
            gaps: Vec::new(),
        })
    }

    fn begin(&mut self, sweep: &Sweep, at: Timestamp) {
        let state = self.state(sweep, at);
        if sweep.run > state.run {
            let gaps = std::mem::take(&mut state.gaps);
            let (window, expected, records) = (state.window, state.expected, state.records);
            *state = SweepState {
                run: sweep.run,
                began: at,
                ended: None,
                outcome: None,
                seen: 0,
                records,
                expected,
                window,
                gaps,
            };
        } else if sweep.run == state.run {
            state.began = at;
        }
    }

    fn observe(&mut self, observation: Observation) {
        let Observation { sweep, at, saw, gaps } = observation;
        let state = self.state(&sweep, at);
        for gap in gaps {
            if !state.gaps.iter().any(|(run, known)| *run == sweep.run && *known == gap) {
                state.gaps.push((sweep.run, gap));
            }
        }
        let scope = self.sweeps.get_key_value(&sweep.scope).map(|(scope, _)| scope.clone());
        let scope = scope.unwrap_or_else(|| Arc::new(sweep.scope.clone()));
        let mut fresh = 0;
        for entity in saw {
            let shelf = Arc::make_mut(&mut self.shelves[entity.kind() as usize]);
            let part = Part { scope: scope.clone(), run: sweep.run, at, entity };
            let record = shelf
                .entry(part.entity.id())
                .or_insert_with(|| Arc::new(Record { parts: Vec::with_capacity(1), sum: None }));
            fresh += usize::from(Arc::make_mut(record).file(part));
        }
        let state = self.state(&sweep, at);
        if sweep.run == state.run {
            state.seen += fresh;
        }
    }

    fn close(&mut self, sweep: &Sweep, at: Timestamp, outcome: Outcome) {
        let state = self.state(sweep, at);
        if sweep.run < state.run {
            return;
        }
        state.ended = Some(at);
        state.outcome = Some(outcome);
        state.gaps.retain(|(run, _)| *run == sweep.run);
        if outcome == Outcome::Whole {
            self.forget_unseen(sweep);
        }
    }

    fn forget_unseen(&mut self, sweep: &Sweep) {
        // Runs are compared first, since all else of one run is fresh and numbers are cheaper than names.
        let stale = |part: &Part| part.run < sweep.run && *part.scope == sweep.scope;
        for shelf in &mut self.shelves {
            if !shelf.values().any(|record| record.parts.iter().any(stale)) {
                continue;
            }
            Arc::make_mut(shelf).retain(|_, record| {
                if record.parts.iter().any(stale) {
                    let record = Arc::make_mut(record);
                    record.parts.retain(|part| !stale(part));
                    record.settle();
                }
                !record.parts.is_empty()
            });
        }
    }

    /// The thing with this id, if any page showed it.
    pub fn get(&self, id: &Id) -> Option<&Entity> {
        self.shelves[id.kind() as usize].get(id).map(|record| record.entity())
    }

    /// The thing with this id as its own type.
    pub fn find<'a, T: OfKind>(&'a self, id: &Id) -> Option<&'a T>
    where
        &'a T: TryFrom<&'a Entity>,
    {
        self.get(id).and_then(|entity| entity.try_into().ok())
    }

    /// All things of one type, in the order they were first seen.
    pub fn all<'a, T: OfKind + 'a>(&'a self) -> impl Iterator<Item = &'a T>
    where
        &'a T: TryFrom<&'a Entity>,
    {
        self.of(T::KIND).filter_map(|entity| entity.try_into().ok())
    }

    /// The same with their ids, which are shared: cheaper to clone than to make anew from the thing.
    pub fn named<'a, T: OfKind + 'a>(&'a self) -> impl Iterator<Item = (&'a Id, &'a T)>
    where
        &'a T: TryFrom<&'a Entity>,
    {
        let shelf = self.shelves[T::KIND as usize].iter();
        shelf.filter_map(|(id, record)| Some((id, record.entity().try_into().ok()?)))
    }

    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Entity> {
        self.shelves[kind as usize].values().map(|record| record.entity())
    }

    /// The ids of all things of a kind, in the order they were first seen.
    pub fn ids(&self, kind: Kind) -> impl Iterator<Item = &Id> {
        self.shelves[kind as usize].keys()
    }

    pub fn count(&self, kind: Kind) -> usize {
        self.shelves[kind as usize].len()
    }

    /// When any scope last showed this thing.
    pub fn seen_at(&self, id: &Id) -> Option<Timestamp> {
        self.shelves[id.kind() as usize].get(id)?.parts.iter().map(|part| part.at).max()
    }

    pub fn sweeps(&self) -> impl Iterator<Item = (&Scope, &SweepState)> {
        self.sweeps.iter().map(|(scope, state)| (&**scope, state))
    }

    /// How a scope's sweep stands.
    pub fn sweep(&self, scope: &Scope) -> Option<&SweepState> {
        self.sweeps.get(scope)
    }

    pub fn meters(&self) -> impl Iterator<Item = &Meter> {
        self.meters.values()
    }

    pub fn gaps(&self) -> impl Iterator<Item = (&Scope, &Gap)> {
        self.sweeps().flat_map(|(scope, state)| state.gaps.iter().map(move |(_, gap)| (scope, gap)))
    }
}

#[cfg(test)]
mod tests;
