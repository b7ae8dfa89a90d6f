//! The collectors against a small GitLab that answers what a test wants it to.

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

use super::{COLLECTORS, sweep};
use crate::{
    base::{
        blame::Blame,
        secret::Secret,
        time::{StoppedClock, Timestamp},
    },
    config::GitLabSource,
    model::{
        estate::Estate,
        gitlab::{Instance, Job, Manager, Project, Runner, Schedule, Variable},
        id::Id,
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

fn ok(body: &Value) -> Answer {
    Some(json_of(200, body))
}

fn page(name: &str, nodes: &Value) -> Answer {
    ok(&json!({ "data": { name: { "pageInfo": { "hasNextPage": false }, "nodes": nodes } } }))
}

/// A GitLab with one project, one group, one runner and one schedule, and an administrator's token.
fn acme(asked: &Asked) -> Answer {
    let variable = |key: &str| json!({"key":key,"variableType":"ENV_VAR","protected":true,"masked":true,"hidden":false,"raw":true,"environmentScope":"*"});
    let with_value = |key: &str, value: &str| json!({"key":key,"value":value,"variable_type":"env_var","protected":true,"environment_scope":"*"});
    let variables = |keys: &[&str]| json!({"pageInfo":{"hasNextPage":false},"nodes":keys.iter().map(|key| variable(key)).collect::<Vec<_>>()});
    let job = json!({"id":900,"name":"deploy","ref":"main","tag":false,"status":"success","created_at":"2026-11-01T10:00:00Z","project":{"id":7},"pipeline":{"id":70},"user":{"username":"ada"}});
    match asked.call.as_str() {
        "GET /user" => ok(&json!({"id":1,"username":"root","is_admin":true,"web_url":"https://gitlab.acme.example/root"})),
        "GET /metadata" => ok(&json!({"version":"19.5.0-ee"})),
        "GET /personal_access_tokens/self" => ok(&json!({"scopes":["read_api"],"expires_at":"2027-01-01"})),
        "POST graphql:projects" => page("projects", &json!([
            {"id":"gid://gitlab/Project/7","fullPath":"acme/web","archived":false,"visibility":"private","webUrl":"https://gitlab.acme.example/acme/web",
             "branchRules":{"pageInfo":{"hasNextPage":false},"nodes":[{"name":"main","isProtected":true},{"name":"All branches","isProtected":true},{"name":"dev","isProtected":false}]},
             "ciVariables":variables(&["AWS_ACCESS_KEY_ID","AWS_SECRET_ACCESS_KEY"])},
            {"id":"gid://gitlab/Project/8","fullPath":"acme/docs","branchRules":{"nodes":[]},"ciVariables":variables(&["NODE_ENV"])}])),
        "POST graphql:groups" => page("groups", &json!([
            {"id":"gid://gitlab/Group/3","fullPath":"acme","ciVariables":variables(&["AWS_ROLE_ARN"])}])),
        "POST graphql:runners" => page("runners", &json!([
            {"id":"gid://gitlab/Ci::Runner/5","description":"deployer","runnerType":"GROUP_TYPE","paused":false,"locked":false,
             "accessLevel":"REF_PROTECTED","runUntagged":false,"tagList":["aws"],"status":"ONLINE","contactedAt":"2026-11-20T11:59:00Z",
             "groups":{"nodes":[{"id":"gid://gitlab/Group/3"}]},"projects":null,
             "managers":{"pageInfo":{"hasNextPage":false},"nodes":[{"systemId":"s_1","executorName":"Docker","ipAddress":"10.0.0.5","version":"19.4.0"}]}}])),
        "GET /projects" => ok(&json!([
            {"id":7,"path_with_namespace":"acme/web","default_branch":"main","ci_config_path":"","ci_id_token_sub_claim_components":["project_path","ref_type","ref"],"shared_runners_enabled":true,"group_runners_enabled":true},
            {"id":8,"path_with_namespace":"acme/docs"}])),
        "GET /projects/7/variables" => ok(&json!([with_value("AWS_ACCESS_KEY_ID", KEY), with_value("AWS_SECRET_ACCESS_KEY", SECRET)])),
        "GET /groups/3/variables" => ok(&json!([with_value("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/deploy")])),
        "GET /admin/ci/variables" => ok(&json!([{"key":"AWS_REGION","value":"eu-west-1","variable_type":"env_var"}])),
        "GET /projects/7/pipeline_schedules" => ok(&json!([{"id":11}])),
        "GET /projects/8/pipeline_schedules" => ok(&json!([])),
        "GET /projects/7/pipeline_schedules/11" => ok(&json!({"id":11,"description":"nightly","ref":"main","cron":"0 1 * * *","active":true,
            "owner":{"username":"ada"},"variables":[{"key":"AWS_ACCESS_KEY_ID","value":KEY,"variable_type":"env_var"}]})),
        "GET /runners/5/jobs" => ok(&json!([job])),
        "GET /runners" | "GET /runners/all" | "GET /groups/3/runners" | "GET /projects/7/runners" => ok(&json!([{"id":5}])),
        "GET /runners/5" => ok(&json!({"id":5,"description":"deployer","runner_type":"group_type","tag_list":["aws"],"access_level":"ref_protected",
            "contacted_at":"2026-11-20T11:59:00Z","groups":[{"id":3}],"projects":[]})),
        "GET /runners/5/managers" => ok(&json!([{"system_id":"s_1","ip_address":"10.0.0.5"}])),
        "GET /groups" => ok(&json!([{"id":3,"full_path":"acme","parent_id":null}])),
        "GET /projects/8/variables" => ok(&json!([with_value("NODE_ENV", "production")])),
        "GET /projects/7/protected_branches" | "GET /projects/8/protected_branches" => ok(&json!([{"name":"main"}])),
        _ => None,
    }
}

/// Runs every collector against a server; what `special` does not answer, acme does, and what acme does not know is a 404.
async fn walk_with(
    special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static,
    stop: CancellationToken,
) -> Left {
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
        ledger.lock().unwrap().push(asked.clone());
        let answer = special(&asked).or_else(|| acme(&asked));
        answer.unwrap_or_else(|| json_of(404, &json!({"message":"404 Not found"}))).into_response()
    }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });

    let source = GitLabSource {
        name: "acme".into(),
        url,
        token: Secret::new(TOKEN.into()),
        include: Vec::new(),
        exclude: Vec::new(),
        ca_file: None,
        per_second: 10_000.0,
        concurrency: 4,
    };
    let clock = Arc::new(StoppedClock("2026-11-20T12:00:00Z".parse::<Timestamp>().unwrap()));
    let (reports, mut received) = mpsc::channel(4);
    let walking = tokio::spawn(sweep(Arc::new(source), Outlet { reports, clock, stop, run: 1 }));
    let (mut reports, mut estate) = (Vec::new(), Estate::default());
    while let Some(report) = received.recv().await {
        estate.absorb(report.clone());
        reports.push(report);
    }
    walking.await.unwrap();
    let asked = seen.lock().unwrap().clone();
    Left { reports, asked, estate }
}

async fn walk(special: impl Fn(&Asked) -> Answer + Clone + Send + Sync + 'static) -> Left {
    walk_with(special, CancellationToken::new()).await
}

#[test]
fn every_collector_waits_only_for_earlier_ones() {
    for (index, collector) in COLLECTORS.iter().enumerate() {
        for before in collector.after {
            assert!(COLLECTORS[..index].iter().any(|earlier| earlier.name == *before), "{before}");
        }
    }
}

#[tokio::test]
async fn an_administrator_sees_everything_and_no_value_leaves() {
    let left = walk(|_| None).await;
    assert_eq!(left.gaps(), []);
    assert_eq!(left.partial(), [""; 0]);

    let variable: &Variable =
        left.estate.find(&"variable:acme/project/7/AWS_ACCESS_KEY_ID@*".parse::<Id>().unwrap()).unwrap();
    assert_eq!(variable.raw, Some(true), "GraphQL's half");
    assert_eq!(variable.sighting.as_ref().unwrap().keys[0].as_str(), KEY, "REST's half");
    assert_eq!(left.estate.all::<Variable>().count(), 6);
    assert_eq!(left.asked("GET /projects/8/variables").len(), 0, "nothing there suggests AWS");

    let project: &Project = left.estate.find(&Id::project("acme", 7)).unwrap();
    assert_eq!(project.protected_branches.as_deref(), Some(&["main".to_owned()][..]));
    assert_eq!(project.default_branch.as_deref(), Some("main"));
    let runner: &Runner = left.estate.find(&Id::runner("acme", 5)).unwrap();
    assert_eq!((runner.protected, runner.groups.as_deref()), (Some(true), Some(&[3][..])));
    let manager = left.estate.all::<Manager>().next().unwrap();
    assert_eq!(manager.executor.as_deref(), Some("docker"));
    assert_eq!(left.estate.all::<Job>().next().unwrap().project, Some(7));
    assert_eq!(left.estate.all::<Schedule>().next().unwrap().owner.as_deref(), Some("ada"));
    let instance = left.estate.all::<Instance>().next().unwrap();
    assert_eq!(instance.url.as_deref(), Some("https://gitlab.acme.example"));
    assert_eq!(instance.is_admin, Some(true));

    let sent = format!("{:?} {}", left.reports, serde_json::to_string(&left.reports).unwrap());
    for secret in [SECRET, TOKEN, "eu-west-1"] {
        assert!(!sent.contains(secret), "{secret}");
    }
    let meter = left.estate.meters().next().unwrap();
    assert_eq!(meter.calls, left.asked.len() as u64);
}

#[tokio::test]
async fn one_refusal_stops_nothing_else() {
    let left = walk(|asked| {
        let refused = asked.call == "GET /groups/3/variables" || asked.call == "GET /admin/ci/variables";
        refused.then(|| json_of(403, &json!({"message":"403 Forbidden"})))
    })
    .await;
    assert_eq!(left.partial(), ["instance variables", "variable values"]);
    let owner = "needs a token of an administrator, or of an owner of the groups.";
    let expected = [
        ("GET /admin/ci/variables".to_owned(), Blame::Scope("needs a token of an administrator.".into())),
        ("GET /groups/:id/variables of acme".to_owned(), Blame::Scope(owner.into())),
    ];
    assert_eq!(left.gaps(), expected);
    assert!(left.estate.all::<Variable>().any(|variable| &*variable.key == "AWS_ROLE_ARN"), "attributes stay");
}

#[tokio::test]
async fn a_token_without_the_scope_is_told_which() {
    let left = walk(|asked| {
        let read_user = asked.call == "GET /user";
        (!read_user).then(|| json_of(403, &json!({"error":"insufficient_scope","scope":"api read_api"})))
    })
    .await;
    assert!(!left.gaps().is_empty());
    for (call, blame) in left.gaps() {
        assert_eq!(blame, Blame::Scope("needs a token with the scope `read_api`.".into()), "{call}");
    }
    assert_eq!(left.outcome("projects"), Some(Outcome::Partial));
}

#[tokio::test]
async fn a_dead_token_is_one_refusal_for_each_list() {
    let left = walk(|_| Some(json_of(401, &json!({"message":"401 Unauthorized"})))).await;
    assert!(left.gaps().iter().all(|(_, blame)| *blame == Blame::Token), "{:?}", left.gaps());
    assert!(left.asked.len() < 15, "{} requests with a dead token", left.asked.len());
}

#[tokio::test]
async fn a_page_too_complex_is_asked_for_in_smaller_pieces() {
    let left = walk(|asked| {
        let first = asked.graphql["variables"]["first"].as_u64().unwrap_or(0);
        let words = "Query has complexity of 300, which exceeds max complexity of 250";
        (asked.call == "POST graphql:projects" && first > 12)
            .then(|| json_of(200, &json!({"errors":[{"message":words}]})))
    })
    .await;
    let sizes: Vec<u64> = left
        .asked("POST graphql:projects")
        .iter()
        .map(|asked| asked.graphql["variables"]["first"].as_u64().unwrap())
        .collect();
    assert_eq!(sizes, [50, 25, 12]);
    assert_eq!(left.gaps(), []);
}

#[tokio::test]
async fn fields_an_older_gitlab_lacks_are_left_out() {
    let left = walk(|asked| {
        let query = asked.graphql["query"].as_str().unwrap_or_default();
        let unknown = ["hidden", "branchRules"].iter().filter(|field| query.contains(*field));
        let errors: Vec<Value> =
            unknown.map(|field| json!({"message":format!("Field '{field}' doesn't exist on type 'X'")})).collect();
        (!errors.is_empty()).then(|| json_of(200, &json!({ "errors": errors })))
    })
    .await;
    assert_eq!(left.gaps(), []);
    assert_eq!(left.asked("POST graphql:projects").len(), 2);
    assert_eq!(left.asked("GET /projects/8/variables").len(), 0, "no reason to fall back");
}

#[tokio::test]
async fn where_graphql_is_refused_rest_answers() {
    let left = walk(|asked| {
        let html = || Response::builder().status(200).body("<html>Sign in</html>".into()).unwrap();
        asked.call.starts_with("POST").then(html)
    })
    .await;
    let bulk = ["groups", "projects", "runners"].map(|name| (format!("POST /api/graphql {name}"), Blame::Bug));
    assert_eq!(left.gaps(), bulk, "said, and nothing else is missing");
    assert_eq!(left.partial(), [""; 0]);
    assert_eq!(left.estate.all::<Variable>().count(), 6);
    let project: &Project = left.estate.find(&Id::project("acme", 8)).unwrap();
    assert_eq!(project.protected_branches.as_deref(), Some(&["main".to_owned()][..]));
    assert_eq!(left.estate.all::<Manager>().next().unwrap().address.as_deref(), Some("10.0.0.5"));
    assert_eq!(left.asked("GET /projects/7/variables").len(), 1, "values came along; nobody asks twice");
}

#[tokio::test]
async fn a_member_is_shown_what_members_see() {
    let left = walk(|asked| (asked.call == "GET /user").then(|| json_of(200, &json!({"username":"ada"})))).await;
    assert_eq!(left.asked("POST graphql:projects")[0].graphql["variables"]["membership"], true);
    assert!(left.asked("GET /projects")[0].query.contains("membership=true"));
    assert!(left.asked("GET /groups")[0].query.contains("all_available=false"));
    assert_eq!((left.asked("POST graphql:groups").len(), left.asked("GET /runners/all").len()), (0, 0));
    assert_eq!(left.estate.all::<Runner>().count(), 1);
}

#[tokio::test]
async fn projects_that_hide_their_variables_are_a_gap_and_no_empty_list() {
    let left = walk(|asked| {
        let closed = json!([{"id":"gid://gitlab/Project/9","fullPath":"acme/closed","branchRules":{"nodes":[]},"ciVariables":null}]);
        if asked.call == "POST graphql:projects" { page("projects", &closed) } else { None }
    })
    .await;
    assert_eq!(left.gaps()[0].0, "GraphQL ciVariables of acme/closed");
    assert_eq!(left.outcome("projects"), Some(Outcome::Whole));
    assert_eq!(left.outcome("project variables"), Some(Outcome::Partial));
}

#[tokio::test]
async fn lists_inside_a_page_are_read_to_their_end() {
    let left = walk(|asked| {
        let list = |key: &str, more: bool| json!({"pageInfo":{"hasNextPage":more,"endCursor":"c1"},"nodes":[{"key":key,"environmentScope":"*"}]});
        match asked.call.as_str() {
            "POST graphql:projects" => page("projects", &json!([{"id":"gid://gitlab/Project/7","fullPath":"acme/web","ciVariables":list("A", true)}])),
            "POST graphql:project" => {
                assert_eq!(asked.graphql["variables"], json!({"path":"acme/web","after":"c1"}));
                ok(&json!({"data":{"project":{"ciVariables":list("AWS_B", false)}}}))
            }
            _ => None,
        }
    })
    .await;
    assert!(left.estate.all::<Variable>().any(|variable| &*variable.key == "AWS_B"));
    assert_eq!(left.asked("GET /projects/7/variables").len(), 1, "the second page is why it is worth reading");
}

#[tokio::test]
async fn a_stopped_walk_ends_at_once_and_forgets_nothing() {
    let stop = CancellationToken::new();
    let pull = stop.clone();
    let left = walk_with(
        move |asked| {
            if asked.call == "GET /user" {
                pull.cancel();
            }
            None
        },
        stop,
    )
    .await;
    let ended: Vec<Outcome> = left
        .reports
        .iter()
        .filter_map(|report| if let Report::Ended { outcome, .. } = report { Some(*outcome) } else { None })
        .collect();
    let began = left.estate.sweeps().count();
    assert_eq!(ended.len(), began, "whoever began has ended");
    assert_eq!(left.outcome("instance"), Some(Outcome::Partial));
    assert_eq!(left.outcome("projects"), Some(Outcome::Partial));
    assert!(left.gaps().is_empty(), "nobody is to blame for a wish");
}
