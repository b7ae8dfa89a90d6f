//! Which projects may run jobs on which runners. An instance runner serves every project, so these links are worked out
//! when asked for instead of being stored: ten thousand projects and fifty instance runners would be half a million.

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    base::{text::plural, time::Timestamp},
    model::{
        estate::Estate,
        gitlab::{Group, Job, Project, Runner, RunnerType},
        id::Id,
        link::{Grade, Link, Proof, Relation},
    },
};

/// Runners by where they serve, projects by the groups they are in, and what jobs showed.
#[derive(Debug, Default)]
pub struct Reach {
    /// By GitLab instance.
    instance_runners: FxHashMap<Arc<str>, Vec<Id>>,
    /// By group.
    group_runners: FxHashMap<Id, Vec<Id>>,
    /// By project.
    project_runners: FxHashMap<Id, Vec<Id>>,
    /// A project's groups, nearest first.
    groups_of: FxHashMap<Id, Vec<Id>>,
    /// All projects below a group.
    projects_in: FxHashMap<Id, Vec<Id>>,
    /// Projects whose jobs an instance runner takes, by GitLab instance.
    shared_projects: FxHashMap<Arc<str>, Vec<Id>>,
    /// How many jobs of a project a runner was seen to run, and the latest.
    ran: FxHashMap<(Id, Id), (usize, Timestamp)>,
    /// Runners that jobs of a project ran on, whatever the settings say today.
    ran_for: FxHashMap<Id, Vec<Id>>,
    /// The same from the runner's side.
    ran_on: FxHashMap<Id, Vec<Id>>,
}

impl Reach {
    pub(super) fn of(estate: &Estate) -> Self {
        let mut reach = Self::default();
        reach.place_projects(estate);
        reach.place_runners(estate);
        for job in estate.all::<Job>() {
            let (Some(project), Some(runner)) = (job.project, job.runner) else { continue };
            let pair = (Id::project(&job.instance, project), Id::runner(&job.instance, runner));
            let seen = reach.ran.entry(pair).or_default();
            seen.0 += 1;
            seen.1 = seen.1.max(job.started.or(job.created).unwrap_or_default());
        }
        for (project, runner) in reach.ran.keys() {
            reach.ran_for.entry(project.clone()).or_default().push(runner.clone());
            reach.ran_on.entry(runner.clone()).or_default().push(project.clone());
        }
        reach
    }

    fn place_projects(&mut self, estate: &Estate) {
        let by_path: FxHashMap<(&str, &str), Id> = estate
            .all::<Group>()
            .filter_map(|group| Some(((&*group.instance, group.path.as_deref()?), group.id())))
            .collect();
        for (id, project) in estate.named::<Project>() {
            let groups: Vec<Id> = ancestors(project.path.as_deref().unwrap_or_default())
                .filter_map(|path| by_path.get(&(&*project.instance, path)).cloned())
                .collect();
            for group in &groups {
                self.projects_in.entry(group.clone()).or_default().push(id.clone());
            }
            self.groups_of.insert(id.clone(), groups);
            if project.shared_runners != Some(false) {
                self.shared_projects.entry(project.instance.clone()).or_default().push(id.clone());
            }
        }
    }

    fn place_runners(&mut self, estate: &Estate) {
        for (id, runner) in estate.named::<Runner>() {
            match runner.runner_type {
                Some(RunnerType::Instance) => {
                    self.instance_runners.entry(runner.instance.clone()).or_default().push(id.clone());
                }
                Some(RunnerType::Group) => {
                    for &group in runner.groups.iter().flatten() {
                        let group = Id::group(&runner.instance, group);
                        self.group_runners.entry(group).or_default().push(id.clone());
                    }
                }
                Some(RunnerType::Project) => {
                    for &project in runner.projects.iter().flatten() {
                        let project = Id::project(&runner.instance, project);
                        self.project_runners.entry(project).or_default().push(id.clone());
                    }
                }
                None => {}
            }
        }
    }

    /// A project's groups, nearest first: whose variables its jobs inherit.
    pub fn groups_of(&self, project: &Id) -> &[Id] {
        self.groups_of.get(project).map_or(&[], Vec::as_slice)
    }

    /// Projects below a group, at any depth.
    pub fn projects_in(&self, group: &Id) -> &[Id] {
        self.projects_in.get(group).map_or(&[], Vec::as_slice)
    }

    /// How many projects may run on a runner; `None` where its type is not known.
    pub fn project_count(&self, runner: &Runner) -> Option<usize> {
        Some(match runner.runner_type? {
            RunnerType::Instance => self.shared_projects.get(&runner.instance).map_or(0, Vec::len),
            RunnerType::Group => runner.groups.as_ref().map_or(0, |groups| {
                groups.iter().map(|&group| self.projects_in(&Id::group(&runner.instance, group)).len()).sum()
            }),
            RunnerType::Project => runner.projects.as_ref().map_or(0, Vec::len),
        })
    }

    /// Links from a project to every runner that may take its jobs.
    pub(super) fn runners_of(&self, estate: &Estate, id: &Id) -> Vec<Link> {
        let Some(project) = estate.find::<Project>(id) else { return Vec::new() };
        let own = self.project_runners.get(id).into_iter().flatten();
        let groups = (project.group_runners != Some(false))
            .then(|| self.groups_of(id).iter().filter_map(|group| self.group_runners.get(group)).flatten());
        let shared = (project.shared_runners != Some(false))
            .then(|| self.instance_runners.get(&project.instance).into_iter().flatten());
        let ran = self.ran_for.get(id).into_iter().flatten();
        let mut seen = FxHashSet::default();
        own.chain(groups.into_iter().flatten())
            .chain(shared.into_iter().flatten())
            .chain(ran)
            .filter(|runner| seen.insert(*runner))
            .filter_map(|runner| estate.find::<Runner>(runner))
            .map(|runner| self.link(id, &Terms::of(runner)))
            .collect()
    }

    /// Links to a runner from every project that may run there.
    pub(super) fn projects_of(&self, estate: &Estate, id: &Id) -> Vec<Link> {
        let Some(runner) = estate.find::<Runner>(id) else { return Vec::new() };
        // One instance runner may have ten thousand projects: what is the same for all of them is said once.
        let terms = Terms::of(runner);
        let ran = self.ran_on.get(id).map_or(&[][..], Vec::as_slice);
        let mut jobs_of: FxHashSet<&Id> = ran.iter().collect();
        let mut links = Vec::new();
        let mut add = |project: &Id| {
            let ran = jobs_of.remove(project);
            links.push(if ran { self.link(project, &terms) } else { terms.link(project) });
        };
        match runner.runner_type {
            Some(RunnerType::Instance) => {
                self.shared_projects.get(&runner.instance).into_iter().flatten().for_each(&mut add);
            }
            Some(RunnerType::Group) => {
                let mut seen = FxHashSet::default();
                let groups = runner.groups.iter().flatten().map(|&group| Id::group(&runner.instance, group));
                groups.for_each(|group| {
                    let open = |project: &&Id| {
                        estate.find::<Project>(project).is_none_or(|found| found.group_runners != Some(false))
                    };
                    let projects = self.projects_in(&group).iter().filter(open);
                    projects.filter(|project| seen.insert(*project)).for_each(&mut add);
                });
            }
            Some(RunnerType::Project) | None => {
                let projects = runner.projects.iter().flatten();
                let projects: BTreeSet<u64> = projects.copied().collect();
                for project in projects {
                    add(&Id::project(&runner.instance, project));
                }
            }
        }
        // Jobs ran for these as well, whatever the settings say today.
        links.extend(
            ran.iter().filter(|project| jobs_of.contains(project)).map(|project| self.link(project, &terms)),
        );
        links
    }

    fn link(&self, project: &Id, terms: &Terms) -> Link {
        let (grade, proof) = match self.ran.get(&(project.clone(), terms.runner.clone())) {
            Some(&(jobs, at)) => (
                Grade::Observed,
                Proof::at(format!("{}; {}", plural(jobs, "recent job", "recent jobs"), terms.proof.text), at),
            ),
            None => return terms.link(project),
        };
        Link { from: project.clone(), relation: Relation::RunsOn, to: terms.runner.clone(), grade, proof }
    }
}

/// A runner and the proof of what it takes by its settings.
struct Terms {
    runner: Id,
    proof: Arc<Proof>,
}

impl Terms {
    fn of(runner: &Runner) -> Self {
        Self { runner: runner.id(), proof: Proof::of(terms(runner)) }
    }

    /// The link of a project of which no job was seen there.
    fn link(&self, project: &Id) -> Link {
        let (to, proof) = (self.runner.clone(), self.proof.clone());
        Link { from: project.clone(), relation: Relation::RunsOn, to, grade: Grade::Configured, proof }
    }
}

/// On which terms a runner takes jobs: its type, tags, protection and pauses, as one sentence.
fn terms(runner: &Runner) -> String {
    let mut text = String::from(match runner.runner_type {
        Some(RunnerType::Instance) => "instance runner",
        Some(RunnerType::Group) => "group runner",
        Some(RunnerType::Project) => "project runner",
        None => "runner of unknown type",
    });
    let tags = runner.tags.as_deref().unwrap_or_default();
    let tagged = tags.join(", ");
    let _ = match (runner.run_untagged, tags.is_empty()) {
        (Some(true), true) => write!(text, ", any job without tags"),
        (Some(true), false) => write!(text, ", jobs without tags or tagged {tagged}"),
        (Some(false), _) => write!(text, ", only jobs tagged {tagged}"),
        (None, _) => write!(text, ", tags not read"),
    };
    if runner.protected == Some(true) {
        text.push_str(", protected refs only");
    }
    if runner.paused == Some(true) {
        text.push_str(", paused");
    }
    text
}

/// `a/b/c` is inside `a/b` and `a`, the nearest first.
fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.rmatch_indices('/').map(|(at, _)| &path[..at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_listed_nearest_first() {
        assert_eq!(ancestors("acme/platform/infra").collect::<Vec<_>>(), ["acme/platform", "acme"]);
        assert_eq!(ancestors("alone").count(), 0);
    }

    #[test]
    fn terms_name_tags_and_protection() {
        let runner = Runner {
            runner_type: Some(RunnerType::Group),
            run_untagged: Some(false),
            tags: Some(vec!["docker".into(), "aws".into()]),
            protected: Some(true),
            ..Runner::default()
        };
        assert_eq!(terms(&runner), "group runner, only jobs tagged docker, aws, protected refs only");
    }
}
