//! What is read of one project or one group at a time, by REST: variables with their values.

use gitlab::api::{Endpoint, groups::variables::GroupVariables, projects::variables::ProjectVariables};

use super::{
    endpoint::built,
    roster::Holder,
    strand::Strand,
    variable::{Listed, may_carry},
    walk::{Halt, Walk},
};
use crate::{
    model::gitlab::{Owner, Variable},
    net::Place,
};

/// Reads one project's variables into a sweep. Their values die at decode.
pub(super) async fn project_variables(walk: &Walk, strand: &Strand<'_>, number: u64) -> Result<(), Halt> {
    let endpoint = built(ProjectVariables::builder().project(number).build())?;
    let carries = variables(walk, strand, endpoint, Owner::Project(number)).await?;
    walk.roster.project(number, Holder { carries, read: true, ..Holder::default() });
    Ok(())
}

/// Reads one group's variables into a sweep. Their values die at decode.
pub(super) async fn group_variables(walk: &Walk, strand: &Strand<'_>, number: u64) -> Result<(), Halt> {
    let endpoint = built(GroupVariables::builder().group(number).build())?;
    let carries = variables(walk, strand, endpoint, Owner::Group(number)).await?;
    walk.roster.group(number, Holder { carries, read: true, ..Holder::default() });
    Ok(())
}

/// Says whether one of them may carry credentials.
async fn variables(
    walk: &Walk,
    strand: &Strand<'_>,
    endpoint: impl Endpoint + Sync,
    owner: Owner,
) -> Result<bool, Halt> {
    let mut carries = false;
    let mut pages = walk.pages(endpoint, Place::Start);
    while let Some(page) = pages.next().await? {
        let listed: Vec<Listed<'_>> = page.answer.json("a list of variables")?;
        let seen: Vec<Variable> =
            listed.into_iter().map(|variable| variable.seen(walk.instance(), owner)).collect();
        carries |= seen.iter().any(may_carry);
        strand.saw(seen).await;
    }
    Ok(carries)
}
