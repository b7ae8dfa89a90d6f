//! Everything that follows from an estate, in the order in which it follows: policies are read once, links joined, id tokens weighed, role
//! chains closed, ways found, and all of it judged.

use super::{Case, Finding, Limits, judge};
use crate::{
    base::time::Timestamp,
    join::{self, Graph, Linked, Policies, Tokens},
    model::estate::Estate,
    way::{self, CredentialPath, Ground},
};

/// What follows from an estate.
#[derive(Debug, Default)]
pub struct Conclusions {
    pub linked: Linked,
    pub tokens: Tokens,
    pub graph: Graph,
    /// In the order of [`way::WAYS`].
    pub paths: Vec<CredentialPath>,
    /// Worst first.
    pub findings: Vec<Finding>,
}

impl Conclusions {
    /// For large estates this takes up to a second.
    pub fn of(estate: &Estate, limits: &Limits, now: Timestamp) -> Self {
        let policies = Policies::of(estate);
        let linked = join::link(estate, &policies);
        let tokens = Tokens::of(estate, &linked, &policies);
        let graph = Graph::of(estate, &linked, &policies);
        let (policies, linked_ref) = (&policies, &linked);
        let paths = way::find(&Ground {
            estate,
            linked: linked_ref,
            policies,
            tokens: &tokens,
            graph: &graph,
            now,
            found: &[],
        });
        let findings = judge(&Case {
            estate,
            linked: linked_ref,
            limits,
            now,
            policies,
            tokens: &tokens,
            graph: &graph,
            paths: &paths,
        });
        Self { linked, tokens, graph, paths, findings }
    }
}
