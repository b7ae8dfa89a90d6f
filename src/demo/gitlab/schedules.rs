//! Pipeline schedules: the list, one with its variables, and those variables as they are written.

use serde_json::{Value, json};

use super::{
    about::user_body,
    cron, page,
    project_body::stamp,
    reply::{Answer, Reply},
    variable_changes::bare,
    variable_rules,
    variables::Level,
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

/// The variables of the schedule in the path, to be changed.
fn variables<'w>(visit: &Visit<'_>, gitlab: &'w mut GitLab) -> Result<&'w mut Vec<Variable>, Reply> {
    let project = visit.project_id(gitlab)?;
    let id: u64 = visit.value(1).parse().map_err(|_| Reply::bad_value("pipeline_schedule_id"))?;
    let schedules = gitlab.projects.get_mut(&project).map(|project| project.schedules.iter_mut());
    let schedule = schedules.and_then(|mut all| all.find(|schedule| schedule.id == id));
    schedule.map(|schedule| &mut schedule.variables).ok_or_else(|| Reply::not_found("Pipeline Schedule"))
}

/// The place of `:key` among them.
fn place(visit: &Visit<'_>, variables: &[Variable]) -> Result<usize, Reply> {
    let found = variables.iter().position(|variable| variable.key == visit.value(2));
    found.ok_or_else(|| Reply::not_found("Variable"))
}

/// `value` and `variable_type`, over what is there. A schedule's variables know nothing else.
fn with_changes(visit: &Visit<'_>, mut variable: Variable) -> Result<Variable, Reply> {
    variable.file = match visit.ask.get("variable_type") {
        None => variable.file,
        Some("env_var") => false,
        Some("file") => true,
        Some(_) => return Err(Reply::bad_value("variable_type")),
    };
    if let Some(value) = visit.ask.get("value") {
        value.clone_into(&mut variable.value);
    }
    Ok(variable)
}

/// `POST /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables`
pub(super) fn create_variable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let variables = variables(visit, &mut world.gitlab)?;
    let missing = ["key", "value"].into_iter().find(|name| visit.ask.get(name).is_none());
    if let Some(name) = missing {
        return Err(Reply::error(400, &format!("{name} is missing")));
    }
    let variable = with_changes(visit, bare(visit.ask.get("key").unwrap_or_default()))?;
    variable_rules::check(Level::Project, &variable, &variables.iter().collect::<Vec<_>>())?;
    let body = variable_body(&variable);
    variables.push(variable);
    Ok(Reply::json(201, &body))
}

/// `PUT /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key`
pub(super) fn update_variable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let variables = variables(visit, &mut world.gitlab)?;
    let place = place(visit, variables)?;
    let Some(variable) = variables.get_mut(place) else { return Err(Reply::not_found("Variable")) };
    *variable = with_changes(visit, variable.clone())?;
    Ok(Reply::ok(&variable_body(variable)))
}

/// `DELETE /projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key`: 202, and what was there.
///
/// Source: lib/api/ci/pipeline_schedules.rb.
pub(super) fn delete_variable(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let variables = variables(visit, &mut world.gitlab)?;
    let gone = variables.remove(place(visit, variables)?);
    Ok(Reply::json(202, &variable_body(&gone)))
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
