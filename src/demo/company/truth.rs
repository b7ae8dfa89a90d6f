//! The company's own list of every way into AWS that it has: written down as things are planted, by those who know why they are
//! there. Nothing here looks at how keytrail finds them.
//!
//! What follows from several plants is worked out at the end: whom an id token's role lets in besides those who use it, and what a
//! runner without walls shares between the projects that run there.

use std::collections::{BTreeMap, BTreeSet};

use super::{Maker, variables::Home};
use crate::demo::{
    name::iam_arn,
    work::{LANES, Lane},
    world::{Group, Project, Runner, RunnerType},
};

/// One way into AWS, as the company itself would tell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Truth {
    /// `static-key`, `oidc` ...
    pub way: &'static str,
    /// Where it begins: `project/101`, `group/12`, `instance`, `schedule/109/1090`, `runner/6`, `runner-file/NAME#INDEX`.
    pub from: String,
    /// Where it ends: the ARN of a user or role, a key's id, a variable as `World::planted` writes it, or the name of a scaling group, a
    /// stored secret or a Vault.
    pub to: String,
    /// `observed`: the trail shows it; `configured`: it is written somewhere; `inferred`: only a name, a time or an address says so.
    pub grade: &'static str,
}

pub(super) const OBSERVED: &str = "observed";
pub(super) const CONFIGURED: &str = "configured";
pub(super) const INFERRED: &str = "inferred";

/// Whose jobs get it, as far as that matters to those who share a runner with them.
pub(super) enum Reach {
    /// Only whoever it begins with.
    Nobody,
    Projects(BTreeSet<u64>),
    /// Whoever inherits a variable: its owner, its key and its environment scope.
    Variable(Home, String, String),
}

/// What is written down while the company is made.
#[derive(Default)]
pub(super) struct Notes {
    known: Vec<(Truth, Reach)>,
    /// Runners whose jobs can step out of their containers, by what their files say.
    pub(super) open: BTreeSet<u64>,
}

impl Maker {
    /// Writes one way down. A place that this company is too small to have has none.
    pub(super) fn known(&mut self, way: &'static str, ends: (&str, &str), grade: &'static str, reach: Reach) {
        let (from, to) = ends;
        if from != "project/0" && from != "group/0" {
            let row = Truth { way, from: from.into(), to: to.into(), grade };
            self.notes.known.push((row, reach));
        }
    }

    /// The same for what a variable brings: `carrier` is what [`Maker::variable`] returned.
    pub(super) fn known_by(
        &mut self,
        way: &'static str,
        home: Home,
        carrier: &str,
        to: &str,
        grade: &'static str,
    ) {
        let mut words = carrier.split(' ');
        let (from, key) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let scope = words.next().unwrap_or_default();
        let reach = Reach::Variable(home, key.into(), scope.into());
        self.known(way, (from, to), grade, reach);
    }

    /// A user's key in a variable. It is observed where a job of ours uses the user's key.
    pub(super) fn known_key(&mut self, home: Home, carrier: &str, account: u64, user: &str) {
        let uses = |lane: &Lane| lane.uses_key_of(account, user);
        let grade = if self.runs(uses) { OBSERVED } else { CONFIGURED };
        self.known_by("static-key", home, carrier, &iam_arn(account, "user", "/", user), grade);
    }

    /// Is there a job like this in this company?
    pub(super) fn runs(&self, like: impl Fn(&Lane) -> bool) -> bool {
        LANES.iter().any(|lane| like(lane) && self.id(lane.project) != 0)
    }

    /// A role that trusts id tokens: the projects it admits, and those among them whose jobs name it. Those that were seen with it are
    /// found among the lanes; the others are let in all the same.
    pub(super) fn known_tokens(&mut self, role: &str, admits: impl Fn(&Project) -> bool, named: &[&str]) {
        let projects = self.world.gitlab.projects.values();
        let admitted: BTreeSet<u64> =
            projects.filter(|project| admits(project)).map(|project| project.id).collect();
        let mut rest = admitted;
        let mut own: BTreeMap<u64, &'static str> =
            named.iter().map(|path| (self.id(path), CONFIGURED)).collect();
        let seen = LANES.iter().filter(|lane| lane.web_role().is_some_and(|arn| arn == role));
        own.extend(seen.map(|lane| (self.id(lane.project), OBSERVED)));
        for (project, grade) in own {
            rest.remove(&project);
            let from = format!("project/{project}");
            self.known("oidc", (&from, role), grade, Reach::Projects([project].into()));
        }
        let from = match (rest.len(), rest.first()) {
            (1, Some(project)) => format!("project/{project}"),
            (0, _) => return,
            _ => "instance".to_owned(),
        };
        self.known("oidc", (&from, role), INFERRED, Reach::Projects(rest));
    }

    /// Everything that was written down, with what follows from it.
    pub(super) fn truth(&mut self) -> Vec<Truth> {
        let shared = self.shared_runners();
        let mut rows: Vec<Truth> =
            std::mem::take(&mut self.notes.known).into_iter().map(|(row, _)| row).collect();
        rows.extend(shared);
        rows.sort();
        rows
    }

    /// On a runner without walls one project's jobs find what another's left or brought.
    fn shared_runners(&self) -> Vec<Truth> {
        let mut rows = Vec::new();
        for runner in self.world.gitlab.runners.values().filter(|runner| self.is_shared_and_open(runner)) {
            let mut found = BTreeSet::new();
            for project in self.seen_on(runner) {
                found.extend(self.brought_by(project));
            }
            let row = |to| Truth {
                way: "shared-runner",
                from: format!("runner/{}", runner.id),
                to,
                grade: INFERRED,
            };
            rows.extend(found.into_iter().map(row));
        }
        rows
    }

    fn is_shared_and_open(&self, runner: &Runner) -> bool {
        let on_shell = runner.managers.iter().any(|manager| manager.executor == "shell");
        let serves = |project: &&Project| match runner.kind {
            RunnerType::Instance => project.shared_runners_enabled,
            RunnerType::Group => {
                project.group_runners_enabled
                    && self.above(project).iter().any(|group| Some(group.id) == runner.group)
            }
            RunnerType::Project => runner.projects.contains(&project.id),
        };
        (on_shell || self.notes.open.contains(&runner.id))
            && self.world.gitlab.projects.values().filter(serves).nth(1).is_some()
    }

    /// The projects of a runner's last hundred jobs.
    fn seen_on(&self, runner: &Runner) -> impl Iterator<Item = &Project> {
        /// GitLab gives so many jobs a page.
        const PAGE: usize = 100;
        let gitlab = &self.world.gitlab;
        let jobs = gitlab.jobs.values().rev().filter(|job| job.runner == Some(runner.id)).take(PAGE);
        let projects: BTreeSet<u64> = jobs.map(|job| job.project).collect();
        projects.into_iter().filter_map(|id| gitlab.projects.get(&id))
    }

    /// Users and roles whose credentials a project's jobs hold.
    fn brought_by<'a>(&'a self, project: &'a Project) -> impl Iterator<Item = String> + 'a {
        let reached = self.notes.known.iter().filter(|(_, reach)| match reach {
            Reach::Nobody => false,
            Reach::Projects(projects) => projects.contains(&project.id),
            Reach::Variable(home, key, scope) => self.inherits(project, *home, (key, scope)),
        });
        let ends = reached.map(|(row, _)| row.to.clone());
        ends.filter(|to| to.starts_with("arn:aws:iam::") && (to.contains(":user/") || to.contains(":role/")))
    }

    /// The groups above a project, the nearest first.
    fn above(&self, project: &Project) -> Vec<&Group> {
        let groups = &self.world.gitlab.groups;
        std::iter::successors(groups.get(&project.group), |group| groups.get(&group.parent?)).collect()
    }

    /// Does a project's job get this variable, and no nearer one of the same key?
    fn inherits(&self, project: &Project, home: Home, name: (&str, &str)) -> bool {
        let gitlab = &self.world.gitlab;
        let far = match home {
            Home::Group(id) => gitlab.groups.get(&id).map_or(&[][..], |group| &group.variables),
            _ => &gitlab.instance_variables,
        };
        let far = far.iter().find(|one| one.key == name.0 && one.environment_scope == name.1);
        let is_protected = far.is_some_and(|far| far.protected);
        // Jobs of unprotected refs do not get a protected variable: for them the farther one is still there.
        let holds = |variables: &[crate::demo::world::Variable]| {
            variables.iter().any(|one| {
                one.key == name.0
                    && covers(&one.environment_scope, name.1)
                    && (!one.protected || is_protected)
            })
        };
        let mine = holds(&project.variables);
        let above = self.above(project);
        match home {
            Home::Project(id) | Home::Schedule(id, _) => id == project.id,
            Home::Group(id) => {
                let nearer = above.iter().take_while(|group| group.id != id);
                above.iter().any(|group| group.id == id)
                    && !mine
                    && !nearer.clone().any(|group| holds(&group.variables))
            }
            Home::Instance => !mine && !above.iter().any(|group| holds(&group.variables)),
        }
    }
}

/// Does a nearer scope leave the farther one no environment? Those of the company differ from their first letter on, or one of them is `*`.
fn covers(nearer: &str, farther: &str) -> bool {
    nearer == farther || nearer == "*"
}
