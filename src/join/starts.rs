//! What a runner's file has jobs run on: an instance profile, an Auto Scaling group, a task definition, each found by the name that the
//! file has for it.

use std::collections::BTreeSet;

use super::{Join, Linked, linked::Weave};
use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::InstanceProfile,
        compute::{ScalingGroup, TaskDefinition},
        estate::Estate,
        id::{Id, Kind},
        link::{Grade, Proof, Relation},
        runner_config::RunnerConfig,
    },
};

pub(super) const JOIN: Join = Join { name: "starts", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    for (id, config) in estate.named::<RunnerConfig>() {
        let Some((found, kind, written, says)) = started(estate, config) else { continue };
        let near = accounts(weave.so_far(), id, config);
        let proof = Proof::of(says);
        for (to, grade) in narrowed(found, &near, || Id::new(kind, written)) {
            let proof = match grade {
                Grade::Inferred => Proof::of("several accounts or regions have one of this name"),
                _ => proof.clone(),
            };
            weave.add(id.clone(), Relation::Starts, to, grade, proof);
        }
    }
}

type Found = Vec<(Id, Option<AccountId>)>;

/// Everything the file could mean, the kind of thing, what the file calls it, and where in the file.
fn started<'a>(estate: &Estate, config: &'a RunnerConfig) -> Option<(Found, Kind, &'a str, &'static str)> {
    Some(match config.executor.as_deref()? {
        "docker+machine" => {
            let name = config.machine.as_ref()?.profile.as_deref()?;
            let says = "amazonec2-iam-instance-profile in MachineOptions";
            (profiles(estate, name), Kind::Profile, name, says)
        }
        "docker-autoscaler" | "instance" => {
            let settings = config.autoscaler.as_ref()?;
            let name = settings.group.as_deref()?;
            let found = groups(estate, name, settings.region.as_deref());
            (found, Kind::ScalingGroup, name, "name in [runners.autoscaler.plugin_config]")
        }
        "custom" => {
            let settings = config.fargate.as_ref()?;
            let name = settings.task_definition.as_deref()?;
            let found = tasks(estate, name, settings.region.as_deref());
            (found, Kind::TaskDefinition, name, "TaskDefinition in the Fargate driver's file")
        }
        _ => return None,
    })
}

fn profiles(estate: &Estate, written: &str) -> Found {
    if let Some(arn) = Arn::new(written) {
        return vec![(Id::profile(&arn), arn.account())];
    }
    let named = estate.all::<InstanceProfile>().filter(|profile| profile.arn.name() == written);
    named.map(|profile| (profile.id(), profile.arn.account())).collect()
}

fn groups(estate: &Estate, name: &str, region: Option<&str>) -> Found {
    let named = estate.all::<ScalingGroup>().filter(|group| *group.name == *name);
    let here = named.filter(|group| region.is_none_or(|region| *group.region == *region));
    here.map(|group| (group.id(), Some(group.account))).collect()
}

/// `family`, `family:revision` or an ARN. Of a family the latest revision is known.
fn tasks(estate: &Estate, written: &str, region: Option<&str>) -> Found {
    if let Some(arn) = Arn::new(written) {
        return vec![(Id::task_definition(&arn), arn.account())];
    }
    let fits = |task: &&TaskDefinition| {
        let name = task.arn.name();
        let is_named = name == written || name.split_once(':').is_some_and(|(family, _)| family == written);
        is_named && region.is_none_or(|region| task.arn.region() == region)
    };
    estate.all::<TaskDefinition>().filter(fits).map(|task| (task.id(), task.arn.account())).collect()
}

/// Accounts that the runner's own things are in: the machines of its managers, the key it starts machines with.
fn accounts(linked: &Linked, id: &Id, config: &RunnerConfig) -> BTreeSet<AccountId> {
    let key = config.machine.as_ref().and_then(|machine| machine.key.as_ref()?.account());
    let runners = linked.targets(id, Relation::Configures);
    let managers = runners.flat_map(|runner| linked.targets(runner, Relation::HasManager));
    let machines = managers.flat_map(|manager| linked.targets(manager, Relation::SitsOn));
    let numbers = machines.filter_map(|machine| machine.key_text().split('/').next()?.parse().ok());
    numbers.chain(key).collect()
}

/// One thing is meant; of several those in the runner's own accounts; and where none is known, what the file calls it.
fn narrowed(found: Found, near: &BTreeSet<AccountId>, unseen: impl FnOnce() -> Id) -> Vec<(Id, Grade)> {
    let is_near =
        |(_, account): &&(Id, Option<AccountId>)| account.is_some_and(|account| near.contains(&account));
    let nearer: Vec<Id> = found.iter().filter(is_near).map(|(id, _)| id.clone()).collect();
    let meant: Vec<Id> = match (found.len(), nearer.len()) {
        (0, _) => return vec![(unseen(), Grade::Configured)],
        (1, _) | (_, 0) => found.into_iter().map(|(id, _)| id).collect(),
        _ => nearer,
    };
    let grade = if meant.len() == 1 { Grade::Configured } else { Grade::Inferred };
    meant.iter().map(|id| (id.clone(), grade)).collect()
}
