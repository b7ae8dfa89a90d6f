//! Rotations by a process that is killed, lied to and refused at every comma, on the demo company's real servers: every variable ends with
//! a working pair, no key is left over, and no secret is on the disk.

use std::collections::BTreeSet;

use keytrail::demo::front::{Fault, Side};

use crate::town::{Town, broken, places_of};

const MARKER: &[u8] = b"Canary";

/// The leaked key stands in a project, a group and a schedule.
pub(crate) struct Leak {
    pub(crate) town: Town,
    pub(crate) key: String,
    places: BTreeSet<String>,
}

impl Leak {
    /// With a plan that was made for an equal company.
    pub(crate) async fn open(plan: Option<&[u8]>) -> Self {
        let town = Town::open(12).await;
        let key = town.planted("leaked key");
        let places = town.world(|world| places_of(world, &key));
        assert_eq!(places.len(), 3, "{places:?}");
        let file = town.path("plan.json");
        if let Some(plan) = plan {
            std::fs::write(file, plan).expect("the plan");
        } else {
            let file = file.to_str().expect("a path");
            let rests = ["--quiet", "0", "--soak", "0", "--accept", "a test", "-o", file];
            let (code, _, said) = town.run(&[&["plan", "rotate-key", &key][..], &rests].concat());
            assert_eq!(code, 0, "{said}");
        }
        Self { town, key, places }
    }

    fn plan(&self) -> Vec<u8> {
        std::fs::read(self.town.path("plan.json")).expect("the plan")
    }

    pub(crate) fn apply(&self) -> Vec<String> {
        let file = self.town.path("plan.json").to_str().expect("a path").to_owned();
        let words = ["apply", &file, "--write", "--stay", "--settle", "1", "--confirm", "gitlab-deploy"];
        words.map(str::to_owned).to_vec()
    }

    pub(crate) fn broken(&self) -> usize {
        self.town.world(|world| broken(world, &self.places)).len()
    }

    #[track_caller]
    pub(crate) fn check_rotated(&self, what: &str) {
        self.town.world(|world| {
            let wrong = broken(world, &self.places);
            assert!(wrong.is_empty(), "{what}: {wrong:?}");
            assert!(places_of(world, &self.key).is_empty(), "{what}: the old key still stands somewhere");
            let users = world.accounts.values().flat_map(|account| account.users.values());
            let keys: Vec<_> =
                users.filter(|user| user.name == "gitlab-deploy").flat_map(|user| &user.keys).collect();
            assert_eq!(keys.len(), 1, "{what}: keys left over");
            assert!(keys[0].id != self.key && keys[0].active, "{what}");
            assert_eq!(places_of(world, &keys[0].id), self.places, "{what}");
        });
        let kept = self.town.kept();
        assert!(!kept.windows(MARKER.len()).any(|part| part == MARKER), "{what}: a secret is in the journal");
        let (made, deleted) =
            (self.town.count("iam:CreateAccessKey"), self.town.count("iam:DeleteAccessKey"));
        assert!(made == deleted || made + 1 == deleted, "{what}: {made} made, {deleted} deleted");
    }

    /// Resumes until it is done; it may take a person's look or two.
    #[track_caller]
    pub(crate) fn resume(&self, what: &str) {
        let mut said = String::new();
        for _ in 0..3 {
            let (code, _, text) = self.town.run(&["resume", "1", "--write", "--stay", "--settle", "1"]);
            if code == 0 {
                return;
            }
            said = text;
        }
        panic!("{what}: it does not end: {said}");
    }
}

/// Every call of the rotation that changes something: the making, three pairs, the switch, the deletion.
fn writes() -> Vec<(Side, &'static str, u32)> {
    let mut writes = vec![(Side::Aws, "iam:CreateAccessKey", 0)];
    writes.extend((0..6).map(|number| (Side::GitLab, "PUT ", number)));
    writes.extend([(Side::Aws, "iam:UpdateAccessKey", 0), (Side::Aws, "iam:DeleteAccessKey", 0)]);
    writes
}

pub(crate) fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_rotation_is_carried_on_from_every_comma() {
    let first = Leak::open(None).await;
    let plan = first.plan();
    assert!(!plan.windows(MARKER.len()).any(|part| part == MARKER), "a secret is in the plan");
    let (code, _, said) = first.town.run(&words(&first.apply()));
    assert_eq!(code, 0, "{said}");
    assert!(!said.contains("Canary"), "{said}");
    first.check_rotated("undisturbed");
    assert_eq!((first.town.count("iam:CreateAccessKey"), first.town.count("PUT ")), (1, 6));
    let mut cases = 0;
    for (side, name, after) in writes() {
        for fault in [Fault::Hold, Fault::HoldReply] {
            let what = format!("killed at {name} {after}, {fault:?}");
            let leak = Leak::open(Some(&plan)).await;
            leak.town.set(side, name, fault, after);
            let child = leak.town.spawn(&words(&leak.apply()));
            leak.town.kill_where_held(child);
            // At most the pair that was under way.
            assert!(leak.broken() <= 1, "{what}");
            leak.resume(&what);
            leak.check_rotated(&what);
            cases += 1;
        }
    }
    println!("killed {cases} times, carried on {cases} times");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_goes_on_through_every_trouble() {
    let plan = Leak::open(None).await.plan();
    let mut cases = 0;
    for (number, (side, name, after)) in writes().into_iter().enumerate() {
        // Every trouble at some calls, and a lost answer, the worst of them, at all.
        let others =
            [Fault::Throttle { retry_after: None }, Fault::ServerError(503), Fault::Cut, Fault::Forbidden];
        for fault in [Fault::LostReply, others[number % others.len()].clone()] {
            let what = format!("{fault:?} at {name} {after}");
            let leak = Leak::open(Some(&plan)).await;
            leak.town.set(side, name, fault.clone(), after);
            let (code, _, said) = leak.town.run(&words(&leak.apply()));
            if fault == Fault::Forbidden {
                assert_eq!(code, 5, "{what}: {said}");
                assert!(leak.broken() <= 1, "{what}");
                leak.resume(&what);
            } else {
                assert_eq!(code, 0, "{what}: {said}");
            }
            leak.check_rotated(&what);
            cases += 1;
        }
    }
    println!("{cases} troubles, all passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_for_others_or_for_another_world_changes_nothing() {
    let leak = Leak::open(None).await;
    let apply = leak.apply();
    let refused = |arguments: &[&str], says: &str| {
        let before = leak.town.count("PUT ") + leak.town.count("iam:CreateAccessKey");
        let (code, _, said) = leak.town.run(arguments);
        assert_eq!(code, 3, "{said}");
        assert!(said.contains(says), "{said}");
        assert_eq!(leak.town.count("PUT ") + leak.town.count("iam:CreateAccessKey"), before);
    };
    let apply = words(&apply);
    let without = |word: &str| apply.iter().copied().filter(|other| *other != word).collect::<Vec<_>>();
    refused(&without("--write"), "read-only");
    let unconfirmed = &apply[..apply.len() - 2];
    refused(unconfirmed, "--confirm gitlab-deploy");
    // Other credentials than the plan was made with.
    let plan = String::from_utf8(leak.plan()).expect("JSON");
    let other = plan.replace("user/keytrail-audit", "user/somebody-else");
    assert_ne!(plan, other);
    std::fs::write(leak.town.path("plan.json"), other).expect("the plan");
    refused(&apply, "somebody-else");
    std::fs::write(leak.town.path("plan.json"), &plan).expect("the plan");
    // Other credentials than the plan was made with, under the same configuration.
    let secret = leak.town.world(|world| world.key(&leak.key).expect("the key").2.secret.clone());
    let mut swapped = leak.town.command(&apply);
    swapped.env("AWS_ACCESS_KEY_ID", &leak.key).env("AWS_SECRET_ACCESS_KEY", secret);
    let output = swapped.output().expect("it starts");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert!(said.contains("the plan is for arn:aws:iam::111111111111:user/keytrail-audit"), "{said}");
    assert!(said.contains("user/gitlab-deploy now"), "{said}");
    assert_eq!(leak.town.count("PUT ") + leak.town.count("iam:CreateAccessKey"), 0);
    // Somebody else was quicker.
    {
        let mut world = leak.town.company.world.write().expect("the world");
        let groups = world.gitlab.groups.values_mut().flat_map(|group| group.variables.iter_mut());
        let variable = groups.into_iter().find(|variable| variable.value == leak.key).expect("the group's");
        variable.protected = !variable.protected;
    }
    refused(&apply, "`protected` was changed");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_processes_cannot_run_one_run_and_runs_tell_what_is_due() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&[
        "plan",
        "rotate-key",
        &key,
        "--quiet",
        "0",
        "--soak",
        "1h",
        "--accept",
        "a test",
        "-o",
        file,
    ]);
    assert_eq!(code, 0, "{said}");
    let (code, _, said) = town.run(&["apply", file, "--write", "--confirm", "gitlab-deploy"]);
    assert_eq!(code, 4, "{said}");
    assert!(said.contains("waits until"), "{said}");
    let (_, runs, _) = town.run(&["runs", "--json"]);
    let run: serde_json::Value = serde_json::from_str(&runs).expect("one run");
    assert_eq!((run["run"].as_i64(), run["status"].as_str()), (Some(1), Some("waiting")));
    assert!(run["due"].is_string() && run["why"] == "soaking", "{run}");
    assert_eq!(town.run(&["runs", "--due"]).1, "", "nothing is due yet");
    // One stays with it; another is told so.
    let mut stays = town.spawn(&["resume", "1", "--write", "--stay"]);
    let busy = (0..200).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        town.run(&["resume", "1", "--write"]).2.contains("another process")
    });
    stays.kill().expect("it is killed");
    stays.wait().expect("it is gone");
    assert!(busy, "nobody was told that the run is taken");
    // While it soaks, the old key comes back.
    let is_active = |key: &str| town.world(|world| world.key(key).expect("the key").2.active);
    assert!(!is_active(&key));
    let (code, shown, said) = town.run(&["undo", "1"]);
    assert_eq!(code, 3, "{said}");
    assert!(shown.contains("works again") && said.contains("read-only"), "{shown}{said}");
    assert!(!is_active(&key));
    let (code, _, said) = town.run(&["undo", "1", "--write"]);
    assert_eq!(code, 0, "{said}");
    assert!(is_active(&key));
    let (_, runs, _) = town.run(&["runs"]);
    assert!(runs.contains("abandoned") && runs.contains("done 1/1  Undo run 1"), "{runs}");
    assert_eq!(town.run(&["resume", "9", "--write"]).0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_switched_off_and_on_and_deleted() {
    let town = Town::open(12).await;
    let key = town.planted("leaked key");
    let is_active = || town.world(|world| world.key(&key).map(|(.., key)| key.active));
    let carry = |action: &str, more: &[&str]| {
        let file = town.path(&format!("{action}.json"));
        let file = file.to_str().expect("a path").to_owned();
        let (code, _, said) = town.run(&["plan", action, &key, "-o", &file, "--accept", "a test"]);
        assert_eq!(code, 0, "{said}");
        let mut apply = vec!["apply", &file, "--write"];
        apply.extend(more);
        let (code, _, said) = town.run(&apply);
        assert_eq!(code, 0, "{said}");
    };
    let (code, _, said) = town.run(&["plan", "delete-key", &key]);
    assert!(code == 3 && said.contains("deactivate it first"), "{code} {said}");
    let (code, _, said) = town.run(&["plan", "deactivate-key", &key]);
    assert!(code == 3 && said.contains("nobody known") || said.contains("which no runner"), "{code} {said}");
    carry("deactivate-key", &[]);
    assert_eq!(is_active(), Some(false));
    carry("reactivate-key", &[]);
    assert_eq!(is_active(), Some(true));
    carry("deactivate-key", &[]);
    carry("delete-key", &["--confirm", &key]);
    assert_eq!(is_active(), None);
}
