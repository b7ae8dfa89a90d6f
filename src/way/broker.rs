//! A static key in a variable whose user can do nothing but become somebody else: where it leads is what counts.

use std::sync::Arc;

use super::{CredentialPath, Ground, Life, Way, carried};
use crate::model::{
    id::Id,
    link::{Proof, Relation},
};

pub(super) const WAY: Way = Way {
    name: "broker",
    title: "static key that assumes roles",
    life: Life::Long,
    better: "Let the roles trust GitLab's id tokens: then the key in the middle can go.",
    find,
};

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let mut paths = Vec::new();
    for carried in carried::all(ground) {
        let roles = carried.broker(ground).unwrap_or_default();
        paths.extend(roles.into_iter().map(|may_assume| {
            let used = carried.key.as_ref().and_then(|key| opened(ground, key, &may_assume.to));
            carried.path(WAY.name, Some(may_assume), used)
        }));
    }
    paths
}

/// The latest session of the role that was opened with the key.
fn opened(ground: &Ground<'_>, key: &Id, role: &Id) -> Option<Arc<Proof>> {
    let sessions = ground.linked.from(key).filter(|link| link.relation == Relation::Opened);
    let of_role =
        sessions.filter(|link| ground.linked.origins(&link.to, Relation::AssumedAs).any(|of| of == role));
    let latest = of_role.max_by_key(|link| link.proof.at)?;
    let text = format!("opened session {} with the key", latest.to.key_text());
    Some(Arc::new(Proof { text: text.into(), at: latest.proof.at }))
}
