//! What each action is played on, and what a second administrator does to spoil it.

use keytrail::demo::world::{AccessKey, Inline, Role, User, Variable, World};

use super::comers::ledger_comes;

pub(crate) struct Row {
    pub(crate) action: &'static str,
    /// The target as it is typed; the world is made so that the action applies.
    pub(crate) target: fn(&mut World) -> String,
    pub(crate) wishes: fn(&World) -> Vec<String>,
    /// Does the run end well when somebody else has done the same? Not where a new secret is made.
    pub(crate) may_be_done_by_another: bool,
    /// Is everything as before when it is undone? Not where a key is deleted or a secret is overwritten.
    pub(crate) comes_back: bool,
    /// Changes what the first call acts on, in another way; ladders go on with their other rungs (`meanwhile.rs`); `None` where there is no other way to change it.
    pub(crate) meddle: Option<fn(&mut World, &World)>,
}

const NOTHING: fn(&World) -> Vec<String> = |_| Vec::new();

fn wished(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(crate) const ROWS: &[Row] = &[
    Row {
        action: "rotate-key",
        target: leaked,
        wishes: |_| wished(&["--quiet", "0", "--soak", "0"]),
        may_be_done_by_another: false,
        comes_back: false,
        meddle: Some(|world, _| {
            let user = user_of_leaked(world);
            let mut other = user.keys[0].clone();
            other.id = "AKIAZZZZZZZZZZZZZZZZ".into();
            // Long before this run asked for one.
            user.keys.push(other);
        }),
    },
    Row {
        action: "contain-key",
        target: leaked,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: false,
        meddle: None,
    },
    Row {
        action: "migrate-key",
        target: |world| {
            let key = world.planted["static key, good"].clone();
            ledger_comes(world, "ledger-jobs");
            key
        },
        wishes: |_| wished(&["--role", "ledger-jobs", "--quiet", "0", "--soak", "0"]),
        // Who finds the key deleted cannot know by whom.
        may_be_done_by_another: false,
        comes_back: false,
        meddle: Some(|world, _| {
            let mut other = role_of_leaked(world).clone();
            other.name = "ledger-jobs".into();
            world.accounts.get_mut(&222_222_222_222).expect("prod").roles.insert(other.name.clone(), other);
        }),
    },
    Row {
        action: "deactivate-key",
        target: leaked,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_leaked),
    },
    Row {
        action: "reactivate-key",
        target: |world| {
            let key = leaked(world);
            user_of_leaked(world).keys[0].active = false;
            key
        },
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_leaked),
    },
    Row {
        action: "delete-key",
        target: |world| {
            let key = leaked(world);
            user_of_leaked(world).keys[0].active = false;
            key
        },
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: false,
        meddle: Some(|world, _| user_of_leaked(world).keys[0].active = true),
    },
    Row {
        action: "revoke-user-sessions",
        target: |world| world.planted["leaked key user"].clone(),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| user_of_leaked(world).inline.push(theirs("AWSRevokeOlderSessions"))),
    },
    Row {
        action: "quarantine-user",
        target: |world| world.planted["leaked key user"].clone(),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| user_of_leaked(world).inline.push(theirs("KeytrailQuarantine"))),
    },
    Row {
        action: "revoke-role-sessions",
        target: |world| world.planted["leaked key role"].clone(),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| role_of_leaked(world).inline.push(theirs("AWSRevokeOlderSessions"))),
    },
    Row {
        action: "remove-principal",
        target: |world| {
            let (user, broker) =
                (world.planted["leaked key user"].clone(), world.planted["broker user"].clone());
            role_of_leaked(world).trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": { "AWS": [user, broker] }, "Action": "sts:AssumeRole",
            }] })
            .to_string();
            world.planted["leaked key role"].clone()
        },
        wishes: |_| wished(&["--principal", "arn:aws:iam::111111111111:user/gitlab-deploy"]),
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(other_trust),
    },
    Row {
        action: "remove-provider",
        target: |world| {
            let (provider, broker) =
                (world.planted["gitlab provider in prod"].clone(), world.planted["broker user"].clone());
            role_of_leaked(world).trust = serde_json::json!({ "Version": "2012-10-17", "Statement": [
                { "Effect": "Allow", "Principal": { "AWS": broker }, "Action": "sts:AssumeRole" },
                { "Effect": "Allow", "Principal": { "Federated": provider }, "Action": "sts:AssumeRoleWithWebIdentity" },
            ] })
            .to_string();
            world.planted["leaked key role"].clone()
        },
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(other_trust),
    },
    Row {
        action: "tighten-trust",
        target: |world| world.planted["oidc role, any ref"].clone(),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| {
            let arn = world.planted["oidc role, any ref"].clone();
            let role = role_of(world, &arn);
            role.trust = role.trust.replace("sts:AssumeRoleWithWebIdentity", "sts:TagSession");
        }),
    },
    Row {
        action: "revoke-chain",
        target: |world| world.planted["leaked key role"].clone(),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: None,
    },
    Row {
        action: "protect-variable",
        target: id_variable,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| variable_of_leaked(world).masked ^= true),
    },
    Row {
        action: "mask-variable",
        target: |world| {
            variable_of_leaked(world).masked = false;
            id_variable(world)
        },
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| variable_of_leaked(world).protected ^= true),
    },
    Row {
        action: "pause-runner",
        target: |world| runner(world, false),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "resume-runner",
        target: |world| runner(world, true),
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "hide-variable",
        target: secret_variable,
        wishes: NOTHING,
        may_be_done_by_another: false,
        comes_back: false,
        meddle: Some(|world, _| secret_of_leaked(world).raw ^= true),
    },
    Row {
        action: "narrow-variable",
        target: secret_variable,
        wishes: |_| wished(&["--scope", "production/keytrail"]),
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(|world, _| secret_of_leaked(world).raw ^= true),
    },
    Row {
        action: "write-variable",
        target: id_variable,
        wishes: |_| {
            wished(&[
                "--value",
                "command:/bin/echo AKIARZPUZDIKBYHAND01",
                "--secret",
                "command:/bin/echo TestTestTestTestTestTestTestTestTestTest",
            ])
        },
        may_be_done_by_another: true,
        comes_back: false,
        meddle: Some(|world, _| secret_of_leaked(world).raw ^= true),
    },
    Row {
        action: "delete-variable",
        target: secret_variable,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: false,
        meddle: Some(|world, _| variable_of_leaked(world).raw ^= true),
    },
    Row {
        action: "lock-runner",
        target: shell_runner,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "protect-runner",
        target: shell_runner,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "forbid-untagged",
        target: shell_runner,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "remove-runner-tag",
        target: shell_runner,
        wishes: |_| wished(&["--tag", "shell"]),
        may_be_done_by_another: true,
        comes_back: true,
        meddle: Some(delete_runner),
    },
    Row {
        action: "disable-runner",
        target: shell_runner,
        wishes: |world| vec!["--project".into(), world.gitlab.runners[&4].projects[1].to_string()],
        may_be_done_by_another: true,
        comes_back: true,
        meddle: None,
    },
    Row {
        action: "reset-runner-token",
        target: shell_runner,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: false,
        meddle: Some(delete_runner),
    },
    Row {
        action: "delete-runner",
        target: shell_runner,
        wishes: NOTHING,
        may_be_done_by_another: true,
        comes_back: false,
        meddle: None,
    },
];

fn leaked(world: &mut World) -> String {
    world.planted["leaked key"].clone()
}

fn delete_leaked(world: &mut World, _: &World) {
    let key = leaked(world);
    user_of_leaked(world).keys.retain(|other: &AccessKey| other.id != key);
}

fn user_of_leaked(world: &mut World) -> &mut User {
    let arn = world.planted["leaked key user"].clone();
    let name = arn.rsplit('/').next().expect("a name");
    let mut users = world.accounts.values_mut().flat_map(|account| account.users.values_mut());
    users.find(|user| user.name == name).expect("the leaked key's user")
}

fn role_of_leaked(world: &mut World) -> &mut Role {
    let arn = world.planted["leaked key role"].clone();
    role_of(world, &arn)
}

fn role_of<'w>(world: &'w mut World, arn: &str) -> &'w mut Role {
    let name = arn.rsplit('/').next().expect("a name");
    let mut roles = world.accounts.values_mut().flat_map(|account| account.roles.values_mut());
    roles.find(|role| role.name == name).expect("the role")
}

fn other_trust(world: &mut World, _: &World) {
    let role = role_of_leaked(world);
    role.trust = role.trust.replace("sts:AssumeRole\"", "sts:TagSession\"");
}

fn project_of_leaked(world: &World) -> u64 {
    let place = &world.planted["leaked key project"];
    place.rsplit('/').next().expect("a number").parse().expect("a number")
}

fn variable_of_leaked(world: &mut World) -> &mut Variable {
    let project = project_of_leaked(world);
    let variables = &mut world.gitlab.projects.get_mut(&project).expect("the project").variables;
    variables.iter_mut().find(|one| one.key == "AWS_ACCESS_KEY_ID").expect("its variable")
}

fn secret_of_leaked(world: &mut World) -> &mut Variable {
    let project = project_of_leaked(world);
    let variables = &mut world.gitlab.projects.get_mut(&project).expect("the project").variables;
    variables.iter_mut().find(|one| one.key == "AWS_SECRET_ACCESS_KEY").expect("its secret")
}

fn secret_variable(world: &mut World) -> String {
    id_variable(world).replace("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
}

fn id_variable(world: &mut World) -> String {
    // No job waits: a moment without one would be waited for.
    for job in world.gitlab.jobs.values_mut().filter(|job| job.status == "pending") {
        job.status = "canceled";
    }
    let scope = variable_of_leaked(world).environment_scope.clone();
    let project = project_of_leaked(world);
    format!("variable:gitlab.acme.example/project/{project}/AWS_ACCESS_KEY_ID@{scope}")
}

fn runner(world: &mut World, paused: bool) -> String {
    world.gitlab.runners.get_mut(&1).expect("the first runner").paused = paused;
    "runner:gitlab.acme.example/1".to_owned()
}

/// A runner that is not locked, takes untagged jobs, and serves two projects.
fn shell_runner(world: &mut World) -> String {
    let owner = world.gitlab.runners[&4].projects[0];
    let other = *world.gitlab.projects.keys().find(|id| **id != owner).expect("another project");
    let runner = world.gitlab.runners.get_mut(&4).expect("the runner");
    (runner.locked, runner.run_untagged) = (false, true);
    runner.projects = vec![owner, other];
    "runner:gitlab.acme.example/4".to_owned()
}

fn delete_runner(world: &mut World, _: &World) {
    world.gitlab.runners.remove(&1);
    world.gitlab.runners.remove(&4);
}

fn theirs(name: &str) -> Inline {
    Inline { name: name.into(), document: r#"{"Version":"2012-10-17","Statement":[]}"#.into() }
}
