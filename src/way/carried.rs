//! Variables that carry a long-term key, or that by their names must: the common beginning of `static-key` and `broker`.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashMap;

use super::{CredentialPath, Ground, Life, Refs, effective, effective::Effective, key};
use crate::{
    base::name::KeyId,
    model::{
        gitlab::Variable,
        id::{Id, Kind},
        link::{Grade, Link, Proof, Relation},
    },
    policy::is_assume_only,
};

/// What a person is told of a variable that no project gets.
const NOBODY: &str = "No job gets it: every project has a value of its own, or a nearer group has one.";

/// A variable and one key it carries.
#[derive(Clone)]
pub(super) struct Carried {
    variable: Id,
    from: Id,
    projects: Arc<[Id]>,
    refs: Refs,
    /// From the holder to the key's user, as far as it is known.
    hops: Vec<Link>,
    /// `None` where it cannot be known.
    pub(super) key: Option<Id>,
    /// The user, or the key itself where its user is not known, or the variable itself where not even the key is.
    pub(super) to: Id,
    cautions: Vec<String>,
}

impl Carried {
    /// With the key it carries, and the user behind it.
    fn ending(&self, ground: &Ground<'_>, carries: Option<Link>) -> Self {
        let mut ended = self.clone();
        if let Some(carries) = carries {
            let (owner, owns) = key::owner(ground, &carries.to);
            ended.cautions.extend(key::cautions(ground, &carries.to));
            ended.key = Some(carries.to.clone());
            ended.to = owner;
            ended.hops.push(carries);
            ended.hops.extend(owns);
        } else {
            let proof = Proof::of("by its name it holds a key id; the value cannot be read");
            ended.hops = self
                .hops
                .iter()
                .map(|hop| Link { grade: Grade::Inferred, proof: proof.clone(), ..hop.clone() })
                .collect();
            ended.cautions.push("Which key it holds cannot be known.".to_owned());
        }
        ended
    }

    /// Whose policies allow nothing but assuming roles, and which roles these are; `None` for everybody else.
    pub(super) fn broker(&self, ground: &Ground<'_>) -> Option<Vec<Link>> {
        let user = ground.estate.get(&self.to).filter(|user| user.kind() == Kind::User)?;
        let held = ground.policies.held(user).filter(|held| !held.partly)?;
        let roles = is_assume_only(&held.documents()).then(|| ground.graph.out_of(&self.to))?;
        (!roles.is_empty()).then_some(roles)
    }

    /// The path to the key's user or, with a link to it, to a role that the user becomes.
    pub(super) fn path(
        &self,
        way: &'static str,
        role: Option<Link>,
        used: Option<Arc<Proof>>,
    ) -> CredentialPath {
        let to = role.as_ref().map_or(&self.to, |link| &link.to).clone();
        CredentialPath {
            id: CredentialPath::id(way, &self.from, &self.variable, &to),
            way,
            from: self.from.clone(),
            projects: self.projects.clone(),
            refs: self.refs.clone(),
            hops: self.hops.iter().cloned().chain(role).collect(),
            to,
            life: Life::Long,
            used,
            cautions: self.cautions.clone(),
        }
    }
}

/// Every variable with every key it carries.
pub(super) fn all(ground: &Ground<'_>) -> Vec<Carried> {
    let mut effective = Effective::of(ground.estate, ground.linked.reach(), is_wanted);
    let used = UsedFor::of(ground);
    let mut all = Vec::new();
    for (id, variable) in ground.estate.named::<Variable>().filter(|(_, variable)| is_wanted(variable)) {
        let holds = ground.linked.to(id).find(|link| link.relation == Relation::Holds);
        let Some(holds) = holds.cloned() else { continue };
        let projects = effective.projects(variable);
        let carries = match &variable.sighting {
            Some(_) => {
                let links = ground.linked.from(id).filter(|link| link.relation == Relation::Carries);
                links.filter(|link| is_long_term(&link.to)).cloned().map(Some).collect::<Vec<_>>()
            }
            None => vec![used.explains(id, &projects)],
        };
        let mut cautions = Vec::new();
        if effective.is_hidden(variable) {
            cautions.push(NOBODY.to_owned());
        }
        let start = Carried {
            variable: id.clone(),
            from: holds.from.clone(),
            projects,
            refs: effective::refs(variable),
            hops: vec![holds],
            key: None,
            to: id.clone(),
            cautions,
        };
        all.extend(carries.into_iter().map(|carries| start.ending(ground, carries)));
    }
    all
}

/// Only with its value, or with a name that promises one.
fn is_wanted(variable: &Variable) -> bool {
    if let Some(sighting) = &variable.sighting {
        return sighting.keys.iter().any(KeyId::is_long_term);
    }
    let name = variable.key.to_ascii_uppercase();
    name.contains("ACCESS_KEY") && !name.contains("SECRET")
}

fn is_long_term(key: &Id) -> bool {
    KeyId::new(key.key_text()).is_some_and(|key| key.is_long_term())
}

/// Keys that nothing is known to hold, by the projects whose jobs ran where they were used.
struct UsedFor<'a> {
    keys: FxHashMap<&'a Id, BTreeSet<&'a Id>>,
}

impl<'a> UsedFor<'a> {
    fn of(ground: &Ground<'a>) -> Self {
        let linked = ground.linked;
        let mut on_runner: FxHashMap<&Id, BTreeSet<&Id>> = FxHashMap::default();
        for key in key::unexplained(ground) {
            for address in linked.targets(key, Relation::UsedFrom) {
                for manager in key::managers_at(ground, address) {
                    let runners = linked.origins(manager, Relation::HasManager);
                    runners.for_each(|runner| {
                        on_runner.entry(runner).or_default().insert(key);
                    });
                }
            }
        }
        let mut keys: FxHashMap<&Id, BTreeSet<&Id>> = FxHashMap::default();
        for (runner, used) in on_runner {
            for job in linked.targets(runner, Relation::Ran) {
                for project in linked.origins(job, Relation::HadJob) {
                    keys.entry(project).or_default().extend(&used);
                }
            }
        }
        Self { keys }
    }

    /// The one key that was used where jobs ran that get the variable; several explain nothing.
    fn explains(&self, variable: &Id, projects: &[Id]) -> Option<Link> {
        let keys: BTreeSet<&Id> =
            projects.iter().filter_map(|project| self.keys.get(project)).flatten().copied().collect();
        let [key] = keys.into_iter().collect::<Vec<_>>()[..] else { return None };
        Some(Link {
            from: variable.clone(),
            relation: Relation::Carries,
            to: key.clone(),
            grade: Grade::Inferred,
            proof: Proof::of("the only key used where its jobs ran that no readable variable carries"),
        })
    }
}
