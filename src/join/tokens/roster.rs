//! Known projects as their id tokens present them, found by what a pattern names: a trust policy that names one project costs a look-up,
//! not a walk through all.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::issuer::{BY_NUMBER, BY_PATH};
use crate::{
    model::{
        estate::Estate,
        gitlab::{Group, Instance, Project},
        id::Id,
        observe::{Outcome, Scope},
    },
    policy::subject::{DEFAULT_COMPONENTS, Part, Presenter, RefClass, RefKind, classes},
};

/// A project and what its subjects begin with.
pub(super) struct Known<'a> {
    pub(super) id: &'a Id,
    pub(super) path: &'a str,
    pub(super) number: u64,
    pub(super) namespace: Option<u64>,
    pub(super) head: String,
    /// Its index among [`Roster::shapes`].
    pub(super) shape: u32,
    /// Its settings were not read, and GitLab's default components are taken for its own.
    pub(super) assumed: bool,
}

/// What many projects have in common: what follows the head, and which refs are protected.
#[derive(PartialEq, Eq, Hash)]
struct ShapeKey<'a> {
    components: Option<&'a [String]>,
    /// The project, where its own path or number stands behind the ref: such a shape is nobody else's.
    own: Option<u32>,
    branches: Option<&'a [String]>,
    tags: Option<&'a [String]>,
}

pub(super) struct Shape<'a> {
    pub(super) classes: Vec<RefClass<'a>>,
    tails: [Vec<Part>; 6],
}

const KINDS: [RefKind; 6] = [
    RefKind::ProtectedBranch,
    RefKind::ProtectedTag,
    RefKind::Branch,
    RefKind::Tag,
    RefKind::UnknownBranch,
    RefKind::UnknownTag,
];

impl Shape<'_> {
    /// What follows the head in subjects of refs of this kind.
    pub(super) fn tail(&self, kind: RefKind) -> &[Part] {
        &self.tails[kind as usize]
    }
}

/// Projects of one GitLab.
#[derive(Default)]
pub(super) struct Place {
    projects: Vec<u32>,
    /// In lower case, sorted.
    by_path: Vec<(String, u32)>,
    by_number: FxHashMap<u64, u32>,
    /// Those whose subjects begin with neither path nor number.
    odd: Vec<u32>,
    /// In lower case.
    groups: FxHashSet<String>,
    /// Every project that the token sees was read.
    whole: bool,
    is_admin: bool,
}

pub(super) struct Roster<'a> {
    projects: Vec<Known<'a>>,
    shapes: Vec<Shape<'a>>,
    places: FxHashMap<&'a str, Place>,
}

impl<'a> Roster<'a> {
    pub(super) fn of(estate: &'a Estate) -> Self {
        let mut roster = Self { projects: Vec::new(), shapes: Vec::new(), places: FxHashMap::default() };
        let mut numbers: FxHashMap<(&str, &str), u64> = FxHashMap::default();
        for group in estate.all::<Group>() {
            let Some(path) = group.path.as_deref() else { continue };
            numbers.insert((&group.instance, path), group.number);
            roster.places.entry(&group.instance).or_default().groups.insert(path.to_ascii_lowercase());
        }
        for instance in estate.all::<Instance>() {
            let projects = estate.sweep(&Scope::new(instance.name.clone(), "projects"));
            let place = roster.places.entry(&instance.name).or_default();
            place.whole = projects.is_some_and(|sweep| sweep.outcome == Some(Outcome::Whole));
            place.is_admin = instance.is_admin == Some(true);
        }
        let defaults = DEFAULT_COMPONENTS.map(str::to_owned);
        let mut shapes = FxHashMap::default();
        for (id, project) in estate.named::<Project>() {
            let namespace = project.path.as_deref().and_then(|path| path.rsplit_once('/'));
            let namespace =
                namespace.and_then(|(above, _)| numbers.get(&(&*project.instance, above)).copied());
            roster.add(id, project, namespace, (&defaults, &mut shapes));
        }
        for place in roster.places.values_mut() {
            place.by_path.sort_unstable();
        }
        roster
    }

    fn add(
        &mut self,
        id: &'a Id,
        project: &'a Project,
        namespace: Option<u64>,
        (defaults, shapes): (&[String], &mut FxHashMap<ShapeKey<'a>, u32>),
    ) {
        let Some(path) = project.path.as_deref() else { return };
        // GitLab does not take an empty list; where one is read it means that nothing was chosen.
        let chosen = project.id_token_components.as_deref().filter(|list| !list.is_empty());
        let presenter =
            Presenter { path, number: project.number, namespace, components: chosen.unwrap_or(defaults) };
        let (branches, tags) = (project.protected_branches.as_deref(), project.protected_tags.as_deref());
        let index = u32::try_from(self.projects.len()).unwrap_or(u32::MAX);
        let next = u32::try_from(self.shapes.len()).unwrap_or(u32::MAX);
        let own = presenter.repeats_itself().then_some(index);
        let shape = *shapes.entry(ShapeKey { components: chosen, own, branches, tags }).or_insert(next);
        if shape == next {
            let tails = KINDS.map(|kind| presenter.tail(kind));
            self.shapes.push(Shape { classes: classes(branches, tags), tails });
        }
        let (head, _) = presenter.head();
        let place = self.places.entry(&project.instance).or_default();
        place.projects.push(index);
        place.by_path.push((path.to_ascii_lowercase(), index));
        place.by_number.insert(project.number, index);
        if !(head.starts_with(BY_PATH) || head.starts_with(BY_NUMBER)) {
            place.odd.push(index);
        }
        let assumed = project.id_token_components.is_none();
        self.projects.push(Known { id, path, number: project.number, namespace, head, shape, assumed });
    }

    pub(super) fn project(&self, index: u32) -> &Known<'a> {
        &self.projects[index as usize]
    }

    pub(super) fn shape(&self, project: &Known<'_>) -> &Shape<'a> {
        &self.shapes[project.shape as usize]
    }

    pub(super) fn place(&self, instance: Option<&Arc<str>>) -> Option<&Place> {
        self.places.get(&**instance?)
    }
}

/// Which projects a pattern can mean, by what it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meant<'p> {
    All,
    Path(&'p str),
    /// All paths that begin so.
    Below(&'p str),
    Number(u64),
    /// Subjects that begin otherwise.
    Odd,
}

impl<'p> Meant<'p> {
    /// `literal` is the pattern up to its first wildcard, `whole` says that it has none.
    pub(super) fn by(literal: &'p str, whole: bool) -> Self {
        let value = |rest: &'p str| match rest.split_once(':') {
            Some((value, _)) => (value, true),
            None => (rest, whole),
        };
        if let Some((path, ended)) = strip(literal, BY_PATH).map(value) {
            return if ended { Self::Path(path) } else { Self::Below(path) };
        }
        if let Some((number, ended)) = strip(literal, BY_NUMBER).map(value) {
            return match number.parse() {
                Ok(number) if ended => Self::Number(number),
                Err(_) if ended => Self::Odd,
                _ => Self::All,
            };
        }
        let begins = |known: &str| strip(known, literal).is_some();
        if !whole && (begins(BY_PATH) || begins(BY_NUMBER)) { Self::All } else { Self::Odd }
    }
}

/// Without the prefix, whose case does not count: some operators do not tell.
fn strip<'t>(text: &'t str, prefix: &str) -> Option<&'t str> {
    let start = text.get(..prefix.len())?;
    start.eq_ignore_ascii_case(prefix).then(|| &text[prefix.len()..])
}

impl Place {
    /// The projects that are meant, and those whose subjects are made so that nobody can tell.
    pub(super) fn meant(&self, meant: Meant<'_>) -> Vec<u32> {
        let mut found = match meant {
            Meant::All => return self.projects.clone(),
            Meant::Path(path) => self.by_path(path).into_iter().collect(),
            Meant::Below(start) => self.below(start),
            Meant::Number(number) => self.by_number.get(&number).copied().into_iter().collect(),
            Meant::Odd => Vec::new(),
        };
        found.extend(&self.odd);
        found
    }

    pub(super) fn by_path(&self, path: &str) -> Option<u32> {
        let path = path.to_ascii_lowercase();
        let at = self.by_path.partition_point(|(known, _)| *known < path);
        self.by_path.get(at).filter(|(known, _)| *known == path).map(|(_, index)| *index)
    }

    pub(super) fn by_number(&self, number: u64) -> Option<u32> {
        self.by_number.get(&number).copied()
    }

    fn below(&self, start: &str) -> Vec<u32> {
        let start = start.to_ascii_lowercase();
        let from = self.by_path.partition_point(|(known, _)| *known < start);
        let below = self.by_path[from..].iter().take_while(|(known, _)| known.starts_with(&start));
        below.map(|(_, index)| *index).collect()
    }

    /// Is it certain that no project has this path? Only where all projects were read, and either the reader sees everything or a group
    /// above the path is one it reads.
    pub(super) fn lacks(&self, path: &str) -> bool {
        self.whole && self.by_path(path).is_none() && (self.is_admin || self.group_above(path))
    }

    /// Do all subjects begin with a project's path or number?
    pub(super) fn says_only_projects(&self) -> bool {
        self.odd.is_empty()
    }

    /// Is one of the groups above this path known, so that not everybody may make a project there?
    pub(super) fn group_above(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        path.match_indices('/').any(|(end, _)| self.groups.contains(&path[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_names_a_project_some_or_all() {
        let table = [
            ("project_path:a/b:ref_type:branch:ref:main", true, Meant::Path("a/b")),
            ("project_path:a/b:", false, Meant::Path("a/b")),
            ("project_path:a/b", true, Meant::Path("a/b")),
            ("project_path:a/b", false, Meant::Below("a/b")),
            ("project_path:", false, Meant::Below("")),
            ("Project_Path:A/b:x", true, Meant::Path("A/b")),
            ("project_id:7:ref_type:", false, Meant::Number(7)),
            ("project_id:7", false, Meant::All),
            ("project_id:x:", false, Meant::Odd),
            ("project_", false, Meant::All),
            ("project_", true, Meant::Odd),
            ("", false, Meant::All),
            ("repo:a/b", false, Meant::Odd),
        ];
        for (literal, whole, meant) in table {
            assert_eq!(Meant::by(literal, whole), meant, "{literal}");
        }
    }
}
