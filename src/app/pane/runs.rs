//! Runs: what keytrail was told to change, and how that stands; from the journal, newest first. Its rows are runs, not things.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View};
use crate::{
    act::Status,
    app::{
        action::{KeptRun, by, standing},
        name,
        show::{Line, Span, Tone},
        world::World,
    },
    base::{text::long_age, time::Timestamp},
};

pub struct RunsPane;

static COLUMNS: [ColumnDef; 8] = [
    ColumnDef::number("RUN", "run", (4, 6), 0),
    ColumnDef::age("WHEN", "when", (5, 6), 1),
    ColumnDef::text("WHAT", "what", (14, 22), 0),
    ColumnDef::text("TARGET", "target", (20, 40), 2),
    ColumnDef::text("STATE", "state", (11, 11), 0),
    ColumnDef::text("DUE", "due-in", (6, 9), 4),
    ColumnDef::number("STEP", "step", (5, 8), 3),
    ColumnDef::text("BY", "by", (10, 40), 5),
];

impl Pane for RunsPane {
    fn id(&self) -> PaneId {
        PaneId::Runs
    }

    fn digit(&self) -> char {
        '8'
    }

    fn title(&self) -> &'static str {
        "Runs"
    }

    fn order(&self) -> &'static str {
        "newest first"
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["due"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["title"]
    }

    fn has(&self, _world: &World, _id: &crate::model::id::Id) -> bool {
        false
    }

    fn count(&self, world: &World) -> Option<usize> {
        world.no_journal.is_none().then_some(world.runs.len())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.runs.iter().map(|run| RowId::Run(run.id)).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let RowId::Run(id) = row else { return Record::default() };
        let world = view.world;
        let Some(run) = world.runs.iter().find(|run| run.id == *id) else { return Record::default() };
        let number = id.number();
        let head = Cell::number(number, id.to_string(), Tone::Strong);
        let rank = (number, 0);
        let told = match &run.told {
            Ok(told) => told,
            Err(why) => {
                let mut cells = vec![head, Cell::none("?"), Cell::text(why, Tone::Bad), Cell::none("?")];
                cells.push(Cell::text("unreadable", Tone::Bad));
                cells.extend([Cell::none("?"), Cell::none("?"), Cell::none("?")]);
                return Record { cells, flags: vec![None], extras: vec![String::new()], rank, time: None };
            }
        };
        let done = told.progress.receipts.len();
        let steps = told.plan.steps.len();
        let due = run.is_due(world.now);
        Record {
            cells: vec![
                head,
                view.age(Some(told.begun), Tone::Plain),
                Cell::text(&told.plan.action, Tone::Plain),
                Cell::text(&name::of(world, &told.plan.target), Tone::Plain),
                state(run, due),
                waits(run, world.now),
                Cell::number(i64::try_from(done).unwrap_or(i64::MAX), format!("{done}/{steps}"), Tone::Plain),
                Cell::text(&by(&told.plan), Tone::Dim),
            ],
            flags: vec![Some(due)],
            extras: vec![told.plan.title.clone()],
            rank,
            time: None,
        }
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        let text =
            "No runs: nothing was changed from here. `a` on a key or another thing shows what can be done.";
        let mut lines = vec![vec![Span::plain(text)]];
        if let Some(why) = &world.no_journal {
            lines =
                vec![vec![Span::new(format!("No run is known, for the journal is not: {why}."), Tone::Warn)]];
        }
        lines
    }
}

/// When it is to go on.
fn waits(run: &KeptRun, now: Timestamp) -> Cell {
    match run.due() {
        Some(due) if due <= now => Cell::text("now", Tone::Warn),
        Some(due) => Cell::text(&format!("in {}", long_age(now.age(due))), Tone::Notice),
        None => Cell::none("-"),
    }
}

/// One word; what `resume` has something to do for is due.
fn state(run: &KeptRun, due: bool) -> Cell {
    let Ok(told) = &run.told else { return Cell::none("?") };
    let word = match &told.progress.status {
        Status::Going if run.is_busy => "going",
        Status::Going => "interrupted",
        Status::Finished if !run.taken_back.is_empty() => {
            // Is there something left that could be taken back?
            match run.undoing().map(|undoing| undoing.whole(told.begun)) {
                Some(Ok(_)) => "part undone",
                _ => "undone",
            }
        }
        Status::Waiting { .. } if due => "due",
        status => status.word(),
    };
    Cell::text(word, standing(told, run.is_busy, told.begun).tone)
}
