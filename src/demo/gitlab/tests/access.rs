//! Who gets in, and what others are told.

use http::Method;
use serde_json::json;

use super::{ADMIN, Bench, EXPIRED, MAINTAINER, PROFILE, READER, REVOKED};
use crate::demo::front::Side;

#[tokio::test]
async fn tokens_are_taken_or_refused_as_gitlab_does() {
    let bench = Bench::open().await;
    let told = bench.get("/user").await;
    assert_eq!((told.status, told.json()["username"].clone()), (200, json!("root")));
    for token in ["", "glpat-wrong"] {
        let told = bench.get_as(token, "/user").await;
        assert_eq!((told.status, told.json()), (401, json!({ "message": "401 Unauthorized" })));
    }
    let told = bench.get_as(REVOKED, "/user").await;
    assert_eq!(told.status, 401);
    assert_eq!(
        told.json()["error_description"],
        "Token was revoked. You have to re-authorize from the user."
    );
    let told = bench.get_as(EXPIRED, "/user").await;
    assert_eq!(told.json()["error"], "invalid_token");
    assert!(told.json()["error_description"].as_str().unwrap().starts_with("Token is expired."));

    let bearer = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only(std::iter::empty::<reqwest::Certificate>())
        .build()
        .unwrap();
    let url = format!("{}/api/v4/user", bench.url);
    assert_eq!(bearer.get(url).bearer_auth(ADMIN).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn scopes_bound_what_a_token_may_do() {
    let bench = Bench::open().await;
    assert_eq!(bench.get_as(READER, "/projects/42").await.status, 200);
    let path = "/api/v4/projects/42/variables";
    let told =
        bench.try_send(Method::POST, path, READER, Some(json!({ "key": "A", "value": "b" }))).await.unwrap();
    assert_eq!((told.status, told.json()["error"].clone()), (403, json!("insufficient_scope")));
    assert_eq!(told.json()["scope"], "api");
    assert_eq!(bench.get_as(PROFILE, "/user").await.status, 200);
    assert_eq!(bench.get_as(PROFILE, "/projects").await.status, 403);
    assert_eq!(bench.query_as(PROFILE, json!({ "query": "{ currentUser { username } }" })).await.status, 403);
    assert_eq!(
        bench.get_as(PROFILE, "/personal_access_tokens/self").await.json()["scopes"],
        json!(["read_user"])
    );
}

#[tokio::test]
async fn roles_bound_it_too() {
    let bench = Bench::open().await;
    for path in ["/runners/all", "/admin/ci/variables", "/groups/5/variables", "/groups/5/runners"] {
        assert_eq!(bench.get(path).await.status, 200, "{path}");
        let told = bench.get_as(MAINTAINER, path).await;
        assert_eq!((told.status, told.json()), (403, json!({ "message": "403 Forbidden" })), "{path}");
    }
    assert_eq!(bench.get_as(MAINTAINER, "/projects/42/variables").await.status, 200);
    let owned = bench.get_as(MAINTAINER, "/runners").await.json();
    assert_eq!(owned.as_array().unwrap().len(), 1, "project runners only");
    assert!(bench.get_as(MAINTAINER, "/user").await.json().get("is_admin").is_none());
    assert_eq!(bench.get("/user").await.json()["is_admin"], true);
}

#[tokio::test]
async fn what_is_not_there_is_said_in_gitlabs_words() {
    let bench = Bench::open().await;
    let cases = [
        ("/projects/999", "404 Project Not Found"),
        ("/projects/acme%2Fnothing/variables", "404 Project Not Found"),
        ("/groups/999", "404 Group Not Found"),
        ("/runners/999", "404 Runner Not Found"),
        ("/projects/42/variables/NOTHING", "404 Variable Not Found"),
        ("/projects/42/pipeline_schedules/99", "404 Pipeline Schedule Not Found"),
    ];
    for (path, message) in cases {
        let told = bench.get(path).await;
        assert_eq!((told.status, told.json()), (404, json!({ "message": message })), "{path}");
    }
    let told = bench.get("/nonsense").await;
    assert_eq!((told.status, told.json()), (404, json!({ "error": "404 Not Found" })));
}

#[tokio::test]
async fn the_minute_is_counted_by_token_and_said_on_every_answer() {
    let bench = Bench::of(super::company(), 3).await;
    let told = bench.get("/version").await;
    assert_eq!(told.header("ratelimit-limit"), Some("3"));
    assert_eq!(told.header("ratelimit-remaining"), Some("2"));
    assert_eq!(told.header("ratelimit-observed"), Some("1"));
    assert!(told.header("ratelimit-reset").unwrap().parse::<i64>().unwrap() > super::NOW.seconds());
    bench.get("/projects/999").await;
    bench.get("/version").await;
    let told = bench.get("/version").await;
    assert_eq!((told.status, told.text.trim()), (429, "Retry later"));
    assert!(told.header("content-type").unwrap().starts_with("text/plain"));
    assert!((1..=60).contains(&told.header("retry-after").unwrap().parse::<u32>().unwrap()));
    assert_eq!(bench.get_as(READER, "/version").await.status, 200, "another token has its own minute");
    assert_eq!(Bench::open().await.get("/version").await.header("ratelimit-limit"), Some("2000"));
}

#[tokio::test]
async fn the_ledger_holds_every_call() {
    let bench = Bench::open().await;
    bench.get("/projects/acme%2Fplatform%2Finfra/variables").await;
    bench.get_as("wrong", "/user").await;
    bench.query("{ projects(first: 1) { nodes { id } } currentUser { username } }").await;
    let calls = bench.front.calls();
    let lines: Vec<_> =
        calls.iter().map(|call| (call.name.as_str(), call.caller.as_str(), call.status)).collect();
    assert_eq!(
        lines,
        [
            ("GET /projects/:id/variables", "root", 200),
            ("GET /user", "", 401),
            ("POST graphql:projects,currentUser", "root", 200),
        ]
    );
    assert_eq!(calls[0].target, "/api/v4/projects/acme%2Fplatform%2Finfra/variables");
    assert!(calls.iter().all(|call| call.side == Side::GitLab));
}
