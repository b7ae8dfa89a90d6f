//! Lines being typed: a filter, a text to find, a file name, a command. Each change takes effect at once.

use tui_input::{Input, InputRequest};

use super::{
    Effect,
    command::Place,
    export::Export,
    filter::{BadFilter, Filter},
    key::{Code, Key},
    palette::Palette,
    show::{Prompt, Span, Tone},
    state::{App, Chart},
};
use crate::{act::Wish, base::text::clean};

#[derive(Clone, Debug)]
pub(super) enum Purpose {
    Filter,
    Find,
    Save,
    SavePlan,
    /// Why a plan is carried out in spite of what speaks against it.
    Reason,
    /// This must be typed before what cannot be undone.
    Confirm(String),
    /// A wish of the form that is open.
    Wish(&'static Wish),
    Palette(Palette),
}

/// A line being typed and what for.
#[derive(Clone, Debug)]
pub(super) struct Typing {
    pub(super) purpose: Purpose,
    pub(super) input: Input,
    error: Option<BadFilter>,
}

impl Typing {
    pub(super) fn new(purpose: Purpose, text: &str) -> Self {
        Self { purpose, input: text.into(), error: None }
    }

    /// Asks for a name. Until it stands there, it stays wrong.
    pub(super) fn confirming(name: String) -> Self {
        let error = Some(unconfirmed(&name));
        Self { error, ..Self::new(Purpose::Confirm(name), "") }
    }

    pub(super) fn text(&self) -> &str {
        self.input.value()
    }

    /// As shown.
    pub(super) fn prompt(&self) -> Prompt {
        Prompt {
            label: match self.purpose {
                Purpose::Filter => "/",
                Purpose::Find => "find: ",
                Purpose::Save | Purpose::SavePlan => "write to: ",
                Purpose::Reason => "reason to go on: ",
                Purpose::Confirm(_) => "confirm: ",
                Purpose::Wish(_) => "is to be: ",
                Purpose::Palette(_) => ":",
            },
            text: clean(self.text()).into_owned(),
            cursor: self.input.cursor(),
            error: self.error.as_ref().map(|error| (error.at, clean(&error.says).into_owned())),
        }
    }
}

fn unconfirmed(name: &str) -> BadFilter {
    BadFilter { at: 0, says: format!("type {} to carry it out, esc to leave it", clean(name)) }
}

/// What a key does to the line itself; emacs' and the shell's habits.
fn edit(key: Key) -> Option<InputRequest> {
    let word = key.ctrl || key.alt;
    Some(match key.code {
        Code::Char('a') if key.ctrl => InputRequest::GoToStart,
        Code::Char('e') if key.ctrl => InputRequest::GoToEnd,
        Code::Char('w') if key.ctrl => InputRequest::DeletePrevWord,
        Code::Char('u') if key.ctrl => InputRequest::DeleteFromStart,
        Code::Char('k') if key.ctrl => InputRequest::DeleteTillEnd,
        Code::Char(letter) if !word => InputRequest::InsertChar(letter),
        Code::Backspace if word => InputRequest::DeletePrevWord,
        Code::Backspace => InputRequest::DeletePrevChar,
        Code::Delete => InputRequest::DeleteNextChar,
        Code::Left if word => InputRequest::GoToPrevWord,
        Code::Right if word => InputRequest::GoToNextWord,
        Code::Left => InputRequest::GoToPrevChar,
        Code::Right => InputRequest::GoToNextChar,
        Code::Home => InputRequest::GoToStart,
        Code::End => InputRequest::GoToEnd,
        _ => return None,
    })
}

impl App {
    pub(super) fn type_filter(&mut self) {
        let text = match &self.chart {
            Some(Chart::Map(map)) => map.filter.clone(),
            _ => self.table().filter_text.clone(),
        };
        // A space, so that the next term can be typed at once.
        let text = if text.is_empty() { text } else { format!("{text} ") };
        self.typing = Some(Typing::new(Purpose::Filter, &text));
    }

    pub(super) fn type_find(&mut self) {
        self.typing = Some(Typing::new(Purpose::Find, ""));
    }

    pub(super) fn type_save(&mut self) {
        let name = format!("{}.csv", self.pane.pane().title().to_lowercase());
        self.typing = Some(Typing::new(Purpose::Save, &name));
    }

    pub(super) fn type_palette(&mut self) {
        self.typing = Some(Typing::new(Purpose::Palette(Palette::default()), ""));
        self.typed();
    }

    /// Pasted text goes in as one line.
    pub(super) fn type_text(&mut self, text: &str) {
        if let Some(typing) = &mut self.typing {
            for letter in text.trim().chars() {
                let letter = if letter.is_control() { ' ' } else { letter };
                typing.input.handle(InputRequest::InsertChar(letter));
            }
            self.typed();
        }
    }

    pub(super) fn type_key(&mut self, key: Key) -> Vec<Effect> {
        if key == Key::ctrl('c') {
            return vec![Effect::Quit];
        }
        match key.code {
            Code::Esc => self.give_up_typing(),
            Code::Enter => return self.accept(),
            Code::Down | Code::Tab => self.step_typing(1),
            Code::Up | Code::BackTab => self.step_typing(-1),
            Code::Char('n' | 'j') if key.ctrl => self.step_typing(1),
            Code::Char('p') if key.ctrl => self.step_typing(-1),
            _ => {
                let Some(typing) = &mut self.typing else { return Vec::new() };
                let change = edit(key).and_then(|request| typing.input.handle(request));
                if change.is_some_and(|change| change.value) {
                    self.typed();
                }
            }
        }
        Vec::new()
    }

    /// Up and down choose among the palette's entries, or move in the table while its filter is typed.
    fn step_typing(&mut self, by: i64) {
        match self.typing.as_mut().map(|typing| &mut typing.purpose) {
            Some(Purpose::Palette(palette)) => palette.step(by),
            Some(Purpose::Filter) => self.step(by),
            _ => {}
        }
    }

    /// The line changed.
    fn typed(&mut self) {
        let place = self.place();
        let Some(typing) = &mut self.typing else { return };
        let text = typing.input.value().to_owned();
        match &mut typing.purpose {
            Purpose::Filter if place == Place::Map => self.filter_map(text.trim()),
            Purpose::Filter => match Filter::parse(&text, self.pane.pane()) {
                Ok(filter) => {
                    typing.error = None;
                    let table = self.table_mut();
                    text.trim().clone_into(&mut table.filter_text);
                    if filter != table.filter {
                        table.filter = filter;
                        table.outdate();
                    }
                }
                Err(error) => typing.error = Some(error),
            },
            Purpose::Palette(palette) => palette.typed(&text, place),
            Purpose::Find => {
                self.sought = text;
                self.find_in_detail();
            }
            Purpose::Confirm(name) => typing.error = (text.trim() != *name).then(|| unconfirmed(name)),
            Purpose::Wish(wish) => {
                typing.error = wish.check(&text).err().map(|says| BadFilter { at: 0, says });
            }
            Purpose::Save | Purpose::SavePlan | Purpose::Reason => {}
        }
    }

    /// A filter given up is a filter taken away.
    fn give_up_typing(&mut self) {
        if let Some(typing) = self.typing.take() {
            match typing.purpose {
                Purpose::Filter if self.chart.is_some() => self.filter_map(""),
                Purpose::Filter => self.clear_filter(),
                Purpose::Find => self.sought.clear(),
                Purpose::Save
                | Purpose::SavePlan
                | Purpose::Reason
                | Purpose::Confirm(_)
                | Purpose::Wish(_)
                | Purpose::Palette(_) => {}
            }
        }
    }

    fn accept(&mut self) -> Vec<Effect> {
        let Some(typing) = &self.typing else { return Vec::new() };
        // A filter that is not understood stays open: what is wrong is said beside it.
        if typing.error.is_some() {
            return Vec::new();
        }
        let Some(typing) = self.typing.take() else { return Vec::new() };
        match typing.purpose {
            Purpose::Filter | Purpose::Find => Vec::new(),
            Purpose::Palette(palette) => self.chosen(&palette, typing.input.value()),
            Purpose::Save => self.save(typing.input.value().trim()),
            Purpose::SavePlan => self.save_plan(typing.input.value().trim()),
            Purpose::Reason => {
                self.accept_blocks(typing.input.value());
                Vec::new()
            }
            Purpose::Confirm(name) => self.confirmed(&name),
            Purpose::Wish(wish) => {
                self.wished(wish, typing.input.value());
                Vec::new()
            }
        }
    }

    fn save(&mut self, path: &str) -> Vec<Effect> {
        if path.is_empty() {
            self.say(Span::new("No name, nothing written.", Tone::Notice));
            return Vec::new();
        }
        let ids = self.table().ids.clone();
        vec![Effect::Save(Export { path: path.to_owned(), pane: self.pane, world: self.world.clone(), ids })]
    }
}
