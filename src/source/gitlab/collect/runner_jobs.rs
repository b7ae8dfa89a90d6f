//! The latest jobs of runners that were heard of lately: one page of `GET /runners/:id/jobs` each, newest first. It is a sample:
//! it shows who really runs where, not everything that ever ran.

use std::{ops::ControlFlow, sync::Arc};

use gitlab::api::{
    common::SortOrder,
    runners::{RunnerJobs, RunnerJobsOrderBy},
};
use serde::Deserialize;

use super::super::{
    endpoint::built,
    roster::KnownRunner,
    strand::Strand,
    tally::Tally,
    walk::{Halt, Walk},
    wire::time,
};
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::gitlab::Job,
    net::Place,
};

/// Runners silent for longer are not asked.
const HEARD_WITHIN_DAYS: i64 = 30;
/// Runners asked at most, those heard of last first.
const MOST: usize = 300;

const CALL: &str = "GET /runners/:id/jobs";
const FIX: &str = "needs a token of an administrator, or of a maintainer of the runner's group or project.";

#[derive(Deserialize)]
struct Listed {
    id: u64,
    name: Option<String>,
    #[serde(rename = "ref")]
    git_ref: Option<String>,
    tag: Option<bool>,
    status: Option<String>,
    #[serde(default, deserialize_with = "time")]
    created_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    started_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    finished_at: Option<Timestamp>,
    web_url: Option<String>,
    user: Option<Person>,
    pipeline: Option<Pipeline>,
    project: Option<OfProject>,
    runner_manager: Option<OfManager>,
}

#[derive(Deserialize)]
struct Person {
    username: Option<String>,
}

#[derive(Deserialize)]
struct Pipeline {
    id: u64,
    project_id: Option<u64>,
}

/// The runner's list gives the whole project; a project's own list gives only its settings, without the number.
#[derive(Deserialize)]
struct OfProject {
    id: Option<u64>,
}

#[derive(Deserialize)]
struct OfManager {
    system_id: Option<Arc<str>>,
}

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("runner jobs").await;
    let since = walk.outlet.clock.now().minus(HEARD_WITHIN_DAYS * 86_400);
    let mut runners = worth_asking(walk.roster.runners(), since);
    if runners.len() > MOST {
        let sentence = format!(
            "{} runners are busy; only the {MOST} heard of last were asked for their jobs.",
            runners.len()
        );
        strand.gap(CALL, Blame::Skipped(sentence)).await;
        runners.truncate(MOST);
    }
    let tally = Tally::new(CALL, FIX);
    walk.each(runners, async |runner: KnownRunner| match read(walk, &strand, runner.number).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(halt) => tally.add(&format!("runner {}", runner.number), &halt),
    })
    .await;
    tally.tell(&strand).await;
    if walk.is_stopped() {
        strand.in_part();
    }
    strand.end().await;
}

/// Runners heard of since then, the latest first.
fn worth_asking(mut runners: Vec<KnownRunner>, since: Timestamp) -> Vec<KnownRunner> {
    runners.retain(|runner| runner.contacted.is_some_and(|at| at >= since));
    runners.sort_by_key(|runner| (std::cmp::Reverse(runner.contacted), runner.number));
    runners.dedup();
    runners
}

async fn read(walk: &Walk, strand: &Strand<'_>, runner: u64) -> Result<(), Halt> {
    let mut endpoint = RunnerJobs::builder();
    endpoint.runner(runner).order_by(RunnerJobsOrderBy::Id).sort(SortOrder::Descending);
    let mut pages = walk.pages(built(endpoint.build())?, Place::Start);
    if let Some(page) = pages.next().await? {
        let listed: Vec<Listed> = page.answer.json("a list of jobs")?;
        let seen = listed.into_iter().map(|job| seen(walk.instance(), runner, job));
        strand.saw(seen.collect::<Vec<_>>()).await;
    }
    Ok(())
}

fn seen(instance: &Arc<str>, runner: u64, job: Listed) -> Job {
    let of_pipeline = job.pipeline.as_ref().and_then(|pipeline| pipeline.project_id);
    Job {
        instance: instance.clone(),
        number: job.id,
        project: job.project.and_then(|project| project.id).or(of_pipeline),
        name: job.name,
        git_ref: job.git_ref,
        tag: job.tag,
        status: job.status,
        created: job.created_at,
        started: job.started_at,
        finished: job.finished_at,
        runner: Some(runner),
        system_id: job.runner_manager.and_then(|manager| manager.system_id),
        pipeline: job.pipeline.map(|pipeline| pipeline.id),
        user: job.user.and_then(|user| user.username),
        url: job.web_url,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runners_heard_of_last_come_first() {
        let at = |number, seconds: Option<i64>| KnownRunner {
            number,
            contacted: seconds.map(Timestamp::from_seconds),
        };
        let runners =
            vec![at(1, Some(50)), at(2, None), at(3, Some(200)), at(4, Some(100)), at(3, Some(200))];
        let asked = worth_asking(runners, Timestamp::from_seconds(100));
        assert_eq!(asked.iter().map(|runner| runner.number).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn other_peoples_recorded_jobs_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-api/");
        for file in [
            "docs/project_jobs_list.json",
            "python-gitlab/runners__runner_jobs.json",
            "go-gitlab/jobs__TestJobsService_ListProjectJobs_0.json",
        ] {
            let Ok(body) = std::fs::read_to_string(format!("{folder}{file}")) else {
                println!("skipped: {file} is not here");
                continue;
            };
            let listed: Vec<Listed> = serde_json::from_str(&body).unwrap();
            let jobs: Vec<Job> = listed.into_iter().map(|job| seen(&"acme".into(), 5, job)).collect();
            assert!(jobs.iter().all(|job| job.number > 0 && job.runner == Some(5)), "{file}");
            assert!(jobs.iter().any(|job| job.created.is_some()) || file.starts_with("go-gitlab"), "{file}");
        }
    }
}
