//! Runners and their managers. The first ones are in every company and are named by what is wrong or right with them.

use super::Maker;
use crate::demo::{
    name::token,
    world::{Manager, Runner, RunnerType},
};

/// A runner in one line.
struct Plan {
    name: &'static str,
    executor: &'static str,
    /// Empty: an instance runner. A group's path or a project's otherwise.
    home: &'static str,
    tags: &'static [&'static str],
    /// `u` takes untagged jobs, `p` paused, `l` locked, `r` protected refs only, `s` stale, `o` offline.
    marks: &'static str,
    /// One manager for each.
    addresses: &'static [&'static str],
}

macro_rules! plans {
    ($($name:literal $executor:literal $home:literal $tags:tt $marks:literal $addresses:tt;)*) => {
        [$(Plan { name: $name, executor: $executor, home: $home, tags: &$tags, marks: $marks, addresses: &$addresses }),*]
    };
}

/// Runner ids are 1, 2, ... in this order.
const RUNNERS: [Plan; 22] = plans! {
    "linux-docker-1" "docker" "" ["linux", "docker"] "u" ["10.0.3.11"];
    "linux-docker-2" "docker" "" ["linux", "docker"] "u" ["10.0.3.12"];
    "linux-docker-3" "docker" "" ["linux", "docker", "deploy"] "u" ["10.0.3.17"];
    "platform-shell" "shell" "acme/platform/infra" ["shell", "terraform"] "l" ["10.0.3.21"];
    "autoscale-machine" "docker+machine" "" ["autoscale", "large"] "" ["10.0.3.30"];
    "autoscale-fleet" "docker-autoscaler" "acme/shop" ["fleet", "large"] "" ["10.0.3.31"];
    "fargate" "custom" "acme/data" ["fargate"] "" ["10.0.3.40"];
    "eks-shared" "kubernetes" "" ["k8s", "linux"] "" ["10.0.5.14"];
    "eks-payments" "kubernetes" "acme/payments" ["k8s", "payments"] "r" ["10.0.5.77"];
    "payments-deploy" "docker" "acme/payments/gateway" ["payments", "production"] "lr" ["10.0.4.8"];
    "mac-mini-1" "shell" "acme/mobile" ["macos", "xcode-18"] "" ["192.168.40.11"];
    "windows-2022" "docker-windows" "" ["windows"] "p" ["10.0.3.60"];
    "old-centos-7" "shell" "" ["centos", "legacy"] "us" ["10.0.9.9"];
    "never-started" "docker" "acme/sandbox" ["arm64"] "" [];
    "linux-pool" "docker" "" ["linux", "pool"] "u" ["10.0.3.51", "10.0.3.52", "10.0.3.53"];
    "metadata-proxy" "docker" "acme/platform" ["build", "iam-role"] "" ["10.0.3.70"];
    "vault-builder" "docker" "acme/data" ["vault"] "" ["10.0.3.71"];
    "sandbox-anything" "docker" "acme/sandbox" ["sandbox"] "u" ["10.0.6.5"];
    "shop-group" "docker" "acme/shop" ["shop"] "u" ["10.0.3.18"];
    "data-gpu" "docker-autoscaler" "acme/data/warehouse" ["gpu"] "o" ["10.0.7.3"];
    "staging-docker" "docker" "" ["staging"] "" ["10.1.3.11"];
    "caf\u{e9} \u{1b}]0;owned\u{7}\u{1b}[31mred\u{202e}dne" "docker" "acme/sandbox/playground" ["weird\u{1b}[5m"] "" ["10.0.6.6"];
};

const VERSIONS: [(&str, &str); 4] =
    [("19.4.0", "d79f3e7b"), ("19.3.2", "a1c5be07"), ("18.11.1", "5ff0be2c"), ("17.5.3", "12030cf4")];

impl Maker {
    pub(super) fn fleet(&mut self) {
        for plan in &RUNNERS {
            self.planned_runner(plan);
        }
        for index in RUNNERS.len()..self.size.runners {
            self.other_runner(index);
        }
        self.plant("instance runner", "runner/1");
        self.plant("runner of the leaked key", "runner/3");
        self.plant("locked shell runner", "runner/4");
        self.plant("protected runner", "runner/10");
        self.plant("paused runner", "runner/12");
        self.plant("stale runner", "runner/13");
        self.plant("runner never contacted", "runner/14");
        self.plant("runner with three managers", "runner/15");
        self.plant("offline runner", "runner/20");
        self.plant("runner with hostile text", "runner/22");
    }

    fn planned_runner(&mut self, plan: &Plan) {
        let place = self.id(plan.home);
        let kind = match plan.home {
            "" => RunnerType::Instance,
            _ if self.world.gitlab.groups.contains_key(&place) => RunnerType::Group,
            _ => RunnerType::Project,
        };
        let has = |mark| plan.marks.contains(mark);
        let contacted = match (has('s'), has('o')) {
            (true, _) => self.days_ago(200),
            (_, true) => self.hours_ago(6),
            _ => self.now.minus(self.rng.between(3, 50)),
        };
        let runner = Runner {
            id: self.world.gitlab.runners.len() as u64 + 1,
            description: plan.name.into(),
            kind,
            paused: has('p'),
            locked: has('l'),
            ref_protected: has('r'),
            run_untagged: has('u'),
            tags: plan.tags.iter().map(ToString::to_string).collect(),
            group: (kind == RunnerType::Group).then_some(place),
            projects: if kind == RunnerType::Project { vec![place] } else { Vec::new() },
            maximum_timeout: has('l').then_some(7200),
            maintenance_note: has('p').then(|| "paused for the image rebuild, ask bruno".to_owned()),
            created: self.around(420),
            token: token("glrt-", &mut self.rng),
            held: String::new(),
            managers: Vec::new(),
        };
        let id = runner.id;
        self.registered(runner);
        for address in plan.addresses {
            self.manager(id, plan.executor, (*address).to_owned(), contacted);
        }
    }

    /// Its managers present the token it has.
    fn registered(&mut self, runner: Runner) {
        let runner = Runner { held: runner.token.clone(), ..runner };
        self.world.gitlab.runners.insert(runner.id, runner);
    }

    /// One of the many ordinary ones.
    fn other_runner(&mut self, index: usize) {
        let id = index as u64 + 1;
        let groups = self.world.gitlab.groups.len();
        let group = 10 + self.rng.below(groups) as u64;
        let project = 101 + self.rng.below(self.size.projects) as u64;
        let kind = *self.rng.pick(&[RunnerType::Group, RunnerType::Group, RunnerType::Project]);
        let (executor, tag) =
            *self.rng.pick(&[("docker", "docker"), ("kubernetes", "k8s"), ("shell", "shell")]);
        let mut projects = Vec::new();
        if kind == RunnerType::Project {
            projects.push(project);
            if self.rng.chance(30) {
                let second = 101 + self.rng.below(self.size.projects) as u64;
                projects.extend((second != project).then_some(second));
            }
        }
        let runner = Runner {
            id,
            description: format!("{tag}-{id:04}"),
            kind,
            paused: self.rng.chance(5),
            locked: kind == RunnerType::Project && self.rng.chance(50),
            ref_protected: self.rng.chance(15),
            run_untagged: self.rng.chance(40),
            tags: vec!["linux".into(), tag.into()],
            group: (kind == RunnerType::Group).then_some(group),
            projects,
            maximum_timeout: None,
            maintenance_note: None,
            created: self.around(200),
            token: token("glrt-", &mut self.rng),
            held: String::new(),
            managers: Vec::new(),
        };
        self.registered(runner);
        let contacted = if self.rng.chance(8) { self.hours_ago(30) } else { self.now.minus(20) };
        let address = format!("10.{}.{}.{}", 16 + index / 60_000, index / 250 % 240, index % 250 + 4);
        self.manager(id, executor, address, contacted);
    }

    fn manager(
        &mut self,
        runner: u64,
        executor: &'static str,
        address: String,
        contacted: crate::base::time::Timestamp,
    ) {
        let (version, revision) = *self.rng.pick(&VERSIONS);
        let system_id = format!("s_{}", self.rng.hex(12));
        let created = self.around(120).min(contacted.minus(3600));
        if let Some(runner) = self.world.gitlab.runners.get_mut(&runner) {
            let mac = runner.description.starts_with("mac");
            let windows = runner.description.starts_with("windows");
            runner.managers.push(Manager {
                id: runner.id * 10 + runner.managers.len() as u64,
                system_id,
                version: version.into(),
                revision: revision.into(),
                platform: if mac {
                    "darwin"
                } else if windows {
                    "windows"
                } else {
                    "linux"
                }
                .into(),
                architecture: if mac { "arm64" } else { "amd64" }.into(),
                executor,
                address,
                created,
                contacted,
            });
            // A runner is made before its first manager is.
            runner.created = runner.created.min(created.minus(60));
        }
    }
}
