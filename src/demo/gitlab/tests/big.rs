//! A company of ten thousand projects is paged without a pause.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{ADMIN, Bench, company, project, variable};
use crate::demo::gitlab::PER_MINUTE;

#[tokio::test]
async fn ten_thousand_projects_with_fifty_thousand_variables() {
    let mut gitlab = company();
    gitlab.projects = (1..=10_000)
        .map(|id| {
            let mut project = project(id, 5, &format!("acme/p{id}"));
            project.variables = (0..5).map(|key| variable(&format!("KEY_{key}"), "value")).collect();
            (id, project)
        })
        .collect();
    let bench = Bench::of(gitlab, PER_MINUTE).await;
    let text = "query($after: String) { projects(first: 100, after: $after, membership: true) {
        pageInfo { hasNextPage endCursor } nodes { id fullPath
          ciVariables(first: 100) { pageInfo { hasNextPage } nodes { key variableType protected masked hidden raw
            environmentScope description } } } } }";
    let start = Instant::now();
    let (mut after, mut projects, mut variables) = (Value::Null, 0, 0);
    loop {
        let body = json!({ "query": text, "variables": { "after": after } });
        let told = bench.query_as(ADMIN, body).await.json();
        let page = &told["data"]["projects"];
        let nodes = page["nodes"].as_array().unwrap();
        projects += nodes.len();
        variables +=
            nodes.iter().map(|node| node["ciVariables"]["nodes"].as_array().unwrap().len()).sum::<usize>();
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!((projects, variables, bench.front.count()), (10_000, 50_000, 100));
    let mut url = Some("/projects?pagination=keyset&order_by=id&per_page=100".to_owned());
    let mut pages = 0;
    while let Some(address) = url {
        url = bench.get(&address).await.next();
        pages += 1;
    }
    assert_eq!(pages, 100);
    // Far above what it takes; a page that looked at everything would take minutes.
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    println!("200 pages in {:?}", start.elapsed());
}
