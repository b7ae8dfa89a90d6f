//! Which projects' jobs really get a CI/CD variable: whoever holds one of the same name nearer to the job hides it.
//!
//! Source: GitLab's documentation, "CI/CD variable precedence": pipeline (a schedule's), project, group (the nearest first), instance,
//! then what the CI configuration sets; "Limit the environment scope" and "Protect a CI/CD variable".

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Refs;
use crate::{
    join::Reach,
    model::{
        estate::Estate,
        gitlab::{Owner, Project, Variable},
        id::Id,
    },
    policy::pattern::matches,
};

/// Variables of some names by who holds them, and the projects below each holder.
pub(super) struct Effective<'a> {
    estate: &'a Estate,
    reach: &'a Reach,
    held: FxHashMap<&'a str, FxHashMap<Id, Vec<&'a Variable>>>,
    /// Projects below a holder: one list for all variables it holds.
    below: FxHashMap<Id, Arc<[Id]>>,
}

impl<'a> Effective<'a> {
    /// Knows the variables that are wanted, and those that bear the name of one.
    pub(super) fn of(estate: &'a Estate, reach: &'a Reach, wanted: impl Fn(&Variable) -> bool) -> Self {
        let names: FxHashSet<&str> = estate
            .all::<Variable>()
            .filter(|variable| wanted(variable))
            .map(|variable| &*variable.key)
            .collect();
        let mut held: FxHashMap<&str, FxHashMap<Id, Vec<&Variable>>> = FxHashMap::default();
        for variable in estate.all::<Variable>().filter(|variable| names.contains(&*variable.key)) {
            let owner = variable.owner.id(&variable.instance);
            held.entry(&variable.key).or_default().entry(owner).or_default().push(variable);
        }
        Self { estate, reach, held, below: FxHashMap::default() }
    }

    /// Known projects of which some job, in some environment and on some ref, gets this very variable.
    pub(super) fn projects(&mut self, variable: &Variable) -> Arc<[Id]> {
        let owner = variable.owner.id(&variable.instance);
        let below = self.below(&owner, variable);
        let holders = self.held.get(&*variable.key).filter(|holders| holders.len() > 1);
        let (Some(holders), Owner::Group(_) | Owner::Instance) = (holders, variable.owner) else {
            return below;
        };
        let hidden = |project: &Id| {
            let groups = self.reach.groups_of(project).iter();
            let nearer = std::iter::once(project).chain(groups).take_while(|level| **level != owner);
            let rivals = nearer.filter_map(|level| holders.get(level)).flatten();
            rivals.into_iter().any(|rival| hides(rival, variable))
        };
        // Most of the time nothing is hidden, and the list is shared.
        if !below.iter().any(hidden) {
            return below;
        }
        below.iter().filter(|project| !hidden(project)).cloned().collect()
    }

    /// Are there projects below its holder, and does none of them get it?
    pub(super) fn is_hidden(&mut self, variable: &Variable) -> bool {
        let owner = variable.owner.id(&variable.instance);
        !self.below(&owner, variable).is_empty() && self.projects(variable).is_empty()
    }

    fn below(&mut self, owner: &Id, variable: &Variable) -> Arc<[Id]> {
        if let Some(below) = self.below.get(owner) {
            return below.clone();
        }
        let below: Arc<[Id]> = match variable.owner {
            Owner::Project(_) => [owner.clone()].into(),
            Owner::Schedule { project, .. } => [Id::project(&variable.instance, project)].into(),
            Owner::Group(_) => self.reach.projects_in(owner).into(),
            Owner::Instance => {
                let all = self.estate.named::<Project>();
                all.filter(|(_, project)| project.instance == variable.instance)
                    .map(|(id, _)| id.clone())
                    .collect()
            }
        };
        self.below.insert(owner.clone(), below.clone());
        below
    }
}

/// Does the nearer of two variables of one name hide the other in every job that would get it? One of `production` leaves it to the
/// other environments, and a protected one to the refs that are not.
fn hides(nearer: &Variable, other: &Variable) -> bool {
    let covers = matches(&nearer.environment_scope, &other.environment_scope);
    covers && (nearer.protected != Some(true) || other.protected == Some(true))
}

/// Which refs get a variable. What a schedule carries has no protection of its own.
pub(super) fn refs(variable: &Variable) -> Refs {
    match (variable.protected, variable.owner) {
        (Some(true), _) => Refs::Protected,
        (Some(false), _) | (None, Owner::Schedule { .. }) => Refs::Any,
        (None, _) => Refs::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        base::time::Timestamp,
        join::{Policies, link},
        model::{
            entity::Entity,
            gitlab::Group,
            observe::{Observation, Report, Scope, Sweep},
        },
    };

    fn variable(owner: Owner, scope: &str, protected: bool) -> Variable {
        Variable {
            instance: "g".into(),
            owner,
            key: "AWS_ACCESS_KEY_ID".into(),
            environment_scope: scope.into(),
            protected: Some(protected),
            ..Variable::default()
        }
    }

    /// Group 1 `acme` holds project 10 and group 2 `acme/shop`, which holds projects 20 and 21.
    fn places() -> Vec<Entity> {
        let group = |number, path: &str| Group {
            instance: "g".into(),
            number,
            path: Some(path.into()),
            ..Group::default()
        };
        let project = |number, path: &str| Project {
            instance: "g".into(),
            number,
            path: Some(path.into()),
            ..Project::default()
        };
        vec![
            group(1, "acme").into(),
            group(2, "acme/shop").into(),
            project(10, "acme/a").into(),
            project(20, "acme/shop/b").into(),
            project(21, "acme/shop/c").into(),
        ]
    }

    /// The numbers of the projects that get the first of these.
    fn getting(variables: &[Variable]) -> Vec<u64> {
        let mut saw = places();
        saw.extend(variables.iter().cloned().map(Entity::from));
        let sweep = Sweep { scope: Scope::new("test", "things"), run: 1 };
        let mut estate = Estate::default();
        estate.absorb(Report::Saw(Observation { sweep, at: Timestamp::default(), saw, gaps: vec![] }));
        let linked = link(&estate, &Policies::of(&estate));
        let mut effective = Effective::of(&estate, linked.reach(), |_| true);
        let projects = effective.projects(&variables[0]);
        projects.iter().map(|id| id.key_text().trim_start_matches("g/").parse().unwrap()).collect()
    }

    #[test]
    fn the_nearest_holder_wins() {
        let all = |owner| variable(owner, "*", false);
        let (instance, acme, shop, b) =
            (all(Owner::Instance), all(Owner::Group(1)), all(Owner::Group(2)), all(Owner::Project(20)));
        let table: [(&[&Variable], &[u64]); 8] = [
            (&[&instance], &[10, 20, 21]),
            (&[&instance, &acme], &[]),
            (&[&instance, &shop], &[10]),
            (&[&acme, &shop], &[10]),
            (&[&acme, &b], &[10, 21]),
            (&[&shop, &acme, &instance], &[20, 21]),
            (&[&shop, &b], &[21]),
            (&[&b, &shop, &acme, &instance], &[20]),
        ];
        for (variables, expected) in table {
            let variables: Vec<Variable> = variables.iter().map(|&variable| variable.clone()).collect();
            assert_eq!(getting(&variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn a_schedule_hides_nothing_since_other_pipelines_run_too() {
        let schedule = variable(Owner::Schedule { project: 20, schedule: 3 }, "*", false);
        let project = variable(Owner::Project(20), "*", false);
        assert_eq!(getting(&[schedule.clone(), project.clone()]), [20]);
        assert_eq!(getting(&[project, schedule]), [20]);
    }

    #[test]
    fn scopes_and_protection_hide_only_what_they_cover() {
        let group = |scope, protected| variable(Owner::Group(2), scope, protected);
        let own = |scope, protected| variable(Owner::Project(20), scope, protected);
        let table = [
            (group("*", false), own("production", false), true),
            (group("production", false), own("*", false), false),
            (group("production", false), own("production", false), false),
            (group("review/a", false), own("review/*", false), false),
            (group("review/*", false), own("review/a", false), true),
            (group("production", false), own("staging", false), true),
            (group("*", false), own("*", true), true),
            (group("*", true), own("*", true), false),
            (group("*", true), own("*", false), false),
        ];
        for (group, own, gets) in table {
            assert_eq!(getting(&[group.clone(), own.clone()]).contains(&20), gets, "{group:?} {own:?}");
        }
    }

    #[test]
    fn protection_says_which_refs() {
        assert_eq!(refs(&variable(Owner::Instance, "*", true)), Refs::Protected);
        assert_eq!(refs(&variable(Owner::Instance, "*", false)), Refs::Any);
        let unread = |owner| Variable { protected: None, ..variable(owner, "*", false) };
        assert_eq!(refs(&unread(Owner::Project(1))), Refs::Unknown);
        assert_eq!(refs(&unread(Owner::Schedule { project: 1, schedule: 1 })), Refs::Any);
    }
}
