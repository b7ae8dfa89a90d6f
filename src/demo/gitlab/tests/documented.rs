//! The names of our fields against the bodies in GitLab's own documentation, where these lie beside the project.

use std::{collections::BTreeSet, path::Path};

use serde_json::Value;

use super::Bench;

/// Documented, and not given here: old profile fields of users and the single artifact of jobs, which newer versions
/// of the same bodies no longer have.
const LEFT_OUT: &[&str] = &[
    "artifacts_file",
    "user.bio",
    "user.created_at",
    "user.linkedin",
    "user.location",
    "user.organization",
    "user.skype",
    "user.twitter",
    "user.website_url",
];

fn documented(name: &str) -> Option<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/gitlab-api").join(name);
    let text = std::fs::read_to_string(&file).ok();
    if text.is_none() {
        println!("skipped: {name} is not beside the project");
    }
    Some(serde_json::from_str(&text?).unwrap())
}

/// Every field, nested ones with a dot; rows of a list count together.
fn fields(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let name = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
                fields(inner, &name, found);
                found.insert(name);
            }
        }
        Value::Array(rows) => rows.iter().for_each(|row| fields(row, above, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_documented_field_is_given() {
    let bench = Bench::open().await;
    let cases = [
        ("docs/runners_all.json", "/runners/all"),
        ("docs/runners_list.json", "/runners"),
        ("docs/runner_detail.json", "/runners/3"),
        ("docs/runner_update.json", "/runners/3"),
        ("docs/project_variables_list.json", "/projects/42/variables"),
        ("docs/project_jobs_list.json", "/projects/42/jobs"),
        ("docs/lint_get_include_jobs.json", "/projects/42/ci/lint?include_jobs=true"),
        ("docs/lint_invalid.json", "/projects/44/ci/lint"),
        ("go-gitlab/metadata__TestGetMetadata_0.json", "/metadata"),
        (
            "go-gitlab/instance_variables__TestInstanceVariablesService_ListVariables_0.json",
            "/admin/ci/variables",
        ),
        ("gitlab4j/pipeline-schedule.json", "/projects/42/pipeline_schedules/13"),
    ];
    for (file, path) in cases {
        let Some(body) = documented(file) else { continue };
        let (mut wanted, mut given) = (BTreeSet::new(), BTreeSet::new());
        fields(&body, "", &mut wanted);
        fields(&bench.get(path).await.json(), "", &mut given);
        let is_ours = |name: &String| {
            // What the company has none of: artifacts, included files, a last pipeline.
            !LEFT_OUT.contains(&name.as_str())
                && !["artifacts.", "artifacts_file.", "includes.", "last_pipeline.", "jobs.only"]
                    .iter()
                    .any(|part| name.starts_with(part))
        };
        let missing: Vec<&String> = wanted.difference(&given).filter(|name| is_ours(name)).collect();
        assert!(missing.is_empty(), "{path} lacks {missing:?} of {file}");
    }
}
