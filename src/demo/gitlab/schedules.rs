//! Pipeline schedules: the list, and one with its variables.

use serde_json::{Value, json};

use super::{
    about::user_body,
    cron, page,
    project_body::stamp,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::{GitLab, Schedule, Variable};

/// `GET /projects/:id/pipeline_schedules`. The list tells no variables.
pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let wanted = match visit.ask.get("scope") {
        None => None,
        Some("active") => Some(true),
        Some("inactive") => Some(false),
        Some(_) => return Err(Reply::bad_value("scope")),
    };
    let is_wanted = |schedule: &&Schedule| wanted.is_none_or(|active| schedule.active == active);
    let rows: Vec<&Schedule> = project.schedules.iter().filter(is_wanted).collect();
    page::whole(visit.ask, &rows, |schedule| body(visit, &world.gitlab, schedule))
}

/// `GET /projects/:id/pipeline_schedules/:pipeline_schedule_id`, with its variables in plain text.
pub(super) fn detail(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("pipeline_schedule_id"))?;
    let schedule = project.schedules.iter().find(|schedule| schedule.id == id);
    let schedule = schedule.ok_or_else(|| Reply::not_found("Pipeline Schedule"))?;
    let mut body = body(visit, &world.gitlab, schedule);
    if let Value::Object(fields) = &mut body {
        fields.insert("last_pipeline".to_owned(), Value::Null);
        fields.insert("variables".to_owned(), schedule.variables.iter().map(variable_body).collect());
    }
    Ok(Reply::ok(&body))
}

/// `PUT /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key`: `value` and `variable_type`.
pub(super) fn update_variable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let project = visit.project_id(&world.gitlab)?;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("pipeline_schedule_id"))?;
    let projects = &mut world.gitlab.projects;
    let schedules = projects.get_mut(&project).map(|project| project.schedules.iter_mut());
    let schedule = schedules.and_then(|mut all| all.find(|schedule| schedule.id == id));
    let schedule = schedule.ok_or_else(|| Reply::not_found("Pipeline Schedule"))?;
    let variable = schedule.variables.iter_mut().find(|variable| variable.key == visit.value(2));
    let variable = variable.ok_or_else(|| Reply::not_found("Variable"))?;
    let is_file = match visit.ask.get("variable_type") {
        None => variable.file,
        Some("env_var") => false,
        Some("file") => true,
        Some(_) => return Err(Reply::bad_value("variable_type")),
    };
    if let Some(value) = visit.ask.get("value") {
        value.clone_into(&mut variable.value);
    }
    variable.file = is_file;
    Ok(Reply::ok(&variable_body(variable)))
}

fn variable_body(variable: &Variable) -> Value {
    json!({
        "variable_type": if variable.file { "file" } else { "env_var" },
        "key": variable.key,
        "value": variable.value,
        "raw": variable.raw,
    })
}

fn body(visit: &Visit<'_>, gitlab: &GitLab, schedule: &Schedule) -> Value {
    let owner = gitlab.users.get(&schedule.owner).map(|user| user_body(gitlab, user));
    json!({
        "id": schedule.id,
        "description": schedule.description,
        "ref": schedule.git_ref,
        "cron": schedule.cron,
        "cron_timezone": "UTC",
        "next_run_at": cron::next(&schedule.cron, visit.now).map(stamp),
        "active": schedule.active,
        "created_at": stamp(schedule.created),
        "updated_at": stamp(schedule.created),
        "owner": owner,
    })
}
