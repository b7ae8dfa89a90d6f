//! Floor 2: links that no single page can state, each with a grade and a proof. It does not know where a fact came from.

mod account;
mod address;
mod attribution;
mod event;
mod graph;
mod holder;
mod job;
mod key;
mod launches;
mod linked;
mod machine;
mod names;
mod news;
mod place;
mod pods;
mod policies;
mod reach;
mod rights;
mod runner_config;
mod starts;
mod tokens;
mod trust;

pub use graph::{Graph, Power, Reached, ReachedRole};
pub use linked::Linked;
pub use policies::Policies;
pub use reach::Reach;
pub use rights::{May, Rights};
pub use tokens::{
    Admitted, AdmittedRef, Beyond, Fault, Presented, Presents, RefKind, Scales, TokenTrust, Tokens,
    issuer_of_instance,
};

pub use crate::policy::page::{Page, PageLine, page as policy_page};

use linked::Weave;

use crate::model::estate::Estate;

/// One kind of join: what it is called, and the function that adds its links.
pub struct Join {
    pub name: &'static str,
    add: for<'a> fn(&'a Estate, &Policies<'a>, &mut Weave),
}

/// Every join, in the order they run: the later ones may read what the earlier ones linked.
pub const JOINS: &[Join] = &[
    holder::JOIN,
    key::JOIN,
    account::JOIN,
    machine::JOIN,
    place::JOIN,
    job::JOIN,
    trust::JOIN,
    event::JOIN,
    address::JOIN,
    runner_config::JOIN,
    launches::JOIN,
    starts::JOIN,
    pods::JOIN,
    attribution::JOIN,
];

/// Works out every link.
pub fn link(estate: &Estate, policies: &Policies<'_>) -> Linked {
    let mut weave = Weave::new(Reach::of(estate));
    for join in JOINS {
        (join.add)(estate, policies, &mut weave);
    }
    weave.finish()
}
