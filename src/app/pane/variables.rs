//! CI/CD variables: whose they are, how well they are kept, and what they hold as far as that can be known.

use super::{Cell, ColumnDef, Pane, PaneId, Record, RowId, View, nothing_yet, read, severity_rank};
use crate::{
    app::{
        name,
        show::{Line, Tone},
        world::World,
    },
    base::text::clean,
    model::{
        gitlab::{Owner, Sighting, Variable},
        id::{Id, Kind},
    },
};

pub struct VariablesPane;

static COLUMNS: [ColumnDef; 6] = [
    ColumnDef::number(" ", "risk", (1, 1), 0),
    ColumnDef::text("VARIABLE", "variable", (18, 36), 0),
    ColumnDef::text("OWNER", "owner", (14, 44), 0),
    ColumnDef::text("SCOPE", "scope", (6, 16), 3),
    ColumnDef::text("FLAGS", "flags", (12, 30), 1),
    ColumnDef::text("HOLDS", "holds", (14, 40), 0),
];

impl Pane for VariablesPane {
    fn id(&self) -> PaneId {
        PaneId::Variables
    }

    fn digit(&self) -> char {
        '4'
    }

    fn title(&self) -> &'static str {
        "Variables"
    }

    fn kind(&self) -> Option<Kind> {
        Some(Kind::Variable)
    }

    fn columns(&self) -> &'static [ColumnDef] {
        &COLUMNS
    }

    fn flags(&self) -> &'static [&'static str] {
        &["protected", "masked", "hidden", "raw", "file"]
    }

    fn extras(&self) -> &'static [&'static str] {
        &["carries", "level"]
    }

    fn count(&self, world: &World) -> Option<usize> {
        Some(world.estate.count(Kind::Variable))
    }

    fn rows(&self, world: &World) -> Vec<RowId> {
        world.estate.ids(Kind::Variable).cloned().map(RowId::Thing).collect()
    }

    fn row(&self, view: &View<'_>, row: &RowId) -> Record {
        let world = view.world;
        let (Some(id), Some(variable)) = (row.thing(), read::<Variable>(world, row)) else {
            return Record::default();
        };
        let (held, tone) = holds(variable);
        let cells = vec![
            view.risk(id),
            Cell::text(&variable.key, Tone::Strong),
            Cell::text(&name::owner(world, variable), Tone::Plain),
            Cell::text(&variable.environment_scope, Tone::Plain),
            flags(variable),
            Cell::text(&held, tone),
        ];
        let level = match variable.owner {
            Owner::Instance => "instance",
            Owner::Group(_) => "group",
            Owner::Project(_) => "project",
            Owner::Schedule { .. } => "schedule",
        };
        Record {
            cells,
            flags: vec![variable.protected, variable.masked, variable.hidden, variable.raw, variable.file],
            extras: vec![carries(variable), level.to_owned()],
            rank: rank(world, id, variable),
            time: None,
        }
    }

    fn rank(&self, view: &View<'_>, row: &RowId) -> (i64, i64) {
        let variable = row.thing().zip(read::<Variable>(view.world, row));
        variable.map_or_else(|| Record::default().rank, |(id, variable)| rank(view.world, id, variable))
    }

    fn empty(&self, world: &World) -> Vec<Line> {
        nothing_yet(world, "CI/CD variables")
    }
}

/// Key ids and role ARNs in full, for filters.
fn carries(variable: &Variable) -> String {
    let Some(sighting) = &variable.sighting else { return String::new() };
    let keys = sighting.keys.iter().map(ToString::to_string);
    let texts: Vec<String> = keys.chain(sighting.roles.iter().map(ToString::to_string)).collect();
    texts.join(" ")
}

fn rank(world: &World, id: &Id, variable: &Variable) -> (i64, i64) {
    (severity_rank(world.worst(id)), weight(variable))
}

/// Among variables without findings those that lead into AWS stand first, then those that cannot be known.
fn weight(variable: &Variable) -> i64 {
    match &variable.sighting {
        Some(sighting) if !sighting.keys.is_empty() => 5,
        Some(Sighting { secret_shaped: true, .. }) => 4,
        Some(sighting) if !sighting.roles.is_empty() => 3,
        None if variable.hidden == Some(true) => 2,
        None => 1,
        Some(_) => 0,
    }
}

/// What the value showed before it was dropped: a key's short id, a role's name, the shape of a secret; or why that
/// is not known.
pub fn holds(variable: &Variable) -> (String, Tone) {
    let Some(sighting) = &variable.sighting else {
        return if variable.hidden == Some(true) {
            ("hidden: cannot know".into(), Tone::Notice)
        } else {
            ("value not read".into(), Tone::Dim)
        };
    };
    let keys = sighting.keys.iter().map(crate::base::name::KeyId::short);
    let roles = sighting.roles.iter().map(|arn| format!("role {}", arn.name()));
    let mut parts: Vec<String> = keys.chain(roles).collect();
    if sighting.secret_shaped {
        parts.push("secret access key".into());
    }
    let tone = if !sighting.keys.is_empty() || sighting.secret_shaped { Tone::Warn } else { Tone::Plain };
    if parts.is_empty() {
        return ("nothing of AWS".into(), Tone::Dim);
    }
    (clean(&parts.join(", ")).into_owned(), tone)
}

fn flags(variable: &Variable) -> Cell {
    let words: Vec<&str> = [
        (variable.protected, true, "protected"),
        (variable.protected, false, "unprotected"),
        (variable.hidden, true, "hidden"),
        (variable.masked, false, "unmasked"),
        (variable.file, true, "file"),
    ]
    .into_iter()
    .filter(|(value, wanted, _)| *value == Some(*wanted))
    .map(|(_, _, word)| word)
    .collect();
    let open = variable.protected == Some(false) || variable.masked == Some(false);
    if words.is_empty() && variable.protected.is_none() {
        return Cell::none("not seen");
    }
    Cell::text(&words.join(" "), if open { Tone::Notice } else { Tone::Plain })
}
