//! Every comma of a rotation: the process dies there, or the call meets trouble; whoever carries the run on brings it to the same end.

use super::*;

/// Carries a rotation to its end, however often its process dies; returns how often it did and where it stands.
async fn to_the_end(world: &World, plan: &Plan) -> (usize, Progress) {
    let kept = folder();
    let journal = kept.path().join("journal.db");
    let (id, mut died, mut progress) = world.drive(&journal, None, plan).await;
    let mut deaths = 0;
    let mut halts = 0;
    while !progress.is_over() && !matches!(progress.status, Status::Stuck { .. }) {
        if died {
            deaths += 1;
        } else {
            halts += 1;
            assert!(halts < 5, "{progress:?}");
        }
        (_, died, progress) = world.drive(&journal, Some(id), plan).await;
    }
    assert_eq!(folder_secrets(kept.path()), 0, "a secret is on the disk");
    (deaths, progress)
}

/// How often a secret of this world stands in the journal's files.
fn folder_secrets(folder: &Path) -> usize {
    let secrets = [OLD_SECRET.as_bytes().to_vec(), format!("{:037}", 0).into_bytes()];
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
    files
        .map(|bytes| secrets.iter().filter(|s| bytes.windows(s.len()).any(|window| window == **s)).count())
        .sum()
}

/// One key is left, the new one; every variable works with it; nothing was made twice without the first being deleted.
fn check_rotated(world: &World, what: &str) {
    let state = world.state();
    let keys: Vec<&String> = state.keys.keys().collect();
    assert_eq!(keys.len(), 1, "{what}: {keys:?}");
    assert_ne!(keys[0], OLD, "{what}");
    let key = &state.keys[keys[0]];
    assert!(key.is_active, "{what}");
    for (place, (value, _)) in &state.variables {
        let expected = match place {
            place if place.contains("ACCESS_KEY_ID") => keys[0].clone(),
            place if place.contains("SECRET") => key.secret.clone(),
            _ => format!("[default]\naws_access_key_id={}\naws_secret_access_key={}\n", keys[0], key.secret),
        };
        assert_eq!(*value, expected, "{what}: {place}");
    }
    assert_eq!(state.made, state.deleted.len(), "{what}: each key but the last was deleted, the old one too");
    assert!(state.broken.is_empty(), "{what}: {:?}", state.broken);
}

fn calls(world: &World) -> Vec<&'static str> {
    world.state().calls.clone()
}

#[tokio::test]
async fn an_undisturbed_rotation_changes_each_thing_once() {
    let world = World::new(3, 1, true);
    let plan = world.plan("rotate-key", OLD).unwrap();
    assert_eq!(engine::check(&world, &world, &plan).await.unwrap(), Vec::<String>::new());
    let (deaths, _) = to_the_end(&world, &plan).await;
    assert_eq!(deaths, 0);
    check_rotated(&world, "undisturbed");
    let changes = |name: &str| calls(&world).iter().filter(|call| **call == name).count();
    assert_eq!(changes("CreateAccessKey"), 1);
    assert_eq!(changes("PUT"), 7);
    assert_eq!((changes("UpdateAccessKey"), changes("DeleteAccessKey")), (1, 1));
    assert!(world.now().seconds() >= START + 40, "it rested and soaked");
}

/// Every call of a whole rotation, each mishap.
#[tokio::test]
async fn every_comma_of_a_rotation_survives_everything() {
    let size = |world: &World| calls(world).len();
    let mut cases = 0;
    for hidden in [0, 1] {
        let quiet = World::new(2, hidden, true);
        let plan = quiet.plan("rotate-key", OLD).unwrap();
        to_the_end(&quiet, &plan).await;
        for at in 0..size(&quiet) {
            let every = [
                Mishap::DiesBefore,
                Mishap::DiesAfter,
                Mishap::Lost,
                Mishap::Unheard,
                Mishap::Busy,
                Mishap::Denied,
            ];
            for mishap in every {
                let world = World::new(2, hidden, true);
                let plan = world.plan("rotate-key", OLD).unwrap();
                world.state().mishap = Some((at, mishap));
                let (deaths, progress) = to_the_end(&world, &plan).await;
                let name = quiet.state().calls[at];
                let what = format!("{hidden} hidden, {mishap:?} at call {at}, {name}");
                assert_eq!(progress.status, Status::Finished, "{what}");
                let dies = matches!(mishap, Mishap::DiesBefore | Mishap::DiesAfter);
                assert_eq!(deaths, usize::from(dies), "{what}");
                check_rotated(&world, &what);
                cases += 1;
            }
        }
    }
    println!("{cases} disturbed rotations, all whole");
    assert!(cases > 200);
}

/// Nothing stopped working but the pair whose secret was under way, of which nobody can know whether it arrived; and that is told.
fn check_stuck(world: &World, why: &str, what: &str) {
    let state = world.state();
    assert!(state.keys.values().all(|key| key.is_active), "{what}");
    match state.broken.as_slice() {
        [] => {}
        // The one whose secret was under way, of which nobody can know whether it arrived.
        [one] => assert!(why.contains(&one.replace("ACCESS_KEY_ID", "SECRET_ACCESS_KEY")), "{what}: {why}"),
        more => panic!("{what}: {more:?}"),
    }
    if !why.contains("may not work") {
        assert!(why.contains("every variable works") && state.broken.is_empty(), "{what}: {why}");
    }
}

/// With every secret hidden, nothing gives the new secret back: what works goes on working, and a person is told.
#[tokio::test]
async fn where_every_secret_is_hidden_nothing_stops_working() {
    let quiet = World::new(3, 3, false);
    let plan = quiet.plan("rotate-key", OLD).unwrap();
    to_the_end(&quiet, &plan).await;
    let mut stuck = 0;
    let kept = folder();
    for at in 0..calls(&quiet).len() {
        let world = World::new(3, 3, false);
        world.state().mishap = Some((at, Mishap::DiesAfter));
        let plan = world.plan("rotate-key", OLD).unwrap();
        let journal = kept.path().join(format!("{at}.db"));
        let (id, died, _) = world.drive(&journal, None, &plan).await;
        assert!(died);
        let (_, _, progress) = world.drive(&journal, Some(id), &plan).await;
        let what = format!("dies after call {at}, {}", quiet.state().calls[at]);
        match progress.status {
            Status::Finished => check_rotated(&world, &what),
            Status::Stuck { why, .. } => {
                stuck += 1;
                check_stuck(&world, &why, &what);
                // A person decides that another key is worth a moment's failure.
                {
                    let mut run = Journal::open(&journal).unwrap().take(id).unwrap();
                    let key = progress.made.unwrap();
                    run.note(world.now(), &Note::Resumed).unwrap();
                    run.note(world.now(), &Note::Discarding { key }).unwrap();
                }
                let (_, _, progress) = world.drive(&journal, Some(id), &plan).await;
                assert_eq!(progress.status, Status::Finished, "{what}");
                check_rotated(&world, &what);
            }
            status => panic!("{what}: {status:?}"),
        }
    }
    assert!(stuck > 0);
}

#[tokio::test]
async fn another_administrators_key_is_not_touched() {
    let world = World::new(1, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    let theirs = Key {
        secret: format!("{:040}", 77),
        is_active: true,
        created: START,
        agent: "signin.amazonaws.com".into(),
        known_from: 0,
    };
    world.state().keys.insert("AKIARZPUZDIKTHEIRSXX".into(), theirs.clone());
    // Before anything is done, it is a changed world.
    let differs = engine::check(&world, &world, &plan).await.unwrap();
    assert!(differs[0].contains("AKIARZPUZDIKTHEIRSXX"), "{differs:?}");
    // While the answer to the making is lost, it might be ours; CloudTrail tells that it is not.
    world.state().keys.clear();
    let fresh = World::new(1, 0, false);
    let plan = fresh.plan("rotate-key", OLD).unwrap();
    let at = {
        let probe = World::new(1, 0, false);
        to_the_end(&probe, &probe.plan("rotate-key", OLD).unwrap()).await;
        calls(&probe).iter().position(|call| *call == "CreateAccessKey").unwrap()
    };
    fresh.state().mishap = Some((at, Mishap::DiesBefore));
    let kept = folder();
    let journal = kept.path().join("journal.db");
    let (id, died, _) = fresh.drive(&journal, None, &plan).await;
    assert!(died);
    fresh.state().keys.insert("AKIARZPUZDIKTHEIRSXX".into(), theirs.clone());
    let (_, _, progress) = fresh.drive(&journal, Some(id), &plan).await;
    assert!(
        matches!(&progress.status, Status::Halted { why } if why.contains("somebody else")),
        "{progress:?}"
    );
    assert_eq!(fresh.state().keys["AKIARZPUZDIKTHEIRSXX"], theirs);
    assert!(fresh.state().keys.contains_key(OLD));
}

#[tokio::test]
async fn other_credentials_under_a_run_stop_it() {
    let world = World::new(2, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    world.state().caller = "arn:aws:iam::999999999999:user/operator".into();
    let differs = engine::check(&world, &world, &plan).await.unwrap();
    assert!(differs[0].contains("999999999999"), "{differs:?}");
    let kept = folder();
    let (_, _, progress) = world.drive(&kept.path().join("j.db"), None, &plan).await;
    assert!(
        matches!(&progress.status, Status::Halted { why } if why.contains("the step was not made")),
        "{progress:?}"
    );
    assert!(calls(&world).iter().all(|call| !call.starts_with(char::is_uppercase)), "{:?}", calls(&world));
}

#[tokio::test]
async fn a_variable_somebody_else_has_changed_stops_the_run() {
    let world = World::new(1, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    let (id, secret) = pair(1);
    world.state().variables.insert(secret.to_string(), ("x".repeat(40), false));
    let differs = engine::check(&world, &world, &plan).await.unwrap();
    assert!(differs[0].contains("does not hold the secret"), "{differs:?}");
    world.state().variables.insert(id.to_string(), ("AKIARZPUZDIKTHEIRSXX".into(), false));
    let differs = engine::check(&world, &world, &plan).await.unwrap();
    assert_eq!(differs.len(), 2, "{differs:?}");
    world.state().variables.remove(&id.to_string());
    let differs = engine::check(&world, &world, &plan).await.unwrap();
    assert!(differs[1].contains("not there any more"), "{differs:?}");
}

/// Between the last look whether jobs wait and both writes of a pair, nothing else is asked.
#[tokio::test]
async fn a_pair_is_written_at_once_and_when_no_job_waits() {
    let world = World::new(2, 0, false);
    let plan = world.plan("rotate-key", OLD).unwrap();
    world.state().waiting = 3;
    to_the_end(&world, &plan).await;
    check_rotated(&world, "with waiting jobs");
    let calls = calls(&world);
    let writes: Vec<usize> = (0..calls.len()).filter(|at| calls[*at] == "PUT").collect();
    assert_eq!(writes.len(), 4);
    for pair in writes.chunks(2) {
        assert_eq!(pair[1], pair[0] + 1, "{calls:?}");
        assert_eq!(calls[pair[0] - 1], "jobs_wait", "{calls:?}");
    }
    assert_eq!(calls.iter().filter(|call| **call == "jobs_wait").count(), 2 + 3);
    // A project that never rests does not stop a rotation for ever.
    let busy = World::new(1, 0, false);
    let plan = busy.plan("rotate-key", OLD).unwrap();
    busy.state().waiting = u32::MAX;
    to_the_end(&busy, &plan).await;
    check_rotated(&busy, "with jobs that always wait");
}

/// Production broke while the key soaked, and somebody has switched it on again: it is not deleted under their hands.
#[tokio::test]
async fn a_key_that_somebody_needs_again_is_not_deleted() {
    let quiet = World::new(1, 0, false);
    let plan = quiet.plan("rotate-key", OLD).unwrap();
    to_the_end(&quiet, &plan).await;
    let at = calls(&quiet).iter().position(|call| *call == "DeleteAccessKey").unwrap();
    let world = World::new(1, 0, false);
    world.state().mishap = Some((at, Mishap::DiesBefore));
    let kept = folder();
    let journal = kept.path().join("j.db");
    let (id, died, _) = world.drive(&journal, None, &plan).await;
    assert!(died);
    world.state().keys.get_mut(OLD).unwrap().is_active = true;
    let (_, _, progress) = world.drive(&journal, Some(id), &plan).await;
    let Status::Halted { why } = &progress.status else { panic!("{progress:?}") };
    assert!(why.contains("was made active by somebody"), "{why}");
    assert!(world.state().keys.contains_key(OLD));
}

/// What was waited for was there, and the process died; when it is carried on, the old key is in use again.
#[tokio::test]
async fn a_key_that_is_used_again_meanwhile_is_waited_for_again() {
    let quiet = World::new(1, 0, false);
    let plan = quiet.plan("rotate-key", OLD).unwrap();
    to_the_end(&quiet, &plan).await;
    let at = calls(&quiet).iter().position(|call| *call == "UpdateAccessKey").unwrap();
    let world = World::new(1, 0, false);
    world.state().mishap = Some((at, Mishap::DiesBefore));
    let kept = folder();
    let journal = kept.path().join("j.db");
    let (id, died, _) = world.drive(&journal, None, &plan).await;
    assert!(died);
    let used = world.now().plus(5).seconds();
    world.state().used = Some(used);
    let (_, _, progress) = world.drive(&journal, Some(id), &plan).await;
    assert_eq!(progress.status, Status::Finished);
    let call = calls(&world);
    let off = call.iter().rposition(|call| *call == "UpdateAccessKey").unwrap();
    assert!(call[at + 1..off].iter().filter(|call| **call == "last_use").count() > 1, "{call:?}");
    assert!(world.now().seconds() >= used + 20);
}
