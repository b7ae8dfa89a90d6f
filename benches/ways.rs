//! How long everything that follows takes on the demo company of ten thousand projects, collected by the real clients over HTTP: links,
//! id tokens, role chains, the ways, and all of it with the findings. Making and reading the company takes about a minute before the first
//! number; `KEYTRAIL_BENCH_PROJECTS` asks for a smaller one.

use std::{hint::black_box, sync::Arc, time::Duration};

use criterion::Criterion;
use keytrail::{
    base::time::{StoppedClock, Timestamp},
    cli, demo,
    join::{self, Graph, Policies, Tokens},
    model::{
        aws::{Role, User},
        estate::Estate,
        gitlab::{Project, Runner, Variable},
    },
    rules::{Conclusions, Limits},
    run,
    way::{self, Ground},
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

const PROJECTS: usize = 10_000;

fn main() {
    let asked = std::env::var("KEYTRAIL_BENCH_PROJECTS").ok();
    let projects = asked.and_then(|text| text.parse().ok()).unwrap_or(PROJECTS);
    let now: Timestamp = "2026-11-20T12:00:00Z".parse().unwrap_or_default();
    let Ok(runtime) = tokio::runtime::Runtime::new() else { return };
    let Some(estate) = runtime.block_on(collected(projects, now)) else { return };
    say(&estate);
    let mut criterion = Criterion::default().configure_from_args();
    measure(&mut criterion, &estate, now);
    criterion.final_summary();
}

/// One look at a company of this size, by the clients keytrail uses everywhere.
async fn collected(projects: usize, now: Timestamp) -> Option<Estate> {
    let size = demo::Size::of(projects);
    let options = demo::Options { size, at: Some(now), alive: false, ..demo::Options::default() };
    let company = demo::start(options).await.ok()?;
    let (reports, mut arriving) = mpsc::channel(64);
    let (sources, clock) = (Arc::new(cli::demo::sources(&company)), Arc::new(StoppedClock(now)));
    let look = tokio::spawn(run::look(sources, clock, reports, CancellationToken::new(), 1));
    let mut estate = Estate::default();
    while let Some(report) = arriving.recv().await {
        estate.absorb(report);
    }
    look.await.ok()?;
    Some(estate)
}

#[expect(
    clippy::print_stdout,
    reason = "a bench's numbers mean nothing without the size they were measured at"
)]
fn say(estate: &Estate) {
    println!(
        "{} projects, {} variables, {} runners, {} users, {} roles",
        estate.all::<Project>().count(),
        estate.all::<Variable>().count(),
        estate.all::<Runner>().count(),
        estate.all::<User>().count(),
        estate.all::<Role>().count(),
    );
}

fn measure(criterion: &mut Criterion, estate: &Estate, now: Timestamp) {
    let policies = Policies::of(estate);
    let linked = join::link(estate, &policies);
    let tokens = Tokens::of(estate, &linked, &policies);
    let graph = Graph::of(estate, &linked, &policies);
    let (policies, linked, tokens, graph) = (&policies, &linked, &tokens, &graph);
    let mut group = criterion.benchmark_group("company");
    group.sample_size(10).measurement_time(Duration::from_secs(3));
    group.bench_function("policies", |bench| bench.iter_with_large_drop(|| Policies::of(black_box(estate))));
    group.bench_function("links", |bench| bench.iter_with_large_drop(|| join::link(estate, policies)));
    group.bench_function("id tokens", |bench| {
        bench.iter_with_large_drop(|| Tokens::of(estate, linked, policies));
    });
    group.bench_function("role chains", |bench| {
        bench.iter_with_large_drop(|| Graph::of(estate, linked, policies));
    });
    group.bench_function("all ways", |bench| {
        bench.iter_with_large_drop(|| {
            way::find(&Ground { estate, linked, policies, tokens, graph, now, found: &[] })
        });
    });
    group.bench_function("everything", |bench| {
        bench.iter_with_large_drop(|| Conclusions::of(estate, &Limits::default(), now));
    });
    group.finish();
}
