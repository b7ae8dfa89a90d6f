//! A runner as JSON: the short form of lists, the long form of its own page, its managers, and how alive it is.

use serde_json::{Value, json};

use super::{
    index::Jobs,
    project_body::{identity, stamp},
};
use crate::{
    base::time::Timestamp,
    demo::world::{GitLab, Manager, Project, Runner, RunnerType},
};

const HOUR: i64 = 3_600;

/// Online means heard of within two hours; after a week a runner is stale.
///
/// Source: doc/ci/runners/runners_scope, "Runner statuses".
const ONLINE_SECONDS: i64 = 2 * HOUR;
const STALE_SECONDS: i64 = 7 * 24 * HOUR;

pub(super) const fn type_word(kind: RunnerType) -> &'static str {
    match kind {
        RunnerType::Instance => "instance_type",
        RunnerType::Group => "group_type",
        RunnerType::Project => "project_type",
    }
}

pub(super) fn last_contact(runner: &Runner) -> Option<Timestamp> {
    runner.managers.iter().map(|manager| manager.contacted).max()
}

/// `online`, `offline`, `stale` or `never_contacted`.
pub(super) fn status(runner: &Runner, now: Timestamp) -> &'static str {
    last_contact(runner).map_or("never_contacted", |at| status_after(at, now))
}

pub(super) fn status_after(contact: Timestamp, now: Timestamp) -> &'static str {
    match contact.age(now).seconds() {
        ..ONLINE_SECONDS => "online",
        ONLINE_SECONDS..=STALE_SECONDS => "offline",
        _ => "stale",
    }
}

/// The manager heard of last, whose version and platform the runner used to have itself.
fn newest(runner: &Runner) -> Option<&Manager> {
    runner.managers.iter().max_by_key(|manager| manager.contacted)
}

/// As lists have it, without what only its own page tells. The address is empty since 17.0.
pub(super) fn short(runner: &Runner, is_busy: bool, now: Timestamp) -> Value {
    let status = status(runner, now);
    json!({
        "id": runner.id,
        "description": runner.description,
        "ip_address": "",
        "active": !runner.paused,
        "paused": runner.paused,
        "is_shared": runner.kind == RunnerType::Instance,
        "runner_type": type_word(runner.kind),
        "name": newest(runner).map(|_| "gitlab-runner"),
        "online": newest(runner).map(|_| status == "online"),
        "created_by": null,
        "created_at": stamp(runner.created),
        "status": status,
        "job_execution_status": execution_word(is_busy),
    })
}

const fn execution_word(is_busy: bool) -> &'static str {
    if is_busy { "active" } else { "idle" }
}

/// As its own page has it; projects and groups only where they are wanted.
pub(super) fn long(
    gitlab: &GitLab,
    jobs: &Jobs,
    runner: &Runner,
    with_projects: bool,
    now: Timestamp,
) -> Value {
    let mut body = short(runner, jobs.is_busy(gitlab, runner.id), now);
    let newest = newest(runner);
    let more = json!({
        "tag_list": runner.tags,
        "run_untagged": runner.run_untagged,
        "locked": runner.locked,
        "maximum_timeout": runner.maximum_timeout,
        "access_level": if runner.ref_protected { "ref_protected" } else { "not_protected" },
        "version": newest.map(|manager| &manager.version),
        "revision": newest.map(|manager| &manager.revision),
        "platform": newest.map(|manager| &manager.platform),
        "architecture": newest.map(|manager| &manager.architecture),
        "contacted_at": last_contact(runner).map(stamp),
        "maintenance_note": runner.maintenance_note,
    });
    if let (Value::Object(fields), Value::Object(more)) = (&mut body, more) {
        fields.extend(more);
        if with_projects {
            let projects = projects(gitlab, runner).map(|project| identity(gitlab, project)).collect();
            fields.insert("projects".to_owned(), projects);
            let group = runner.group.and_then(|id| gitlab.groups.get(&id)).map(|group| {
                json!({
                    "id": group.id,
                    "name": group.name,
                    "web_url": format!("{}/groups/{}", gitlab.external_url, group.full_path),
                })
            });
            fields.insert("groups".to_owned(), group.into_iter().collect());
        }
    }
    body
}

/// The projects a project runner is assigned to, its owner first.
pub(super) fn projects<'w>(gitlab: &'w GitLab, runner: &'w Runner) -> impl Iterator<Item = &'w Project> {
    runner.projects.iter().filter_map(|id| gitlab.projects.get(id))
}

/// One machine's registration. REST does not tell its executor.
pub(super) fn manager(manager: &Manager, is_busy: bool, now: Timestamp) -> Value {
    json!({
        "id": manager.id,
        "system_id": manager.system_id,
        "version": manager.version,
        "revision": manager.revision,
        "platform": manager.platform,
        "architecture": manager.architecture,
        "created_at": stamp(manager.created),
        "contacted_at": stamp(manager.contacted),
        "ip_address": manager.address,
        "status": status_after(manager.contacted, now),
        "job_execution_status": execution_word(is_busy),
    })
}

/// Is this machine at work?
pub(super) fn is_manager_busy(gitlab: &GitLab, jobs: &Jobs, runner: u64, manager: &Manager) -> bool {
    const LATEST: usize = 50;
    jobs.of_runner(runner)
        .iter()
        .rev()
        .take(LATEST)
        .filter_map(|id| gitlab.jobs.get(id))
        .any(|job| job.status == "running" && job.system_id.as_deref() == Some(manager.system_id.as_str()))
}
