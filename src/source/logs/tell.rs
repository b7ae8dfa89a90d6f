//! A trail's files as reports: kept events and activities in pages, what was read of each account and region, and every file that could
//! not be read.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use tokio_util::sync::CancellationToken;

use super::{
    again::read_again,
    find::find,
    read::{Lack, Progress, Reading, read},
    shelf::Shelf,
};
use crate::{
    base::{blame::Blame, text::plural},
    model::{
        activity::Tally,
        entity::Entity,
        event::Event,
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    },
    source::Outlet,
    trail::{Folded, fold::Refusal},
};

/// The `source` of every scope of log files; its `what` is the path as it was given.
pub const SOURCE: &str = "logs";

/// Things told at once: the screen is drawn between.
const PAGE: usize = 512;
/// Refused records of one look that are told one by one.
const MOST_REFUSED: usize = 50;

/// Reads one file or folder and returns when it is read, or soon after the look was stopped. What it comes to is kept below `cache`,
/// where there is one.
pub async fn sweep(path: PathBuf, cache: Option<PathBuf>, outlet: Outlet) {
    let scope = Scope::new(SOURCE, path.to_string_lossy().into_owned());
    let sweep = Sweep { scope, run: outlet.run };
    send(&outlet, Report::Began { sweep: sweep.clone(), at: outlet.clock.now() }).await;
    let (stop, trail) = (outlet.stop.clone(), sweep.scope.what.clone());
    let looked = tokio::task::spawn_blocking(move || look(path, cache.as_deref(), &trail, &stop)).await;
    let (reading, gaps) = match looked {
        Ok(look) => look,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return,
    };
    let outcome = if reading.is_whole && gaps.is_empty() { Outcome::Whole } else { Outcome::Partial };
    tell_gaps(gaps, &sweep, &outlet).await;
    let mut folded = reading.folded;
    tell_events(std::mem::take(&mut folded.events), &sweep, &outlet).await;
    tell(folded, outcome, &sweep, &outlet).await;
    send(&outlet, Report::Ended { sweep, at: outlet.clock.now(), outcome }).await;
}

fn look(
    path: PathBuf,
    cache: Option<&Path>,
    trail: &Arc<str>,
    stop: &CancellationToken,
) -> (Reading, Vec<Gap>) {
    let found = find(&[path]);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let (progress, is_stopped) = (Progress::default(), || stop.is_cancelled());
    let reading = match cache.map(|cache| Shelf::of(cache, trail)) {
        Some(shelf) => read_again(&found.files, (&shelf, trail), threads, &progress, &is_stopped),
        None => read(&found.files, trail, threads, &progress, &is_stopped),
    };
    let unread = found.lacks.iter().map(|(path, error)| (path.to_string_lossy().into_owned(), error));
    let unread = unread.map(|(file, error)| Lack { file, why: error.to_string() });
    let mut gaps = gaps(unread.chain(reading.lacks.iter().cloned()), &reading.folded.refused, trail);
    if found.files.is_empty() && gaps.is_empty() {
        gaps.push(partly(trail, "no CloudTrail log file lies there (.json.gz, .json, .jsonl)".to_owned()));
    }
    (reading, gaps)
}

/// What could not be read, as gaps of a trail.
pub(in crate::source) fn gaps(
    lacks: impl Iterator<Item = Lack>,
    refused: &[Refusal],
    trail: &str,
) -> Vec<Gap> {
    let told = refused
        .iter()
        .take(MOST_REFUSED)
        .map(|refusal| partly(&refusal.file, format!("record {}: {}", refusal.record + 1, refusal.why)));
    let mut gaps: Vec<Gap> = lacks.map(|lack| partly(&lack.file, lack.why)).chain(told).collect();
    if let Some(more) = refused.len().checked_sub(MOST_REFUSED).filter(|more| *more > 0) {
        gaps.push(partly(trail, format!("{} more could not be read", plural(more, "record", "records"))));
    }
    gaps
}

fn partly(file: &str, why: String) -> Gap {
    Gap { call: format!("read {file}"), blame: Blame::Partly(why) }
}

pub(in crate::source) async fn tell_gaps(gaps: Vec<Gap>, sweep: &Sweep, outlet: &Outlet) {
    if !gaps.is_empty() {
        let at = outlet.clock.now();
        send(outlet, Report::Saw(Observation { sweep: sweep.clone(), at, saw: Vec::new(), gaps })).await;
    }
}

/// Events of a trail, in pages.
pub(in crate::source) async fn tell_events(events: Vec<Event>, sweep: &Sweep, outlet: &Outlet) {
    pages(events.into_iter().map(Entity::from), sweep, outlet).await;
}

/// Everything else a trail came to: what keys did, and what was read of each account and region.
pub(in crate::source) async fn tell(folded: Folded, outcome: Outcome, sweep: &Sweep, outlet: &Outlet) {
    pages(folded.activities.into_iter().map(Entity::from), sweep, outlet).await;
    let window = folded.windows.iter().map(|(_, tally)| *tally).reduce(|mut all, tally| {
        all.add(tally);
        all
    });
    if let Some(window) = window {
        tell_window(window, sweep, outlet).await;
    }
    for ((account, region), tally) in folded.windows {
        let scope = Scope::new(format!("{account} {region}"), format!("records in {}", sweep.scope.what));
        let part = Sweep { scope, run: sweep.run };
        send(outlet, Report::Began { sweep: part.clone(), at: outlet.clock.now() }).await;
        tell_window(tally, &part, outlet).await;
        send(outlet, Report::Ended { sweep: part, at: outlet.clock.now(), outcome }).await;
    }
}

async fn tell_window(tally: Tally, sweep: &Sweep, outlet: &Outlet) {
    send(outlet, Report::Window { sweep: sweep.clone(), from: tally.first, to: tally.last }).await;
    let records = usize::try_from(tally.calls).unwrap_or(usize::MAX);
    send(outlet, Report::Counted { sweep: sweep.clone(), records }).await;
}

async fn pages(things: impl Iterator<Item = Entity>, sweep: &Sweep, outlet: &Outlet) {
    let mut things = things.peekable();
    while things.peek().is_some() {
        let saw: Vec<Entity> = things.by_ref().take(PAGE).collect();
        let at = outlet.clock.now();
        send(outlet, Report::Saw(Observation { sweep: sweep.clone(), at, saw, gaps: Vec::new() })).await;
    }
}

/// The receiver is gone when the program ends; then there is nobody to tell.
async fn send(outlet: &Outlet, report: Report) {
    let _ = outlet.reports.send(report).await;
}
