//! Roles: who is trusted with them, how often they were assumed, and whether they may do everything.

use std::fmt::Write;

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read, severity_rank};
use crate::{
    app::{
        show::{Line, Tone},
        world::World,
    },
    base::text::plural,
    model::{
        aws::{Role, RoleUse},
        id::{Id, Kind},
        link::Relation,
    },
};

pub struct RolesPane;

static COLUMNS: [ColumnDef; 7] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::text("ROLE", "role", (16, 40), 0),
    ColumnDef::text("ACCOUNT", "account", (12, 12), 2),
    ColumnDef::text("TRUSTED BY", "trusted", (16, 48), 1),
    ColumnDef::number("ASSUMED", "assumed", (7, 8), 0),
    ColumnDef::age("LAST USED", "used", (9, 9), 1),
    ColumnDef::text("ADMIN?", "admin", (6, 6), 3),
];

impl Pane for RolesPane {
    fn id(&self) -> PaneId {
        PaneId::Roles
    }

    fn digit(&self) -> char {
        '2'
    }

    fn title(&self) -> &'static str {
        "Roles"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Role)
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["admin", "assumed"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["arn"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.estate.count(Kind::Role))
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.estate.ids(Kind::Role).cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let world = view.world;
        let (Some(id), Some(role)) = (row.thing(), read::<Role>(world, row)) else {
            return Record::default();
        };
        let assumed = world.linked.targets(id, Relation::AssumedAs).count();
        let admin = world.is_admin(id);
        let known = role.attached.is_some() || role.inline.is_some();
        let account = role.arn.account().map(|account| account.to_string()).unwrap_or_default();
        let cells = vec![
            view.risk(id),
            Cell::text(role.name(), Tone::Strong),
            Cell::text(&account, Tone::Plain),
            trusted(view, role, id),
            match assumed {
                0 => Cell::number(0, view.glyphs.dash, Tone::Dim),
                many => Cell::count(many, Tone::Plain),
            },
            match &role.last_use {
                Some(RoleUse::At { at, .. }) => view.age(Some(*at), Tone::Plain),
                Some(RoleUse::NotTracked) => Cell::none("> 400d"),
                None => Cell::none("not seen"),
            },
            match (admin, known) {
                (true, _) => Cell::text("admin", Tone::Bad),
                (false, true) => Cell::text("no", Tone::Dim),
                (false, false) => Cell::none("?"),
            },
        ];
        let sessions = i64::try_from(assumed).unwrap_or(i64::MAX);
        Record {
            cells,
            flags: vec![known.then_some(admin), Some(assumed > 0)],
            extras: vec![role.arn.to_string()],
            rank: (severity_rank(world.worst(id)) * 2 + i64::from(admin), sessions),
            time: None,
        }
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        nothing_yet(world, "roles")
    }
}

/// `2 users, 1 role, gitlab.acme.example`: one name where there is one, a number where there are several.
fn trusted(view: &View<'_>, role: &Role, id: &Id) -> Cell {
    let mut kinds: Vec<(Kind, usize, &Id)> = Vec::new();
    for origin in view.world.linked.origins(id, Relation::MayAssume) {
        match kinds.iter_mut().find(|(kind, _, _)| *kind == origin.kind()) {
            Some((_, count, _)) => *count += 1,
            None => kinds.push((origin.kind(), 1, origin)),
        }
    }
    kinds.sort_by_key(|(kind, _, _)| *kind);
    let mut text = String::new();
    for (kind, count, origin) in kinds {
        let sign = if text.is_empty() { "" } else { ", " };
        let said = if count == 1 {
            crate::app::name::of(view.world, origin)
        } else {
            plural(count, kind.word(), &format!("{}s", kind.word()))
        };
        let _ = write!(text, "{sign}{said}");
    }
    match (text.is_empty(), &role.trust) {
        (false, _) => Cell::text(&text, Tone::Plain),
        (true, Some(_)) => Cell::none("nobody we know of"),
        (true, None) => Cell::none("not seen"),
    }
}
