//! The company while it is open: every few seconds a job starts or ends on some runner, and what it did in AWS reaches
//! the trail a little later. Nothing is planted here, and the leaked key rests: its story is told by the history.

use std::{collections::VecDeque, sync::PoisonError, time::Duration};

use tokio_util::sync::CancellationToken;

use super::{
    rng::Rng,
    trail::Scribe,
    work::{self, LANES, Lane, Visit, Way},
    world::{Shared, World},
};
use crate::base::time::Timestamp;

/// GitLab keeps every job; a demo that is left open over night should not.
const MOST_JOBS: usize = 10_000;
/// The same for one account's trail in one region.
const MOST_EVENTS: usize = 5_000;

/// What happens later to a job that was started.
struct Due {
    at: Timestamp,
    job: u64,
    lane: &'static Lane,
    /// When it turns to AWS; its records carry that time, not the time they are delivered.
    began: Timestamp,
    last: bool,
}

/// The jobs under way and what they will still do.
pub(super) struct Life {
    rng: Rng,
    due: VecDeque<Due>,
    next_start: Timestamp,
}

/// Runs until the token is cancelled.
pub(super) async fn live(shared: Shared, seed: u64, stop: CancellationToken) {
    let mut life = Life::new(seed);
    let mut before = shared.clock.now();
    loop {
        let pause = tokio::time::sleep(Duration::from_secs(1));
        tokio::select! {
            () = stop.cancelled() => return,
            () = pause => {}
        }
        let now = shared.clock.now();
        if now == before {
            // A clock that was stopped: nothing happens while no time passes.
            continue;
        }
        before = now;
        let mut world = shared.world.write().unwrap_or_else(PoisonError::into_inner);
        life.step(&mut world, now);
    }
}

impl Life {
    pub(super) fn new(seed: u64) -> Self {
        Self { rng: Rng::new(seed ^ 0x11fe), due: VecDeque::new(), next_start: Timestamp::default() }
    }

    /// Lets everything happen that is due at `now`.
    pub(super) fn step(&mut self, world: &mut World, now: Timestamp) {
        heartbeat(world, now);
        if now >= self.next_start {
            self.next_start = now.plus(self.rng.between(2, 7));
            self.begin(world, now);
        }
        let (ripe, later): (Vec<Due>, Vec<Due>) = self.due.drain(..).partition(|due| due.at <= now);
        self.due = later.into();
        for due in ripe {
            if due.last {
                let good = self.rng.chance(92);
                work::finish(world, due.job, due.at, good);
            } else if let Some(visit) = Visit::of(world, due.lane, due.job) {
                visit.play(&mut Scribe { world, rng: &mut self.rng }, due.began);
            }
        }
        bound(world);
    }

    /// Some lane, the busy ones more often.
    fn lane(&mut self) -> &'static Lane {
        let open = || LANES.iter().filter(|lane| !rests(lane));
        let mut turn = self.rng.below(open().map(|lane| lane.runs).sum());
        open()
            .find(|lane| {
                let here = turn < lane.runs;
                turn = turn.saturating_sub(lane.runs);
                here
            })
            .unwrap_or(&LANES[LANES.len() - 1])
    }

    fn begin(&mut self, world: &mut World, now: Timestamp) {
        let lane = self.lane();
        if !takes_jobs(world, lane.runner, now) {
            return;
        }
        let Some(job) = work::open(world, &mut self.rng, lane, now) else { return };
        // A minute is quick: CloudTrail takes about five, but nobody watches a demo for that long. No record may be
        // delivered before it has happened.
        let delivered = now.plus(self.rng.between(50, 80));
        let ends = delivered.plus(self.rng.between(10, 120));
        let began = now.plus(self.rng.between(3, 9));
        self.due.push_back(Due { at: delivered, job, lane, began, last: false });
        self.due.push_back(Due { at: ends, job, lane, began, last: true });
    }
}

/// Whether a lane would use the leaked key.
fn rests(lane: &Lane) -> bool {
    matches!(lane.way, Way::Broker { user: "gitlab-deploy", .. })
}

/// Whether a runner is there, not paused, and known by its token.
fn takes_jobs(world: &World, runner: u64, now: Timestamp) -> bool {
    world.gitlab.runners.get(&runner).is_some_and(|runner| {
        !runner.paused
            && runner.held == runner.token
            && runner.managers.iter().any(|manager| manager.contacted >= now.minus(120))
    })
}

/// Managers that were in touch stay in touch, unless their runner's token is another one by now.
fn heartbeat(world: &mut World, now: Timestamp) {
    let known = world.gitlab.runners.values_mut().filter(|runner| runner.held == runner.token);
    for manager in known.flat_map(|runner| &mut runner.managers) {
        let silent = now.seconds() - manager.contacted.seconds();
        if (30..3600).contains(&silent) {
            manager.contacted = now;
        }
    }
}

/// Forgets the oldest jobs and records beyond what a demo needs.
fn bound(world: &mut World) {
    while world.gitlab.jobs.len() > MOST_JOBS {
        world.gitlab.jobs.pop_first();
    }
    for trail in world.accounts.values_mut().flat_map(|account| account.trail.values_mut()) {
        if trail.len() > MOST_EVENTS {
            trail.drain(..trail.len() - MOST_EVENTS);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{company, start::Size};

    fn at() -> Timestamp {
        "2026-11-20T14:00:00Z".parse().unwrap()
    }

    fn events(world: &World) -> usize {
        world.accounts.values().flat_map(|account| account.trail.values()).map(Vec::len).sum()
    }

    /// Half an hour of life, a second at a time.
    fn half_an_hour(world: &mut World) -> Life {
        let mut life = Life::new(1);
        for second in 0..1800 {
            life.step(world, at().plus(second));
        }
        life
    }

    #[test]
    fn jobs_run_end_and_show_in_the_trail() {
        let mut world = company::build(1, Size::default(), at()).world;
        let (jobs, records) = (world.gitlab.jobs.len(), events(&world));
        half_an_hour(&mut world);
        assert!(world.gitlab.jobs.len() > jobs + 100, "{}", world.gitlab.jobs.len() - jobs);
        assert!(events(&world) > records + 80, "{}", events(&world) - records);
        let new: Vec<_> = world.gitlab.jobs.values().skip(jobs).collect();
        assert!(new.iter().any(|job| job.status == "running"));
        assert!(new.iter().any(|job| job.status == "success" && job.finished > job.started));
        for trail in world.accounts.values().flat_map(|account| account.trail.values()) {
            assert!(trail.is_sorted_by_key(|event| event.at));
            assert!(trail.last().is_none_or(|event| event.at <= at().plus(1800)), "from the future");
        }
    }

    #[test]
    fn the_leaked_key_rests_and_others_move() {
        let mut world = company::build(1, Size::default(), at()).world;
        let used = |world: &World, name: &str| {
            let (.., key) = world.key(&world.planted[name]).unwrap();
            key.last_used.as_ref().unwrap().at
        };
        let (leaked, broker) = (used(&world, "leaked key"), used(&world, "broker key"));
        half_an_hour(&mut world);
        assert_eq!(used(&world, "leaked key"), leaked);
        assert!(used(&world, "broker key") > broker);
    }

    #[test]
    fn online_runners_stay_online_and_stale_ones_stale() {
        let mut world = company::build(1, Size::default(), at()).world;
        half_an_hour(&mut world);
        let now = at().plus(1799);
        let contacted = |id| world.gitlab.runners[&id].managers[0].contacted;
        assert!(contacted(1).age(now).seconds() < 60);
        assert!(contacted(13).age(now).days() > 190);
    }

    #[test]
    fn a_runner_with_another_token_is_heard_of_no_more() {
        let mut world = company::build(1, Size::default(), at()).world;
        let runner = world.gitlab.runners.get_mut(&1).unwrap();
        runner.token = "glrt-another".into();
        let before = runner.managers[0].contacted;
        half_an_hour(&mut world);
        assert_eq!(world.gitlab.runners[&1].managers[0].contacted, before);
        let takes = |id| takes_jobs(&world, id, at().plus(1799));
        assert!(!takes(1) && takes(2));
    }

    #[test]
    fn it_does_not_grow_for_ever() {
        let mut world = company::build(1, Size::of(12), at()).world;
        let job = world.gitlab.jobs.values().next().unwrap().clone();
        for id in 0..MOST_JOBS as u64 + 50 {
            world.gitlab.jobs.insert(id, job.clone());
        }
        bound(&mut world);
        assert_eq!(world.gitlab.jobs.len(), MOST_JOBS);
        assert!(!world.gitlab.jobs.contains_key(&0), "the oldest go first");
    }
}
