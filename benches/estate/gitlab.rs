//! GitLab's half of the made-up estate: groups, projects, variables, runners and jobs.

use std::sync::Arc;

use keytrail::model::{
    entity::Entity,
    gitlab::{Group, Instance, Job, Manager, Owner, Project, Runner, RunnerType, Sighting, Variable},
};

use super::{GITLAB, NOW, Size, account, address, aws, key_id, number, seconds};

/// What each walk sees.
pub(super) fn things(size: Size) -> Vec<(&'static str, Vec<Entity>)> {
    let all = |count: usize, make: &dyn Fn(usize) -> Entity| (0..count).map(make).collect();
    let instance = Instance { name: name(), url: Some(format!("https://{GITLAB}")), ..Instance::default() };
    vec![
        ("instance", vec![instance.into()]),
        ("groups", all(size.groups, &|index| group(index).into())),
        ("projects", all(size.projects, &|index| project(index, size).into())),
        ("variables", all(size.variables, &|index| variable(index, size).into())),
        ("runners", all(size.runners, &|index| runner(index, size).into())),
        ("runner managers", all(size.runners, &|index| manager(index).into())),
        ("jobs", all(size.jobs, &|index| job(index, size).into())),
    ]
}

fn name() -> Arc<str> {
    GITLAB.into()
}

/// The first group holds all others.
fn group_path(index: usize) -> String {
    if index == 0 { "acme".into() } else { format!("acme/team-{index}") }
}

fn group(index: usize) -> Group {
    Group {
        instance: name(),
        number: number(index),
        path: Some(group_path(index)),
        parent: (index > 0).then_some(0),
        url: Some(format!("https://{GITLAB}/{}", group_path(index))),
    }
}

pub(super) fn project_path(index: usize, size: Size) -> String {
    format!("{}/service-{index}", group_path(1 + index % (size.groups - 1)))
}

fn project(index: usize, size: Size) -> Project {
    let path = project_path(index, size);
    Project {
        instance: name(),
        number: number(index),
        url: Some(format!("https://{GITLAB}/{path}")),
        path: Some(path),
        default_branch: Some("main".into()),
        visibility: Some("private".into()),
        archived: Some(index % 40 == 39),
        shared_runners: Some(index % 5 != 4),
        group_runners: Some(true),
        protected_branches: Some(vec!["main".into(), "release/*".into()]),
        last_activity: Some(NOW.minus(seconds(index) * 600)),
        ..Project::default()
    }
}

/// Ten variables a project: a key and its secret, a role, a hidden one, and six that have nothing to do with AWS. Every
/// twentieth belongs to a group instead.
fn variable(index: usize, size: Size) -> Variable {
    let (project, which) = (index / 10, index % 10);
    let names = [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_ROLE_ARN",
        "REGISTRY_PASSWORD",
        "AWS_REGION",
        "LOG_LEVEL",
        "SENTRY_DSN",
        "NODE_ENV",
        "DEPLOY_BUCKET",
        "FEATURE_FLAGS",
    ];
    let in_group = index % 20 == 19;
    let hidden = which == 3;
    let mut sighting = Sighting { secret_shaped: which == 1, ..Sighting::default() };
    match which {
        0 => {
            let key = project % size.users;
            // One in a hundred is a key that IAM does not list.
            let serial = if project % 100 == 99 { size.users + key } else { key };
            sighting.keys.push(key_id("AKIA", account(key), serial));
        }
        2 => sighting.roles.push(aws::role_arn(project % size.roles)),
        _ => {}
    }
    Variable {
        instance: name(),
        owner: if in_group {
            Owner::Group(number(project % size.groups))
        } else {
            Owner::Project(number(project))
        },
        key: if in_group { format!("SETTING_{index}").into() } else { names[which].into() },
        environment_scope: if which % 4 == 1 { "production".into() } else { "*".into() },
        protected: Some(project.is_multiple_of(3)),
        masked: Some(project.is_multiple_of(2) || hidden),
        hidden: Some(hidden),
        raw: Some(false),
        file: Some(which == 8),
        description: None,
        sighting: (!hidden).then_some(sighting),
    }
}

/// One runner in ten serves the instance, four serve a group, five serve ten projects each.
fn runner(index: usize, size: Size) -> Runner {
    let (runner_type, projects, groups) = match index % 10 {
        0 => (RunnerType::Instance, None, None),
        1..=4 => (RunnerType::Group, None, Some(vec![number(index % size.groups)])),
        _ => {
            let projects = (0..10).map(|step| number((index * 10 + step) % size.projects));
            (RunnerType::Project, Some(projects.collect()), None)
        }
    };
    Runner {
        instance: name(),
        number: number(index),
        description: Some(format!("linux-docker-{index}")),
        runner_type: Some(runner_type),
        paused: Some(index % 25 == 24),
        locked: Some(false),
        protected: Some(index.is_multiple_of(3)),
        run_untagged: Some(index.is_multiple_of(4)),
        tags: Some(vec!["docker".into(), "linux".into()]),
        status: Some("online".into()),
        contacted: Some(NOW.minus(30)),
        created: Some(NOW.minus(seconds(index % 700) * 86_400)),
        projects,
        groups,
        maximum_timeout: None,
    }
}

fn manager(index: usize) -> Manager {
    Manager {
        instance: name(),
        runner: number(index),
        system_id: format!("s_{index:08x}").into(),
        address: Some(address(index)),
        version: Some("18.5.0".into()),
        executor: Some("docker".into()),
        platform: Some("linux".into()),
        architecture: Some("amd64".into()),
        status: Some("online".into()),
        contacted: Some(NOW.minus(30)),
    }
}

fn job(index: usize, size: Size) -> Job {
    let runner = index % size.runners;
    let started = NOW.minus(seconds(index) * 20);
    Job {
        instance: name(),
        number: number(index),
        project: Some(number(index % size.projects)),
        name: Some("deploy".into()),
        git_ref: Some("main".into()),
        tag: Some(false),
        status: Some("success".into()),
        created: Some(started.minus(15)),
        started: Some(started),
        finished: Some(started.plus(180)),
        runner: Some(number(runner)),
        system_id: Some(format!("s_{runner:08x}").into()),
        pipeline: Some(number(index / 4)),
        user: Some("ci".into()),
        url: None,
    }
}
