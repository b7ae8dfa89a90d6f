//! Which variables carry an access key, and whose key it is.

use super::{Join, linked::Weave};
use crate::model::{
    aws::AccessKey,
    estate::Estate,
    gitlab::Variable,
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "key", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let whole = Proof::of("the value is this key id");
    let inside = Proof::of("the file holds this key id");
    let named = Proof::of("the value names this role");
    for (id, variable) in estate.named::<Variable>() {
        let Some(sighting) = &variable.sighting else { continue };
        let proof = if variable.file == Some(true) { &inside } else { &whole };
        for key in &sighting.keys {
            weave.add(id.clone(), Relation::Carries, Id::key(key), Grade::Configured, proof.clone());
        }
        for role in &sighting.roles {
            weave.add(id.clone(), Relation::Names, Id::role(role), Grade::Configured, named.clone());
        }
    }
    let listed = Proof::of("IAM lists it under the user");
    for (id, key) in estate.named::<AccessKey>() {
        if let Some(user) = &key.user {
            weave.add(Id::user(user), Relation::Owns, id.clone(), Grade::Configured, listed.clone());
        }
    }
}
