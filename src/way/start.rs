//! A runner at the beginning of a path: which projects' jobs it takes, on which refs, and what its file says.

use std::sync::Arc;

use super::{CredentialPath, Ground, Life, Refs, Way};
use crate::model::{
    gitlab::Runner,
    id::{Id, Kind},
    link::{Link, Proof, Relation},
    runner_config::RunnerConfig,
};

/// Where a path begins: a runner or, where no runner is known that a file configures, the file's entry.
pub(super) struct Start {
    pub(super) from: Id,
    /// The file's entry configures the runner.
    configures: Option<Link>,
    projects: Arc<[Id]>,
    refs: Refs,
}

/// The rest of a path.
pub(super) struct Rest {
    /// What carries the credentials.
    pub(super) via: Id,
    pub(super) to: Id,
    pub(super) hops: Vec<Link>,
    pub(super) used: Option<Arc<Proof>>,
    pub(super) cautions: Vec<String>,
}

/// The runners that an entry of a runner's file configures, or that entry.
pub(super) fn of_config(ground: &Ground<'_>, config: &Id) -> Vec<Start> {
    let links = ground.linked.from(config).filter(|link| link.relation == Relation::Configures);
    let runners = links.filter(|link| link.to.kind() == Kind::Runner);
    let starts: Vec<Start> = runners
        .map(|configures| Start { configures: Some(configures.clone()), ..of_runner(ground, &configures.to) })
        .collect();
    if starts.is_empty() { vec![of_runner(ground, config)] } else { starts }
}

/// A runner by itself.
pub(super) fn of_runner(ground: &Ground<'_>, runner: &Id) -> Start {
    let around = ground.linked.around(ground.estate, runner);
    let runs_on = around.into_iter().filter(|link| link.relation == Relation::RunsOn && link.to == *runner);
    let protected = ground.estate.find::<Runner>(runner).and_then(|runner| runner.protected);
    Start {
        from: runner.clone(),
        configures: None,
        projects: runs_on.map(|link| link.from).collect(),
        refs: match protected {
            Some(true) => Refs::Protected,
            Some(false) => Refs::Any,
            None => Refs::Unknown,
        },
    }
}

/// Entries of runners' files that configure a runner.
pub(super) fn configs_of<'a>(
    ground: &Ground<'a>,
    runner: &Id,
) -> impl Iterator<Item = (&'a Link, &'a RunnerConfig)> {
    let links = ground.linked.to(runner).filter(|link| link.relation == Relation::Configures);
    links.filter_map(|link| Some((link, ground.estate.find::<RunnerConfig>(&link.from)?)))
}

impl Start {
    pub(super) fn path(&self, way: &Way, rest: Rest) -> CredentialPath {
        self.path_of(way, way.life, rest)
    }

    /// The same where the life of what a job gets is not the way's.
    pub(super) fn path_of(&self, way: &Way, life: Life, rest: Rest) -> CredentialPath {
        let mut hops: Vec<Link> = self.configures.iter().cloned().collect();
        hops.extend(rest.hops);
        CredentialPath {
            id: CredentialPath::id(way.name, &self.from, &rest.via, &rest.to),
            way: way.name,
            from: self.from.clone(),
            projects: self.projects.clone(),
            refs: self.refs.clone(),
            hops,
            to: rest.to,
            life,
            used: rest.used,
            cautions: rest.cautions,
        }
    }
}

/// Why something about `what` could not be read, where a refused call says so: the sentence that names the missing permission.
/// `place` is the account and region, where they are known.
pub(super) fn refused(ground: &Ground<'_>, place: Option<&str>, action: &str) -> Option<String> {
    let mut gaps = ground.estate.gaps();
    let (_, gap) = gaps.find(|(scope, gap)| {
        place.is_none_or(|place| *scope.source == *place) && gap.call.split(' ').next() == Some(action)
    })?;
    Some(gap.blame.sentence())
}
