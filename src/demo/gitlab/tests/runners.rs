//! Runners: what lists leave out, how alive they are, who may use them, and what can be done to them.

use http::Method;
use serde_json::{Value, json};

use super::{Bench, MAINTAINER, manager};

fn ids(page: &Value) -> Vec<u64> {
    page.as_array().unwrap().iter().map(|row| row["id"].as_u64().unwrap()).collect()
}

#[tokio::test]
async fn the_list_is_short_and_the_page_is_long() {
    let bench = Bench::open().await;
    let list = bench.get("/runners/all?per_page=100").await.json();
    assert_eq!(ids(&list), [1, 2, 3]);
    for absent in ["tag_list", "locked", "access_level", "contacted_at", "token"] {
        assert!(list[0].get(absent).is_none(), "{absent}");
    }
    assert_eq!((&list[0]["ip_address"], &list[0]["status"]), (&json!(""), &json!("online")));
    let one = bench.get("/runners/3").await.json();
    assert_eq!((&one["tag_list"], &one["access_level"]), (&json!(["aws"]), &json!("not_protected")));
    assert_eq!(one["projects"][0]["path_with_namespace"], "acme/platform/infra");
    assert!(one.get("token").is_none());
    assert!(bench.get("/runners/3?include_projects=false").await.json().get("projects").is_none());
    assert_eq!(ids(&bench.get("/runners/3/projects").await.json()), [42]);
    assert_eq!(bench.get("/runners/2").await.json()["groups"][0]["name"], "platform");
    let managers = bench.get("/runners/3/managers").await;
    assert_eq!((&managers.json()[0]["ip_address"], managers.header("x-page")), (&json!("10.0.0.5"), None));
    assert!(managers.json()[0].get("executor").is_none(), "REST does not tell the executor");
}

#[tokio::test]
async fn a_runner_is_as_alive_as_its_latest_manager() {
    let bench = Bench::open().await;
    let hour = 3600;
    let cases = [
        (vec![manager(1, hour), manager(2, 24 * hour)], "online"),
        (vec![manager(1, 2 * hour - 1)], "online"),
        (vec![manager(1, 2 * hour)], "offline"),
        (vec![manager(1, 8 * 24 * hour)], "stale"),
        (vec![], "never_contacted"),
    ];
    for (managers, status) in cases {
        bench.world.write().unwrap().gitlab.runners.get_mut(&1).unwrap().managers = managers;
        let told = bench.get("/runners/1").await.json();
        assert_eq!(told["status"], status);
        let online = if status == "never_contacted" { Value::Null } else { json!(status == "online") };
        assert_eq!(told["online"], online);
    }
    assert_eq!(ids(&bench.get("/runners/all?status=never_contacted").await.json()), [1]);
}

#[tokio::test]
async fn lists_follow_scope_and_filters() {
    let bench = Bench::open().await;
    assert_eq!(ids(&bench.get("/runners").await.json()), [2, 3]);
    assert_eq!(ids(&bench.get("/projects/42/runners").await.json()), [1, 2, 3]);
    assert_eq!(ids(&bench.get("/projects/44/runners").await.json()), [1]);
    assert_eq!(ids(&bench.get("/groups/5/runners").await.json()), [1]);
    assert_eq!(ids(&bench.get("/groups/7/runners").await.json()), [1, 2]);
    assert_eq!(ids(&bench.get("/runners/all?type=group_type&tag_list=aws").await.json()), [2]);
    assert_eq!(ids(&bench.get("/runners/all?paused=true").await.json()), [0_u64; 0]);
    assert_eq!(bench.get("/runners/all?type=nonsense").await.status, 400);
    bench.send(Method::PUT, "/projects/42", json!({ "shared_runners_enabled": false })).await;
    assert_eq!(ids(&bench.get("/projects/42/runners").await.json()), [2, 3]);
}

#[tokio::test]
async fn edits_are_checked_and_kept() {
    let bench = Bench::open().await;
    let edit = async |body: Value| bench.send(Method::PUT, "/runners/3", body).await;
    let told =
        edit(json!({ "paused": true, "tag_list": ["a", "b"], "access_level": "ref_protected" })).await.json();
    assert_eq!((&told["paused"], &told["active"]), (&json!(true), &json!(false)));
    assert_eq!(bench.get("/runners/3").await.json()["tag_list"], json!(["a", "b"]));
    assert_eq!(edit(json!({ "active": true, "paused": false })).await.status, 400);
    assert_eq!(edit(json!({})).await.status, 400);
    assert_eq!(edit(json!({ "maximum_timeout": 5 })).await.status, 400);
    assert_eq!(edit(json!({ "tag_list": [], "run_untagged": false })).await.status, 400);
    let told = edit(json!({ "tag_list": [], "run_untagged": true, "maximum_timeout": null })).await.json();
    assert_eq!((&told["tag_list"], &told["maximum_timeout"]), (&json!([]), &Value::Null));
    for id in [1, 2] {
        let path = format!("/api/v4/runners/{id}");
        let told =
            bench.try_send(Method::PUT, &path, MAINTAINER, Some(json!({ "paused": true }))).await.unwrap();
        assert_eq!(told.status, 403);
    }
}

#[tokio::test]
async fn a_runner_is_shared_removed_and_given_a_new_token() {
    let bench = Bench::open().await;
    let told = bench.send(Method::POST, "/projects/44/runners", json!({ "runner_id": 3 })).await;
    assert_eq!((told.status, &told.json()["id"]), (201, &json!(3)));
    assert_eq!(ids(&bench.get("/runners/3/projects").await.json()), [42, 44]);
    let told = bench.try_send(Method::DELETE, "/api/v4/runners/3", MAINTAINER, None).await.unwrap();
    assert_eq!((told.status, told.text.contains("associated with more than one project")), (403, true));
    assert_eq!(bench.send(Method::DELETE, "/projects/44/runners/3", json!({})).await.status, 204);
    assert_eq!(bench.send(Method::DELETE, "/projects/44/runners/3", json!({})).await.status, 404);
    let told = bench.send(Method::DELETE, "/projects/42/runners/3", json!({})).await;
    assert_eq!((told.status, told.text.contains("from the owner project")), (403, true));
    assert_eq!(bench.send(Method::POST, "/projects/44/runners", json!({ "runner_id": 2 })).await.status, 403);

    let reset = "/runners/3/reset_authentication_token";
    let first = bench.send(Method::POST, reset, json!({})).await;
    let second = bench.send(Method::POST, reset, json!({})).await.json();
    assert_eq!(first.status, 201);
    assert_ne!(bench.world.read().unwrap().gitlab.runners[&3].held, second["token"].as_str().unwrap());
    assert!(first.json()["token"].as_str().unwrap().starts_with("glrt-t3_"));
    assert_ne!(first.json()["token"], second["token"]);
    assert_eq!(bench.world.read().unwrap().gitlab.runners[&3].token, second["token"].as_str().unwrap());

    assert_eq!(bench.send(Method::DELETE, "/runners/3", json!({})).await.status, 204);
    assert_eq!(bench.get("/runners/3").await.status, 404);
}

#[tokio::test]
async fn a_locked_runner_stays_where_it_is() {
    let bench = Bench::open().await;
    let body = json!({ "runner_id": 3 });
    assert_eq!(bench.send(Method::POST, "/projects/44/runners", body.clone()).await.status, 201);
    assert_eq!(bench.send(Method::PUT, "/runners/3", json!({ "locked": true })).await.status, 200);
    for (method, path) in [(Method::POST, "/projects/43/runners"), (Method::DELETE, "/projects/44/runners/3")]
    {
        let path = format!("/api/v4{path}");
        let told = bench.try_send(method, &path, MAINTAINER, Some(body.clone())).await.unwrap();
        assert_eq!((told.status, told.text.contains("Runner is locked")), (403, true), "{path}");
    }
    assert_eq!(bench.send(Method::DELETE, "/projects/44/runners/3", json!({})).await.status, 204);
}

#[tokio::test]
async fn a_job_names_its_runner_or_null() {
    let bench = Bench::open().await;
    let jobs = bench.get("/projects/42/jobs").await.json();
    assert_eq!((&jobs[0]["runner"], &jobs[0]["runner_manager"]), (&Value::Null, &Value::Null));
    assert_eq!((&jobs[1]["runner"]["id"], &jobs[1]["runner"]["ip_address"]), (&json!(3), &Value::Null));
    assert_eq!(jobs[1]["runner_manager"]["system_id"], "s_30");
    assert_eq!((&jobs[1]["failure_reason"], jobs[2].get("failure_reason")), (&json!("script_failure"), None));
    assert_eq!((&jobs[1]["duration"], &jobs[1]["queued_duration"]), (&json!(90), &json!(10)));
    let of_runner = bench.get("/runners/3/jobs?system_id=s_30&status=failed").await.json();
    assert_eq!(ids(&of_runner), [105, 103, 101]);
    assert_eq!(of_runner[0]["project"]["path_with_namespace"], "acme/platform/infra");
    assert!(of_runner[0].get("runner").is_none());
}
