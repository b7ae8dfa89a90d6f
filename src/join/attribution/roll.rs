//! The jobs there are, found by number, pipeline, project and runner.

use rustc_hash::FxHashMap;

use super::clues::Clues;
use crate::{
    base::time::Timestamp,
    join::Linked,
    model::{
        aws::Machine,
        estate::Estate,
        gitlab::{Job, Manager},
        id::Id,
        link::Relation,
    },
};

/// Jobs that began longer before a session are not looked at, unless its name holds their number. GitLab's default timeout is an hour.
const LONGEST: i64 = 24 * 3600;
/// How far the clocks of GitLab, AWS and the runner may be apart, and how long a job's end may be told after it.
const SLACK: i64 = 90;

pub(super) struct Roll<'a> {
    pub(super) jobs: Vec<&'a Job>,
    by_number: FxHashMap<u64, Vec<usize>>,
    by_pipeline: FxHashMap<u64, Vec<usize>>,
    /// By start.
    by_project: FxHashMap<Id, Vec<usize>>,
    by_runner: FxHashMap<Id, Vec<usize>>,
    /// Runners and managers by the address that jobs on them call from.
    homes: FxHashMap<&'a str, Vec<Home<'a>>>,
    /// The same by EC2 instance id.
    machines: FxHashMap<&'a str, Vec<Home<'a>>>,
}

/// A runner manager that is at an address.
#[derive(Clone, Copy, Debug)]
pub(super) struct Home<'a> {
    pub(super) manager: &'a Manager,
}

impl Home<'_> {
    pub(super) fn runner(self) -> Id {
        Id::runner(&self.manager.instance, self.manager.runner)
    }

    /// Did this job run there? GitLab before 16 does not tell the manager.
    pub(super) fn ran(self, job: &Job) -> bool {
        job.instance == self.manager.instance
            && job.runner == Some(self.manager.runner)
            && job.system_id.as_ref().is_none_or(|system| *system == self.manager.system_id)
    }
}

impl<'a> Roll<'a> {
    pub(super) fn of(estate: &'a Estate, linked: &Linked) -> Self {
        // What never started has opened nothing.
        let mut jobs: Vec<&Job> = estate.all::<Job>().filter(|job| job.started.is_some()).collect();
        jobs.sort_by(|a, b| (a.started, &a.instance, a.number).cmp(&(b.started, &b.instance, b.number)));
        let mut roll = Self {
            jobs,
            by_number: FxHashMap::default(),
            by_pipeline: FxHashMap::default(),
            by_project: FxHashMap::default(),
            by_runner: FxHashMap::default(),
            homes: FxHashMap::default(),
            machines: FxHashMap::default(),
        };
        for (index, job) in roll.jobs.iter().enumerate() {
            roll.by_number.entry(job.number).or_default().push(index);
            if let Some(pipeline) = job.pipeline {
                roll.by_pipeline.entry(pipeline).or_default().push(index);
            }
            if let Some(project) = job.project {
                roll.by_project.entry(Id::project(&job.instance, project)).or_default().push(index);
            }
            if let Some(runner) = job.runner {
                roll.by_runner.entry(Id::runner(&job.instance, runner)).or_default().push(index);
            }
        }
        for (id, manager) in estate.named::<Manager>() {
            let home = Home { manager };
            if let Some(address) = &manager.address {
                roll.homes.entry(address).or_default().push(home);
            }
            let machines = linked.targets(id, Relation::SitsOn);
            for machine in machines.filter_map(|machine| estate.find::<Machine>(machine)) {
                roll.machines.entry(&machine.instance).or_default().push(home);
                for address in [&machine.private_address, &machine.public_address].into_iter().flatten() {
                    if manager.address.as_deref() != Some(&**address) {
                        roll.homes.entry(address).or_default().push(home);
                    }
                }
            }
        }
        roll
    }

    pub(super) fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }

    /// Who is at an address.
    pub(super) fn at(&self, address: &str) -> &[Home<'a>] {
        self.homes.get(address).map_or(&[], Vec::as_slice)
    }

    /// Who is on an EC2 instance.
    pub(super) fn on(&self, machine: &str) -> &[Home<'a>] {
        self.machines.get(machine).map_or(&[], Vec::as_slice)
    }

    /// Jobs that may be it: by a number in the session's name, of the token's project, or on a runner at one of its addresses; all of
    /// them running while the session was opened. Sorted, each once.
    pub(super) fn around(&self, clues: &Clues<'_>) -> Vec<usize> {
        let mut found: Vec<usize> = Vec::new();
        for number in &clues.numbers {
            for index in [&self.by_number, &self.by_pipeline] {
                found.extend(index.get(number).into_iter().flatten());
            }
        }
        let projects = clues.project.iter().filter_map(|project| self.by_project.get(project));
        let runners: Vec<Id> = clues.homes.iter().map(|home| home.runner()).collect();
        let runners = runners.iter().filter_map(|runner| self.by_runner.get(runner));
        for jobs in projects.chain(runners) {
            let until = jobs.partition_point(|&index| self.jobs[index].started <= Some(clues.to.plus(SLACK)));
            let earliest = Some(clues.from.minus(LONGEST));
            found.extend(
                jobs[..until].iter().rev().take_while(|&&index| self.jobs[index].started >= earliest),
            );
        }
        found.sort_unstable();
        found.dedup();
        found.retain(|&index| was_running(self.jobs[index], clues.from, clues.to));
        found
    }
}

/// Was the job running at some time between these two?
fn was_running(job: &Job, from: Timestamp, to: Timestamp) -> bool {
    let Some(started) = job.started else { return false };
    let ended = job.finished.unwrap_or_else(|| started.plus(LONGEST));
    started <= to.plus(SLACK) && ended.plus(SLACK) >= from
}
