//! Protected branches of the projects whose page did not show them all, one project after the other:
//! `GET /projects/:id/protected_branches`.

use std::ops::ControlFlow;

use gitlab::api::projects::protected_branches::ProtectedBranches;
use serde::Deserialize;

use super::super::{
    endpoint::built,
    roster::Holder,
    strand::Strand,
    tally::Tally,
    walk::{Halt, Walk},
};
use crate::{base::blame::Blame, model::gitlab::Project, net::Place};

#[derive(Deserialize)]
struct Branch {
    name: String,
}

/// Up to so many projects every one is asked; above, only those whose variables suggest AWS credentials.
const ALL: usize = 200;

const CALL: &str = "GET /projects/:id/protected_branches";
const FIX: &str = "needs a token of an administrator, or of a developer of the projects.";

pub(in super::super) async fn walk(walk: &Walk) {
    let unseen: Vec<(u64, Holder)> =
        walk.roster.projects().into_iter().filter(|(_, project)| !project.branches).collect();
    if unseen.is_empty() {
        return;
    }
    let strand = walk.begin("protected branches").await;
    let few = unseen.len() <= ALL;
    let (asked, left): (Vec<_>, Vec<_>) = unseen.into_iter().partition(|(_, project)| few || project.carries);
    if !left.is_empty() {
        let fix = format!(
            "{} projects without AWS-looking variables were not asked one by one; GraphQL would tell.",
            left.len()
        );
        strand.gap(CALL, Blame::Scope(fix)).await;
    }
    let tally = Tally::new(CALL, FIX);
    walk.each(asked, async |(number, project): (u64, Holder)| match read(walk, &strand, number).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(halt) => tally.add(&project.path, &halt),
    })
    .await;
    tally.tell(&strand).await;
    strand.end().await;
}

/// Shows the project with nothing but its protected branches: the other pages tell the rest.
async fn read(walk: &Walk, strand: &Strand<'_>, number: u64) -> Result<(), Halt> {
    let mut pages = walk.pages(built(ProtectedBranches::builder().project(number).build())?, Place::Start);
    let mut names = Vec::new();
    while let Some(page) = pages.next().await? {
        let branches: Vec<Branch> = page.answer.json("a list of protected branches")?;
        names.extend(branches.into_iter().map(|branch| branch.name));
    }
    let project = Project {
        instance: walk.instance().clone(),
        number,
        protected_branches: Some(names),
        ..Project::default()
    };
    strand.saw([project]).await;
    Ok(())
}
