//! The collectors against a small GitLab that answers what a test wants it to.

mod bulk;
mod changes;
mod ci;
mod company;
mod walks;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    body::to_bytes,
    extract::Request,
    response::{IntoResponse, Response},
    routing::any,
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};
use tokio_util::sync::CancellationToken;

use self::company::acme;
use super::GitLab;
use crate::{
    base::{
        blame::Blame,
        secret::Secret,
        time::{StoppedClock, Timestamp},
    },
    config::GitLabSource,
    model::{
        estate::Estate,
        observe::{Outcome, Report},
    },
    source::Outlet,
};

const TOKEN: &str = "glpat-s3cr3t-of-ours";
const KEY: &str = "AKIARZPUZDIKNSFRP6LN";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// A request as the small GitLab sees it: `GET /user`, or `POST graphql:projects` with its variables.
#[derive(Clone, Debug)]
struct Asked {
    call: String,
    query: String,
    graphql: Value,
}

/// `None` where the one who was asked leaves it to the next.
type Answer = Option<Response>;

/// What a walk left behind.
struct Left {
    reports: Vec<Report>,
    asked: Vec<Asked>,
    estate: Estate,
}

impl Left {
    fn outcome(&self, what: &str) -> Option<Outcome> {
        self.estate.sweeps().find(|(scope, _)| &*scope.what == what).and_then(|(_, state)| state.outcome)
    }

    fn gaps(&self) -> Vec<(String, Blame)> {
        self.estate.gaps().map(|(_, gap)| (gap.call.clone(), gap.blame.clone())).collect()
    }

    fn asked(&self, call: &str) -> Vec<&Asked> {
        self.asked.iter().filter(|asked| asked.call == call).collect()
    }

    fn partial(&self) -> Vec<&str> {
        let partial = |outcome| outcome == Some(Outcome::Partial);
        self.estate
            .sweeps()
            .filter(|(_, state)| partial(state.outcome))
            .map(|(scope, _)| &*scope.what)
            .collect()
    }
}

fn json_of(status: u16, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .header("x-next-page", "")
        .body(body.to_string().into())
        .unwrap()
}

fn ok(body: &Value) -> Response {
    json_of(200, body)
}

fn page(name: &str, nodes: &Value) -> Response {
    ok(&json!({ "data": { name: { "pageInfo": { "hasNextPage": false }, "nodes": nodes } } }))
}

/// A small GitLab behind a port, and everything it was asked.
struct Small {
    url: String,
    ledger: Arc<Mutex<Vec<Asked>>>,
}

/// Opens a server; what `special` does not answer, acme does, and what acme does not know is a 404.
async fn open(special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> Small {
    let ledger = Arc::new(Mutex::new(Vec::new()));
    let seen = ledger.clone();
    let router = Router::new().fallback(any(async move |request: Request| {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, 1 << 20).await.unwrap();
        if parts.headers["authorization"] != format!("Bearer {TOKEN}").as_str() {
            return json_of(401, &json!({"message":"401 Unauthorized"}));
        }
        let graphql: Value = serde_json::from_slice(&body).unwrap_or_default();
        let call = match parts.uri.path() {
            "/api/graphql" => format!("POST graphql:{}", graphql["operationName"].as_str().unwrap()),
            path => format!("{} {}", parts.method, path.strip_prefix("/api/v4").unwrap()),
        };
        let query = parts.uri.query().unwrap_or_default().to_owned();
        let asked = Asked { call, query, graphql };
        seen.lock().unwrap().push(asked.clone());
        let answer = special(&asked).or_else(|| acme(&asked));
        answer.unwrap_or_else(|| json_of(404, &json!({"message":"404 Not found"}))).into_response()
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    Small { url, ledger }
}

fn source(url: &str, token: &str) -> Arc<GitLabSource> {
    Arc::new(GitLabSource {
        name: "acme".into(),
        url: url.into(),
        token: Secret::new(token.into()),
        include: Vec::new(),
        exclude: Vec::new(),
        ca_file: None,
        per_second: 10_000.0,
        concurrency: 4,
    })
}

/// One look into an estate.
async fn look(gitlab: &Arc<GitLab>, stop: CancellationToken, run: u32, estate: &mut Estate) -> Vec<Report> {
    let clock = Arc::new(StoppedClock("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap()));
    let (reports, mut received) = mpsc::channel(4);
    let gitlab = gitlab.clone();
    let walking = tokio::spawn(async move { gitlab.sweep(Outlet { reports, clock, stop, run }).await });
    let mut left = Vec::new();
    while let Some(report) = received.recv().await {
        estate.absorb(report.clone());
        left.push(report);
    }
    walking.await.unwrap();
    left
}

/// Runs every collector once against such a server.
async fn walk_with(
    special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static,
    stop: CancellationToken,
) -> Left {
    let small = open(special).await;
    let gitlab = Arc::new(GitLab::new(source(&small.url, TOKEN)));
    let mut estate = Estate::default();
    let reports = look(&gitlab, stop, 1, &mut estate).await;
    let asked = small.ledger.lock().unwrap().clone();
    Left { reports, asked, estate }
}

async fn walk(special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> Left {
    walk_with(special, CancellationToken::new()).await
}
