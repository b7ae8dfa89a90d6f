//! What is read: the instance, projects, groups, schedules, branches, lint.

use http::Method;
use serde_json::{Value, json};

use super::Bench;

fn names(page: &Value, field: &str) -> Vec<String> {
    page.as_array().unwrap().iter().map(|row| row[field].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_instance_tells_what_it_is() {
    let bench = Bench::open().await;
    let metadata = bench.get("/metadata").await.json();
    assert_eq!((&metadata["version"], &metadata["enterprise"]), (&json!("19.4.1-ee"), &json!(true)));
    assert_eq!(bench.get("/version").await.json()["revision"], metadata["revision"]);
    let token = bench.get("/personal_access_tokens/self").await.json();
    assert_eq!(token["expires_at"], "2026-12-20");
    assert_eq!((&token["active"], &token["user_id"]), (&json!(true), &json!(1)));
}

#[tokio::test]
async fn a_project_is_found_by_number_and_by_path() {
    let bench = Bench::open().await;
    let by_number = bench.get("/projects/42").await.json();
    assert_eq!(by_number, bench.get("/projects/acme%2Fplatform%2Finfra").await.json());
    assert_eq!(by_number["ci_id_token_sub_claim_components"], json!(["project_path", "ref_type", "ref"]));
    assert_eq!(by_number["web_url"], "https://gitlab.acme.example/acme/platform/infra");
    assert_eq!(by_number["namespace"]["full_path"], "acme/platform");
    assert_eq!(by_number["name_with_namespace"], "acme / platform / infra");
    assert_eq!(by_number["created_at"], "2025-10-16T12:00:00.000Z");
    bench.world.write().unwrap().gitlab.projects.get_mut(&42).unwrap().full_path = "acme/moved".to_owned();
    assert_eq!(bench.get("/projects/acme%2Fplatform%2Finfra").await.status, 404);
    assert_eq!(bench.get("/projects/acme%2Fmoved").await.json()["id"], 42);
}

#[tokio::test]
async fn lists_of_projects_are_filtered() {
    let bench = Bench::open().await;
    let cases = [
        ("archived=true", vec!["old"]),
        ("archived=false&order_by=id&sort=asc", vec!["infra", "web"]),
        ("search=INF", vec!["infra"]),
        ("min_access_level=40&order_by=name&sort=asc", vec!["infra", "old", "web"]),
        ("archived=false&pagination=keyset&order_by=id", vec!["web", "infra"]),
    ];
    for (query, wanted) in cases {
        assert_eq!(names(&bench.get(&format!("/projects?{query}")).await.json(), "path"), wanted, "{query}");
    }
    let simple = bench.get("/projects?simple=true").await.json();
    assert!(simple[0].get("ci_config_path").is_none());
    assert!(bench.get("/projects").await.json()[0].get("ci_config_path").is_some());
}

#[tokio::test]
async fn groups_nest() {
    let bench = Bench::open().await;
    assert_eq!(names(&bench.get("/groups").await.json(), "full_path"), ["acme", "acme/platform"]);
    assert_eq!(names(&bench.get("/groups?top_level_only=true").await.json(), "full_path"), ["acme"]);
    assert_eq!(names(&bench.get("/groups/5/subgroups").await.json(), "full_path"), ["acme/platform"]);
    assert_eq!(names(&bench.get("/groups/acme/descendant_groups").await.json(), "path"), ["platform"]);
    let group = bench.get("/groups/acme%2Fplatform?with_projects=false").await.json();
    assert_eq!((&group["id"], &group["parent_id"]), (&json!(7), &json!(5)));
    assert!(group.get("projects").is_none());
    assert_eq!(names(&bench.get("/groups/7").await.json()["projects"], "path"), ["infra"]);
    let direct = bench.get("/groups/5/projects?order_by=id&sort=asc").await.json();
    assert_eq!(names(&direct, "path"), ["old", "web"]);
    let deep =
        bench.get("/groups/5/projects?include_subgroups=true&archived=false&order_by=id&sort=asc").await;
    assert_eq!(names(&deep.json(), "path"), ["infra", "web"]);
}

#[tokio::test]
async fn schedules_tell_variables_on_their_own_page_only() {
    let bench = Bench::open().await;
    let list = bench.get("/projects/42/pipeline_schedules").await.json();
    assert_eq!(list[0]["description"], "Nightly");
    assert_eq!(list[0]["owner"]["username"], "ada");
    assert_eq!(list[0]["next_run_at"], "2026-11-21T04:00:00.000Z");
    assert!(list[0].get("variables").is_none());
    let one = bench.get("/projects/42/pipeline_schedules/13").await.json();
    assert_eq!(
        one["variables"],
        json!([{ "variable_type": "env_var", "key": "AWS_PROFILE", "value": "nightly", "raw": false }])
    );
    assert_eq!(bench.get("/projects/42/pipeline_schedules?scope=inactive").await.json(), json!([]));
}

#[tokio::test]
async fn protected_branches_are_listed() {
    let bench = Bench::open().await;
    let list = bench.get("/projects/42/protected_branches").await.json();
    assert_eq!(names(&list, "name"), ["main", "release/*"]);
    assert_eq!(list[0]["push_access_levels"][0]["access_level"], 40);
    assert_eq!(bench.get("/projects/42/protected_branches/release%2F*").await.json()["name"], "release/*");
}

#[tokio::test]
async fn protected_tags_are_listed() {
    let bench = Bench::open().await;
    let list = bench.get("/projects/42/protected_tags").await.json();
    assert_eq!(names(&list, "name"), ["v*"]);
    assert_eq!(list[0]["create_access_levels"][0]["access_level"], 40);
    assert_eq!(bench.get("/projects/42/protected_tags/v*").await.json()["name"], "v*");
    assert_eq!(bench.get("/projects/42/protected_tags/main").await.status, 404);
}

#[tokio::test]
async fn files_come_as_they_are() {
    let bench = Bench::open().await;
    let path = "/projects/42/repository/files/.gitlab-ci.yml/raw";
    let file = bench.get(path).await;
    assert!(file.text.starts_with("stages:\n- deploy\n"));
    assert_eq!(bench.get(&format!("{path}?ref=main")).await.text, file.text);
    let sha = file.header("x-gitlab-last-commit-id").unwrap();
    assert_eq!((sha.len(), bench.get(&format!("{path}?ref={sha}")).await.status), (40, 200));
    let told = bench.get(&format!("{path}?ref=nowhere")).await;
    assert_eq!((told.status, &told.json()["message"]), (404, &json!("404 Commit Not Found")));
    let told = bench.get("/projects/42/repository/files/ci%2Fno.yml/raw").await;
    assert_eq!((told.status, &told.json()["message"]), (404, &json!("404 File Not Found")));
}

#[tokio::test]
async fn lint_gives_the_merged_file_and_its_jobs() {
    let bench = Bench::open().await;
    let lint = bench.get("/projects/42/ci/lint?include_jobs=true").await.json();
    assert_eq!(lint["valid"], true);
    assert!(lint["merged_yaml"].as_str().unwrap().starts_with("---\nstages:"));
    assert_eq!(lint["jobs"][0]["name"], "deploy");
    assert_eq!(lint["jobs"][0]["script"], json!(["aws sts"]));
    assert!(bench.get("/projects/42/ci/lint").await.json().get("jobs").is_none());
    let without = bench.get("/projects/44/ci/lint").await.json();
    assert_eq!((&without["valid"], &without["merged_yaml"]), (&json!(false), &Value::Null));
    let hidden = json!({ "content": ".job:\n  script:\n  - echo\n" });
    let told = bench.send(Method::POST, "/projects/42/ci/lint", hidden).await.json();
    assert_eq!(told["errors"], json!(["jobs config should contain at least one visible job"]));
    let told = bench
        .send(Method::POST, "/projects/42/ci/lint", json!({ "content": "a:\n  stage: b\n" }))
        .await
        .json();
    assert_eq!(
        (&told["valid"], &told["errors"]),
        (&json!(false), &json!(["jobs:a config should implement the script:, run:, or trigger: keyword"]))
    );
}
