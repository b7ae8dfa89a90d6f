//! Runners: whose jobs they take, where they sit and which role that place lends to every job.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read, severity_rank};
use crate::{
    app::{
        name,
        show::{Line, Tone},
        world::World,
    },
    base::text::plural,
    model::{
        gitlab::{Manager, Runner, RunnerType},
        id::{Id, Kind},
        link::Relation,
    },
};

pub struct RunnersPane;

static COLUMNS: [ColumnDef; 11] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::text("RUNNER", "runner", (16, 36), 0),
    ColumnDef::text("TYPE", "type", (8, 8), 1),
    ColumnDef::text("TAGS", "tags", (8, 30), 3),
    ColumnDef::text("FLAGS", "flags", (9, 32), 2),
    ColumnDef::text("STATUS", "status", (7, 15), 2),
    ColumnDef::number("MANAGERS", "managers", (8, 8), 7),
    ColumnDef::text("EXECUTOR", "executor", (8, 16), 6),
    ColumnDef::text("ADDRESS", "address", (10, 22), 5),
    ColumnDef::text("ROLE", "role", (8, 30), 1),
    ColumnDef::number("JOBS", "jobs", (5, 6), 4),
];

impl Pane for RunnersPane {
    fn id(&self) -> PaneId {
        PaneId::Runners
    }

    fn digit(&self) -> char {
        '3'
    }

    fn title(&self) -> &'static str {
        "Runners"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Runner)
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["protected", "locked", "untagged", "paused"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["id"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.estate.count(Kind::Runner))
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.estate.ids(Kind::Runner).cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let world = view.world;
        let (Some(id), Some(runner)) = (row.thing(), read::<Runner>(world, row)) else {
            return Record::default();
        };
        let managers: Vec<&Id> = world.linked.targets(id, Relation::HasManager).collect();
        let roles = roles(world, &managers);
        let jobs = world.linked.targets(id, Relation::Ran).count();
        let status = runner.status.as_deref();
        let cells = vec![
            view.risk(id),
            Cell::text(&name::of(world, id), Tone::Strong),
            runner
                .runner_type
                .map_or_else(|| Cell::none("not seen"), |kind| Cell::text(type_word(kind), Tone::Plain)),
            match runner.tags.as_deref() {
                Some([]) => Cell::none(view.glyphs.dash),
                Some(tags) => Cell::text(&tags.join(","), Tone::Plain),
                None => Cell::none("not seen"),
            },
            flags(view, runner),
            match status {
                Some(status @ "online") => Cell::text(status, Tone::Good),
                Some(status) => Cell::text(status, Tone::Dim),
                None => Cell::none("not seen"),
            },
            Cell::count(managers.len(), Tone::Plain),
            of_managers(view, &managers, |manager| manager.executor.as_deref()),
            of_managers(view, &managers, |manager| manager.address.as_deref()),
            match roles.as_slice() {
                [] => Cell::none(view.glyphs.dash),
                [role] => Cell::text(&name::of(world, role), Tone::Warn),
                many => Cell::text(&plural(many.len(), "role", "roles"), Tone::Warn),
            },
            match jobs {
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                many => Cell::count(many, Tone::Plain),
            },
        ];
        Record {
            cells,
            flags: vec![runner.protected, runner.locked, runner.run_untagged, runner.paused],
            extras: vec![format!("{} {}", runner.number, id.key_text())],
            rank: (
                severity_rank(world.worst(id)) * 2 + i64::from(!roles.is_empty()),
                i64::from(status == Some("online")),
            ),
            time: None,
        }
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        nothing_yet(world, "runners")
    }
}

const fn type_word(kind: RunnerType) -> &'static str {
    match kind {
        RunnerType::Instance => "instance",
        RunnerType::Group => "group",
        RunnerType::Project => "project",
    }
}

/// What of it widens who may use it is a warning; the rest is told plainly.
fn flags(view: &View<'_>, runner: &Runner) -> Cell {
    let words: Vec<&str> = [
        (runner.protected, true, "protected"),
        (runner.protected, false, "unprotected"),
        (runner.locked, true, "locked"),
        (runner.run_untagged, true, "untagged"),
        (runner.paused, true, "paused"),
    ]
    .into_iter()
    .filter(|(value, wanted, _)| *value == Some(*wanted))
    .map(|(_, _, word)| word)
    .collect();
    let tone = if runner.protected == Some(false) { Tone::Notice } else { Tone::Plain };
    if words.is_empty() { Cell::none(view.glyphs.dash) } else { Cell::text(&words.join(" "), tone) }
}

/// One fact of a runner's managers: the value when they agree, otherwise the first and how many more there are.
fn of_managers(view: &View<'_>, managers: &[&Id], fact: impl Fn(&Manager) -> Option<&str>) -> Cell {
    let mut values: Vec<&str> = Vec::new();
    for id in managers {
        let manager: Option<&Manager> = view.world.estate.find(id);
        if let Some(value) = manager.and_then(&fact)
            && !values.contains(&value)
        {
            values.push(value);
        }
    }
    match values.as_slice() {
        [] if managers.is_empty() => Cell::none(view.glyphs.dash),
        [] => Cell::none("not seen"),
        [one] => Cell::text(one, Tone::Plain),
        [first, rest @ ..] => Cell::text(&format!("{first} +{}", rest.len()), Tone::Plain),
    }
}

/// The roles that the machines of the managers lend to their jobs.
fn roles(world: &World, managers: &[&Id]) -> Vec<Id> {
    let linked = &world.linked;
    let machines = managers.iter().flat_map(|manager| linked.targets(manager, Relation::SitsOn));
    let profiles = machines.flat_map(|machine| linked.targets(machine, Relation::HasProfile));
    let mut roles: Vec<Id> =
        profiles.flat_map(|profile| linked.targets(profile, Relation::HasRole)).cloned().collect();
    roles.sort();
    roles.dedup();
    roles
}
