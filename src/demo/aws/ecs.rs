//! ECS, as far as runners need it: the families of task definitions and their revisions, in JSON 1.1.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ask::{Act, Ask},
    autoscaling::compute,
    page::{self, Page},
    refusal::Refusal,
};
use crate::demo::world::{Account, compute::TaskDefinition};

/// The action behind a name.
pub(crate) fn find(action: &str) -> Option<Act> {
    Some(match action {
        "ListTaskDefinitionFamilies" => Act::Say(families),
        "DescribeTaskDefinition" => Act::Say(describe),
        _ => return None,
    })
}

fn refuse(code: &'static str, message: &str) -> Refusal {
    Refusal::said(400, code, message.to_owned())
}

fn read<'a, T: Deserialize<'a>>(ask: &Ask<'a>) -> Result<T, Refusal> {
    serde_json::from_slice(ask.body).map_err(|_| refuse("SerializationException", "Cannot read the request"))
}

fn definitions<'a>(ask: &Ask<'_>, account: &'a Account) -> Result<&'a [TaskDefinition], Refusal> {
    Ok(compute(ask, account)?.map_or(&[], |compute| &compute.task_definitions))
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Families {
    family_prefix: String,
    /// `ACTIVE`, `INACTIVE` or `ALL`: a family is active while one of its revisions is.
    status: Option<String>,
    max_results: Option<usize>,
    next_token: Option<String>,
}

fn families(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let asked: Families = read(ask)?;
    let limit = asked.max_results.unwrap_or(100);
    if !(1..=100).contains(&limit) {
        return Err(refuse("InvalidParameterException", "maxResults must be between 1 and 100"));
    }
    let after = asked
        .next_token
        .as_deref()
        .map(|token| page::unmark(token).ok_or_else(|| refuse("InvalidParameterException", "Invalid token")));
    let page = Page { limit, after: after.transpose()? };
    let all = definitions(ask, account)?;
    let is_active = |family: &str| all.iter().any(|found| found.family == family && found.is_active);
    let wanted = |family: &&str| {
        family.starts_with(&asked.family_prefix)
            && match asked.status.as_deref() {
                Some("ACTIVE") => is_active(family),
                Some("INACTIVE") => !is_active(family),
                _ => true,
            }
    };
    let mut names: Vec<&str> = all.iter().map(|found| found.family.as_str()).filter(wanted).collect();
    names.sort_unstable();
    names.dedup();
    let cut = page.cut(page.rest_of(&names, |name| name).iter(), |name| name);
    let mut body = json!({ "families": cut.items });
    if let Some(token) = cut.marker {
        body["nextToken"] = token.into();
    }
    Ok(body)
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Describe {
    /// `family`, `family:revision` or an ARN.
    task_definition: String,
}

fn describe(ask: &Ask<'_>, account: &Account) -> Result<Value, Refusal> {
    let asked: Describe = read(ask)?;
    let name = asked.task_definition.rsplit("task-definition/").next().unwrap_or_default();
    let (family, revision) = match name.split_once(':') {
        Some((family, revision)) => (family, revision.parse::<u32>().ok()),
        None => (name, None),
    };
    let fits = |found: &&TaskDefinition| {
        found.family == family && revision.map_or(found.is_active, |revision| found.revision == revision)
    };
    let all = definitions(ask, account)?.iter().filter(fits);
    let found = all
        .max_by_key(|found| found.revision)
        .ok_or_else(|| refuse("ClientException", "Unable to describe task definition."))?;
    Ok(json!({ "taskDefinition": shown(ask, account, found), "tags": [] }))
}

fn shown(ask: &Ask<'_>, account: &Account, found: &TaskDefinition) -> Value {
    let TaskDefinition { family, revision, .. } = found;
    let arn =
        format!("arn:aws:ecs:{}:{:012}:task-definition/{family}:{revision}", ask.region, account.number);
    let mut shown = json!({
        "taskDefinitionArn": arn,
        "family": family,
        "revision": revision,
        "status": if found.is_active { "ACTIVE" } else { "INACTIVE" },
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "1024",
        "memory": "2048",
        "containerDefinitions": [{ "name": "ci-coordinator", "image": found.image, "essential": true }],
        "volumes": [],
        "registeredAt": found.registered.seconds(),
    });
    for (name, role) in [("taskRoleArn", &found.task_role), ("executionRoleArn", &found.execution_role)] {
        if let Some(role) = role {
            shown[name] = role.as_str().into();
        }
    }
    shown
}
