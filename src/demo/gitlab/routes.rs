//! Every REST route the company's GitLab has: method, pattern, what it asks of a token, and who answers.

use http::Method;

use super::{
    about, files, groups, jobs, lint, membership,
    pass::Need::{self, Any, Read, Runner, User, Write},
    projects, protected, reach,
    reply::{Answer, Reply},
    runner_changes, runners, schedules, variable_changes, variables,
    visit::Visit,
};

type Act = fn(&Visit<'_>) -> Answer;

struct Route {
    method: Method,
    pattern: &'static str,
    need: Need,
    act: Act,
}

/// The route a request takes.
pub(super) struct Found {
    pub pattern: &'static str,
    pub need: Need,
    pub act: Act,
    pub values: Vec<String>,
}

const fn get(pattern: &'static str, need: Need, act: Act) -> Route {
    Route { method: Method::GET, pattern, need, act }
}

const fn post(pattern: &'static str, need: Need, act: Act) -> Route {
    Route { method: Method::POST, pattern, need, act }
}

const fn put(pattern: &'static str, need: Need, act: Act) -> Route {
    Route { method: Method::PUT, pattern, need, act }
}

const fn delete(pattern: &'static str, need: Need, act: Act) -> Route {
    Route { method: Method::DELETE, pattern, need, act }
}

/// The first that fits wins: words stand before `:values`.
const ROUTES: &[Route] = &[
    get("/user", User, about::user),
    get("/metadata", Read, about::metadata),
    get("/version", Read, about::version),
    get("/personal_access_tokens/self", Any, about::own_token),
    get("/projects", Read, projects::list),
    get("/projects/:id", Read, projects::detail),
    put("/projects/:id", Write, projects::edit),
    get("/projects/:id/variables", Read, variables::list_of_project),
    post("/projects/:id/variables", Write, variable_changes::create_in_project),
    get("/projects/:id/variables/:key", Read, variables::one_of_project),
    put("/projects/:id/variables/:key", Write, variable_changes::update_in_project),
    delete("/projects/:id/variables/:key", Write, variable_changes::delete_in_project),
    get("/projects/:id/pipeline_schedules", Read, schedules::list),
    get("/projects/:id/pipeline_schedules/:pipeline_schedule_id", Read, schedules::detail),
    post(
        "/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables",
        Write,
        schedules::create_variable,
    ),
    put(
        "/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key",
        Write,
        schedules::update_variable,
    ),
    delete(
        "/projects/:id/pipeline_schedules/:pipeline_schedule_id/variables/:key",
        Write,
        schedules::delete_variable,
    ),
    get("/projects/:id/protected_branches", Read, protected::list),
    get("/projects/:id/protected_branches/:name", Read, protected::one),
    get("/projects/:id/protected_tags", Read, protected::tags),
    get("/projects/:id/protected_tags/:name", Read, protected::one_tag),
    get("/projects/:id/repository/files/:file_path/raw", Read, files::raw),
    get("/projects/:id/jobs", Read, jobs::of_project),
    get("/projects/:id/jobs/:job_id", Read, jobs::one),
    get("/projects/:id/ci/lint", Read, lint::of_project),
    post("/projects/:id/ci/lint", Write, lint::of_content),
    get("/projects/:id/runners", Read, reach::of_project),
    post("/projects/:id/runners", Write, membership::enable),
    delete("/projects/:id/runners/:runner_id", Write, membership::disable),
    get("/groups", Read, groups::list),
    get("/groups/:id", Read, groups::detail),
    get("/groups/:id/projects", Read, groups::projects),
    get("/groups/:id/subgroups", Read, groups::subgroups),
    get("/groups/:id/descendant_groups", Read, groups::descendants),
    get("/groups/:id/variables", Read, variables::list_of_group),
    post("/groups/:id/variables", Write, variable_changes::create_in_group),
    get("/groups/:id/variables/:key", Read, variables::one_of_group),
    put("/groups/:id/variables/:key", Write, variable_changes::update_in_group),
    delete("/groups/:id/variables/:key", Write, variable_changes::delete_in_group),
    get("/groups/:id/runners", Read, reach::of_group),
    get("/admin/ci/variables", Read, variables::list_of_instance),
    post("/admin/ci/variables", Write, variable_changes::create_in_instance),
    get("/admin/ci/variables/:key", Read, variables::one_of_instance),
    put("/admin/ci/variables/:key", Write, variable_changes::update_in_instance),
    delete("/admin/ci/variables/:key", Write, variable_changes::delete_in_instance),
    get("/runners", Read, runners::owned),
    get("/runners/all", Read, runners::all),
    get("/runners/:id", Read, runners::detail),
    put("/runners/:id", Runner, runner_changes::edit),
    delete("/runners/:id", Runner, runner_changes::remove),
    get("/runners/:id/managers", Read, runners::managers),
    get("/runners/:id/projects", Read, runners::projects),
    get("/runners/:id/jobs", Read, jobs::of_runner),
    post("/runners/:id/reset_authentication_token", Runner, runner_changes::reset_token),
];

/// The route of a path below `/api/v4`; where there is none, or not by this method, GitLab's refusal.
pub(super) fn find(method: &Method, segments: &[&str]) -> Result<Found, Reply> {
    let mut is_known = false;
    for route in ROUTES {
        let Some(values) = fit(route.pattern, segments) else { continue };
        if route.method == *method {
            return Ok(Found { pattern: route.pattern, need: route.need, act: route.act, values });
        }
        is_known = true;
    }
    Err(if is_known { Reply::error(405, "405 Not Allowed") } else { Reply::no_route() })
}

fn fit(pattern: &str, segments: &[&str]) -> Option<Vec<String>> {
    let mut values = Vec::new();
    let mut rest = segments.iter();
    for word in pattern.split('/').skip(1) {
        let segment = rest.next()?;
        if word.starts_with(':') {
            values.push((*segment).to_owned());
        } else if word != *segment {
            return None;
        }
    }
    rest.next().is_none().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_win_over_values() {
        let pattern = |method: Method, path: &str| {
            let segments: Vec<&str> = path.split('/').collect();
            find(&method, &segments).map(|found| found.pattern).map_err(|reply| reply.status)
        };
        assert_eq!(pattern(Method::GET, "runners/all"), Ok("/runners/all"));
        assert_eq!(pattern(Method::GET, "runners/7"), Ok("/runners/:id"));
        assert_eq!(pattern(Method::PATCH, "runners/7"), Err(405));
        assert_eq!(pattern(Method::GET, "runners/7/nothing"), Err(404));
    }
}
