//! What is known of GitLab's things.

use super::facts::Facts;
use crate::{
    app::{name, pane::variables::holds, show::Tone},
    model::{
        entity::Entity,
        gitlab::{Instance, Job, Manager, Project, Runner, RunnerType, Schedule, Variable},
        id::Id,
    },
};

/// False when the thing is not GitLab's.
pub(super) fn tell(facts: &mut Facts<'_>, entity: &Entity) -> bool {
    match entity {
        Entity::Instance(instance) => self::instance(facts, instance),
        Entity::Group(group) => {
            facts.text("path", group.path.as_deref());
            facts.text("url", group.url.as_deref());
        }
        Entity::Project(project) => self::project(facts, project),
        Entity::Runner(runner) => self::runner(facts, runner),
        Entity::Manager(manager) => self::manager(facts, manager),
        Entity::Variable(variable) => self::variable(facts, variable),
        Entity::Schedule(schedule) => self::schedule(facts, schedule),
        Entity::Job(job) => self::job(facts, job),
        _ => return false,
    }
    true
}

fn instance(facts: &mut Facts<'_>, instance: &Instance) {
    facts.text("url", instance.url.as_deref());
    facts.text("version", instance.version.as_deref());
    facts.text("token of", instance.login.as_deref());
    facts.yes_no("administrator", instance.is_admin);
    facts.list("token scopes", instance.token_scopes.as_deref());
    facts.time("token expires", instance.token_expires);
}

fn project(facts: &mut Facts<'_>, project: &Project) {
    facts.text("visibility", project.visibility.as_deref());
    if project.archived == Some(true) {
        facts.fact("archived", "yes", Tone::Notice);
    }
    facts.text("default branch", project.default_branch.as_deref());
    facts.list("protected", project.protected_branches.as_deref());
    if project.protected_tags.is_some() {
        facts.list("protected tags", project.protected_tags.as_deref());
    }
    facts.list("token subject", project.id_token_components.as_deref());
    facts.text("CI file", project.ci_config_path.as_deref());
    facts.yes_no("shared runners", project.shared_runners);
    facts.yes_no("group runners", project.group_runners);
    facts.time("last activity", project.last_activity);
}

fn runner(facts: &mut Facts<'_>, runner: &Runner) {
    let kind = runner.runner_type.map(|kind| match kind {
        RunnerType::Instance => "instance: every project",
        RunnerType::Group => "group: every project of its group",
        RunnerType::Project => "project: the projects it is enabled for",
    });
    facts.text("type", kind);
    facts.text("status", runner.status.as_deref());
    if runner.paused == Some(true) {
        facts.fact("paused", "yes", Tone::Notice);
    }
    facts.list("tags", runner.tags.as_deref());
    match runner.protected {
        Some(false) => facts.fact("protected", "no: takes jobs of every branch", Tone::Notice),
        protected => facts.yes_no("protected", protected),
    }
    facts.yes_no("locked", runner.locked);
    facts.yes_no("untagged jobs", runner.run_untagged);
    facts.time("contacted", runner.contacted);
    facts.time("created", runner.created);
    facts.number("number", Some(runner.number));
}

fn manager(facts: &mut Facts<'_>, manager: &Manager) {
    facts.text("address", manager.address.as_deref());
    facts.text("executor", manager.executor.as_deref());
    facts.text("version", manager.version.as_deref());
    let platform = manager.platform.as_deref().map(|platform| {
        let architecture = manager.architecture.as_deref().unwrap_or_default();
        format!("{platform} {architecture}").trim_end().to_owned()
    });
    facts.text("platform", platform.as_deref());
    facts.text("status", manager.status.as_deref());
    facts.time("contacted", manager.contacted);
}

fn variable(facts: &mut Facts<'_>, variable: &Variable) {
    let world = facts.view.world;
    facts.fact("owner", &name::owner(world, variable), Tone::Plain);
    facts.fact("environments", &variable.environment_scope, Tone::Plain);
    let safe = |value: Option<bool>, no: &'static str| match value {
        Some(true) => ("yes", Tone::Plain),
        Some(false) => (no, Tone::Warn),
        None => ("not seen", Tone::Dim),
    };
    let (text, tone) = safe(variable.protected, "no: every branch can read it");
    facts.fact("protected", text, tone);
    let (text, tone) = safe(variable.masked, "no: job logs may show it");
    facts.fact("masked", text, tone);
    facts.yes_no("hidden", variable.hidden);
    facts.yes_no("file", variable.file);
    let (text, tone) = holds(variable);
    facts.fact("holds", &text, tone);
    if let Some(description) = variable.description.as_deref().filter(|text| !text.is_empty()) {
        facts.fact("description", description, Tone::Plain);
    }
}

fn schedule(facts: &mut Facts<'_>, schedule: &Schedule) {
    let project = name::of(facts.view.world, &Id::project(&schedule.instance, schedule.project));
    facts.fact("project", &project, Tone::Plain);
    facts.text("branch or tag", schedule.git_ref.as_deref());
    facts.text("when", schedule.cron.as_deref());
    facts.yes_no("active", schedule.active);
    facts.text("owner", schedule.owner.as_deref());
}

fn job(facts: &mut Facts<'_>, job: &Job) {
    let project = job.project.map(|project| name::of(facts.view.world, &Id::project(&job.instance, project)));
    facts.text("project", project.as_deref());
    facts.text("status", job.status.as_deref());
    let kind = if job.tag == Some(true) { "tag" } else { "branch" };
    facts.text(kind, job.git_ref.as_deref());
    facts.text("started by", job.user.as_deref());
    facts.number("pipeline", job.pipeline);
    facts.time("created", job.created);
    facts.time("started", job.started);
    facts.time("finished", job.finished);
}
