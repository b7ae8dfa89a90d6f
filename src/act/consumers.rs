//! Who uses a key, as far as it is known: the variables that carry it and who reads them, files that keep it, where its calls came from.
//! What nobody can explain speaks against taking the key away.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{call::Place, plan::Block};
use crate::{
    base::{
        name::KeyId,
        text::{long_age, plural},
        time::Timestamp,
    },
    join::Linked,
    model::{
        activity::{Activity, Facet},
        aws::{AccessKey, LastUse},
        entity::Entity,
        estate::Estate,
        event::Event,
        gitlab::{Group, Job, Owner, Project, Variable},
        id::{Id, Kind},
        link::Relation,
    },
};

/// Everybody who is known to use a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consumers {
    pub carriers: Vec<Carrier>,
    /// Projects whose jobs get one of the variables.
    pub projects: usize,
    /// Jobs of these projects that were running when they were last seen. They keep the key they started with.
    pub running: usize,
    /// Runners' files that keep it; keytrail does not write them.
    pub kept_in: Vec<String>,
    pub last_use: Option<String>,
    /// Addresses it was used from, each with whose it is.
    pub addresses: Vec<String>,
    pub services: Vec<String>,
    pub agents: Vec<String>,
    /// Uses that nothing of the above explains.
    pub unexplained: Vec<String>,
}

/// A variable that carries the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carrier {
    pub place: Place,
    /// Where the key's secret stands beside it; `None` where both are in one text.
    pub secret: Option<Place>,
    /// GitLab never shows the secret again.
    pub hidden: bool,
    /// Projects whose jobs get it.
    pub readers: usize,
}

/// A use older than this, in days, needs no explanation: CloudTrail's history goes back no further.
const REMEMBERED_DAYS: i64 = 90;

impl Consumers {
    pub(super) fn of(estate: &Estate, linked: &Linked, key: &KeyId, now: Timestamp) -> Self {
        let id = Id::key(key);
        let mut all = Self::default();
        let mut readers = BTreeSet::new();
        for carrier in linked.origins(&id, Relation::Carries) {
            let Some(variable) = estate.find::<Variable>(carrier) else { continue };
            let secret = secret_beside(estate, variable);
            let own = readers_of(estate, variable);
            all.carriers.push(Carrier {
                place: Place::of(variable),
                secret: secret.map(Place::of),
                hidden: secret.is_some_and(|secret| secret.hidden == Some(true)),
                readers: own.len(),
            });
            readers.extend(own);
        }
        // Those that can be read again are written first: from them the secret of a run that died is got back.
        all.carriers.sort_by(|one, two| (one.hidden, &one.place).cmp(&(two.hidden, &two.place)));
        all.projects = readers.len();
        all.running = estate.all::<Job>().filter(|job| runs_in(job, &readers)).count();
        all.kept_in =
            linked.origins(&id, Relation::Keeps).map(|keeper| keeper.key_text().to_owned()).collect();
        all.calls(estate, linked, key);
        all.explain(estate, &id, now);
        all
    }

    /// Everybody who gets one variable.
    pub(super) fn of_place(estate: &Estate, place: Place, readers: &BTreeSet<Id>) -> Self {
        let running = estate.all::<Job>().filter(|job| runs_in(job, readers)).count();
        let carrier = Carrier { place, secret: None, hidden: false, readers: readers.len() };
        Self { carriers: vec![carrier], projects: readers.len(), running, ..Self::default() }
    }

    /// Where its calls came from and what they were for.
    fn calls(&mut self, estate: &Estate, linked: &Linked, key: &KeyId) {
        let id = Id::key(key);
        let addresses: BTreeSet<&Id> = linked.targets(&id, Relation::UsedFrom).collect();
        for address in addresses {
            let owners: Vec<&str> = linked.targets(address, Relation::AddressOf).map(Id::key_text).collect();
            let known = match linked.derived(address) {
                Some(Entity::Address(seen)) => seen.known,
                _ => !owners.is_empty(),
            };
            let whose = if owners.is_empty() { "AWS itself".to_owned() } else { owners.join(", ") };
            if known {
                self.addresses.push(format!("{}: {whose}", address.key_text()));
            } else {
                self.addresses.push(format!("{}: nobody known", address.key_text()));
                let why = "which no runner and no instance that was read has";
                self.unexplained.push(format!("it was used from {}, {why}", address.key_text()));
            }
        }
        let (mut services, mut agents) = (BTreeSet::new(), BTreeSet::new());
        for event in estate.all::<Event>().filter(|event| event.caller.key.as_ref() == Some(key)) {
            services.insert(event.source.split('.').next().unwrap_or_default().to_owned());
            agents.extend(event.agent.as_deref().map(str::to_owned));
        }
        for activity in estate.all::<Activity>().filter(|activity| activity.key == *key) {
            services.extend(activity.parts(Facet::Service).map(|(name, _)| name.to_string()));
            agents.extend(activity.parts(Facet::Agent).map(|(name, _)| name.to_string()));
        }
        self.services = services.into_iter().collect();
        self.agents = agents.into_iter().collect();
    }

    /// A use that was not seen, or that nothing which was read can have made.
    fn explain(&mut self, estate: &Estate, id: &Id, now: Timestamp) {
        let used = match estate.find::<AccessKey>(id).and_then(|key| key.last_use.as_ref()) {
            None => {
                self.unexplained.push("when it was last used could not be read".into());
                return;
            }
            Some(LastUse::Never) => return,
            Some(LastUse::At { at, service, region }) => {
                let age = long_age(at.age(now));
                self.last_use = Some(format!("{at}, {age} ago: {service} in {region}"));
                *at
            }
        };
        if used.age(now).days() > REMEMBERED_DAYS {
            return;
        }
        if self.carriers.is_empty() && self.kept_in.is_empty() {
            let age = long_age(used.age(now));
            self.unexplained.push(format!("it was used {age} ago, and nothing that was read holds it"));
        } else if self.addresses.is_empty() {
            let age = long_age(used.age(now));
            self.unexplained.push(format!("it was used {age} ago, and from where was not seen"));
        }
    }

    /// What speaks against taking the key out of use once every variable has another.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let kept = self.kept_in.iter().map(|file| {
            Block::new(format!(
                "{file} keeps the key: keytrail does not write runners' files; give it another key by hand"
            ))
        });
        kept.chain(self.unexplained.iter().map(Block::new)).collect()
    }

    /// What stops working when the key does, in one sentence; `None` where nothing is known to use it.
    pub(super) fn breaks(&self) -> Option<String> {
        (!self.carriers.is_empty()).then(|| {
            format!(
                "jobs of {} that get it from {} fail from then on",
                plural(self.projects, "project", "projects"),
                plural(self.carriers.len(), "variable", "variables"),
            )
        })
    }
}

/// The variable that holds the secret of the key whose id this one holds: by its name, or because it is the only one of its owner and
/// scope whose value looks like a secret.
fn secret_beside<'a>(estate: &'a Estate, variable: &Variable) -> Option<&'a Variable> {
    if variable.file == Some(true) {
        return None;
    }
    let beside = |other: &&Variable| {
        other.instance == variable.instance
            && other.owner == variable.owner
            && other.environment_scope == variable.environment_scope
            && other.key != variable.key
    };
    let name = secret_name(&variable.key);
    let named = name.and_then(|name| {
        let id = Id::variable(&variable.instance, &variable.owner, &name, &variable.environment_scope);
        estate.find::<Variable>(&id)
    });
    let looks_secret = |other: &&Variable| other.sighting.as_ref().is_some_and(|seen| seen.secret_shaped);
    named.or_else(|| {
        let mut found = estate.all::<Variable>().filter(beside).filter(looks_secret);
        found.next().filter(|_| found.next().is_none())
    })
}

/// The secret and the id of the pair that a variable is half of.
pub(super) fn pair_of<'a>(
    estate: &'a Estate,
    variable: &'a Variable,
) -> Option<(&'a Variable, &'a Variable)> {
    let is_id = |one: &Variable| {
        let shows_only_an_id =
            one.sighting.as_ref().is_some_and(|seen| seen.keys.len() == 1 && !seen.secret_shaped);
        secret_name(&one.key).is_some() || shows_only_an_id
    };
    if is_id(variable) {
        return secret_beside(estate, variable).map(|secret| (secret, variable));
    }
    let beside = |other: &&Variable| {
        other.instance == variable.instance
            && other.owner == variable.owner
            && other.environment_scope == variable.environment_scope
    };
    let ids = estate.all::<Variable>().filter(beside).filter(|other| is_id(other));
    let is_own = |id: &&Variable| secret_beside(estate, id).is_some_and(|own| own.key == variable.key);
    ids.into_iter().find(is_own).map(|id| (variable, id))
}

/// `LEGACY_AWS_SECRET_ACCESS_KEY` for `LEGACY_AWS_ACCESS_KEY_ID`; the same in small letters.
fn secret_name(name: &str) -> Option<String> {
    for (id, secret) in [("ACCESS_KEY_ID", "SECRET_ACCESS_KEY"), ("access_key_id", "secret_access_key")] {
        if name.contains(id) {
            return Some(name.replacen(id, secret, 1));
        }
    }
    None
}

/// Projects whose jobs get a variable. A nearer variable of the same name may hide it from some of them.
pub(super) fn readers_of(estate: &Estate, variable: &Variable) -> Vec<Id> {
    let instance = &variable.instance;
    let here = |project: &&Project| project.instance == *instance;
    match variable.owner {
        Owner::Project(project) | Owner::Schedule { project, .. } => vec![Id::project(instance, project)],
        Owner::Instance => estate.all::<Project>().filter(here).map(Project::id).collect(),
        Owner::Group(group) => {
            let group = estate.find::<Group>(&Id::group(instance, group));
            let Some(path) = group.and_then(|group| group.path.as_deref()) else { return Vec::new() };
            let is_inside = |project: &&Project| {
                let rest = project.path.as_deref().and_then(|own| own.strip_prefix(path));
                rest.is_some_and(|rest| rest.starts_with('/'))
            };
            estate.all::<Project>().filter(here).filter(is_inside).map(Project::id).collect()
        }
    }
}

fn runs_in(job: &Job, projects: &BTreeSet<Id>) -> bool {
    let project = job.project.map(|project| Id::project(&job.instance, project));
    job.status.as_deref() == Some("running") && project.is_some_and(|project| projects.contains(&project))
}

/// Things of this kind whose pages were refused: what could not be read may hold the key too.
pub(super) fn unread(estate: &Estate) -> Vec<String> {
    let is_about = |what: &str| ["variables", "values", "projects", "groups"].contains(&what);
    let gaps = estate.gaps().filter(|(scope, _)| is_about(&scope.what));
    let mut said: Vec<String> =
        gaps.map(|(scope, gap)| format!("{}: {}: {}", scope.source, gap.call, gap.blame)).collect();
    let hidden = estate.all::<Variable>().filter(|variable| variable.hidden == Some(true)).count();
    if hidden > 0 && estate.count(Kind::Variable) > 0 {
        said.push(format!("{} GitLab never shows", plural(hidden, "hidden variable", "hidden variables")));
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_of_a_pair_is_found_by_its_name() {
        let cases = [
            ("AWS_ACCESS_KEY_ID", Some("AWS_SECRET_ACCESS_KEY")),
            ("LEGACY_AWS_ACCESS_KEY_ID_PROD", Some("LEGACY_AWS_SECRET_ACCESS_KEY_PROD")),
            ("TF_VAR_aws_access_key_id", Some("TF_VAR_aws_secret_access_key")),
            ("TF_BACKEND_CONFIG", None),
        ];
        for (id, secret) in cases {
            assert_eq!(secret_name(id).as_deref(), secret, "{id}");
        }
    }
}
