//! One look at everything: every source at once, none waiting for another's failure; then the events of the keys that
//! CI/CD variables and runners' files turned out to carry, or may carry unseen.

use std::{
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    sync::mpsc,
    task::{JoinError, JoinSet},
};
use tokio_util::sync::CancellationToken;

use super::keys::Keys;
use crate::{
    base::{name::AccountId, time::Clock},
    config::{AwsSource, GitLabSource},
    model::{event::Origin, observe::Report},
    source::{Outlet, aws::Aws, files, gitlab::GitLab, logs},
};

/// Everything there is to look at. An account's clients and LookupEvents budgets live as long as this, so that a second
/// look does not forget what the first one used; a GitLab's CI configurations are kept by commit. What is left of its budget GitLab tells
/// in every answer.
pub struct Sources {
    pub gitlab: Vec<Arc<GitLab>>,
    pub aws: Vec<Arc<Aws>>,
    pub files: Files,
    /// What they were made of: a run opens clients of its own.
    pub(super) opened: (Vec<Arc<AwsSource>>, Vec<Arc<GitLabSource>>),
}

/// What lies on this machine.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// Files of gitlab-runner, and folders to look through for them.
    pub runners: Vec<PathBuf>,
    /// Log files of CloudTrail, and folders to look through for them.
    pub logs: Vec<PathBuf>,
    /// Where what was read of trails is kept.
    pub cache: Option<PathBuf>,
}

impl Sources {
    pub fn new(gitlab: Vec<GitLabSource>, aws: Vec<AwsSource>, files: Files) -> Self {
        let aws: Vec<Arc<AwsSource>> = aws.into_iter().map(Arc::new).collect();
        let gitlab: Vec<Arc<GitLabSource>> = gitlab.into_iter().map(Arc::new).collect();
        let reader =
            |source: &Arc<AwsSource>| Arc::new(Aws::new(source.clone()).keeping(files.cache.clone()));
        Self {
            gitlab: gitlab.iter().map(|source| Arc::new(GitLab::new(source.clone()))).collect(),
            aws: aws.iter().map(reader).collect(),
            opened: (aws, gitlab),
            files,
        }
    }

    /// The source that is this account.
    pub(super) fn account(&self, account: AccountId) -> Option<Arc<Aws>> {
        self.aws.iter().find(|aws| aws.account() == Some(account)).cloned()
    }

    /// The account whose credentials open the bucket a record lies in; `None` for a record in a file.
    pub(super) fn keeper(&self, origin: &Origin) -> Option<Arc<Aws>> {
        self.aws.iter().find(|aws| aws.keeps(origin)).cloned()
    }

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
    let noted = Arc::new(Mutex::new(Keys::default()));
    let (inner, outer) = mpsc::channel(64);
    let outlet = Outlet { reports: inner, clock, stop, run };
    let mut tasks = JoinSet::new();
    tasks.spawn(relay(outer, reports, noted.clone()));
    // Dropped by each GitLab and each folder when it has ended: then the carried keys are known.
    let (under_way, mut ended) = mpsc::channel::<()>(1);
    for source in &sources.gitlab {
        let (source, outlet, under_way) = (source.clone(), outlet.clone(), under_way.clone());
        tasks.spawn(async move {
            source.sweep(outlet).await;
            drop(under_way);
        });
    }
    for path in &sources.files.runners {
        let (path, outlet, under_way) = (path.clone(), outlet.clone(), under_way.clone());
        tasks.spawn(async move {
            files::sweep(path, outlet).await;
            drop(under_way);
        });
    }
    for path in &sources.files.logs {
        let (path, cache, outlet) = (path.clone(), sources.files.cache.clone(), outlet.clone());
        tasks.spawn(async move { logs::sweep(path, cache, outlet).await });
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
    let keys = noted.lock().unwrap_or_else(PoisonError::into_inner).wanted();
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

/// Passes reports on, and notes on the way whose events are worth looking up.
async fn relay(mut from: mpsc::Receiver<Report>, to: mpsc::Sender<Report>, noted: Arc<Mutex<Keys>>) {
    while let Some(report) = from.recv().await {
        if let Report::Saw(observation) = &report {
            let mut noted = noted.lock().unwrap_or_else(PoisonError::into_inner);
            observation.saw.iter().for_each(|entity| noted.note(entity));
        }
        if to.send(report).await.is_err() {
            return;
        }
    }
}
