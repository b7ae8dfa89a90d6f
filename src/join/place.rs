//! On which EC2 instance a runner manager sits: the address GitLab sees is the instance's own.

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave};
use crate::model::{
    aws::Machine,
    estate::Estate,
    gitlab::Manager,
    id::Id,
    link::{Grade, Proof, Relation},
};

pub(super) const JOIN: Join = Join { name: "place", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    let mut by_address: FxHashMap<&str, Vec<(Id, &'static str)>> = FxHashMap::default();
    for machine in estate.all::<Machine>().filter(|machine| machine.state.as_deref() != Some("terminated")) {
        let addresses = [(&machine.private_address, "private"), (&machine.public_address, "public")];
        for (address, which) in addresses {
            if let Some(address) = address {
                by_address.entry(address).or_default().push((machine.id(), which));
            }
        }
    }
    for manager in estate.all::<Manager>() {
        let Some(address) = manager.address.as_deref() else { continue };
        let machines = by_address.get(address).map_or(&[][..], Vec::as_slice);
        for (machine, which) in machines {
            let proof = match machines.len() {
                1 => format!("{address} is the instance's {which} address"),
                // Private addresses repeat between networks: then each is only one of several.
                several => format!("{address} is the {which} address of this and {} more", several - 1),
            };
            weave.add(manager.id(), Relation::SitsOn, machine.clone(), Grade::Inferred, Proof::of(proof));
        }
    }
}
