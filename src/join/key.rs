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

fn add(estate: &Estate, weave: &mut Weave) {
    let whole = Proof::of("the value is this key id");
    let inside = Proof::of("the file holds this key id");
    let named = Proof::of("the value names this role");
    for variable in estate.all::<Variable>() {
        let Some(sighting) = &variable.sighting else { continue };
        let proof = if variable.file == Some(true) { &inside } else { &whole };
        for key in &sighting.keys {
            weave.add(variable.id(), Relation::Carries, Id::key(key), Grade::Configured, proof.clone());
        }
        for role in &sighting.roles {
            weave.add(variable.id(), Relation::Names, Id::role(role), Grade::Configured, named.clone());
        }
    }
    let listed = Proof::of("IAM lists it under the user");
    for key in estate.all::<AccessKey>() {
        if let Some(user) = &key.user {
            weave.add(Id::user(user), Relation::Owns, key.id(), Grade::Configured, listed.clone());
        }
    }
}
