//! One look at everything: every source at once, none waiting for another's failure; then the events of the keys that
//! CI/CD variables and runners' files turned out to carry.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use crate::{
    base::{name::KeyId, time::Clock},
    config::{AwsSource, GitLabSource},
    model::{entity::Entity, observe::Report},
    source::{Outlet, aws::Aws, files, gitlab::GitLab},
};

/// Everything there is to look at. An account's clients and LookupEvents budgets live as long as this, so that a second
/// look does not forget what the first one used; a GitLab's CI configurations are kept by commit. What is left of its budget GitLab tells
/// in every answer.
pub struct Sources {
    pub gitlab: Vec<Arc<GitLab>>,
    pub aws: Vec<Arc<Aws>>,
    /// Files of gitlab-runner, and folders to look through for them.
    pub files: Vec<PathBuf>,
}

impl Sources {
    pub fn new(gitlab: Vec<GitLabSource>, aws: Vec<AwsSource>, files: Vec<PathBuf>) -> Self {
        Self {
            gitlab: gitlab.into_iter().map(|source| Arc::new(GitLab::new(Arc::new(source)))).collect(),
            aws: aws.into_iter().map(|source| Arc::new(Aws::new(Arc::new(source)))).collect(),
            files,
        }
    }
}

impl Sources {
    /// The GitLab of this name.
    pub(super) fn gitlab(&self, name: &str) -> Option<Arc<GitLab>> {
        self.gitlab.iter().find(|gitlab| gitlab.name() == name).cloned()
    }
}

/// Looks at everything once; returns when every collector has ended or was stopped.
pub async fn look(
    sources: Arc<Sources>,
    clock: Arc<dyn Clock>,
    reports: mpsc::Sender<Report>,
    stop: CancellationToken,
    run: u32,
) {
    let carried = Arc::new(Mutex::new(BTreeSet::new()));
    let (inner, outer) = mpsc::channel(64);
    let outlet = Outlet { reports: inner, clock, stop, run };
    let mut tasks = JoinSet::new();
    tasks.spawn(relay(outer, reports, carried.clone()));
    // Dropped by each GitLab and each folder when it has ended: then the carried keys are known.
    let (under_way, mut ended) = mpsc::channel::<()>(1);
    for source in &sources.gitlab {
        let (source, outlet, under_way) = (source.clone(), outlet.clone(), under_way.clone());
        tasks.spawn(async move {
            source.sweep(outlet).await;
            drop(under_way);
        });
    }
    for path in &sources.files {
        let (path, outlet, under_way) = (path.clone(), outlet.clone(), under_way.clone());
        tasks.spawn(async move {
            files::sweep(path, outlet).await;
            drop(under_way);
        });
    }
    drop(under_way);
    let mut accounts = JoinSet::new();
    for source in &sources.aws {
        let (source, outlet) = (source.clone(), outlet.clone());
        accounts.spawn(async move {
            source.sweep(outlet).await;
            source
        });
    }
    let mut swept = Vec::new();
    while let Some(source) = accounts.join_next().await {
        swept.extend(whole(source));
    }
    let _ = ended.recv().await;
    let keys: Vec<KeyId> = carried.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
    for source in swept {
        let (keys, outlet) = (keys.clone(), outlet.clone());
        tasks.spawn(async move { source.lookup_keys(keys, outlet).await });
    }
    drop(outlet);
    while let Some(ended) = tasks.join_next().await {
        whole(ended);
    }
}

/// What a task came to. A panic in one goes on here, so that the look does not seem to run for ever.
fn whole<T>(ended: Result<T, JoinError>) -> Option<T> {
    match ended {
        Ok(value) => Some(value),
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => None,
    }
}

/// Passes reports on, and notes the key ids that variables, CI configurations and runners' files carry on the way.
async fn relay(
    mut from: mpsc::Receiver<Report>,
    to: mpsc::Sender<Report>,
    carried: Arc<Mutex<BTreeSet<KeyId>>>,
) {
    while let Some(report) = from.recv().await {
        if let Report::Saw(observation) = &report {
            let mut carried = carried.lock().unwrap_or_else(PoisonError::into_inner);
            for entity in &observation.saw {
                carried.extend(keys_in(entity).cloned());
            }
        }
        if to.send(report).await.is_err() {
            return;
        }
    }
}

/// Key ids that a CI/CD variable, a CI configuration or a runner's file holds.
fn keys_in(entity: &Entity) -> Box<dyn Iterator<Item = &KeyId> + '_> {
    match entity {
        Entity::Variable(variable) => Box::new(variable.sighting.iter().flat_map(|sighting| &sighting.keys)),
        Entity::CiConfig(config) => {
            let settings = config.jobs.iter().flatten().flat_map(|job| &job.variables);
            Box::new(settings.flat_map(|setting| &setting.sighting.keys))
        }
        Entity::RunnerConfig(config) => Box::new(config.keys().map(|(key, _)| key)),
        _ => Box::new(std::iter::empty()),
    }
}
