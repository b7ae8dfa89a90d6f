//! What runs where: runner to manager, instance to profile, profile to role.

use super::{Join, linked::Weave};
use crate::model::{
    aws::{InstanceProfile, Machine},
    estate::Estate,
    gitlab::Manager,
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "machine", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let reported = Proof::of("the runner manager reports to GitLab");
    for (id, manager) in estate.named::<Manager>() {
        let runner = Id::runner(&manager.instance, manager.runner);
        weave.add(runner, Relation::HasManager, id.clone(), Grade::Configured, reported.clone());
    }
    let attached = Proof::of("EC2 shows it attached");
    for machine in estate.all::<Machine>() {
        if let Some(profile) = &machine.profile {
            let profile = Id::profile(profile);
            weave.add(machine.id(), Relation::HasProfile, profile, Grade::Configured, attached.clone());
        }
    }
    let inside = Proof::of("IAM lists it in the profile");
    for profile in estate.all::<InstanceProfile>() {
        for role in profile.roles.iter().flatten() {
            weave.add(profile.id(), Relation::HasRole, Id::role(role), Grade::Configured, inside.clone());
        }
    }
}
