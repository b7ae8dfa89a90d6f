//! GitLab collectors: `sweep` runs all of one GitLab's, each in its own file under `collect`. A refusal in one of them stops
//! nothing but itself.

mod change;
mod collect;
mod endpoint;
mod graphql;
mod heads;
mod lint;
mod memory;
mod queries;
mod reach;
mod roster;
mod runner_rest;
mod sight;
mod single;
mod strand;
mod tally;
mod variable;
mod walk;
mod wire;

use std::{sync::Arc, time::Duration};

use futures_util::future::{BoxFuture, join_all};

pub use self::change::{Changer, Made, RunnerShown, Shown, variable_path, variables_path};
use self::{memory::Memory, walk::Walk};
use super::Outlet;
use crate::{
    config::GitLabSource,
    model::observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    net::Error,
};

/// One collector.
pub struct Collector {
    /// The file under `collect` it is written in.
    pub name: &'static str,
    /// Collectors that must have ended before this one begins, since it asks about what they found.
    pub after: &'static [&'static str],
    walk: for<'w> fn(&'w Walk) -> BoxFuture<'w, ()>,
}

/// Every collector, in an order in which each comes after those it waits for.
pub static COLLECTORS: &[Collector] = &[
    Collector { name: "instance", after: &[], walk: |walk| Box::pin(collect::instance::walk(walk)) },
    Collector {
        name: "instance_variables",
        after: &[],
        walk: |walk| Box::pin(collect::instance_variables::walk(walk)),
    },
    Collector {
        name: "projects",
        after: &["instance"],
        walk: |walk| Box::pin(collect::projects::walk(walk)),
    },
    Collector {
        name: "project_settings",
        after: &["instance"],
        walk: |walk| Box::pin(collect::project_settings::walk(walk)),
    },
    Collector { name: "groups", after: &["instance"], walk: |walk| Box::pin(collect::groups::walk(walk)) },
    Collector { name: "runners", after: &["instance"], walk: |walk| Box::pin(collect::runners::walk(walk)) },
    Collector {
        name: "values",
        after: &["projects", "groups"],
        walk: |walk| Box::pin(collect::values::walk(walk)),
    },
    Collector {
        name: "protected_branches",
        after: &["projects", "values"],
        walk: |walk| Box::pin(collect::protected_branches::walk(walk)),
    },
    Collector {
        name: "ci_configs",
        after: &["projects", "groups", "values"],
        walk: |walk| Box::pin(collect::ci_configs::walk(walk)),
    },
    Collector {
        name: "protected_tags",
        after: &["projects", "ci_configs"],
        walk: |walk| Box::pin(collect::protected_tags::walk(walk)),
    },
    Collector {
        name: "runner_jobs",
        after: &["runners"],
        walk: |walk| Box::pin(collect::runner_jobs::walk(walk)),
    },
    Collector {
        name: "schedules",
        after: &["projects", "values"],
        walk: |walk| Box::pin(collect::schedules::walk(walk)),
    },
];

/// Between two reports of the budget.
const METERED_EVERY: Duration = Duration::from_secs(2);

/// One GitLab and what is remembered of it from look to look.
#[derive(Debug)]
pub struct GitLab {
    source: Arc<GitLabSource>,
    memory: Arc<Memory>,
}

impl GitLab {
    pub fn new(source: Arc<GitLabSource>) -> Self {
        Self { source, memory: Arc::default() }
    }

    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// Reads one project's CI configuration as GitLab merges it, out of turn, unless that was done at the same commit before. What it finds
    /// belongs to the walk whose number the outlet has.
    pub async fn look_closer(&self, project: u64, outlet: Outlet) {
        if let Ok(walk) = Walk::new(self.source.clone(), self.memory.clone(), outlet, std::iter::empty()) {
            collect::ci_configs::closer(&walk, project).await;
        }
    }

    /// Runs every collector and returns when all have ended, or soon after the walk was stopped.
    pub async fn sweep(&self, outlet: Outlet) {
        let names = COLLECTORS.iter().map(|collector| collector.name);
        match Walk::new(self.source.clone(), self.memory.clone(), outlet.clone(), names) {
            Ok(walk) => run(&walk).await,
            Err(error) => unreachable(&self.source, &outlet, &error).await,
        }
    }
}

/// One look at a GitLab, after which everything is forgotten.
pub async fn sweep(source: Arc<GitLabSource>, outlet: Outlet) {
    GitLab::new(source).sweep(outlet).await;
}

async fn run(walk: &Walk) {
    let all = join_all(COLLECTORS.iter().map(|collector| async {
        walk.after(collector.after).await;
        (collector.walk)(walk).await;
        walk.release(collector.name);
    }));
    let metering = async {
        loop {
            tokio::time::sleep(METERED_EVERY).await;
            walk.meter().await;
        }
    };
    tokio::select! {
        _ = all => {}
        () = metering => {}
    }
    walk.meter().await;
}

/// A GitLab whose address or certificates cannot be used is one gap.
async fn unreachable(source: &GitLabSource, outlet: &Outlet, error: &Error) {
    let sweep = Sweep { scope: Scope::new(source.name.clone(), "instance"), run: outlet.run };
    let at = outlet.clock.now();
    let gap = Gap { call: "GET /user".into(), blame: error.blame("") };
    let saw = Observation { sweep: sweep.clone(), at, saw: Vec::new(), gaps: vec![gap] };
    let reports = [
        Report::Began { sweep: sweep.clone(), at },
        Report::Saw(saw),
        Report::Ended { sweep, at, outcome: Outcome::Partial },
    ];
    for report in reports {
        // The receiver is gone when the program ends; then there is nobody to tell.
        let _ = outlet.reports.send(report).await;
    }
}

#[cfg(test)]
mod tests;
