//! What can be done to a runner: edited, removed, given a new authentication token.

use serde_json::json;
use sha2::{Digest, Sha256};

use super::{
    reply::{Answer, Reply},
    runner_body,
    visit::Visit,
};
use crate::demo::world::{Runner, RunnerType};

/// Instance runners belong to administrators, group runners to Owners (who are administrators here), project runners
/// to Maintainers (who everybody is).
fn check_owner(visit: &Visit<'_>, runner: &Runner) -> Result<(), Reply> {
    if visit.caller.is_admin || runner.kind == RunnerType::Project {
        Ok(())
    } else {
        Err(Reply::forbidden_because("No access granted"))
    }
}

/// `PUT /runners/:id`
pub(super) fn edit(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let runner = visit.runner(&world.gitlab)?;
    check_owner(visit, runner)?;
    let changed = with_changes(visit, runner.clone())?;
    let jobs = visit.site.index.jobs(&world.gitlab);
    let body = runner_body::long(&world.gitlab, &jobs, &changed, true, visit.now);
    drop(jobs);
    world.gitlab.runners.insert(changed.id, changed);
    Ok(Reply::ok(&body))
}

const FIELDS: &[&str] = &[
    "description",
    "active",
    "paused",
    "tag_list",
    "run_untagged",
    "locked",
    "access_level",
    "maximum_timeout",
    "maintenance_note",
];

fn with_changes(visit: &Visit<'_>, mut runner: Runner) -> Result<Runner, Reply> {
    let ask = visit.ask;
    let tags = ask.list("tag_list");
    if tags.is_none() && FIELDS.iter().all(|name| ask.get(name).is_none()) {
        let names = FIELDS.join(", ");
        return Err(Reply::error(
            400,
            &format!("{names} are missing, at least one parameter must be provided"),
        ));
    }
    if ask.get("active").is_some() && ask.get("paused").is_some() {
        return Err(Reply::error(400, "active, paused are mutually exclusive"));
    }
    if let Some(text) = ask.get("description") {
        text.clone_into(&mut runner.description);
    }
    if let Some(paused) = ask.flag("paused").or(ask.flag("active").map(|active| !active)) {
        runner.paused = paused;
    }
    runner.run_untagged = ask.flag("run_untagged").unwrap_or(runner.run_untagged);
    runner.locked = ask.flag("locked").unwrap_or(runner.locked);
    if let Some(tags) = tags {
        runner.tags = tags.into_iter().map(str::to_owned).collect();
    }
    match ask.get("access_level") {
        None => {}
        Some("not_protected") => runner.ref_protected = false,
        Some("ref_protected") => runner.ref_protected = true,
        Some(_) => return Err(Reply::bad_value("access_level")),
    }
    match ask.get("maximum_timeout") {
        None => {}
        Some("") => runner.maximum_timeout = None,
        Some(text) => {
            let seconds = text.parse().map_err(|_| Reply::error(400, "maximum_timeout is invalid"))?;
            runner.maximum_timeout = Some(seconds);
        }
    }
    if let Some(text) = ask.get("maintenance_note") {
        runner.maintenance_note = (!text.is_empty()).then(|| text.to_owned());
    }
    check(&runner)?;
    Ok(runner)
}

fn check(runner: &Runner) -> Result<(), Reply> {
    /// Seconds.
    const SHORTEST_TIMEOUT: u64 = 600;
    if runner.maximum_timeout.is_some_and(|seconds| seconds < SHORTEST_TIMEOUT) {
        return Err(Reply::invalid("maximum_timeout", "needs to be at least 10 minutes"));
    }
    if !runner.run_untagged && runner.tags.is_empty() {
        let why = "can not be empty when runner is not allowed to pick untagged jobs";
        return Err(Reply::invalid("tags_list", why));
    }
    Ok(())
}

/// `DELETE /runners/:id`
pub(super) fn remove(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let runner = visit.runner(&world.gitlab)?;
    if runner.projects.len() > 1 && !visit.caller.is_admin {
        return Err(Reply::forbidden_because("Runner associated with more than one project"));
    }
    check_owner(visit, runner)?;
    let id = runner.id;
    world.gitlab.runners.remove(&id);
    Ok(Reply::no_content())
}

/// `POST /runners/:id/reset_authentication_token`: the new token is told once, the old one stops working.
pub(super) fn reset_token(visit: &Visit<'_>) -> Answer {
    let mut world = visit.write();
    let runner = visit.runner(&world.gitlab)?;
    check_owner(visit, runner)?;
    let (id, token) = (runner.id, token_after(runner));
    let body = json!({ "token": token, "token_expires_at": null });
    if let Some(runner) = world.gitlab.runners.get_mut(&id) {
        runner.token = token;
    }
    Ok(Reply::json(201, &body))
}

/// A token of the right shape that differs from the last one; it only has to be new, not unguessable.
fn token_after(runner: &Runner) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let place = match runner.kind {
        RunnerType::Instance => 1,
        RunnerType::Group => 2,
        RunnerType::Project => 3,
    };
    let digest = Sha256::digest(runner.token.as_bytes());
    let letter = |byte: &u8| LETTERS.get(usize::from(*byte) % LETTERS.len()).copied().map_or('a', char::from);
    format!("glrt-t{place}_{}", digest.iter().take(20).map(letter).collect::<String>())
}
