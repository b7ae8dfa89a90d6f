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

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let in_arn = Proof::of("the ARN names it");
    let mut by_arn = |id: &Id, arn: &Arn| {
        if let Some(account) = arn.account() {
            let account = Id::account(account);
            weave.add(id.clone(), Relation::InAccount, account, Grade::Configured, in_arn.clone());
        }
    };
    estate.named::<User>().for_each(|(id, user)| by_arn(id, &user.arn));
    estate.named::<Role>().for_each(|(id, role)| by_arn(id, &role.arn));
    estate.named::<Provider>().for_each(|(id, provider)| by_arn(id, &provider.arn));
    for (id, key) in estate.named::<AccessKey>() {
        if let Some(user) = &key.user {
            by_arn(id, user);
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
