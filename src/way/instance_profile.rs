//! Jobs on the runner manager's own machine: whatever reaches the machine's metadata service has the role of its instance profile.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    CredentialPath, Ground, Life, Way, sessions,
    start::{self, Rest},
};
use crate::model::{
    aws::Machine,
    gitlab::{Manager, Runner},
    id::Id,
    link::{Grade, Link, Proof, Relation},
    runner_config::{DockerSettings, RunnerConfig},
};

pub(super) const WAY: Way = Way {
    name: "instance-profile",
    title: "instance profile of the runner's machine",
    life: Life::Short,
    better: "Require IMDSv2 with a hop limit of 1 on the runner's machine, and let the jobs' id tokens open a role of their own.",
    find,
};

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = BTreeMap::new();
    for (id, _) in ground.estate.named::<Runner>() {
        let found: Vec<Rest> = links(ground, id, Relation::HasManager)
            .flat_map(|has_manager| on_machines(ground, id, has_manager))
            .collect();
        if found.is_empty() {
            continue;
        }
        let start = start::of_runner(ground, id);
        // Two managers on one machine are one path.
        paths
            .extend(found.into_iter().map(|rest| start.path(&WAY, rest)).map(|path| (path.id.clone(), path)));
    }
    paths.into_values().collect()
}

fn links<'a>(ground: &Ground<'a>, from: &Id, relation: Relation) -> impl Iterator<Item = &'a Link> {
    ground.linked.from(from).filter(move |link| link.relation == relation)
}

/// What the jobs of one manager reach.
fn on_machines(ground: &Ground<'_>, runner: &Id, has_manager: &Link) -> Vec<Rest> {
    let Some(manager) = ground.estate.find::<Manager>(&has_manager.to) else { return Vec::new() };
    let config = config_of(ground, runner, manager);
    let mut found = Vec::new();
    for sits_on in links(ground, &has_manager.to, Relation::SitsOn) {
        let Some(machine) = ground.estate.find::<Machine>(&sits_on.to) else { continue };
        let Some(reach) = reach(manager, config, machine) else { continue };
        for has_profile in links(ground, &sits_on.to, Relation::HasProfile) {
            let has_profile = reach.weigh(has_profile);
            for has_role in links(ground, &has_profile.to, Relation::HasRole) {
                found.push(Rest {
                    via: sits_on.to.clone(),
                    to: has_role.to.clone(),
                    hops: vec![has_manager.clone(), sits_on.clone(), has_profile.clone(), has_role.clone()],
                    used: used(ground, machine, &has_role.to),
                    cautions: vec![reach.says.clone()],
                });
            }
        }
    }
    found
}

/// The entry of a runner's file that this manager runs from.
fn config_of<'a>(ground: &Ground<'a>, runner: &Id, manager: &Manager) -> Option<&'a RunnerConfig> {
    let all: Vec<&RunnerConfig> = start::configs_of(ground, runner).map(|(_, config)| config).collect();
    let own = all.iter().find(|config| config.system_id.as_ref() == Some(&manager.system_id));
    own.or_else(|| all.iter().find(|config| config.system_id.is_none())).copied()
}

/// How a job gets to the metadata service, and how surely.
struct Reach {
    is_sure: bool,
    says: String,
}

impl Reach {
    /// The profile's link, no surer than the way to it.
    fn weigh(&self, has_profile: &Link) -> Link {
        let proof = || Proof::of(format!("{}; {}", has_profile.proof.text, self.says));
        if self.is_sure {
            has_profile.clone()
        } else {
            Link { grade: Grade::Inferred, proof: proof(), ..has_profile.clone() }
        }
    }
}

/// Whether jobs of a manager on a machine reach its metadata service; `None` for no.
fn reach(manager: &Manager, config: Option<&RunnerConfig>, machine: &Machine) -> Option<Reach> {
    let executor = config.and_then(|config| config.executor.as_ref()).or(manager.executor.as_ref());
    let sure = |says: String| Some(Reach { is_sure: true, says });
    let unsure = |says: &str| Some(Reach { is_sure: false, says: says.to_owned() });
    match executor.map(String::as_str) {
        Some("shell") => sure("Jobs run on the machine itself.".into()),
        Some("custom") if config.is_none_or(|config| config.fargate.is_none()) => {
            unsure("Where the custom executor's driver runs jobs was not read.")
        }
        Some("docker" | "docker-windows") => {
            if let Some(hole) = config.and_then(|config| hole(config.docker.as_ref()?)) {
                return sure(format!("Containers step around the hop limit: {hole}."));
            }
            match (machine.imds_tokens_required, machine.imds_hop_limit) {
                (Some(false), _) => {
                    sure("IMDSv1 is allowed: any request from a container is answered.".into())
                }
                (_, Some(hops)) if hops >= 2 => {
                    sure(format!("The hop limit is {hops}: containers reach the metadata service."))
                }
                (Some(true), Some(_)) => None,
                _ => unsure("The machine's metadata options were not read."),
            }
        }
        None => unsure("The executor was not read: jobs may run elsewhere."),
        Some(_) => None,
    }
}

/// What in a runner's file takes a container onto its host.
fn hole(docker: &DockerSettings) -> Option<&'static str> {
    let mounts = |source: &str| docker.volumes.iter().any(|volume| volume.split(':').next() == Some(source));
    if docker.network_mode.as_deref() == Some("host") {
        Some("network_mode is host")
    } else if docker.privileged {
        Some("privileged is on")
    } else if docker.volumes.iter().any(|volume| volume.contains("docker.sock")) {
        Some("the Docker socket is mounted")
    } else if mounts("/") {
        Some("the machine's root folder is mounted")
    } else {
        None
    }
}

/// EC2 names sessions of an instance profile after the instance.
fn used(ground: &Ground<'_>, machine: &Machine, role: &Id) -> Option<Arc<Proof>> {
    let how = format!("named after {}", machine.instance);
    sessions::seen(ground, role, &how, |session| session.session_name.as_ref() == Some(&machine.instance))
}
