//! What lies over the body: help and texts. Every key either scrolls it or closes it.

use super::{
    Effect,
    command::{Command, CommandRow, Place, table},
    key::Key,
    perform::moved,
    show::Overlay,
    state::{App, Layer},
};

/// A group's title, and key and text of each of its commands.
type Group = (&'static str, Vec<(String, &'static str)>);

impl App {
    pub(super) fn layer_key(&mut self, key: Key) -> Vec<Effect> {
        if matches!(self.layer, Some(Layer::Menu(_) | Layer::Form(_) | Layer::Answers(_))) {
            return self.menu_key(key);
        }
        let page = i64::try_from(self.fits.overlay_rows / 2).unwrap_or(1).max(1);
        match self.keymap.command(Place::Detail, key) {
            Some(Command::Down) => self.scroll_layer(1),
            Some(Command::Up) => self.scroll_layer(-1),
            Some(Command::HalfDown | Command::PageDown) => self.scroll_layer(page),
            Some(Command::HalfUp | Command::PageUp) => self.scroll_layer(-page),
            Some(Command::Top) => self.scroll_layer(i64::MIN),
            Some(Command::Bottom) => self.scroll_layer(i64::MAX),
            Some(Command::Quit) => return vec![Effect::Quit],
            Some(
                Command::Back
                | Command::Leave
                | Command::Help
                | Command::Follow
                | Command::Record
                | Command::Around
                | Command::Policy,
            ) => {
                self.layer = None;
            }
            _ => {}
        }
        Vec::new()
    }

    fn menu_key(&mut self, key: Key) -> Vec<Effect> {
        let is_form = matches!(self.layer, Some(Layer::Form(_)));
        let is_asked = matches!(self.layer, Some(Layer::Answers(_)));
        // As in a list: a menu is one, and so is a form.
        match self.keymap.command(Place::List, key) {
            Some(Command::Down) => self.step_menu(1),
            Some(Command::Up) => self.step_menu(-1),
            Some(Command::Top) => self.step_menu(i64::MIN),
            Some(Command::Bottom) => self.step_menu(i64::MAX),
            Some(Command::Follow) if is_form => return self.enter_form(),
            Some(Command::Follow) if is_asked => self.answer(),
            Some(Command::Follow) => self.choose_action(),
            Some(Command::Quit) => return vec![Effect::Quit],
            Some(Command::Clear) if is_form => self.leave_form(),
            Some(Command::Clear | Command::Leave | Command::Act) => self.layer = None,
            _ => {}
        }
        Vec::new()
    }

    pub(super) fn scroll_layer(&mut self, by: i64) {
        let window = self.fits.overlay_rows.max(1);
        let all = match &self.layer {
            Some(Layer::Help { .. }) => self.help().iter().map(|(_, rows)| rows.len() + 2).sum(),
            Some(Layer::Text { lines, .. }) => lines.len(),
            Some(Layer::Menu(_) | Layer::Form(_) | Layer::Answers(_)) => return self.step_menu(by),
            None => return,
        };
        if let Some(Layer::Help { scroll } | Layer::Text { scroll, .. }) = &mut self.layer {
            *scroll = moved(*scroll, by, all.saturating_sub(window));
        }
    }

    pub(super) fn layer_shown(&self) -> Option<Overlay> {
        Some(match self.layer.as_ref()? {
            Layer::Menu(menu) => menu.shown(self.fits.page_columns.saturating_sub(8)),
            Layer::Answers(answers) => answers.shown(self.fits.page_columns.saturating_sub(8)),
            Layer::Form(form) => form.shown(self.fits.page_columns.saturating_sub(8)),
            Layer::Help { scroll } => Overlay::Help { groups: self.help(), scroll: *scroll },
            Layer::Text { title, lines, scroll } => {
                Overlay::Text { title: title.clone(), lines: lines.clone(), scroll: *scroll }
            }
        })
    }

    /// All commands by group, with the keys they have now.
    fn help(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for row in table() {
            let entry = (self.keys_text(row), row.help);
            match groups.iter_mut().find(|(group, _)| *group == row.group) {
                Some((_, rows)) => rows.push(entry),
                None => groups.push((row.group, vec![entry])),
            }
        }
        groups
    }

    pub(super) fn keys_text(&self, row: &CommandRow) -> String {
        let keys: Vec<String> = self.keymap.keys(row).iter().map(Key::to_string).collect();
        keys.join(" ")
    }
}
