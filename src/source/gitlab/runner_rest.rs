//! Runners over REST, for tokens that are no administrator's: lists to know that a runner exists, then its detail and its
//! managers, one call each.

use std::{collections::BTreeSet, ops::ControlFlow};

use gitlab::api::{
    Endpoint,
    groups::runners::GroupRunners,
    projects::runners::ProjectRunners,
    runners::{AllRunners, Runner as RunnerDetail, Runners},
};
use serde::Deserialize;

use super::{
    collect::runners::{Sweeps, kind},
    endpoint::{built, managers as managers_of},
    roster::KnownRunner,
    tally::Tally,
    walk::{Halt, Walk},
    wire::{Numbered, time, told},
};
use crate::{
    base::time::Timestamp,
    model::gitlab::{Manager, Runner, RunnerType},
    net::Place,
};

/// `GET /runners/:id`. `projects` and `groups` hold those the token may see. Source: lib/api/entities/ci/runner_details.rb.
#[derive(Deserialize)]
struct Detail {
    id: u64,
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
    projects: Option<Vec<Numbered>>,
    groups: Option<Vec<Numbered>>,
}

#[derive(Deserialize)]
struct ListedManager {
    system_id: Option<String>,
    version: Option<String>,
    platform: Option<String>,
    architecture: Option<String>,
    ip_address: Option<String>,
    #[serde(default, deserialize_with = "time")]
    contacted_at: Option<Timestamp>,
    status: Option<String>,
}

const DETAIL: &str = "GET /runners/:id";
const MANAGERS: &str = "GET /runners/:id/managers";
const ADMIN: &str = "needs a token of an administrator.";
const MAINTAINER: &str =
    "needs a token of an administrator, or of a maintainer of the runner's group or owner project.";
const OWNER: &str = "needs a token of an administrator, or of an owner of the groups.";

/// Every runner the token can learn of, then each by itself.
pub(super) async fn one_by_one(sweeps: &Sweeps<'_>) {
    let walk = sweeps.walk;
    let numbers = numbers(sweeps).await;
    sweeps.runners.expects(numbers.len()).await;
    let details = Tally::new(DETAIL, MAINTAINER);
    walk.each(numbers.into_iter().collect(), async |number: u64| {
        let read = detail(walk, number).await;
        let detail = match read {
            Ok(detail) => detail,
            Err(halt) => return details.add(&format!("runner {number}"), &halt),
        };
        let name = detail.description.clone();
        walk.roster.runner(KnownRunner { number, contacted: detail.contacted_at });
        sweeps.runners.saw([seen(walk, detail)]).await;
        managers(sweeps, number, name.as_deref()).await;
        ControlFlow::Continue(())
    })
    .await;
    details.tell(&sweeps.runners).await;
    if walk.is_stopped() {
        sweeps.runners.in_part();
        sweeps.managers.in_part();
    }
}

/// Numbers of all runners: `/runners/all` for administrators; for others their own, those of their groups, and the instance's
/// as one of their projects sees them.
async fn numbers(sweeps: &Sweeps<'_>) -> BTreeSet<u64> {
    let walk = sweeps.walk;
    let mut numbers = BTreeSet::new();
    if walk.roster.is_admin() {
        if let Err(halt) = list(walk, built(AllRunners::builder().build()), &mut numbers).await {
            sweeps.runners.refused("GET /runners/all", &halt, ADMIN).await;
        }
        return numbers;
    }
    if let Err(halt) = list(walk, built(Runners::builder().build()), &mut numbers).await {
        sweeps.runners.refused("GET /runners", &halt, MAINTAINER).await;
    }
    walk.after(&["projects", "groups"]).await;
    let groups = Tally::new("GET /groups/:id/runners", OWNER);
    for (number, group) in walk.roster.groups() {
        let endpoint = built(GroupRunners::builder().group(number).build());
        if let Err(halt) = list(walk, endpoint, &mut numbers).await
            && groups.add(&group.path, &halt).is_break()
        {
            break;
        }
    }
    groups.tell(&sweeps.runners).await;
    // Any project sees the instance's runners. The first one that lets us look is enough.
    let mut refused = None;
    for (number, _) in walk.roster.projects().into_iter().filter(|(_, project)| project.carries).take(3) {
        let endpoint = built(ProjectRunners::builder().project(number).build());
        refused = list(walk, endpoint, &mut numbers).await.err();
        if refused.is_none() {
            break;
        }
    }
    if let Some(halt) = refused {
        sweeps.runners.refused("GET /projects/:id/runners", &halt, MAINTAINER).await;
    }
    numbers
}

async fn list<E: Endpoint + Sync>(
    walk: &Walk,
    endpoint: Result<E, Halt>,
    into: &mut BTreeSet<u64>,
) -> Result<(), Halt> {
    let mut pages = walk.pages(endpoint?, Place::Start);
    while let Some(page) = pages.next().await? {
        let listed: Vec<Numbered> = page.answer.json("a list of runners")?;
        into.extend(listed.into_iter().map(|runner| runner.id));
    }
    Ok(())
}

async fn detail(walk: &Walk, number: u64) -> Result<Detail, Halt> {
    let endpoint = built(RunnerDetail::builder().runner(number).build())?;
    Ok(walk.ask(&endpoint).await?.json("a runner")?)
}

/// The projects of a runner that serves more than fit in a GraphQL page; `None`, and a gap, when they cannot be read.
pub(super) async fn projects(sweeps: &Sweeps<'_>, number: u64) -> Option<Vec<u64>> {
    match detail(sweeps.walk, number).await {
        Ok(detail) => detail.projects.map(|projects| projects.iter().map(|project| project.id).collect()),
        Err(halt) => {
            sweeps.runners.refused(format!("GET /runners/{number}"), &halt, MAINTAINER).await;
            None
        }
    }
}

/// Reads the managers of one runner into their sweep.
pub(super) async fn managers(sweeps: &Sweeps<'_>, number: u64, name: Option<&str>) {
    let walk = sweeps.walk;
    let read: Result<Vec<ListedManager>, Halt> = async {
        let answer = walk.ask(&managers_of(number)).await?;
        Ok(answer.json("a list of runner managers")?)
    }
    .await;
    match read {
        Ok(listed) => {
            let seen = listed.into_iter().filter_map(|listed| manager(walk, number, listed));
            sweeps.managers.saw(seen.collect::<Vec<_>>()).await;
        }
        Err(halt) => {
            let call = format!("{MANAGERS} of {}", name.unwrap_or("a runner without a description"));
            sweeps.managers.refused(call, &halt, MAINTAINER).await;
        }
    }
}

fn manager(walk: &Walk, runner: u64, listed: ListedManager) -> Option<Manager> {
    Some(Manager {
        instance: walk.instance().clone(),
        runner,
        system_id: listed.system_id?.into(),
        address: told(listed.ip_address),
        version: told(listed.version),
        executor: None,
        platform: told(listed.platform),
        architecture: told(listed.architecture),
        status: listed.status,
        contacted: listed.contacted_at,
    })
}

fn seen(walk: &Walk, detail: Detail) -> Runner {
    let runner_type = detail.runner_type.as_deref().and_then(kind);
    let numbers = |list: Vec<Numbered>| list.iter().map(|numbered| numbered.id).collect::<Vec<_>>();
    Runner {
        instance: walk.instance().clone(),
        number: detail.id,
        description: detail.description,
        runner_type,
        paused: detail.paused,
        locked: detail.locked,
        protected: detail.access_level.map(|level| level == "ref_protected"),
        run_untagged: detail.run_untagged,
        tags: detail.tag_list,
        status: detail.status,
        contacted: detail.contacted_at,
        created: detail.created_at,
        projects: detail.projects.map(numbers).filter(|_| runner_type == Some(RunnerType::Project)),
        groups: detail.groups.map(numbers).filter(|_| runner_type == Some(RunnerType::Group)),
        maximum_timeout: detail.maximum_timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_recorded_runners_are_read() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-api/");
        for file in [
            "docs/runner_detail.json",
            "gitlab4j/runner-detail.json",
            "python-gitlab/runners__runner_detail.json",
        ] {
            let Ok(body) = std::fs::read_to_string(format!("{folder}{file}")) else {
                println!("skipped: {file} is not here");
                continue;
            };
            let detail: Detail = serde_json::from_str(&body).unwrap();
            assert!(detail.id > 0 && detail.tag_list.is_some(), "{file}");
            assert!(detail.contacted_at.is_some(), "{file}");
        }
        for file in ["docs/runners_all.json", "docs/runners_list.json", "gitlab4j/all-runners.json"] {
            let Ok(body) = std::fs::read_to_string(format!("{folder}{file}")) else {
                println!("skipped: {file} is not here");
                continue;
            };
            assert!(!serde_json::from_str::<Vec<Numbered>>(&body).unwrap().is_empty(), "{file}");
        }
    }
}
