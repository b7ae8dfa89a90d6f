//! Runners and their managers, with what REST does not tell: tags in the list, and the executor.

use serde_json::{Value, json};

use super::{
    connection::{Arguments, Page},
    node::{Got, Node, gid},
    run::Question,
};
use crate::{
    base::time::Timestamp,
    demo::{
        gitlab::runner_body::{self, is_manager_busy, last_contact, status, status_after, type_word},
        world::{Manager, Runner, RunnerType},
    },
};

/// A page of the runners that are meant and pass the filters asked for.
pub(super) fn page<'w>(question: &Question<'_, 'w>, meant: impl Fn(&Runner) -> bool) -> Got<'w> {
    let (gitlab, arguments) = (question.scene.gitlab, &question.arguments);
    let keep = |runner: &Runner| meant(runner) && passes(runner, arguments, question.scene.now);
    let count = question.wants_count.then(|| gitlab.runners.values().filter(|runner| keep(runner)).count());
    Page::newest(&gitlab.runners, arguments, keep, Node::Runner).map(|page| page.counted(count)).into()
}

fn passes(runner: &Runner, arguments: &Arguments, now: Timestamp) -> bool {
    arguments.text("type").is_none_or(|kind| kind.eq_ignore_ascii_case(type_word(runner.kind)))
        && arguments.text("status").is_none_or(|wanted| wanted.eq_ignore_ascii_case(status(runner, now)))
        && arguments.flag("paused").is_none_or(|paused| runner.paused == paused)
        && arguments
            .texts("tagList")
            .is_none_or(|tags| tags.iter().all(|tag| runner.tags.iter().any(|known| known == tag)))
}

fn execution(is_busy: bool) -> &'static str {
    if is_busy { "ACTIVE" } else { "IDLE" }
}

pub(super) fn field<'w>(runner: &'w Runner, question: &Question<'_, 'w>) -> Got<'w> {
    let scene = question.scene;
    let is_of_projects = runner.kind == RunnerType::Project;
    match question.name {
        "id" => Got::Leaf(gid("Ci::Runner", runner.id)),
        "description" => Got::leaf(runner.description.as_str()),
        "runnerType" => Got::leaf(type_word(runner.kind).to_uppercase()),
        "paused" => Got::leaf(runner.paused),
        "locked" => Got::leaf(runner.locked),
        "accessLevel" => Got::leaf(if runner.ref_protected { "REF_PROTECTED" } else { "NOT_PROTECTED" }),
        "runUntagged" => Got::leaf(runner.run_untagged),
        "tagList" => Got::leaf(json!(runner.tags)),
        "status" => Got::leaf(status(runner, scene.now).to_uppercase()),
        "contactedAt" => Got::leaf(json!(last_contact(runner))),
        "createdAt" => Got::leaf(runner.created.to_string()),
        "maximumTimeout" => Got::leaf(json!(runner.maximum_timeout)),
        "maintenanceNote" => Got::leaf(json!(runner.maintenance_note)),
        "jobExecutionStatus" => Got::leaf(execution(scene.jobs.is_busy(scene.gitlab, runner.id))),
        "jobCount" => Got::leaf(scene.jobs.of_runner(runner.id).len()),
        "projectCount" => Got::leaf(json!(is_of_projects.then_some(runner.projects.len()))),
        "ownerProject" => {
            let owner = runner_body::projects(scene.gitlab, runner).next();
            Got::Node(owner.filter(|_| is_of_projects).map(Node::Project))
        }
        // Null for runners of the other kinds.
        "projects" if !is_of_projects => Got::Node(None),
        "projects" => {
            let nodes = runner_body::projects(scene.gitlab, runner).map(Node::Project);
            let page = Page::in_order(nodes, &question.arguments);
            page.map(|page| page.counted(Some(runner.projects.len()))).into()
        }
        "groups" if runner.kind != RunnerType::Group => Got::Node(None),
        "groups" => {
            let group = runner.group.and_then(|id| scene.gitlab.groups.get(&id));
            let page = Page::in_order(group.map(Node::Group).into_iter(), &question.arguments);
            page.map(|page| page.counted(Some(usize::from(group.is_some())))).into()
        }
        "managers" => managers(runner, question),
        // `tokenExpiresAt`: no token here expires.
        _ => Got::Leaf(Value::Null),
    }
}

fn managers<'w>(runner: &'w Runner, question: &Question<'_, 'w>) -> Got<'w> {
    let arguments = &question.arguments;
    let now = question.scene.now;
    let is_meant = |manager: &&Manager| {
        arguments.text("systemId").is_none_or(|id| manager.system_id == id)
            && arguments
                .text("status")
                .is_none_or(|it| it.eq_ignore_ascii_case(status_after(manager.contacted, now)))
    };
    let count = runner.managers.iter().filter(is_meant).count();
    // Heard of last comes first.
    let mut managers: Vec<&Manager> = runner.managers.iter().filter(is_meant).collect();
    managers.sort_by_key(|manager| std::cmp::Reverse((manager.contacted, manager.id)));
    let nodes = managers.into_iter().map(|manager| Node::Manager(runner, manager));
    Page::in_order(nodes, arguments).map(|page| page.counted(Some(count))).into()
}

pub(super) fn manager<'w>(runner: &Runner, manager: &Manager, question: &Question<'_, 'w>) -> Got<'w> {
    let scene = question.scene;
    match question.name {
        "id" => Got::Leaf(gid("Ci::RunnerManager", manager.id)),
        "systemId" => Got::leaf(manager.system_id.as_str()),
        "executorName" => Got::leaf(manager.executor),
        "version" => Got::leaf(manager.version.as_str()),
        "revision" => Got::leaf(manager.revision.as_str()),
        "platformName" => Got::leaf(manager.platform.as_str()),
        "architectureName" => Got::leaf(manager.architecture.as_str()),
        "ipAddress" => Got::leaf(manager.address.as_str()),
        "contactedAt" => Got::leaf(manager.contacted.to_string()),
        "createdAt" => Got::leaf(manager.created.to_string()),
        "status" => Got::leaf(status_after(manager.contacted, scene.now).to_uppercase()),
        _ => Got::leaf(execution(is_manager_busy(scene.gitlab, scene.jobs, runner.id, manager))),
    }
}
