//! Jobs in pods of an EKS cluster: their service account gets a role by a trust in the cluster's issuer or by a Pod Identity association.

use std::sync::Arc;

use super::{
    CredentialPath, Ground, Life, Way, sessions,
    start::{self, Rest},
};
use crate::model::{
    event::Event,
    id::{Id, Kind},
    link::{Link, Proof, Relation},
    runner_config::RunnerConfig,
    session::{Opener, Session},
};

pub(super) const WAY: Way = Way {
    name: "eks",
    title: "role of a pod's service account",
    life: Life::Short,
    better: "Give jobs a service account without a role and let their id tokens open roles: a service account is the same for every job.",
    find,
};

const PODS: &str = "pods.eks.amazonaws.com";

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for (id, config) in ground.estate.named::<RunnerConfig>() {
        let starts = ground.linked.from(id).filter(|link| link.relation == Relation::Starts);
        let accounts: Vec<&Link> = starts.filter(|link| link.to.kind() == Kind::ServiceAccount).collect();
        if accounts.is_empty() {
            continue;
        }
        for start in start::of_config(ground, id) {
            let roles = accounts.iter().flat_map(|starts| roles(ground, starts));
            paths
                .extend(roles.map(|(starts, may_assume)| {
                    start.path(&WAY, rest(ground, config, (starts, may_assume)))
                }));
        }
    }
    // A trust and an association may give the same role: one path, by the surer of the two.
    paths.sort_by(|a, b| a.id.cmp(&b.id).then(b.grade().cmp(&a.grade())));
    paths.dedup_by(|a, b| a.id == b.id);
    paths
}

fn roles<'a>(ground: &Ground<'a>, starts: &'a Link) -> impl Iterator<Item = (&'a Link, &'a Link)> {
    let may_assume = ground.linked.from(&starts.to).filter(|link| link.relation == Relation::MayAssume);
    may_assume.map(move |link| (starts, link))
}

fn rest(ground: &Ground<'_>, config: &RunnerConfig, (starts, may_assume): (&Link, &Link)) -> Rest {
    let settings = config.kubernetes.as_ref();
    let overwrite = settings.and_then(|settings| settings.service_account_overwrite_allowed.as_deref());
    let overwrite = overwrite.filter(|pattern| !pattern.is_empty());
    let chosen = overwrite.map(|pattern| {
        format!("Jobs may choose their service account: service_account_overwrite_allowed is {pattern}.")
    });
    let bearer = settings.is_some_and(|settings| settings.bearer_token_overwrite_allowed);
    let bearer = bearer.then(|| {
        "Jobs may bring a Kubernetes token of their own: bearer_token_overwrite_allowed is on.".to_owned()
    });
    Rest {
        via: starts.to.clone(),
        to: may_assume.to.clone(),
        hops: vec![starts.clone(), may_assume.clone()],
        used: used(ground, &starts.to, &may_assume.to).filter(|_| !is_others(ground, starts)),
        cautions: chosen.into_iter().chain(bearer).collect(),
    }
}

/// Do other runners' jobs run as this service account, and those of this one only by choice? No record says which runner a pod was of.
fn is_others(ground: &Ground<'_>, starts: &Link) -> bool {
    let own = |config: &Id| {
        let settings =
            ground.estate.find::<RunnerConfig>(config).and_then(|config| config.kubernetes.as_ref());
        let name = settings.and_then(|settings| settings.service_account.as_deref()).unwrap_or("default");
        starts.to.key_text().rsplit('/').next() == Some(name)
    };
    !own(&starts.from) && ground.linked.origins(&starts.to, Relation::Starts).any(own)
}

/// Sessions that the service account's own token opened, or that EKS opened for pods.
fn used(ground: &Ground<'_>, account: &Id, role: &Id) -> Option<Arc<Proof>> {
    let (rest, name) = account.key_text().rsplit_once('/')?;
    let namespace = rest.rsplit('/').next().unwrap_or_default();
    let wanted = format!("system:serviceaccount:{namespace}:{name}");
    sessions::seen(ground, role, "opened for its pods", |session| match &session.opened_by {
        Opener::Subject { subject, .. } => **subject == *wanted,
        Opener::Service(service) => {
            **service == *PODS && about(ground, session).is_none_or(|about| *about == *wanted)
        }
        _ => false,
    })
}

/// The service account that the session's tags name.
fn about<'a>(ground: &Ground<'a>, session: &Session) -> Option<&'a str> {
    ground.estate.find::<Event>(session.minted_by.as_ref()?)?.about.as_deref()
}
