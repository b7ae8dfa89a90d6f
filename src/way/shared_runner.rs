//! A runner without walls that runs jobs of several projects: what one project's jobs bring there, another's find.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{CredentialPath, Ground, Life, Way, start, start::Rest, walls};
use crate::{
    base::text::plural,
    model::{
        gitlab::Runner,
        id::{Id, Kind},
        link::{Grade, Link, Proof, Relation},
    },
};

pub(super) const WAY: Way = Way {
    name: "shared-runner",
    title: "what other projects bring to a runner without walls",
    life: Life::Short,
    better: "Give each project's jobs a machine or a container of their own, unprivileged and without the host's files, or a runner that \
             serves one project alone.",
    find,
};

/// Ways whose credentials a project's own jobs bring along, wherever they run.
const BROUGHT: [&str; 5] = ["static-key", "broker", "oidc", "vault", "metadata-proxy"];

fn find(ground: &Ground<'_>) -> Vec<CredentialPath> {
    let brought = Brought::of(ground);
    let mut paths = Vec::new();
    for (id, runner) in ground.estate.named::<Runner>() {
        if ground.linked.reach().project_count(runner).is_none_or(|projects| projects < 2) {
            continue;
        }
        let Some(hole) = walls::hole(ground, id) else { continue };
        let around = ground.linked.around(ground.estate, id);
        let ran =
            around.iter().filter(|link| link.relation == Relation::RunsOn && link.grade == Grade::Observed);
        let seen: Vec<&Id> = ran.filter(|link| link.to == *id).map(|link| &link.from).collect();
        let found = brought.by(&seen);
        if found.is_empty() {
            continue;
        }
        let start = start::of_runner(ground, id);
        paths
            .extend(found.into_iter().map(|(to, by)| start.path_of(&WAY, by.life, rest(id, to, &by, &hole))));
    }
    paths
}

/// Who brings credentials of somebody.
struct By<'p> {
    life: Life,
    projects: FxHashSet<&'p Id>,
    ways: Vec<&'static str>,
}

fn rest(runner: &Id, to: &Id, by: &By<'_>, hole: &str) -> Rest {
    let projects = plural(by.projects.len(), "project", "projects");
    let link = Link {
        from: runner.clone(),
        relation: Relation::Exposes,
        to: to.clone(),
        grade: Grade::Inferred,
        proof: Proof::of(format!("jobs of {projects} bring it there ({}); {hole}", by.ways.join(", "))),
    };
    let caution = format!("Jobs of one project find what jobs of others bring to the runner: {hole}.");
    Rest { via: runner.clone(), to: to.clone(), hops: vec![link], used: None, cautions: vec![caution] }
}

/// Users and roles whose credentials projects' jobs bring, by project.
struct Brought<'g>(FxHashMap<&'g Id, Vec<&'g CredentialPath>>);

impl<'g> Brought<'g> {
    fn of(ground: &Ground<'g>) -> Self {
        let mut by_project: FxHashMap<&Id, Vec<&CredentialPath>> = FxHashMap::default();
        for path in ground.found.iter().filter(|path| BROUGHT.contains(&path.way)) {
            if matches!(path.to.kind(), Kind::User | Kind::Role) {
                for project in path.projects.iter() {
                    by_project.entry(project).or_default().push(path);
                }
            }
        }
        Self(by_project)
    }

    fn by(&self, projects: &[&'g Id]) -> BTreeMap<&'g Id, By<'g>> {
        let mut found: BTreeMap<&Id, By<'_>> = BTreeMap::new();
        for (&project, paths) in projects.iter().filter_map(|project| self.0.get_key_value(*project)) {
            for path in paths {
                let by = found.entry(&path.to).or_insert_with(|| By {
                    life: path.life,
                    projects: FxHashSet::default(),
                    ways: Vec::new(),
                });
                by.life = by.life.max(path.life);
                by.projects.insert(project);
                if !by.ways.contains(&path.way) {
                    by.ways.push(path.way);
                }
            }
        }
        found
    }
}
