//! The only calls that change something at GitLab, and what is read right before them. Each change is sent once: `net` sends nothing again
//! that is not a read.

use std::{borrow::Cow, sync::Arc};

use gitlab::api::endpoint_prelude::{BodyError, Endpoint, Method, QueryParams};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{endpoint::Get, sight};
use crate::{
    base::{blame::Blame, secret::Secret, time::Clock},
    config::GitLabSource,
    model::gitlab::Owner,
    net::{Client, Error, Settings},
    source::{Answer, Trouble},
};

/// One GitLab, open for changes.
pub struct Changer {
    source: Arc<GitLabSource>,
    client: Client,
}

/// A variable as GitLab shows it now.
pub struct Shown {
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    pub hidden: Option<bool>,
    pub raw: Option<bool>,
    pub file: Option<bool>,
    /// `None` where GitLab never shows it again.
    pub value: Option<Secret>,
}

/// Source: lib/api/entities/ci/variable.rb; variables of schedules have less.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow)]
    key: Option<Cow<'a, str>>,
    #[serde(borrow)]
    value: Option<&'a RawValue>,
    variable_type: Option<String>,
    protected: Option<bool>,
    masked: Option<bool>,
    hidden: Option<bool>,
    raw: Option<bool>,
}

#[derive(Deserialize)]
struct Scheduled<'a> {
    #[serde(borrow)]
    variables: Option<Vec<Wire<'a>>>,
}

#[derive(Deserialize)]
struct Runner {
    paused: bool,
}

#[derive(Deserialize)]
struct User {
    username: String,
}

impl Wire<'_> {
    fn shown(self) -> Shown {
        Shown {
            protected: self.protected,
            masked: self.masked,
            hidden: self.hidden,
            raw: self.raw,
            file: self.variable_type.map(|kind| kind == "file"),
            value: self.value.and_then(sight::secret),
        }
    }
}

const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'_').remove(b'-').remove(b'.');

/// Below `/api/v4/`. Sources: doc/api/project_level_variables.md, doc/api/group_level_variables.md,
/// doc/api/instance_level_ci_variables.md, doc/api/pipeline_schedules.md.
pub fn variable_path(owner: &Owner, key: &str) -> String {
    let key = utf8_percent_encode(key, SEGMENT);
    match owner {
        Owner::Instance => format!("admin/ci/variables/{key}"),
        Owner::Group(group) => format!("groups/{group}/variables/{key}"),
        Owner::Project(project) => format!("projects/{project}/variables/{key}"),
        Owner::Schedule { project, schedule } => {
            format!("projects/{project}/pipeline_schedules/{schedule}/variables/{key}")
        }
    }
}

/// A variable, or a runner: read, or one thing of it written.
struct Thing<'a> {
    path: String,
    /// One variable of several with its name is meant by its scope.
    scope: Option<&'a str>,
    written: Option<Written<'a>>,
}

/// What is written. What a PUT does not name stays as it is.
enum Written<'a> {
    Value(&'a Secret),
    Flag(&'static str, bool),
}

impl Endpoint for Thing<'_> {
    fn method(&self) -> Method {
        if self.written.is_some() { Method::PUT } else { Method::GET }
    }

    fn endpoint(&self) -> Cow<'static, str> {
        self.path.clone().into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let mut parameters = QueryParams::default();
        parameters.push_opt("filter[environment_scope]", self.scope);
        parameters
    }

    fn body(&self) -> Result<Option<(&'static str, Vec<u8>)>, BodyError> {
        let body = match &self.written {
            None => return Ok(None),
            Some(Written::Value(value)) => serde_json::json!({ "value": value.open() }),
            Some(Written::Flag(name, to)) => serde_json::json!({ *name: to }),
        };
        Ok(Some(("application/json", body.to_string().into_bytes())))
    }
}

/// One job that waits is enough to know.
struct Waiting {
    project: u64,
}

impl Endpoint for Waiting {
    fn method(&self) -> Method {
        Method::GET
    }

    fn endpoint(&self) -> Cow<'static, str> {
        format!("projects/{}/jobs", self.project).into()
    }

    fn parameters(&self) -> QueryParams<'_> {
        let mut parameters = QueryParams::default();
        parameters.push("scope[]", "pending");
        parameters.push("per_page", "1");
        parameters
    }
}

/// Only variables of projects and groups have an environment scope.
fn scope_of<'a>(owner: &Owner, scope: &'a str) -> Option<&'a str> {
    matches!(owner, Owner::Project(_) | Owner::Group(_)).then_some(scope)
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
        const CALL: &str = "GET /user";
        let answer = self.client.ask(&Get("user".into())).await.map_err(|error| trouble(&error, CALL))?;
        let user: User = answer.json("a user").map_err(|error| trouble(&error, CALL))?;
        Ok(user.username)
    }

    pub async fn variable(&self, owner: &Owner, key: &str, scope: &str) -> Answer<Shown> {
        let path = match owner {
            // A schedule's variables are shown with the schedule, and nowhere else.
            Owner::Schedule { project, schedule } => {
                format!("projects/{project}/pipeline_schedules/{schedule}")
            }
            _ => variable_path(owner, key),
        };
        let call = format!("GET /{path}");
        let asked = Thing { path, scope: scope_of(owner, scope), written: None };
        let answer = self.client.ask(&asked).await.map_err(|error| trouble(&error, &call))?;
        if !matches!(owner, Owner::Schedule { .. }) {
            let wire: Wire<'_> = answer.json("a variable").map_err(|error| trouble(&error, &call))?;
            return Ok(wire.shown());
        }
        let schedule: Scheduled<'_> = answer.json("a schedule").map_err(|error| trouble(&error, &call))?;
        let Some(variables) = schedule.variables else {
            let fix = "the variables of a schedule are shown to its owner and to Maintainers.";
            return Err(Trouble::Refused { blame: Blame::Scope(fix.into()), call });
        };
        let found = variables.into_iter().find(|one| one.key.as_deref() == Some(key));
        found.map(Wire::shown).ok_or(Trouble::Gone { call })
    }

    /// `GET /projects/:id/jobs?scope[]=pending`: does a job of the project wait for a runner?
    pub async fn jobs_wait(&self, project: u64) -> Answer<bool> {
        let call = format!("GET /projects/{project}/jobs");
        let asked = Waiting { project };
        let answer = self.client.ask(&asked).await.map_err(|error| trouble(&error, &call))?;
        let jobs: Vec<IgnoredAny> = answer.json("a list of jobs").map_err(|error| trouble(&error, &call))?;
        Ok(!jobs.is_empty())
    }

    pub async fn write_variable(&self, owner: &Owner, key: &str, scope: &str, value: &Secret) -> Answer<()> {
        self.put(variable_path(owner, key), scope_of(owner, scope), Written::Value(value)).await
    }

    /// `flag` is GitLab's own name of it, and what it becomes.
    pub async fn flag_variable(
        &self,
        owner: &Owner,
        key: &str,
        scope: &str,
        flag: (&'static str, bool),
    ) -> Answer<()> {
        self.put(variable_path(owner, key), scope_of(owner, scope), Written::Flag(flag.0, flag.1)).await
    }

    pub async fn is_paused(&self, runner: u64) -> Answer<bool> {
        let call = format!("GET /runners/{runner}");
        let asked = Get(format!("runners/{runner}"));
        let answer = self.client.ask(&asked).await.map_err(|error| trouble(&error, &call))?;
        let runner: Runner = answer.json("a runner").map_err(|error| trouble(&error, &call))?;
        Ok(runner.paused)
    }

    pub async fn pause_runner(&self, runner: u64, to: bool) -> Answer<()> {
        self.put(format!("runners/{runner}"), None, Written::Flag("paused", to)).await
    }

    async fn put(&self, path: String, scope: Option<&str>, written: Written<'_>) -> Answer<()> {
        let call = format!("PUT /{path}");
        let asked = Thing { path, scope, written: Some(written) };
        self.client.ask(&asked).await.map_err(|error| trouble(&error, &call))?;
        Ok(())
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
    fn a_name_from_outside_stays_one_segment() {
        let cases = [
            (Owner::Instance, "AWS_KEY", "admin/ci/variables/AWS_KEY"),
            (Owner::Group(7), "A/../B?x=1#y", "groups/7/variables/A%2F..%2FB%3Fx%3D1%23y"),
            (Owner::Project(42), "é", "projects/42/variables/%C3%A9"),
            (Owner::Schedule { project: 4, schedule: 2 }, "K", "projects/4/pipeline_schedules/2/variables/K"),
        ];
        for (owner, key, path) in cases {
            assert_eq!(variable_path(&owner, key), path);
        }
    }

    #[test]
    fn a_write_names_the_scope_and_changes_the_value_alone() {
        let secret = Secret::new("new \"value\"".into());
        let write =
            Thing { path: "x".into(), scope: Some("review/*"), written: Some(Written::Value(&secret)) };
        assert_eq!(write.method(), Method::PUT);
        let (kind, body) = write.body().unwrap().unwrap();
        assert_eq!((kind, body.as_slice()), ("application/json", br#"{"value":"new \"value\""}"#.as_slice()));
        let mut url = url::Url::parse("https://gitlab.example/x").unwrap();
        write.parameters().add_to_url(&mut url);
        assert_eq!(url.query(), Some("filter%5Benvironment_scope%5D=review%2F*"));
        let flag = Thing { written: Some(Written::Flag("protected", true)), path: "x".into(), scope: None };
        assert_eq!(flag.body().unwrap().unwrap().1, br#"{"protected":true}"#);
        let read = Thing { written: None, ..write };
        assert_eq!(read.method(), Method::GET);
        assert!(read.body().unwrap().is_none());
    }

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
