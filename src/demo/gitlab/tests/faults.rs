//! Every switch, as the other end of the wire sees it.

use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{ADMIN, Bench};
use crate::demo::front::{Fault, Rule, Side};

fn switch(bench: &Bench, name: &str, fault: Fault) {
    let (name, target) = (name.to_owned(), String::new());
    bench.front.set(Rule { side: Side::GitLab, name, target, fault, times: Some(1), after: 0 });
}

#[tokio::test]
async fn throttling_comes_with_and_without_a_time() {
    let bench = Bench::open().await;
    switch(&bench, "GET /user", Fault::Throttle { retry_after: Some(7) });
    let told = bench.get("/user").await;
    assert_eq!((told.status, told.header("retry-after"), told.text.trim()), (429, Some("7"), "Retry later"));
    assert_eq!(told.header("ratelimit-remaining"), Some("0"));
    switch(&bench, "GET /user", Fault::Throttle { retry_after: None });
    let told = bench.get("/user").await;
    assert_eq!((told.status, told.header("retry-after"), told.header("ratelimit-limit")), (429, None, None));
    assert_eq!(bench.get("/user").await.status, 200, "the switch was used up");
}

#[tokio::test]
async fn refusals_look_like_the_real_ones() {
    let bench = Bench::open().await;
    switch(&bench, "GET /user", Fault::ServerError(502));
    let told = bench.get("/user").await;
    assert_eq!((told.status, told.header("content-type")), (502, Some("text/html")));
    switch(&bench, "GET /user", Fault::Expired);
    let told = bench.get("/user").await;
    assert_eq!((told.status, told.json()["error"].clone()), (401, json!("invalid_token")));
    switch(&bench, "GET /runners/all", Fault::Forbidden);
    let told = bench.get("/runners/all").await;
    assert_eq!((told.status, told.json()), (403, json!({ "message": "403 Forbidden" })));
    switch(&bench, "graphql:projects", Fault::Expired);
    let told = bench.query_as(ADMIN, json!({ "query": "{ projects { nodes { id } } }" })).await;
    assert_eq!((told.status, told.json()), (401, json!({ "errors": [{ "message": "Invalid token" }] })));
}

#[tokio::test]
async fn a_switch_can_be_about_one_thing() {
    let bench = Bench::open().await;
    bench.front.set(Rule {
        side: Side::GitLab,
        name: "GET /projects/:id/variables".to_owned(),
        target: "/projects/42/".to_owned(),
        fault: Fault::Forbidden,
        times: None,
        after: 0,
    });
    assert_eq!(bench.get("/projects/42/variables").await.status, 403);
    assert_eq!(bench.get("/projects/44/variables").await.status, 200);
}

#[tokio::test]
async fn a_cut_call_has_no_answer_and_no_effect() {
    let bench = Bench::open().await;
    let path = "/api/v4/projects/42/variables/PLAIN";
    switch(&bench, "DELETE ", Fault::Cut);
    assert!(bench.try_send(Method::DELETE, path, ADMIN, None).await.is_err());
    assert_eq!(bench.get("/projects/42/variables/PLAIN").await.status, 200);
    switch(&bench, "DELETE ", Fault::LostReply);
    assert!(bench.try_send(Method::DELETE, path, ADMIN, None).await.is_err());
    assert_eq!(bench.get("/projects/42/variables/PLAIN").await.status, 404, "only the reply was lost");
    let cut: Vec<u16> = bench.front.calls().iter().map(|call| call.status).collect();
    assert_eq!(cut, [0, 200, 0, 404]);
}

#[tokio::test]
async fn a_slow_call_ends_well() {
    let bench = Bench::open().await;
    switch(&bench, "GET /user", Fault::Slow(Duration::from_millis(20)));
    let start = std::time::Instant::now();
    assert_eq!(bench.get("/user").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(20));
}
