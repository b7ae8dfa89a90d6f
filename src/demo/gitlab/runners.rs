//! Runners as they are read: lists, one runner, its managers and its projects.

use super::{
    page::Window,
    project_body::identity,
    reply::{Answer, Reply},
    runner_body::{self, status, type_word},
    visit::Visit,
};
use crate::{
    base::time::Timestamp,
    demo::world::{GitLab, Runner, RunnerType},
};

/// `GET /runners/all`, for administrators.
pub(super) fn all(visit: &Visit<'_>) -> Answer {
    visit.caller.check_admin()?;
    listed(visit, |_| true)
}

/// `GET /runners`: those the caller owns. Owners of groups are administrators here, Maintainers everybody.
pub(super) fn owned(visit: &Visit<'_>) -> Answer {
    let is_admin = visit.caller.is_admin;
    listed(visit, |runner| match runner.kind {
        RunnerType::Instance => false,
        RunnerType::Group => is_admin,
        RunnerType::Project => true,
    })
}

fn listed(visit: &Visit<'_>, keep: impl Fn(&Runner) -> bool) -> Answer {
    let world = visit.read();
    answer(visit, &world.gitlab, world.gitlab.runners.values().filter(|runner| keep(runner)))
}

/// A page of the runners that pass the filters asked for.
pub(super) fn answer<'w>(
    visit: &Visit<'_>,
    gitlab: &GitLab,
    runners: impl Iterator<Item = &'w Runner> + Clone,
) -> Answer {
    let window = Window::of(visit.ask)?;
    let sieve = Sieve::of(visit)?;
    let rows = runners.filter(|runner| sieve.keeps(runner, visit.now));
    let total = rows.clone().count();
    let jobs = visit.site.index.jobs(gitlab);
    let busy = |runner: &Runner| jobs.is_busy(gitlab, runner.id);
    let page = window.cut(rows).map(|runner| runner_body::short(runner, busy(runner), visit.now)).collect();
    Ok(window.reply(visit.ask, total, page))
}

/// The filters every list of runners knows.
struct Sieve<'a> {
    kind: Option<&'a str>,
    status: Option<&'a str>,
    paused: Option<bool>,
    tags: Vec<&'a str>,
}

impl<'a> Sieve<'a> {
    fn of(visit: &'a Visit<'_>) -> Result<Self, Reply> {
        let one_of = |name: &str, words: &[&str]| match visit.ask.get(name) {
            Some(word) if !words.contains(&word) => Err(Reply::bad_value(name)),
            word => Ok(word),
        };
        Ok(Self {
            kind: one_of("type", &["instance_type", "group_type", "project_type"])?,
            status: one_of("status", &["online", "offline", "stale", "never_contacted", "active", "paused"])?,
            paused: visit.ask.flag("paused"),
            tags: visit.ask.list("tag_list").unwrap_or_default(),
        })
    }

    fn keeps(&self, runner: &Runner, now: Timestamp) -> bool {
        self.kind.is_none_or(|kind| type_word(runner.kind) == kind)
            && self.status.is_none_or(|wanted| match wanted {
                "active" => !runner.paused,
                "paused" => runner.paused,
                _ => status(runner, now) == wanted,
            })
            && self.paused.is_none_or(|paused| runner.paused == paused)
            && self.tags.iter().all(|tag| runner.tags.iter().any(|known| known == tag))
    }
}

/// `GET /runners/:id`; `include_projects=false` makes it cheap.
pub(super) fn detail(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let runner = visit.runner(&world.gitlab)?;
    let with_projects = visit.ask.flag("include_projects") != Some(false);
    let jobs = visit.site.index.jobs(&world.gitlab);
    Ok(Reply::ok(&runner_body::long(&world.gitlab, &jobs, runner, with_projects, visit.now)))
}

/// `GET /runners/:id/managers`: all of them, this list has no pages.
pub(super) fn managers(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let runner = visit.runner(&world.gitlab)?;
    let jobs = visit.site.index.jobs(&world.gitlab);
    let rows = runner.managers.iter().map(|manager| {
        let is_busy = runner_body::is_manager_busy(&world.gitlab, &jobs, runner.id, manager);
        runner_body::manager(manager, is_busy, visit.now)
    });
    Ok(Reply::ok(&rows.collect()))
}

/// `GET /runners/:id/projects`
pub(super) fn projects(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let runner = visit.runner(gitlab)?;
    let window = Window::of(visit.ask)?;
    let page =
        window.cut(runner_body::projects(gitlab, runner)).map(|project| identity(gitlab, project)).collect();
    Ok(window.reply(visit.ask, runner_body::projects(gitlab, runner).count(), page))
}
