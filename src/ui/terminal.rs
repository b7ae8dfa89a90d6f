//! The terminal while it is ours: taken over on entry, given back on every way out: drop, panic, suspension.
//! What is drawn on it is the business of [`super::display`].

use std::{
    io::{self, IsTerminal, Write},
    panic,
    process::Command,
    sync::{
        Once,
        atomic::{AtomicBool, Ordering},
    },
};

use crossterm::{
    QueueableCommand,
    cursor::{Hide, Show},
    event::{DisableBracketedPaste, DisableMouseCapture, EnableBracketedPaste, EnableMouseCapture},
    style::{Print, ResetColor},
    terminal::{
        DisableLineWrap, EnableLineWrap, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
        SetTitle, disable_raw_mode, enable_raw_mode, size,
    },
};
use ratatui::layout::Size;

use crate::base::text;

/// Is the terminal ours right now? There is one terminal, so there is one answer; the panic hook reads it too.
static OURS: AtomicBool = AtomicBool::new(false);

/// xterm's title stack: a title is saved on it and comes back from it.
const SAVE_TITLE: &str = "\x1b[22;2t";
const RESTORE_TITLE: &str = "\x1b[23;2t";

/// Holds the terminal: raw mode, the alternate screen, no cursor. Gives it back when dropped.
#[derive(Debug)]
pub struct Terminal {
    title: String,
    mouse: bool,
}

impl Terminal {
    /// Takes the terminal over. Fails when standard output is none; the keys come from the controlling terminal even
    /// when standard input is something else.
    pub fn enter(title: &str, mouse: bool) -> io::Result<Self> {
        if !io::stdout().is_terminal() {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "standard output is not a terminal"));
        }
        restore_before_panics_speak();
        let terminal = Self { title: text::clean(title).into_owned(), mouse };
        terminal.take()?;
        Ok(terminal)
    }

    fn take(&self) -> io::Result<()> {
        // From here on `restore` undoes whatever part of this succeeds.
        OURS.store(true, Ordering::SeqCst);
        enable_raw_mode()
            .and_then(|()| write_enter(&mut io::stdout().lock(), &self.title, self.mouse))
            .inspect_err(|_| restore())
    }

    /// Columns and lines.
    pub fn size(&self) -> io::Result<Size> {
        size().map(|(columns, lines)| Size::new(columns, lines))
    }

    /// Is the mouse captured? While it is, the terminal's own selection of text does not work.
    pub const fn has_mouse(&self) -> bool {
        self.mouse
    }

    pub fn capture_mouse(&mut self, mouse: bool) -> io::Result<()> {
        self.mouse = mouse;
        let mut out = io::stdout().lock();
        if mouse {
            out.queue(EnableMouseCapture)?
        } else {
            out.queue(DisableMouseCapture)?
        };
        out.flush()
    }

    /// Gives the terminal back and stops the whole job, as ctrl-z does elsewhere; takes it over again when the shell
    /// continues it. The display must be redrawn afterwards. Blocks while stopped.
    pub fn suspend(&self) -> io::Result<()> {
        restore();
        // The process group 0 is our own: the shell sees its job stopped, whatever started us in it.
        let stopped = Command::new("kill").args(["-TSTP", "0"]).status();
        self.take()?;
        stopped.map(drop)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        restore();
    }
}

/// Is the terminal still ours? After a panic on any thread it is not, and nothing should be drawn any more.
pub fn is_ours() -> bool {
    OURS.load(Ordering::SeqCst)
}

/// Gives the terminal back. May be called at any time, from anywhere, any number of times; the first call does it.
pub fn restore() {
    if OURS.swap(false, Ordering::SeqCst) {
        // Nothing can be done about a terminal that is gone, and nobody is left to be told.
        _ = write_leave(&mut io::stdout().lock());
        _ = disable_raw_mode();
    }
}

/// A message of a panic must land on the main screen, in the terminal's own mode, or it is lost.
fn restore_before_panics_speak() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            restore();
            before(info);
        }));
    });
}

fn write_enter(out: &mut impl Write, title: &str, mouse: bool) -> io::Result<()> {
    out.queue(Print(SAVE_TITLE))?.queue(SetTitle(title))?;
    out.queue(EnterAlternateScreen)?.queue(DisableLineWrap)?.queue(EnableBracketedPaste)?.queue(Hide)?;
    if mouse {
        out.queue(EnableMouseCapture)?;
    }
    out.flush()
}

/// Undoes everything, also what was not done: a mode that is off stays off.
fn write_leave(out: &mut impl Write) -> io::Result<()> {
    out.queue(EndSynchronizedUpdate)?.queue(DisableMouseCapture)?.queue(DisableBracketedPaste)?;
    out.queue(ResetColor)?.queue(EnableLineWrap)?.queue(LeaveAlternateScreen)?.queue(Show)?;
    out.queue(SetTitle(""))?.queue(Print(RESTORE_TITLE))?;
    out.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn modes(written: &str) -> Vec<(String, bool)> {
        let mut modes: Vec<(String, bool)> = Vec::new();
        for part in written.split("\x1b[?").skip(1) {
            let number: String = part.chars().take_while(char::is_ascii_digit).collect();
            let on = part[number.len()..].starts_with('h');
            modes.retain(|(known, _)| *known != number);
            modes.push((number, on));
        }
        modes
    }

    fn written(act: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        act(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn leaving_undoes_every_mode_that_entering_sets() {
        for mouse in [false, true] {
            let entered = written(|out| write_enter(out, "keytrail", mouse));
            let left = modes(&written(write_leave));
            for (mode, on) in modes(&entered) {
                assert!(left.contains(&(mode.clone(), !on)), "mode {mode} stays {on}");
            }
            assert_eq!(entered.contains("\x1b[?1000h"), mouse);
        }
    }

    #[test]
    fn the_main_screen_the_cursor_and_the_title_come_back() {
        let left = written(write_leave);
        assert!(left.contains("\x1b[?1049l") && left.contains("\x1b[?25h"), "{left:?}");
        assert!(left.find("\x1b[?1049l") < left.find("\x1b[?25h"), "{left:?}");
        assert!(left.ends_with(RESTORE_TITLE), "{left:?}");
        assert!(written(|out| write_enter(out, "keytrail demo", false)).contains("\x1b]0;keytrail demo\x07"));
    }

    #[test]
    fn restoring_what_is_not_ours_does_nothing() {
        restore();
        assert!(!is_ours());
    }
}
