//! Whose address it is: a runner manager's, an EC2 instance's, or AWS's own. What remains is nobody we know.

use std::net::IpAddr;

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave};
use crate::model::{
    aws::Machine,
    entity::Entity,
    estate::Estate,
    gitlab::Manager,
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "address", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let mut owners: FxHashMap<&str, Vec<(Id, &'static str)>> = FxHashMap::default();
    for (id, manager) in estate.named::<Manager>() {
        if let Some(address) = &manager.address {
            owners.entry(address).or_default().push((id.clone(), "GitLab sees the runner manager there"));
        }
    }
    for machine in estate.all::<Machine>() {
        for address in [&machine.private_address, &machine.public_address].into_iter().flatten() {
            owners.entry(address).or_default().push((machine.id(), "EC2 gave the instance this address"));
        }
    }
    let mut links = Vec::new();
    for entity in weave.derived_mut() {
        let Entity::Address(address) = entity else { continue };
        let named = owners.get(&*address.address).map_or(&[][..], Vec::as_slice);
        // CloudTrail writes a service's name where AWS itself called.
        let is_service = address.address.parse::<IpAddr>().is_err();
        address.known = is_service || !named.is_empty();
        links.extend(named.iter().map(|(owner, proof)| (address.id(), owner.clone(), *proof)));
    }
    for (address, owner, proof) in links {
        weave.add(address, Relation::AddressOf, owner, Grade::Inferred, Proof::of(proof));
    }
}
