//! Which records were met before: CloudTrail delivers some twice, and an account's own trail holds what the organisation's holds.

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashSet;

use super::sighted::Sighted;

/// The records of some files, by fingerprint: eight bytes each. Threads may share it.
#[derive(Debug, Default)]
pub struct Seen {
    shelves: [Mutex<FxHashSet<u64>>; 16],
}

impl Seen {
    /// Notes a record; true the first time.
    pub fn is_new(&self, record: &Sighted<'_>) -> bool {
        let print = record.fingerprint();
        let shelf = &self.shelves[(print >> 60) as usize];
        shelf.lock().unwrap_or_else(PoisonError::into_inner).insert(print)
    }
}
