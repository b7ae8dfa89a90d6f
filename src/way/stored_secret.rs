//! A job fetches a key from Secrets Manager or Parameter Store. What lies there is not read: whose key it is shows only when it is used
//! right after somebody fetched it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{CredentialPath, Ground, Life, Refs, Way, key};
use crate::{
    base::time::Timestamp,
    model::{
        ci::{CiConfig, CiJob, ClueKind},
        event::Event,
        gitlab::Job,
        id::{Id, Kind},
        link::{Grade, Link, Proof, Relation},
    },
};

pub(super) const WAY: Way = Way {
    name: "stored-secret",
    title: "key fetched from a secret store",
    life: Life::Long,
    better: "The role that may read the stored key could have the key's permissions itself: then no key is stored.",
    find,
};

/// A key that is used so soon after a fetch, from the same address, was most likely what was fetched.
const SOON_SECONDS: i64 = 120;

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let answered = answered(ground);
    let mut fetches = written(ground);
    for (event, name) in &answered {
        observe(ground, event, name, &mut fetches);
    }
    let kept = kept(ground, &answered);
    fetches.into_values().map(|fetch| path(ground, fetch, &kept)).collect()
}

/// One project fetches one secret.
struct Fetch {
    link: Link,
    used: Option<Arc<Proof>>,
}

impl Fetch {
    fn of(project: &Id, secret: &str, grade: Grade, proof: Arc<Proof>) -> Self {
        let (from, to) = (project.clone(), Id::stored_secret(secret));
        let used = (grade == Grade::Observed).then(|| proof.clone());
        Self { link: Link { from, relation: Relation::Fetches, to, grade, proof }, used }
    }
}

/// By project and secret.
type Fetches = BTreeMap<(Id, String), Fetch>;

/// What CI configurations say their jobs fetch.
fn written(ground: &Ground<'_>) -> Fetches {
    let mut fetches = Fetches::new();
    for config in ground.estate.all::<CiConfig>() {
        let project = config.project_id();
        for job in config.jobs.iter().flatten() {
            for (secret, place) in in_job(job) {
                fetches.entry((project.clone(), secret.to_owned())).or_insert_with(|| {
                    let proof = Proof::of(format!("job {}, {place}", job.name));
                    Fetch::of(&project, secret, Grade::Configured, proof)
                });
            }
        }
    }
    fetches
}

/// Stored secrets that a job names, and where.
fn in_job(job: &CiJob) -> impl Iterator<Item = (&str, String)> {
    let clues = job.clues.iter().filter_map(|clue| match &clue.kind {
        ClueKind::SecretsManager(name) | ClueKind::ParameterStore(name) => {
            Some((&**name, clue.place.clone()))
        }
        _ => None,
    });
    let secrets = job.secrets.iter().filter(|secret| secret.engine.starts_with("aws_"));
    // `name#field` asks for one field of what is stored.
    let whole = |path: &'_ str| path.split_once('#').map_or(path.len(), |(name, _)| name.len());
    clues.chain(
        secrets.map(move |secret| (&secret.path[..whole(&secret.path)], format!("secrets: {}", secret.name))),
    )
}

/// Calls that were answered with what is stored, and what they called it.
fn answered<'a>(ground: &Ground<'a>) -> Vec<(&'a Event, &'a str)> {
    let calls = ground
        .estate
        .all::<Event>()
        .filter(|event| matches!(&*event.name, "GetSecretValue" | "GetParameter"));
    let granted = calls.filter(|event| !event.is_denied());
    granted.filter_map(|event| Some((event, event.about.as_deref()?))).collect()
}

/// What one call shows: that a session which a project opened with its id token fetched the secret, or that it was fetched from a runner
/// while a job ran there whose configuration names it.
fn observe(ground: &Ground<'_>, event: &Event, name: &str, fetches: &mut Fetches) {
    let known = |fetches: &Fetches, project: &Id| {
        let mut secrets = fetches.keys().filter(|(of, _)| of == project).map(|(_, secret)| secret);
        secrets.find(|secret| same(secret, name)).cloned()
    };
    for project in projects_behind(ground, &event.id()) {
        let secret = known(fetches, &project).unwrap_or_else(|| name.to_owned());
        let proof = Proof::at(format!("{} by a session that it opened", event.name), event.at);
        let fetch = Fetch::of(&project, &secret, Grade::Observed, proof);
        fetches.insert((project, secret), fetch);
    }
    for project in projects_running(ground, event) {
        let named = known(fetches, &project).and_then(|secret| fetches.get_mut(&(project, secret)));
        if let Some(fetch) = named {
            let proof =
                || Proof::at(format!("{} from the runner while its job ran there", event.name), event.at);
            fetch.used.get_or_insert_with(proof);
        }
    }
}

/// Projects of which a job ran, at the time of a call, on a runner at the call's address.
fn projects_running(ground: &Ground<'_>, event: &Event) -> BTreeSet<Id> {
    let Some(address) = event.address.as_deref().map(Id::address) else { return BTreeSet::new() };
    let managers = key::managers_at(ground, &address);
    let runners = managers.flat_map(|manager| ground.linked.origins(manager, Relation::HasManager));
    let jobs = runners.flat_map(|runner| ground.linked.targets(runner, Relation::Ran));
    let jobs = jobs.filter_map(|job| ground.estate.find::<Job>(job));
    let running = jobs.filter(|job| {
        let began = job.started.is_some_and(|started| started <= event.at);
        began && job.finished.is_none_or(|finished| event.at <= finished)
    });
    running.filter_map(|job| Some(Id::project(&job.instance, job.project?))).collect()
}

/// The projects whose id tokens opened the session that made a call, or the first of the sessions it was opened from.
fn projects_behind(ground: &Ground<'_>, event: &Id) -> BTreeSet<Id> {
    let mut behind: Vec<&Id> = ground.linked.origins(event, Relation::UsedIn).collect();
    let (mut seen, mut projects) = (FxHashSet::default(), BTreeSet::new());
    while let Some(id) = behind.pop() {
        if id.kind() == Kind::Project {
            projects.insert(id.clone());
        } else if seen.insert(id) {
            behind.extend(ground.linked.origins(id, Relation::Opened));
        }
    }
    projects
}

/// Do a script and a record mean the same secret?
fn same(a: &str, b: &str) -> bool {
    a == b || names(a).iter().flatten().any(|name| names(b).iter().flatten().any(|other| name == other))
}

/// What a secret may be called besides its ARN. For Secrets Manager an ARN ends in the name, a hyphen and six random letters; an ARN
/// without them looks the same where the name itself ends so.
fn names(text: &str) -> [Option<&str>; 2] {
    let arn: Vec<&str> = text.splitn(6, ':').collect();
    match arn[..] {
        ["arn", _, "secretsmanager", _, _, secret] => {
            let name = secret.trim_start_matches("secret:");
            let end = name.len().checked_sub(7).filter(|&at| name.as_bytes()[at] == b'-');
            [Some(name), end.and_then(|end| name.get(..end))]
        }
        ["arn", _, _, _, _, parameter] => {
            [Some(parameter.trim_start_matches("parameter").trim_start_matches('/')), None]
        }
        _ => [Some(text.trim_start_matches('/')), None],
    }
}

/// The keys that were used soon after a secret was fetched, by what the fetch called the secret.
type Kept<'a> = BTreeMap<&'a str, BTreeMap<&'a Id, Timestamp>>;

fn kept<'a>(ground: &Ground<'a>, answered: &[(&'a Event, &'a str)]) -> Kept<'a> {
    let mut kept = Kept::new();
    if answered.is_empty() {
        return kept;
    }
    let mut used: FxHashMap<&str, Vec<(Timestamp, &Id)>> = FxHashMap::default();
    for key in key::unexplained(ground) {
        for event in ground.linked.targets(key, Relation::UsedIn) {
            let Some(event) = ground.estate.find::<Event>(event) else { continue };
            if let Some(address) = &event.address {
                used.entry(address).or_default().push((event.at, key));
            }
        }
    }
    for (event, name) in answered {
        let here = event.address.as_deref().and_then(|address| used.get(address));
        let soon = event.at..=event.at.plus(SOON_SECONDS);
        let keys = here.into_iter().flatten().filter(|(at, _)| soon.contains(at));
        kept.entry(name).or_default().extend(keys.map(|&(at, key)| (key, at)));
    }
    kept
}

fn path(ground: &Ground<'_>, Fetch { link, used }: Fetch, kept: &Kept<'_>) -> CredentialPath {
    let (from, secret) = (link.from.clone(), link.to.clone());
    let (mut used, mut to, mut hops) = (used, secret.clone(), vec![link]);
    let cautions;
    let of_secret = kept.iter().filter(|(name, _)| same(name, secret.key_text()));
    let keys: BTreeMap<&Id, Timestamp> =
        of_secret.flat_map(|(_, keys)| keys).map(|(key, at)| (*key, *at)).collect();
    // Several keys explain nothing.
    if let [(&key, &at)] = keys.iter().collect::<Vec<_>>()[..] {
        let proof =
            Proof::at("used within two minutes after the secret was fetched, from the same address", at);
        let (owner, owns) = key::owner(ground, key);
        used = used.or_else(|| Some(proof.clone()));
        hops.push(Link {
            from: secret.clone(),
            relation: Relation::Keeps,
            to: key.clone(),
            grade: Grade::Inferred,
            proof,
        });
        hops.extend(owns);
        cautions = key::cautions(ground, key);
        to = owner;
    } else {
        cautions =
            vec!["What is stored was not read: whether it is a key, and whose, cannot be known.".to_owned()];
    }
    CredentialPath {
        id: CredentialPath::id(WAY.name, &from, &secret, &to),
        way: WAY.name,
        projects: Arc::new([from.clone()]),
        from,
        // The role that may fetch decides, and which one a job has is another way's question.
        refs: Refs::Unknown,
        hops,
        to,
        life: Life::Long,
        used,
        cautions,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_goes_by_several_names() {
        let arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/deploy-key-AbCdEf";
        assert!(same(arn, "ci/deploy-key"));
        assert!(!same(arn, "ci/deploy"));
        let bare = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:ci/warehouse-loader";
        assert!(same(bare, "ci/warehouse-loader"));
        assert!(same("arn:aws:ssm:eu-west-1:111111111111:parameter/ci/key", "/ci/key"));
        assert!(same("$SECRET", "$SECRET") && !same("$SECRET", "ci/key"));
    }
}
