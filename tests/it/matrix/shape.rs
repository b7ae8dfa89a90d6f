//! Everything of the demo company that an action may change, as text by name: two worlds are the same where their shapes are.

use std::collections::BTreeMap;

use keytrail::demo::world::{Account, Inline, Runner, Variable, World};

pub(crate) type Shape = BTreeMap<String, String>;

/// A world as it is. What is different at every run has one name: keys that `before` does not have, their secrets, times in policies,
/// tokens that were made anew.
pub(crate) fn shape(world: &World, before: &World) -> Shape {
    let mut shape = Shape::new();
    for account in world.accounts.values() {
        of_account(&mut shape, account, before);
    }
    let secrets: Vec<(String, String)> = world
        .accounts
        .values()
        .flat_map(|account| account.users.values().flat_map(|user| &user.keys))
        .filter(|key| before.key(&key.id).is_none())
        .flat_map(|key| {
            [(key.id.clone(), "the new id".to_owned()), (key.secret.clone(), "the new secret".to_owned())]
        })
        .collect();
    let gitlab = &world.gitlab;
    let mut variables = |owner: &str, own: &[Variable]| {
        for one in own {
            let value = secrets
                .iter()
                .fold(one.value.clone(), |value, (secret, name)| value.replace(secret.as_str(), name));
            let Variable { file, protected, masked, hidden, raw, description, .. } = one;
            let flags = format!("{file} {protected} {masked} {hidden} {raw} {description:?}");
            shape
                .insert(format!("{owner}/{}@{}", one.key, one.environment_scope), format!("{value} {flags}"));
        }
    };
    variables("instance", &gitlab.instance_variables);
    for group in gitlab.groups.values() {
        variables(&group.full_path, &group.variables);
    }
    for project in gitlab.projects.values() {
        variables(&project.full_path, &project.variables);
        for schedule in &project.schedules {
            variables(&format!("{}/schedule {}", project.full_path, schedule.id), &schedule.variables);
        }
    }
    for runner in gitlab.runners.values() {
        shape.insert(format!("runner {}", runner.id), of_runner(runner, before));
    }
    shape
}

fn of_account(shape: &mut Shape, account: &Account, before: &World) {
    let number = account.number;
    for user in account.users.values() {
        let name = format!("{number} user {}", user.name);
        for key in &user.keys {
            let id = if before.key(&key.id).is_some() { &*key.id } else { "the new one" };
            shape.insert(format!("{name} key {id}"), if key.active { "on" } else { "off" }.into());
        }
        of_policies(shape, &name, &user.inline, &user.attached);
    }
    for role in account.roles.values() {
        let name = format!("{number} role {}", role.name);
        shape.insert(format!("{name} trust"), normal(&role.trust));
        of_policies(shape, &name, &role.inline, &role.attached);
    }
    for provider in account.providers.values() {
        shape.insert(provider.arn.clone(), provider.client_ids.join(" "));
    }
}

fn of_policies(shape: &mut Shape, holder: &str, inline: &[Inline], attached: &[String]) {
    for policy in inline {
        let is_revoking = policy.name == "AWSRevokeOlderSessions";
        let document = if is_revoking { "revokes".to_owned() } else { normal(&policy.document) };
        shape.insert(format!("{holder} policy {}", policy.name), document);
    }
    for policy in attached {
        shape.insert(format!("{holder} has {policy}"), String::new());
    }
}

/// The same JSON is the same text.
fn normal(document: &str) -> String {
    serde_json::from_str::<serde_json::Value>(document)
        .map_or_else(|_| document.to_owned(), |value| value.to_string())
}

fn of_runner(runner: &Runner, before: &World) -> String {
    let known = before.gitlab.runners.get(&runner.id).is_some_and(|old| old.token == runner.token);
    let Runner { paused, locked, ref_protected, run_untagged, tags, projects, .. } = runner;
    format!("{paused} {locked} {ref_protected} {run_untagged} {tags:?} {projects:?} {known}")
}

/// The lines in which two shapes differ.
pub(crate) fn differences(one: &Shape, other: &Shape) -> Vec<String> {
    let names = one.keys().chain(other.keys()).collect::<std::collections::BTreeSet<_>>();
    let differs = names.into_iter().filter(|name| one.get(*name) != other.get(*name));
    differs.map(|name| format!("{name}: {:?}, not {:?}", one.get(name), other.get(name))).collect()
}
