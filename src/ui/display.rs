//! Frames to a terminal: only what changed since the last one, in one write, as one update that the terminal shows
//! whole. Whether the terminal is ours to draw on is the business of [`super::terminal`].

use std::io::{self, Write};

use crossterm::{
    QueueableCommand,
    clipboard::CopyToClipboard,
    terminal::{BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate},
};
use ratatui::{
    backend::{Backend, CrosstermBackend},
    buffer::Buffer,
    layout::{Rect, Size},
};

/// Two buffers: what the terminal shows, and the frame being drawn.
#[derive(Debug)]
pub struct Display<W: Write> {
    out: W,
    shown: Buffer,
    next: Buffer,
    /// Does the terminal show something we do not know?
    stale: bool,
}

impl<W: Write> Display<W> {
    pub fn new(out: W) -> Self {
        Self { out, shown: Buffer::default(), next: Buffer::default(), stale: true }
    }

    /// Draws a frame of this size. Answers whether anything had to be written; nothing is when nothing changed.
    pub fn draw(&mut self, size: Size, frame: impl FnOnce(Rect, &mut Buffer)) -> io::Result<bool> {
        let area = Rect::from(((0, 0).into(), size));
        if self.shown.area != area {
            self.shown = Buffer::empty(area);
            self.next = Buffer::empty(area);
            self.stale = true;
        }
        if self.stale {
            self.shown.reset();
        }
        self.next.reset();
        frame(area, &mut self.next);
        let mut changes = self.shown.diff_iter(&self.next).peekable();
        if !self.stale && changes.peek().is_none() {
            return Ok(false);
        }
        let mut bytes = Vec::new();
        bytes.queue(BeginSynchronizedUpdate)?;
        if self.stale {
            bytes.queue(Clear(ClearType::All))?;
        }
        CrosstermBackend::new(&mut bytes).draw(changes)?;
        bytes.queue(EndSynchronizedUpdate)?;
        self.stale = true;
        self.out.write_all(&bytes)?;
        self.out.flush()?;
        self.stale = false;
        std::mem::swap(&mut self.shown, &mut self.next);
        Ok(true)
    }

    /// The next frame is written whole: something else wrote to the terminal.
    pub fn redraw(&mut self) {
        self.stale = true;
    }

    /// Puts a text on the clipboard of the terminal, also over SSH (OSC 52). A terminal that does not allow it stays
    /// silent, so no one can know whether it did.
    pub fn copy(&mut self, words: &str) -> io::Result<()> {
        self.out.queue(CopyToClipboard::to_clipboard_from(words))?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn frame(words: &str) -> impl FnOnce(Rect, &mut Buffer) {
        move |_, buffer| buffer.set_string(0, 0, words, Style::new())
    }

    fn taken(display: &mut Display<Vec<u8>>) -> String {
        String::from_utf8(std::mem::take(&mut display.out)).unwrap()
    }

    #[test]
    fn a_frame_is_one_update_and_only_what_changed() {
        let size = Size::new(20, 3);
        let mut display = Display::new(Vec::new());
        assert!(display.draw(size, frame("41 keys")).unwrap());
        let first = taken(&mut display);
        assert!(first.starts_with("\x1b[?2026h") && first.ends_with("\x1b[?2026l"), "{first:?}");
        assert!(first.contains("\x1b[2J") && first.contains("keys"), "{first:?}");

        assert!(display.draw(size, frame("42 keys")).unwrap());
        let second = taken(&mut display);
        assert!(
            second.contains("2\x1b") && !second.contains("keys") && !second.contains("\x1b[2J"),
            "{second:?}"
        );
    }

    #[test]
    fn an_unchanged_frame_writes_nothing() {
        let size = Size::new(20, 3);
        let mut display = Display::new(Vec::new());
        display.draw(size, frame("41 keys")).unwrap();
        taken(&mut display);
        assert!(!display.draw(size, frame("41 keys")).unwrap());
        assert_eq!(taken(&mut display), "");
    }

    #[test]
    fn after_a_resize_or_a_disturbance_everything_is_drawn_again() {
        let mut display = Display::new(Vec::new());
        display.draw(Size::new(20, 3), frame("41 keys")).unwrap();
        taken(&mut display);
        assert!(display.draw(Size::new(10, 3), frame("41 keys")).unwrap());
        assert!(taken(&mut display).contains("keys"));
        display.redraw();
        assert!(display.draw(Size::new(10, 3), frame("41 keys")).unwrap());
        assert!(taken(&mut display).contains("\x1b[2J"));
    }

    #[test]
    fn a_copy_is_an_osc_52() {
        let mut display = Display::new(Vec::new());
        display.copy("AKIARZPUZDIKNSFRP6LN").unwrap();
        assert_eq!(taken(&mut display), "\x1b]52;c;QUtJQVJaUFVaRElLTlNGUlA2TE4=\x1b\\");
    }
}
