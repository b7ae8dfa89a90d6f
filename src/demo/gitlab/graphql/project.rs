//! Projects, groups, their branch rules and their variables.

use serde_json::{Value, json};

use super::{
    connection::Page,
    node::{Got, Node, Owner, gid},
    run::Question,
    runner,
};
use crate::demo::{
    gitlab::{
        about::number_of,
        project_body::{group_name, leaf, project_url},
        reach::lineage,
    },
    world::{Group, Project, Runner, RunnerType, Variable},
};

pub(super) fn field<'w>(project: &'w Project, question: &Question<'_, 'w>) -> Got<'w> {
    let gitlab = question.scene.gitlab;
    let group = gitlab.groups.get(&project.group);
    match question.name {
        "id" => Got::Leaf(gid("Project", project.id)),
        "fullPath" => Got::leaf(project.full_path.as_str()),
        "name" => Got::leaf(project.name.as_str()),
        "nameWithNamespace" => {
            let above = group.map(|group| group_name(gitlab, group)).unwrap_or_default();
            Got::leaf(format!("{above} / {}", project.name))
        }
        "path" => Got::leaf(leaf(&project.full_path)),
        "webUrl" => Got::leaf(project_url(gitlab, project)),
        "archived" => Got::leaf(project.archived),
        "visibility" => Got::leaf(project.visibility),
        "createdAt" => Got::leaf(project.created.to_string()),
        "lastActivityAt" => Got::leaf(project.last_activity.to_string()),
        "ciConfigPathOrDefault" => Got::leaf(project.ci_config_path.as_deref().unwrap_or(".gitlab-ci.yml")),
        "sharedRunnersEnabled" => Got::leaf(project.shared_runners_enabled),
        "repository" => Got::Node(Some(Node::Repository(project))),
        "group" => Got::Node(group.map(Node::Group)),
        "branchRules" => {
            let nodes = project.protected_branches.iter().map(|name| Node::BranchRule(project, name));
            Page::in_order(nodes, &question.arguments).into()
        }
        "ciVariables" => {
            let owner = Owner::Project(project.id);
            let nodes = project.variables.iter().map(move |variable| Node::Variable(variable, owner));
            Page::in_order(nodes, &question.arguments).into()
        }
        _ => runner::page(question, |runner| runner.projects.contains(&project.id)),
    }
}

/// Rules stand for branches and wildcards; those listed here are the protected ones.
pub(super) fn branch_rule<'w>(project: &Project, name: &str, question: &Question<'_, 'w>) -> Got<'w> {
    match question.name {
        "name" => Got::leaf(name),
        "isDefault" => Got::leaf(name == project.default_branch),
        "isProtected" => Got::leaf(true),
        _ => Got::leaf(project.branches.iter().filter(|branch| is_match(name, branch)).count()),
    }
}

/// Does a name with `*` in it stand for this branch?
fn is_match(pattern: &str, branch: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == branch,
        Some((before, after)) => branch.strip_prefix(before).is_some_and(|rest| {
            (0..=rest.len()).any(|place| rest.get(place..).is_some_and(|rest| is_match(after, rest)))
        }),
    }
}

pub(super) fn group<'w>(group: &'w Group, question: &Question<'_, 'w>) -> Got<'w> {
    let gitlab = question.scene.gitlab;
    match question.name {
        "id" => Got::Leaf(gid("Group", group.id)),
        "fullPath" => Got::leaf(group.full_path.as_str()),
        "name" => Got::leaf(group.name.as_str()),
        "fullName" => Got::leaf(group_name(gitlab, group)),
        "path" => Got::leaf(leaf(&group.full_path)),
        "webUrl" => Got::leaf(format!("{}/groups/{}", gitlab.external_url, group.full_path)),
        "parent" => Got::Node(group.parent.and_then(|id| gitlab.groups.get(&id)).map(Node::Group)),
        // For Owners: others get null and no error.
        "ciVariables" if !question.scene.caller.is_admin => Got::Node(None),
        "ciVariables" => {
            let owner = Owner::Group(group.id);
            let nodes = group.variables.iter().map(move |variable| Node::Variable(variable, owner));
            Page::in_order(nodes, &question.arguments).into()
        }
        "projects" => {
            let deep = question.arguments.flag("includeSubgroups") == Some(true);
            let below = format!("{}/", group.full_path);
            let keep = |project: &Project| {
                project.group == group.id || (deep && project.full_path.starts_with(&below))
            };
            let count = question.wants_count.then(|| gitlab.projects.values().filter(|it| keep(it)).count());
            let page = Page::newest(&gitlab.projects, &question.arguments, keep, Node::Project);
            page.map(|page| page.counted(count)).into()
        }
        _ => runners_of_group(group, question),
    }
}

/// Runners of a group, for its Owners: its own, those below it (which is the rule), or all it can use.
fn runners_of_group<'w>(group: &Group, question: &Question<'_, 'w>) -> Got<'w> {
    if !question.scene.caller.is_admin {
        return Got::not_for_you();
    }
    let gitlab = question.scene.gitlab;
    let below = format!("{}/", group.full_path);
    let above = lineage(gitlab, group.id);
    let membership = question.arguments.text("membership").unwrap_or("DESCENDANTS");
    let is_descendant = |runner: &Runner| match runner.kind {
        RunnerType::Instance => false,
        RunnerType::Group => runner.group.is_some_and(|id| {
            id == group.id || gitlab.groups.get(&id).is_some_and(|it| it.full_path.starts_with(&below))
        }),
        RunnerType::Project => runner
            .projects
            .iter()
            .filter_map(|id| gitlab.projects.get(id))
            .any(|project| project.full_path.starts_with(&below)),
    };
    let keep = |runner: &Runner| match membership {
        "DIRECT" => runner.group == Some(group.id),
        "ALL_AVAILABLE" => {
            runner.kind == RunnerType::Instance
                || runner.group.is_some_and(|id| above.contains(&id))
                || is_descendant(runner)
        }
        _ => is_descendant(runner),
    };
    runner::page(question, keep)
}

pub(super) fn variable<'w>(variable: &Variable, owner: Owner, question: &Question<'_, 'w>) -> Got<'w> {
    match question.name {
        "id" => Got::Leaf(variable_gid(variable, owner)),
        "key" => Got::leaf(variable.key.as_str()),
        "value" if variable.hidden => Got::Leaf(Value::Null),
        "value" => Got::leaf(variable.value.as_str()),
        "variableType" => Got::leaf(if variable.file { "FILE" } else { "ENV_VAR" }),
        "protected" => Got::leaf(variable.protected),
        "masked" => Got::leaf(variable.masked),
        "hidden" => Got::leaf(variable.hidden),
        "raw" => Got::leaf(variable.raw),
        "environmentScope" if matches!(owner, Owner::Instance) => Got::Leaf(Value::Null),
        "environmentScope" => Got::leaf(variable.environment_scope.as_str()),
        _ => Got::leaf(json!(variable.description)),
    }
}

/// The world numbers no variables: the number is made of what identifies one.
fn variable_gid(variable: &Variable, owner: Owner) -> Value {
    let (kind, id) = match owner {
        Owner::Project(id) => ("Ci::Variable", id),
        Owner::Group(id) => ("Ci::GroupVariable", id),
        Owner::Instance => ("Ci::InstanceVariable", 0),
    };
    let number = number_of(&[kind, &id.to_string(), &variable.key, &variable.environment_scope]);
    gid(kind, number % 2_147_483_647)
}
