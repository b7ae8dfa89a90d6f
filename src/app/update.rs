//! The only writer of [`App`]: a message in, effects out, and afterwards everything that follows from the change.

use std::sync::Arc;

use super::{
    Effect, Mouse, Msg, detail,
    find::spot,
    key::Key,
    pane::{PaneId, RowId},
    show::{Focus, Span},
    state::App,
};
use crate::base::time::Timestamp;

/// How long a message stays in the footer.
const MESSAGE_MS: u64 = 6_000;

/// Takes in one message; returns what others should do about it. Afterwards [`App::dirty_screen`] tells whether a new
/// frame would differ.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let mut effects = match msg {
        Msg::Key(key) => key_pressed(app, key),
        Msg::Pasted(text) => pasted(app, &text),
        Msg::Mouse(mouse) => moused(app, mouse),
        Msg::Resized { columns, lines } => {
            app.resized(columns, lines);
            Vec::new()
        }
        Msg::Ticked { now, uptime_ms } => ticked(app, now, uptime_ms),
        Msg::Reported(reports) => {
            app.reported(reports);
            app.due_digest().into_iter().collect()
        }
        Msg::Digested { world, cost_ms } => vec![app.digested(world, cost_ms)],
        Msg::Listed(listing) => {
            let (pane, window) = (listing.pane as usize, app.fits.list_rows);
            app.tables[pane].receive(listing, window);
            app.dirty |= app.pane as usize == pane;
            Vec::new()
        }
        Msg::Found(found) => {
            app.found(found);
            Vec::new()
        }
        Msg::Read { title, text: Ok(text) } => {
            app.show_text(title, &text);
            Vec::new()
        }
        Msg::Read { text: Err(why), .. } => {
            app.say(Span::new(crate::base::text::clean(&why).into_owned(), crate::app::show::Tone::Bad));
            Vec::new()
        }
        Msg::Proposed(proposed) => {
            app.proposed(proposed);
            Vec::new()
        }
        Msg::RunsRead(runs) => app.runs_read(runs),
        Msg::Run(order, news) => app.heard_of_run(order, news),
        Msg::Swept => {
            app.sweeping = false;
            app.dirty = true;
            app.due_digest().into_iter().collect()
        }
        Msg::Said { text, tone } => {
            app.say(Span::new(crate::base::text::clean(&text).into_owned(), tone));
            Vec::new()
        }
    };
    settle(app, &mut effects);
    effects
}

/// What follows from any change: rows and hits that are out of date are asked for, and the detail shows what the
/// trail stands on.
fn settle(app: &mut App, effects: &mut Vec<Effect>) {
    let pane = app.pane;
    let world = Arc::clone(&app.world);
    effects.extend(app.table_mut().request(pane, &world).map(Effect::List));
    effects.extend(app.find_request().map(Effect::Find));
    if app.focus == Focus::List {
        let selected = app.table().selected.clone();
        app.trail_mut().start(selected);
    }
    detail::refresh(app);
}

fn key_pressed(app: &mut App, key: Key) -> Vec<Effect> {
    app.dirty = true;
    app.message = None;
    if app.typing.is_some() {
        return app.type_key(key);
    }
    if app.layer.is_some() {
        return app.layer_key(key);
    }
    let place = app.place();
    app.keymap.command(place, key).map_or_else(Vec::new, |command| app.perform(command))
}

/// A key id or an ARN anywhere in a pasted text is gone to; with a prompt open the text is typed into it.
fn pasted(app: &mut App, text: &str) -> Vec<Effect> {
    app.dirty = true;
    if app.typing.is_some() {
        app.type_text(text);
    } else if let Some(id) = spot(text) {
        app.layer = None;
        app.jump(&id);
    } else {
        app.say(Span::plain("No access key id and no ARN in the pasted text."));
    }
    Vec::new()
}

fn moused(app: &mut App, mouse: Mouse) -> Vec<Effect> {
    app.dirty = true;
    if app.typing.is_some() {
        return Vec::new();
    }
    if app.layer.is_some() {
        if let Mouse::Wheel { rows, .. } = mouse {
            app.scroll_layer(i64::from(rows));
        }
        return Vec::new();
    }
    match mouse {
        Mouse::Wheel { rows, .. } if app.chart.is_some() => app.step_chart(i64::from(rows)),
        Mouse::Wheel { over, rows } => {
            app.focus = if app.pane == PaneId::Overview { Focus::List } else { over };
            app.step(i64::from(rows));
        }
        Mouse::ListRow(row) => {
            let index = app.table().first + row;
            let again = app.focus == Focus::List && app.table().index == index;
            app.focus = if again { Focus::Detail } else { Focus::List };
            let window = app.fits.list_rows;
            app.table_mut().move_to(index, window);
        }
        Mouse::DetailLine(line) => {
            let first = app.trail().here().map_or(0, |stop| stop.first);
            let again = app.focus == Focus::Detail && app.detail_cursor() == Some(first + line);
            app.focus = Focus::Detail;
            app.set_detail_cursor(first + line);
            if again {
                app.follow();
            }
        }
        Mouse::Tab(tab) => {
            if let Some(pane) = PaneId::ALL.get(tab) {
                app.go_to(*pane);
            }
        }
    }
    Vec::new()
}

fn ticked(app: &mut App, now: Timestamp, uptime_ms: u64) -> Vec<Effect> {
    let (before, was) = (app.bar(), app.now);
    app.now = now;
    app.uptime_ms = uptime_ms;
    if app.message.as_ref().is_some_and(|(_, until)| uptime_ms >= *until) {
        app.message = None;
        app.dirty = true;
    }
    app.dirty |= app.bar() != before || (app.now.seconds() != was.seconds() && app.shows_time());
    let closer = app.due_closer();
    let runs = app.carry_on_due();
    app.due_digest().into_iter().chain(closer).chain(runs).collect()
}

impl App {
    pub(super) fn say(&mut self, message: Span) {
        self.message = Some((message, self.uptime_ms.saturating_add(MESSAGE_MS)));
        self.dirty = true;
    }

    fn resized(&mut self, columns: u16, lines: u16) {
        self.fits = super::layout::of(columns, lines);
        let window = self.fits.list_rows;
        for table in &mut self.tables {
            table.scroll(window);
        }
        if let Some(cursor) = self.detail_cursor() {
            self.set_detail_cursor(cursor);
        }
        self.renew_chart();
        self.dirty = true;
    }

    /// Shows a thing: selects its row where it has one, and opens its detail.
    pub(crate) fn jump(&mut self, id: &crate::model::id::Id) {
        let pane = PaneId::home(id.kind());
        self.pane = pane;
        self.chart = None;
        let row = RowId::Thing(id.clone());
        let window = self.fits.list_rows;
        if pane.pane().has(&self.world, id) {
            self.clear_filter();
            self.table_mut().select(row.clone(), window);
        }
        self.trail_mut().start(Some(row));
        self.focus = Focus::Detail;
    }
}
