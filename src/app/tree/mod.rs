//! The tree: what one thing reaches, or who can get to it, one hop at a time and as far as one likes. Here is what hangs on a thing; what
//! is unfolded lies in [`look`].

mod look;

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::{
    routes::{stations, steps},
    verb,
    world::World,
};
use crate::model::{
    id::{Id, Kind},
    link::{Grade, Relation},
};

pub(super) use look::TreeState;

/// Which way a tree grows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Direction {
    /// What this reaches.
    #[default]
    Down,
    /// Who can get here.
    Up,
}

/// One thing that hangs on another.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branch {
    pub(super) id: Id,
    /// A verb that reads from the thing above: `holds`.
    pub(super) how: &'static str,
    pub(super) grade: Grade,
}

/// Relations that credentials travel along, in the direction they travel.
const fn carries(relation: Relation) -> bool {
    matches!(
        relation,
        Relation::Holds
            | Relation::Carries
            | Relation::Names
            | Relation::MayAssume
            | Relation::HasManager
            | Relation::SitsOn
            | Relation::HasProfile
            | Relation::HasRole
            | Relation::Configures
            | Relation::Starts
            | Relation::Launches
            | Relation::Presents
            | Relation::Fetches
            | Relation::Keeps
            | Relation::Issues
            | Relation::Exposes
    )
}

/// What hangs on a thing, the surest first; each thing once.
pub(super) fn branches(world: &World, id: &Id, direction: Direction) -> Vec<Branch> {
    let mut found: BTreeMap<Id, Branch> = BTreeMap::new();
    let mut add = |branch: Branch| match found.get_mut(&branch.id) {
        Some(known) if known.grade >= branch.grade => {}
        Some(known) => *known = branch,
        None => {
            found.insert(branch.id.clone(), branch);
        }
    };
    linked(world, id, direction, &mut add);
    along_paths(world, id, direction, &mut add);
    found.remove(id);
    let mut found: Vec<Branch> = found.into_values().collect();
    found.sort_by(|a, b| b.grade.cmp(&a.grade).then_with(|| a.id.cmp(&b.id)));
    found
}

/// Links that were joined, and the role graph's.
fn linked(world: &World, id: &Id, direction: Direction, add: &mut impl FnMut(Branch)) {
    let down = direction == Direction::Down;
    // A key works as the user that owns it: this one link is taken against its direction.
    let owns = Relation::Owns;
    let (with, against) = (
        if down { world.linked.from(id).collect::<Vec<_>>() } else { world.linked.to(id).collect() },
        if down { world.linked.to(id).collect::<Vec<_>>() } else { world.linked.from(id).collect() },
    );
    let with = with.into_iter().filter(|link| carries(link.relation));
    let against = against.into_iter().filter(|link| link.relation == owns);
    for link in with.chain(against) {
        let forward = link.from == *id;
        let far = if forward { &link.to } else { &link.from };
        let how = verb::of(link.relation, forward);
        add(Branch { id: far.clone(), how, grade: link.grade });
    }
    if matches!(id.kind(), Kind::User | Kind::Role) {
        let links = if down { world.graph.out_of(id) } else { world.graph.into_role(id) };
        for link in links {
            let far = if down { link.to } else { link.from };
            add(Branch { id: far, how: verb::of(link.relation, down), grade: link.grade });
        }
    }
}

/// The next thing on every path that passes here; and between a project and a path that its jobs share with others, the path's beginning.
fn along_paths(world: &World, id: &Id, direction: Direction, add: &mut impl FnMut(Branch)) {
    let mut lists: FxHashSet<*const Id> = FxHashSet::default();
    for path in world.paths_through(id) {
        let mut here = &path.from;
        for step in steps(path) {
            let (near, far) = if direction == Direction::Down { (here, step.to) } else { (step.to, here) };
            if near == id {
                let forward = (direction == Direction::Down) == step.forward;
                add(Branch {
                    id: far.clone(),
                    how: verb::of(step.link.relation, forward),
                    grade: step.link.grade,
                });
            }
            here = step.to;
        }
        // Many paths share one list of projects.
        let is_shared = direction == Direction::Up
            && path.from == *id
            && id.kind() != Kind::Project
            && lists.insert(path.projects.as_ptr());
        for project in path.projects.iter().filter(|_| is_shared) {
            add(Branch { id: project.clone(), how: "takes jobs of", grade: path.grade() });
        }
    }
    if direction == Direction::Down && id.kind() == Kind::Project {
        let shared = world.paths_of_project(id).filter(|path| !stations(path).contains(&id));
        for path in shared {
            let how =
                if path.from.kind() == Kind::Runner { "may run on" } else { "may use what is given to" };
            add(Branch { id: path.from.clone(), how, grade: path.grade() });
        }
    }
}
