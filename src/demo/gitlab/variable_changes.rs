//! CI/CD variables as they are written: created, changed and deleted, at their three levels.

use super::{
    ask::Ask,
    reply::{Answer, Reply},
    variable_rules,
    variables::{Level, place},
    visit::Visit,
};
use crate::demo::world::{GitLab, Variable};

fn variables<'w>(
    level: Level,
    visit: &Visit<'_>,
    gitlab: &'w mut GitLab,
) -> Result<&'w mut Vec<Variable>, Reply> {
    let found = match level {
        Level::Project => {
            let id = visit.project_id(gitlab)?;
            gitlab.projects.get_mut(&id).map(|project| &mut project.variables)
        }
        Level::Group => {
            let id = visit.group_id(gitlab)?;
            gitlab.groups.get_mut(&id).map(|group| &mut group.variables)
        }
        Level::Instance => Some(&mut gitlab.instance_variables),
    };
    level.check(visit)?;
    found.ok_or_else(|| Reply::not_found("Project"))
}

/// What the request wants changed, over what is there. Not `hidden`: that is decided when a variable is made.
fn with_changes(ask: &Ask, mut variable: Variable, level: Level) -> Result<Variable, Reply> {
    if let Some(value) = ask.get("value") {
        value.clone_into(&mut variable.value);
    }
    match ask.get("variable_type") {
        None => {}
        Some("env_var") => variable.file = false,
        Some("file") => variable.file = true,
        Some(_) => return Err(Reply::bad_value("variable_type")),
    }
    for (name, place) in
        [("protected", &mut variable.protected), ("masked", &mut variable.masked), ("raw", &mut variable.raw)]
    {
        match (ask.get(name), ask.flag(name)) {
            (None, _) => {}
            (Some(_), Some(flag)) => *place = flag,
            (Some(_), None) => return Err(Reply::error(400, &format!("{name} is invalid"))),
        }
    }
    if let (Some(scope), true) = (ask.get("environment_scope"), level != Level::Instance) {
        scope.trim().clone_into(&mut variable.environment_scope);
    }
    if let Some(text) = ask.get("description") {
        variable.description = (!text.is_empty()).then(|| text.to_owned());
    }
    Ok(variable)
}

/// A variable as GitLab makes it where nothing else is said.
pub(super) fn bare(key: &str) -> Variable {
    Variable {
        key: key.to_owned(),
        value: String::new(),
        file: false,
        protected: false,
        masked: false,
        hidden: false,
        raw: false,
        environment_scope: "*".to_owned(),
        description: None,
    }
}

fn create(visit: &Visit<'_>, level: Level) -> Answer {
    let mut world = visit.write();
    let variables = variables(level, visit, &mut world.gitlab)?;
    let missing: Vec<&str> =
        ["key", "value"].into_iter().filter(|name| visit.ask.get(name).is_none()).collect();
    if !missing.is_empty() {
        let sentences: Vec<String> = missing.iter().map(|name| format!("{name} is missing")).collect();
        return Err(Reply::error(400, &sentences.join(", ")));
    }
    let bare = bare(visit.ask.get("key").unwrap_or_default());
    let mut variable = with_changes(visit.ask, bare, level)?;
    if visit.ask.flag("masked_and_hidden") == Some(true) && level != Level::Instance {
        variable.masked = true;
        variable.hidden = true;
    }
    variable_rules::check(level, &variable, &variables.iter().collect::<Vec<_>>())?;
    let body = level.body(&variable);
    variables.push(variable);
    Ok(Reply::json(201, &body))
}

fn update(visit: &Visit<'_>, level: Level) -> Answer {
    let mut world = visit.write();
    let variables = variables(level, visit, &mut world.gitlab)?;
    let place = place(visit, variables, level.key(visit))?;
    let Some(old) = variables.get(place) else { return Err(Reply::not_found("Variable")) };
    let variable = with_changes(visit.ask, old.clone(), level)?;
    if old.hidden && !variable.masked {
        return Err(Reply::invalid(
            "base",
            "Updating masked attribute is not allowed on updates for hidden variables.",
        ));
    }
    let others: Vec<&Variable> =
        variables.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, other)| other).collect();
    variable_rules::check(level, &variable, &others)?;
    let body = level.body(&variable);
    if let Some(there) = variables.get_mut(place) {
        *there = variable;
    }
    Ok(Reply::ok(&body))
}

fn delete(visit: &Visit<'_>, level: Level) -> Answer {
    let mut world = visit.write();
    let variables = variables(level, visit, &mut world.gitlab)?;
    let place = place(visit, variables, level.key(visit))?;
    variables.remove(place);
    Ok(Reply::no_content())
}

/// `POST /projects/:id/variables`
pub(super) fn create_in_project(visit: &Visit<'_>) -> Answer {
    create(visit, Level::Project)
}

/// `POST /groups/:id/variables`
pub(super) fn create_in_group(visit: &Visit<'_>) -> Answer {
    create(visit, Level::Group)
}

/// `POST /admin/ci/variables`
pub(super) fn create_in_instance(visit: &Visit<'_>) -> Answer {
    create(visit, Level::Instance)
}

/// `PUT /projects/:id/variables/:key`
pub(super) fn update_in_project(visit: &Visit<'_>) -> Answer {
    update(visit, Level::Project)
}

/// `PUT /groups/:id/variables/:key`
pub(super) fn update_in_group(visit: &Visit<'_>) -> Answer {
    update(visit, Level::Group)
}

/// `PUT /admin/ci/variables/:key`
pub(super) fn update_in_instance(visit: &Visit<'_>) -> Answer {
    update(visit, Level::Instance)
}

/// `DELETE /projects/:id/variables/:key`
pub(super) fn delete_in_project(visit: &Visit<'_>) -> Answer {
    delete(visit, Level::Project)
}

/// `DELETE /groups/:id/variables/:key`
pub(super) fn delete_in_group(visit: &Visit<'_>) -> Answer {
    delete(visit, Level::Group)
}

/// `DELETE /admin/ci/variables/:key`
pub(super) fn delete_in_instance(visit: &Visit<'_>) -> Answer {
    delete(visit, Level::Instance)
}
