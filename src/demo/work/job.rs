//! GitLab jobs: one is opened on a lane's runner, and finished later.

use super::Lane;
use crate::{
    base::time::Timestamp,
    demo::{
        rng::Rng,
        world::{Job, World},
    },
};

/// Job ids count up from here.
const FIRST: u64 = 900_001;

/// Opens a job of a lane, running since `at`. `None` where the company is too small for the lane.
pub(crate) fn open(world: &mut World, rng: &mut Rng, lane: &Lane, at: Timestamp) -> Option<u64> {
    let project = world.gitlab.projects.values_mut().find(|project| project.full_path == lane.project)?;
    let runner = world.gitlab.runners.get(&lane.runner)?;
    let manager = runner.managers.get(rng.below(runner.managers.len()))?;
    let id = world.gitlab.jobs.last_key_value().map_or(FIRST, |(last, _)| last + 1);
    let git_ref = if lane.git_ref.is_empty() { project.default_branch.clone() } else { lane.git_ref.into() };
    if !project.branches.contains(&git_ref) {
        project.branches.push(git_ref.clone());
    }
    project.last_activity = project.last_activity.max(at);
    let source = if lane.job.contains("nightly") {
        "schedule"
    } else if git_ref == project.default_branch {
        "push"
    } else {
        "merge_request_event"
    };
    let job = Job {
        id,
        project: project.id,
        pipeline: id - FIRST + 50_001,
        name: lane.job.into(),
        stage: lane.stage.into(),
        git_ref,
        tag: false,
        status: "running",
        source,
        created: at.minus(rng.between(4, 90)),
        started: Some(at),
        finished: None,
        runner: Some(runner.id),
        system_id: Some(manager.system_id.clone()),
        user: 1 + rng.below(12) as u64,
        tags: lane_tags(world, lane),
        sha: rng.hex(40),
    };
    world.gitlab.jobs.insert(id, job);
    Some(id)
}

/// A job asks for its runner's first tag, so that it runs where it should; untagged ones take what comes.
pub(crate) fn lane_tags(world: &World, lane: &Lane) -> Vec<String> {
    let Some(runner) = world.gitlab.runners.get(&lane.runner) else { return Vec::new() };
    if runner.run_untagged && lane.runner != 3 {
        return Vec::new();
    }
    let last = runner.tags.last();
    last.into_iter().cloned().collect()
}

/// Ends a job that runs.
pub(crate) fn finish(world: &mut World, job: u64, at: Timestamp, good: bool) {
    if let Some(job) = world.gitlab.jobs.get_mut(&job) {
        job.status = if good { "success" } else { "failed" };
        job.finished = Some(at);
    }
}
