//! Groups with the attributes of their variables: in bulk by GraphQL for administrators, by REST for everybody else, since
//! GraphQL's list of groups holds every public group of the server.

use std::{ops::ControlFlow, sync::Arc};

use gitlab::api::groups::Groups;
use serde::Deserialize;
use serde_json::json;

use super::{
    super::{
        endpoint::built,
        graphql::{Asker, Trouble},
        queries::{GROUP_VARIABLES, GROUPS},
        reach::wants,
        roster::Holder,
        single,
        strand::Strand,
        tally::Tally,
        variable::{self, may_carry},
        walk::{Halt, Walk},
        wire::{Connection, Gid, Named},
    },
    projects::{closed, more},
};
use crate::{
    base::blame::Blame,
    model::gitlab::{Group, Owner, Variable},
    net::Place,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: Gid,
    full_path: String,
    web_url: Option<String>,
    parent: Option<Named>,
    ci_variables: Option<Connection<variable::Node>>,
}

#[derive(Deserialize)]
struct Listed {
    id: u64,
    full_path: String,
    web_url: Option<String>,
    parent_id: Option<u64>,
}

struct Sweeps<'w> {
    walk: &'w Walk,
    groups: Strand<'w>,
    variables: Strand<'w>,
    closed: Tally,
}

const BULK: &str = "POST /api/graphql groups";
const OWNER: &str = "needs a token of an administrator, or of an owner of the groups.";
const MEMBER: &str = "needs a token that sees the groups: a member of them.";

pub(in super::super) async fn walk(walk: &Walk) {
    let sweeps = Sweeps {
        walk,
        groups: walk.begin("groups").await,
        variables: walk.begin("group variables").await,
        closed: Tally::new("GraphQL ciVariables", OWNER),
    };
    let asks_one_by_one = !walk.roster.is_admin()
        || match in_bulk(&sweeps).await {
            Ok(()) => false,
            Err(trouble) => sweeps.groups.falls_to_rest(&sweeps.variables, BULK, &trouble, OWNER).await,
        };
    if asks_one_by_one {
        one_by_one(&sweeps).await;
    }
    sweeps.closed.tell(&sweeps.variables).await;
    sweeps.groups.end().await;
    sweeps.variables.end().await;
}

async fn in_bulk(sweeps: &Sweeps<'_>) -> Result<(), Trouble> {
    let walk = sweeps.walk;
    let mut asker = Asker::new(walk, GROUPS);
    let mut unfinished = Vec::new();
    let mut after = None;
    loop {
        let page: Connection<Node> = asker.page(after.as_ref(), &json!({})).await?;
        let next = page.page_info.next();
        let (mut groups, mut variables) = (Vec::new(), Vec::new());
        for node in page.into_nodes().filter(|node| wants(&walk.source, &node.full_path)) {
            groups.push(take(sweeps, node, &mut variables, &mut unfinished));
        }
        sweeps.groups.saw(groups).await;
        sweeps.variables.saw(variables).await;
        for words in asker.complaints.drain(..) {
            sweeps.groups.gap(BULK, Blame::Scope(format!("{OWNER} GitLab says: {words}"))).await;
        }
        if next.is_none() || next == after {
            break;
        }
        after = next;
    }
    let mut asker = Asker::new(walk, GROUP_VARIABLES);
    for (number, path, after) in unfinished {
        let of = (path.as_str(), Owner::Group(number));
        let carries = more(walk, &sweeps.variables, &mut asker, of, after).await?;
        walk.roster.group(number, Holder { carries, ..Holder::default() });
    }
    Ok(())
}

fn take(
    sweeps: &Sweeps<'_>,
    node: Node,
    variables: &mut Vec<Variable>,
    unfinished: &mut Vec<(u64, String, Arc<str>)>,
) -> Group {
    let walk = sweeps.walk;
    let number = node.id.0;
    let mut carries = false;
    match node.ci_variables {
        Some(page) => {
            if let Some(next) = page.page_info.next() {
                unfinished.push((number, node.full_path.clone(), next));
            }
            let first = variables.len();
            let owner = Owner::Group(number);
            variables.extend(page.into_nodes().filter_map(|node| node.seen(walk.instance(), owner)));
            carries = variables[first..].iter().any(may_carry);
        }
        None => drop(sweeps.closed.add(&node.full_path, &closed())),
    }
    walk.roster.group(number, Holder { path: node.full_path.clone(), carries, ..Holder::default() });
    Group {
        instance: walk.instance().clone(),
        number,
        path: Some(node.full_path),
        parent: node.parent.map(|parent| parent.id.0),
        url: node.web_url,
    }
}

/// REST: the list, then the variables of one group after the other, values and all.
async fn one_by_one(sweeps: &Sweeps<'_>) {
    let walk = sweeps.walk;
    if let Err(halt) = list(sweeps).await {
        sweeps.groups.refused("GET /groups", &halt, MEMBER).await;
        sweeps.variables.in_part();
    }
    let tally = Tally::new("GET /groups/:id/variables", OWNER);
    walk.each(walk.roster.groups(), async |(number, group): (u64, Holder)| {
        match single::group_variables(walk, &sweeps.variables, number).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(halt) => tally.add(&group.path, &halt),
        }
    })
    .await;
    tally.tell(&sweeps.variables).await;
}

async fn list(sweeps: &Sweeps<'_>) -> Result<(), Halt> {
    let walk = sweeps.walk;
    let mut endpoint = Groups::builder();
    if !walk.roster.is_admin() {
        endpoint.all_available(false);
    }
    let mut pages = walk.pages(built(endpoint.build())?, Place::Start);
    while let Some(page) = pages.next().await? {
        let listed: Vec<Listed> = page.answer.json("a list of groups")?;
        let wanted = listed.into_iter().filter(|group| wants(&walk.source, &group.full_path));
        let seen = wanted.map(|group| {
            walk.roster.group(group.id, Holder { path: group.full_path.clone(), ..Holder::default() });
            Group {
                instance: walk.instance().clone(),
                number: group.id,
                path: Some(group.full_path),
                parent: group.parent_id,
                url: group.web_url,
            }
        });
        sweeps.groups.saw(seen.collect::<Vec<_>>()).await;
    }
    Ok(())
}
