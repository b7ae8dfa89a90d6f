//! What is looked up for many rows, worked out once for each world: keys nobody listed, and how far accounts were read.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    base::name::AccountId,
    model::{activity::Activity, estate::Estate, event::Event, gitlab::Variable, id::Id, observe::Outcome},
};

/// Long-term keys that variables carry or events were made with and that no account listed, sorted.
pub(super) fn dangling_keys(estate: &Estate) -> Vec<Id> {
    let carried = estate.all::<Variable>().filter_map(|variable| variable.sighting.as_ref());
    let carried = carried.flat_map(|sighting| &sighting.keys);
    let used = estate.all::<Event>().filter_map(|event| event.caller.key.as_ref());
    let folded = estate.all::<Activity>().map(|activity| &activity.key);
    let keys = carried.chain(used).chain(folded).filter(|key| key.is_long_term()).map(Id::key);
    let unseen: FxHashSet<Id> = keys.filter(|id| estate.get(id).is_none()).collect();
    let mut unseen: Vec<Id> = unseen.into_iter().collect();
    unseen.sort();
    unseen
}

/// The accounts that were looked into, and whether all of IAM was read there.
pub(super) fn accounts_read(estate: &Estate) -> FxHashMap<AccountId, bool> {
    let mut read: FxHashMap<AccountId, bool> = FxHashMap::default();
    for (scope, state) in estate.sweeps() {
        if let Ok(account) = scope.source.parse() {
            *read.entry(account).or_insert(true) &= state.outcome == Some(Outcome::Whole);
        }
    }
    read
}
