//! What GraphQL refuses, lacks or leaves out, and how the collectors go on.

use axum::response::Response;
use serde_json::{Value, json};

use super::{json_of, ok, page, walk};
use crate::{
    base::blame::Blame,
    model::{
        gitlab::{Manager, Project, Variable},
        id::Id,
        observe::Outcome,
    },
};

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
        let errors: Vec<Value> = unknown
            .map(|field| json!({"message":format!("Field '{field}' doesn't exist on type 'X'")}))
            .collect();
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
    let bulk = ["CI files", "groups", "projects", "runners"]
        .map(|name| (format!("POST /api/graphql {name}"), Blame::Bug));
    assert_eq!(left.gaps(), bulk, "said, and nothing else is missing");
    assert_eq!(left.partial(), [""; 0]);
    assert_eq!(left.estate.all::<Variable>().count(), 6);
    let project: &Project = left.estate.find(&Id::project("acme", 8)).unwrap();
    assert_eq!(project.protected_branches.as_deref(), Some(&["main".to_owned()][..]));
    assert_eq!(left.estate.all::<Manager>().next().unwrap().address.as_deref(), Some("10.0.0.5"));
    assert_eq!(left.asked("GET /projects/7/variables").len(), 1, "values came along; nobody asks twice");
}

#[tokio::test]
async fn projects_that_hide_their_variables_are_a_gap_and_no_empty_list() {
    let left = walk(|asked| {
        let closed = json!([{"id":"gid://gitlab/Project/9","fullPath":"acme/closed","branchRules":{"nodes":[]},"ciVariables":null}]);
        if asked.call == "POST graphql:projects" { Some(page("projects", &closed)) } else { None }
    })
    .await;
    assert_eq!(left.gaps()[0].0, "GraphQL ciVariables of acme/closed");
    assert_eq!(left.outcome("projects"), Some(Outcome::Whole));
    assert_eq!(left.outcome("project variables"), Some(Outcome::Partial));
}

#[tokio::test]
async fn lists_inside_a_page_are_read_to_their_end() {
    let left = walk(|asked| {
        let list = |key: &str, more: bool| {
            let nodes = json!([{ "key": key, "environmentScope": "*" }]);
            json!({ "pageInfo": { "hasNextPage": more, "endCursor": "c1" }, "nodes": nodes })
        };
        let (web, here) = ("acme/web", &asked.graphql["variables"]);
        match asked.call.as_str() {
            "POST graphql:projects" => {
                let id = "gid://gitlab/Project/7";
                Some(page(
                    "projects",
                    &json!([{ "id": id, "fullPath": web, "ciVariables": list("A", true) }]),
                ))
            }
            "POST graphql:project" if *here == json!({ "path": web, "after": "c1" }) => {
                Some(ok(&json!({ "data": { "project": { "ciVariables": list("AWS_B", false) } } })))
            }
            _ => None,
        }
    })
    .await;
    assert!(left.estate.all::<Variable>().any(|variable| &*variable.key == "AWS_B"));
    assert_eq!(
        left.asked("GET /projects/7/variables").len(),
        1,
        "the second page is why it is worth reading"
    );
}
