//! Projects: listed by keyset or by offset, one by number or path, and the few settings that can be changed.

use std::ops::Bound;

use serde_json::Value;

use super::{
    page::{self, Window},
    project_body,
    reply::{Answer, Reply},
    visit::Visit,
};
use crate::demo::world::{GitLab, Project};

/// The words a project's `sub` claim can be made of.
///
/// Source: doc/api/projects, `ci_id_token_sub_claim_components`; the last three came with 18.7.
const CLAIM_COMPONENTS: &[&str] = &[
    "project_path",
    "project_id",
    "ref_type",
    "ref",
    "ref_protected",
    "environment_protected",
    "deployment_tier",
];

/// `GET /projects`
pub(super) fn list(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let gitlab = &world.gitlab;
    if page::is_keyset(visit.ask) {
        return by_keyset(visit, gitlab);
    }
    let window = Window::of(visit.ask)?;
    window.check("Project")?;
    let sieve = Sieve::of(visit)?;
    let rows = sorted(visit, gitlab, &sieve)?;
    let total = if sieve.keeps_all() { gitlab.projects.len() } else { rows.len() };
    let page = window.cut(rows.into_iter()).map(|project| body(visit, gitlab, project)).collect();
    Ok(window.reply(visit.ask, total, page))
}

fn body(visit: &Visit<'_>, gitlab: &GitLab, project: &Project) -> Value {
    if visit.ask.flag("simple") == Some(true) {
        Value::Object(project_body::simple(gitlab, project))
    } else {
        project_body::whole(gitlab, project)
    }
}

/// The projects of an unordered list in the order asked for: `created_at`, newest first, unless said otherwise.
fn sorted<'w>(visit: &Visit<'_>, gitlab: &'w GitLab, sieve: &Sieve<'_>) -> Result<Vec<&'w Project>, Reply> {
    let mut rows: Vec<&Project> = gitlab.projects.values().filter(|project| sieve.keeps(project)).collect();
    match visit.ask.get("order_by").unwrap_or("created_at") {
        "id" => {}
        "name" => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        "path" => rows.sort_by(|a, b| a.full_path.cmp(&b.full_path)),
        "created_at" => rows.sort_by_key(|project| project.created),
        "updated_at" | "last_activity_at" => rows.sort_by_key(|project| project.last_activity),
        _ => return Err(Reply::bad_value("order_by")),
    }
    if is_descending(visit)? {
        rows.reverse();
    }
    Ok(rows)
}

/// Newest first is the rule.
fn is_descending(visit: &Visit<'_>) -> Result<bool, Reply> {
    match visit.ask.get("sort") {
        None | Some("desc") => Ok(true),
        Some("asc") => Ok(false),
        Some(_) => Err(Reply::bad_value("sort")),
    }
}

fn by_keyset(visit: &Visit<'_>, gitlab: &GitLab) -> Answer {
    if visit.ask.get("order_by").unwrap_or("created_at") != "id" {
        return Err(page::no_keyset());
    }
    let sieve = Sieve::of(visit)?;
    let descending = is_descending(visit)?;
    let cursor = match visit.ask.get("cursor") {
        Some(text) => Some(page::after(text).ok_or_else(|| Reply::bad_value("cursor"))?),
        None => None,
    };
    let (mut from, mut to) = (visit.ask.number("id_after"), visit.ask.number("id_before"));
    *(if descending { &mut to } else { &mut from }) = cursor.or(if descending { to } else { from });
    let bounds =
        (from.map_or(Bound::Unbounded, Bound::Excluded), to.map_or(Bound::Unbounded, Bound::Excluded));
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return page::keyset(visit.ask, Vec::new(), "id_after");
    }
    // One more than a page says whether there is another.
    let most = Window::of(visit.ask)?.per_page + 1;
    let row = |project: &Project| (project.id, body(visit, gitlab, project));
    let range = gitlab.projects.range(bounds).map(|(_, project)| project);
    if descending {
        let rows = range.rev().filter(|project| sieve.keeps(project)).take(most).map(row).collect();
        page::keyset(visit.ask, rows, "id_before")
    } else {
        let rows = range.filter(|project| sieve.keeps(project)).take(most).map(row).collect();
        page::keyset(visit.ask, rows, "id_after")
    }
}

/// Which projects a list is to hold. Everybody is a member of everything here, so membership takes nothing away.
pub(super) struct Sieve<'a> {
    archived: Option<bool>,
    search: Option<String>,
    visibility: Option<&'a str>,
    active_after: Option<crate::base::time::Timestamp>,
    /// Above Owner nobody is a member.
    is_empty: bool,
}

impl<'a> Sieve<'a> {
    pub(super) fn of(visit: &'a Visit<'_>) -> Result<Self, Reply> {
        const OWNER: u64 = 50;
        let active_after = match visit.ask.get("last_activity_after") {
            Some(text) => Some(text.parse().map_err(|_| Reply::bad_value("last_activity_after"))?),
            None => None,
        };
        Ok(Self {
            archived: visit.ask.flag("archived"),
            search: visit.ask.get("search").filter(|text| !text.is_empty()).map(str::to_lowercase),
            visibility: visit.ask.get("visibility"),
            active_after,
            is_empty: visit.ask.number("min_access_level").is_some_and(|level| level > OWNER),
        })
    }

    const fn keeps_all(&self) -> bool {
        self.archived.is_none()
            && self.search.is_none()
            && self.visibility.is_none()
            && self.active_after.is_none()
            && !self.is_empty
    }

    pub(super) fn keeps(&self, project: &Project) -> bool {
        !self.is_empty
            && self.archived.is_none_or(|archived| project.archived == archived)
            && self.visibility.is_none_or(|visibility| project.visibility == visibility)
            && self.active_after.is_none_or(|at| project.last_activity > at)
            && self.search.as_ref().is_none_or(|text| {
                project.name.to_lowercase().contains(text) || project.full_path.to_lowercase().contains(text)
            })
    }
}

/// `GET /projects/:id`
pub(super) fn detail(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    Ok(Reply::ok(&project_body::whole(&world.gitlab, project)))
}

/// `PUT /projects/:id`
pub(super) fn edit(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let id = visit.project_id(&world.gitlab)?;
    let changes = Changes::of(visit)?;
    if let Some(project) = world.gitlab.projects.get_mut(&id) {
        if changes.default_branch.as_ref().is_some_and(|branch| !project.branches.contains(branch)) {
            return Err(Reply::invalid("base", "Could not change HEAD: branch does not exist"));
        }
        changes.apply(project);
        project.last_activity = visit.now;
    }
    let project = visit.project(&world.gitlab)?;
    Ok(Reply::ok(&project_body::whole(&world.gitlab, project)))
}

struct Changes {
    components: Option<Vec<String>>,
    ci_config_path: Option<String>,
    default_branch: Option<String>,
    name: Option<String>,
    visibility: Option<&'static str>,
    shared_runners: Option<bool>,
    group_runners: Option<bool>,
}

impl Changes {
    fn of(visit: &Visit<'_>) -> Result<Self, Reply> {
        let ask = visit.ask;
        let components = ask.list("ci_id_token_sub_claim_components");
        if components.as_ref().is_some_and(|words| words.iter().any(|word| !CLAIM_COMPONENTS.contains(word)))
        {
            return Err(Reply::bad_value("ci_id_token_sub_claim_components"));
        }
        let visibility = match ask.get("visibility") {
            None => None,
            Some("private") => Some("private"),
            Some("internal") => Some("internal"),
            Some("public") => Some("public"),
            Some(_) => return Err(Reply::bad_value("visibility")),
        };
        let text = |name: &str| ask.get(name).map(str::to_owned);
        let changes = Self {
            components: components.map(|words| words.into_iter().map(str::to_owned).collect()),
            ci_config_path: text("ci_config_path"),
            default_branch: text("default_branch"),
            name: text("name"),
            visibility,
            shared_runners: ask.flag("shared_runners_enabled"),
            group_runners: ask.flag("group_runners_enabled"),
        };
        if changes.is_empty() {
            return Err(Reply::error(
                400,
                "ci_config_path, ci_id_token_sub_claim_components, default_branch, group_runners_enabled, name, \
                 shared_runners_enabled, visibility are missing, at least one parameter must be provided",
            ));
        }
        Ok(changes)
    }

    const fn is_empty(&self) -> bool {
        self.components.is_none()
            && self.ci_config_path.is_none()
            && self.default_branch.is_none()
            && self.name.is_none()
            && self.visibility.is_none()
            && self.shared_runners.is_none()
            && self.group_runners.is_none()
    }

    fn apply(self, project: &mut Project) {
        fn put<T>(place: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *place = value;
            }
        }
        put(&mut project.id_token_components, self.components);
        put(&mut project.default_branch, self.default_branch);
        put(&mut project.name, self.name);
        put(&mut project.visibility, self.visibility);
        put(&mut project.shared_runners_enabled, self.shared_runners);
        put(&mut project.group_runners_enabled, self.group_runners);
        if let Some(path) = self.ci_config_path {
            project.ci_config_path = (!path.is_empty()).then_some(path);
        }
    }
}
