//! What was typed, pasted, clicked or resized, in the words of `app`. What the keys mean is decided there.

use std::io;

use crossterm::event::{
    Event, EventStream, KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseButton, MouseEvent,
    MouseEventKind,
};
use futures_util::{Stream, StreamExt};

use crate::{
    app::key::{Code, Key},
    base::text,
};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    Key(Key),
    /// Pasted text as one line, cleaned of control characters.
    Paste(String),
    /// Columns and lines.
    Resize(u16, u16),
    Mouse(Mouse),
}

/// Column and row count from the upper left corner, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mouse {
    pub does: Click,
    pub column: u16,
    pub row: u16,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Click {
    /// The left button went down.
    Press,
    WheelUp,
    WheelDown,
}

/// Everything typed from now on, until standard input is gone.
pub fn inputs() -> impl Stream<Item = io::Result<Input>> + Unpin {
    EventStream::new().filter_map(|event| std::future::ready(event.map(decode).transpose()))
}

/// `None` for what means nothing to us: releases, focus, keys without a name.
pub fn decode(event: Event) -> Option<Input> {
    match event {
        Event::Key(event) => key(event).map(Input::Key),
        Event::Paste(words) => Some(Input::Paste(one_line(&words))),
        Event::Resize(columns, lines) => Some(Input::Resize(columns, lines)),
        Event::Mouse(event) => mouse(event).map(Input::Mouse),
        Event::FocusGained | Event::FocusLost => None,
    }
}

/// A line copied out of a log may have been wrapped on the way; blanks stand for line ends and tabs.
fn one_line(words: &str) -> String {
    let joined =
        words.split(['\r', '\n', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    text::clean(joined.trim()).into_owned()
}

fn key(event: KeyEvent) -> Option<Key> {
    if event.kind == KeyEventKind::Release {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let alt = event.modifiers.contains(KeyModifiers::ALT);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    let code = match event.code {
        // Terminals disagree on the case of a control letter.
        KeyCode::Char(letter) if ctrl => Code::Char(letter.to_ascii_lowercase()),
        KeyCode::Char(letter) if shift => Code::Char(letter.to_ascii_uppercase()),
        KeyCode::Char(letter) => Code::Char(letter),
        KeyCode::Tab if shift => Code::BackTab,
        KeyCode::Tab => Code::Tab,
        KeyCode::BackTab => Code::BackTab,
        KeyCode::Enter => Code::Enter,
        KeyCode::Esc => Code::Esc,
        KeyCode::Backspace => Code::Backspace,
        KeyCode::Delete => Code::Delete,
        KeyCode::Up => Code::Up,
        KeyCode::Down => Code::Down,
        KeyCode::Left => Code::Left,
        KeyCode::Right => Code::Right,
        KeyCode::Home => Code::Home,
        KeyCode::End => Code::End,
        KeyCode::PageUp => Code::PageUp,
        KeyCode::PageDown => Code::PageDown,
        KeyCode::F(number) => Code::F(number),
        _ => return None,
    };
    Some(Key { code, ctrl, alt })
}

fn mouse(event: MouseEvent) -> Option<Mouse> {
    let does = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => Click::Press,
        MouseEventKind::ScrollUp => Click::WheelUp,
        MouseEventKind::ScrollDown => Click::WheelDown,
        _ => return None,
    };
    Some(Mouse { does, column: event.column, row: event.row })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(code: KeyCode, modifiers: KeyModifiers) -> Option<String> {
        match decode(Event::Key(KeyEvent::new(code, modifiers))) {
            Some(Input::Key(key)) => Some(key.to_string()),
            _ => None,
        }
    }

    #[test]
    fn keys_get_the_names_used_in_the_configuration() {
        for (code, modifiers, name) in [
            (KeyCode::Char('j'), KeyModifiers::NONE, "j"),
            (KeyCode::Char('G'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('g'), KeyModifiers::SHIFT, "G"),
            (KeyCode::Char('D'), KeyModifiers::CONTROL, "ctrl-d"),
            (KeyCode::Char('x'), KeyModifiers::ALT, "alt-x"),
            (KeyCode::Char(' '), KeyModifiers::NONE, "space"),
            (KeyCode::Tab, KeyModifiers::SHIFT, "backtab"),
            (KeyCode::BackTab, KeyModifiers::SHIFT, "backtab"),
            (KeyCode::PageDown, KeyModifiers::NONE, "pagedown"),
            (KeyCode::F(5), KeyModifiers::NONE, "f5"),
        ] {
            assert_eq!(typed(code, modifiers).as_deref(), Some(name));
        }
        assert_eq!(typed(KeyCode::CapsLock, KeyModifiers::NONE), None);
    }

    #[test]
    fn a_key_counts_once() {
        let event = |kind| Event::Key(KeyEvent::new_with_kind(KeyCode::Char('j'), KeyModifiers::NONE, kind));
        assert!(decode(event(KeyEventKind::Press)).is_some());
        assert!(decode(event(KeyEventKind::Repeat)).is_some());
        assert_eq!(decode(event(KeyEventKind::Release)), None);
    }

    #[test]
    fn a_pasted_log_line_is_one_line_that_can_do_nothing() {
        let pasted = Event::Paste("key AKIA\r\n\tfrom\u{1b}[2J 203.0.113.9\n".into());
        assert_eq!(decode(pasted), Some(Input::Paste("key AKIA from?[2J 203.0.113.9".into())));
    }

    #[test]
    fn the_wheel_and_the_left_button_are_heard() {
        let event = |kind| {
            decode(Event::Mouse(MouseEvent { kind, column: 3, row: 7, modifiers: KeyModifiers::NONE }))
        };
        let press = Mouse { does: Click::Press, column: 3, row: 7 };
        assert_eq!(event(MouseEventKind::Down(MouseButton::Left)), Some(Input::Mouse(press)));
        assert!(event(MouseEventKind::ScrollDown).is_some());
        assert_eq!(event(MouseEventKind::Moved), None);
    }
}
