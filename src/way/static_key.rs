//! A long-term access key of an IAM user in a CI/CD variable: every job that gets the variable is that user.

use super::{CredentialPath, Ground, Life, Way, carried, key};

pub(super) const WAY: Way = Way {
    name: "static-key",
    title: "static key in a variable",
    life: Life::Long,
    better: "Let the jobs sign in with an id token: a role that trusts GitLab's issuer for this project and its protected refs.",
    find,
};

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let carried = carried::all(ground).into_iter().filter(|carried| carried.broker(ground).is_none());
    carried
        .map(|carried| {
            let used = carried.key.as_ref().and_then(|key| key::used_by_runner(ground, key));
            carried.path(WAY.name, None, used)
        })
        .collect()
}
