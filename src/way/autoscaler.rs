//! Machines that a runner starts for jobs: docker+machine gives them an instance profile, docker-autoscaler and instance have an Auto
//! Scaling group whose template does.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    CredentialPath, Ground, Life, Way, sessions,
    start::{self, Rest},
};
use crate::model::{
    aws::Machine,
    compute::{LaunchTemplate, ScalingGroup},
    id::{Id, Kind},
    link::{Link, Proof, Relation},
    runner_config::RunnerConfig,
};

pub(super) const WAY: Way = Way {
    name: "autoscaler",
    title: "instance profile of machines started for jobs",
    life: Life::Short,
    better: "Give the machines a profile that may pull images and no more, and let the jobs' id tokens open roles.",
    find,
};

const GROUPS: &str = "autoscaling:DescribeAutoScalingGroups";
const CONFIGURATIONS: &str = "autoscaling:DescribeLaunchConfigurations";
const TEMPLATES: &str = "ec2:DescribeLaunchTemplateVersions";
const PROFILES: &str = "iam:ListInstanceProfiles";

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, config) in ground.estate.named::<RunnerConfig>() {
        let starts = ground.linked.from(id).filter(|link| link.relation == Relation::Starts);
        let machines = starts.filter(|link| matches!(link.to.kind(), Kind::Profile | Kind::ScalingGroup));
        let found: Vec<Ends> = machines.flat_map(|starts| ends(ground, starts)).collect();
        for start in start::of_config(ground, id) {
            paths.extend(found.iter().map(|ends| start.path(&WAY, ends.rest(ground, config))));
        }
    }
    paths
}

/// From what the runner starts to a role, or as far as could be read.
struct Ends {
    hops: Vec<Link>,
    via: Id,
    to: Id,
    cautions: Vec<String>,
}

impl Ends {
    fn rest(&self, ground: &Ground<'_>, config: &RunnerConfig) -> Rest {
        let mut cautions = self.cautions.clone();
        cautions.extend(self.behind_walls(ground, config).map(str::to_owned));
        Rest {
            via: self.via.clone(),
            to: self.to.clone(),
            hops: self.hops.clone(),
            used: self.used(ground),
            cautions,
        }
    }

    /// Sessions named after instances that have the profile.
    fn used(&self, ground: &Ground<'_>) -> Option<Arc<Proof>> {
        let profile = self.hops.iter().find(|hop| hop.relation == Relation::HasRole).map(|hop| &hop.from)?;
        let machines = ground.linked.origins(profile, Relation::HasProfile);
        let machines = machines.filter_map(|id| ground.estate.find::<Machine>(id));
        let names: BTreeSet<&str> = machines.map(|machine| &*machine.instance).collect();
        sessions::seen(ground, &self.to, "named after instances with the profile", |session| {
            session.session_name.as_deref().is_some_and(|name| names.contains(name))
        })
    }

    /// Containers, other than jobs on the machine itself, may be kept from the metadata service.
    fn behind_walls(&self, ground: &Ground<'_>, config: &RunnerConfig) -> Option<&'static str> {
        let template = self.hops.iter().find_map(|hop| ground.estate.find::<LaunchTemplate>(&hop.to));
        let machine = config.machine.as_ref();
        let (required, hops) = match template {
            Some(template) => (template.imds_tokens_required, template.imds_hop_limit),
            None => (machine?.imds_tokens_required, machine?.imds_hop_limit),
        };
        let in_containers = config.executor.as_deref() != Some("instance");
        let is_closed = required == Some(true) && hops == Some(1) && in_containers;
        is_closed.then_some("IMDSv2 with a hop limit of 1: only what breaks out of its container, or shares the machine's network, reaches it.")
    }
}

fn ends(ground: &Ground<'_>, starts: &Link) -> Vec<Ends> {
    let profiles = if starts.to.kind() == Kind::Profile {
        vec![(vec![starts.clone()], starts.to.clone())]
    } else {
        match of_group(ground, starts) {
            Ok(profiles) => profiles,
            Err(caution) => return vec![unresolved(vec![starts.clone()], starts, caution)],
        }
    };
    let mut found = Vec::new();
    for (hops, profile) in profiles {
        let roles: Vec<&Link> =
            ground.linked.from(&profile).filter(|link| link.relation == Relation::HasRole).collect();
        if roles.is_empty() && !is_empty(ground, &profile) {
            let why = refused_at(ground, None, &[PROFILES]);
            let caution = format!("The role of {} was not read. {why}", profile.key_text());
            found.push(Ends { to: profile, ..unresolved(hops.clone(), starts, caution) });
        }
        found.extend(roles.into_iter().map(|has_role| Ends {
            hops: hops.iter().chain([has_role]).cloned().collect(),
            via: starts.to.clone(),
            to: has_role.to.clone(),
            cautions: Vec::new(),
        }));
    }
    found
}

/// A profile that was read and has no role gives no credentials.
fn is_empty(ground: &Ground<'_>, profile: &Id) -> bool {
    let seen = ground.estate.find::<crate::model::aws::InstanceProfile>(profile);
    seen.is_some_and(|seen| seen.roles.is_some())
}

/// A path that ends at what the runner starts.
fn unresolved(hops: Vec<Link>, starts: &Link, caution: String) -> Ends {
    Ends { hops, via: starts.to.clone(), to: starts.to.clone(), cautions: vec![caution] }
}

type Profiles = Vec<(Vec<Link>, Id)>;

/// The profiles of a group's machines with the links to them; why they are not known, where they are not.
fn of_group(ground: &Ground<'_>, starts: &Link) -> Result<Profiles, String> {
    let Some(group) = ground.estate.find::<ScalingGroup>(&starts.to) else {
        let why = refused_at(ground, None, &[GROUPS]);
        return Err(format!("No Auto Scaling group of this name was read. {why}"));
    };
    let place = format!("{} {}", group.account, group.region);
    let has_profile = |from: &Id| -> Vec<Link> {
        ground.linked.from(from).filter(|link| link.relation == Relation::HasProfile).cloned().collect()
    };
    let own = has_profile(&starts.to);
    if !own.is_empty() {
        return Ok(own.into_iter().map(|link| (vec![starts.clone(), link.clone()], link.to)).collect());
    }
    let mut launches = ground.linked.from(&starts.to).filter(|link| link.relation == Relation::Launches);
    let template = launches.find(|link| link.to.kind() == Kind::LaunchTemplate);
    let Some(launches) = template else {
        // A launch configuration without a profile was read as one with an empty name.
        return if group.profile.is_some() {
            Ok(Vec::new())
        } else {
            Err(format!(
                "What the group launches was not read. {}",
                refused_at(ground, Some(&place), &[CONFIGURATIONS, TEMPLATES])
            ))
        };
    };
    if ground.estate.find::<LaunchTemplate>(&launches.to).is_none() {
        let why = refused_at(ground, Some(&place), &[TEMPLATES]);
        return Err(format!("The group's launch template was not read. {why}"));
    }
    let profiles = has_profile(&launches.to).into_iter();
    Ok(profiles.map(|link| (vec![starts.clone(), launches.clone(), link.clone()], link.to)).collect())
}

/// The sentence with the missing permission, or that nothing refused it.
fn refused_at(ground: &Ground<'_>, place: Option<&str>, actions: &[&str]) -> String {
    let why = actions.iter().find_map(|action| start::refused(ground, place, action));
    why.unwrap_or_else(|| format!("It would take {}.", actions.join(" and ")))
}
