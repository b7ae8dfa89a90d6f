//! Whose jobs need a key: projects that get one of its variables and whose jobs, as far as they were seen, work with AWS. From which refs they
//! ran is what a role may be opened from instead.

use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::FxHashMap;

use super::{
    action::Ground,
    call::Place,
    consumers::{Consumers, readers_of},
};
use crate::{
    base::{text::plural, time::Timestamp},
    join::Presents,
    model::{
        ci::{CiConfig, CiJob, ClueKind},
        entity::Entity,
        event::Event,
        gitlab::{Job, Owner, Project, Schedule, Variable},
        id::{Id, Kind},
        link::{Grade, Relation},
    },
};

/// A project whose jobs are to open the role.
#[derive(Debug)]
pub(super) struct Mover<'a> {
    pub(super) project: &'a Project,
    /// What its subjects begin with.
    pub(super) head: String,
    pub(super) subjects: BTreeSet<String>,
    /// Names of its jobs.
    pub(super) jobs: BTreeSet<String>,
    /// Variables the key comes in.
    pub(super) variables: BTreeSet<String>,
}

/// All of them, and who is left out.
#[derive(Debug, Default)]
pub(super) struct Movers<'a> {
    pub(super) all: BTreeMap<Id, Mover<'a>>,
    /// Why a project that gets the key, and may need it, is not among them.
    pub(super) left: Vec<String>,
    /// Projects that get the key and of which nothing says that they need it.
    pub(super) idle: usize,
}

/// What is known of one project and one variable.
struct Reading<'a> {
    project: &'a Project,
    variable: &'a Variable,
    place: Place,
    /// The secret's variable.
    beside: Option<String>,
}

impl<'a> Movers<'a> {
    pub(super) fn of(ground: &Ground<'a>, key: &Id, consumers: &Consumers) -> Self {
        let mut jobs: FxHashMap<Id, Vec<&Job>> = FxHashMap::default();
        for job in ground.estate.all::<Job>() {
            if let Some(project) = job.project {
                jobs.entry(Id::project(&job.instance, project)).or_default().push(job);
            }
        }
        let users = Users::of(ground, key);
        let mut movers = Self::default();
        let mut idle = BTreeSet::new();
        for carrier in &consumers.carriers {
            let place = &carrier.place;
            let id = Id::variable(&place.instance, &place.owner, &place.key, &place.scope);
            let Some(variable) = ground.estate.find::<Variable>(&id) else { continue };
            for reader in readers_of(ground.estate, variable) {
                let Some(project) = ground.estate.find::<Project>(&reader) else { continue };
                if project.archived == Some(true) {
                    continue;
                }
                let beside = carrier.secret.as_ref().map(|secret| secret.key.clone());
                let reading = Reading { project, variable, place: place.clone(), beside };
                let seen = jobs.get(&reader).map_or(&[][..], Vec::as_slice);
                if !movers.take(ground, &reading, seen, &users) {
                    idle.insert(reader);
                }
            }
        }
        movers.left.sort();
        movers.left.dedup();
        movers.idle = idle.iter().filter(|id| !movers.all.contains_key(*id)).count();
        movers
    }

    /// False where nothing says that the project needs the key.
    fn take(&mut self, ground: &Ground<'a>, reading: &Reading<'a>, seen: &[&Job], users: &Users) -> bool {
        let Reading { project, variable, .. } = *reading;
        let path = project.path.as_deref().unwrap_or_default();
        let configured = reading.configured(ground);
        let gets: Vec<&Job> = seen.iter().copied().filter(|job| reading.gets(ground, job)).collect();
        let needs = |job: &&Job| {
            users.has(ground, job)
                || configured.as_ref().is_none_or(|list| list.iter().any(|one| is_run_of(one, job)))
        };
        let mut runs: Vec<&Job> = gets.iter().copied().filter(needs).collect();
        let is_own = matches!(reading.place.owner, Owner::Project(_) | Owner::Schedule { .. });
        if runs.is_empty() && is_own && configured.as_ref().is_some_and(Vec::is_empty) {
            // Somebody gave the key to this very project, and its scripts do not show which of its jobs takes it.
            runs = gets;
        }
        if runs.is_empty() {
            let names = configured.filter(|list| !list.is_empty());
            let Some(list) = names else { return false };
            let names: Vec<&str> = list.iter().map(|job| job.name.as_str()).collect();
            self.left.push(format!(
                "{path} gets the key too: its jobs {} use AWS, and no run of them was seen: the new role does not let them in",
                names.join(", ")
            ));
            return true;
        }
        for job in runs {
            let Some(name) = job.git_ref.as_deref() else { continue };
            let of = Presents { project, name, is_tag: job.tag == Some(true) };
            let (Some(subject), Some(head)) = (of.subject(), of.head()) else {
                self.left.push(format!(
                    "the subject of {path}'s tokens cannot be told from a ref ({}): the new role does not let it in",
                    project.id_token_components.clone().unwrap_or_default().join(", ")
                ));
                continue;
            };
            let head = if head.is_empty() { subject.clone() } else { head };
            let mover = self.all.entry(project.id()).or_insert_with(|| Mover {
                project,
                head,
                subjects: BTreeSet::new(),
                jobs: BTreeSet::new(),
                variables: BTreeSet::new(),
            });
            mover.subjects.insert(subject);
            mover.jobs.extend(job.name.clone());
            mover.variables.insert(variable.key.to_string());
            mover.variables.extend(reading.beside.clone());
        }
        true
    }

    /// Who is hurt: each speaks against the plan.
    pub(super) fn blocks(&self) -> Vec<String> {
        self.left.clone()
    }

    pub(super) fn cautions(&self) -> Option<String> {
        (self.idle > 0).then(|| {
            let projects = plural(self.idle, "project gets", "projects get");
            format!("{projects} the key too, and nothing says that their jobs use it: they are not let in.")
        })
    }
}

impl<'a> Reading<'a> {
    /// The jobs of its CI configuration that work with AWS by what they find in their variables, and get this one. `None` where the
    /// configuration was not read, so that any job may.
    fn configured(&self, ground: &Ground<'a>) -> Option<Vec<&'a CiJob>> {
        let config =
            ground.estate.find::<CiConfig>(&Id::ci_config(&self.project.instance, self.project.number))?;
        let jobs = config.jobs.as_ref()?;
        let is_in_scope = |job: &&CiJob| {
            let environment = job.environment.as_deref();
            let scope = &*self.variable.environment_scope;
            scope == "*" || environment.is_some_and(|name| may_fit(scope, name))
        };
        Some(jobs.iter().filter(|job| uses_keys(job)).filter(is_in_scope).collect())
    }

    /// Does a run of a job get the variable, by its ref?
    fn gets(&self, ground: &Ground<'_>, job: &Job) -> bool {
        let Some(name) = job.git_ref.as_deref() else { return false };
        if let Owner::Schedule { project, schedule } = self.place.owner {
            let id = Id::schedule(&self.place.instance, project, schedule);
            let own = ground.estate.find::<Schedule>(&id).and_then(|schedule| schedule.git_ref.as_deref());
            return own.is_none_or(|own| own.trim_start_matches("refs/heads/") == name);
        }
        let of = Presents { project: self.project, name, is_tag: job.tag == Some(true) };
        self.variable.protected != Some(true) || of.protection() != Some(false)
    }
}

/// Does it call AWS, and not by an id token already?
fn uses_keys(job: &CiJob) -> bool {
    let is_use = |kind: &ClueKind| {
        matches!(
            kind,
            ClueKind::UsesAws(_)
                | ClueKind::AssumeRole(_)
                | ClueKind::Role(_)
                | ClueKind::Configures(_)
                | ClueKind::SecretsManager(_)
                | ClueKind::ParameterStore(_)
        )
    };
    let by_token = job.clues.iter().any(|clue| matches!(clue.kind, ClueKind::WebIdentity(_)));
    !by_token && job.clues.iter().any(|clue| is_use(&clue.kind))
}

/// `deploy` has run as `deploy`, and as `deploy 1/3` or `deploy: [a]` where it is parallel.
fn is_run_of(configured: &CiJob, job: &Job) -> bool {
    let rest = job.name.as_deref().and_then(|name| name.strip_prefix(&*configured.name));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' ') || rest.starts_with(": ["))
}

/// An environment scope: stars stand for anything.
fn fits(scope: &str, name: &str) -> bool {
    match scope.split_once('*') {
        None => scope == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            name.char_indices().map(|(at, _)| at).chain([name.len()]).any(|at| fits(rest, &name[at..]))
        }),
    }
}

/// The same for a name that may hold variables, whose values nobody knows here.
fn may_fit(scope: &str, name: &str) -> bool {
    let Some((known, _)) = name.split_once('$') else { return fits(scope, name) };
    let start = scope.split('*').next().unwrap_or_default();
    let is_wide = start.len() < scope.len();
    start.starts_with(known) || (is_wide && known.starts_with(start))
}

/// By what a job is known to have used the key.
#[derive(Debug, Default)]
struct Users {
    /// Jobs that are known to have opened sessions with it.
    jobs: BTreeSet<Id>,
    /// When calls with it came from where a runner manager is, by the manager or its machine; sorted.
    calls: BTreeMap<Id, Vec<Timestamp>>,
}

/// Seconds by which clocks, and CloudTrail's times, may be off.
const SLACK: i64 = 60;

impl Users {
    fn of(ground: &Ground<'_>, key: &Id) -> Self {
        let mut users = Self::default();
        let sessions = ground.linked.targets(key, Relation::Opened).filter(|id| id.kind() == Kind::Session);
        for session in sessions.filter_map(|id| ground.linked.derived(id)) {
            let Entity::Session(session) = session else { continue };
            let best = session.jobs.first().filter(|candidate| candidate.grade > Grade::Inferred);
            users.jobs.extend(best.map(|candidate| candidate.job.clone()));
        }
        for event in ground.linked.targets(key, Relation::UsedIn) {
            let Some(event) = ground.estate.find::<Event>(event) else { continue };
            let Some(address) = &event.address else { continue };
            for owner in ground.linked.targets(&Id::address(address), Relation::AddressOf) {
                users.calls.entry(owner.clone()).or_default().push(event.at);
            }
        }
        users.calls.values_mut().for_each(|times| times.sort_unstable());
        users
    }

    /// Did the job open a session with the key, or run where and when the key was used?
    fn has(&self, ground: &Ground<'_>, job: &Job) -> bool {
        if self.jobs.contains(&job.id()) {
            return true;
        }
        let (Some(runner), Some(system), Some(started)) = (job.runner, &job.system_id, job.started) else {
            return false;
        };
        let manager = Id::manager(&job.instance, runner, system);
        let machines = ground.linked.targets(&manager, Relation::SitsOn);
        let (from, to) = (started.plus(-SLACK), job.finished.unwrap_or(ground.now).plus(SLACK));
        let is_then = |times: &Vec<Timestamp>| {
            let next = times.partition_point(|at| *at < from);
            times.get(next).is_some_and(|at| *at <= to)
        };
        machines.chain([&manager]).filter_map(|place| self.calls.get(place)).any(is_then)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_fit_environments() {
        for (scope, name, is) in [
            ("production", "production", true),
            ("production", "production/eu", false),
            ("review/*", "review/x", true),
            ("review/*", "staging", false),
            ("*/eu", "production/eu", true),
            ("*", "", true),
            ("production", "review/$REF", false),
            ("production", "$TARGET", true),
            ("production", "prod$SUFFIX", true),
            ("review/*", "review/$REF", true),
            ("review/*", "rev$X", true),
            ("review/x", "review/$REF", true),
        ] {
            assert_eq!(may_fit(scope, name), is, "{scope} {name}");
        }
    }

    #[test]
    fn parallel_jobs_are_runs_of_one() {
        let one = CiJob { name: "deploy".into(), ..CiJob::default() };
        let run = |name: &str| Job { name: Some(name.into()), ..Job::default() };
        for (name, is) in [
            ("deploy", true),
            ("deploy 1/3", true),
            ("deploy: [eu]", true),
            ("deploy-prod", false),
            ("x", false),
        ] {
            assert_eq!(is_run_of(&one, &run(name)), is, "{name}");
        }
    }
}
