//! A long-term key in the runner's own files: for its cache, for the machines it starts, or in the environment it gives to every job.

use std::collections::BTreeMap;

use super::{
    CredentialPath, Ground, Life, Way, key,
    key::Place,
    start::{self, Rest, Start},
};
use crate::model::{
    id::Id,
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
            let rests = places.iter().map(|(key, places)| rest(ground, (id, config), (key, places)));
            paths.extend(rests.map(|rest| start.path(&WAY, rest)));
        }
    }
    paths
}

/// The runners that the entry configures and GitLab shows; the entry itself where there is none: the key lies in the file all the same.
fn starts(ground: &Ground<'_>, config: &Id) -> Vec<Start> {
    let mut starts = start::of_config(ground, config);
    starts.retain(|start| ground.estate.get(&start.from).is_some());
    if starts.is_empty() { vec![start::of_runner(ground, config)] } else { starts }
}

fn rest(ground: &Ground<'_>, (id, config): (&Id, &RunnerConfig), (key, places): (&Id, &[Place])) -> Rest {
    let (to, owns) = key::owner(ground, key);
    let keeps = Link {
        from: id.clone(),
        relation: Relation::Keeps,
        to: key.clone(),
        grade: Grade::Configured,
        proof: Proof::of(places.iter().map(|place| stands(*place)).collect::<Vec<_>>().join(", ")),
    };
    let mut cautions: Vec<String> =
        places.iter().flat_map(|place| reach(*place, config)).map(str::to_owned).collect();
    cautions.dedup();
    cautions.extend(key::cautions(ground, key));
    let used = key::used_by_runner(ground, key);
    Rest { via: id.clone(), to, hops: std::iter::once(keeps).chain(owns).collect(), used, cautions }
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
