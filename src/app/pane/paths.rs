//! Paths: every way a job gets into AWS, from where, for which refs, to whom, and what that reaches.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, severity_rank};
use crate::{
    app::{
        glyph, name,
        routes::End,
        show::{Line, Tone},
        world::World,
    },
    base::{
        name::Arn,
        text::{clean, plural},
    },
    model::{
        entity::Entity,
        id::{Id, Kind},
        link::Grade,
    },
    way::{CredentialPath, Life, Refs},
};

pub struct PathsPane;

static COLUMNS: [ColumnDef; 10] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::text("WAY", "way", (16, 16), 0),
    ColumnDef::text("FROM", "from", (12, 40), 0),
    ColumnDef::text("REFS", "refs", (9, 24), 2),
    ColumnDef::number("PROJECTS", "projects", (8, 8), 4),
    ColumnDef::text("TO", "to", (12, 36), 0),
    ColumnDef::text("ACCOUNT", "account", (12, 12), 5),
    ColumnDef::number("REACHES", "reaches", (14, 18), 1),
    ColumnDef::text("LIFE", "life", (5, 5), 6),
    ColumnDef::text("GRADE", "grade", (10, 10), 3),
];

/// The extra that holds every project of a path.
const PROJECT: usize = 0;

impl Pane for PathsPane {
    fn id(&self) -> PaneId {
        PaneId::Paths
    }

    fn digit(&self) -> char {
        '5'
    }

    fn title(&self) -> &'static str {
        "Paths"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Path)
    }

    fn has(&self, world: &World, id: &Id) -> bool {
        world.path(id).is_some()
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["unprotected", "admin", "long", "observed"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["project", "via"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.paths.len())
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.paths.iter().map(|path| RowId::Thing(path.id.clone())).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let world = view.world;
        let Some(path) = row.thing().and_then(|id| world.path(id)) else { return Record::default() };
        let severity = world.risk(&path.id).map(|risk| risk.severity);
        let (refs, refs_tone) = refs(&path.refs);
        let grade = path.grade();
        let long = path.life == Life::Long;
        let end = world.end(&path.id);
        let cells = vec![
            Cell::number(severity_rank(severity), glyph::risk(severity).text, glyph::risk(severity).tone),
            Cell::text(path.way, if long { Tone::Warn } else { Tone::Plain }),
            Cell::text(&name::of(world, &path.from), Tone::Strong),
            Cell::text(&refs, refs_tone),
            match path.projects.len() {
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                many => Cell::count(many, Tone::Plain),
            },
            Cell::text(&name::of(world, &path.to), Tone::Plain),
            account(&path.to)
                .map_or_else(|| Cell::none("not known"), |account| Cell::text(&account, Tone::Plain)),
            end.map_or_else(|| Cell::none("?"), |end| reaches(view, end)),
            if long { Cell::text("long", Tone::Bad) } else { Cell::text("short", Tone::Plain) },
            Cell::text(grade.word(), if grade == Grade::Inferred { Tone::Dim } else { Tone::Plain }),
        ];
        let admin = end.map(End::is_administrator);
        Record {
            cells,
            flags: vec![path.refs.unprotected(), admin, Some(long), Some(grade == Grade::Observed)],
            extras: vec![String::new(), path.via().map(|via| name::of(world, &via)).unwrap_or_default()],
            rank: rank(world, path),
            time: None,
        }
    }

    fn rank(&self, view: &View<'_>, row: &RowId) -> (i64, i64) {
        row.thing().and_then(|id| view.world.path(id)).map_or((0, 0), |path| rank(view.world, path))
    }

    fn any(&self, view: &View<'_>, row: &RowId, extra: usize, matches: &dyn Fn(&str) -> bool) -> bool {
        let Some(path) = row.thing().and_then(|id| view.world.path(id)) else { return false };
        let named = |id: &Id| matches!(view.world.get(id), Some(Entity::Project(project)) if project.path.as_deref().is_some_and(matches));
        extra == PROJECT && path.projects.iter().any(named)
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        nothing_yet(world, "way into AWS")
    }
}

/// The riskiest first; of equals the one that more projects can take.
fn rank(world: &World, path: &CredentialPath) -> (i64, i64) {
    let points = world.risk(&path.id).map_or(0, |risk| risk.points);
    (points, i64::try_from(path.projects.len()).unwrap_or(i64::MAX))
}

/// `any`, `protected`, `main +2`, `unknown`: who can take a path.
pub(in crate::app) fn refs(refs: &Refs) -> (String, Tone) {
    match refs {
        Refs::Any => ("any".to_owned(), Tone::Warn),
        Refs::Protected => ("protected".to_owned(), Tone::Good),
        Refs::Unknown => ("unknown".to_owned(), Tone::Notice),
        Refs::Named { refs, protected } => {
            let tone = if *protected { Tone::Good } else { Tone::Warn };
            let words = match refs.as_slice() {
                [] => "named".to_owned(),
                [one] => one.to_string(),
                [first, rest @ ..] => format!("{first} +{}", rest.len()),
            };
            (clean(&words).into_owned(), tone)
        }
    }
}

/// The account of what a path ends at.
fn account(id: &Id) -> Option<String> {
    let account = match id.kind() {
        Kind::Key => crate::base::name::KeyId::new(id.key_text())?.account(),
        _ => Arn::new(id.key_text())?.account(),
    };
    account.map(|account| account.to_string())
}

/// `admin, 3 roles`; a plus where not everything was read.
pub(in crate::app) fn reaches(view: &View<'_>, end: &End) -> Cell {
    let admin = end.is_administrator();
    let more = if end.partly { "+" } else { "" };
    let roles = || format!("{}{more}", plural(end.roles, "role", "roles"));
    let (text, tone) = match (admin, end.roles) {
        (true, 0) => ("admin".to_owned(), Tone::Bad),
        (true, _) => (format!("admin, {}", roles()), Tone::Bad),
        (false, 0) if end.partly => ("not all read".to_owned(), Tone::Notice),
        (false, 0) => match end.powers.first() {
            Some(power) => (power.word().to_owned(), Tone::Warn),
            None => (view.glyphs.dash.to_owned(), Tone::Dim),
        },
        (false, _) => (roles(), if end.powers.is_empty() { Tone::Plain } else { Tone::Warn }),
    };
    let worth =
        i64::try_from(end.roles).unwrap_or(i64::MAX).saturating_add(if admin { 1_000_000 } else { 0 });
    Cell::number(worth, text, tone)
}
