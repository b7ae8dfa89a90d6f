//! Sessions as chains, the newest first: what a key, a token or a service opened, and below it what was opened with that, each with all
//! that was done with it.

use std::{collections::BTreeSet, sync::Arc};

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read};
use crate::{
    app::{
        chains::Place,
        name,
        show::{Line, Span, Tone},
        world::World,
    },
    base::{
        name::{Arn, KeyId},
        text::long_age,
    },
    model::{
        entity::Entity,
        gitlab::Job,
        id::{Id, Kind},
        link::{Grade, Relation},
        session::{Opener, Session},
    },
};

/// Chained sessions are set in no deeper than this.
const DEEPEST: usize = 5;

pub struct SessionsPane;

static COLUMNS: [ColumnDef; 9] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::age("WHEN", "when", (6, 8), 0),
    ColumnDef::text("ROLE", "role", (14, 32), 0),
    ColumnDef::text("SESSION", "session", (10, 30), 5),
    ColumnDef::text("OPENED BY", "opener", (14, 44), 0),
    ColumnDef::text("FROM", "from", (12, 24), 1),
    ColumnDef::text("LIKELY JOB", "job", (12, 30), 2),
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
        &["denied", "unknown", "chained", "attributed"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["arn", "key", "service", "project", "address", "error", "region", "agent", "identity"]
    }

    fn has_time(&self) -> bool {
        true
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.chains().sessions().len())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.chains().sessions().iter().cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let (Some(id), Some(session)) = (row.thing(), read::<Session>(view.world, row)) else {
            return Record::default();
        };
        let at = session.opened.or(session.last_seen);
        let strange = session.addresses.iter().any(|address| is_strange(view.world, address));
        let chains = view.world.chains();
        let place = chains.place(id);
        let cells = vec![
            view.risk(id),
            view.age(at, Tone::Plain),
            role(view, session, place),
            session
                .session_name
                .as_deref()
                .map_or_else(|| Cell::none(view.glyphs.dash), |name| Cell::text(name, Tone::Plain)),
            opened_by(view, session),
            from(view, session, strange),
            likely_job(view, session),
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
        let words = |words: &[Arc<str>]| words.join(" ");
        let mut keys: Vec<&str> = session.key.iter().map(KeyId::as_str).collect();
        if let Some(Opener::Key(key)) = chains.root_opener(view.world, id) {
            // A key's filter finds the whole chain.
            keys.push(key.as_str());
        }
        Record {
            cells,
            flags: vec![
                Some(session.denied > 0),
                Some(strange),
                Some(place.depth > 0),
                Some(!session.jobs.is_empty()),
            ],
            extras: vec![
                session.role.as_ref().map(Arn::to_string).unwrap_or_default(),
                keys.join(" "),
                words(&session.services),
                projects(view.world, session),
                words(&session.addresses),
                words(&session.errors),
                words(&session.regions),
                words(&session.agents),
                session.source_identity.as_deref().unwrap_or_default().to_owned(),
            ],
            rank: (place.rank(), 0),
            time: at.map(|at| (at, session.last_seen.unwrap_or(at).max(at))),
        }
    }

    fn rank(&self, view: &View<'_>, row: &RowId) -> (i64, i64) {
        (row.thing().map_or(i64::MIN, |id| view.world.chains().place(id).rank()), 0)
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

/// The role's name, set in as deep as the session lies in its chain.
fn role(view: &View<'_>, session: &Session, place: Place) -> Cell {
    let depth = usize::from(place.depth);
    let mark = match (depth, place.below) {
        (0, 0) => String::new(),
        (0, _) => format!("{} ", view.glyphs.open),
        // Deeper ones stand in line: a chain of ten would push its roles out of sight.
        (depth, _) => format!("{}{} ", "  ".repeat(depth.min(DEEPEST)), view.glyphs.arrow),
    };
    match (&session.role, session.call.as_deref()) {
        (Some(role), _) => Cell::text(&format!("{mark}{}", role.name()), Tone::Strong),
        (None, Some(call)) => Cell::text(&format!("{mark}{call}"), Tone::Plain),
        (None, None) => Cell::none(&format!("{mark}not seen")),
    }
}

fn opened_by(view: &View<'_>, session: &Session) -> Cell {
    match &session.opened_by {
        Opener::Key(key) => Cell::text(&key.short(), Tone::Warn),
        Opener::Session(name) => {
            let parent = match view.world.get(&Id::session(name)) {
                Some(Entity::Session(parent)) => parent.role.as_ref().map(Arn::name),
                _ => None,
            };
            let probably = if session.is_probable { "probably " } else { "" };
            Cell::text(&format!("chained from {probably}{}", parent.unwrap_or(name)), Tone::Plain)
        }
        Opener::Subject { subject, .. } => Cell::text(subject, Tone::Plain),
        Opener::Service(service) => Cell::text(service, Tone::Plain),
        Opener::Unknown(Some(who)) => Cell::text(who, Tone::Notice),
        Opener::Unknown(None) => Cell::none("not known"),
    }
}

/// `deploy-prod #900123`; how many others fit, and a question mark where it is a conclusion.
fn likely_job(view: &View<'_>, session: &Session) -> Cell {
    let Some(first) = session.jobs.first() else { return Cell::none("unattributed") };
    let name = name::of(view.world, &first.job);
    let more = session.jobs.len() - 1 + session.further_jobs;
    let more = if more > 0 { format!(" +{more}") } else { String::new() };
    if first.grade == Grade::Observed {
        Cell::text(&format!("{name}{more}"), Tone::Plain)
    } else {
        Cell::text(&format!("{name}?{more}"), Tone::Dim)
    }
}

/// Paths of the projects whose jobs may have opened it, and the subject that names one.
fn projects(world: &World, session: &Session) -> String {
    let jobs = session.jobs.iter().filter_map(|candidate| world.estate.find::<Job>(&candidate.job));
    let ids = jobs.filter_map(|job| Some(Id::project(&job.instance, job.project?)));
    let id = session.id();
    let opened = world.linked.origins(&id, Relation::Opened);
    let opened = opened.filter(|opener| opener.kind() == Kind::Project).cloned();
    let names: BTreeSet<String> = ids.chain(opened).map(|id| name::of(world, &id)).collect();
    names.into_iter().collect::<Vec<_>>().join(" ")
}

fn is_strange(world: &World, address: &str) -> bool {
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
