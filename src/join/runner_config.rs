//! Which runner, and which of its managers, an entry of a runner's file configures; which keys it keeps and which roles it names.

use rustc_hash::FxHashMap;

use super::{Join, linked::Weave, names::Names};
use crate::{
    base::name::Arn,
    model::{
        ci::ClueKind,
        estate::Estate,
        gitlab::{Instance, Manager, Runner},
        id::Id,
        link::{Grade, Proof, Relation},
        observe::{Outcome, Scope},
        runner_config::RunnerConfig,
    },
};

pub(super) const JOIN: Join = Join { name: "runner_config", add };

fn add(estate: &Estate, _: &super::Policies<'_>, weave: &mut Weave) {
    if estate.all::<RunnerConfig>().next().is_none() {
        return;
    }
    let names = Names::of(estate);
    let known = Known::of(estate, &names);
    for (id, config) in estate.named::<RunnerConfig>() {
        if let Some(configured) = known.runner(config) {
            let proof = Proof::of(configured.says);
            let (to, grade) = (configured.runner, configured.grade);
            if let Some(manager) = known.manager(&to, config) {
                let beside = Proof::of("its system id lies beside the file");
                weave.add(id.clone(), Relation::Configures, manager.clone(), grade, beside);
            }
            weave.add(id.clone(), Relation::Configures, to, grade, proof);
        }
        for (key, place) in config.keys() {
            let proof = Proof::of(format!("in its {place}"));
            weave.add(id.clone(), Relation::Keeps, Id::key(key), Grade::Configured, proof);
        }
        for (role, says) in roles(config) {
            weave.add(id.clone(), Relation::Names, names.role(role), Grade::Configured, Proof::of(says));
        }
    }
}

/// Runners and their managers by what a file may call them.
struct Known<'a> {
    estate: &'a Estate,
    names: &'a Names<'a>,
    /// The one GitLab there is.
    only: Option<&'a str>,
    /// By GitLab instance and description; `None` where several have it.
    by_name: FxHashMap<(&'a str, &'a str), Option<&'a Id>>,
    by_system_id: FxHashMap<&'a str, Vec<(&'a Id, &'a Manager)>>,
}

struct Configured {
    runner: Id,
    grade: Grade,
    says: &'static str,
}

impl<'a> Known<'a> {
    fn of(estate: &'a Estate, names: &'a Names<'a>) -> Self {
        let mut by_name = FxHashMap::default();
        for (id, runner) in estate.named::<Runner>() {
            let Some(name) = &runner.description else { continue };
            by_name
                .entry((&*runner.instance, name.as_str()))
                .and_modify(|one| *one = None)
                .or_insert(Some(id));
        }
        let mut by_system_id: FxHashMap<&str, Vec<_>> = FxHashMap::default();
        for (id, manager) in estate.named::<Manager>() {
            by_system_id.entry(&manager.system_id).or_default().push((id, manager));
        }
        let mut instances = estate.all::<Instance>();
        let only = instances.next().filter(|_| instances.next().is_none()).map(|instance| &*instance.name);
        Self { estate, names, only, by_name, by_system_id }
    }

    /// The runner an entry configures: by its id at the GitLab whose address the file gives; where the file gives no id, by the process
    /// that runs from it, or by its name.
    fn runner(&self, config: &RunnerConfig) -> Option<Configured> {
        let stated = config.url.as_deref().filter(|url| !url.starts_with('$')).map(|url| self.instance(url));
        let instance = match stated {
            Some(instance) => instance?,
            None => self.only?,
        };
        let sure = if stated.is_some() { Grade::Configured } else { Grade::Inferred };
        if let Some(number) = config.number {
            let says = match stated {
                Some(_) => "the file gives GitLab's address and the runner's id",
                None => "the file gives the runner's id, and there is one GitLab",
            };
            let runner = Id::runner(instance, number);
            return self.may_exist(instance, &runner).then_some(Configured { runner, grade: sure, says });
        }
        let of_process = config.system_id.as_deref().and_then(|id| self.by_system_id.get(id));
        let mut of_process =
            of_process.into_iter().flatten().filter(|(_, manager)| &*manager.instance == instance);
        if let (Some((_, manager)), None) = (of_process.next(), of_process.next()) {
            let runner = Id::runner(instance, manager.runner);
            let says = "the only runner that the process with this system id runs";
            return Some(Configured { runner, grade: Grade::Inferred, says });
        }
        let runner = (*self.by_name.get(&(instance, config.name.as_deref()?))?)?.clone();
        Some(Configured {
            runner,
            grade: Grade::Inferred,
            says: "the only runner whose description is this name",
        })
    }

    /// A file gives the address as the runner reaches it; keytrail may have come in by another door.
    fn instance(&self, url: &str) -> Option<&'a str> {
        let host = url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/');
        self.names.instance_of_issuer(host).map(|name| &**name)
    }

    /// Is it known, or not known to be gone?
    fn may_exist(&self, instance: &str, runner: &Id) -> bool {
        let sweep = self.estate.sweep(&Scope::new(instance, "runners"));
        self.estate.get(runner).is_some() || sweep.is_none_or(|sweep| sweep.outcome != Some(Outcome::Whole))
    }

    fn manager(&self, runner: &Id, config: &RunnerConfig) -> Option<&'a Id> {
        let of_process = self.by_system_id.get(config.system_id.as_deref()?)?;
        let of_runner = |manager: &Manager| Id::runner(&manager.instance, manager.runner) == *runner;
        of_process.iter().find(|(_, manager)| of_runner(manager)).map(|(id, _)| *id)
    }
}

/// Roles that an entry names, and where.
fn roles(config: &RunnerConfig) -> Vec<(&Arn, String)> {
    let mut roles = Vec::new();
    for setting in config.environment.iter().flatten() {
        roles.extend(
            setting.sighting.roles.iter().map(|role| (role, format!("{} in its environment", setting.name))),
        );
    }
    for clue in config.clues.iter().flatten() {
        if let ClueKind::Role(role) = &clue.kind {
            roles.push((role, format!("it stands in {}", clue.place)));
        }
    }
    let cache = config.cache.as_ref().and_then(|cache| cache.role.as_ref());
    roles.extend(cache.map(|role| (role, "RoleARN of its cache".to_owned())));
    let pods = config.kubernetes.as_ref().and_then(|pods| pods.role.as_ref());
    roles
        .extend(pods.map(|role| (role, "the service account's annotation in the chart's values".to_owned())));
    roles.sort();
    roles.dedup_by(|a, b| a.0 == b.0);
    roles
}
