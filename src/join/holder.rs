//! Who holds a variable, and which group a project or a schedule belongs to.

use super::{Join, linked::Weave};
use crate::model::{
    estate::Estate,
    gitlab::{Group, Project, Schedule, Variable},
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "holder", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let stated = Proof::of("GitLab lists it there");
    // A page shows one owner's variables after the other: its id is made once.
    let mut holder: Option<(&Variable, Id)> = None;
    for (id, variable) in estate.named::<Variable>() {
        let same = |(of, _): &(&Variable, Id)| of.owner == variable.owner && of.instance == variable.instance;
        let (_, owner) = match holder.take().filter(same) {
            Some(holder) => holder,
            None => (variable, variable.owner.id(&variable.instance)),
        };
        weave.add(owner.clone(), Relation::Holds, id.clone(), Grade::Configured, stated.clone());
        holder = Some((variable, owner));
    }
    for (id, schedule) in estate.named::<Schedule>() {
        let project = Id::project(&schedule.instance, schedule.project);
        weave.add(project, Relation::Contains, id.clone(), Grade::Configured, stated.clone());
    }
    for (id, group) in estate.named::<Group>() {
        if let Some(parent) = group.parent {
            let parent = Id::group(&group.instance, parent);
            weave.add(parent, Relation::Contains, id.clone(), Grade::Configured, stated.clone());
        }
    }
    for (id, _) in estate.named::<Project>() {
        if let Some(group) = weave.so_far().reach().groups_of(id).first().cloned() {
            weave.add(group, Relation::Contains, id.clone(), Grade::Configured, stated.clone());
        }
    }
}
