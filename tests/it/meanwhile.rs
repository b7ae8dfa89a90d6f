//! Rotations and containments while others are at work in the same company: jobs wait for the variables that are written, a second
//! administrator changes what the run has not come to yet, IAM takes its time.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use keytrail::demo::{
    front::{Fault, Side},
    world::{Inline, World},
};

use crate::{
    rotation::{Leak, words},
    town::{Town, pairs},
};

/// Waits until something is so, while the program runs.
#[track_caller]
fn until(child: &mut Child, what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !is_so() {
        assert!(Instant::now() < deadline, "never: {what}");
        assert!(child.try_wait().expect("its state").is_none(), "it ended before: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn asked(town: &Town, name: &str, target: &str) -> usize {
    let calls = town.company.front.calls();
    calls.iter().filter(|call| call.name.starts_with(name) && call.target.contains(target)).count()
}

/// Lets the process go on that was held, and says how it ended: exit code and what it said.
fn release(town: &Town, child: Child) -> (i32, String) {
    town.company.front.release();
    let output = child.wait_with_output().expect("it ends");
    (output.status.code().unwrap_or(-1), String::from_utf8_lossy(&output.stderr).into_owned())
}

fn held(town: &Town, words: &[&str], (side, name, after): (Side, &str, u32)) -> Child {
    town.set(side, name, Fault::HoldReply, after);
    let mut command = town.command(words);
    command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    until(&mut child, "the call", || town.company.front.held() > 0);
    child
}

/// A job that is handed out between the two halves of a pair gets one half of each key.
#[tokio::test(flavor = "multi_thread")]
async fn a_pair_is_not_written_while_a_job_waits_for_it() {
    let leak = Leak::open(None).await;
    let place = leak.town.planted("leaked key project");
    let project: u64 = place.rsplit('/').next().expect("a number").parse().expect("a number");
    let waiting = 900_000_000;
    {
        let mut world = leak.town.company.world.write().expect("the world");
        let template = world.gitlab.jobs.values().next().expect("a job").clone();
        let mut job = keytrail::demo::world::Job { id: waiting, project, status: "pending", ..template };
        (job.started, job.finished) = (None, None);
        world.gitlab.jobs.insert(waiting, job);
    }
    let mut child = leak.town.spawn(&words(&leak.apply()));
    let jobs = format!("/projects/{project}/jobs");
    until(&mut child, "it asks whether jobs wait", || asked(&leak.town, "GET ", &jobs) >= 6);
    let own = format!("/projects/{project}/variables");
    assert_eq!(asked(&leak.town, "PUT ", &own), 0, "written while a job waits");
    leak.town.company.world.write().expect("the world").gitlab.jobs.remove(&waiting);
    assert!(child.wait().expect("it ends").success());
    assert_eq!(asked(&leak.town, "PUT ", &own), 2);
    leak.check_rotated("after the job");
}

/// IAM may take half a minute to know a new key everywhere.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_refused_for_half_a_minute_is_not_given_out() {
    let leak = Leak::open(None).await;
    leak.town.company.world.write().expect("the world").key_delay = Some(Duration::from_secs(30));
    let from = Instant::now();
    let mut child = leak.town.spawn(&words(&leak.apply()));
    // At every moment all pairs work, apart from the one that is being written.
    while child.try_wait().expect("its state").is_none() {
        assert!(leak.broken() <= 1);
        std::thread::sleep(Duration::from_millis(1));
    }
    assert!(child.wait().expect("its state").success());
    assert!(from.elapsed() >= Duration::from_secs(30));
    leak.check_rotated("a slow key");
}

/// The process that waits for it is killed: the secret dies with it, the key is deleted, another is made and waited for.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_whose_process_dies_while_it_is_slow_is_replaced() {
    let leak = Leak::open(None).await;
    leak.town.company.world.write().expect("the world").key_delay = Some(Duration::from_secs(30));
    let mut child = leak.town.spawn(&words(&leak.apply()));
    until(&mut child, "the new key is refused", || {
        let calls = leak.town.company.front.calls();
        calls.iter().any(|call| call.name == "sts:GetCallerIdentity" && call.status == 403)
    });
    child.kill().expect("it is killed");
    child.wait().expect("it is gone");
    assert_eq!(leak.broken(), 0);
    leak.resume("a slow key of a process that died");
    leak.check_rotated("a slow key of a process that died");
    assert_eq!(leak.town.count("iam:CreateAccessKey"), 2);
}

/// Under a running rotation somebody gives one variable another secret: it stays, the run says which, and nothing is broken by it.
#[tokio::test(flavor = "multi_thread")]
async fn a_variable_that_somebody_changes_meanwhile_is_left_alone() {
    const THEIRS: &str = "TheirsTheirsTheirsTheirsTheirsTheirs1234";
    let leak = Leak::open(None).await;
    let apply = leak.apply();
    // The first pair is written; the answer to its second half is on the way.
    let child = held(&leak.town, &words(&apply), (Side::GitLab, "PUT ", 1));
    let changed = {
        let mut world = leak.town.company.world.write().expect("the world");
        let left: Vec<_> = pairs(&world).into_iter().filter(|pair| pair.id == leak.key).collect();
        assert_eq!(left.len(), 2, "one of three is written");
        let old = left[0].secret.clone();
        change_secrets(&mut world, &old, THEIRS)
    };
    assert_eq!(changed, 2);
    let (code, said) = release(&leak.town, child);
    assert_eq!(code, 5, "{said}");
    assert!(said.contains("does not hold the secret of"), "{said}");
    assert!(!said.contains(THEIRS), "{said}");
    assert_eq!(leak.town.world(pairs).iter().filter(|pair| pair.secret == THEIRS).count(), 2);
    assert!(leak.town.world(|world| world.key(&leak.key).expect("the old key").2.active));
    assert_eq!(leak.town.count("PUT "), 2);
}

/// Wherever this secret stands another is put; how often.
fn change_secrets(world: &mut World, old: &str, new: &str) -> usize {
    let gitlab = &mut world.gitlab;
    let groups = gitlab.groups.values_mut().flat_map(|group| group.variables.iter_mut());
    let projects = gitlab.projects.values_mut().flat_map(|project| {
        let schedules = project.schedules.iter_mut().flat_map(|schedule| schedule.variables.iter_mut());
        project.variables.iter_mut().chain(schedules)
    });
    let mut changed = 0;
    for variable in groups.chain(projects).filter(|variable| variable.value == old) {
        new.clone_into(&mut variable.value);
        changed += 1;
    }
    changed
}

/// Under a running containment somebody writes a policy of their own under the name that the run was to use.
#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_somebody_writes_meanwhile_is_left_alone() {
    const THEIRS: &str = r#"{"Version":"2012-10-17","Statement":[]}"#;
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let role = town.planted("leaked key role").rsplit('/').next().expect("a name").to_owned();
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&["plan", "contain-key", &key, "--accept", "it leaked", "-o", file]);
    assert_eq!(code, 0, "{said}");
    let apply = ["apply", file, "--write", "--stay", "--confirm", &key];
    let child = held(&town, &apply, (Side::Aws, "iam:UpdateAccessKey", 0));
    {
        let mut world = town.company.world.write().expect("the world");
        let mut roles = world.accounts.values_mut().flat_map(|account| account.roles.values_mut());
        let role = roles.find(|other| other.name == role).expect("the role");
        role.inline.push(Inline { name: "AWSRevokeOlderSessions".into(), document: THEIRS.into() });
    }
    let (code, said) = release(&town, child);
    assert_eq!(code, 5, "somebody must look: {said}");
    assert!(
        said.contains("LEFT OUT") && said.contains("another policy called AWSRevokeOlderSessions"),
        "{said}"
    );
    // The other rungs are taken all the same.
    assert!(town.count("iam:PutRolePolicy") >= 2, "{said}");
    let own = town.world(|world| {
        let mut roles = world.accounts.values().flat_map(|account| account.roles.values());
        roles.find(|other| other.name == role).expect("the role").inline.clone()
    });
    assert!(own.iter().any(|policy| policy.document == THEIRS), "{own:?}");
    // What was stopped stays stopped.
    assert!(!town.world(|world| world.key(&key).expect("the key").2.active));
}
