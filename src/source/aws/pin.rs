//! The credentials of whoever changes something. Before each step they are read anew where they may have changed, and from then on they are
//! held: who was asked about by `sts:GetCallerIdentity` is who signs the calls that follow, whatever happens to a shared file meanwhile.

use std::{
    collections::hash_map::RandomState,
    env, fs,
    hash::{BuildHasher, Hasher},
    path::PathBuf,
    sync::Arc,
    time::UNIX_EPOCH,
};

use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, error::CredentialsError, future},
};
use tokio::sync::Mutex;

use super::client::configured;
use crate::{
    base::time::{Clock, Timestamp},
    config::AwsSource,
};

/// Seconds of life that credentials must have left: a step is over by then.
const LEFT: i64 = 5 * 60;

pub(super) struct Pin {
    source: Arc<AwsSource>,
    clock: Arc<dyn Clock>,
    /// Makes prints of the files that nobody outside can make.
    seed: RandomState,
    held: Mutex<Option<Held>>,
}

/// What is held, and what the shared files were like when it was read.
struct Held {
    files: u64,
    credentials: Credentials,
}

impl Pin {
    pub(super) fn new(source: Arc<AwsSource>, clock: Arc<dyn Clock>) -> Self {
        Self { source, clock, seed: RandomState::new(), held: Mutex::new(None) }
    }

    /// Lets go of what is held where the files have changed since, or where it would expire within a step. The next call reads anew.
    pub(super) async fn freshen(&self) {
        let files = self.print();
        let mut held = self.held.lock().await;
        if held.as_ref().is_some_and(|held| held.files != files || self.is_ending(&held.credentials)) {
            *held = None;
        }
    }

    fn is_ending(&self, credentials: &Credentials) -> bool {
        let expiry = credentials.expiry().and_then(|at| at.duration_since(UNIX_EPOCH).ok());
        let expiry = expiry.and_then(|at| i64::try_from(at.as_secs()).ok()).map(Timestamp::from_seconds);
        expiry.is_some_and(|expiry| expiry < self.clock.now().plus(LEFT))
    }

    /// The files a profile may be read from, as a number. Their text is not kept.
    fn print(&self) -> u64 {
        let mut print = self.seed.build_hasher();
        for (name, usual) in
            [("AWS_CONFIG_FILE", ".aws/config"), ("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials")]
        {
            let named = env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
            let home = || env::var_os("HOME").map(|home| PathBuf::from(home).join(usual));
            let text = named.or_else(home).and_then(|path| fs::read(path).ok()).unwrap_or_default();
            print.write(&text);
            print.write_u8(0xff);
        }
        print.finish()
    }

    async fn credentials(&self) -> provider::Result {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held {
            return Ok(held.credentials.clone());
        }
        // Looked at before it is read: a file that changes meanwhile is read once more by the next step.
        let files = self.print();
        // A chain of providers reads the files once in its life.
        let fresh = configured(&self.source).await.credentials_provider();
        let fresh = fresh.ok_or_else(|| CredentialsError::not_loaded("no provider of credentials"))?;
        let credentials = fresh.provide_credentials().await?;
        *held = Some(Held { files, credentials: credentials.clone() });
        Ok(credentials)
    }
}

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pin").finish_non_exhaustive()
    }
}

impl ProvideCredentials for Pin {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
