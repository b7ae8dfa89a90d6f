//! GraphQL: what is selected comes back, and nothing else; what is wrong is said as GitLab says it.

use serde_json::{Value, json};

use super::{ADMIN, Bench, MAINTAINER, manager};

#[tokio::test]
async fn projects_come_with_their_variables() {
    let bench = Bench::open().await;
    let text = "query($first: Int!, $after: String) { all: projects(first: $first, after: $after, membership: true) {
        count pageInfo { hasNextPage endCursor }
        nodes { ...P group { id fullPath } branchRules(first: 20) { nodes { name isProtected } }
          ciVariables(first: 3) { pageInfo { hasNextPage endCursor } nodes {
            key value variableType protected masked hidden raw environmentScope description } } } } }
        fragment P on Project { id fullPath archived repository { rootRef } }";
    let ask = async |after: Value| {
        let body = json!({ "query": text, "variables": { "first": 2, "after": after } });
        bench.query_as(ADMIN, body).await.json()
    };
    let first = ask(Value::Null).await;
    let page = &first["data"]["all"];
    assert_eq!((&page["count"], &page["pageInfo"]["hasNextPage"]), (&json!(3), &json!(true)));
    assert_eq!(
        page["nodes"][0],
        json!({
            "id": "gid://gitlab/Project/44", "fullPath": "acme/web", "archived": false,
            "repository": { "rootRef": "main" },
            "group": { "id": "gid://gitlab/Group/5", "fullPath": "acme" },
            "branchRules": { "nodes": [
                { "name": "main", "isProtected": true }, { "name": "release/*", "isProtected": true },
            ] },
            "ciVariables": { "pageInfo": { "hasNextPage": false, "endCursor": null }, "nodes": [] },
        })
    );
    let second = ask(page["pageInfo"]["endCursor"].clone()).await;
    let page = &second["data"]["all"];
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    let variables = &page["nodes"][0]["ciVariables"];
    assert_eq!(
        (variables["nodes"].as_array().unwrap().len(), &variables["pageInfo"]["hasNextPage"]),
        (3, &json!(true))
    );
    assert_eq!(
        (&variables["nodes"][2]["hidden"], &variables["nodes"][2]["value"]),
        (&json!(true), &Value::Null)
    );
    let after = &variables["pageInfo"]["endCursor"];
    let rest = format!(
        "{{ project(fullPath: \"acme/platform/infra\") {{ ciVariables(first: 3, after: {after}) {{ nodes {{ key }} }} }} }}"
    );
    let rest = bench.query(&rest).await;
    assert_eq!(rest["data"]["project"]["ciVariables"]["nodes"], json!([{ "key": "PLAIN" }]));
}

#[tokio::test]
async fn repositories_give_their_last_commit_and_the_files_asked_for() {
    let bench = Bench::open().await;
    let text = "query($paths: [String!]!) { projects(first: 2) { nodes { fullPath
        repository { rootRef tree { lastCommit { sha } } blobs(paths: $paths) { nodes { path rawBlob } } } } } }";
    let body = json!({ "query": text, "variables": { "paths": [".gitlab-ci.yml", "no.yml"] } });
    bench.world.write().unwrap().gitlab.projects.remove(&44);
    let told = bench.query_as(ADMIN, body).await.json();
    let with = &told["data"]["projects"]["nodes"][1]["repository"];
    assert_eq!(with["tree"]["lastCommit"]["sha"].as_str().map(str::len), Some(40), "{told}");
    assert_eq!(with["blobs"]["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(with["blobs"]["nodes"][0]["path"], ".gitlab-ci.yml");
    assert!(with["blobs"]["nodes"][0]["rawBlob"].as_str().unwrap().contains("aws sts"));
    let without = &told["data"]["projects"]["nodes"][0]["repository"];
    assert_eq!((&without["rootRef"], &without["blobs"]["nodes"]), (&json!("main"), &json!([])));
}

#[tokio::test]
async fn runners_come_with_managers_projects_and_groups() {
    let bench = Bench::open().await;
    bench.world.write().unwrap().gitlab.runners.get_mut(&3).unwrap().managers.push(manager(99, 60));
    let told = bench
        .query(
            "{ runners(first: 100) { count nodes { id runnerType accessLevel tagList status jobExecutionStatus
               contactedAt maximumTimeout projectCount ownerProject { fullPath }
               projects(first: 100) { nodes { id } } groups(first: 1) { nodes { fullPath } }
               managers(first: 1) { count nodes { id systemId executorName ipAddress status } } } } }",
        )
        .await;
    let nodes = &told["data"]["runners"]["nodes"];
    assert_eq!((told.get("errors"), &told["data"]["runners"]["count"]), (None, &json!(3)));
    assert_eq!(
        nodes[0],
        json!({
            "id": "gid://gitlab/Ci::Runner/3", "runnerType": "PROJECT_TYPE", "accessLevel": "NOT_PROTECTED",
            "tagList": ["aws"], "status": "ONLINE", "jobExecutionStatus": "IDLE",
            "contactedAt": "2026-11-20T11:59:00Z", "maximumTimeout": 3600, "projectCount": 1,
            "ownerProject": { "fullPath": "acme/platform/infra" },
            "projects": { "nodes": [{ "id": "gid://gitlab/Project/42" }] }, "groups": null,
            "managers": { "count": 2, "nodes": [{
                "id": "gid://gitlab/Ci::RunnerManager/99", "systemId": "s_99", "executorName": "docker",
                "ipAddress": "10.0.0.5", "status": "ONLINE",
            }] },
        })
    );
    assert_eq!(nodes[1]["groups"]["nodes"][0]["fullPath"], "acme/platform");
    assert_eq!(nodes[2]["projects"], Value::Null);
    let group = "{ group(fullPath: \"acme\") { runners(membership: %) { nodes { description } } } }";
    for (membership, wanted) in [("DESCENDANTS", 2), ("DIRECT", 0), ("ALL_AVAILABLE", 3)] {
        let told = bench.query(&group.replace('%', membership)).await;
        let nodes = &told["data"]["group"]["runners"]["nodes"];
        assert_eq!(nodes.as_array().unwrap().len(), wanted, "{membership}");
    }
}

#[tokio::test]
async fn the_rest_of_the_roots_answer() {
    let bench = Bench::open().await;
    let told = bench
        .query(
            "{ currentUser { username } metadata { version } queryComplexity { score limit }
               groups(first: 1) { nodes { fullPath parent { id } ciVariables(first: 100) { nodes { key } } } }
               ciVariables { nodes { key value environmentScope } } }",
        )
        .await["data"]
        .clone();
    assert_eq!(told["currentUser"]["username"], "root");
    assert_eq!(told["metadata"]["version"], "19.4.1-ee");
    assert_eq!(told["queryComplexity"]["limit"], 250);
    assert!(told["queryComplexity"]["score"].as_u64().unwrap() > 20);
    assert_eq!(told["groups"]["nodes"][0]["ciVariables"]["nodes"][0]["key"], "GROUP_KEY");
    assert_eq!(
        told["ciVariables"]["nodes"],
        json!([{ "key": "INSTANCE_KEY", "value": "instance-value", "environmentScope": null }])
    );
    let both = json!([{ "query": "{ metadata { version } }" }, { "query": "{ currentUser { name } }" }]);
    let told = bench.query_as(ADMIN, both).await.json();
    assert_eq!(
        (told.as_array().unwrap().len(), &told[1]["data"]["currentUser"]["name"]),
        (2, &json!("ROOT"))
    );
}

#[tokio::test]
async fn what_is_not_in_the_schema_is_refused_whole() {
    let bench = Bench::open().await;
    let told = bench
        .query_as(ADMIN, json!({ "query": "query q {\n  projects { nodes { id secretSauce } }\n}" }))
        .await;
    assert_eq!(told.status, 200);
    assert_eq!(
        told.json(),
        json!({ "errors": [{
            "message": "Field 'secretSauce' doesn't exist on type 'Project'",
            "locations": [{ "line": 2, "column": 25 }],
            "path": ["query q", "projects", "nodes", "secretSauce"],
            "extensions": { "code": "undefinedField", "typeName": "Project", "fieldName": "secretSauce" },
        }] })
    );
    let cases = [
        ("{ projects(nope: 1) { nodes { id } } }", "argumentNotAccepted"),
        ("{ projects { nodes } }", "selectionMismatch"),
        ("{ projects(first: $n) { nodes { id } } }", "variableNotDefined"),
        ("{ currentUser { ...F } }", "useAndDefineFragment"),
        ("{ currentUser { ...F } } fragment F on CurrentUser { ...F }", "infiniteLoop"),
        ("{ ciVariables { nodes { hidden } } }", "undefinedField"),
    ];
    for (text, code) in cases {
        let told = bench.query(text).await;
        assert_eq!(told["errors"][0]["extensions"]["code"], code, "{text}");
        assert!(told.get("data").is_none(), "{text}");
    }
    assert!(
        bench.query("{ projects { ").await["errors"][0]["message"]
            .as_str()
            .unwrap()
            .starts_with("Parse error")
    );
    let told = bench.query("query($n: Int!) { projects(first: $n) { nodes { id } } }").await;
    assert!(told["errors"][0]["message"].as_str().unwrap().contains("Variable $n of type Int!"));
    assert!(bench.query("mutation { runnerDelete { id } }").await.get("errors").is_some());
}

#[tokio::test]
async fn costs_and_lengths_are_bounded() {
    let bench = Bench::open().await;
    let deep = "{ groups(first: 100) { nodes { projects(first: 100) { nodes { runners(first: 100) { nodes {
        projects(first: 100) { nodes { id ciVariables(first: 100) { nodes { id key value raw } } } } } } } } } } }";
    let told = bench.query_as(ADMIN, json!({ "query": deep })).await;
    let message = told.json()["errors"][0]["message"].as_str().unwrap().to_owned();
    assert_eq!(told.status, 200);
    assert!(message.starts_with("Query has complexity of "), "{message}");
    assert!(message.ends_with(", which exceeds max complexity of 250"), "{message}");
    let long = format!("{{ currentUser {{ {} }} }}", "username ".repeat(2_000));
    assert_eq!(bench.query_as(ADMIN, json!({ "query": long })).await.status, 422);
    let asked = bench.query("{ projects(first: 5000) { nodes { id } } queryComplexity { score } }").await;
    let capped = bench.query("{ projects(first: 100) { nodes { id } } queryComplexity { score } }").await;
    assert_eq!(asked, capped, "more than a hundred rows are cut without a word");
}

#[tokio::test]
async fn not_everything_is_for_everybody() {
    let bench = Bench::open().await;
    let body = json!({ "query": "{ runners { nodes { id } } ciVariables { nodes { key } } groups(first: 1) { nodes {
        ciVariables { nodes { key } } } } currentUser { username } }" });
    let told = bench.query_as(MAINTAINER, body).await;
    assert_eq!(told.status, 200);
    let told = told.json();
    assert_eq!((&told["data"]["runners"], &told["data"]["ciVariables"]), (&Value::Null, &Value::Null));
    assert_eq!(told["data"]["groups"]["nodes"][0]["ciVariables"], Value::Null);
    assert_eq!(told["data"]["currentUser"]["username"], "ada");
    assert_eq!(told["errors"].as_array().unwrap().len(), 1);
    assert_eq!(told["errors"][0]["path"], json!(["runners"]));
    assert!(told["errors"][0]["message"].as_str().unwrap().ends_with("permission to perform this action"));
    let told = bench.query_as("wrong", json!({ "query": "{ metadata { version } }" })).await;
    assert_eq!((told.status, told.json()), (401, json!({ "errors": [{ "message": "Invalid token" }] })));
}

#[tokio::test]
async fn a_field_asked_for_twice_holds_both() {
    let bench = Bench::open().await;
    let told = bench
        .query(
            "query($no: Boolean = false) { currentUser { username } currentUser { name @include(if: $no) webUrl } 
               projects(first: 1) { nodes { id } nodes { name __typename } edges { cursor node { path } } } }",
        )
        .await;
    assert_eq!(
        told["data"]["currentUser"],
        json!({ "username": "root", "webUrl": "https://gitlab.acme.example/root" })
    );
    let projects = &told["data"]["projects"];
    assert_eq!(
        projects["nodes"],
        json!([{ "id": "gid://gitlab/Project/44", "name": "web", "__typename": "Project" }])
    );
    assert_eq!(projects["edges"][0]["node"]["path"], "web");
}
