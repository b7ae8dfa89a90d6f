//! The estate at one instant with all that follows from it: links, derived things, findings. Panes read this and
//! nothing else, so that every cell of a frame speaks of the same instant.

use std::sync::{Arc, OnceLock};

use rustc_hash::FxHashMap;

use super::{
    action::KeptRun,
    chains::Chains,
    find,
    map::Map,
    routes::{End, Routes, WayCount},
    seen,
    summary::Summary,
};
use crate::{
    base::{name::AccountId, time::Timestamp},
    join::{Graph, Linked, Power, Tokens},
    model::{entity::Entity, estate::Estate, id::Id, link::Link},
    rules::{Conclusions, Finding, Limits, Severity},
    way::{CredentialPath, risk::Risk},
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
    /// Runs of the journal, newest first.
    pub runs: Arc<Vec<KeptRun>>,
    /// Why they are not known, where they are not.
    pub no_journal: Option<String>,
    pub limits: Limits,
    /// When it was put together; ages are counted from here.
    pub now: Timestamp,
    /// Indices into `findings`.
    about: Arc<FxHashMap<Id, Vec<u32>>>,
    dangling_keys: Arc<Vec<Id>>,
    chains: Arc<Chains>,
    accounts_read: Arc<FxHashMap<AccountId, bool>>,
    summary: Arc<Summary>,
    routes: Arc<Routes>,
    map: Arc<Map>,
    /// Made when the palette first searches.
    names: Arc<OnceLock<Vec<(Id, String)>>>,
}

impl World {
    /// Joins and judges an estate. For large estates this takes a while: `run` calls it away from the screen.
    pub fn build(estate: Estate, limits: Limits, now: Timestamp) -> Self {
        let conclusions = Conclusions::of(&estate, &limits, now);
        Self::of(estate, conclusions, limits, now)
    }

    /// Puts together what was concluded before.
    pub(super) fn of(estate: Estate, conclusions: Conclusions, limits: Limits, now: Timestamp) -> Self {
        let Conclusions { linked, tokens, graph, paths, findings } = conclusions;
        let mut about: FxHashMap<Id, Vec<u32>> = FxHashMap::default();
        for (index, finding) in (0..).zip(&findings) {
            about.entry(finding.about.clone()).or_default().push(index);
        }
        let chains = Chains::of(&linked);
        let summary = Summary::of(&estate, &findings, &limits, now);
        let routes = Routes::of(&paths, &graph);
        let mut world = Self {
            dangling_keys: Arc::new(seen::dangling_keys(&estate)),
            accounts_read: Arc::new(seen::accounts_read(&estate)),
            chains: Arc::new(chains),
            summary: Arc::new(summary),
            routes: Arc::new(routes),
            map: Arc::default(),
            names: Arc::default(),
            about: Arc::new(about),
            estate,
            linked: Arc::new(linked),
            tokens: Arc::new(tokens),
            graph: Arc::new(graph),
            paths: Arc::new(paths),
            findings: Arc::new(findings),
            runs: Arc::default(),
            no_journal: Some("it was not read yet".into()),
            limits,
            now,
        };
        // Things are named by the world they are in.
        world.map = Arc::new(Map::of(&world));
        world
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

    /// Every session, as chains.
    pub fn chains(&self) -> &Chains {
        &self.chains
    }

    /// What the overview shows.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// A credential path by its id.
    pub fn path(&self, id: &Id) -> Option<&CredentialPath> {
        self.paths.get(self.routes.index(id)?)
    }

    /// Paths that begin, end or pass at this thing.
    pub fn paths_through<'a>(&'a self, id: &Id) -> impl ExactSizeIterator<Item = &'a CredentialPath> {
        self.routes.through(id).map(|index| &self.paths[index])
    }

    /// Paths that this project's jobs can take, wherever they begin. Looks through all of them.
    pub fn paths_of_project<'a>(&'a self, project: &Id) -> impl Iterator<Item = &'a CredentialPath> {
        self.paths.iter().filter(move |path| path.from == *project || path.projects.contains(project))
    }

    /// How bad a path is.
    pub fn risk(&self, path: &Id) -> Option<Risk> {
        self.routes.risk(self.routes.index(path)?)
    }

    /// The same, by the path's index.
    pub(super) fn risk_at(&self, path: u32) -> Option<Risk> {
        self.routes.risk(path as usize)
    }

    /// What lies at a path's end.
    pub fn end(&self, path: &Id) -> Option<&End> {
        self.routes.end(self.routes.index(path)?)
    }

    /// How many projects take each way.
    pub fn ways(&self) -> &[WayCount] {
        self.routes.ways()
    }

    /// Beginnings, carriers and ends of all paths.
    pub fn map(&self) -> &Map {
        &self.map
    }

    /// What the palette searches; made on first use, away from the screen.
    pub fn names(&self) -> &[(Id, String)] {
        self.names.get_or_init(|| find::index(self))
    }
}
