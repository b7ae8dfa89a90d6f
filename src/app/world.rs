//! The estate at one instant with all that follows from it: links, derived things, findings. Panes read this and
//! nothing else, so that every cell of a frame speaks of the same instant.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{find, seen, summary::Summary};
use crate::{
    base::{name::AccountId, time::Timestamp},
    join::{Graph, Linked, Power, Tokens},
    model::{
        entity::Entity,
        estate::Estate,
        id::{Id, Kind},
        link::Link,
    },
    rules::{Conclusions, Finding, Limits, Severity},
    way::CredentialPath,
};

#[derive(Clone, Debug)]
pub struct World {
    pub estate: Estate,
    pub linked: Arc<Linked>,
    /// Which id tokens open which roles.
    pub tokens: Arc<Tokens>,
    /// Who reaches what in the end.
    pub graph: Arc<Graph>,
    /// How jobs get into AWS.
    pub paths: Arc<Vec<CredentialPath>>,
    /// Worst first.
    pub findings: Arc<Vec<Finding>>,
    pub limits: Limits,
    /// When it was put together; ages are counted from here.
    pub now: Timestamp,
    /// Indices into `findings`.
    about: Arc<FxHashMap<Id, Vec<u32>>>,
    dangling_keys: Arc<Vec<Id>>,
    sessions: Arc<Vec<Id>>,
    accounts_read: Arc<FxHashMap<AccountId, bool>>,
    summary: Arc<Summary>,
    /// Made when the palette first searches.
    names: Arc<OnceLock<Vec<(Id, String)>>>,
}

impl World {
    /// Joins and judges an estate. For large estates this takes a while: `run` calls it away from the screen.
    pub fn build(estate: Estate, limits: Limits, now: Timestamp) -> Self {
        let Conclusions { linked, tokens, graph, paths, findings } = Conclusions::of(&estate, &limits, now);
        let mut about: FxHashMap<Id, Vec<u32>> = FxHashMap::default();
        for (index, finding) in (0..).zip(&findings) {
            about.entry(finding.about.clone()).or_default().push(index);
        }
        let sessions = linked.all_derived().map(Entity::id).filter(|id| id.kind() == Kind::Session);
        let sessions: Vec<Id> = sessions.collect();
        let summary = Summary::of(&estate, &findings, &limits, now);
        Self {
            dangling_keys: Arc::new(seen::dangling_keys(&estate)),
            accounts_read: Arc::new(seen::accounts_read(&estate)),
            sessions: Arc::new(sessions),
            summary: Arc::new(summary),
            names: Arc::default(),
            about: Arc::new(about),
            estate,
            linked: Arc::new(linked),
            tokens: Arc::new(tokens),
            graph: Arc::new(graph),
            paths: Arc::new(paths),
            findings: Arc::new(findings),
            limits,
            now,
        }
    }

    /// The thing with this id, read or derived.
    pub fn get(&self, id: &Id) -> Option<&Entity> {
        self.estate.get(id).or_else(|| self.linked.derived(id))
    }

    /// Every link that has this thing at an end.
    pub fn around(&self, id: &Id) -> Vec<Link> {
        self.linked.around(&self.estate, id)
    }

    /// Worst first.
    pub fn findings_about<'a>(&'a self, id: &Id) -> impl Iterator<Item = &'a Finding> {
        let indices = self.about.get(id).into_iter().flatten();
        indices.filter_map(|&index| self.findings.get(index as usize))
    }

    /// The worst finding about a thing.
    pub fn worst(&self, id: &Id) -> Option<Severity> {
        self.findings_about(id).map(|finding| finding.severity).max()
    }

    /// Long-term keys that no account showed: a variable carries them or an event was made with them.
    pub fn dangling_keys(&self) -> &[Id] {
        &self.dangling_keys
    }

    /// `None` when nobody looked into the account; otherwise whether all of its IAM was read.
    pub fn account_read(&self, account: AccountId) -> Option<bool> {
        self.accounts_read.get(&account).copied()
    }

    /// May this user or role do everything in its account?
    pub fn is_admin(&self, principal: &Id) -> bool {
        self.graph.powers(principal).contains(&Power::Administrator)
    }

    /// Every role session.
    pub fn sessions(&self) -> &[Id] {
        &self.sessions
    }

    /// What the overview shows.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// What the palette searches; made on first use, away from the screen.
    pub fn names(&self) -> &[(Id, String)] {
        self.names.get_or_init(|| find::index(self))
    }
}
