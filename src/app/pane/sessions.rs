//! Role sessions as chains, newest first: who asked for credentials, what they minted, and what was asked for with those in turn.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read};
use crate::{
    app::{
        show::{Line, Span, Tone},
        world::World,
    },
    base::{name::Arn, text::long_age},
    model::{
        id::Kind,
        session::{Opener, Session},
    },
};

pub struct SessionsPane;

static COLUMNS: [ColumnDef; 8] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::age("WHEN", "when", (6, 8), 0),
    ColumnDef::text("ROLE", "role", (14, 32), 0),
    ColumnDef::text("SESSION", "session", (10, 30), 2),
    ColumnDef::text("OPENED BY", "opener", (14, 44), 0),
    ColumnDef::text("FROM", "from", (12, 24), 1),
    ColumnDef::number("CALLS", "calls", (5, 6), 3),
    ColumnDef::number("DENIED", "denied", (6, 6), 4),
];

impl Pane for SessionsPane {
    fn id(&self) -> PaneId {
        PaneId::Sessions
    }

    fn digit(&self) -> char {
        '6'
    }

    fn title(&self) -> &'static str {
        "Sessions"
    }

    fn order(&self) -> &'static str {
        "newest first"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Session)
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["denied", "unknown", "chained"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["arn", "key", "service"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.sessions().len())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.sessions().iter().cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let (Some(id), Some(session)) = (row.thing(), read::<Session>(view.world, row)) else {
            return Record::default();
        };
        let at = session.opened.or(session.last_seen);
        let strange = session.addresses.iter().any(|address| is_strange(view.world, address));
        let place = view.world.chains().place(id);
        let cells = vec![
            view.risk(id),
            view.age(at, Tone::Plain),
            match &session.role {
                // Sorted by its name, wherever in a chain it hangs.
                Some(role) => Cell {
                    span: Span::new(format!("{}{}", branch(view, place.depth), role.name()), Tone::Strong),
                    ..Cell::text(role.name(), Tone::Strong)
                },
                None => Cell::none(&format!("{}not seen", branch(view, place.depth))),
            },
            session
                .session_name
                .as_deref()
                .map_or_else(|| Cell::none(view.glyphs.dash), |name| Cell::text(name, Tone::Plain)),
            opened_by(session),
            from(view, session, strange),
            match session.calls {
                // None seen is not none made: only some events are read.
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                calls => Cell::count(usize::try_from(calls).unwrap_or(usize::MAX), Tone::Plain),
            },
            match session.denied {
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                denied => Cell::count(usize::try_from(denied).unwrap_or(usize::MAX), Tone::Warn),
            },
        ];
        let services: Vec<&str> = session.services.iter().map(|service| &**service).collect();
        Record {
            cells,
            flags: vec![Some(session.denied > 0), Some(strange), Some(place.depth + place.below > 0)],
            extras: vec![
                session.role.as_ref().map(Arn::to_string).unwrap_or_default(),
                session.key.as_ref().map(ToString::to_string).unwrap_or_default(),
                services.join(" "),
            ],
            rank: place.rank,
        }
    }

    fn rank(&self, view: &View<'_>, row: &RowId) -> (i64, i64) {
        row.thing().map_or((0, 0), |id| view.world.chains().place(id).rank)
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        let mut lines = nothing_yet(world, "role sessions");
        let from = world.estate.sweeps().filter_map(|(_, sweep)| sweep.window).map(|(from, _)| from).min();
        let text = from.map_or_else(
            || "No events were read yet: sessions come from CloudTrail.".to_owned(),
            |from| format!("Events are read back to {from}, {} ago.", long_age(from.age(world.now))),
        );
        lines.push(vec![Span::plain(text)]);
        lines
    }
}

/// Under what a session hangs.
fn branch(view: &View<'_>, depth: usize) -> String {
    match depth {
        0 => String::new(),
        depth => format!("{}{} ", "  ".repeat(depth.min(8) - 1), view.glyphs.branch),
    }
}

fn opened_by(session: &Session) -> Cell {
    match &session.opened_by {
        Opener::Key(key) => Cell::text(&key.short(), Tone::Warn),
        Opener::Session(name) => Cell::text(&format!("session {name}"), Tone::Plain),
        Opener::Subject { subject, .. } => Cell::text(subject, Tone::Plain),
        Opener::Service(service) => Cell::text(service, Tone::Plain),
        Opener::Unknown(Some(who)) => Cell::text(who, Tone::Notice),
        Opener::Unknown(None) => Cell::none("not known"),
    }
}

fn is_strange(world: &World, address: &str) -> bool {
    use crate::model::{entity::Entity, id::Id};
    matches!(world.get(&Id::address(address)), Some(Entity::Address(address)) if !address.known)
}

fn from(view: &View<'_>, session: &Session, strange: bool) -> Cell {
    let tone = if strange { Tone::Bad } else { Tone::Plain };
    let mark = if strange { format!("{} ", view.glyphs.warn) } else { String::new() };
    match session.addresses.as_slice() {
        [] => Cell::none("not seen"),
        [one] => Cell::text(&format!("{mark}{one}"), tone),
        [first, rest @ ..] => Cell::text(&format!("{mark}{first} +{}", rest.len()), tone),
    }
}
