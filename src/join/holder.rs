//! Who holds a variable, and which group a project or a schedule belongs to.

use super::{Join, linked::Weave};
use crate::model::{
    estate::Estate,
    gitlab::{Group, Project, Schedule, Variable},
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "holder", add };

fn add(estate: &Estate, weave: &mut Weave) {
    let stated = Proof::of("GitLab lists it there");
    for variable in estate.all::<Variable>() {
        let owner = variable.owner.id(&variable.instance);
        weave.add(owner, Relation::Holds, variable.id(), Grade::Configured, stated.clone());
    }
    for schedule in estate.all::<Schedule>() {
        let project = Id::project(&schedule.instance, schedule.project);
        weave.add(project, Relation::Contains, schedule.id(), Grade::Configured, stated.clone());
    }
    for group in estate.all::<Group>() {
        if let Some(parent) = group.parent {
            let parent = Id::group(&group.instance, parent);
            weave.add(parent, Relation::Contains, group.id(), Grade::Configured, stated.clone());
        }
    }
    for project in estate.all::<Project>() {
        let id = project.id();
        if let Some(group) = weave.so_far().reach().groups_of(&id).first().cloned() {
            weave.add(group, Relation::Contains, id, Grade::Configured, stated.clone());
        }
    }
}
