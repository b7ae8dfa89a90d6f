//! All that the dashboard remembers between two messages.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    action::{Answers, Fleet, Form, Menu, Preview, RunView},
    closer::Closer,
    command::Place,
    detail::Built,
    digest::Digest,
    key::Key,
    keymap::{BadKeys, Keymap},
    layout::{self, Layout},
    map::MapState,
    pane::{PANES, PaneId},
    prompt::Typing,
    show::{Focus, Line, Span},
    table::Table,
    timeline::TimelineState,
    trail::Trail,
    tree::TreeState,
    world::World,
};
use crate::{base::time::Timestamp, model::estate::Estate, rules::Limits};

/// What does not change while the dashboard runs.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    pub limits: Limits,
    pub ascii: bool,
    /// Is the mouse captured from the start?
    pub mouse: bool,
    /// Command names to keys, from the configuration.
    pub keys: BTreeMap<String, Vec<Key>>,
    /// Names of the configured places, shown until the first answer: `gitlab.acme.example`.
    pub places: Vec<String>,
    /// May plans be carried out?
    pub write: bool,
    /// When the dashboard was started.
    pub now: Timestamp,
}

/// What stands in the place of a pane for a while.
#[derive(Clone, Debug)]
pub(super) enum Chart {
    Map(MapState),
    Tree(TreeState),
    Timeline(TimelineState),
    /// A plan, and nothing of it is done.
    Preview(Preview),
    /// The run that was started here.
    Run(RunView),
}

/// What lies over the body.
#[derive(Clone, Debug)]
pub(super) enum Layer {
    Help {
        scroll: usize,
    },
    Menu(Menu),
    /// What may be wished of an action.
    Form(Form),
    /// What can be said to a run that is stuck.
    Answers(Answers),
    Text {
        title: String,
        lines: Vec<Line>,
        scroll: usize,
    },
}

/// The dashboard.
#[derive(Debug)]
pub struct App {
    pub(super) settings: Settings,
    pub(super) keymap: Keymap,
    /// Everything reported so far; panes do not read it.
    pub(super) estate: Estate,
    /// What panes read.
    pub(super) world: Arc<World>,
    pub(super) digest: Digest,
    pub(super) now: Timestamp,
    pub(super) uptime_ms: u64,
    pub(super) fits: Layout,
    pub(super) pane: PaneId,
    pub(super) focus: Focus,
    pub(super) tables: [Table; PANES.len()],
    /// The things looked at in the detail, for each pane.
    pub(super) trails: [Trail; PANES.len()],
    pub(super) detail: Option<Built>,
    pub(super) first_cursor: usize,
    pub(super) chart: Option<Chart>,
    pub(super) layer: Option<Layer>,
    pub(super) typing: Option<Typing>,
    /// Counts the palette's searches.
    pub(super) searches: u64,
    /// Counts the menus asked for.
    pub(super) proposals: u64,
    /// The runs that were started from here.
    pub(super) fleet: Fleet,
    /// What `n` looks for in a detail.
    pub(super) sought: String,
    pub(super) message: Option<(Span, u64)>,
    pub(super) sweeping: bool,
    pub(super) mouse: bool,
    pub(super) closer: Closer,
    pub(super) dirty: bool,
}

impl App {
    /// A dashboard that has seen nothing yet. `Err` lists what is wrong with the configured keys.
    pub fn new(settings: Settings) -> Result<Self, BadKeys> {
        let world = World::build(Estate::default(), settings.limits, settings.now);
        Ok(Self {
            keymap: Keymap::new(&settings.keys)?,
            estate: Estate::default(),
            world: Arc::new(world),
            digest: Digest::default(),
            now: settings.now,
            uptime_ms: 0,
            fits: layout::of(80, 24),
            pane: PaneId::default(),
            focus: Focus::default(),
            tables: Default::default(),
            trails: Default::default(),
            detail: None,
            first_cursor: 0,
            chart: None,
            layer: None,
            typing: None,
            searches: 0,
            proposals: 0,
            fleet: Fleet::default(),
            sought: String::new(),
            message: None,
            sweeping: true,
            mouse: settings.mouse,
            closer: Closer::default(),
            dirty: true,
            settings,
        })
    }

    /// Did anything visible change since [`App::drawn`]?
    pub const fn dirty_screen(&self) -> bool {
        self.dirty
    }

    /// The conductor has drawn what [`App::show`] returned.
    pub const fn drawn(&mut self) {
        self.dirty = false;
        if let Some(Chart::Preview(preview)) = &mut self.chart
            && self.layer.is_none()
            && !self.fits.too_small
        {
            preview.seen = true;
        }
    }

    /// What the panes show.
    pub fn world(&self) -> &Arc<World> {
        &self.world
    }

    pub const fn pane(&self) -> PaneId {
        self.pane
    }

    pub(super) fn table(&self) -> &Table {
        &self.tables[self.pane as usize]
    }

    pub(super) fn table_mut(&mut self) -> &mut Table {
        &mut self.tables[self.pane as usize]
    }

    pub(super) fn trail(&self) -> &Trail {
        &self.trails[self.pane as usize]
    }

    pub(super) fn trail_mut(&mut self) -> &mut Trail {
        &mut self.trails[self.pane as usize]
    }

    pub(super) const fn place(&self) -> Place {
        match (&self.chart, self.pane, self.focus) {
            (Some(Chart::Map(_)), ..) => Place::Map,
            (Some(Chart::Tree(_)), ..) => Place::Tree,
            (Some(Chart::Timeline(_)), ..) => Place::Timeline,
            (Some(Chart::Preview(_)), ..) => Place::Plan,
            (Some(Chart::Run(_)), ..) => Place::Run,
            (None, PaneId::Overview, _) => Place::Overview,
            (None, _, Focus::List) => Place::List,
            (None, _, Focus::Detail) => Place::Detail,
        }
    }
}
