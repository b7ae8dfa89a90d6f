//! Runners on machines whose own role may become others: an EC2 metadata proxy there hands a job the role that `IAM_ROLE` names.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Ground;
use crate::model::{
    gitlab::Runner,
    id::Id,
    link::{Link, Relation},
};

/// Runners by the roles of the machines they sit on.
pub(super) struct Proxies<'a> {
    ground: &'a Ground<'a>,
    runners: FxHashMap<&'a Id, Vec<&'a Id>>,
    /// By runner: projects whose jobs it may take. Worked out when asked for.
    projects: RefCell<FxHashMap<&'a Id, FxHashSet<Id>>>,
}

/// A runner where jobs of somebody get a role through its machine's own.
pub(super) struct Proxy<'a> {
    pub(super) runner: &'a Id,
    /// The machine's role.
    pub(super) own: &'a Id,
    /// That it may assume the role which is asked for.
    pub(super) assumes: Link,
}

impl<'a> Proxies<'a> {
    pub(super) fn of(ground: &'a Ground<'a>) -> Self {
        let linked = ground.linked;
        let mut runners: FxHashMap<&Id, Vec<&Id>> = FxHashMap::default();
        for (runner, _) in ground.estate.named::<Runner>() {
            let managers = linked.targets(runner, Relation::HasManager);
            let machines = managers.flat_map(|manager| linked.targets(manager, Relation::SitsOn));
            let profiles = machines.flat_map(|machine| linked.targets(machine, Relation::HasProfile));
            for role in profiles.flat_map(|profile| linked.targets(profile, Relation::HasRole)) {
                let known = runners.entry(role).or_default();
                if !known.contains(&runner) {
                    known.push(runner);
                }
            }
        }
        Self { ground, runners, projects: RefCell::default() }
    }

    /// Runners that some of these projects may use, on machines whose role may assume this one.
    pub(super) fn for_projects(&self, role: &Id, projects: &[Id]) -> Option<Proxy<'a>> {
        self.find(role, |runner| self.takes_any(runner, projects))
    }

    /// The same of one runner.
    pub(super) fn on(&self, role: &Id, runner: &Id) -> Option<Proxy<'a>> {
        self.find(role, |one| one == runner)
    }

    fn find(&self, role: &Id, fits: impl Fn(&'a Id) -> bool) -> Option<Proxy<'a>> {
        self.ground.graph.into_role(role).into_iter().find_map(|assumes| {
            let (own, runners) = self.runners.get_key_value(&assumes.from)?;
            let runner = runners.iter().copied().find(|runner| fits(runner))?;
            Some(Proxy { runner, own, assumes })
        })
    }

    fn takes_any(&self, runner: &'a Id, projects: &[Id]) -> bool {
        let mut known = self.projects.borrow_mut();
        let taken = known.entry(runner).or_insert_with(|| {
            let around = self.ground.linked.around(self.ground.estate, runner);
            let runs_on =
                around.into_iter().filter(|link| link.relation == Relation::RunsOn && link.to == *runner);
            runs_on.map(|link| link.from).collect()
        });
        projects.iter().any(|project| taken.contains(project))
    }
}
