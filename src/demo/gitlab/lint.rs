//! CI lint: the merged configuration of a project, or of a text, and the jobs in it.

use serde_json::{Value, json};

use super::{
    reply::{Answer, Reply},
    visit::Visit,
    yaml,
};

/// Top-level words that are no jobs.
const GLOBAL: &[&str] = &[
    "default",
    "include",
    "stages",
    "variables",
    "workflow",
    "image",
    "services",
    "cache",
    "before_script",
    "after_script",
    "types",
    "spec",
];

/// `GET /projects/:id/ci/lint`
pub(super) fn of_project(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    Ok(match project.ci_file() {
        Some(text) => Reply::ok(&report(text, visit.ask.flag("include_jobs") == Some(true))),
        None => Reply::ok(&json!({
            "valid": false,
            "errors": ["Please provide content of .gitlab-ci.yml"],
            "warnings": [],
            "merged_yaml": null,
            "includes": [],
        })),
    })
}

/// `POST /projects/:id/ci/lint` with `content`.
pub(super) fn of_content(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    visit.project(&world.gitlab)?;
    let text = visit.ask.get("content").ok_or_else(|| Reply::error(400, "content is missing"))?;
    Ok(Reply::ok(&report(text, visit.ask.flag("include_jobs") == Some(true))))
}

fn report(text: &str, include_jobs: bool) -> Value {
    let (errors, jobs) = match yaml::read(text) {
        Some(Value::Object(fields)) => {
            let is_job =
                |(name, _): &(&String, &Value)| !name.starts_with('.') && !GLOBAL.contains(&name.as_str());
            let jobs: Vec<(&String, &Value)> = fields.iter().filter(is_job).collect();
            let mut errors: Vec<String> =
                jobs.iter().filter_map(|(name, body)| fault_of(name, body)).collect();
            if jobs.is_empty() {
                errors.push("jobs config should contain at least one visible job".to_owned());
            }
            (errors, jobs.into_iter().map(|(name, body)| job(name, body, &fields)).collect())
        }
        _ => (vec!["Invalid configuration format".to_owned()], Vec::<Value>::new()),
    };
    let mut body = json!({
        "valid": errors.is_empty(),
        "errors": errors,
        "warnings": [],
        "merged_yaml": if text.starts_with("---") { text.to_owned() } else { format!("---\n{text}") },
        "includes": [],
    });
    if let (Value::Object(fields), true) = (&mut body, include_jobs) {
        fields.insert("jobs".to_owned(), Value::Array(jobs));
    }
    body
}

/// A job that would do nothing is an error.
fn fault_of(name: &str, body: &Value) -> Option<String> {
    let is_job = ["script", "run", "trigger", "extends"].iter().any(|word| body.get(word).is_some());
    (!is_job).then(|| format!("jobs:{name} config should implement the script:, run:, or trigger: keyword"))
}

fn job(name: &str, body: &Value, globals: &serde_json::Map<String, Value>) -> Value {
    let default = globals.get("default");
    // A word of the job, else of `default:`, else of the top level.
    let word = |name: &str| {
        body.get(name).or_else(|| default.and_then(|default| default.get(name))).or_else(|| globals.get(name))
    };
    let environment = match body.get("environment") {
        Some(Value::Object(fields)) => fields.get("name").cloned(),
        other => other.cloned(),
    };
    json!({
        "name": name,
        "stage": body.get("stage").cloned().unwrap_or_else(|| json!("test")),
        "before_script": lines(word("before_script")),
        "script": lines(body.get("script")),
        "after_script": lines(word("after_script")),
        "tag_list": lines(body.get("tags").or_else(|| default.and_then(|default| default.get("tags")))),
        "only": body.get("only").map_or_else(
            || if body.get("rules").is_some() { Value::Null } else { json!({ "refs": ["branches", "tags"] }) },
            |only| if only.is_array() { json!({ "refs": only }) } else { only.clone() },
        ),
        "except": body.get("except"),
        "environment": environment,
        "when": body.get("when").cloned().unwrap_or_else(|| json!("on_success")),
        "allow_failure": body.get("allow_failure").cloned().unwrap_or(Value::Bool(false)),
        "needs": body.get("needs"),
    })
}

/// One line, or a list of them.
fn lines(value: Option<&Value>) -> Vec<Value> {
    match value {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(other) => vec![other.clone()],
    }
}
