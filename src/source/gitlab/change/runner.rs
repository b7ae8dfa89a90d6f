//! Runners: as they stand, set otherwise, given another token, put out of a project, deleted.

use gitlab::api::endpoint_prelude::Method;
use serde::Deserialize;
use serde_json::{Value, json, value::RawValue};

use super::{Asked, Changer, trouble};
use crate::{
    base::{blame::Blame, secret::Secret},
    net::Error,
    source::{Answer, Trouble, gitlab::sight},
};

/// A runner as GitLab shows it now. Source: lib/api/entities/ci/runner_details.rb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunnerShown {
    pub paused: Option<bool>,
    pub locked: Option<bool>,
    /// `access_level = ref_protected`.
    pub protected: Option<bool>,
    pub run_untagged: Option<bool>,
    /// In the order of the alphabet: GitLab keeps none.
    pub tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Wire {
    paused: Option<bool>,
    locked: Option<bool>,
    access_level: Option<String>,
    run_untagged: Option<bool>,
    tag_list: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Numbered {
    id: u64,
}

/// Source: lib/api/entities/ci/reset_token_result.rb.
#[derive(Deserialize)]
struct Reset<'a> {
    #[serde(borrow)]
    token: &'a RawValue,
}

impl From<Wire> for RunnerShown {
    fn from(wire: Wire) -> Self {
        let mut tags = wire.tag_list;
        if let Some(tags) = &mut tags {
            tags.sort();
        }
        Self {
            paused: wire.paused,
            locked: wire.locked,
            protected: wire.access_level.map(|level| level == "ref_protected"),
            run_untagged: wire.run_untagged,
            tags,
        }
    }
}

impl Changer {
    /// `GET /runners/:id`.
    pub async fn runner(&self, runner: u64) -> Answer<RunnerShown> {
        let wire: Wire = self.read(&Asked::get(format!("runners/{runner}")), "a runner").await?;
        Ok(wire.into())
    }

    /// `GET /projects/:id/runners`: is the project runner among them? The runner's own page leaves out projects that the token's user is no
    /// member of; this list does not.
    pub async fn serves(&self, project: u64, runner: u64) -> Answer<bool> {
        const PAGE: usize = 100;
        /// Where GitLab's own limit of offset paging ends, 50,000 rows.
        const MOST_PAGES: usize = 500;
        for page in 1..=MOST_PAGES {
            let page = page.to_string();
            let asked = Asked::get(format!("projects/{project}/runners"))
                .with("type", "project_type")
                .with("per_page", "100")
                .with("page", &page);
            let listed: Vec<Numbered> = self.read(&asked, "a list of runners").await?;
            if listed.iter().any(|one| one.id == runner) {
                return Ok(true);
            }
            if listed.len() < PAGE {
                return Ok(false);
            }
        }
        let fix = format!("project {project} lists more runners than can be read.");
        Err(Trouble::Refused { blame: Blame::Scope(fix), call: format!("GET /projects/{project}/runners") })
    }

    /// `PUT /runners/:id`: one field, by GitLab's own name of it. What is not named stays as it is.
    pub async fn set_runner(&self, runner: u64, (field, to): (&'static str, Value)) -> Answer<()> {
        self.send(&Asked::new(Method::PUT, format!("runners/{runner}")).body(json!({ field: to }))).await
    }

    /// `POST /runners/:id/reset_authentication_token`: the new token, which GitLab shows this once. The old one is refused from then on.
    pub async fn reset_runner_token(&self, runner: u64) -> Answer<Secret> {
        let asked = Asked::new(Method::POST, format!("runners/{runner}/reset_authentication_token"));
        let wrong = |error: Error| trouble(&error, &asked.call());
        let answer = self.ask(&asked).await.map_err(wrong)?;
        let reset: Reset<'_> = answer.json("a new token").map_err(wrong)?;
        sight::secret(reset.token).ok_or_else(|| Trouble::Lost { call: asked.call() })
    }

    /// `DELETE /runners/:id`.
    pub async fn delete_runner(&self, runner: u64) -> Answer<()> {
        self.send(&Asked::new(Method::DELETE, format!("runners/{runner}"))).await
    }

    /// `POST /projects/:id/runners`: lets a project runner take the project's jobs.
    pub async fn enable_runner(&self, project: u64, runner: u64) -> Answer<()> {
        let asked = Asked::new(Method::POST, format!("projects/{project}/runners"));
        self.send(&asked.body(json!({ "runner_id": runner }))).await
    }

    /// `DELETE /projects/:id/runners/:runner_id`. GitLab says 404 for a runner that the project does not have, and for a project that the
    /// token does not see.
    pub async fn disable_runner(&self, project: u64, runner: u64) -> Answer<()> {
        let asked = Asked::new(Method::DELETE, format!("projects/{project}/runners/{runner}"));
        let wrong = |error: Error| match &error {
            Error::Refused { status: 404, message } if !message.contains("Runner") => Trouble::Refused {
                blame: Blame::Scope(format!("the token does not see project {project}.")),
                call: asked.call(),
            },
            error => trouble(error, &asked.call()),
        };
        self.ask(&asked).await.map_err(wrong).map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_recorded_runners_are_read() {
        let path =
            concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/gitlab-api/gitlab4j/runner-detail.json");
        match std::fs::read_to_string(path) {
            Ok(body) => {
                let wire: Wire = serde_json::from_str(&body).unwrap();
                assert!(RunnerShown::from(wire).tags.is_some());
            }
            Err(_) => println!("skipped: {path} is not here"),
        }
    }

    #[test]
    fn what_a_runner_does_not_show_is_not_known() {
        let of = |body: &str| RunnerShown::from(serde_json::from_str::<Wire>(body).unwrap());
        let whole = of(r#"{"paused":true,"locked":false,"access_level":"ref_protected","run_untagged":true,
            "tag_list":["b","a"],"projects":[{"id":4,"name":"x"}],"groups":[]}"#);
        assert_eq!(whole.tags, Some(vec!["a".into(), "b".into()]));
        assert_eq!((whole.protected, whole.locked), (Some(true), Some(false)));
        let bare = of("{}");
        assert_eq!((bare.paused, bare.protected, bare.tags), (None, None, None));
    }
}
