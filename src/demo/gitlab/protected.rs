//! Protected branches of a project.

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

fn body(project: &Project, name: &str) -> Value {
    let id = number_of(&[&project.full_path, name]) % 1_000_000;
    let maintainers = |place: u64| {
        json!([{
            "id": id * 2 + place,
            "access_level": 40,
            "access_level_description": "Maintainers",
            "deploy_key_id": null,
            "user_id": null,
            "group_id": null,
        }])
    };
    json!({
        "id": id,
        "name": name,
        "push_access_levels": maintainers(0),
        "merge_access_levels": maintainers(1),
        "unprotect_access_levels": [],
        "allow_force_push": false,
        "code_owner_approval_required": false,
        "inherited": false,
    })
}
