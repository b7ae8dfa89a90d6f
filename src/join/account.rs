//! Which account a thing belongs to: by its ARN, or, for a key nobody listed, by what its id encodes.

use super::{Join, linked::Weave};
use crate::{
    base::name::Arn,
    model::{
        aws::{AccessKey, Provider, Role, User},
        estate::Estate,
        gitlab::Variable,
        id::Id,
        link::{Grade, Proof, Relation},
    },
};

pub(super) const JOIN: Join = Join { name: "account", add };

fn add(estate: &Estate, weave: &mut Weave) {
    let in_arn = Proof::of("the ARN names it");
    let mut by_arn = |id: Id, arn: &Arn| {
        if let Some(account) = arn.account() {
            weave.add(id, Relation::InAccount, Id::account(account), Grade::Configured, in_arn.clone());
        }
    };
    estate.all::<User>().for_each(|user| by_arn(user.id(), &user.arn));
    estate.all::<Role>().for_each(|role| by_arn(role.id(), &role.arn));
    estate.all::<Provider>().for_each(|provider| by_arn(provider.id(), &provider.arn));
    for key in estate.all::<AccessKey>() {
        if let Some(user) = &key.user {
            by_arn(key.id(), user);
        }
    }
    let encoded = Proof::of("the key id encodes it");
    let carried = estate.all::<Variable>().filter_map(|variable| variable.sighting.as_ref());
    for key in carried.flat_map(|sighting| &sighting.keys) {
        let id = Id::key(key);
        let Some(account) = key.account() else { continue };
        if estate.get(&id).is_none() && weave.so_far().targets(&id, Relation::InAccount).next().is_none() {
            weave.add(id, Relation::InAccount, Id::account(account), Grade::Inferred, encoded.clone());
        }
    }
}
