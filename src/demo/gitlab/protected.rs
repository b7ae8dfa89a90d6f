//! Protected branches and tags of a project.

use serde_json::{Value, json};

use super::{
    about::number_of,
    page,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::Project;

/// `GET /projects/:id/protected_branches`
pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let search = visit.ask.get("search").unwrap_or_default();
    let names: Vec<&String> =
        project.protected_branches.iter().filter(|name| name.contains(search)).collect();
    page::whole(visit.ask, &names, |name| body(project, name))
}

/// `GET /projects/:id/protected_branches/:name`
pub(super) fn one(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let name = project.protected_branches.iter().find(|name| *name == visit.value(1));
    name.map(|name| Reply::ok(&body(project, name))).ok_or_else(|| Reply::message(404, "404 Not found"))
}

/// `GET /projects/:id/protected_tags`
pub(super) fn tags(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let names: Vec<&String> = project.protected_tags.iter().collect();
    page::whole(visit.ask, &names, |name| tag_body(project, name))
}

/// `GET /projects/:id/protected_tags/:name`
pub(super) fn one_tag(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let name = project.protected_tags.iter().find(|name| *name == visit.value(1));
    name.map(|name| Reply::ok(&tag_body(project, name))).ok_or_else(|| Reply::message(404, "404 Not found"))
}

fn tag_body(project: &Project, name: &str) -> Value {
    let id = number_of(&[&project.full_path, "tag", name]) % 1_000_000;
    json!({ "name": name, "create_access_levels": maintainers(id) })
}

/// Who may: the Maintainers, as a list of one.
fn maintainers(id: u64) -> Value {
    json!([{
        "id": id,
        "access_level": 40,
        "access_level_description": "Maintainers",
        "deploy_key_id": null,
        "user_id": null,
        "group_id": null,
    }])
}

fn body(project: &Project, name: &str) -> Value {
    let id = number_of(&[&project.full_path, name]) % 1_000_000;
    json!({
        "id": id,
        "name": name,
        "push_access_levels": maintainers(id * 2),
        "merge_access_levels": maintainers(id * 2 + 1),
        "unprotect_access_levels": [],
        "allow_force_push": false,
        "code_owner_approval_required": false,
        "inherited": false,
    })
}
