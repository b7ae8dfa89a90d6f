//! Sessions as chains: who was opened by whose credentials, and where each session stands in the list that shows it.

use std::{cmp::Reverse, collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

use super::world::World;
use crate::base::time::Timestamp;
use crate::model::{
    id::Id,
    session::{Opener, Session},
};

/// A session's place in its chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// How many sessions stand between it and the key, token or service that began the chain.
    pub depth: usize,
    /// Sessions that were opened with its credentials, and with theirs.
    pub below: usize,
    /// Larger comes first: chains by their newest session, each from its root downwards.
    pub rank: (i64, i64),
}

#[derive(Debug, Default)]
pub struct Chains {
    places: FxHashMap<Id, Place>,
}

impl Chains {
    pub fn place(&self, session: &Id) -> Place {
        self.places.get(session).copied().unwrap_or_default()
    }

    /// Of all sessions of a world.
    pub(super) fn of(world: &World) -> Self {
        let sessions: Vec<(&Id, &Session)> =
            world.sessions().iter().filter_map(|id| Some((id, world.session(id)?))).collect();
        let known: FxHashMap<&str, usize> =
            sessions.iter().enumerate().map(|(index, (_, session))| (&*session.name, index)).collect();
        let mut children: FxHashMap<usize, Vec<usize>> = FxHashMap::default();
        let mut roots = Vec::new();
        for (index, (_, session)) in sessions.iter().enumerate() {
            match parent(session).and_then(|name| known.get(&**name)).filter(|parent| **parent != index) {
                Some(parent) => children.entry(*parent).or_default().push(index),
                None => roots.push(index),
            }
        }
        let at = |index: usize| {
            let session = sessions[index].1;
            session.opened.or(session.first_seen).or(session.last_seen).map_or(i64::MIN, Timestamp::seconds)
        };
        let mut seats: Vec<Option<(usize, usize)>> = vec![None; sessions.len()];
        let mut chains: BTreeMap<(i64, Reverse<usize>), Vec<usize>> = BTreeMap::new();
        for root in roots {
            let order = unfold(root, &children, &at, &mut seats);
            let newest = order.iter().map(|index| at(*index)).max().unwrap_or(i64::MIN);
            chains.insert((newest, Reverse(root)), order);
        }
        // Sessions that opened each other in a circle have no root; CloudTrail shows none, and a made-up trail may.
        for index in 0..sessions.len() {
            if seats[index].is_none() {
                let order = unfold(index, &children, &at, &mut seats);
                chains.insert((at(index), Reverse(index)), order);
            }
        }
        let mut places = FxHashMap::default();
        for (chain, order) in (0..).zip(chains.into_values()) {
            for (step, index) in (0..).zip(order) {
                let (depth, below) = seats[index].unwrap_or_default();
                places.insert(sessions[index].0.clone(), Place { depth, below, rank: (chain, -step) });
            }
        }
        Self { places }
    }
}

const fn parent(session: &Session) -> Option<&Arc<str>> {
    match &session.opened_by {
        Opener::Session(parent) => Some(parent),
        _ => None,
    }
}

/// A chain from its root downwards, the older of two sisters first. Notes for each its depth and how many stand below it.
fn unfold(
    root: usize,
    children: &FxHashMap<usize, Vec<usize>>,
    at: &dyn Fn(usize) -> i64,
    seats: &mut [Option<(usize, usize)>],
) -> Vec<usize> {
    let mut order = Vec::new();
    let mut parents = Vec::new();
    let mut open = vec![(root, 0, None)];
    while let Some((index, depth, parent)) = open.pop() {
        if seats[index].is_some() {
            continue;
        }
        seats[index] = Some((depth, 0));
        let place = order.len();
        order.push(index);
        parents.push(parent);
        let mut next = children.get(&index).cloned().unwrap_or_default();
        next.sort_by_key(|child| Reverse((at(*child), *child)));
        open.extend(next.into_iter().map(|child| (child, depth + 1, Some(place))));
    }
    // From the last to the first every session is counted before the one it was opened by.
    let mut below = vec![0; order.len()];
    for place in (0..order.len()).rev() {
        if let Some(parent) = parents[place] {
            below[parent] += below[place] + 1;
        }
    }
    for (place, index) in order.iter().enumerate() {
        if let Some((_, count)) = &mut seats[*index] {
            *count = below[place];
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::trial,
        base::name::KeyId,
        model::{
            entity::Entity,
            event::{Caller, Event},
        },
        rules::Limits,
    };

    /// A call that got `minted` with `used`.
    fn minting(id: &str, second: i64, used: &str, minted: &str) -> Entity {
        let Entity::Event(event) = trial::event() else { panic!() };
        let caller = Caller { kind: "AssumedRole".into(), key: KeyId::new(used), ..Caller::default() };
        let at = Timestamp::from_seconds(second);
        Event { event_id: id.into(), at, caller, minted: KeyId::new(minted), ..event }.into()
    }

    #[test]
    fn chains_stand_together_and_the_newest_comes_first() {
        let key = |last: char| format!("ASIARZPUZDIKAAAAAAA{last}");
        let long = "AKIARZPUZDIKNSFRP6LN";
        let events = vec![
            minting("a", 10, long, &key('A')),
            minting("b", 20, &key('A'), &key('B')),
            minting("c", 90, &key('B'), &key('C')),
            minting("d", 30, &key('A'), &key('D')),
            minting("e", 50, long, &key('E')),
        ];
        let mut estate = crate::model::estate::Estate::default();
        for report in trial::saw("111111111111", "events", 1, events) {
            estate.absorb(report);
        }
        let world = World::build(estate, Limits::default(), Timestamp::from_seconds(100));
        let chains = world.chains();
        let mut rows: Vec<(Place, &str)> =
            world.sessions().iter().map(|id| (chains.place(id), id.key_text())).collect();
        rows.sort_by_key(|(place, _)| Reverse(place.rank));
        let shown: Vec<String> = rows
            .iter()
            .map(|(place, name)| format!("{}{} {}", "-".repeat(place.depth), &name[19..], place.below))
            .collect();
        assert_eq!(shown, ["A 3", "-B 1", "--C 0", "-D 0", "E 0"]);
    }
}
