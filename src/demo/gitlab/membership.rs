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

/// `DELETE /projects/:id/runners/:runner_id`. A runner keeps at least one project.
pub(super) fn disable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let project = visit.project_id(&world.gitlab)?;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("runner_id"))?;
    let runner = world.gitlab.runners.get_mut(&id).filter(|runner| runner.projects.contains(&project));
    let runner = runner.ok_or_else(|| Reply::not_found("Runner"))?;
    if runner.projects.len() == 1 {
        return Err(Reply::forbidden_because(
            "Only one project associated with the runner. Please remove the runner instead",
        ));
    }
    runner.projects.retain(|known| *known != project);
    Ok(Reply::no_content())
}
