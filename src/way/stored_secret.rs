//! A job fetches a key from Secrets Manager or Parameter Store. What lies there is not read: whose key it is shows only when it is used
//! right after somebody fetched it.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::Value;

use super::{CredentialPath, Ground, Life, Refs, Way, key};
use crate::{
    base::{name::Arn, time::Timestamp},
    model::{
        ci::{CiConfig, CiJob, ClueKind},
        event::Event,
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
    let fetched = fetched(ground);
    let mut fetches = written(ground);
    for event in &fetched {
        observe(ground, event, &mut fetches);
    }
    let kept = kept(ground, &fetched);
    fetches.into_values().map(|fetch| path(ground, fetch, &kept)).collect()
}

/// Fetches by project and secret.
type Fetches = BTreeMap<(Id, String), Link>;

/// What CI configurations say their jobs fetch.
fn written(ground: &Ground<'_>) -> Fetches {
    let mut fetches = Fetches::new();
    for config in ground.estate.all::<CiConfig>() {
        let project = config.project_id();
        for job in config.jobs.iter().flatten() {
            for (secret, place) in in_job(job) {
                let proof = || Proof::of(format!("job {}, {place}", job.name));
                fetches.entry((project.clone(), secret.to_owned())).or_insert_with(|| Link {
                    from: project.clone(),
                    relation: Relation::Fetches,
                    to: Id::stored_secret(secret),
                    grade: Grade::Configured,
                    proof: proof(),
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
    clues.chain(secrets.map(|secret| (&*secret.path, format!("secrets: {}", secret.name))))
}

/// One call that was answered with what is stored.
struct Fetched<'a> {
    event: &'a Event,
    names: Vec<String>,
}

fn fetched<'a>(ground: &Ground<'a>) -> Vec<Fetched<'a>> {
    let events = ground.estate.all::<Event>().filter(|event| event.error.is_none());
    let calls = events.filter(|event| {
        matches!(&*event.name, "GetSecretValue" | "GetParameter" | "GetParameters" | "GetParametersByPath")
    });
    calls
        .map(|event| Fetched { event, names: asked_for(&event.raw) })
        .filter(|fetched| !fetched.names.is_empty())
        .collect()
}

/// What the request of a record names.
fn asked_for(raw: &str) -> Vec<String> {
    let record: Value = serde_json::from_str(raw).unwrap_or_default();
    let asked = &record["requestParameters"];
    let one = ["secretId", "name", "path"].into_iter().filter_map(|field| asked[field].as_str());
    let many = asked["names"].as_array().into_iter().flatten().filter_map(Value::as_str);
    one.chain(many).map(str::to_owned).collect()
}

/// A fetch by a session that a project opened with its id token shows that the way is taken.
fn observe(ground: &Ground<'_>, fetched: &Fetched<'_>, fetches: &mut Fetches) {
    let event = fetched.event.id();
    let proof = Proof::at(format!("{} by a session of the project's", fetched.event.name), fetched.event.at);
    for project in projects_behind(ground, &event) {
        for name in &fetched.names {
            let of_project = fetches.iter().filter(|((of, _), _)| *of == project);
            let known = of_project.map(|((_, known), _)| known).find(|known| same(known, name)).cloned();
            let secret = known.unwrap_or_else(|| name.clone());
            fetches.insert(
                (project.clone(), secret.clone()),
                Link {
                    from: project.clone(),
                    relation: Relation::Fetches,
                    to: Id::stored_secret(&secret),
                    grade: Grade::Observed,
                    proof: proof.clone(),
                },
            );
        }
    }
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

/// Do a script and a record mean the same secret? An ARN ends in the name, and for Secrets Manager in six random letters after it.
fn same(a: &str, b: &str) -> bool {
    let name = |text: &str| match Arn::new(text) {
        Some(arn) if arn.service() == "secretsmanager" => {
            let name = arn.resource().trim_start_matches("secret:");
            let end = name.len().checked_sub(7).filter(|&at| name.as_bytes()[at] == b'-');
            name[..end.unwrap_or(name.len())].to_owned()
        }
        Some(arn) => arn.resource().trim_start_matches("parameter").trim_start_matches('/').to_owned(),
        None => text.trim_start_matches('/').to_owned(),
    };
    a == b || name(a) == name(b)
}

/// The keys that were used soon after a secret was fetched, by what the fetch called the secret.
fn kept<'a>(ground: &Ground<'a>, fetched: &[Fetched<'_>]) -> BTreeMap<String, BTreeMap<&'a Id, Timestamp>> {
    let mut kept: BTreeMap<String, BTreeMap<&Id, Timestamp>> = BTreeMap::new();
    if fetched.is_empty() {
        return kept;
    }
    let mut used: FxHashMap<&str, Vec<(Timestamp, &'a Id)>> = FxHashMap::default();
    for key in key::unexplained(ground) {
        for event in ground.linked.targets(key, Relation::UsedIn) {
            let Some(event) = ground.estate.find::<Event>(event) else { continue };
            if let Some(address) = &event.address {
                used.entry(address).or_default().push((event.at, key));
            }
        }
    }
    for Fetched { event, names } in fetched {
        let here = event.address.as_deref().and_then(|address| used.get(address));
        let (from, to) = (event.at, event.at.plus(SOON_SECONDS));
        for &(at, key) in here.into_iter().flatten().filter(|(at, _)| (from..=to).contains(at)) {
            for name in names {
                kept.entry(name.clone()).or_default().insert(key, at);
            }
        }
    }
    kept
}

fn path(
    ground: &Ground<'_>,
    fetch: Link,
    kept: &BTreeMap<String, BTreeMap<&Id, Timestamp>>,
) -> CredentialPath {
    let secret = fetch.to.clone();
    let of_secret = kept.iter().filter(|(name, _)| same(name, secret.key_text()));
    let keys: BTreeMap<&Id, Timestamp> =
        of_secret.flat_map(|(_, keys)| keys.iter().map(|(key, at)| (*key, *at))).collect();
    let used = (fetch.grade == Grade::Observed).then(|| fetch.proof.clone());
    let from = fetch.from.clone();
    let mut hops = vec![fetch];
    let mut cautions = Vec::new();
    let mut to = secret.clone();
    let mut used = used;
    // Several keys explain nothing.
    if let [(&key, &at)] = keys.iter().collect::<Vec<_>>()[..] {
        let proof =
            Proof::at("used within two minutes after the secret was fetched, from the same address", at);
        let (owner, owns) = key::owner(ground, key);
        hops.push(Link {
            from: secret.clone(),
            relation: Relation::Keeps,
            to: key.clone(),
            grade: Grade::Inferred,
            proof: proof.clone(),
        });
        hops.extend(owns);
        cautions.extend(key::cautions(ground, key));
        used = used.or(Some(proof));
        to = owner;
    } else {
        cautions
            .push("What is stored was not read: whether it is a key, and whose, cannot be known.".to_owned());
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
        assert!(same("arn:aws:ssm:eu-west-1:111111111111:parameter/ci/key", "/ci/key"));
        assert!(same("$SECRET", "$SECRET") && !same("$SECRET", "ci/key"));
    }

    #[test]
    fn records_name_what_was_asked_for() {
        assert_eq!(asked_for(r#"{"requestParameters":{"secretId":"ci/key"}}"#), ["ci/key"]);
        assert_eq!(asked_for(r#"{"requestParameters":{"names":["/a","/b"]}}"#), ["/a", "/b"]);
        assert!(asked_for(r#"{"requestParameters":null}"#).is_empty() && asked_for("not json").is_empty());
    }
}
