//! Jobs in pods of an EKS cluster: their service account gets a role by a trust in the cluster's issuer or by a Pod Identity association.

use std::{collections::BTreeSet, sync::Arc};

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
        let roles = roles(ground, id, config);
        if roles.is_empty() {
            continue;
        }
        for start in start::of_config(ground, id) {
            let rests = roles.iter().map(|ends| rest(ground, config, *ends));
            paths.extend(rests.map(|rest| start.path(&WAY, rest)));
        }
    }
    // A trust and an association may give the same role: one path, by the surer of the two.
    paths.sort_by(|a, b| a.id.cmp(&b.id).then(b.grade().cmp(&a.grade())));
    paths.dedup_by(|a, b| a.id == b.id);
    paths
}

/// The service accounts that jobs run as, and their roles. Nobody has to choose another account for a role that their own has.
fn roles<'a>(ground: &Ground<'a>, id: &Id, config: &RunnerConfig) -> Vec<(&'a Link, &'a Link)> {
    let starts = ground.linked.from(id).filter(|link| link.relation == Relation::Starts);
    let accounts = starts.filter(|link| link.to.kind() == Kind::ServiceAccount);
    let all: Vec<(&Link, &Link)> = accounts
        .flat_map(|starts| {
            let links = ground.linked.from(&starts.to);
            links.filter(|link| link.relation == Relation::MayAssume).map(move |link| (starts, link))
        })
        .collect();
    let is_own = |starts: &Link| is_own(config, &starts.to);
    let own: BTreeSet<&Id> =
        all.iter().filter(|(starts, _)| is_own(starts)).map(|(_, link)| &link.to).collect();
    all.iter().filter(|(starts, link)| is_own(starts) || !own.contains(&link.to)).copied().collect()
}

/// Do jobs run as this service account where they choose none?
fn is_own(config: &RunnerConfig, account: &Id) -> bool {
    let Some(settings) = &config.kubernetes else { return false };
    let or_default = |name: &Option<String>| name.clone().unwrap_or_else(|| "default".to_owned());
    let own = format!("/{}/{}", or_default(&settings.namespace), or_default(&settings.service_account));
    account.key_text().ends_with(&own)
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
        used: used(ground, &starts.to, &may_assume.to).filter(|_| !is_others(ground, config, &starts.to)),
        cautions: chosen.into_iter().chain(bearer).collect(),
    }
}

/// Do other runners' jobs run as this service account, and those of this one only by choice? No record says which runner a pod was of.
fn is_others(ground: &Ground<'_>, config: &RunnerConfig, account: &Id) -> bool {
    let mut starting = ground.linked.origins(account, Relation::Starts);
    let own = |id: &Id| ground.estate.find::<RunnerConfig>(id).is_some_and(|config| is_own(config, account));
    !is_own(config, account) && starting.any(own)
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
