//! The crash matrix: every action on the demo company's real servers, carried out by processes that are killed by SIGKILL at every call that
//! changes something, before its effect and after it, whose answers are lost, whose calls are throttled, broken, cut and refused, and whom a
//! second administrator comes before. A process of its own carries each run on, and the company ends as after an undisturbed run.

mod comers;
mod rows;
mod shape;

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use keytrail::{
    act::ACTIONS,
    demo::{
        front::{Fault, Rule, Side},
        world::World,
    },
};
use serde_json::Value;

use self::{
    rows::{ROWS, Row},
    shape::{Shape, differences, shape},
};
use crate::town::{Town, broken, places_of};

/// Towns at a time: processes wait for each other more than they compute.
const TOWNS: usize = 6;

/// One action, planned, with what an undisturbed run of it does.
struct Stage<'a> {
    row: &'a Row,
    town: &'a Town,
    /// The company before.
    before: World,
    /// And after.
    after: World,
    shape: Shape,
    confirm: Option<String>,
    /// Calls that change something, in order: side, name, and how many calls of a name that contains it came before.
    writes: Vec<(Side, String, u32)>,
    /// Of rotations: the key, and the places that must work at every moment.
    rotated: Option<(String, BTreeSet<String>)>,
}

/// What happened to one action.
#[derive(Default)]
struct Tally {
    writes: usize,
    killed: usize,
    troubled: usize,
    meddled: usize,
    undone: usize,
}

impl<'a> Stage<'a> {
    fn open(town: &'a Town, pristine: &World, row: &'a Row) -> Self {
        set(town, pristine);
        let target = (row.target)(&mut town.company.world.write().expect("the world"));
        let before = town.world(World::clone);
        let file = town.path("plan.json");
        let path = file.to_str().expect("a path");
        let wishes = (row.wishes)(&before);
        let wishes: Vec<&str> = wishes.iter().map(String::as_str).collect();
        let words = [&["plan", row.action, &target][..], &wishes, &["--accept", "a test", "-o", path]];
        let (code, _, said) = town.run(&words.concat());
        assert_eq!(code, 0, "{} {target}: {said}", row.action);
        let mut plan: Value = serde_json::from_slice(&std::fs::read(&file).expect("the plan")).expect("JSON");
        for step in plan["steps"].as_array_mut().expect("steps") {
            if step["does"]["call"] == "soak" {
                step["does"]["seconds"] = 1.into();
            }
        }
        std::fs::write(&file, plan.to_string()).expect("the plan");
        let confirm = plan["confirm"].as_str().map(str::to_owned);
        let rotated = (row.action == "rotate-key").then(|| (target.clone(), places_of(&before, &target)));
        let mut stage = Self {
            row,
            town,
            shape: Shape::new(),
            after: before.clone(),
            before,
            confirm,
            writes: Vec::new(),
            rotated,
        };
        let from = town.company.front.count();
        let (code, said) = stage.apply();
        assert_eq!(code, 0, "{}: {said}", row.action);
        let calls = town.company.front.calls().split_off(from);
        for (number, call) in calls.iter().enumerate() {
            if is_write(call.side, &call.name) {
                assert!(call.status < 400, "{}: {} was refused", row.action, call.name);
                let same = |other: &&keytrail::demo::front::Call| {
                    other.side == call.side && other.name.contains(&call.name)
                };
                let nth = u32::try_from(calls[..number].iter().filter(same).count()).expect("few");
                stage.writes.push((call.side, call.name.clone(), nth));
            }
        }
        assert!(!stage.writes.is_empty(), "{} changes something", row.action);
        stage.after = town.world(World::clone);
        stage.shape = shape(&stage.after, &stage.before);
        assert!(
            !differences(&stage.shape, &shape(&stage.before, &stage.before)).is_empty(),
            "{}",
            row.action
        );
        stage
    }

    fn words(&self) -> Vec<String> {
        let file = self.town.path("plan.json").to_str().expect("a path").to_owned();
        let words = ["apply", &file, "--write", "--commands", "--stay", "--settle", "1"];
        let confirm = self.confirm.iter().flat_map(|name| ["--confirm".to_owned(), name.clone()]);
        words.into_iter().map(str::to_owned).chain(confirm).collect()
    }

    fn apply(&self) -> (i32, String) {
        let words = self.words();
        let (code, _, said) = self.town.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
        (code, said)
    }

    /// One run of the journal goes on, until it says how it ended.
    fn resume(&self) -> (i32, String) {
        let (code, _, said) = self.town.run(&["resume", "1", "--write", "--stay", "--settle", "1"]);
        (code, said)
    }

    /// The company as it was, and no journal.
    fn reset(&self) {
        set(self.town, &self.before);
    }

    #[track_caller]
    fn check(&self, what: &str, from: usize) {
        let found = self.town.world(|world| shape(world, &self.before));
        let differs = differences(&found, &self.shape);
        assert!(differs.is_empty(), "{what}: {}", differs.join("\n"));
        let kept = self.town.kept();
        assert!(!kept.windows(6).any(|part| part == b"Canary"), "{what}: a secret is in the journal");
        if let Some((key, places)) = &self.rotated {
            let calls = self.town.company.front.calls().split_off(from);
            // What was asked for twice was deleted once; that nothing is left over is in the shape.
            let made = calls.iter().filter(|call| call.name == "iam:CreateAccessKey" && call.status == 200);
            assert!(made.count() <= 2, "{what}");
            self.town.world(|world| {
                assert!(broken(world, places).is_empty(), "{what}: {:?}", broken(world, places));
                assert!(places_of(world, key).is_empty(), "{what}: the old key still stands somewhere");
            });
        }
    }

    /// At most the pair that is being written does not work.
    #[track_caller]
    fn check_pairs(&self, what: &str) {
        if let Some((_, places)) = &self.rotated {
            let broken = self.town.world(|world| broken(world, places));
            assert!(broken.len() <= 1, "{what}: {broken:?}");
        }
    }

    fn killed(&self, (side, name, nth): &(Side, String, u32), fault: Fault) {
        let what = format!("{}: killed at {name} {nth}, {fault:?}", self.row.action);
        let from = self.reset_and_kill((*side, name, *nth), fault);
        self.check_pairs(&what);
        self.finish(&what, from);
    }

    fn reset_and_kill(&self, (side, name, nth): (Side, &str, u32), fault: Fault) -> usize {
        self.reset();
        let from = self.town.company.front.count();
        self.town.set(side, name, fault, nth);
        let words = self.words();
        let child = self.town.spawn(&words.iter().map(String::as_str).collect::<Vec<_>>());
        self.town.kill_where_held(child);
        from
    }

    /// Another process carries it to its end; a call of which nobody knows may take it two beginnings.
    #[track_caller]
    fn finish(&self, what: &str, from: usize) {
        let mut said = String::new();
        for _ in 0..3 {
            let (code, text) = self.resume();
            if code == 0 {
                return self.check(what, from);
            }
            said = text;
        }
        panic!("{what}: it does not end: {said}");
    }

    fn troubled(&self, (side, name, nth): &(Side, String, u32), fault: Fault) {
        let what = format!("{}: {fault:?} at {name} {nth}", self.row.action);
        self.reset();
        let from = self.town.company.front.count();
        // A permission that is taken away stays away until somebody gives it back.
        let times = (fault != Fault::Forbidden).then_some(1);
        let is_lasting = times.is_none();
        let rule = Rule { side: *side, name: name.clone(), target: String::new(), fault, times, after: *nth };
        self.town.company.front.set(rule);
        let (code, said) = self.apply();
        self.town.company.front.clear();
        self.check_pairs(&what);
        if is_lasting {
            assert_eq!(code, 5, "{what}: {said}");
            self.finish(&what, from);
        } else {
            assert_eq!(code, 0, "{what}: {said}");
            self.check(&what, from);
        }
    }

    /// A second administrator does the same, after the first one's process has died.
    fn done_by_another(&self) {
        let (side, name, nth) = &self.writes[0];
        let what = format!("{}: done by somebody else", self.row.action);
        let from = self.reset_and_kill((*side, name, *nth), Fault::Hold);
        *self.town.company.world.write().expect("the world") = self.after.clone();
        self.finish(&what, from);
    }

    /// A second administrator does something else: that stays, and the run says so.
    fn meddled(&self, meddle: fn(&mut World, &World)) {
        let (side, name, nth) = &self.writes[0];
        let what = format!("{}: something else was done", self.row.action);
        self.reset_and_kill((*side, name, *nth), Fault::Hold);
        meddle(&mut self.town.company.world.write().expect("the world"), &self.after);
        let there = self.town.world(|world| shape(world, &self.before));
        let from = self.town.company.front.count();
        let (code, said) = self.resume();
        assert_eq!(code, 5, "{what}: {said}");
        let found = self.town.world(|world| shape(world, &self.before));
        assert_eq!(differences(&found, &there), Vec::<String>::new(), "{what}");
        let calls = self.town.company.front.calls().split_off(from);
        let written: Vec<_> =
            calls.iter().filter(|call| is_write(call.side, &call.name)).map(|call| &call.name).collect();
        assert!(written.is_empty(), "{what}: {written:?}");
    }

    /// The run is taken back by another.
    fn undone(&self) {
        self.reset();
        let (code, said) = self.apply();
        assert_eq!(code, 0, "{}: {said}", self.row.action);
        let (code, _, said) = self.town.run(&["undo", "1", "--write", "--stay", "--settle", "1"]);
        assert_eq!(code, 0, "undoing {}: {said}", self.row.action);
        let (before, found) =
            (shape(&self.before, &self.before), self.town.world(|world| shape(world, &self.before)));
        assert_eq!(differences(&found, &before), Vec::<String>::new(), "undoing {}", self.row.action);
    }

    fn play(&self) -> Tally {
        let mut tally = Tally { writes: self.writes.len(), ..Tally::default() };
        for (number, write) in self.writes.iter().enumerate() {
            for fault in [Fault::Hold, Fault::HoldReply] {
                self.killed(write, fault);
                tally.killed += 1;
            }
            // A lost answer and a lost permission at every call; of the troubles that pass each at every third.
            let passing = [Fault::Throttle { retry_after: None }, Fault::ServerError(503), Fault::Cut];
            for fault in [Fault::LostReply, Fault::Forbidden, passing[number % passing.len()].clone()] {
                self.troubled(write, fault);
                tally.troubled += 1;
            }
        }
        if self.row.comes_back {
            self.undone();
            tally.undone += 1;
        }
        if self.row.may_be_done_by_another {
            self.done_by_another();
            tally.meddled += 1;
        }
        if let Some(meddle) = self.row.meddle {
            self.meddled(meddle);
            tally.meddled += 1;
        }
        tally
    }
}

/// The company as it was, no switches, and no journal.
fn set(town: &Town, world: &World) {
    town.company.front.clear();
    *town.company.world.write().expect("the world") = world.clone();
    let journal = town.path("state");
    if journal.exists() {
        std::fs::remove_dir_all(journal).expect("the journal");
    }
}

fn is_write(side: Side, name: &str) -> bool {
    match side {
        Side::GitLab => {
            ["PUT ", "POST ", "DELETE "].iter().any(|method| name.starts_with(method))
                && !name.contains("graphql")
        }
        Side::Aws => {
            let action = name.strip_prefix("iam:").unwrap_or_default();
            !action.is_empty()
                && !["Get", "List", "Simulate", "Generate"].iter().any(|verb| action.starts_with(verb))
        }
    }
}

#[test]
fn every_action_is_a_row() {
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.action).collect();
    assert_eq!(rows, ACTIONS.iter().map(|action| action.name).collect());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_action_ends_whole_whatever_happens_at_any_comma() {
    let mut towns = Vec::new();
    for _ in 0..TOWNS {
        towns.push(Town::open(12).await);
    }
    let next = AtomicUsize::new(0);
    let told = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for town in &towns {
            scope.spawn(|| {
                let pristine = town.world(World::clone);
                while let Some(row) = ROWS.get(next.fetch_add(1, Ordering::Relaxed)) {
                    // One that fails tells of itself, and the others are played all the same.
                    let play = AssertUnwindSafe(|| Stage::open(town, &pristine, row).play());
                    let tally = catch_unwind(play).ok();
                    told.lock().expect("the tallies").push((row.action, tally));
                }
            });
        }
    });
    let mut told = told.into_inner().expect("the tallies");
    told.sort_by_key(|(action, _)| *action);
    let mut text =
        String::from("\nthe crash matrix: writes, killed at, troubles, second administrators, undone\n");
    let mut whole = Tally::default();
    let mut failed = Vec::new();
    for (action, tally) in told {
        let Some(Tally { writes, killed, troubled, meddled, undone }) = tally else {
            failed.push(action);
            continue;
        };
        let _ = writeln!(text, "  {action:22} {writes:3} {killed:4} {troubled:4} {meddled:3} {undone:2}");
        whole.writes += writes;
        whole.killed += killed;
        whole.troubled += troubled;
        whole.meddled += meddled;
        whole.undone += undone;
    }
    assert!(failed.is_empty(), "{failed:?}");
    let Tally { writes, killed, troubled, meddled, undone } = whole;
    let count = killed + troubled + meddled;
    let _ = writeln!(
        text,
        "  {} actions, {writes} calls that change something, {count} disturbed runs: all ended whole; {undone} undone",
        ROWS.len()
    );
    // Seen also where the tests' own words are kept back.
    let _ = std::io::stderr().write_all(text.as_bytes());
    assert!(killed >= 2 * ROWS.len() && count > 200, "{count}");
}
