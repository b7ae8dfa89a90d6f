//! Which runners a project or a group can use.

use super::{reply::Answer, runners, visit::Visit};
use crate::demo::world::{GitLab, Project, Runner, RunnerType};

/// `GET /projects/:id/runners`: its own, its groups' and the instance's, as far as it lets them in.
pub(super) fn of_project(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let groups = lineage(&world.gitlab, project.group);
    runners::answer(
        visit,
        &world.gitlab,
        world.gitlab.runners.values().filter(|runner| serves(runner, project, &groups)),
    )
}

fn serves(runner: &Runner, project: &Project, groups: &[u64]) -> bool {
    match runner.kind {
        RunnerType::Instance => project.shared_runners_enabled,
        RunnerType::Group => {
            project.group_runners_enabled && runner.group.is_some_and(|group| groups.contains(&group))
        }
        RunnerType::Project => runner.projects.contains(&project.id),
    }
}

/// `GET /groups/:id/runners`, for the group's Owners: the group's, its ancestors' and the instance's.
pub(super) fn of_group(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let groups = lineage(&world.gitlab, visit.group_id(&world.gitlab)?);
    visit.caller.check_admin()?;
    let serves = |runner: &Runner| match runner.kind {
        RunnerType::Instance => true,
        RunnerType::Group => runner.group.is_some_and(|group| groups.contains(&group)),
        RunnerType::Project => false,
    };
    runners::answer(visit, &world.gitlab, world.gitlab.runners.values().filter(|runner| serves(runner)))
}

/// A group and all groups above it.
pub(super) fn lineage(gitlab: &GitLab, group: u64) -> Vec<u64> {
    let above = |id: &u64| gitlab.groups.get(id).and_then(|group| group.parent);
    // No company nests deeper; a world that goes in circles ends here too.
    std::iter::successors(Some(group), above).take(64).collect()
}
