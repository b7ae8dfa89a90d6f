//! Credential paths found from whatever lies on them, and how bad each is: worked out once for each world, so that rows and details only
//! look up.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    join::{Graph, Power},
    model::{id::Id, link::Link},
    way::{
        CredentialPath, Life, WAYS,
        risk::{self, Risk},
    },
};

/// What lies at the end of paths, in short.
#[derive(Clone, Debug, Default)]
pub struct End {
    /// Roles it reaches besides itself.
    pub roles: usize,
    /// The worst first.
    pub powers: Vec<Power>,
    pub partly: bool,
}

impl End {
    fn of(id: &Id, graph: &Graph) -> Self {
        Self {
            roles: graph.roles_reached(id),
            powers: graph.powers_reached(id).map(|(power, _)| power).collect(),
            partly: graph.is_partly(id),
        }
    }

    /// May it, or a role it reaches, do everything in its account?
    pub fn is_administrator(&self) -> bool {
        self.powers.contains(&Power::Administrator)
    }
}

/// One way in the overview.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WayCount {
    pub way: &'static str,
    /// Distinct known projects whose jobs can take it.
    pub projects: u64,
    pub paths: usize,
    /// Does some path of it give a long-lived key?
    pub long: bool,
}

/// Indices are into the paths.
#[derive(Debug, Default)]
pub struct Routes {
    by_id: FxHashMap<Id, u32>,
    through: FxHashMap<Id, Vec<u32>>,
    risks: Vec<Risk>,
    ends: Vec<Arc<End>>,
    ways: Vec<WayCount>,
}

impl Routes {
    pub(super) fn of(paths: &[CredentialPath], graph: &Graph) -> Self {
        let mut routes = Self::default();
        let mut ends: FxHashMap<&Id, Arc<End>> = FxHashMap::default();
        for (index, path) in (0..).zip(paths) {
            routes.by_id.insert(path.id.clone(), index);
            for id in stations(path) {
                routes.through.entry(id.clone()).or_default().push(index);
            }
            let end = ends.entry(&path.to).or_insert_with(|| Arc::new(End::of(&path.to, graph)));
            routes.risks.push(risk::of(path, &end.powers, end.partly));
            routes.ends.push(end.clone());
        }
        routes.ways = count(paths);
        routes
    }

    pub(super) fn index(&self, path: &Id) -> Option<usize> {
        self.by_id.get(path).map(|index| *index as usize)
    }

    /// Paths that begin, end or pass here.
    pub(super) fn through(&self, id: &Id) -> impl ExactSizeIterator<Item = usize> {
        let indices: &[u32] = self.through.get(id).map_or(&[], Vec::as_slice);
        indices.iter().map(|index| *index as usize)
    }

    pub(super) fn risk(&self, index: usize) -> Option<Risk> {
        self.risks.get(index).copied()
    }

    pub(super) fn end(&self, index: usize) -> Option<&End> {
        self.ends.get(index).map(|end| &**end)
    }

    /// Every way that some path takes, in the order of [`WAYS`].
    pub(super) fn ways(&self) -> &[WayCount] {
        &self.ways
    }
}

/// Everything a path passes, each once: its beginning, what its hops name, its end.
pub(super) fn stations(path: &CredentialPath) -> Vec<&Id> {
    let hops = path.hops.iter().flat_map(|hop| [&hop.from, &hop.to]);
    let mut seen: Vec<&Id> = Vec::with_capacity(path.hops.len() + 2);
    for id in std::iter::once(&path.from).chain(hops).chain([&path.to]) {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

/// A hop as it is taken: where it leads to, and whether the link points that way.
pub(super) struct Step<'a> {
    pub(super) link: &'a Link,
    pub(super) to: &'a Id,
    pub(super) forward: bool,
}

/// A path's hops in the order they are taken, each turned so that it leads away from the beginning.
pub(super) fn steps(path: &CredentialPath) -> Vec<Step<'_>> {
    let mut here = &path.from;
    let mut steps = Vec::with_capacity(path.hops.len());
    for link in &path.hops {
        let forward = link.to != *here;
        let to = if forward { &link.to } else { &link.from };
        steps.push(Step { link, to, forward });
        here = to;
    }
    steps
}

fn count(paths: &[CredentialPath]) -> Vec<WayCount> {
    let mut counts: Vec<WayCount> = Vec::new();
    let mut projects: Vec<FxHashSet<&Id>> = Vec::new();
    let mut lists: FxHashSet<(usize, *const Id)> = FxHashSet::default();
    for path in paths {
        let place = counts.iter().position(|known| known.way == path.way).unwrap_or_else(|| {
            counts.push(WayCount { way: path.way, projects: 0, paths: 0, long: false });
            projects.push(FxHashSet::default());
            counts.len() - 1
        });
        counts[place].paths += 1;
        counts[place].long |= path.life == Life::Long;
        // Many paths share one list of projects.
        if lists.insert((place, path.projects.as_ptr())) {
            projects[place].extend(path.projects.iter());
        }
    }
    for (count, projects) in counts.iter_mut().zip(projects) {
        count.projects = projects.len() as u64;
    }
    counts.sort_by_key(|count| WAYS.iter().position(|way| way.name == count.way).unwrap_or(WAYS.len()));
    counts
}
