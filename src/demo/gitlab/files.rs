//! Files of a repository, as they stand on any of its branches.

use super::{
    reply::{Answer, Reply},
    visit::Visit,
};

/// `GET /projects/:id/repository/files/:file_path/raw`, on `ref`, or on the default branch where none is given.
pub(super) fn raw(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    if !visit.ask.get("ref").is_none_or(|name| project.has_ref(name)) {
        return Err(Reply::not_found("Commit"));
    }
    let text = project.files.get(visit.value(1)).ok_or_else(|| Reply::not_found("File"))?;
    Ok(Reply::text(200, "text/plain; charset=utf-8", text).with("x-gitlab-last-commit-id", project.head()))
}
