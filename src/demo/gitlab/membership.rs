//! Which projects a project runner is assigned to: letting it in, and putting it out again.

use super::{
    reply::{Answer, Reply},
    runner_body,
    visit::Visit,
};
use crate::demo::world::RunnerType;

/// `POST /projects/:id/runners` with `runner_id`.
pub(super) fn enable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let project = visit.project_id(&world.gitlab)?;
    let id = visit.ask.number("runner_id").ok_or_else(|| Reply::error(400, "runner_id is missing"))?;
    let runner = world.gitlab.runners.get_mut(&id).ok_or_else(|| Reply::not_found("Runner"))?;
    match runner.kind {
        RunnerType::Group => return Err(Reply::forbidden_because("Runner is a group runner")),
        RunnerType::Instance => return Err(Reply::forbidden_because("Runner is an instance runner")),
        RunnerType::Project => {}
    }
    if runner.locked && !visit.caller.is_admin {
        return Err(Reply::forbidden_because("Runner is locked"));
    }
    if runner.projects.contains(&project) {
        return Err(Reply::invalid("runner_projects", "is invalid"));
    }
    runner.projects.push(project);
    Ok(Reply::json(201, &runner_body::short(runner, false, visit.now)))
}

/// `DELETE /projects/:id/runners/:runner_id`. A runner stays with the project that owns it, and a locked one with all of them, as far as
/// anybody but an administrator is concerned.
///
/// Sources: lib/api/ci/runners.rb, app/services/ci/runners/unassign_runner_service.rb, app/policies/ci/runner_project_policy.rb.
pub(super) fn disable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let project = visit.project_id(&world.gitlab)?;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("runner_id"))?;
    let runner = world.gitlab.runners.get_mut(&id).filter(|runner| runner.projects.contains(&project));
    let runner = runner.ok_or_else(|| Reply::not_found("Runner"))?;
    if runner.locked && !visit.caller.is_admin {
        return Err(Reply::forbidden_because("Runner is locked"));
    }
    if runner.projects.first() == Some(&project) {
        let why = "You cannot unassign a runner from the owner project. Delete the runner instead";
        return Err(Reply::forbidden_because(why));
    }
    runner.projects.retain(|known| *known != project);
    Ok(Reply::no_content())
}
