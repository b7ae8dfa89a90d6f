//! A frame from the state. Only the rows of the window are built.

use super::{
    command::{Command, CommandRow, table},
    list::Sort,
    pane::{PANES, PaneId, View, overview},
    prompt::Purpose,
    show::{Bar, Body, Column, Footer, List, Row, Screen, Span, Tab, Tone},
    state::{App, Chart},
};
use crate::{
    base::text::{clean, count, long_age, plural},
    model::{gitlab::Instance, id::Kind, observe::Outcome},
};

impl App {
    /// What a frame looks like now.
    pub fn show(&self) -> Screen {
        Screen {
            bar: self.bar(),
            tabs: self.tabs(),
            body: self.body(),
            footer: self.footer(),
            overlay: self.palette_shown().or_else(|| self.layer_shown()),
        }
    }

    pub(super) fn view(&self) -> View<'_> {
        View::new(&self.world, self.settings.ascii)
    }

    fn body(&self) -> Body {
        if self.fits.too_small {
            return Body::TooSmall("keytrail needs at least 40 columns and 10 lines.".to_owned());
        }
        if let Some(chart) = self.chart_shown(&self.view()) {
            return chart;
        }
        if self.pane == PaneId::Overview {
            return Body::Overview(overview::blocks(&self.view(), self.first_cursor));
        }
        Body::Table { list: self.list(), detail: self.detail_shown(), focus: self.focus }
    }

    /// Where one is, on the left; how sure it is, on the right. Progress is told from the estate itself, which is
    /// ahead of the panes.
    pub(super) fn bar(&self) -> Bar {
        let mut left = vec![Span::new("keytrail", Tone::Accent)];
        let seen: Vec<String> =
            self.estate.all::<Instance>().map(|instance| clean(&instance.name).into_owned()).collect();
        let places = if seen.is_empty() { &self.settings.places } else { &seen };
        match places.as_slice() {
            [] => {}
            [one] => left.push(Span::plain(one.clone())),
            many => left.push(Span::plain(plural(many.len(), "GitLab", "GitLabs"))),
        }
        let accounts = self.estate.count(Kind::Account);
        if accounts > 0 {
            left.push(Span::plain(plural(accounts, "account", "accounts")));
        }
        let windows = self.estate.sweeps().filter_map(|(_, sweep)| sweep.window);
        if let Some(from) = windows.map(|(from, _)| from).min() {
            left.push(Span::plain(format!("events {}", long_age(from.age(self.now)))));
        }
        let mut right = vec![self.mode()];
        right.extend(self.runs_told());
        right.push(self.freshness());
        let gaps = self.estate.gaps().count();
        if gaps > 0 {
            right.push(Span::new(plural(gaps, "gap", "gaps"), Tone::Warn));
        }
        Bar { left, right }
    }

    /// What a confirmed plan would come to.
    fn mode(&self) -> Span {
        if self.settings.write { Span::new("WRITE", Tone::Bad) } else { Span::new("READ-ONLY", Tone::Good) }
    }

    fn freshness(&self) -> Span {
        let mut seen = 0;
        let (mut running, mut newest, mut partial) = (false, None, false);
        for (_, sweep) in self.estate.sweeps() {
            running |= sweep.ended.is_none();
            seen += sweep.seen;
            newest = newest.max(sweep.ended);
            partial |= sweep.outcome == Some(Outcome::Partial);
        }
        // Between two sweeps of one look nothing may be running for a moment.
        if self.sweeping && (running || newest.is_some()) {
            return Span::new(format!("sweeping {}", thousands(seen)), Tone::Notice);
        }
        match newest {
            Some(at) if partial => {
                Span::new(format!("swept in part {} ago", long_age(at.age(self.now))), Tone::Warn)
            }
            Some(at) => Span::plain(format!("swept {} ago", long_age(at.age(self.now)))),
            None if self.sweeping => Span::new("connecting", Tone::Notice),
            None => Span::new("nothing read", Tone::Warn),
        }
    }

    fn tabs(&self) -> Vec<Tab> {
        let tab = |id: PaneId| {
            let pane = id.pane();
            let rows = pane.count(&self.world);
            Tab { key: pane.digit(), title: pane.title(), count: rows.map(count), active: id == self.pane }
        };
        PANES.iter().map(|pane| tab(pane.id())).collect()
    }

    fn list(&self) -> List {
        let (pane, table, view) = (self.pane.pane(), self.table(), self.view());
        let rows = table.window(self.fits.list_rows).iter().map(|id| Row {
            cells: pane.row(&view, id).cells.into_iter().map(|cell| cell.span).collect(),
            marked: table.marks.contains(id),
            selected: table.selected.as_ref() == Some(id),
        });
        let columns = pane.columns().iter().enumerate().map(|(index, column)| Column {
            title: column.title,
            min: column.min,
            max: column.max,
            priority: column.priority,
            right: column.right,
            sorted: (table.sort.column == Some(index)).then_some(column.right == table.sort.reversed),
        });
        let empty = if table.hidden > 0 {
            vec![vec![Span::plain(format!(
                "No row matches; {} are hidden. Esc clears the filter.",
                table.hidden
            ))]]
        } else {
            pane.empty(&self.world)
        };
        List {
            title: self.list_title(),
            filter: clean(&table.filter_text).into_owned(),
            columns: columns.collect(),
            rows: rows.collect(),
            first: table.first,
            total: table.ids.len(),
            hidden: table.hidden,
            empty,
        }
    }

    /// `Keys, worst first`; `Keys by AGE, largest first`; how many rows are marked.
    fn list_title(&self) -> String {
        let (pane, table) = (self.pane.pane(), self.table());
        let order = match table.sort {
            Sort { column: None, reversed: false } => format!(", {}", pane.order()),
            Sort { column: None, reversed: true } => format!(", {} reversed", pane.order()),
            Sort { column: Some(index), reversed } => {
                pane.columns().get(index).map_or_else(String::new, |column| {
                    let by = if column.title.trim().is_empty() { column.name } else { column.title };
                    let down = column.right != reversed;
                    let way = match (column.right, down) {
                        (true, true) => "largest first",
                        (true, false) => "smallest first",
                        (false, false) => "a to z",
                        (false, true) => "z to a",
                    };
                    format!(" by {by}, {way}")
                })
            }
        };
        let marked =
            if table.marks.is_empty() { String::new() } else { format!(", {} marked", table.marks.len()) };
        let range = if table.anchor.is_some() { ", marking a range" } else { "" };
        format!("{}{order}{marked}{range}", pane.title())
    }

    /// Is it worth a hint? Runs can be resumed and undone; whatever leads from thing to thing does not begin at a run.
    fn means(&self, command: Command) -> bool {
        let of_runs = matches!(command, Command::Resume | Command::Undo | Command::UndoRun);
        let of_things = matches!(
            command,
            Command::Map
                | Command::Tree
                | Command::Timeline
                | Command::Act
                | Command::CopyId
                | Command::Open
                | Command::Sort
        );
        if command == Command::LeaveOut {
            return matches!(&self.chart, Some(Chart::Preview(preview)) if preview.is_ladder());
        }
        let at_runs = self.pane == PaneId::Runs && self.chart.is_none();
        if at_runs { !of_things } else { !of_runs }
    }

    fn footer(&self) -> Footer {
        let place = self.place();
        let here = |row: &&CommandRow| row.places.contains(&place) && self.means(row.command);
        let hints = table().iter().filter(here).filter_map(|row| {
            let key = self.keymap.keys(row).first()?;
            Some((key.to_string(), row.hint?))
        });
        let prompt = self.typing.as_ref().filter(|typing| !matches!(typing.purpose, Purpose::Palette(_)));
        Footer {
            hints: hints.collect(),
            message: self.message.as_ref().map(|(message, _)| message.clone()),
            prompt: prompt.map(super::prompt::Typing::prompt),
        }
    }
}

/// `1,234`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
