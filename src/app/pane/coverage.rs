//! Coverage: what was looked at, when, and what was not. Its rows are sweeps, not things.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View};
use crate::{
    app::{
        show::{Line, Span, Tone},
        world::World,
    },
    base::text::{count, long_age, plural, short_age},
    model::{
        estate::{Estate, SweepState},
        observe::{Meter, Outcome, Scope},
    },
};

pub struct CoveragePane;

static COLUMNS: [ColumnDef; 8] = [
    ColumnDef::text("SOURCE", "source", (16, 24), 0),
    ColumnDef::text("WHAT", "what", (14, 34), 0),
    ColumnDef::text("STATE", "state", (16, 20), 0),
    ColumnDef::number("SEEN", "seen", (6, 14), 1),
    ColumnDef::age("WHEN", "when", (5, 6), 2),
    ColumnDef::age("WINDOW", "window", (7, 8), 4),
    ColumnDef::number("BUDGET", "budget", (14, 26), 5),
    ColumnDef::number("GAPS", "gaps", (4, 5), 0),
];

impl Pane for CoveragePane {
    fn id(&self) -> PaneId {
        PaneId::Coverage
    }

    fn digit(&self) -> char {
        '9'
    }

    fn title(&self) -> &'static str {
        "Coverage"
    }

    fn order(&self) -> &'static str {
        "gaps first"
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["running", "partial"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["refused"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.estate.sweeps().count())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        let sweeps = world.estate.sweeps().map(|(scope, _)| scope);
        let swept =
            |meter: &&Meter| world.estate.sweeps().any(|(scope, _)| scope.source == meter.scope.source);
        let lonely = world.estate.meters().filter(|meter| !swept(meter)).map(|meter| &meter.scope);
        sweeps.chain(lonely).cloned().map(RowId::Scope).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let RowId::Scope(scope) = row else { return Record::default() };
        let world = view.world;
        let Some(sweep) = world.estate.sweep(scope) else { return metered(view, scope) };
        let (word, tone) = state(sweep);
        let gaps = sweep.gaps.len();
        let seen = i64::try_from(sweep.records.unwrap_or(sweep.seen)).unwrap_or(i64::MAX);
        let seen_text = match sweep.expected.filter(|_| sweep.ended.is_none()) {
            Some(total) => format!("{} of {}", count(sweep.seen), count(total)),
            None => count(sweep.records.unwrap_or(sweep.seen)),
        };
        let cells = vec![
            Cell::text(&scope.source, Tone::Strong),
            Cell::text(&scope.what, Tone::Plain),
            Cell::text(&word, tone),
            Cell::number(seen, seen_text, Tone::Plain),
            view.age(Some(sweep.ended.unwrap_or(sweep.began)), Tone::Plain),
            match sweep.window {
                Some((from, to)) => Cell::age(from.age(to), Tone::Plain),
                None => Cell::none(view.glyphs.dash),
            },
            budget(view, scope),
            Cell::count(gaps, if gaps > 0 { Tone::Warn } else { Tone::Dim }),
        ];
        let refused: Vec<&str> = sweep.gaps.iter().map(|(_, gap)| gap.call.as_str()).collect();
        Record {
            cells,
            flags: vec![
                Some(sweep.ended.is_none()),
                sweep.outcome.map(|outcome| outcome == Outcome::Partial),
            ],
            extras: vec![refused.join(" ")],
            rank: (i64::try_from(gaps).unwrap_or(i64::MAX), i64::from(sweep.ended.is_none())),
            time: None,
        }
    }

    fn empty(&self, _world: &World) -> Vec<Line> {
        vec![vec![Span::plain("Nothing was looked at yet.")]]
    }
}

/// A word for how a sweep stands: `whole`, `running`, `forbidden 3`, `partial`.
pub fn state(sweep: &SweepState) -> (String, Tone) {
    let refused = sweep.gaps.first().map(|(_, gap)| gap.blame.word());
    match (sweep.outcome, refused) {
        (None, None) => ("running".into(), Tone::Notice),
        (None, Some(word)) => (format!("running, {word}"), Tone::Warn),
        (Some(Outcome::Whole), None) => ("whole".into(), Tone::Good),
        (Some(Outcome::Whole), Some(word)) => (format!("whole, {word}"), Tone::Warn),
        (Some(Outcome::Partial), None) => ("partial".into(), Tone::Warn),
        (Some(Outcome::Partial), Some(word)) if sweep.seen == 0 => (word.into(), Tone::Bad),
        (Some(Outcome::Partial), Some(word)) => (format!("partial, {word}"), Tone::Warn),
    }
}

/// The budgets a sweep draws from: those of its source. Only events are looked up with LookupEvents.
pub fn meters_of<'a>(estate: &'a Estate, scope: &'a Scope) -> impl Iterator<Item = &'a Meter> {
    estate.meters().filter(|meter| {
        let lookup = &*meter.scope.what == "LookupEvents";
        meter.scope.source == scope.source && (!lookup || scope.what.contains("vents"))
    })
}

fn budget(view: &View<'_>, scope: &Scope) -> Cell {
    let (mut calls, mut throttled, mut limit) = (0_u64, 0_u64, None);
    for meter in meters_of(&view.world.estate, scope) {
        calls += meter.calls;
        throttled += meter.throttled;
        limit = limit.or(meter.per_second);
    }
    let pace = limit.map(|limit| format!(", {limit}/s")).unwrap_or_default();
    let number = i64::try_from(calls).unwrap_or(i64::MAX);
    let said = count(usize::try_from(calls).unwrap_or(usize::MAX));
    match (calls, throttled) {
        (0, _) => Cell::none(view.glyphs.dash),
        (_, 0) => Cell::number(number, format!("{said} calls{pace}"), Tone::Plain),
        _ => Cell::number(number, format!("{said} calls{pace}, {throttled} waits"), Tone::Notice),
    }
}

/// A budget whose source has no sweep of its own.
fn metered(view: &View<'_>, scope: &Scope) -> Record {
    let none = || Cell::none(view.glyphs.dash);
    Record {
        cells: vec![
            Cell::text(&scope.source, Tone::Strong),
            Cell::text(&scope.what, Tone::Plain),
            Cell::text("budget", Tone::Dim),
            none(),
            none(),
            none(),
            budget(view, scope),
            none(),
        ],
        flags: vec![None, None],
        extras: vec![String::new()],
        rank: (-1, 0),
        time: None,
    }
}

/// One line for the overview: `3 sweeps running, 2 gaps, events back to 14 d ago`.
pub fn in_short(world: &World) -> String {
    let (mut running, mut gaps) = (0, 0);
    for (_, sweep) in world.estate.sweeps() {
        running += usize::from(sweep.ended.is_none());
        gaps += sweep.gaps.len();
    }
    let newest = world.estate.sweeps().filter_map(|(_, sweep)| sweep.ended).max();
    let when =
        newest.map_or_else(String::new, |at| format!(", last answer {} ago", short_age(at.age(world.now))));
    let running = plural(running, "place", "places");
    let gaps = plural(gaps, "gap", "gaps");
    format!("{running} being read, {gaps}{when}")
}

/// `events: read back to 14 d ago`, or that none were.
pub fn events(world: &World) -> String {
    let windows = world.estate.sweeps().filter_map(|(_, sweep)| sweep.window);
    let from = windows.map(|(from, _)| from).min();
    let running = world.estate.sweeps().any(|(_, sweep)| sweep.ended.is_none());
    match (from, running) {
        (Some(from), true) => {
            format!("events: reading, back to {} ago so far", long_age(from.age(world.now)))
        }
        (Some(from), false) => format!("events: read, back to {} ago", long_age(from.age(world.now))),
        (None, true) => "events: reading, none read yet".into(),
        (None, false) => "events: not read".into(),
    }
}
