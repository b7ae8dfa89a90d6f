//! What one collector learned that another one needs: who we are, which projects and groups hold variables worth reading,
//! which runners there are.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::base::time::Timestamp;

/// Where variables live: a project or a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Holder {
    pub path: String,
    pub archived: bool,
    /// It holds a variable whose name or type suggests AWS credentials and whose value GitLab would show.
    pub carries: bool,
    /// Its variables' values were read already, along the way.
    pub read: bool,
    /// Its protected branches were seen.
    pub branches: bool,
    /// Its jobs show something of AWS.
    pub aws: bool,
}

/// A runner and when it last called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KnownRunner {
    pub number: u64,
    pub contacted: Option<Timestamp>,
}

#[derive(Debug, Default)]
pub(super) struct Roster {
    admin: Mutex<bool>,
    projects: Mutex<BTreeMap<u64, Holder>>,
    groups: Mutex<BTreeMap<u64, Holder>>,
    runners: Mutex<Vec<KnownRunner>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Roster {
    /// Is the token an administrator's? No, until it is known.
    pub(super) fn is_admin(&self) -> bool {
        *lock(&self.admin)
    }

    pub(super) fn set_admin(&self, admin: bool) {
        *lock(&self.admin) = admin;
    }

    /// Notes a project, or what more is known of it.
    pub(super) fn project(&self, number: u64, holder: Holder) {
        note(&mut lock(&self.projects), number, holder);
    }

    pub(super) fn group(&self, number: u64, holder: Holder) {
        note(&mut lock(&self.groups), number, holder);
    }

    pub(super) fn runner(&self, runner: KnownRunner) {
        lock(&self.runners).push(runner);
    }

    pub(super) fn projects(&self) -> Vec<(u64, Holder)> {
        lock(&self.projects).iter().map(|(number, holder)| (*number, holder.clone())).collect()
    }

    pub(super) fn groups(&self) -> Vec<(u64, Holder)> {
        lock(&self.groups).iter().map(|(number, holder)| (*number, holder.clone())).collect()
    }

    /// Paths of the groups whose variables suggest AWS credentials, with a slash behind: what begins so inherits them.
    pub(super) fn carrying_groups(&self) -> Vec<String> {
        let groups = lock(&self.groups);
        groups.values().filter(|group| group.carries).map(|group| format!("{}/", group.path)).collect()
    }

    pub(super) fn runners(&self) -> Vec<KnownRunner> {
        lock(&self.runners).clone()
    }
}

fn note(holders: &mut BTreeMap<u64, Holder>, number: u64, news: Holder) {
    let known = holders.entry(number).or_default();
    if !news.path.is_empty() {
        known.path = news.path;
    }
    known.archived |= news.archived;
    known.carries |= news.carries;
    known.read |= news.read;
    known.branches |= news.branches;
    known.aws |= news.aws;
}
