//! What only REST tells of projects, a hundred at a time: the subject of their id tokens, the path of their CI file, which
//! shared runners they take. `GET /projects`, by keyset.

use gitlab::api::{
    common::SortOrder,
    projects::{ProjectOrderBy, Projects},
};
use serde::Deserialize;

use super::super::{
    endpoint::built,
    reach::wants,
    roster::Holder,
    strand::Strand,
    walk::{Halt, Walk},
    wire,
};
use crate::{base::time::Timestamp, model::gitlab::Project, net::Place};

/// A project as REST lists it. Maintainers see more of the fields than others.
#[derive(Deserialize)]
struct Listed {
    id: u64,
    path_with_namespace: String,
    default_branch: Option<String>,
    visibility: Option<String>,
    archived: Option<bool>,
    ci_config_path: Option<String>,
    ci_id_token_sub_claim_components: Option<Vec<String>>,
    shared_runners_enabled: Option<bool>,
    group_runners_enabled: Option<bool>,
    #[serde(default, deserialize_with = "wire::time")]
    last_activity_at: Option<Timestamp>,
    web_url: Option<String>,
}

pub(in super::super) const CALL: &str = "GET /projects";
pub(in super::super) const FIX: &str = "needs a token that sees the projects: a member of their groups.";

pub(in super::super) async fn walk(walk: &Walk) {
    let strand = walk.begin("project settings").await;
    if let Err(halt) = list(walk, &strand).await {
        strand.refused(CALL, &halt, FIX).await;
    }
    strand.end().await;
}

/// Lists the projects into a sweep and notes each in the roster.
pub(in super::super) async fn list(walk: &Walk, strand: &Strand<'_>) -> Result<(), Halt> {
    let mut endpoint = Projects::builder();
    endpoint.order_by(ProjectOrderBy::Id).sort(SortOrder::Ascending);
    if !walk.roster.is_admin() {
        // Without this, gitlab.com would list every public project there is.
        endpoint.membership(true);
    }
    let mut pages = walk.pages(built(endpoint.build())?, Place::Keyset);
    while let Some(page) = pages.next().await? {
        let listed: Vec<Listed> = page.answer.json("a list of projects")?;
        let wanted = listed.into_iter().filter(|project| wants(&walk.source, &project.path_with_namespace));
        strand.saw(wanted.map(|project| seen(walk, project)).collect::<Vec<_>>()).await;
    }
    Ok(())
}

fn seen(walk: &Walk, project: Listed) -> Project {
    let holder = Holder {
        path: project.path_with_namespace.clone(),
        archived: project.archived == Some(true),
        ..Holder::default()
    };
    walk.roster.project(project.id, holder);
    Project {
        protected_tags: None,
        instance: walk.instance().clone(),
        number: project.id,
        path: Some(project.path_with_namespace),
        default_branch: project.default_branch,
        visibility: project.visibility,
        archived: project.archived,
        ci_config_path: wire::told(project.ci_config_path),
        id_token_components: project.ci_id_token_sub_claim_components,
        shared_runners: project.shared_runners_enabled,
        group_runners: project.group_runners_enabled,
        protected_branches: None,
        last_activity: project.last_activity_at,
        url: project.web_url,
    }
}
