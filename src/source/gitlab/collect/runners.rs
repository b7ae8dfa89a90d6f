//! Runners with their managers and whom they serve: in bulk by GraphQL for administrators, by REST (a list, then two calls a
//! runner) for everybody else. Only GraphQL tells a manager's executor.

use serde::Deserialize;
use serde_json::json;

use super::super::{
    graphql::{Asker, Trouble},
    queries::RUNNERS,
    roster::KnownRunner,
    runner_rest,
    strand::Strand,
    walk::Walk,
    wire::{Connection, Gid, Named, lower, time, told},
};
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::gitlab::{Manager, Runner, RunnerType},
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    id: Gid,
    description: Option<String>,
    runner_type: Option<String>,
    paused: Option<bool>,
    locked: Option<bool>,
    access_level: Option<String>,
    run_untagged: Option<bool>,
    tag_list: Option<Vec<String>>,
    status: Option<String>,
    #[serde(default, deserialize_with = "time")]
    contacted_at: Option<Timestamp>,
    #[serde(default, deserialize_with = "time")]
    created_at: Option<Timestamp>,
    maximum_timeout: Option<u64>,
    groups: Option<Connection<Named>>,
    projects: Option<Connection<Named>>,
    managers: Option<Connection<ManagerNode>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ManagerNode {
    system_id: Option<String>,
    executor_name: Option<String>,
    version: Option<String>,
    platform_name: Option<String>,
    architecture_name: Option<String>,
    ip_address: Option<String>,
    #[serde(default, deserialize_with = "time")]
    contacted_at: Option<Timestamp>,
    status: Option<String>,
}

const BULK: &str = "POST /api/graphql runners";
const ADMIN: &str = "needs a token of an administrator.";

/// The two sweeps that one page feeds.
pub(in super::super) struct Sweeps<'w> {
    pub walk: &'w Walk,
    pub runners: Strand<'w>,
    pub managers: Strand<'w>,
}

pub(in super::super) async fn walk(walk: &Walk) {
    let sweeps =
        Sweeps { walk, runners: walk.begin("runners").await, managers: walk.begin("runner managers").await };
    let asks_one_by_one = !walk.roster.is_admin()
        || match in_bulk(&sweeps).await {
            Ok(()) => false,
            Err(trouble) => sweeps.runners.falls_to_rest(&sweeps.managers, BULK, &trouble, ADMIN).await,
        };
    if asks_one_by_one {
        runner_rest::one_by_one(&sweeps).await;
    }
    sweeps.runners.end().await;
    sweeps.managers.end().await;
}

async fn in_bulk(sweeps: &Sweeps<'_>) -> Result<(), Trouble> {
    let walk = sweeps.walk;
    let mut asker = Asker::new(walk, RUNNERS);
    let mut after = None;
    loop {
        let page: Connection<Node> = asker.page(after.as_ref(), &json!({})).await?;
        if let Some(total) = page.count {
            sweeps.runners.expects(total).await;
        }
        let next = page.page_info.next();
        let mut managers = Vec::new();
        let mut runners = Vec::new();
        for node in page.into_nodes() {
            runners.push(take(sweeps, node, &mut managers).await);
        }
        sweeps.runners.saw(runners).await;
        sweeps.managers.saw(managers).await;
        for words in asker.complaints.drain(..) {
            sweeps.runners.gap(BULK, Blame::Scope(format!("{ADMIN} GitLab says: {words}"))).await;
        }
        if next.is_none() || next == after {
            return Ok(());
        }
        after = next;
    }
}

/// Takes one runner apart; what its page left out is read by REST.
async fn take(sweeps: &Sweeps<'_>, node: Node, managers: &mut Vec<Manager>) -> Runner {
    let walk = sweeps.walk;
    let number = node.id.0;
    walk.roster.runner(KnownRunner { number, contacted: node.contacted_at });
    match node.managers {
        Some(page) if page.page_info.has_next_page => {
            // REST gives all of them in one answer, though without executors: those of the first page are shown after it.
            runner_rest::managers(sweeps, number, node.description.as_deref()).await;
            managers.extend(page.into_nodes().filter_map(|node| manager(walk, number, node)));
        }
        Some(page) => managers.extend(page.into_nodes().filter_map(|node| manager(walk, number, node))),
        None => sweeps.managers.in_part(),
    }
    let runner_type = node.runner_type.as_deref().and_then(kind);
    let ids = |page: Connection<Named>| page.into_nodes().map(|named| named.id.0).collect::<Vec<_>>();
    let projects = match node.projects {
        Some(page) if page.page_info.has_next_page => runner_rest::projects(sweeps, number).await,
        page => page.map(ids),
    };
    Runner {
        instance: walk.instance().clone(),
        number,
        description: node.description,
        runner_type,
        paused: node.paused,
        locked: node.locked,
        protected: node.access_level.map(|level| level.eq_ignore_ascii_case("ref_protected")),
        run_untagged: node.run_untagged,
        tags: node.tag_list,
        status: lower(node.status),
        contacted: node.contacted_at,
        created: node.created_at,
        projects: projects.filter(|_| runner_type == Some(RunnerType::Project)),
        groups: node.groups.map(ids).filter(|_| runner_type == Some(RunnerType::Group)),
        maximum_timeout: node.maximum_timeout,
    }
}

fn manager(walk: &Walk, runner: u64, node: ManagerNode) -> Option<Manager> {
    Some(Manager {
        instance: walk.instance().clone(),
        runner,
        system_id: node.system_id?.into(),
        address: told(node.ip_address),
        version: told(node.version),
        executor: lower(told(node.executor_name)),
        platform: told(node.platform_name),
        architecture: told(node.architecture_name),
        status: lower(node.status),
        contacted: node.contacted_at,
    })
}

/// `INSTANCE_TYPE` in GraphQL, `instance_type` in REST.
pub(in super::super) fn kind(word: &str) -> Option<RunnerType> {
    match word.to_ascii_lowercase().as_str() {
        "instance_type" => Some(RunnerType::Instance),
        "group_type" => Some(RunnerType::Group),
        "project_type" => Some(RunnerType::Project),
        _ => None,
    }
}
