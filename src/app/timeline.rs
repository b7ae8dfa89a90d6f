//! The timeline: when something was used, as columns over time that can be zoomed, and the calls of the column under the cursor. Calls that
//! were folded are counted by the hour; those that were kept are told one by one.

mod calls;
mod shown;

use std::sync::Arc;

use super::{
    pane::PaneId,
    perform::moved,
    show::{Span, Tone},
    state::{App, Chart},
    world::World,
};
use crate::{
    base::time::Timestamp,
    model::id::{Id, Kind},
};
use calls::Calls;

/// What a column may stand for, in seconds: a minute to a month.
const STEPS: [i64; 10] =
    [60, 300, 900, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 7 * 24 * HOUR, 30 * 24 * HOUR];
const HOUR: i64 = 3600;
/// The shortest column that folded calls can be counted in.
const BY_HOUR: usize = 3;

#[derive(Clone, Debug)]
pub(super) struct TimelineState {
    /// All sessions and keys where there is none.
    about: Option<Id>,
    calls: Calls,
    /// Columns.
    cells: usize,
    /// Index into [`STEPS`].
    step: usize,
    /// Where the last column ends.
    end: Timestamp,
    /// Nothing is known of any later time.
    latest: Timestamp,
    /// The column under the cursor.
    cell: usize,
    /// The call under the cursor, among those of the column, and the first that is shown.
    at: usize,
    first: usize,
}

impl TimelineState {
    /// Everything that is known, in columns of an hour at least; the cursor on the last column with calls.
    fn on(world: &World, about: Option<Id>, cells: usize) -> Self {
        let calls = Calls::of(world, about.as_ref());
        let now = world.now;
        let (first, last) = calls.span().unwrap_or((now, now));
        let span = |step: usize| i64::try_from(cells).unwrap_or(i64::MAX).saturating_mul(STEPS[step]);
        // Use that ended long ago is not shown as a speck at the edge of today.
        let last = if now.seconds() - last.seconds() <= span(BY_HOUR) { now.max(last) } else { last };
        let wanted = last.seconds() - first.seconds() + 1;
        let step = (BY_HOUR..STEPS.len()).find(|step| span(*step) >= wanted).unwrap_or(STEPS.len() - 1);
        let mut state = Self { about, calls, cells, step, end: last, latest: last, cell: 0, at: 0, first: 0 };
        state.end = state.up(last.plus(1));
        state.cell = state.cells - 1;
        if state.count(state.cell).0 == 0 {
            state.sideways(false);
        }
        state
    }

    const fn seconds(&self) -> i64 {
        STEPS[self.step]
    }

    /// The end of the column that a time lies in, or just ends.
    fn up(&self, at: Timestamp) -> Timestamp {
        let seconds = self.seconds();
        Timestamp::from_seconds(at.seconds().saturating_add(seconds - 1).div_euclid(seconds) * seconds)
    }

    fn begin(&self, cell: usize) -> Timestamp {
        let back = i64::try_from(self.cells - cell.min(self.cells)).unwrap_or(i64::MAX);
        self.end.minus(back.saturating_mul(self.seconds()))
    }

    /// Calls of a column, and how many of them were refused.
    fn count(&self, cell: usize) -> (u64, u64) {
        let (from, to) = (self.begin(cell), self.begin(cell + 1));
        if self.step >= BY_HOUR { self.calls.counted(from, to) } else { self.calls.kept_counted(from, to) }
    }

    /// The calls of the column under the cursor that were kept.
    fn kept(&self) -> &[(Timestamp, Id)] {
        self.calls.kept(self.begin(self.cell), self.begin(self.cell + 1))
    }

    /// The call under the cursor.
    pub(super) fn here(&self) -> Option<&Id> {
        self.kept().get(self.at).map(|(_, id)| id)
    }

    /// To the next column with calls; over the edge the columns move along.
    pub(super) fn sideways(&mut self, right: bool) {
        let busy = |cell: &usize| self.count(*cell).0 > 0;
        let next =
            if right { (self.cell + 1..self.cells).find(busy) } else { (0..self.cell).rev().find(busy) };
        if let Some(cell) = next {
            self.stand(cell);
            return;
        }
        let (first, last) = (self.begin(0), self.end);
        let beyond = if right { self.calls.after(last) } else { self.calls.before(first) };
        if let Some(at) = beyond {
            self.centre(at);
        }
    }

    /// A closer or a wider look at the column under the cursor.
    fn zoom(&mut self, closer: bool) {
        let middle = self.begin(self.cell).plus(self.seconds() / 2);
        // The first call says more of where one looks than the middle of nothing.
        let (from, to) = (self.begin(self.cell), self.begin(self.cell + 1));
        let at = self.calls.kept(from, to).last().map_or(middle, |(at, _)| *at);
        let step = if closer { self.step.checked_sub(1) } else { Some(self.step + 1) };
        let Some(step) = step.filter(|step| *step < STEPS.len()) else { return };
        self.step = step;
        self.centre(at);
    }

    fn centre(&mut self, at: Timestamp) {
        let half = i64::try_from(self.cells / 2).unwrap_or(i64::MAX);
        let middle = self.up(at.plus(1)).plus(half.saturating_mul(self.seconds()));
        self.end = middle.min(self.up(self.latest.plus(1)));
        let cell = (0..self.cells).find(|cell| self.begin(*cell + 1) > at);
        self.stand(cell.unwrap_or(self.cells - 1));
    }

    fn stand(&mut self, cell: usize) {
        (self.cell, self.at, self.first) = (cell, 0, 0);
    }

    pub(super) fn step(&mut self, by: i64, window: usize) {
        self.at = moved(self.at, by, self.kept().len().saturating_sub(1));
        self.scroll(window);
    }

    fn scroll(&mut self, window: usize) {
        let lowest = (self.at + 1).saturating_sub(window);
        self.first = self.first.clamp(lowest, self.at.max(lowest));
    }

    /// The world or the room changed: the same times stay in sight, and the cursor on its call.
    pub(super) fn renew(&mut self, world: &World, cells: usize, window: usize) {
        let here = self.here().cloned();
        let at = self.begin(self.cell);
        self.calls = Calls::of(world, self.about.as_ref());
        let last = self.calls.span().map_or(self.latest, |(_, last)| last);
        self.latest = self.latest.max(last);
        if cells != self.cells {
            self.cells = cells;
            self.centre(at);
        }
        let place = here.and_then(|here| self.kept().iter().position(|(_, id)| *id == here));
        self.at = place.unwrap_or(self.at).min(self.kept().len().saturating_sub(1));
        self.scroll(window);
    }
}

impl App {
    /// The timeline of the thing under the cursor, where calls are told of it; of everything otherwise.
    pub(super) fn open_timeline(&mut self) {
        if matches!(self.chart, Some(Chart::Timeline(_))) {
            self.chart = None;
            return;
        }
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let has_calls = |id: &Id| matches!(id.kind(), Kind::Key | Kind::Session | Kind::Role | Kind::Address);
        // The overview is of everything, and so is its timeline.
        let is_overview = self.pane == PaneId::Overview && self.chart.is_none();
        let about = self.thing_here().into_iter().chain(about).find(|id| !is_overview && has_calls(id));
        let world = Arc::clone(&self.world);
        self.chart = Some(Chart::Timeline(TimelineState::on(&world, about, self.fits.time_cells)));
    }

    pub(super) fn zoom(&mut self, closer: bool) {
        if let Some(Chart::Timeline(timeline)) = &mut self.chart {
            timeline.zoom(closer);
        }
    }

    /// The call under the cursor, in a detail; of calls that were folded there is none.
    pub(super) fn no_call_here(&mut self) {
        self.say(Span::new(
            "Of these calls only the counts were kept: there is no record to open.",
            Tone::Notice,
        ));
    }
}

#[cfg(test)]
mod tests;
