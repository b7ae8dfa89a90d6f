//! What keytrail does at GitLab, by the program on the demo company: variables hidden, narrowed, written and deleted, runners set, taken
//! away, given another token, deleted.

use std::{fs, os::unix::fs::PermissionsExt};

use keytrail::demo::{
    front::{Fault, Side},
    world::{Runner, Variable, World},
};

use crate::{contain::there_and_back, town::Town};

const KEY: &str = "AWS_SECRET_ACCESS_KEY";
const RUNNER: &str = "runner:gitlab.acme.example/4";

/// The project with the leaked key. No job of it waits: such a moment would be waited for.
fn leaky(town: &Town) -> u64 {
    let mut world = town.company.world.write().expect("the world");
    for job in world.gitlab.jobs.values_mut().filter(|job| job.status == "pending") {
        job.status = "canceled";
    }
    drop(world);
    town.planted("leaked key project").rsplit('/').next().expect("a number").parse().expect("a number")
}

fn found<'w>(world: &'w World, project: u64, key: &str, scope: &str) -> Option<&'w Variable> {
    let variables = &world.gitlab.projects[&project].variables;
    variables.iter().find(|one| one.key == key && one.environment_scope == scope)
}

fn id(project: u64, key: &str) -> String {
    format!("variable:gitlab.acme.example/project/{project}/{key}@*")
}

/// Plans and carries out; what was said.
fn done(town: &Town, action: &[&str], confirm: &str, env: &[(&str, &str)]) -> String {
    let file = town.path("lasting.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&[&["plan"][..], action, &["--accept", "a test", "-o", file]].concat());
    assert_eq!(code, 0, "{action:?}: {said}");
    let mut command = town.command(&["apply", file, "--write", "--commands", "--confirm", confirm]);
    let output = command.envs(env.iter().copied()).output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{action:?}: {said}");
    said
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_taken_back_is_done_and_taken_back() {
    let town = Town::open(12).await;
    let project = leaky(&town);
    let (owner, other) = {
        let mut world = town.company.world.write().expect("the world");
        let owner = world.gitlab.runners[&4].projects[0];
        let other = *world.gitlab.projects.keys().find(|id| **id != owner).expect("another project");
        let runner = world.gitlab.runners.get_mut(&4).expect("the runner");
        (runner.locked, runner.run_untagged) = (false, true);
        runner.projects.push(other);
        (owner, other)
    };
    let both = |world: &World, scope: &str| {
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]
            .iter()
            .all(|key| found(world, project, key, scope).is_some())
    };
    let secret = id(project, "AWS_SECRET_ACCESS_KEY");
    there_and_back(&town, 1, &["narrow-variable", &secret, "--scope", "production/keytrail"], |world| {
        assert!(both(world, "*") || both(world, "production/keytrail"), "both halves are at one place");
        both(world, "production/keytrail")
    });
    let is = |test: fn(&Runner) -> bool| move |world: &World| test(&world.gitlab.runners[&4]);
    there_and_back(&town, 3, &["lock-runner", RUNNER], is(|runner| runner.locked));
    there_and_back(&town, 5, &["protect-runner", RUNNER], is(|runner| runner.ref_protected));
    there_and_back(&town, 7, &["forbid-untagged", RUNNER], is(|runner| !runner.run_untagged));
    there_and_back(
        &town,
        9,
        &["remove-runner-tag", RUNNER, "--tag", "shell"],
        is(|runner| runner.tags == ["terraform"]),
    );
    let path = town.world(|world| world.gitlab.projects[&other].full_path.clone());
    there_and_back(&town, 11, &["disable-runner", RUNNER, "--project", &path], |world| {
        world.gitlab.runners[&4].projects == [owner]
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_variable_is_hidden_though_the_process_dies_in_the_gap() {
    let town = Town::open(12).await;
    let project = leaky(&town);
    let before = {
        let mut world = town.company.world.write().expect("the world");
        let variables = &mut world.gitlab.projects.get_mut(&project).expect("the project").variables;
        let variable = variables.iter_mut().find(|one| one.key == KEY && one.environment_scope == "*");
        let variable = variable.expect("the variable");
        (variable.description, variable.protected) = (Some("who made this".into()), true);
        variable.clone()
    };
    let file = town.path("hide.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&["plan", "hide-variable", &id(project, KEY), "-o", file]);
    assert_eq!(code, 0, "{said}");
    // The original is aside already, the hidden copy not yet in its place.
    town.set(Side::GitLab, "PUT /projects/:id/variables/:key", Fault::Hold, 1);
    town.kill_where_held(town.spawn(&["apply", file, "--write", "--confirm", KEY]));
    assert!(town.world(|world| found(world, project, KEY, "*").is_none()), "this is the gap");
    let (code, _, said) = town.run(&["resume", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    town.world(|world| {
        let after = found(world, project, KEY, "*").expect("it is there");
        assert!(after.hidden && after.masked && after.protected);
        assert_eq!(
            (&after.value, &after.description, after.raw),
            (&before.value, &before.description, before.raw)
        );
        let variables = &world.gitlab.projects[&project].variables;
        assert!(
            variables.iter().all(|one| !one.environment_scope.contains("keytrail")),
            "nothing is left aside"
        );
    });
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert!(code == 3 && said.contains("never shows"), "{code}: {said}");
    let kept = town.kept();
    assert!(
        !kept.windows(before.value.len()).any(|part| part == before.value.as_bytes()),
        "the value was kept"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn values_tokens_and_runners_are_exchanged_for_good() {
    let town = Town::open(12).await;
    let project = leaky(&town);
    let secret = "TestTestTestTestTestTestTestTestTestTest";
    let file = town.path("new-secret");
    fs::write(&file, format!("{secret}\n")).expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("its mode");
    let from = format!("file:{}", file.display());
    let action =
        ["write-variable", &id(project, "AWS_ACCESS_KEY_ID"), "--value", "env:NEW_ID", "--secret", &from];
    done(&town, &action, "", &[("NEW_ID", "AKIARZPUZDIKBYHAND01")]);
    let value = |world: &World, key: &str| found(world, project, key, "*").map(|one| one.value.clone());
    assert_eq!(
        town.world(|world| value(world, "AWS_ACCESS_KEY_ID")).as_deref(),
        Some("AKIARZPUZDIKBYHAND01")
    );
    assert_eq!(town.world(|world| value(world, "AWS_SECRET_ACCESS_KEY")).as_deref(), Some(secret));
    let kept = town.kept();
    assert!(!kept.windows(secret.len()).any(|part| part == secret.as_bytes()), "the value was kept");

    done(&town, &["delete-variable", &id(project, "AWS_SECRET_ACCESS_KEY")], "AWS_ACCESS_KEY_ID", &[]);
    assert!(town.world(|world| {
        value(world, "AWS_ACCESS_KEY_ID").or(value(world, "AWS_SECRET_ACCESS_KEY")).is_none()
    }));

    let (script, taken) = (town.path("take.sh"), town.path("taken"));
    fs::write(&script, format!("#!/bin/sh\ncat > {}\n", taken.display())).expect("it is written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700)).expect("its mode");
    let script = script.to_str().expect("a path");
    let old = town.world(|world| world.gitlab.runners[&4].token.clone());
    let file = town.path("programs.json");
    let file = file.to_str().expect("a path");
    town.run(&["plan", "reset-runner-token", RUNNER, "--to-command", script, "-o", file]);
    let (code, _, said) = town.run(&["apply", file, "--write", "--confirm", "runner 4"]);
    assert!(code == 3 && said.contains("--commands lets it"), "a plan starts no program unseen: {said}");
    assert_eq!(town.world(|world| world.gitlab.runners[&4].token.clone()), old);
    done(&town, &["reset-runner-token", RUNNER, "--to-command", script], "runner 4", &[]);
    let token = town.world(|world| world.gitlab.runners[&4].token.clone());
    assert_ne!(token, old);
    assert_eq!(fs::read_to_string(taken).expect("the command took it").trim_end(), token);
    assert!(!town.kept().windows(token.len()).any(|part| part == token.as_bytes()), "the token was kept");

    done(&town, &["delete-runner", RUNNER], "runner 4", &[]);
    assert!(town.world(|world| !world.gitlab.runners.contains_key(&4)));
}
