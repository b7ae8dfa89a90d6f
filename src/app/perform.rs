//! What each command does.

use super::{
    Effect,
    command::{Command, Place},
    detail::Act,
    filter::Filter,
    list::Sort,
    pane::{PANES, PaneId, RowId},
    show::{Focus, Span, Tone},
    state::{App, Layer},
};

impl App {
    pub(super) fn perform(&mut self, command: Command) -> Vec<Effect> {
        match command {
            Command::Down => self.step(1),
            Command::Up => self.step(-1),
            Command::Top => self.step(i64::MIN),
            Command::Bottom => self.step(i64::MAX),
            Command::PageDown => self.step(self.page()),
            Command::PageUp => self.step(-self.page()),
            Command::HalfDown => self.step(self.page() / 2),
            Command::HalfUp => self.step(-self.page() / 2),
            Command::NextMatch => self.next_match(true),
            Command::PreviousMatch => self.next_match(false),
            Command::Follow => self.follow(),
            Command::Back => self.back(),
            Command::Clear => self.clear(),
            Command::HistoryBack => self.walk_history(false),
            Command::HistoryForward => self.walk_history(true),
            Command::SwitchSide => self.switch_side(),
            Command::GoTo(pane) => {
                self.go_to(pane);
                // Other processes keep runs there too.
                return (pane == PaneId::Runs).then_some(Effect::ReadRuns).into_iter().collect();
            }
            Command::NextPane => self.go_to(self.other_pane(1)),
            Command::PreviousPane => self.go_to(self.other_pane(PANES.len() - 1)),
            Command::Sort => self.sort_next(),
            Command::Reverse => self.reverse(),
            Command::Mark => self.mark(),
            Command::MarkRange => self.mark_range(),
            Command::Help => self.layer = Some(Layer::Help { scroll: 0 }),
            Command::Filter => self.type_filter(),
            Command::FindInDetail => self.type_find(),
            Command::Palette => self.type_palette(),
            Command::Save => self.type_save(),
            Command::Act => return self.act(),
            Command::Confirm => return self.confirm(),
            Command::Override => self.type_reason(),
            Command::SavePlan => self.type_save_plan(),
            Command::Resume => self.preview_resume(),
            Command::Undo => self.preview_undo(false),
            Command::UndoRun => self.preview_undo(true),
            Command::LeaveOut => self.leave_out(),
            Command::WatchRun => self.watch_run(),
            Command::StopRun => return self.stop_run(),
            Command::CopyId => return self.copy_id(),
            Command::CopyAddress => return self.copy_address(),
            Command::Open => return self.open(),
            Command::Record => return self.read_record(),
            Command::Around => self.look_around(),
            Command::Policy => self.read_policy(),
            Command::Map => self.open_map(),
            Command::Tree => self.open_tree(),
            Command::Timeline => self.open_timeline(),
            Command::ZoomIn => self.zoom(true),
            Command::ZoomOut => self.zoom(false),
            Command::Visit => self.visit(),
            Command::ToLeft => self.sideways(false),
            Command::ToRight => self.sideways(true),
            Command::Fold => self.fold_tree(),
            Command::Turn => self.turn_tree(),
            Command::Close => self.close_chart(),
            Command::Refresh => return self.refresh(),
            Command::StopSweep => return self.stop_sweep(),
            Command::Mouse => {
                self.mouse = !self.mouse;
                return vec![Effect::Mouse(self.mouse)];
            }
            Command::Leave if self.chart.is_some() => self.chart = None,
            Command::Leave if self.keeps_open() => {}
            Command::Leave | Command::Quit => return vec![Effect::Quit],
        }
        Vec::new()
    }

    fn page(&self) -> i64 {
        let lines = match self.place() {
            Place::Overview => 10,
            Place::Map => self.fits.map_rows,
            Place::List => self.fits.list_rows,
            Place::Detail | Place::Tree | Place::Plan | Place::Run => self.fits.detail_rows,
            Place::Timeline => self.fits.time_rows,
        };
        i64::try_from(lines).unwrap_or(i64::MAX).max(2)
    }

    /// Moves the cursor of the side that has the focus; a step too far stops at the end.
    pub(super) fn step(&mut self, by: i64) {
        match self.place() {
            Place::Overview => {
                let rows = self.world.summary().first.len() + self.world.ways().len();
                self.first_cursor = moved(self.first_cursor, by, rows.saturating_sub(1));
            }
            Place::Map | Place::Tree | Place::Timeline | Place::Plan | Place::Run => self.step_chart(by),
            Place::List => {
                let window = self.fits.list_rows;
                let table = self.table_mut();
                let index = moved(table.index, by, table.ids.len().saturating_sub(1));
                table.move_to(index, window);
            }
            Place::Detail => self.step_detail(by),
        }
    }

    /// In a list every row matches the filter, so that the next match is the next row, round and round.
    fn next_match(&mut self, forward: bool) {
        if self.focus == Focus::Detail {
            self.next_in_detail(forward);
            return;
        }
        let window = self.fits.list_rows;
        let table = self.table_mut();
        let rows = table.ids.len().max(1);
        let index = if forward { table.index + 1 } else { table.index + rows - 1 } % rows;
        table.move_to(index, window);
    }

    pub(super) fn follow(&mut self) {
        match self.place() {
            Place::Overview => {
                let world = self.world.clone();
                let first = &world.summary().first;
                if let Some(finding) =
                    first.get(self.first_cursor).and_then(|index| world.findings.get(*index))
                {
                    self.jump(&finding.about);
                } else if let Some(way) = world.ways().get(self.first_cursor.saturating_sub(first.len())) {
                    self.go_to(PaneId::Paths);
                    self.set_filter(&format!("way:{}", way.way));
                }
            }
            Place::List if self.table().selected.is_some() => self.focus = Focus::Detail,
            Place::List | Place::Map | Place::Tree | Place::Timeline | Place::Plan | Place::Run => {}
            Place::Detail => match self.act_under_cursor().cloned() {
                Some(Act::Follow(id)) => self.trail_mut().follow(RowId::Thing(id)),
                Some(Act::More(group)) => self.show_more(group),
                Some(Act::Step(_)) => {
                    self.say(Span::new("u takes this step back, U the whole run.", Tone::Notice));
                }
                None => {}
            },
        }
    }

    fn back(&mut self) {
        if !self.trail_mut().back() {
            self.focus = Focus::List;
        }
    }

    fn walk_history(&mut self, forward: bool) {
        let moved = if forward { self.trail_mut().forward() } else { self.trail_mut().back() };
        if moved {
            self.focus = Focus::Detail;
        }
    }

    /// On the overview from what to do first to the ways and back.
    fn switch_side(&mut self) {
        if self.pane == PaneId::Overview {
            let (first, ways) = (self.world.summary().first.len(), self.world.ways().len());
            self.first_cursor = if self.first_cursor < first && ways > 0 { first } else { 0 };
            return;
        }
        self.focus = match self.focus {
            Focus::List if self.trail().here().is_some() => Focus::Detail,
            _ => Focus::List,
        };
    }

    pub(super) fn go_to(&mut self, pane: PaneId) {
        self.pane = pane;
        self.chart = None;
        self.focus = Focus::List;
        let window = self.fits.list_rows;
        self.table_mut().scroll(window);
    }

    fn other_pane(&self, steps: usize) -> PaneId {
        PaneId::ALL[(self.pane as usize + steps) % PaneId::ALL.len()]
    }

    /// The range first, then the filter, then the marks.
    fn clear(&mut self) {
        let table = self.table_mut();
        if table.anchor.take().is_some() {
        } else if table.filter_text.is_empty() {
            table.marks.clear();
        } else {
            self.clear_filter();
        }
    }

    /// Shows only the rows that a filter lets through; one that is not understood changes nothing.
    pub(super) fn set_filter(&mut self, text: &str) {
        if let Ok(filter) = Filter::parse(text, self.pane.pane()) {
            let table = self.table_mut();
            text.clone_into(&mut table.filter_text);
            table.filter = filter;
            table.outdate();
        }
    }

    pub(super) fn clear_filter(&mut self) {
        let table = self.table_mut();
        if !table.filter_text.is_empty() {
            table.filter_text.clear();
            table.filter = Filter::default();
            table.outdate();
        }
    }

    /// The pane's own order, then each column, then its own order again.
    fn sort_next(&mut self) {
        let columns = self.pane.pane().columns().len();
        let table = self.table_mut();
        let column = table.sort.column.map_or(0, |column| column + 1);
        table.sort = Sort { column: Some(column).filter(|column| *column < columns), reversed: false };
        table.outdate();
    }

    fn reverse(&mut self) {
        let table = self.table_mut();
        table.sort.reversed = !table.sort.reversed;
        table.outdate();
    }

    fn mark(&mut self) {
        self.table_mut().toggle_mark();
        self.step(1);
    }

    fn mark_range(&mut self) {
        if !self.table_mut().mark_range() {
            self.say(Span::new(
                "Move to the other end and press the key again to mark the range.",
                Tone::Notice,
            ));
        }
    }

    fn refresh(&mut self) -> Vec<Effect> {
        if self.sweeping {
            self.say(Span::plain("A sweep is under way already."));
            return Vec::new();
        }
        self.sweeping = true;
        vec![Effect::Sweep]
    }

    fn stop_sweep(&mut self) -> Vec<Effect> {
        if !self.sweeping {
            self.say(Span::plain("No sweep is under way."));
            return Vec::new();
        }
        self.say(Span::plain("Stopping; what was read stays."));
        vec![Effect::StopSweep]
    }
}

/// A position after a step of any size, between 0 and `last`.
pub(super) fn moved(from: usize, by: i64, last: usize) -> usize {
    let steps = usize::try_from(by.unsigned_abs()).unwrap_or(usize::MAX);
    let to = if by < 0 { from.saturating_sub(steps) } else { from.saturating_add(steps) };
    to.min(last)
}
