//! A trail's files as reports: kept events and activities in pages, what was read of each account and region, and every file that could
//! not be read.

use std::{path::PathBuf, sync::Arc, thread};

use tokio_util::sync::CancellationToken;

use super::{
    find::find,
    read::{Progress, Reading, read},
};
use crate::{
    base::{blame::Blame, text::plural},
    model::{
        activity::Tally,
        entity::Entity,
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    },
    source::Outlet,
};

/// The `source` of every scope of log files; its `what` is the path as it was given.
pub const SOURCE: &str = "logs";

/// Things told at once: the screen is drawn between.
const PAGE: usize = 512;
/// Refused records of one look that are told one by one.
const MOST_REFUSED: usize = 50;

/// Reads one file or folder and returns when it is read, or soon after the look was stopped.
pub async fn sweep(path: PathBuf, outlet: Outlet) {
    let scope = Scope::new(SOURCE, path.to_string_lossy().into_owned());
    let sweep = Sweep { scope, run: outlet.run };
    // The receiver is gone when the program ends; then there is nobody to tell.
    let _ = outlet.reports.send(Report::Began { sweep: sweep.clone(), at: outlet.clock.now() }).await;
    let (stop, trail) = (outlet.stop.clone(), sweep.scope.what.clone());
    let looked = tokio::task::spawn_blocking(move || look(path, &trail, &stop)).await;
    let look = match looked {
        Ok(look) => look,
        Err(error) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
        Err(_) => return,
    };
    tell(look, &sweep, &outlet).await;
}

struct Look {
    reading: Reading,
    gaps: Vec<Gap>,
}

fn look(path: PathBuf, trail: &Arc<str>, stop: &CancellationToken) -> Look {
    let found = find(&[path]);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let reading = read(&found.files, trail, threads, &Progress::default(), &|| stop.is_cancelled());
    let call = |file: &str| format!("read {file}");
    let partly = |file: &str, why: String| Gap { call: call(file), blame: Blame::Partly(why) };
    let mut gaps: Vec<Gap> =
        found.lacks.iter().map(|(path, error)| partly(&path.to_string_lossy(), error.to_string())).collect();
    gaps.extend(reading.lacks.iter().map(|lack| partly(&lack.file, lack.why.clone())));
    let refused = &reading.folded.refused;
    gaps.extend(
        refused
            .iter()
            .take(MOST_REFUSED)
            .map(|refusal| partly(&refusal.file, format!("record {}: {}", refusal.record + 1, refusal.why))),
    );
    if let Some(more) = refused.len().checked_sub(MOST_REFUSED).filter(|more| *more > 0) {
        gaps.push(partly(trail, format!("{} more could not be read", plural(more, "record", "records"))));
    }
    if found.files.is_empty() && gaps.is_empty() {
        gaps.push(partly(trail, "no CloudTrail log file lies there (.json.gz, .json, .jsonl)".to_owned()));
    }
    Look { reading, gaps }
}

async fn tell(look: Look, sweep: &Sweep, outlet: &Outlet) {
    let Look { reading, gaps } = look;
    let outcome = if reading.is_whole && gaps.is_empty() { Outcome::Whole } else { Outcome::Partial };
    let folded = reading.folded;
    let at = outlet.clock.now();
    let saw = |saw, gaps| Report::Saw(Observation { sweep: sweep.clone(), at, saw, gaps });
    let events = folded.events.into_iter().map(Entity::from);
    let mut things = events.chain(folded.activities.into_iter().map(Entity::from)).peekable();
    let mut reports = vec![saw(Vec::new(), gaps)];
    let window = folded.windows.iter().map(|(_, tally)| *tally).reduce(|mut all, tally| {
        all.add(tally);
        all
    });
    if let Some(Tally { first, last, .. }) = window {
        reports.push(Report::Window { sweep: sweep.clone(), from: first, to: last });
    }
    for report in reports {
        let _ = outlet.reports.send(report).await;
    }
    while things.peek().is_some() {
        let page: Vec<Entity> = things.by_ref().take(PAGE).collect();
        let _ = outlet.reports.send(saw(page, Vec::new())).await;
    }
    for ((account, region), tally) in folded.windows {
        let scope = Scope::new(format!("{account} {region}"), format!("log files in {}", sweep.scope.what));
        let part = Sweep { scope, run: sweep.run };
        for report in [
            Report::Began { sweep: part.clone(), at },
            Report::Window { sweep: part.clone(), from: tally.first, to: tally.last },
            Report::Expects {
                sweep: part.clone(),
                total: usize::try_from(tally.calls).unwrap_or(usize::MAX),
            },
            Report::Ended { sweep: part, at: outlet.clock.now(), outcome },
        ] {
            let _ = outlet.reports.send(report).await;
        }
    }
    let _ =
        outlet.reports.send(Report::Ended { sweep: sweep.clone(), at: outlet.clock.now(), outcome }).await;
}
