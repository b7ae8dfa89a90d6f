//! One session of the configured role for everyone who signs: the SDK's clients cache credentials among themselves
//! only, and every further AssumeRole is one more line in the customer's trail.

use std::time::{Duration, Instant};

use aws_config::sts::AssumeRoleProvider;
use aws_credential_types::{
    Credentials,
    provider::{self, ProvideCredentials, future},
};
use tokio::sync::Mutex;

/// Sessions last an hour, as none other is asked for: within this time one is as good as new.
const KEEP: Duration = Duration::from_mins(10);

#[derive(Debug)]
pub(super) struct Assumed {
    role: AssumeRoleProvider,
    last: Mutex<Option<(Instant, Credentials)>>,
}

impl Assumed {
    pub(super) fn new(role: AssumeRoleProvider) -> Self {
        Self { role, last: Mutex::new(None) }
    }

    /// Holds the lock while it asks, so that those who come meanwhile get the same session.
    async fn credentials(&self) -> provider::Result {
        let mut last = self.last.lock().await;
        if let Some((at, credentials)) = &*last
            && at.elapsed() < KEEP
        {
            return Ok(credentials.clone());
        }
        let credentials = self.role.provide_credentials().await?;
        *last = Some((Instant::now(), credentials.clone()));
        Ok(credentials)
    }
}

impl ProvideCredentials for Assumed {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.credentials())
    }
}
