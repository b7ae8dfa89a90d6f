//! How many calls there were, where some were read one by one and some were folded, and the same call may be among both.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{base::name::AccountId, model::activity::Tally};

/// Calls and refusals.
type Count = (u64, u64);

/// A session, by its place, in one account.
type Seat = (usize, AccountId);

#[derive(Debug, Default)]
pub(super) struct Counts {
    events: FxHashMap<Seat, Count>,
    /// What each trail says of a session in an account.
    folded: FxHashMap<Seat, FxHashMap<Arc<str>, Count>>,
    /// What each trail says of an address.
    addresses: FxHashMap<Arc<str>, FxHashMap<Arc<str>, Count>>,
}

fn add(count: &mut Count, calls: u64, denied: u64) {
    count.0 += calls;
    count.1 += denied;
}

/// The larger of each.
fn larger(one: Count, other: Count) -> Count {
    (one.0.max(other.0), one.1.max(other.1))
}

impl Counts {
    pub(super) fn event(&mut self, seat: Seat, is_denied: bool) {
        add(self.events.entry(seat).or_default(), 1, u64::from(is_denied));
    }

    pub(super) fn activity(&mut self, seat: Seat, trail: &Arc<str>, tally: Tally) {
        let trails = self.folded.entry(seat).or_default();
        // Two keys may be one session: Identity Center hands out another than the one that was shown.
        add(trails.entry(trail.clone()).or_default(), tally.calls, tally.denied);
    }

    pub(super) fn address(&mut self, address: &Arc<str>, trail: &Arc<str>, tally: Tally) {
        let trails = self.addresses.entry(address.clone()).or_default();
        add(trails.entry(trail.clone()).or_default(), tally.calls, tally.denied);
    }

    /// Each session's calls and refusals in one account; a session may come several times.
    pub(super) fn sessions(&self) -> Vec<(usize, u64, u64)> {
        let mut seats = self.events.clone();
        for (seat, trails) in &self.folded {
            let most = trails.values().copied().fold((0, 0), larger);
            let known = seats.entry(*seat).or_default();
            *known = larger(*known, most);
        }
        seats.into_iter().map(|((index, _), (calls, denied))| (index, calls, denied)).collect()
    }

    pub(super) fn addresses(&self) -> Vec<(Arc<str>, u64, u64)> {
        let most = |trails: &FxHashMap<Arc<str>, Count>| trails.values().copied().fold((0, 0), larger);
        let each = self.addresses.iter().map(|(address, trails)| (address.clone(), most(trails)));
        each.map(|(address, (calls, denied))| (address, calls, denied)).collect()
    }
}
