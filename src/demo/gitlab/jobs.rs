//! Jobs of a project and of a runner, newest first, by keyset or by offset.

use serde_json::{Map, Value, json};

use super::{
    about::user_body,
    page::{self, Window},
    project_body::{identity, project_url, stamp},
    reply::{Answer, Reply},
    runner_body,
    visit::Visit,
};
use crate::demo::world::{GitLab, Job};

/// `GET /projects/:id/jobs`
pub(super) fn of_project(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let project = visit.project(gitlab)?.id;
    let scopes = visit.ask.list("scope").unwrap_or_default();
    let index = visit.site.index.jobs(gitlab);
    let jobs = index.of_project(project);
    list(
        visit,
        gitlab,
        jobs,
        |job| scopes.is_empty() || scopes.contains(&job.status),
        |job| {
            let busy = job.runner.is_some_and(|runner| index.is_busy(gitlab, runner));
            whole(visit, gitlab, job, busy)
        },
    )
}

/// `GET /projects/:id/jobs/:job_id`
pub(super) fn one(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let project = visit.project(gitlab)?.id;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("job_id"))?;
    let job = gitlab.jobs.get(&id).filter(|job| job.project == project);
    let job = job.ok_or_else(|| Reply::message(404, "404 Not found"))?;
    let index = visit.site.index.jobs(gitlab);
    let busy = job.runner.is_some_and(|runner| index.is_busy(gitlab, runner));
    Ok(Reply::ok(&whole(visit, gitlab, job, busy)))
}

/// `GET /runners/:id/jobs`
pub(super) fn of_runner(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let runner = visit.runner(gitlab)?.id;
    if !matches!(visit.ask.get("order_by"), None | Some("id")) {
        return Err(Reply::bad_value("order_by"));
    }
    let status = visit.ask.get("status");
    let system_id = visit.ask.get("system_id");
    let keep = |job: &Job| {
        job.runner == Some(runner)
            && status.is_none_or(|status| job.status == status)
            && system_id.is_none_or(|system_id| job.system_id.as_deref() == Some(system_id))
    };
    let index = visit.site.index.jobs(gitlab);
    list(visit, gitlab, index.of_runner(runner), keep, |job| with_project(gitlab, job))
}

/// A page of jobs out of ascending numbers.
fn list(
    visit: &Visit<'_>,
    gitlab: &GitLab,
    ids: &[u64],
    keep: impl Fn(&Job) -> bool,
    body: impl Fn(&Job) -> Value,
) -> Answer {
    let window = Window::of(visit.ask)?;
    let is_ascending = visit.ask.get("sort") == Some("asc");
    let ids = match visit.ask.get("cursor") {
        None => ids,
        Some(text) => {
            let after = page::after(text).ok_or_else(|| Reply::bad_value("cursor"))?;
            let place = ids.partition_point(|id| if is_ascending { *id <= after } else { *id < after });
            let (before, rest) = ids.split_at(place);
            if is_ascending { rest } else { before }
        }
    };
    let rows = ids.iter().filter_map(|id| gitlab.jobs.get(id)).filter(|job| keep(job));
    let rows: Box<dyn Iterator<Item = &Job>> =
        if is_ascending { Box::new(rows) } else { Box::new(rows.rev()) };
    if page::is_keyset(visit.ask) || visit.ask.get("cursor").is_some() {
        let rows = rows.take(window.per_page + 1).map(|job| (job.id, body(job))).collect();
        return page::keyset(visit.ask, rows, "cursor");
    }
    window.check("Ci::Build")?;
    let rows: Vec<&Job> = rows.collect();
    let total = rows.len();
    Ok(window.reply(visit.ask, total, window.cut(rows.into_iter()).map(body).collect()))
}

/// What every form of a job has.
fn basics(gitlab: &GitLab, job: &Job) -> Map<String, Value> {
    let url =
        gitlab.projects.get(&job.project).map(|project| project_url(gitlab, project)).unwrap_or_default();
    let seconds = |from: Option<crate::base::time::Timestamp>, to: Option<crate::base::time::Timestamp>| {
        from.zip(to).map(|(from, to)| to.seconds() - from.seconds())
    };
    let user = gitlab.users.get(&job.user);
    let body = json!({
        "id": job.id,
        "status": job.status,
        "stage": job.stage,
        "name": job.name,
        "ref": job.git_ref,
        "tag": job.tag,
        "coverage": null,
        "allow_failure": false,
        "created_at": stamp(job.created),
        "started_at": job.started.map(stamp),
        "finished_at": job.finished.map(stamp),
        "erased_at": null,
        "duration": seconds(job.started, job.finished),
        "queued_duration": seconds(Some(job.created), job.started),
        "user": user.map(|user| user_body(gitlab, user)),
        "commit": {
            "id": job.sha,
            "short_id": job.sha.get(..8).unwrap_or(&job.sha),
            "title": format!("Change {}", job.git_ref),
            "message": format!("Change {}\n", job.git_ref),
            "author_name": user.map(|user| &user.name),
            "author_email": user.map(|user| format!("{}@users.noreply.example", user.login)),
            "created_at": stamp(job.created),
            "web_url": format!("{url}/-/commit/{}", job.sha),
        },
        "pipeline": {
            "id": job.pipeline,
            "iid": job.pipeline,
            "project_id": job.project,
            "sha": job.sha,
            "ref": job.git_ref,
            "status": job.status,
            "source": job.source,
            "created_at": stamp(job.created),
            "updated_at": stamp(job.finished.or(job.started).unwrap_or(job.created)),
            "web_url": format!("{url}/-/pipelines/{}", job.pipeline),
        },
        "web_url": format!("{url}/-/jobs/{}", job.id),
    });
    let Value::Object(mut fields) = body else { return Map::new() };
    if job.status == "failed" {
        fields.insert("failure_reason".to_owned(), json!("script_failure"));
    }
    fields
}

/// As a runner's list of jobs has it: with the project, without the runner.
fn with_project(gitlab: &GitLab, job: &Job) -> Value {
    let mut fields = basics(gitlab, job);
    let project = gitlab.projects.get(&job.project).map(|project| identity(gitlab, project));
    fields.insert("project".to_owned(), json!(project));
    Value::Object(fields)
}

/// As a project's list of jobs has it: with the runner and the machine it ran on, both null before it was picked up.
fn whole(visit: &Visit<'_>, gitlab: &GitLab, job: &Job, is_busy: bool) -> Value {
    let mut fields = basics(gitlab, job);
    let runner = job.runner.and_then(|id| gitlab.runners.get(&id));
    let manager = runner.and_then(|runner| {
        runner.managers.iter().find(|manager| job.system_id.as_deref() == Some(manager.system_id.as_str()))
    });
    let more = json!({
        "runner": runner.map(|runner| {
            let mut body = runner_body::short(runner, is_busy, visit.now);
            // Inside a job the address is null, not empty.
            if let Value::Object(fields) = &mut body {
                fields.insert("ip_address".to_owned(), Value::Null);
            }
            body
        }),
        "runner_manager": manager.map(|manager| {
            runner_body::manager(manager, job.status == "running", visit.now)
        }),
        "project": { "ci_job_token_scope_enabled": false },
        "artifacts": [],
        "artifacts_expire_at": null,
        "archived": false,
        "tag_list": job.tags,
    });
    if let Value::Object(more) = more {
        fields.extend(more);
    }
    Value::Object(fields)
}
