//! Protected tags, one project after the other: `GET /projects/:id/protected_tags`. Only of projects whose variables or jobs suggest AWS,
//! since it is there that a tag may open a role.

use std::ops::ControlFlow;

use gitlab::api::projects::protected_tags::ProtectedTags;
use serde::Deserialize;

use super::super::{
    endpoint::built,
    roster::Holder,
    strand::Strand,
    tally::Tally,
    walk::{Halt, Walk},
};
use crate::{
    base::{blame::Blame, text::plural},
    model::gitlab::Project,
    net::Place,
};

#[derive(Deserialize)]
struct Tag {
    name: String,
}

/// Up to so many projects every one is asked; above, only those whose variables or jobs suggest AWS.
const ALL: usize = 200;

const CALL: &str = "GET /projects/:id/protected_tags";
const FIX: &str = "needs a token of an administrator, or of a developer of the projects.";

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("protected tags").await;
    let projects: Vec<(u64, Holder)> =
        walk.roster.projects().into_iter().filter(|(_, project)| !project.archived).collect();
    let few = projects.len() <= ALL;
    let (asked, left): (Vec<_>, Vec<_>) =
        projects.into_iter().partition(|(_, project)| few || project.carries || project.aws);
    if !left.is_empty() {
        let left = plural(left.len(), "project", "projects");
        let sentence = format!("{left} without a sign of AWS were not asked, it takes a request for each.");
        strand.gap(CALL, Blame::Skipped(sentence)).await;
    }
    let tally = Tally::new(CALL, FIX);
    walk.each(asked, async |(number, project): (u64, Holder)| match read(walk, &strand, number).await {
        Ok(()) => ControlFlow::Continue(()),
        Err(halt) => tally.add(&project.path, &halt),
    })
    .await;
    tally.tell(&strand).await;
    if walk.is_stopped() {
        strand.in_part();
    }
    strand.end().await;
}

/// Shows the project with nothing but its protected tags: the other pages tell the rest.
async fn read(walk: &Walk, strand: &Strand<'_>, number: u64) -> Result<(), Halt> {
    let mut pages = walk.pages(built(ProtectedTags::builder().project(number).build())?, Place::Start);
    let mut names = Vec::new();
    while let Some(page) = pages.next().await? {
        let tags: Vec<Tag> = page.answer.json("a list of protected tags")?;
        names.extend(tags.into_iter().map(|tag| tag.name));
    }
    let project = Project {
        instance: walk.instance().clone(),
        number,
        protected_tags: Some(names),
        ..Project::default()
    };
    strand.saw([project]).await;
    Ok(())
}
