//! The last fourteen days: jobs on their runners, what they did in AWS, machines fetching credentials, people signing in.

use super::{IDENTITY, Maker, PROD, STAGING};
use crate::{
    base::time::Timestamp,
    demo::{
        trail::{Ask, Call, Caller, Place, Scribe},
        work::{self, AWS_CLI, BOTO, LANES, Lane, Visit},
        world::{Job, Project},
    },
};

const DAYS: i64 = 14;
/// Jobs an ordinary runner remembers, and how many ordinary runners have any.
const ORDINARY_JOBS: usize = 12;
const BUSY_RUNNERS: usize = 300;

impl Maker {
    pub(super) fn history(&mut self) {
        self.machines_refresh();
        self.people_sign_in();
        self.cache_is_used();
        let mut runs: Vec<(Timestamp, Option<&Lane>, u64)> = Vec::new();
        for lane in &LANES {
            for _ in 0..lane.runs {
                runs.push((self.working_hour(), Some(lane), lane.runner));
            }
        }
        // The leaked key's last honest use: three hours ago.
        runs.push((self.hours_ago(3).minus(25), Some(&LANES[0]), LANES[0].runner));
        let planned = LANES.iter().map(|lane| lane.runner).max().unwrap_or(0);
        let ordinary: Vec<u64> =
            self.world.gitlab.runners.keys().copied().filter(|id| *id > planned).take(BUSY_RUNNERS).collect();
        for runner in ordinary {
            for _ in 0..ORDINARY_JOBS {
                runs.push((self.working_hour(), None, runner));
            }
        }
        runs.sort_by_key(|(at, ..)| *at);
        for (at, lane, runner) in runs {
            match lane {
                Some(lane) => self.run(lane, at),
                None => self.ordinary_job(runner, at),
            }
        }
    }

    /// Some time in the last fourteen days, mostly by day and on weekdays.
    fn working_hour(&mut self) -> Timestamp {
        use chrono::{Datelike, Timelike, Weekday};
        for _ in 0..8 {
            // Old enough to have finished, and to have reached the trail.
            let at = self.now.minus(self.rng.between(4 * 3600, DAYS * 86_400));
            let utc = at.utc();
            let weekend = matches!(utc.weekday(), Weekday::Sat | Weekday::Sun);
            let night = !(7..19).contains(&utc.hour());
            let odds = if weekend { 12 } else { 100 } * if night { 15 } else { 100 } / 100;
            if self.rng.chance(odds) {
                return at;
            }
        }
        self.now.minus(self.rng.between(4 * 3600, DAYS * 86_400))
    }

    fn run(&mut self, lane: &Lane, at: Timestamp) {
        let contacted = self
            .world
            .gitlab
            .runners
            .get(&lane.runner)
            .and_then(|runner| runner.managers.iter().map(|manager| manager.contacted).max());
        // A runner that has not been heard of since took no jobs since.
        if contacted.is_none_or(|contacted| contacted <= at) {
            return;
        }
        let Some(job) = work::open(&mut self.world, &mut self.rng, lane, at) else { return };
        let begins = at.plus(self.rng.between(12, 25));
        if let Some(visit) = Visit::of(&self.world, lane, job) {
            let mut scribe = Scribe { world: &mut self.world, rng: &mut self.rng };
            visit.play(&mut scribe, begins);
        }
        let ends = at.plus(self.rng.between(70, 900));
        let good = self.rng.chance(91);
        work::finish(&mut self.world, job, ends, good);
    }

    /// A job without AWS on a runner nobody planned.
    fn ordinary_job(&mut self, runner: u64, at: Timestamp) {
        let gitlab = &mut self.world.gitlab;
        let Some(runner) = gitlab.runners.get(&runner) else { return };
        let Some(manager) = runner.managers.first().filter(|manager| manager.contacted > at) else { return };
        let in_group =
            |project: &&Project| Some(project.group) == runner.group && project.group_runners_enabled;
        let project = match runner.projects.first() {
            Some(id) => gitlab.projects.get(id),
            None => gitlab.projects.values().find(in_group),
        };
        let Some(project) = project else { return };
        let id = gitlab.jobs.last_key_value().map_or(900_001, |(last, _)| last + 1);
        let ends = at.plus(self.rng.between(40, 700));
        let git_ref = if runner.ref_protected {
            project.default_branch.clone()
        } else {
            self.rng.pick(&project.branches).clone()
        };
        let tags = if runner.run_untagged { Vec::new() } else { runner.tags.clone() };
        let job = Job {
            id,
            project: project.id,
            pipeline: id - 850_000,
            name: (*self.rng.pick(&["unit", "lint", "build", "integration"])).into(),
            stage: "test".into(),
            git_ref,
            tag: false,
            status: if self.rng.chance(90) { "success" } else { "failed" },
            source: "push",
            created: at.minus(9),
            started: Some(at),
            finished: Some(ends),
            runner: Some(runner.id),
            system_id: Some(manager.system_id.clone()),
            user: 1 + self.rng.below(12) as u64,
            tags,
            sha: self.rng.hex(40),
        };
        gitlab.jobs.insert(id, job);
    }

    /// Machines with a profile fetch credentials all day; three times a week is enough to tell the story.
    fn machines_refresh(&mut self) {
        let mut machines = Vec::new();
        for (number, account) in &self.world.accounts {
            for machine in account.machines.values().flatten() {
                let role = machine.profile.as_ref().and_then(|name| account.profiles.get(name)?.role.clone());
                machines.extend(role.map(|role| (*number, machine.id.clone(), role)));
            }
        }
        for (account, id, role) in machines {
            let mut at = self.now.minus(DAYS * 86_400 - self.rng.between(0, 80_000));
            while at < self.hours_ago(1) {
                let place = Place { at, region: "eu-west-1", address: "", agent: "" };
                let ask = Ask { account, role: &role, session: &id, external_id: None };
                let mut scribe = Scribe { world: &mut self.world, rng: &mut self.rng };
                scribe.serve("ec2.amazonaws.com", place, ask);
                at = at.plus(60 * 3600 + self.rng.between(0, 7200));
            }
        }
    }

    /// Administrators come in through the company's identity provider.
    fn people_sign_in(&mut self) {
        for account in [IDENTITY, PROD, STAGING] {
            let role = format!("AWSReservedSSO_AdministratorAccess_{account:x}");
            let saml = format!("arn:aws:iam::{account:012}:saml-provider/AWSSSO_DO_NOT_DELETE");
            for _ in 0..6 {
                let person = *self.rng.pick(&["ada@acme.example", "bruno@acme.example"]);
                let at = self.working_hour();
                let caller = Caller::Saml { name_qualifier: self.rng.hex(20), person: person.into() };
                let place = Place { at, region: "us-east-1", address: "198.51.100.7", agent: "Mozilla/5.0" };
                let ask = Ask { account, role: &role, session: person, external_id: None };
                let mut scribe = Scribe { world: &mut self.world, rng: &mut self.rng };
                if let Some(minted) = scribe.sign_in(&caller, place, ask, &saml) {
                    let place = Place { agent: AWS_CLI, ..place.later(50) };
                    work::use_it(&mut scribe, &minted, place, 2);
                }
            }
        }
    }

    /// The key in the runners' own configuration: its object reads are data events, which LookupEvents never shows; the
    /// start-up check of the bucket is.
    fn cache_is_used(&mut self) {
        for _ in 0..10 {
            let at = self.working_hour();
            let mut scribe = Scribe { world: &mut self.world, rng: &mut self.rng };
            let Some(caller) = Caller::user(scribe.world, PROD, "gitlab-runner-cache") else { return };
            let place = Place { at, region: "eu-west-1", address: "10.0.3.30", agent: BOTO };
            let call = Call::reads("s3", "GetBucketLocation");
            scribe.write(PROD, &caller, place, call);
        }
    }
}
