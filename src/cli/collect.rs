//! `keytrail collect`: one look without the dashboard, written as JSON.

use std::{fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt, sync::Arc};

use anyhow::Context;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{arguments::Collect, say};
use crate::{
    app::world::World,
    base::{
        text::{harmless, plural},
        time::{Clock, SystemClock, Timestamp},
    },
    model::{
        entity::Entity,
        estate::{Estate, SweepState},
        id::Kind,
        link::Link,
        observe::{Meter, Scope},
    },
    rules::{Finding, Limits},
    run::{self, Sources},
};

/// The shape of the file. `version` changes when a field changes its meaning or goes away.
#[derive(Serialize)]
struct Collected<'a> {
    version: u32,
    at: Timestamp,
    sweeps: Vec<Swept<'a>>,
    meters: Vec<&'a Meter>,
    findings: &'a [Finding],
    entities: Vec<&'a Entity>,
    links: Vec<&'a Link>,
}

#[derive(Serialize)]
struct Swept<'a> {
    #[serde(flatten)]
    scope: &'a Scope,
    #[serde(flatten)]
    state: &'a SweepState,
}

pub(super) async fn collect(asked: &Collect, sources: Sources, limits: Limits) -> anyhow::Result<()> {
    let world = World::build(look(sources).await?, limits, SystemClock.now());
    let text = harmless(&serde_json::to_string(&written(&world)).context("writing JSON")?);
    match &asked.output {
        None => say::data(&format!("{text}\n"))?,
        Some(path) => OpenOptions::new()
            .create(true)
            .truncate(true)
            .write(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .with_context(|| format!("writing {}", path.display()))?,
    }
    say::talk(&summary(&world));
    Ok(())
}

/// Looks at everything once.
pub(super) async fn look(sources: Sources) -> anyhow::Result<Estate> {
    let (reports, mut arriving) = mpsc::channel(64);
    let look = run::look(Arc::new(sources), Arc::new(SystemClock), reports, CancellationToken::new(), 1);
    let look = tokio::spawn(look);
    let mut estate = Estate::default();
    while let Some(report) = arriving.recv().await {
        estate.absorb(report);
    }
    look.await.context("collecting")?;
    Ok(estate)
}

fn written(world: &World) -> Collected<'_> {
    let read = Kind::ALL.into_iter().flat_map(|kind| world.estate.of(kind));
    Collected {
        version: 1,
        at: world.now,
        sweeps: world.estate.sweeps().map(|(scope, state)| Swept { scope, state }).collect(),
        meters: world.estate.meters().collect(),
        findings: &world.findings,
        entities: read.chain(world.linked.all_derived()).collect(),
        links: world.linked.iter().collect(),
    }
}

/// One line for the person, with everything that is missing below it.
fn summary(world: &World) -> String {
    let estate = &world.estate;
    let things: usize = Kind::ALL.into_iter().map(|kind| estate.count(kind)).sum();
    let calls: u64 = estate.meters().map(|meter| meter.calls).sum();
    let mut lines = vec![format!(
        "{}, {}, {}, {calls} calls",
        plural(things, "thing", "things"),
        plural(world.linked.len(), "link", "links"),
        plural(world.findings.len(), "finding", "findings"),
    )];
    lines.extend(estate.gaps().map(|(scope, gap)| {
        format!("not read: {} {}: {}: {}", scope.source, scope.what, gap.call, gap.blame)
    }));
    lines.join("\n")
}
