//! CI/CD variables as they are read, at their three levels: project, group and instance.

use serde_json::{Value, json};

use super::{
    page,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::{GitLab, Variable};

/// Where variables live.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    Project,
    Group,
    Instance,
}

impl Level {
    /// Project variables are for Maintainers, which everybody is here; groups' for Owners, the instance's for
    /// administrators.
    pub(super) fn check(self, visit: &Visit<'_>) -> Result<(), Reply> {
        if self == Self::Project { Ok(()) } else { visit.caller.check_admin() }
    }

    /// The variables this request is about.
    pub(super) fn of<'w>(self, visit: &Visit<'_>, gitlab: &'w GitLab) -> Result<&'w [Variable], Reply> {
        match self {
            Self::Project => visit.project(gitlab).map(|project| project.variables.as_slice()),
            Self::Group => visit.group(gitlab).map(|group| group.variables.as_slice()),
            Self::Instance => Ok(&gitlab.instance_variables),
        }
    }

    /// The place of `:key` in the path.
    pub(super) fn key<'a>(self, visit: &'a Visit<'_>) -> &'a str {
        visit.value(usize::from(self != Self::Instance))
    }

    /// Instance variables have no environment scope and cannot be hidden.
    pub(super) fn body(self, variable: &Variable) -> Value {
        let mut body = json!({
            "variable_type": if variable.file { "file" } else { "env_var" },
            "key": variable.key,
            "value": (!variable.hidden).then_some(&variable.value),
            "protected": variable.protected,
            "masked": variable.masked,
            "raw": variable.raw,
            "description": variable.description,
        });
        if let (Value::Object(fields), true) = (&mut body, self != Self::Instance) {
            fields.insert("hidden".to_owned(), json!(variable.hidden));
            fields.insert("environment_scope".to_owned(), json!(variable.environment_scope));
        }
        body
    }
}

/// The place of the one variable a request names by key, and by `filter[environment_scope]` where there are several.
pub(super) fn place(visit: &Visit<'_>, variables: &[Variable], key: &str) -> Result<usize, Reply> {
    let scope = visit.ask.get("filter[environment_scope]");
    let is_meant = |variable: &Variable| {
        variable.key == key && scope.is_none_or(|scope| variable.environment_scope == scope)
    };
    let mut found = variables.iter().enumerate().filter(|(_, variable)| is_meant(variable));
    let (place, _) = found.next().ok_or_else(|| Reply::not_found("Variable"))?;
    if found.next().is_some() {
        return Err(Reply::message(
            409,
            "There are multiple variables with provided parameters. Please use 'filter[environment_scope]'",
        ));
    }
    Ok(place)
}

fn list(visit: &Visit<'_>, level: Level) -> Answer {
    let world = visit.read();
    let variables = level.of(visit, &world.gitlab)?;
    level.check(visit)?;
    page::whole(visit.ask, variables, |variable| level.body(variable))
}

fn one(visit: &Visit<'_>, level: Level) -> Answer {
    let world = visit.read();
    let variables = level.of(visit, &world.gitlab)?;
    level.check(visit)?;
    let place = place(visit, variables, level.key(visit))?;
    variables
        .get(place)
        .map(|found| Reply::ok(&level.body(found)))
        .ok_or_else(|| Reply::not_found("Variable"))
}

/// `GET /projects/:id/variables`
pub(super) fn list_of_project(visit: &Visit<'_>) -> Answer {
    list(visit, Level::Project)
}

/// `GET /groups/:id/variables`
pub(super) fn list_of_group(visit: &Visit<'_>) -> Answer {
    list(visit, Level::Group)
}

/// `GET /admin/ci/variables`
pub(super) fn list_of_instance(visit: &Visit<'_>) -> Answer {
    list(visit, Level::Instance)
}

/// `GET /projects/:id/variables/:key`
pub(super) fn one_of_project(visit: &Visit<'_>) -> Answer {
    one(visit, Level::Project)
}

/// `GET /groups/:id/variables/:key`
pub(super) fn one_of_group(visit: &Visit<'_>) -> Answer {
    one(visit, Level::Group)
}

/// `GET /admin/ci/variables/:key`
pub(super) fn one_of_instance(visit: &Visit<'_>) -> Answer {
    one(visit, Level::Instance)
}
