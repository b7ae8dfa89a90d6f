//! What machines and tasks come with: scaling group to template and instances, template to instance profile, task definition to role.

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave, names::Names};
use crate::{
    base::name::{AccountId, Arn},
    model::{
        aws::InstanceProfile,
        compute::{LaunchTemplate, ScalingGroup, TaskDefinition},
        estate::Estate,
        id::Id,
        link::{Grade, Proof, Relation},
    },
};

pub(super) const JOIN: Join = Join { name: "launches", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let profiles = Profiles::of(estate);
    let template = Proof::of("the group launches from this version");
    let instance = Proof::of("Auto Scaling lists the instance in the group");
    let configuration = Proof::of("the group's launch configuration names it");
    for (id, group) in estate.named::<ScalingGroup>() {
        let mut link = |relation, to, proof: &std::sync::Arc<Proof>| {
            weave.add(id.clone(), relation, to, Grade::Configured, proof.clone());
        };
        if let Some((name, version)) = &group.template {
            let to = Id::launch_template(group.account, &group.region, name, version);
            link(Relation::Launches, to, &template);
        }
        for machine in group.instances.iter().flatten() {
            let to = Id::machine(group.account, &group.region, machine);
            link(Relation::Launches, to, &instance);
        }
        if let Some(profile) = profiles.find((group.account, &group.region), group.profile.as_deref()) {
            link(Relation::HasProfile, profile, &configuration);
        }
    }
    let named = Proof::of("the launch template names it");
    for (id, template) in estate.named::<LaunchTemplate>() {
        let place = (template.account, &*template.region);
        if let Some(profile) = profiles.find(place, template.profile.as_deref()) {
            weave.add(id.clone(), Relation::HasProfile, profile, Grade::Configured, named.clone());
        }
    }
    let names = Names::of(estate);
    let task = Proof::of("taskRoleArn of the task definition");
    for (id, definition) in estate.named::<TaskDefinition>() {
        if let Some(role) = &definition.task_role {
            weave.add(id.clone(), Relation::HasRole, names.role(role), Grade::Configured, task.clone());
        }
    }
}

/// Instance profiles by name: names are unique in an account, whatever the path.
struct Profiles<'a>(FxHashMap<(AccountId, &'a str), Id>);

impl<'a> Profiles<'a> {
    fn of(estate: &'a Estate) -> Self {
        let named = estate.named::<InstanceProfile>();
        let named = named.filter_map(|(id, seen)| Some(((seen.arn.account()?, seen.arn.name()), id.clone())));
        Self(named.collect())
    }

    /// A profile by its ARN or by its name in an account, seen or not; `None` for no profile.
    fn find(&self, (account, region): (AccountId, &str), written: Option<&str>) -> Option<Id> {
        let written = written.filter(|written| !written.is_empty())?;
        if let Some(arn) = Arn::new(written) {
            return Some(Id::profile(&arn));
        }
        let partition = match region.split('-').next() {
            Some("cn") => "aws-cn",
            Some("us") if region.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        };
        let unseen = || Arn::new(&format!("arn:{partition}:iam::{account}:instance-profile/{written}"));
        self.0.get(&(account, written)).cloned().or_else(|| unseen().as_ref().map(Id::profile))
    }
}
