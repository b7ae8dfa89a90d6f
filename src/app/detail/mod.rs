//! Everything about one thing: what is known of it, the findings, and everything one hop away. It is built when the
//! thing, the world or the width changes, not for every frame.

mod assume;
mod aws;
mod ci;
mod compute;
mod facts;
mod gitlab;
mod groups;
mod news;
mod path;
mod pulse;
mod run;
mod runner_config;
mod scope;
mod seen;
mod ways;

use std::sync::Arc;

use super::{
    name,
    pane::{PaneId, RowId, View},
    show::{Detail, DetailKind, DetailLine, Focus, Line, Span, Tone},
    state::App,
    world::World,
};
use crate::{
    base::text::truncate,
    model::{
        entity::Entity,
        id::{Id, Kind},
        link::Grade,
    },
};
use facts::Facts;
pub(super) use facts::wrap;

/// What enter does on a line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Act {
    Follow(Id),
    /// Shows more of the group with this heading.
    More(&'static str),
    /// A step of a run begins here, counted from 0.
    Step(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Role {
    Text,
    Heading,
    Act(Act, Option<Grade>),
    /// More of a step of a run.
    Step(usize),
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct BuiltLine {
    spans: Line,
    role: Role,
}

impl BuiltLine {
    const fn new(spans: Line, role: Role) -> Self {
        Self { spans, role }
    }

    fn blank() -> Self {
        Self::new(Vec::new(), Role::Text)
    }

    fn act(&self) -> Option<&Act> {
        match &self.role {
            Role::Act(act, _) => Some(act),
            _ => None,
        }
    }

    fn text(&self) -> String {
        self.spans.iter().map(|span| span.text.as_str()).collect()
    }

    fn shown(&self) -> DetailLine {
        let kind = match &self.role {
            Role::Act(Act::Follow(to), grade) => DetailKind::Link { to: to.clone(), grade: *grade },
            Role::Heading => DetailKind::Heading,
            Role::Text | Role::Step(_) | Role::Act(Act::More(_) | Act::Step(_), _) => DetailKind::Text,
        };
        DetailLine { spans: self.spans.clone(), kind }
    }
}

/// A detail, ready to be shown.
#[derive(Debug)]
pub(super) struct Built {
    row: RowId,
    world: Arc<World>,
    shown: Vec<(&'static str, usize)>,
    width: usize,
    title: String,
    lines: Vec<BuiltLine>,
}

/// How the title names a thing.
pub(super) fn title(world: &World, row: &RowId) -> String {
    match row {
        RowId::Scope(scope) => scope::title(scope),
        RowId::Run(run) => format!("run {run}"),
        RowId::Thing(id) => {
            let name = name::of(world, id);
            match id.kind() {
                Kind::Key => name,
                kind => format!("{} {name}", kind.word()),
            }
        }
    }
}

fn build(view: &View<'_>, row: &RowId, shown: &[(&'static str, usize)], width: usize) -> Vec<BuiltLine> {
    let mut facts = Facts::new(*view, width);
    match row {
        RowId::Scope(scope) => scope::tell(&mut facts, scope),
        RowId::Run(id) => run::tell(&mut facts, *id),
        RowId::Thing(id) if id.kind() == Kind::Path => path::tell(&mut facts, id, shown),
        RowId::Thing(id) => {
            match view.world.get(id) {
                Some(entity) => {
                    let told = gitlab::tell(&mut facts, entity)
                        || aws::tell(&mut facts, entity)
                        || compute::tell(&mut facts, entity);
                    if !told {
                        seen::tell(&mut facts, entity);
                    }
                }
                None => seen::nobody(&mut facts, id),
            }
            if let Some(Entity::Session(session)) = view.world.get(id) {
                pulse::tell(&mut facts, &session.hours);
            } else {
                pulse::tell(&mut facts, view.world.linked.hours(id));
            }
            news::tell(&mut facts, id);
            ci::of_project(&mut facts, id);
            ways::tell(&mut facts, id, shown);
            assume::tell(&mut facts, id, shown);
            facts.findings(id);
            groups::tell(&mut facts, id, shown);
        }
    }
    facts.lines
}

/// Brings the detail up to date with the trail, the world and the width.
pub(super) fn refresh(app: &mut App) {
    let hidden = app.pane == PaneId::Overview || (app.focus == Focus::List && !app.fits.split);
    let Some(stop) = app.trail().here().filter(|_| !hidden).cloned() else {
        app.detail = None;
        return;
    };
    let width = app.fits.detail_columns.max(20);
    let fresh = app.detail.as_ref().is_some_and(|built| {
        built.row == stop.row
            && Arc::ptr_eq(&built.world, &app.world)
            && built.shown == stop.shown
            && built.width == width
    });
    if fresh {
        return;
    }
    let view = View::new(&app.world, app.settings.ascii);
    let lines = build(&view, &stop.row, &stop.shown, width);
    let title = title(&app.world, &stop.row);
    let before = app.detail.take().filter(|built| built.row == stop.row);
    let cursor = cursor_after(&lines, stop.cursor, before.as_ref());
    let Some(stop) = app.trail_mut().here_mut() else { return };
    stop.cursor = Some(cursor);
    let (row, shown) = (stop.row.clone(), stop.shown.clone());
    app.detail = Some(Built { row, world: app.world.clone(), shown, width, title, lines });
    app.set_detail_cursor(cursor);
    app.dirty = true;
}

/// The cursor stays on the link it was on, wherever that is now; a detail shown for the first time has it on the
/// first link.
fn cursor_after(lines: &[BuiltLine], cursor: Option<usize>, before: Option<&Built>) -> usize {
    let last = lines.len().saturating_sub(1);
    let Some(cursor) = cursor else {
        return lines.iter().position(|line| line.act().is_some()).unwrap_or(0);
    };
    let act = before.and_then(|built| built.lines.get(cursor)).and_then(BuiltLine::act);
    let place = |act: &Act| {
        if lines.get(cursor).and_then(BuiltLine::act) == Some(act) {
            return Some(cursor);
        }
        lines.iter().position(|line| line.act() == Some(act))
    };
    act.and_then(place).unwrap_or(cursor).min(last)
}

/// Lines of a large group shown at first, and by each further step.
pub(super) const FEW: usize = 12;
const STEP: usize = 1000;

impl App {
    pub(super) fn detail_cursor(&self) -> Option<usize> {
        self.trail().here().and_then(|stop| stop.cursor)
    }

    /// Puts the cursor on a line and the line into the window.
    pub(super) fn set_detail_cursor(&mut self, line: usize) {
        let window = self.fits.detail_rows.max(1);
        let Some(built) = &self.detail else { return };
        let last = built.lines.len().saturating_sub(1);
        let Some(stop) = self.trail_mut().here_mut() else { return };
        let cursor = line.min(last);
        // What stands above the first link is seen with it, as far as there is room.
        let highest = if cursor < window { 0 } else { cursor + 1 - window };
        stop.cursor = Some(cursor);
        stop.first = if cursor < stop.first { cursor } else { stop.first.max(highest) };
        stop.first = stop.first.min((last + 1).saturating_sub(window));
    }

    /// One step goes to the next link where one is near; otherwise to the next line, so that every line can be read.
    pub(super) fn step_detail(&mut self, by: i64) {
        let (Some(built), Some(cursor)) = (&self.detail, self.detail_cursor()) else { return };
        let last = built.lines.len().saturating_sub(1);
        let near = self.fits.detail_rows.max(2) / 2;
        let is_link = |line: &usize| built.lines[*line].act().is_some();
        let link = match by {
            1 => (cursor + 1..=last).take(near).find(is_link),
            -1 => (0..cursor).rev().take(near).find(is_link),
            _ => None,
        };
        let line = link.unwrap_or_else(|| super::perform::moved(cursor, by, last));
        self.set_detail_cursor(line);
        if line == 0
            && let Some(stop) = self.trail_mut().here_mut()
        {
            stop.first = 0;
        }
    }

    pub(super) fn act_under_cursor(&self) -> Option<&Act> {
        self.detail.as_ref()?.lines.get(self.detail_cursor()?)?.act()
    }

    /// The step of a run that the cursor is on, while the detail has the focus.
    pub(super) fn step_under_cursor(&self) -> Option<usize> {
        let line = self.detail.as_ref()?.lines.get(self.detail_cursor()?)?;
        match &line.role {
            Role::Step(step) | Role::Act(Act::Step(step), _) if self.focus == Focus::Detail => Some(*step),
            _ => None,
        }
    }

    pub(super) fn show_more(&mut self, group: &'static str) {
        let Some(stop) = self.trail_mut().here_mut() else { return };
        match stop.shown.iter_mut().find(|(known, _)| *known == group) {
            Some((_, lines)) => *lines += STEP,
            None => stop.shown.push((group, FEW + STEP)),
        }
    }

    /// The next line that contains the text sought; the next heading when none is sought. Round and round.
    pub(super) fn next_in_detail(&mut self, forward: bool) {
        let (Some(built), Some(cursor)) = (&self.detail, self.detail_cursor()) else { return };
        let sought = self.sought.trim().to_lowercase();
        let matches = |line: &BuiltLine| {
            if sought.is_empty() {
                line.role == Role::Heading
            } else {
                line.text().to_lowercase().contains(&sought)
            }
        };
        let count = built.lines.len();
        let step = |steps: usize| (cursor + if forward { steps } else { count - steps }) % count;
        match (1..=count).map(step).find(|line| matches(&built.lines[*line])) {
            Some(line) => self.set_detail_cursor(line),
            None => self.say(Span::new(format!("`{sought}` is not in this detail."), Tone::Notice)),
        }
    }

    /// While the text is typed: the first match at or below the cursor.
    pub(super) fn find_in_detail(&mut self) {
        let (Some(built), Some(cursor)) = (&self.detail, self.detail_cursor()) else { return };
        let sought = self.sought.trim().to_lowercase();
        let matches = |line: &usize| built.lines[*line].text().to_lowercase().contains(&sought);
        let found = (cursor..built.lines.len()).chain(0..cursor).find(matches);
        if let Some(line) = found.filter(|_| !sought.is_empty()) {
            self.set_detail_cursor(line);
        }
    }

    pub(super) fn detail_shown(&self) -> Option<Detail> {
        let built = self.detail.as_ref()?;
        let stop = self.trail().here()?;
        let way = self.trail().way();
        let crumb = |row: &RowId| match row {
            RowId::Thing(id) => truncate(&name::of(&self.world, id), 24, "~").into_owned(),
            RowId::Scope(scope) => scope::title(scope),
            RowId::Run(run) => format!("run {run}"),
        };
        let followed = way.len() > 1;
        let breadcrumb =
            if followed { way.iter().map(|stop| crumb(&stop.row)).collect() } else { Vec::new() };
        Some(Detail {
            title: built.title.clone(),
            breadcrumb,
            lines: built.lines.iter().map(BuiltLine::shown).collect(),
            first: stop.first,
            cursor: stop.cursor,
        })
    }
}
