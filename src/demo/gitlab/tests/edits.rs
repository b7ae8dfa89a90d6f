//! What is written: variables at their levels, and a project's settings.

use http::Method;
use serde_json::{Value, json};

use super::{Bench, MAINTAINER};

const PATH: &str = "/projects/42/variables";

#[tokio::test]
async fn hidden_values_are_null_and_plain_ones_plain() {
    let bench = Bench::open().await;
    let list = bench.get(PATH).await.json();
    let of = |key: &str| list.as_array().unwrap().iter().find(|row| row["key"] == key).unwrap().clone();
    assert_eq!((&of("HIDDEN")["value"], &of("HIDDEN")["hidden"]), (&Value::Null, &json!(true)));
    assert_eq!(of("PLAIN")["value"], "seen");
    let instance = bench.get("/admin/ci/variables").await.json();
    assert_eq!(instance[0]["value"], "instance-value");
    assert!(instance[0].get("hidden").is_none() && instance[0].get("environment_scope").is_none());
    assert_eq!(
        bench.get("/groups/acme%2Fplatform/variables/GROUP_KEY").await.json()["environment_scope"],
        "*"
    );
}

#[tokio::test]
async fn a_key_in_several_scopes_wants_a_filter() {
    let bench = Bench::open().await;
    let path = format!("{PATH}/AWS_SECRET_ACCESS_KEY");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        let told = bench.send(method, &path, json!({})).await;
        assert_eq!(told.status, 409);
        assert!(told.json()["message"].as_str().unwrap().ends_with("Please use 'filter[environment_scope]'"));
    }
    assert_eq!(
        bench.get(&format!("{path}?filter[environment_scope]=prod")).await.json()["value"],
        "wJalrXUtnFEMI"
    );
    let body = json!({ "protected": true, "filter": { "environment_scope": "prod" } });
    let told = bench.send(Method::PUT, &path, body).await;
    assert_eq!((told.status, &told.json()["protected"]), (200, &json!(true)));
    assert_eq!(told.json()["value"], "wJalrXUtnFEMI", "a value that is not given stays");
    let told =
        bench.send(Method::DELETE, &format!("{path}?filter%5Benvironment_scope%5D=prod"), json!({})).await;
    assert_eq!((told.status, told.text.as_str()), (204, ""));
    assert_eq!(bench.get(&path).await.json()["value"], "wJalrXUtnDEV");
}

#[tokio::test]
async fn variables_are_made_once_and_by_the_rules() {
    let bench = Bench::open().await;
    let make = async |body: Value| bench.send(Method::POST, PATH, body).await;
    let told = make(json!({ "key": "NEW", "value": "long-enough-1", "masked": true, "raw": true })).await;
    assert_eq!((told.status, &told.json()["environment_scope"]), (201, &json!("*")));
    let told = make(json!({ "key": "NEW", "value": "again" })).await;
    assert_eq!(
        (told.status, told.json()),
        (400, json!({ "message": { "key": ["(NEW) has already been taken"] } }))
    );
    let told = make(json!({ "key": "NEW", "value": "again", "environment_scope": "dev" })).await;
    assert_eq!(told.status, 201);
    let told = make(json!({ "key": "SHORT", "value": "short", "masked": true })).await;
    assert_eq!((told.status, told.json()), (400, json!({ "message": { "value": ["is invalid"] } })));
    assert_eq!(make(json!({ "key": "BAD-KEY", "value": "x" })).await.status, 400);
    assert_eq!(make(json!({ "key": "LONG", "value": "x".repeat(10_001) })).await.status, 400);
    assert_eq!(make(json!({ "value": "x" })).await.json(), json!({ "error": "key is missing" }));
    let told =
        make(json!({ "key": "CLOSED", "value": "long-enough-2", "masked_and_hidden": true })).await.json();
    assert_eq!(
        (&told["hidden"], &told["masked"], &told["value"]),
        (&json!(true), &json!(true), &Value::Null)
    );
}

#[tokio::test]
async fn hiding_is_for_new_variables_only() {
    let bench = Bench::open().await;
    let path = format!("{PATH}/HIDDEN");
    let told = bench.send(Method::PUT, &path, json!({ "protected": true })).await.json();
    assert_eq!(
        (&told["protected"], &told["hidden"], &told["value"]),
        (&json!(true), &json!(true), &Value::Null)
    );
    let told = bench.send(Method::PUT, &path, json!({ "masked": false })).await;
    assert_eq!(told.status, 400);
    assert!(told.text.contains("Updating masked attribute is not allowed on updates for hidden variables."));
    let told = bench
        .send(Method::PUT, &format!("{PATH}/PLAIN"), json!({ "masked_and_hidden": true, "value": "v" }))
        .await;
    assert_eq!((told.status, &told.json()["hidden"]), (200, &json!(false)));
}

#[tokio::test]
async fn groups_and_the_instance_have_variables_too() {
    let bench = Bench::open().await;
    for path in ["/groups/5/variables", "/admin/ci/variables"] {
        let body = json!({ "key": "K", "value": "v", "description": "why" });
        assert_eq!(bench.send(Method::POST, path, body).await.status, 201, "{path}");
        let one = format!("{path}/K");
        let told = bench.send(Method::PUT, &one, json!({ "variable_type": "file" })).await.json();
        assert_eq!((&told["variable_type"], &told["description"]), (&json!("file"), &json!("why")), "{path}");
        assert_eq!(bench.send(Method::DELETE, &one, json!({})).await.status, 204, "{path}");
        assert_eq!(bench.get(&one).await.status, 404, "{path}");
        let told = bench.try_send(Method::DELETE, &format!("/api/v4{one}"), MAINTAINER, None).await.unwrap();
        assert_eq!(told.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_variable_goes_to_another_scope_and_keeps_everything_else() {
    let bench = Bench::open().await;
    let path = format!("{PATH}/AWS_SECRET_ACCESS_KEY?filter[environment_scope]=prod");
    let moved = async |to: &str| bench.send(Method::PUT, &path, json!({ "environment_scope": to })).await;
    assert_eq!(moved("*").await.status, 400, "another one is there");
    assert_eq!(moved("  ").await.status, 400);
    assert!(moved("a;b").await.text.contains("can contain only"));
    let told = moved(" review/* ").await;
    assert_eq!((told.status, &told.json()["environment_scope"]), (200, &json!("review/*")));
    assert_eq!(told.json()["value"], "wJalrXUtnFEMI");
    assert_eq!(bench.get(&path).await.status, 404);
    let hidden = format!("{PATH}/HIDDEN?filter[environment_scope]=*");
    let told = bench.send(Method::PUT, &hidden, json!({ "environment_scope": "prod" })).await.json();
    assert_eq!((&told["hidden"], &told["environment_scope"]), (&json!(true), &json!("prod")));
}

#[tokio::test]
async fn a_schedule_has_variables_of_its_own() {
    let bench = Bench::open().await;
    let path = "/projects/42/pipeline_schedules/13/variables";
    let told = bench.send(Method::POST, path, json!({ "key": "K", "value": "v", "masked": true })).await;
    assert_eq!((told.status, told.json().get("masked")), (201, None));
    assert_eq!(bench.send(Method::POST, path, json!({ "key": "K", "value": "v" })).await.status, 400);
    assert_eq!(bench.send(Method::POST, path, json!({ "key": "L" })).await.status, 400);
    let one = format!("{path}/K");
    let told = bench.send(Method::PUT, &one, json!({ "value": "w" })).await;
    assert_eq!((told.status, &told.json()["value"]), (200, &json!("w")));
    let told = bench.send(Method::DELETE, &one, json!({})).await;
    assert_eq!((told.status, &told.json()["key"]), (202, &json!("K")));
    assert_eq!(bench.send(Method::DELETE, &one, json!({})).await.status, 404);
    let detail = bench.get("/projects/42/pipeline_schedules/13").await.json();
    assert_eq!(detail["variables"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn forms_are_read_like_json() {
    let bench = Bench::open().await;
    let client = reqwest::Client::builder()
        .no_proxy()
        .tls_certs_only(std::iter::empty::<reqwest::Certificate>())
        .build()
        .unwrap();
    let request = client
        .put(format!("{}/api/v4{PATH}/AWS_SECRET_ACCESS_KEY", bench.url))
        .header("PRIVATE-TOKEN", super::ADMIN)
        .header("content-type", "application/x-www-form-urlencoded")
        .body("value=new&filter%5Benvironment_scope%5D=prod");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let world = bench.world.read().unwrap();
    let values: Vec<&str> =
        world.gitlab.projects[&42].variables.iter().map(|variable| variable.value.as_str()).collect();
    assert_eq!(values[..2], ["wJalrXUtnDEV", "new"]);
}

#[tokio::test]
async fn a_project_changes_how_its_jobs_are_called() {
    let bench = Bench::open().await;
    let words = json!(["project_id", "ref_type", "ref"]);
    let body = json!({ "ci_id_token_sub_claim_components": words, "shared_runners_enabled": false });
    let told = bench.send(Method::PUT, "/projects/42", body).await;
    assert_eq!(told.status, 200);
    let project = bench.get("/projects/42").await.json();
    assert_eq!(
        (&project["ci_id_token_sub_claim_components"], &project["shared_runners_enabled"]),
        (&words, &json!(false))
    );
    let told = bench
        .send(Method::PUT, "/projects/42", json!({ "ci_id_token_sub_claim_components": ["user"] }))
        .await;
    assert_eq!(told.status, 400);
    assert_eq!(bench.send(Method::PUT, "/projects/42", json!({})).await.status, 400);
}
