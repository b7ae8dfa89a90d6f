//! The estate at one instant with all that follows from it: links, derived things, findings. Panes read this and
//! nothing else, so that every cell of a frame speaks of the same instant.

use std::sync::Arc;

use crate::{
    base::time::Timestamp,
    join::{self, Linked},
    model::{entity::Entity, estate::Estate, id::Id, link::Link},
    rules::{self, Finding, Limits},
};

#[derive(Clone, Debug)]
pub struct World {
    pub estate: Estate,
    pub linked: Arc<Linked>,
    /// Worst first.
    pub findings: Arc<Vec<Finding>>,
    pub limits: Limits,
    /// When it was put together; ages are counted from here.
    pub now: Timestamp,
}

impl World {
    /// Joins and judges an estate. For large estates this takes a while: `run` calls it away from the screen.
    pub fn build(estate: Estate, limits: Limits, now: Timestamp) -> Self {
        let linked = join::link(&estate);
        let findings = rules::judge(&estate, &linked, &limits, now);
        Self { estate, linked: Arc::new(linked), findings: Arc::new(findings), limits, now }
    }

    /// The thing with this id, read or derived.
    pub fn get(&self, id: &Id) -> Option<&Entity> {
        self.estate.get(id).or_else(|| self.linked.derived(id))
    }

    /// Every link that has this thing at an end.
    pub fn around(&self, id: &Id) -> Vec<Link> {
        self.linked.around(&self.estate, id)
    }

    pub fn findings_about<'a>(&'a self, id: &'a Id) -> impl Iterator<Item = &'a Finding> {
        self.findings.iter().filter(move |finding| finding.about == *id)
    }
}
