//! Things nobody showed us but others speak of.

use rustc_hash::FxHashSet;

use crate::model::{
    estate::Estate,
    event::Event,
    gitlab::Variable,
    id::{Id, Kind},
};

/// Long-term keys that variables carry or events were made with and that no account listed, sorted.
pub(super) fn dangling_keys(estate: &Estate) -> Vec<Id> {
    let carried = estate.all::<Variable>().filter_map(|variable| variable.sighting.as_ref());
    let carried = carried.flat_map(|sighting| &sighting.keys);
    let used = estate.all::<Event>().filter_map(|event| event.caller.key.as_ref());
    let keys = carried.chain(used).filter(|key| key.is_long_term()).map(Id::key);
    let unseen: FxHashSet<Id> = keys.filter(|id| estate.get(id).is_none()).collect();
    debug_assert!(unseen.iter().all(|id| id.kind() == Kind::Key));
    let mut unseen: Vec<Id> = unseen.into_iter().collect();
    unseen.sort();
    unseen
}
