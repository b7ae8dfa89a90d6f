//! The demo company in this process, collected by the real clients over HTTP, without a terminal.

use std::sync::Arc;

use keytrail::{
    app::World,
    base::time::{Clock, StoppedClock, Timestamp},
    cli,
    demo::{self, Company},
    model::{estate::Estate, observe::Report},
    rules::Limits,
    run,
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub(crate) fn now() -> Timestamp {
    "2026-11-20T12:00:00Z".parse().expect("a time")
}

/// The default company with its clock stopped.
pub(crate) async fn open() -> Company {
    let options = demo::Options { at: Some(now()), alive: false, ..demo::Options::default() };
    demo::start(options).await.expect("the company opens")
}

/// Looks once and joins what was seen; every report is handed to `hear` on the way.
pub(crate) async fn collect(company: &Company, mut hear: impl FnMut(&Report)) -> World {
    let clock: Arc<dyn Clock> = Arc::new(StoppedClock(now()));
    let sources = Arc::new(cli::demo::sources(company));
    let (reports, mut arriving) = mpsc::channel(64);
    let look = tokio::spawn(run::look(sources, clock, reports, CancellationToken::new(), 1));
    let mut estate = Estate::default();
    while let Some(report) = arriving.recv().await {
        hear(&report);
        estate.absorb(report);
    }
    look.await.expect("the look ends");
    World::build(estate, Limits::default(), now())
}
