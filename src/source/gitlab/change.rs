//! The only calls that change something at GitLab, and what is read right before them. Each change is sent once: `net` sends nothing again
//! that is not a read.

mod asked;
mod runner;
mod variable;

use std::sync::Arc;

use serde::{Deserialize, de::IgnoredAny};

use self::asked::Asked;
pub use self::{
    runner::RunnerShown,
    variable::{Made, Shown, variable_path, variables_path},
};
use crate::{
    base::{blame::Blame, time::Clock},
    config::GitLabSource,
    net::{self, Client, Error, Settings},
    source::{Answer, Trouble},
};

/// One GitLab, open for changes.
pub struct Changer {
    source: Arc<GitLabSource>,
    client: Client,
}

#[derive(Deserialize)]
struct User {
    username: String,
}

impl Changer {
    pub fn open(source: Arc<GitLabSource>, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let settings = Settings {
            ca_file: source.ca_file.clone(),
            per_second: source.per_second,
            concurrency: source.concurrency,
            ..Settings::new(source.url.clone())
        };
        let client = Client::new(&settings, &source.token, clock)?;
        Ok(Self { source, client })
    }

    /// What the configuration calls it.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// `GET /user`: whose token it is.
    pub async fn login(&self) -> Answer<String> {
        let asked = Asked::get("user");
        let user: User = self.read(&asked, "a user").await?;
        Ok(user.username)
    }

    /// `GET /projects/:id/jobs?scope[]=pending`: does a job of the project wait for a runner?
    pub async fn jobs_wait(&self, project: u64) -> Answer<bool> {
        // One job that waits is enough to know.
        let asked =
            Asked::get(format!("projects/{project}/jobs")).with("scope[]", "pending").with("per_page", "1");
        let jobs: Vec<IgnoredAny> = self.read(&asked, "a list of jobs").await?;
        Ok(!jobs.is_empty())
    }

    /// Sends a request and drops the answer's text.
    async fn send(&self, asked: &Asked<'_>) -> Answer<()> {
        self.ask(asked).await.map_err(|error| trouble(&error, &asked.call())).map(drop)
    }

    /// Sends a request whose answer owns all of its words.
    async fn read<T: serde::de::DeserializeOwned>(&self, asked: &Asked<'_>, what: &'static str) -> Answer<T> {
        let wrong = |error: Error| trouble(&error, &asked.call());
        self.ask(asked).await.map_err(wrong)?.json(what).map_err(wrong)
    }

    async fn ask(&self, asked: &Asked<'_>) -> Result<net::Answer, Error> {
        self.client.ask(asked).await
    }
}

fn trouble(error: &Error, call: &str) -> Trouble {
    let call = call.to_owned();
    match error {
        Error::Refused { status: 400 | 409 | 412 | 422, .. } => {
            let blame = Blame::Scope(format!("GitLab does not accept it: {error}."));
            Trouble::Refused { blame, call }
        }
        error => Trouble::of(
            error.blame("the token needs the scope api, and its user the role to write it."),
            call,
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_happened_is_told_from_what_did_not() {
        let of = |error: Error| trouble(&error, "PUT /x");
        let call = || "PUT /x".to_owned();
        assert_eq!(of(Error::Broken { timeout: true }), Trouble::Lost { call: call() });
        assert_eq!(of(Error::Failed { status: 502 }), Trouble::Lost { call: call() });
        assert_eq!(of(Error::Throttled { until: None }), Trouble::Busy { call: call() });
        let refused = |status| of(Error::Refused { status, message: "no".into() });
        assert_eq!(refused(404), Trouble::Gone { call: call() });
        for status in [400, 401, 403, 409] {
            assert!(matches!(refused(status), Trouble::Refused { .. }), "{status}");
        }
    }
}
