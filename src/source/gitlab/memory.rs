//! What lives longer than one walk: CI configurations by the commit they were read at, so that a second look asks for what has changed and
//! for nothing else.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::walk::Halt;
use crate::model::ci::{CiConfig, CiReading};

/// What is still to be asked of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Want {
    Nothing,
    /// GitLab's own merging; the lower, the sooner.
    Lint(u8),
    /// GitLab will not lint it, for this reason; asked again when it changes.
    Refused(Halt),
}

/// A configuration as it was read last.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub config: CiConfig,
    pub want: Want,
    /// It shows something of AWS.
    pub aws: bool,
}

/// One GitLab's configurations, by project.
#[derive(Debug, Default)]
pub(super) struct Memory {
    configs: Mutex<BTreeMap<u64, Known>>,
}

impl Memory {
    /// What was read at this commit. A commit that nobody told is no commit.
    pub(super) fn at(&self, project: u64, sha: Option<&str>) -> Option<Known> {
        let sha = sha?;
        self.lock().get(&project).filter(|known| known.config.sha.as_deref() == Some(sha)).cloned()
    }

    /// Keeps what was read, and returns what is now known: what GitLab merged at the same commit meanwhile tells more than a text.
    pub(super) fn keep(&self, known: Known) -> Known {
        let mut configs = self.lock();
        let place = configs.entry(known.config.project).or_insert_with(|| known.clone());
        let merged = |one: &Known| one.config.reading == Some(CiReading::Lint);
        let same = place.config.sha.is_some() && place.config.sha == known.config.sha;
        if !(same && merged(place) && !merged(&known)) {
            *place = known;
        }
        place.clone()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u64, Known>> {
        self.configs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
