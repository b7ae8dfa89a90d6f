//! Groups, their subgroups and their projects.

use serde_json::{Value, json};

use super::{
    page::{self, Window},
    project_body::{self, group_name, leaf},
    projects::Sieve,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::{GitLab, Group, Project};

/// `GET /groups`
pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let top_only = visit.ask.flag("top_level_only") == Some(true);
    answer(visit, &world.gitlab, |group| !top_only || group.parent.is_none())
}

/// `GET /groups/:id/subgroups`
pub(super) fn subgroups(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let parent = visit.group_id(&world.gitlab)?;
    answer(visit, &world.gitlab, |group| group.parent == Some(parent))
}

/// `GET /groups/:id/descendant_groups`
pub(super) fn descendants(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let ancestor = visit.group(&world.gitlab)?;
    answer(visit, &world.gitlab, |group| is_below(&group.full_path, &ancestor.full_path))
}

/// Is this path strictly below that group's?
fn is_below(path: &str, ancestor: &str) -> bool {
    path.strip_prefix(ancestor).is_some_and(|rest| rest.starts_with('/'))
}

fn answer(visit: &Visit<'_>, gitlab: &GitLab, keep: impl Fn(&Group) -> bool) -> Answer {
    // Groups can be paged by keyset, but only by callers without a token.
    if page::is_keyset(visit.ask) {
        return Err(page::no_keyset());
    }
    let search = visit.ask.get("search").unwrap_or_default().to_lowercase();
    let finds = |group: &Group| {
        search.is_empty()
            || group.name.to_lowercase().contains(&search)
            || group.full_path.to_lowercase().contains(&search)
    };
    let mut rows: Vec<&Group> = gitlab.groups.values().filter(|group| keep(group) && finds(group)).collect();
    match visit.ask.get("order_by").unwrap_or("name") {
        "id" => {}
        "name" => rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id))),
        "path" => rows.sort_by(|a, b| leaf(&a.full_path).cmp(leaf(&b.full_path)).then(a.id.cmp(&b.id))),
        _ => return Err(Reply::bad_value("order_by")),
    }
    if visit.ask.get("sort") == Some("desc") {
        rows.reverse();
    }
    page::whole(visit.ask, &rows, |group| body(gitlab, group))
}

fn body(gitlab: &GitLab, group: &Group) -> Value {
    json!({
        "id": group.id,
        "web_url": format!("{}/groups/{}", gitlab.external_url, group.full_path),
        "name": group.name,
        "path": leaf(&group.full_path),
        "description": "",
        "visibility": "private",
        "share_with_group_lock": false,
        "require_two_factor_authentication": false,
        "project_creation_level": "developer",
        "subgroup_creation_level": "maintainer",
        "lfs_enabled": true,
        "archived": false,
        "default_branch": null,
        "avatar_url": null,
        "request_access_enabled": true,
        "full_name": group_name(gitlab, group),
        "full_path": group.full_path,
        "parent_id": group.parent,
        "organization_id": 1,
        "shared_runners_setting": "enabled",
    })
}

/// `GET /groups/:id`; `with_projects=false` leaves its projects out.
pub(super) fn detail(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let group = visit.group(gitlab)?;
    let mut body = body(gitlab, group);
    if let Value::Object(fields) = &mut body {
        fields.insert("shared_with_groups".to_owned(), json!([]));
        if visit.ask.flag("with_projects") != Some(false) {
            let direct = gitlab.projects.values().filter(|project| project.group == group.id);
            let projects =
                direct.take(page::MOST).map(|project| project_body::whole(gitlab, project)).collect();
            fields.insert("projects".to_owned(), projects);
            fields.insert("shared_projects".to_owned(), json!([]));
        }
    }
    Ok(Reply::ok(&body))
}

/// `GET /groups/:id/projects`
pub(super) fn projects(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    let group = visit.group(gitlab)?;
    if page::is_keyset(visit.ask) {
        return Err(page::no_keyset());
    }
    let deep = visit.ask.flag("include_subgroups") == Some(true);
    let belongs = |project: &Project| {
        if deep { is_below(&project.full_path, &group.full_path) } else { project.group == group.id }
    };
    let sieve = Sieve::of(visit)?;
    let keep = |project: &&Project| belongs(project) && sieve.keeps(project);
    let mut rows: Vec<&Project> = gitlab.projects.values().filter(keep).collect();
    match visit.ask.get("order_by").unwrap_or("created_at") {
        "id" | "created_at" => {}
        "name" => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        "path" => rows.sort_by(|a, b| a.full_path.cmp(&b.full_path)),
        "updated_at" | "last_activity_at" => rows.sort_by_key(|project| project.last_activity),
        _ => return Err(Reply::bad_value("order_by")),
    }
    if visit.ask.get("sort") != Some("asc") {
        rows.reverse();
    }
    let window = Window::of(visit.ask)?;
    let is_simple = visit.ask.flag("simple") == Some(true);
    let total = rows.len();
    let page = window.cut(rows.into_iter()).map(|project| {
        if is_simple {
            project_body::simple(gitlab, project).into()
        } else {
            project_body::whole(gitlab, project)
        }
    });
    Ok(window.reply(visit.ask, total, page.collect()))
}
