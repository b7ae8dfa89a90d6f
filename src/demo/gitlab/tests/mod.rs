//! What a client would notice, asked over real HTTP on loopback: a small company, a client, and questions.

mod access;
mod big;
mod documented;
mod edits;
mod faults;
mod paging;
mod query;
mod reading;
mod runners;

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use http::Method;
use serde_json::Value;

use super::{router_with_limit, variable_changes::bare};
use crate::{
    base::time::{StoppedClock, Timestamp},
    demo::{
        front::Front,
        world::{
            GitLab, GitLabToken, GitLabUser, Group, Job, Manager, Project, Runner, RunnerType, Schedule,
            Shared, Variable, World,
        },
    },
};

pub(super) const ADMIN: &str = "glpat-admin";
pub(super) const READER: &str = "glpat-reader";
pub(super) const MAINTAINER: &str = "glpat-maintainer";
pub(super) const REVOKED: &str = "glpat-revoked";
pub(super) const EXPIRED: &str = "glpat-expired";
pub(super) const PROFILE: &str = "glpat-profile";

/// 2026-11-20T12:00:00Z
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_176_000);

/// The server and somebody who asks it.
pub(super) struct Bench {
    pub url: String,
    pub world: Arc<RwLock<World>>,
    pub front: Front,
    client: reqwest::Client,
}

pub(super) struct Told {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub text: String,
}

impl Told {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("{} {}", self.status, self.text))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The address behind `rel="next"`.
    pub(super) fn next(&self) -> Option<String> {
        let links = self.header("link")?;
        let link = links.split(", ").find(|link| link.ends_with("rel=\"next\""))?;
        Some(link.split(['<', '>']).nth(1).unwrap().to_owned())
    }
}

impl Bench {
    pub(super) async fn open() -> Self {
        Self::of(company(), super::PER_MINUTE).await
    }

    pub(super) async fn of(gitlab: GitLab, per_minute: u32) -> Self {
        let world = Arc::new(RwLock::new(World { gitlab, ..World::default() }));
        let front = Front::default();
        let shared =
            Shared { world: Arc::clone(&world), clock: Arc::new(StoppedClock(NOW)), front: front.clone() };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router_with_limit(shared, per_minute)).await });
        let no_certificates = std::iter::empty::<reqwest::Certificate>();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only(no_certificates).build().unwrap();
        Self { url, world, front, client }
    }

    pub(super) async fn try_send(
        &self,
        method: Method,
        path: &str,
        token: &str,
        body: Option<Value>,
    ) -> reqwest::Result<Told> {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.url) };
        let mut request = self.client.request(method, url);
        if !token.is_empty() {
            request = request.header("PRIVATE-TOKEN", token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Ok(Told { status, headers, text: response.text().await? })
    }

    /// A path below `/api/v4`, or a whole address.
    pub(super) async fn get_as(&self, token: &str, path: &str) -> Told {
        let path = if path.starts_with("http") { path.to_owned() } else { format!("/api/v4{path}") };
        self.try_send(Method::GET, &path, token, None).await.unwrap()
    }

    pub(super) async fn get(&self, path: &str) -> Told {
        self.get_as(ADMIN, path).await
    }

    pub(super) async fn send(&self, method: Method, path: &str, body: Value) -> Told {
        self.try_send(method, &format!("/api/v4{path}"), ADMIN, Some(body)).await.unwrap()
    }

    pub(super) async fn query_as(&self, token: &str, body: Value) -> Told {
        self.try_send(Method::POST, "/api/graphql", token, Some(body)).await.unwrap()
    }

    pub(super) async fn query(&self, text: &str) -> Value {
        self.query_as(ADMIN, serde_json::json!({ "query": text })).await.json()
    }
}

pub(super) fn variable(key: &str, value: &str) -> Variable {
    Variable { value: value.to_owned(), ..bare(key) }
}

pub(super) fn project(id: u64, group: u64, path: &str) -> Project {
    Project {
        id,
        name: path.rsplit('/').next().unwrap().to_owned(),
        full_path: path.to_owned(),
        group,
        default_branch: "main".to_owned(),
        visibility: "private",
        archived: false,
        ci_config_path: None,
        id_token_components: vec!["project_path".to_owned(), "ref_type".to_owned(), "ref".to_owned()],
        shared_runners_enabled: true,
        group_runners_enabled: true,
        protected_branches: vec!["main".to_owned(), "release/*".to_owned()],
        protected_tags: vec!["v*".to_owned()],
        branches: vec!["main".to_owned(), "release/1".to_owned()],
        last_activity: NOW.minus(60),
        created: NOW.minus(86_400 * 400),
        variables: Vec::new(),
        schedules: Vec::new(),
        files: BTreeMap::new(),
    }
}

pub(super) fn runner(id: u64, kind: RunnerType) -> Runner {
    Runner {
        id,
        description: format!("runner-{id}"),
        kind,
        paused: false,
        locked: false,
        ref_protected: false,
        run_untagged: true,
        tags: vec!["aws".to_owned()],
        group: (kind == RunnerType::Group).then_some(7),
        projects: if kind == RunnerType::Project { vec![42] } else { Vec::new() },
        maximum_timeout: Some(3600),
        maintenance_note: None,
        created: NOW.minus(86_400 * 30),
        token: format!("glrt-t1_secret{id}"),
        held: format!("glrt-t1_secret{id}"),
        managers: vec![manager(id * 10, 600)],
    }
}

/// Heard of so many seconds ago.
pub(super) fn manager(id: u64, ago: i64) -> Manager {
    Manager {
        id,
        system_id: format!("s_{id}"),
        version: "19.4.0".to_owned(),
        revision: "d79f3e7b".to_owned(),
        platform: "linux".to_owned(),
        architecture: "amd64".to_owned(),
        executor: "docker",
        address: "10.0.0.5".to_owned(),
        created: NOW.minus(86_400 * 20),
        contacted: NOW.minus(ago),
    }
}

pub(super) fn job(id: u64, project: u64, runner: Option<u64>) -> Job {
    Job {
        id,
        project,
        pipeline: id,
        name: "deploy".to_owned(),
        stage: "deploy".to_owned(),
        git_ref: "main".to_owned(),
        tag: false,
        status: if id.is_multiple_of(2) { "success" } else { "failed" },
        source: "push",
        created: NOW.minus(500),
        started: runner.map(|_| NOW.minus(490)),
        finished: runner.map(|_| NOW.minus(400)),
        runner,
        system_id: runner.map(|runner| format!("s_{}", runner * 10)),
        user: 2,
        tags: vec!["aws".to_owned()],
        sha: "0ff3ae198f8601a285adcf5c0fff204ee6fba5fd".to_owned(),
    }
}

fn token(id: u64, user: u64, text: &str, scopes: &[&str]) -> GitLabToken {
    GitLabToken {
        id,
        user,
        name: "audit".to_owned(),
        token: text.to_owned(),
        scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
        expires: Some(if text == EXPIRED { NOW.minus(1) } else { NOW.plus(86_400 * 30) }),
        revoked: text == REVOKED,
        created: NOW.minus(86_400 * 60),
    }
}

fn schedule() -> Schedule {
    Schedule {
        id: 13,
        description: "Nightly".to_owned(),
        git_ref: "main".to_owned(),
        cron: "0 4 * * *".to_owned(),
        active: true,
        owner: 2,
        variables: vec![variable("AWS_PROFILE", "nightly")],
        created: NOW.minus(86_400),
    }
}

/// Two groups, three projects, three runners, a few jobs, and tokens of every sort.
pub(super) fn company() -> GitLab {
    let user = |id: u64, login: &str| GitLabUser {
        id,
        login: login.to_owned(),
        name: login.to_uppercase(),
        is_admin: id == 1,
    };
    let group = |id: u64, parent: Option<u64>, path: &str| Group {
        id,
        name: path.rsplit('/').next().unwrap().to_owned(),
        full_path: path.to_owned(),
        parent,
        variables: vec![variable("GROUP_KEY", "group-value")],
    };
    let mut infra = project(42, 7, "acme/platform/infra");
    let mut prod = variable("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI");
    prod.environment_scope = "prod".to_owned();
    let mut hidden = variable("HIDDEN", "never-shown");
    hidden.masked = true;
    hidden.hidden = true;
    infra.variables =
        vec![variable("AWS_SECRET_ACCESS_KEY", "wJalrXUtnDEV"), prod, hidden, variable("PLAIN", "seen")];
    infra.schedules = vec![schedule()];
    let file = "stages:\n- deploy\ndeploy:\n  stage: deploy\n  script:\n  - aws sts\n";
    infra.files.insert(".gitlab-ci.yml".to_owned(), file.into());
    let mut old = project(43, 5, "acme/old");
    old.archived = true;
    let projects = [infra, old, project(44, 5, "acme/web")];
    GitLab {
        external_url: "https://gitlab.acme.example".to_owned(),
        version: "19.4.1-ee".to_owned(),
        users: [user(1, "root"), user(2, "ada")].into_iter().map(|user| (user.id, user)).collect(),
        tokens: vec![
            token(1, 1, ADMIN, &["api"]),
            token(2, 1, READER, &["read_api"]),
            token(3, 2, MAINTAINER, &["api"]),
            token(4, 1, REVOKED, &["api"]),
            token(5, 1, EXPIRED, &["api"]),
            token(6, 1, PROFILE, &["read_user"]),
        ],
        groups: [group(5, None, "acme"), group(7, Some(5), "acme/platform")]
            .into_iter()
            .map(|group| (group.id, group))
            .collect(),
        projects: projects.into_iter().map(|project| (project.id, project)).collect(),
        runners: [
            runner(1, RunnerType::Instance),
            runner(2, RunnerType::Group),
            runner(3, RunnerType::Project),
        ]
        .into_iter()
        .map(|runner| (runner.id, runner))
        .collect(),
        instance_variables: vec![variable("INSTANCE_KEY", "instance-value")],
        jobs: (101..=105)
            .map(|id| job(id, 42, Some(3)))
            .chain([job(106, 42, None)])
            .map(|job| (job.id, job))
            .collect(),
    }
}
