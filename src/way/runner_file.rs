//! A long-term key in the runner's own files: for its cache, for the machines it starts, or in the environment it gives to every job.

use std::{collections::BTreeMap, sync::Arc};

use super::{CredentialPath, Ground, Life, Refs, Way, key, key::Place};
use crate::model::{
    gitlab::Runner,
    id::{Id, Kind},
    link::{Grade, Link, Proof, Relation},
    runner_config::RunnerConfig,
};

pub(super) const WAY: Way = Way {
    name: "runner-file",
    title: "key in the runner's files",
    life: Life::Long,
    better: "Give the runner's machine an instance profile for its cache and its machines, and take the key out of the file.",
    find,
};

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, config) in ground.estate.named::<RunnerConfig>() {
        let mut places: BTreeMap<Id, Vec<Place>> = BTreeMap::new();
        for (key, place) in key::in_runner_file(config) {
            places.entry(Id::key(key)).or_default().push(place);
        }
        if places.is_empty() {
            continue;
        }
        for start in starts(ground, id) {
            paths
                .extend(places.iter().map(|(key, places)| path(ground, (id, config), &start, (key, places))));
        }
    }
    paths
}

/// Where paths begin: a runner that the entry configures, or the entry itself where no runner is known to be configured by it.
struct Start {
    from: Id,
    configures: Option<Link>,
    projects: Arc<[Id]>,
    refs: Refs,
}

fn starts(ground: &Ground<'_>, config: &Id) -> Vec<Start> {
    let links = ground.linked.from(config).filter(|link| link.relation == Relation::Configures);
    let runners = links.filter(|link| link.to.kind() == Kind::Runner);
    let mut starts: Vec<Start> = runners
        .map(|configures| {
            let around = ground.linked.around(ground.estate, &configures.to);
            let projects = around.into_iter().filter(|link| link.relation == Relation::RunsOn);
            let protected = ground.estate.find::<Runner>(&configures.to).and_then(|runner| runner.protected);
            Start {
                from: configures.to.clone(),
                configures: Some(configures.clone()),
                projects: projects.map(|link| link.from).collect(),
                refs: match protected {
                    Some(true) => Refs::Protected,
                    Some(false) => Refs::Any,
                    None => Refs::Unknown,
                },
            }
        })
        .collect();
    if starts.is_empty() {
        starts.push(Start {
            from: config.clone(),
            configures: None,
            projects: Arc::default(),
            refs: Refs::Unknown,
        });
    }
    starts
}

fn path(
    ground: &Ground<'_>,
    (id, config): (&Id, &RunnerConfig),
    start: &Start,
    (key, places): (&Id, &[Place]),
) -> CredentialPath {
    let (to, owns) = key::owner(ground, key);
    let mut hops: Vec<Link> = start.configures.iter().cloned().collect();
    hops.push(Link {
        from: id.clone(),
        relation: Relation::Keeps,
        to: key.clone(),
        grade: Grade::Configured,
        proof: Proof::of(places.iter().map(|place| stands(*place)).collect::<Vec<_>>().join(", ")),
    });
    hops.extend(owns);
    let mut cautions: Vec<String> =
        places.iter().flat_map(|place| reach(*place, config)).map(str::to_owned).collect();
    cautions.dedup();
    cautions.extend(key::cautions(ground, key));
    CredentialPath {
        id: CredentialPath::id(WAY.name, &start.from, id, &to),
        way: WAY.name,
        from: start.from.clone(),
        projects: start.projects.clone(),
        refs: start.refs.clone(),
        hops,
        to,
        life: Life::Long,
        used: key::used_by_runner(ground, key),
        cautions,
    }
}

/// Where in the file it stands.
const fn stands(place: Place) -> &'static str {
    match place {
        Place::Environment => "in environment",
        Place::Services => "in [[runners.docker.services]] environment",
        Place::Cache { .. } => "in [runners.cache.s3]",
        Place::Machine { .. } => "in [runners.machine] MachineOptions",
    }
}

/// Whether jobs see it, and whether it is whole.
fn reach(place: Place, config: &RunnerConfig) -> Vec<&'static str> {
    let on_host = config.executor.as_deref() == Some("shell");
    let (sees, has_secret) = match place {
        Place::Environment => ("Every job on the runner gets it.", true),
        Place::Services => ("The service containers of every job get it.", true),
        Place::Cache { has_secret } | Place::Machine { has_secret } if on_host => {
            ("Jobs run on the host where the file lies, and may read it.", has_secret)
        }
        Place::Cache { has_secret } | Place::Machine { has_secret } => {
            ("It stays on the runner manager's host: jobs do not see it unless they break out.", has_secret)
        }
    };
    let whole = (!has_secret).then_some("No secret key stands beside it.");
    std::iter::once(sees).chain(whole).collect()
}
