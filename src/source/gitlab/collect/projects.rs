//! Projects with the attributes of their variables and their protected branches, in bulk by GraphQL, without any value; one
//! project after the other by REST where GraphQL is refused.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        graphql::{Asker, Trouble},
        queries::{PROJECT_VARIABLES, PROJECTS},
        reach::wants,
        roster::Holder,
        single,
        strand::Strand,
        tally::Tally,
        variable::{self, may_carry},
        walk::{Halt, Walk},
        wire::{Connection, Gid, time},
    },
    project_settings,
};
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::gitlab::{Owner, Project, Variable},
    net::Error,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: Gid,
    full_path: String,
    archived: Option<bool>,
    visibility: Option<String>,
    #[serde(default, deserialize_with = "time")]
    last_activity_at: Option<Timestamp>,
    web_url: Option<String>,
    branch_rules: Option<Connection<Rule>>,
    ci_variables: Option<Connection<variable::Node>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    name: Option<String>,
    is_protected: Option<bool>,
}

/// The rest of one project's or group's variables.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct More {
    pub ci_variables: Option<Connection<variable::Node>>,
}

/// A project whose variables did not fit in the page: its number, its path and the cursor.
type Unfinished = (u64, String, Arc<str>);

/// The two sweeps that one page feeds.
struct Sweeps<'w> {
    walk: &'w Walk,
    projects: Strand<'w>,
    variables: Strand<'w>,
    /// Projects whose variables GitLab does not show to this token.
    closed: Tally,
}

const CALL: &str = "POST /api/graphql projects";
const MAINTAINER: &str = "needs a token of an administrator, or of a maintainer of the projects.";

pub(in super::super) async fn walk(walk: &Walk) {
    let sweeps = Sweeps {
        walk,
        projects: walk.begin("projects").await,
        variables: walk.begin("project variables").await,
        closed: Tally::new("GraphQL ciVariables", MAINTAINER),
    };
    if let Err(trouble) = in_bulk(&sweeps).await
        && sweeps.projects.falls_to_rest(&sweeps.variables, CALL, &trouble, MAINTAINER).await
    {
        one_by_one(&sweeps).await;
    }
    sweeps.closed.tell(&sweeps.variables).await;
    sweeps.projects.end().await;
    sweeps.variables.end().await;
}

async fn in_bulk(sweeps: &Sweeps<'_>) -> Result<(), Trouble> {
    let walk = sweeps.walk;
    let mut asker = Asker::new(walk, PROJECTS);
    let membership = json!({ "membership": !walk.roster.is_admin() });
    let unfiltered = walk.source.include.is_empty() && walk.source.exclude.is_empty();
    let mut unfinished = Vec::new();
    let mut after = None;
    loop {
        let page: Connection<Node> = asker.page(after.as_ref(), &membership).await?;
        if let Some(total) = page.count.filter(|_| unfiltered) {
            sweeps.projects.expects(total).await;
        }
        let next = page.page_info.next();
        let wanted: Vec<Node> =
            page.into_nodes().filter(|node| wants(&walk.source, &node.full_path)).collect();
        let (mut projects, mut variables) = (Vec::with_capacity(wanted.len()), Vec::new());
        for node in wanted {
            projects.push(take(sweeps, node, &mut variables, &mut unfinished));
        }
        sweeps.projects.saw(projects).await;
        sweeps.variables.saw(variables).await;
        for words in asker.complaints.drain(..) {
            sweeps.projects.gap(CALL, Blame::Scope(format!("{MAINTAINER} GitLab says: {words}"))).await;
        }
        if next.is_none() || next == after {
            break;
        }
        after = next;
    }
    finish(sweeps, unfinished).await
}

/// Takes one project apart, and notes what its page left out.
fn take(
    sweeps: &Sweeps<'_>,
    node: Node,
    variables: &mut Vec<Variable>,
    unfinished: &mut Vec<Unfinished>,
) -> Project {
    let walk = sweeps.walk;
    let number = node.id.0;
    let mut carries = false;
    match node.ci_variables {
        Some(page) => {
            if let Some(next) = page.page_info.next() {
                unfinished.push((number, node.full_path.clone(), next));
            }
            let first = variables.len();
            let owner = Owner::Project(number);
            variables.extend(page.into_nodes().filter_map(|node| node.seen(walk.instance(), owner)));
            carries = variables[first..].iter().any(may_carry);
        }
        None => drop(sweeps.closed.add(&node.full_path, &closed())),
    }
    // A list that is longer than its page is no list; `protected_branches` reads it whole.
    let rules = node.branch_rules.filter(|rules| !rules.page_info.has_next_page);
    let holder = Holder {
        path: node.full_path.clone(),
        archived: node.archived == Some(true),
        carries,
        read: false,
        branches: rules.is_some(),
        aws: false,
    };
    walk.roster.project(number, holder);
    Project {
        instance: walk.instance().clone(),
        number,
        path: Some(node.full_path),
        archived: node.archived,
        visibility: node.visibility,
        last_activity: node.last_activity_at,
        url: node.web_url,
        protected_branches: rules.map(protected),
        ..Project::default()
    }
}

/// GitLab answers `null` where the token may not see a list.
pub(super) fn closed() -> Halt {
    Halt::Failed(Error::Refused { status: 403, message: String::new() })
}

/// Names and globs of protected branches. "All branches" and "All protected branches" are rules too and no branches: a
/// branch's name has no blank.
fn protected(rules: Connection<Rule>) -> Vec<String> {
    let protected = rules.into_nodes().filter(|rule| rule.is_protected == Some(true));
    protected.filter_map(|rule| rule.name).filter(|name| !name.contains(' ')).collect()
}

/// Reads on where a project has more variables than its page shows.
async fn finish(sweeps: &Sweeps<'_>, unfinished: Vec<Unfinished>) -> Result<(), Trouble> {
    let mut asker = Asker::new(sweeps.walk, PROJECT_VARIABLES);
    for (number, path, after) in unfinished {
        let of = (path.as_str(), Owner::Project(number));
        let carries = more(sweeps.walk, &sweeps.variables, &mut asker, of, after).await?;
        sweeps.walk.roster.project(number, Holder { carries, ..Holder::default() });
    }
    Ok(())
}

/// The variables of one project or group after the first page; says whether one of them may carry credentials.
pub(super) async fn more(
    walk: &Walk,
    variables: &Strand<'_>,
    asker: &mut Asker<'_>,
    (path, owner): (&str, Owner),
    first: Arc<str>,
) -> Result<bool, Trouble> {
    let mut carries = false;
    let mut after = Some(first);
    while let Some(here) = after.take() {
        let page: More = asker.ask(&json!({ "path": path, "after": here })).await?;
        let Some(page) = page.ci_variables else { break };
        after = page.page_info.next().filter(|next| *next != here);
        let seen: Vec<Variable> =
            page.into_nodes().filter_map(|node| node.seen(walk.instance(), owner)).collect();
        carries |= seen.iter().any(may_carry);
        variables.saw(seen).await;
    }
    Ok(carries)
}

/// REST: the list, then the variables of one project after the other, values and all.
async fn one_by_one(sweeps: &Sweeps<'_>) {
    let walk = sweeps.walk;
    if let Err(halt) = project_settings::list(walk, &sweeps.projects).await {
        sweeps.projects.refused(project_settings::CALL, &halt, project_settings::FIX).await;
        sweeps.variables.in_part();
    }
    let tally = Tally::new("GET /projects/:id/variables", MAINTAINER);
    let asked = walk.roster.projects();
    walk.each(asked, async |(number, project)| {
        match single::project_variables(walk, &sweeps.variables, number).await {
            Ok(()) => std::ops::ControlFlow::Continue(()),
            Err(halt) => tally.add(&project.path, &halt),
        }
    })
    .await;
    tally.tell(&sweeps.variables).await;
    if walk.is_stopped() {
        sweeps.variables.in_part();
    }
}
