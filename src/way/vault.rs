//! Jobs that get credentials from Vault's AWS secrets engine. Vault itself is not asked: its paths stand in CI configurations, and what it
//! makes at AWS bears its names.

mod seen;

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;

pub use self::seen::{Issuer, issuers, made_at};
use super::{CredentialPath, Ground, Life, Refs, Way, effective::Effective, key};
use crate::model::{
    aws::{Role, User},
    ci::{CiConfig, CiJob, ClueKind},
    gitlab::Variable,
    id::Id,
    link::{Grade, Link, Proof, Relation},
};

pub(super) const WAY: Way = Way {
    name: "vault",
    title: "Vault's AWS engine",
    life: Life::Short,
    better: "Give Vault a role instead of a key of its own, or let the jobs' id tokens open the roles without it.",
    find,
};

/// What a job asks Vault's AWS engine for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Asked {
    /// Where the engine is mounted: `aws`, `teams/a/aws`.
    mount: String,
    /// `creds` or `sts`.
    kind: String,
    /// Vault's name of the role: `deploy`.
    name: String,
}

impl Asked {
    /// `aws/creds/deploy` in scripts; `creds/deploy/access_key@aws` under `secrets:`. Other engines have `creds` as well: only a mount
    /// with `aws` in its name is taken for this one.
    fn read(written: &str) -> Option<Self> {
        let path = match written.split_once('@') {
            Some((path, mount)) => format!("{mount}/{path}"),
            None => written.trim_start_matches("/v1/").trim_start_matches('/').to_owned(),
        };
        let parts: Vec<&str> = path.split('/').collect();
        let at = parts.iter().position(|part| matches!(*part, "creds" | "sts"))?;
        let mount = parts[..at].join("/");
        let name = parts.get(at + 1).filter(|name| !name.is_empty())?;
        let is_aws = parts[..at].last().is_some_and(|last| last.to_ascii_lowercase().contains("aws"));
        is_aws.then(|| Self { mount, kind: parts[at].to_owned(), name: (*name).to_owned() })
    }
}

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let issuers = issuers(ground.estate, ground.policies);
    let addresses = addresses(ground);
    let mut paths = Vec::new();
    for config in ground.estate.all::<CiConfig>() {
        let project = config.project_id();
        let mut asked: BTreeMap<(Id, Asked), Arc<Proof>> = BTreeMap::new();
        for job in config.jobs.iter().flatten() {
            for (asks, place) in in_job(job) {
                let address = address_in(job).or_else(|| addresses.get(&project).copied()).unwrap_or("?");
                let vault = Id::vault(&format!("{}/{}", address.trim_end_matches('/'), asks.mount));
                asked.entry((vault, asks)).or_insert_with(|| Proof::of(format!("job {}, {place}", job.name)));
            }
        }
        paths.extend(
            asked
                .into_iter()
                .map(|((vault, asks), proof)| path(ground, &issuers, (&project, vault, proof), &asks)),
        );
    }
    paths.sort_by(|a: &CredentialPath, b| a.id.cmp(&b.id));
    paths.dedup_by(|a, b| a.id == b.id);
    paths
}

/// What a job asks of Vault's AWS engine, and where that stands. That there are `VAULT_` variables says nothing.
fn in_job(job: &CiJob) -> impl Iterator<Item = (Asked, String)> {
    let clues = job.clues.iter().filter_map(|clue| match &clue.kind {
        ClueKind::Vault(path) => Some((Asked::read(path)?, clue.place.clone())),
        _ => None,
    });
    let secrets = job.secrets.iter().filter(|secret| secret.engine == "vault");
    clues.chain(
        secrets.filter_map(|secret| Some((Asked::read(&secret.path)?, format!("secrets: {}", secret.name)))),
    )
}

/// Variables that hold Vault's address: the one GitLab's `secrets:` reads, and the one of Vault's own client.
const ADDRESSES: [&str; 2] = ["VAULT_SERVER_URL", "VAULT_ADDR"];

fn address_in(job: &CiJob) -> Option<&str> {
    let mut set = job.variables.iter().filter(|setting| ADDRESSES.contains(&&*setting.name));
    set.find_map(|setting| setting.sighting.shown.as_deref())
}

/// Vault's address as variables of projects, groups and the instance tell it, by project.
fn addresses<'a>(ground: &Ground<'a>) -> FxHashMap<Id, &'a str> {
    let is_address = |variable: &Variable| ADDRESSES.contains(&&*variable.key);
    let mut effective = Effective::of(ground.estate, ground.linked.reach(), is_address);
    let mut addresses = FxHashMap::default();
    for variable in ground.estate.all::<Variable>().filter(|variable| is_address(variable)) {
        let Some(shown) = variable.sighting.as_ref().and_then(|sighting| sighting.shown.as_deref()) else {
            continue;
        };
        for project in effective.projects(variable).iter() {
            addresses.entry(project.clone()).or_insert(shown);
        }
    }
    addresses
}

fn path(
    ground: &Ground<'_>,
    issuers: &[Issuer],
    (project, vault, proof): (&Id, Id, Arc<Proof>),
    asked: &Asked,
) -> CredentialPath {
    let issued = issued(ground, issuers, asked);
    let mut hops = vec![Link {
        from: project.clone(),
        relation: Relation::Fetches,
        to: vault.clone(),
        grade: Grade::Configured,
        proof,
    }];
    let mut cautions = Vec::new();
    let mut used = None;
    let mut to = vault.clone();
    if let Some((made, proof)) = issued {
        used = used_by_runner(ground, &made);
        hops.push(Link {
            from: vault.clone(),
            relation: Relation::Issues,
            to: made.clone(),
            grade: Grade::Inferred,
            proof,
        });
        to = made;
    } else {
        cautions.push(format!("Vault knows what `{}` is at AWS; from here it cannot be known.", asked.name));
    }
    CredentialPath {
        id: CredentialPath::id(WAY.name, project, &vault, &to),
        way: WAY.name,
        from: project.clone(),
        projects: Arc::new([project.clone()]),
        // Vault's own roles decide which refs they let in.
        refs: Refs::Unknown,
        hops,
        to,
        life: Life::Short,
        used,
        cautions,
    }
}

/// What Vault makes for a name: the role that it may assume for it, or the newest of the users that it made for it.
fn issued(ground: &Ground<'_>, issuers: &[Issuer], asked: &Asked) -> Option<(Id, Arc<Proof>)> {
    if asked.kind == "sts" {
        let assumed = issuers.iter().flat_map(|issuer| ground.graph.out_of(&issuer.principal));
        let named = assumed.filter(|link| {
            ground.estate.find::<Role>(&link.to).is_some_and(|role| role.name().ends_with(&asked.name))
        });
        if let Some(link) = named.min_by(|a, b| a.to.cmp(&b.to)) {
            let text = format!(
                "Vault's {} may assume it, and its name ends in {}",
                link.from.kind().word(),
                asked.name
            );
            return Some((link.to, Proof::of(text)));
        }
    }
    let inside = format!("-{}-", asked.name);
    let made = ground
        .estate
        .all::<User>()
        .filter(|user| made_at(user.name()).is_some() && user.name().contains(&inside));
    let newest = made.max_by_key(|user| (user.created.or_else(|| made_at(user.name())), user.arn.clone()))?;
    let proof = Proof { text: "the newest user that Vault named so".into(), at: newest.created };
    Some((newest.id(), Arc::new(proof)))
}

/// The latest use of a user's keys from a runner.
fn used_by_runner(ground: &Ground<'_>, user: &Id) -> Option<Arc<Proof>> {
    let keys = ground.linked.targets(user, Relation::Owns);
    keys.filter_map(|key| key::used_by_runner(ground, key)).max_by_key(|proof| proof.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_the_aws_engine_are_read() {
        let read =
            |text| Asked::read(text).map(|asked| format!("{} {} {}", asked.mount, asked.kind, asked.name));
        let table = [
            ("aws/creds/deploy", Some("aws creds deploy")),
            ("aws/sts/deploy", Some("aws sts deploy")),
            ("/v1/teams/a/aws-prod/sts/deploy", Some("teams/a/aws-prod sts deploy")),
            ("creds/deploy/access_key@aws", Some("aws creds deploy")),
            ("ops/data/aws/production@secrets", None),
            ("secret/data/aws/creds", None),
            ("database/creds/deploy", None),
            ("aws/creds/", None),
            ("aws/config/root", None),
        ];
        for (written, expected) in table {
            assert_eq!(read(written).as_deref(), expected, "{written}");
        }
    }
}
