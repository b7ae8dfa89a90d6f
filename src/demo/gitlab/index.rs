//! Ways into the world that the world itself does not have: jobs by runner and by project, projects by path.
//! They follow the world as it grows, so that a page costs no more than its rows.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError, RwLock, RwLockReadGuard},
};

use crate::demo::world::{GitLab, Job};

#[derive(Default)]
pub(super) struct Index {
    jobs: RwLock<Jobs>,
    paths: Mutex<HashMap<String, u64>>,
}

/// Job numbers in ascending order, by what they ran on and by what they belong to.
#[derive(Debug, Default)]
pub(super) struct Jobs {
    known: usize,
    last: u64,
    by_runner: HashMap<u64, Vec<u64>>,
    by_project: HashMap<u64, Vec<u64>>,
    /// Jobs no runner had picked up when they were last looked at.
    waiting: Vec<u64>,
}

impl Index {
    /// The jobs, up to date with the world. Whoever asks holds the world, so it cannot move on meanwhile.
    pub(super) fn jobs(&self, gitlab: &GitLab) -> RwLockReadGuard<'_, Jobs> {
        let jobs = self.jobs.read().unwrap_or_else(PoisonError::into_inner);
        if jobs.is_current(gitlab) {
            return jobs;
        }
        drop(jobs);
        self.jobs.write().unwrap_or_else(PoisonError::into_inner).follow(gitlab);
        self.jobs.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The project with this whole path.
    pub(super) fn project_at(&self, gitlab: &GitLab, path: &str) -> Option<u64> {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        let is_there = |id: &u64| gitlab.projects.get(id).is_some_and(|project| project.full_path == path);
        if let Some(id) = paths.get(path).copied().filter(is_there) {
            return Some(id);
        }
        // Moved, removed or new: read all paths anew.
        *paths = gitlab.projects.values().map(|project| (project.full_path.clone(), project.id)).collect();
        paths.get(path).copied()
    }
}

impl Jobs {
    pub(super) fn of_runner(&self, runner: u64) -> &[u64] {
        self.by_runner.get(&runner).map_or(&[], Vec::as_slice)
    }

    pub(super) fn of_project(&self, project: u64) -> &[u64] {
        self.by_project.get(&project).map_or(&[], Vec::as_slice)
    }

    /// Is one of the runner's latest jobs running?
    pub(super) fn is_busy(&self, gitlab: &GitLab, runner: u64) -> bool {
        const LATEST: usize = 50;
        let latest = self.of_runner(runner).iter().rev().take(LATEST);
        latest.filter_map(|id| gitlab.jobs.get(id)).any(|job| job.status == "running")
    }

    fn is_current(&self, gitlab: &GitLab) -> bool {
        let last = gitlab.jobs.last_key_value().map_or(0, |(id, _)| *id);
        let is_picked_up = |id: &u64| gitlab.jobs.get(id).is_none_or(|job| job.runner.is_some());
        self.known == gitlab.jobs.len() && self.last == last && !self.waiting.iter().any(is_picked_up)
    }

    fn follow(&mut self, gitlab: &GitLab) {
        let newer = gitlab.jobs.range(self.last.saturating_add(1)..).count();
        if self.known + newer != gitlab.jobs.len() {
            // Something older came or went: start over.
            *self = Self::default();
        }
        for job in gitlab.jobs.range(self.last.saturating_add(1)..).map(|(_, job)| job) {
            self.last = job.id;
            self.known += 1;
            self.by_project.entry(job.project).or_default().push(job.id);
            if !self.place(job) {
                self.waiting.push(job.id);
            }
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.waiting = waiting
            .into_iter()
            .filter(|id| gitlab.jobs.get(id).is_some_and(|job| !self.place(job)))
            .collect();
    }

    /// Enters a job under its runner; false where it has none yet.
    fn place(&mut self, job: &Job) -> bool {
        let Some(runner) = job.runner else { return false };
        let jobs = self.by_runner.entry(runner).or_default();
        if let Err(place) = jobs.binary_search(&job.id) {
            jobs.insert(place, job.id);
        }
        true
    }
}
