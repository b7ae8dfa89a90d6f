//! Pipelines go on while the key they use is rotated: of all jobs that are handed out meanwhile none gets a pair that does not work.

use std::{
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use keytrail::demo::world::{Job, Variable, World};

use crate::town::{Town, broken, pairs, places_of, works};

/// How long a job waits until a runner takes it, at least.
const WAITS: Duration = Duration::from_millis(400);
/// Between two new jobs.
const EVERY: Duration = Duration::from_millis(40);

/// Gives forty projects a hundred pairs with this key, in scopes of their own.
fn plant(world: &mut World, key: &str) {
    let secret = world.key(key).expect("the key").2.secret.clone();
    let variable = |name: &str, value: &str, scope: usize| Variable {
        key: name.into(),
        value: value.into(),
        file: false,
        protected: scope.is_multiple_of(2),
        masked: name.contains("SECRET"),
        hidden: false,
        raw: false,
        environment_scope: format!("stage-{scope}"),
        description: None,
    };
    let mut left = 100;
    let projects = world.gitlab.projects.values_mut().take(40);
    for (number, project) in projects.enumerate() {
        for scope in 0..2 + usize::from(number < 20) {
            project.variables.push(variable("AWS_ACCESS_KEY_ID", key, scope));
            project.variables.push(variable("AWS_SECRET_ACCESS_KEY", &secret, scope));
            left -= 1;
        }
    }
    assert_eq!(left, 0, "forty projects");
}

/// What became of the jobs.
#[derive(Default)]
struct Tally {
    jobs: usize,
    with_new: usize,
    failed: Vec<String>,
}

/// Jobs appear, wait, are handed out with a pair of their project, and use it at once; until told to stop.
fn run_jobs(world: &RwLock<World>, old: &str, places: &[String], stop: &AtomicBool) -> Tally {
    let template: Job = world.read().expect("the world").gitlab.jobs.values().next().expect("a job").clone();
    let mut tally = Tally::default();
    let mut waiting: Vec<(u64, String, Instant)> = Vec::new();
    let (mut next, mut turn) = (900_000_000, 0);
    let mut last = Instant::now();
    while !stop.load(Ordering::Relaxed) || !waiting.is_empty() {
        if last.elapsed() >= EVERY && !stop.load(Ordering::Relaxed) {
            last = Instant::now();
            next += 1;
            turn += 37;
            let place = &places[turn % places.len()];
            let mut world = world.write().expect("the world");
            let path = place.split('@').next().expect("a path");
            let project = world.gitlab.projects.values().find(|project| project.full_path == path);
            let project = project.expect("its project").id;
            let job = Job {
                id: next,
                project,
                status: "pending",
                finished: None,
                started: None,
                ..template.clone()
            };
            world.gitlab.jobs.insert(next, job);
            waiting.push((next, place.clone(), Instant::now()));
        }
        let (ripe, later): (Vec<_>, Vec<_>) =
            waiting.into_iter().partition(|(.., since)| since.elapsed() >= WAITS);
        waiting = later;
        for (id, place, _) in ripe {
            let mut world = world.write().expect("the world");
            world.gitlab.jobs.remove(&id);
            let pair = pairs(&world).into_iter().find(|pair| pair.place == place).expect("its pair");
            tally.jobs += 1;
            tally.with_new += usize::from(pair.id != old);
            if !works(&world, &pair) {
                tally.failed.push(format!("{place} got {}", pair.id));
            }
        }
        thread::sleep(Duration::from_millis(2));
    }
    tally
}

#[tokio::test(flavor = "multi_thread")]
async fn not_one_job_fails_while_two_hundred_variables_change() {
    let town = Town::open(60).await;
    let key = town.planted("key in a group variable");
    plant(&mut town.company.world.write().expect("the world"), &key);
    // A key that is given out too early is refused.
    town.company.world.write().expect("the world").key_delay = Some(Duration::from_secs(5));
    let places = town.world(|world| places_of(world, &key));
    assert_eq!(places.len(), 101, "a group's pair is among them");
    let file = town.path("plan.json");
    let file = file.to_str().expect("a path");
    let (code, _, said) = town.run(&[
        "plan",
        "rotate-key",
        &key,
        "--quiet",
        "1s",
        "--soak",
        "1s",
        "--accept",
        "a test",
        "-o",
        file,
    ]);
    assert_eq!(code, 0, "{said}");
    let stop = Arc::new(AtomicBool::new(false));
    let jobs = {
        let (world, stop, key) = (town.company.world.clone(), stop.clone(), key.clone());
        // Of a group's variable nobody knows whose jobs wait: the plan says so.
        let own: Vec<String> = places.iter().filter(|place| place.contains("stage-")).cloned().collect();
        thread::spawn(move || run_jobs(&world, &key, &own, &stop))
    };
    let (code, _, said) = town.run(&["apply", file, "--write", "--stay", "--confirm", "mobile-assets"]);
    stop.store(true, Ordering::Relaxed);
    let tally = jobs.join().expect("the jobs end");
    assert_eq!(code, 0, "{said}");
    println!(
        "{} jobs, {} of them with the new key, {} failed",
        tally.jobs,
        tally.with_new,
        tally.failed.len()
    );
    assert!(tally.failed.is_empty(), "{:?}", tally.failed);
    assert!(tally.jobs > 50 && tally.with_new > 5 && tally.with_new < tally.jobs, "{}", tally.jobs);
    town.world(|world| {
        assert!(broken(world, &places).is_empty());
        assert!(places_of(world, &key).is_empty());
        let kept = world.gitlab.projects.values().flat_map(|project| &project.variables);
        let scoped = kept.filter(|variable| variable.environment_scope.starts_with("stage-"));
        for variable in scoped {
            let even = variable.environment_scope.ends_with(['0', '2']);
            let expected = (even, variable.key.contains("SECRET"));
            assert_eq!((variable.protected, variable.masked), expected, "flags stay: {variable:?}");
        }
    });
}
