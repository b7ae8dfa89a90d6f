//! `PANES`: what the digits jump to, one file each. A pane says which rows a world has and what stands in each; it
//! keeps no state. The state of a pane (selection, filter, order) is in [`super::table`].

pub mod coverage;
pub mod keys;
pub mod overview;
pub mod paths;
pub mod roles;
pub mod runners;
pub mod runs;
pub mod sessions;
pub mod variables;

use super::{
    glyph::Glyphs,
    show::{Line, Span, Tone},
    world::World,
};
use crate::{
    act::RunId,
    base::{
        text::{clean, count, short_age},
        time::{Age, Timestamp},
    },
    model::{
        entity::Entity,
        id::{Id, Kind},
        observe::Scope,
    },
    rules::Severity,
};

/// Every pane, in the order of the tabs.
pub static PANES: [&dyn Pane; 9] = [
    &overview::OverviewPane,
    &keys::KeysPane,
    &roles::RolesPane,
    &runners::RunnersPane,
    &variables::VariablesPane,
    &paths::PathsPane,
    &sessions::SessionsPane,
    &runs::RunsPane,
    &coverage::CoveragePane,
];

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PaneId {
    #[default]
    Overview,
    Keys,
    Roles,
    Runners,
    Variables,
    Paths,
    Sessions,
    Runs,
    Coverage,
}

impl PaneId {
    pub const ALL: [Self; 9] = [
        Self::Overview,
        Self::Keys,
        Self::Roles,
        Self::Runners,
        Self::Variables,
        Self::Paths,
        Self::Sessions,
        Self::Runs,
        Self::Coverage,
    ];

    pub fn pane(self) -> &'static dyn Pane {
        PANES[self as usize]
    }

    /// Where a thing of this kind is shown: its own pane, or the one it is closest to.
    pub const fn home(kind: Kind) -> Self {
        match kind {
            Kind::Key | Kind::User | Kind::IamGroup => Self::Keys,
            Kind::Role | Kind::Profile | Kind::Provider | Kind::Policy | Kind::Account | Kind::Service => {
                Self::Roles
            }
            Kind::Runner
            | Kind::Manager
            | Kind::Machine
            | Kind::Job
            | Kind::RunnerConfig
            | Kind::ScalingGroup
            | Kind::LaunchTemplate
            | Kind::TaskDefinition
            | Kind::Cluster
            | Kind::PodIdentity
            | Kind::ServiceAccount => Self::Runners,
            Kind::Variable
            | Kind::Project
            | Kind::Group
            | Kind::Schedule
            | Kind::Instance
            | Kind::CiConfig
            | Kind::StoredSecret
            | Kind::Vault => Self::Variables,
            Kind::Path => Self::Paths,
            Kind::Session | Kind::Address | Kind::Event | Kind::Activity => Self::Sessions,
        }
    }
}

/// The name of a row. It survives every change of order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RowId {
    Thing(Id),
    /// A row of Coverage.
    Scope(Scope),
    /// A row of Runs.
    Run(RunId),
}

impl RowId {
    pub const fn thing(&self) -> Option<&Id> {
        match self {
            Self::Thing(id) => Some(id),
            Self::Scope(_) | Self::Run(_) => None,
        }
    }
}

/// How numbers in a filter are read for a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Not a number.
    Text,
    Count,
    /// Seconds; a filter's bare number means days, `3h`, `20m` and `5s` are understood.
    Age,
}

#[derive(Clone, Copy, Debug)]
pub struct ColumnDef {
    pub title: &'static str,
    /// The column's name in filters.
    pub name: &'static str,
    pub min: u16,
    pub max: u16,
    pub priority: u8,
    /// Numbers stand to the right and sort largest first.
    pub right: bool,
    pub unit: Unit,
}

impl ColumnDef {
    pub const fn text(title: &'static str, name: &'static str, size: (u16, u16), priority: u8) -> Self {
        Self { title, name, min: size.0, max: size.1, priority, right: false, unit: Unit::Text }
    }

    pub const fn number(title: &'static str, name: &'static str, size: (u16, u16), priority: u8) -> Self {
        Self { title, name, min: size.0, max: size.1, priority, right: true, unit: Unit::Count }
    }

    pub const fn age(title: &'static str, name: &'static str, size: (u16, u16), priority: u8) -> Self {
        Self { title, name, min: size.0, max: size.1, priority, right: true, unit: Unit::Age }
    }
}

/// What a cell is worth when rows are sorted and filtered by numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    Number(i64),
    /// What is shown, whatever its case.
    Text,
    /// Not known.
    None,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    pub span: Span,
    pub value: Value,
}

impl Cell {
    /// Text from outside: cleaned here.
    pub fn text(text: &str, tone: Tone) -> Self {
        let text = clean(text).into_owned();
        Self { span: Span::new(text, tone), value: Value::Text }
    }

    /// Text for something that is not known or does not apply.
    pub fn none(text: &str) -> Self {
        Self { span: Span::new(text, Tone::Dim), value: Value::None }
    }

    pub fn count(number: usize, tone: Tone) -> Self {
        let value = Value::Number(i64::try_from(number).unwrap_or(i64::MAX));
        Self { span: Span::new(count(number), tone), value }
    }

    pub fn number(number: i64, text: impl Into<String>, tone: Tone) -> Self {
        Self { span: Span::new(text, tone), value: Value::Number(number) }
    }

    pub fn age(age: Age, tone: Tone) -> Self {
        Self::number(age.seconds(), short_age(age), tone)
    }
}

/// One row in full: what is shown, what is sorted and filtered by.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    pub cells: Vec<Cell>,
    /// In the order of [`Pane::flags`]; `None` is not known.
    pub flags: Vec<Option<bool>>,
    /// In the order of [`Pane::extras`].
    pub extras: Vec<String>,
    /// The pane's own order: the greater comes first.
    pub rank: (i64, i64),
    /// From when until when it happened, on panes of things that happen.
    pub time: Option<(Timestamp, Timestamp)>,
}

/// What a pane reads a row from.
#[derive(Clone, Copy)]
pub struct View<'a> {
    pub world: &'a World,
    pub glyphs: &'static Glyphs,
}

impl<'a> View<'a> {
    pub const fn new(world: &'a World, ascii: bool) -> Self {
        Self { world, glyphs: Glyphs::of(ascii) }
    }

    /// The age of something at the world's instant.
    pub fn age(&self, at: Option<Timestamp>, tone: Tone) -> Cell {
        at.map_or_else(|| Cell::none("not seen"), |at| Cell::age(at.age(self.world.now), tone))
    }

    /// The column that says how bad it is.
    pub fn risk(&self, id: &Id) -> Cell {
        let worst = self.world.worst(id);
        Cell {
            span: super::glyph::risk(worst),
            value: worst.map_or(Value::None, |_| Value::Number(severity_rank(worst))),
        }
    }
}

/// 0 without a finding, up to 5 for critical.
pub const fn severity_rank(severity: Option<Severity>) -> i64 {
    match severity {
        None => 0,
        Some(Severity::Info) => 1,
        Some(Severity::Low) => 2,
        Some(Severity::Medium) => 3,
        Some(Severity::High) => 4,
        Some(Severity::Critical) => 5,
    }
}

/// What every pane can say of itself and of its rows.
pub trait Pane: Sync {
    fn id(&self) -> PaneId;

    /// The digit that jumps there.
    fn digit(&self) -> char;

    fn title(&self) -> &'static str;

    /// What its rows are, where they are things of one kind.
    fn kind(&self) -> Option<Kind> {
        None
    }

    /// Is this thing a row here (when no filter hides it)?
    fn has(&self, world: &World, id: &Id) -> bool {
        let known = || world.get(id).is_some() || world.dangling_keys().binary_search(id).is_ok();
        self.kind() == Some(id.kind()) && known()
    }

    /// How rows are ordered when no column is chosen: `worst first`.
    fn order(&self) -> &'static str {
        "worst first"
    }

    fn columns(&self) -> &'static [ColumnDef];

    /// Names of yes-or-no facts that filters know: `protected`.
    fn flags(&self) -> &'static [&'static str] {
        &[]
    }

    /// Names of further texts that filters know and no column shows: `arn`.
    fn extras(&self) -> &'static [&'static str] {
        &[]
    }

    /// Do its rows happen at some time, so that filters can ask for a stretch of it?
    fn has_time(&self) -> bool {
        false
    }

    /// How many rows there are in all; asked for every frame. `None` where the tab shows no count.
    fn count(&self, world: &World) -> Option<usize>;

    /// Every row there is, in any order.
    fn rows(&self, world: &World) -> Vec<RowId>;

    fn row(&self, view: &View<'_>, id: &RowId) -> Record;

    /// The rank of [`Pane::row`], for panes that know it without the rest of the row.
    fn rank(&self, view: &View<'_>, id: &RowId) -> (i64, i64) {
        self.row(view, id).rank
    }

    /// Does one of the texts behind an extra match? For extras that hold so many that no record carries them.
    fn any(&self, _view: &View<'_>, _id: &RowId, _extra: usize, _matches: &dyn Fn(&str) -> bool) -> bool {
        false
    }

    /// What to say when there is no row at all. "No rows" never looks like "not looked".
    fn empty(&self, world: &World) -> Vec<Line>;
}

/// The lines for a pane without rows: what would be here, and which sweeps have and have not ended.
pub(super) fn nothing_yet(world: &World, what: &str) -> Vec<Line> {
    let (mut running, mut ended, mut gaps) = (0, 0, 0);
    for (_, state) in world.estate.sweeps() {
        if state.ended.is_some() {
            ended += 1;
        } else {
            running += 1;
        }
        gaps += state.gaps.len();
    }
    let first = match (running, ended) {
        (0, 0) => format!("No {what}: nothing was read yet."),
        (0, _) => format!("No {what}: everything that could be read was read."),
        _ => format!("No {what} so far: {running} of {} places are still being read.", running + ended),
    };
    let mut lines = vec![vec![Span::plain(first)]];
    if gaps > 0 {
        let text = format!("{gaps} calls were refused or failed: pane 9, Coverage, says which.");
        lines.push(vec![Span::new(text, Tone::Warn)]);
    }
    lines
}

/// The entity behind a row as its own type.
pub(super) fn read<'a, T>(world: &'a World, id: &RowId) -> Option<&'a T>
where
    &'a T: TryFrom<&'a Entity>,
{
    world.get(id.thing()?).and_then(|entity| entity.try_into().ok())
}
