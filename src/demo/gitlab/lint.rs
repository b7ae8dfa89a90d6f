//! CI lint: the merged configuration of a project, or of a text, and the jobs in it.

use serde_json::{Value, json};

use super::{
    merge::{self, Merged},
    reply::{Answer, Reply},
    visit::Visit,
    yaml::{self, Fields, Node},
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

/// The stages of a configuration that names none.
const STAGES: [&str; 5] = [".pre", "build", "test", "deploy", ".post"];

/// `GET /projects/:id/ci/lint`
pub(super) fn of_project(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let merged = match project.ci_file() {
        Some(text) => merge::merge(&world.gitlab, project, text),
        None => Err("Please provide content of .gitlab-ci.yml".to_owned()),
    };
    Ok(Reply::ok(&report(merged, visit.ask.flag("include_jobs") == Some(true))))
}

/// `POST /projects/:id/ci/lint` with `content`.
pub(super) fn of_content(visit: &Visit<'_>) -> Answer {
    let world = visit.read();
    let project = visit.project(&world.gitlab)?;
    let text = visit.ask.get("content").ok_or_else(|| Reply::error(400, "content is missing"))?;
    let merged = merge::merge(&world.gitlab, project, text);
    Ok(Reply::ok(&report(merged, visit.ask.flag("include_jobs") == Some(true))))
}

fn report(merged: Result<Merged, String>, include_jobs: bool) -> Value {
    let (errors, merged) = match merged {
        Ok(merged) => (errors(&merged.fields), Some(merged)),
        Err(error) => (vec![error], None),
    };
    let mut body = json!({ "valid": errors.is_empty(), "errors": errors, "warnings": [], "merged_yaml": null, "includes": [] });
    if include_jobs {
        let fields = merged.as_ref().filter(|_| errors.is_empty()).map(|merged| &merged.fields);
        let jobs = fields
            .into_iter()
            .flat_map(|fields| jobs(fields).map(move |(name, node)| job(name, node, fields)));
        body["jobs"] = jobs.collect();
    }
    let Some(Merged { fields, includes }) = merged else { return body };
    body["includes"] = Value::Array(includes);
    body["merged_yaml"] = yaml::write(&Node::Map(fields)).into();
    body
}

/// Everything at the top that can run.
fn jobs(fields: &Fields) -> impl Iterator<Item = (&String, &Node)> {
    fields.iter().filter(|(name, _)| !name.starts_with('.') && !GLOBAL.contains(&name.as_str()))
}

fn errors(fields: &Fields) -> Vec<String> {
    if jobs(fields).next().is_none() {
        return vec!["jobs config should contain at least one visible job".to_owned()];
    }
    let faults: Vec<String> = jobs(fields).filter_map(|(name, node)| fault_of(name, node)).collect();
    if !faults.is_empty() {
        return faults;
    }
    let named = fields.get("stages").map(|stages| stages.items().iter().filter_map(Node::text).collect());
    let stages: Vec<&str> = named.unwrap_or_else(|| STAGES.to_vec());
    let lost = jobs(fields).filter_map(|(name, node)| {
        let stage = node.get("stage")?.text()?;
        let listed = stages.join(", ");
        (!stages.contains(&stage)).then(|| {
            format!("{name} job: chosen stage {stage} does not exist; available stages are {listed}")
        })
    });
    lost.collect()
}

/// A job that would do nothing is an error.
fn fault_of(name: &str, node: &Node) -> Option<String> {
    let is_job = ["script", "run", "trigger"].iter().any(|word| node.get(word).is_some());
    (!is_job).then(|| format!("jobs:{name} config should implement the script:, run:, or trigger: keyword"))
}

fn job(name: &str, node: &Node, globals: &Fields) -> Value {
    let default = globals.get("default");
    // A word of the job, else of `default:`, else of the top level.
    let word = |name: &str| {
        let general = || default.and_then(|default| default.get(name)).or_else(|| globals.get(name));
        node.get(name).or_else(general)
    };
    let plain = |name: &str, otherwise: Value| node.get(name).map_or(otherwise, Node::json);
    let environment = node.get("environment").map(|place| place.get("name").unwrap_or(place).json());
    json!({
        "name": name,
        "stage": plain("stage", json!("test")),
        "before_script": lines(word("before_script")),
        "script": lines(node.get("script")),
        "after_script": lines(word("after_script")),
        "tag_list": lines(word("tags")),
        "only": match node.get("only").map(Node::json) {
            Some(Value::Array(refs)) => json!({ "refs": refs }),
            Some(only) => only,
            None if node.get("rules").is_some() => Value::Null,
            None => json!({ "refs": ["branches", "tags"] }),
        },
        "except": plain("except", Value::Null),
        "environment": environment,
        "when": plain("when", json!("on_success")),
        "allow_failure": plain("allow_failure", json!(false)),
        "needs": plain("needs", Value::Null),
    })
}

/// One line, or a list of them, or of lists of them.
fn lines(node: Option<&Node>) -> Vec<Value> {
    match node {
        None => Vec::new(),
        Some(Node::List(items)) => items.iter().flat_map(|item| lines(Some(item))).collect(),
        Some(other) => vec![other.json()],
    }
}
