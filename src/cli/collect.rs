//! `keytrail collect`: one look without the dashboard, written as JSON.

use std::{fmt::Write as _, fs::OpenOptions, io::Write as _, os::unix::fs::OpenOptionsExt, sync::Arc};

use anyhow::Context;
use serde::Serialize;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::{arguments::Collect, say};
use crate::{
    app::world::World,
    base::{
        text::{is_unsafe, plural},
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

/// The same JSON with every character escaped that a terminal would obey: names are written by strangers, and JSON itself
/// escapes only the first thirty-two control characters. Outside of strings compact JSON holds none of them.
pub(super) fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_unsafe(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(letter);
        }
    }
    text
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_means_the_same() {
        let name = "a\u{9b}2J\u{202e}b\u{e0041}\u{7f}\u{1b}ö漢";
        let json = harmless(&serde_json::to_string(name).unwrap());
        assert_eq!(json, r#""a\u009b2J\u202eb\udb40\udc41\u007f\u001bö漢""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }
}
