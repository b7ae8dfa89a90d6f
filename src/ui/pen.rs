//! Writes text into a buffer: clipped to it, cut with a mark, in the theme's styles and in the signs the terminal has.
//! Every other drawing file goes through here and touches no cell itself.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Modifier, Style},
};

use super::{
    glyphs::Glyphs,
    theme::{Surface, Theme},
};
use crate::{
    app::show::{Span, Tone},
    base::text,
};

pub(super) struct Pen<'a> {
    pub buffer: &'a mut Buffer,
    pub theme: &'a Theme,
    pub glyphs: &'static Glyphs,
}

/// A count of columns or rows as the terminal counts them.
pub(super) fn cells(count: usize) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Columns a text takes.
pub(super) fn width(words: &str) -> u16 {
    cells(text::width(words))
}

/// Columns spans take together.
pub(super) fn line_width(spans: &[Span]) -> u16 {
    cells(spans.iter().map(|span| text::width(&span.text)).sum())
}

/// One row of an area, counted from its top; empty when there is none.
pub(super) fn row(area: Rect, index: u16) -> Rect {
    if index < area.height {
        Rect { y: area.y + index, height: 1, ..area }
    } else {
        Rect { height: 0, ..area }
    }
}

/// What is left of an area without its first columns.
pub(super) fn from(area: Rect, column: u16) -> Rect {
    let column = column.min(area.width);
    Rect { x: area.x + column, width: area.width - column, ..area }
}

impl Pen<'_> {
    pub(super) fn tone(&self, tone: Tone) -> Style {
        self.theme.tone(tone)
    }

    /// Writes at the start of the first row of `area`, cut with a mark when it is longer. Answers the columns used.
    pub(super) fn text(&mut self, area: Rect, words: &str, style: Style) -> u16 {
        let area = area.intersection(self.buffer.area);
        if area.is_empty() {
            return 0;
        }
        let folded = self.glyphs.fold(words);
        let shown = text::truncate(&folded, usize::from(area.width), self.glyphs.cut);
        let (end, _) = self.buffer.set_stringn(area.x, area.y, &shown, usize::from(area.width), style);
        end - area.x
    }

    /// The same, ending at the right edge.
    pub(super) fn text_right(&mut self, area: Rect, words: &str, style: Style) -> u16 {
        let used = width(&self.glyphs.fold(words)).min(area.width);
        self.text(from(area, area.width - used), words, style)
    }

    /// Spans one after the other, the whole cut with one mark when it is longer.
    pub(super) fn line(&mut self, area: Rect, spans: &[Span]) -> u16 {
        let fits = line_width(spans) <= area.width;
        let mut room = if fits { area } else { Rect { width: area.width.saturating_sub(1), ..area } };
        for span in spans {
            let style = self.tone(span.tone);
            if width(&span.text) <= room.width {
                let used = self.text(room, &span.text, style);
                room = from(room, used);
                continue;
            }
            let folded = self.glyphs.fold(&span.text).into_owned();
            let used = self.text(room, &text::truncate(&folded, usize::from(room.width), ""), style);
            let end = Rect { width: 1.min(area.width), ..from(area, room.x + used - area.x) };
            self.text(end, self.glyphs.cut, style);
            return end.x + end.width - area.x;
        }
        room.x - area.x
    }

    /// Lays a surface over what is already written.
    pub(super) fn lay(&mut self, area: Rect, surface: Surface) {
        self.buffer.set_style(area, self.theme.surface(surface));
    }

    /// The cell under a cursor, in any theme and on any ground.
    pub(super) fn cursor(&mut self, area: Rect) {
        self.buffer.set_style(area, Style::new().add_modifier(Modifier::REVERSED));
    }

    /// Empties an area and gives it a surface on the base.
    pub(super) fn clear(&mut self, area: Rect, surface: Surface) {
        let area = area.intersection(self.buffer.area);
        for y in area.top()..area.bottom() {
            // A wide letter that begins just outside would spill into the area.
            if let Some(before) = area.x.checked_sub(1)
                && let Some(cell) = self.buffer.cell_mut((before, y))
                && text::width(cell.symbol()) > 1
            {
                cell.set_symbol(" ");
            }
            for x in area.left()..area.right() {
                if let Some(cell) = self.buffer.cell_mut((x, y)) {
                    cell.reset();
                }
            }
        }
        self.lay(area, Surface::Base);
        self.lay(area, surface);
    }

    /// A frame with a title in its upper edge; answers what is inside.
    pub(super) fn frame(&mut self, area: Rect, title: &[Span], focused: bool) -> Rect {
        let style = self.theme.surface(if focused { Surface::BorderFocused } else { Surface::Border });
        if area.width < 2 || area.height < 2 {
            return Rect { width: 0, height: 0, ..area };
        }
        let Glyphs { corners, horizontal, vertical, .. } = self.glyphs;
        let edge = horizontal.repeat(usize::from(area.width - 2));
        let (left, right, bottom) = (area.x, area.right() - 1, area.bottom() - 1);
        self.text(area, &format!("{}{edge}{}", corners[0], corners[1]), style);
        for y in area.y + 1..bottom {
            for x in [left, right] {
                self.text(Rect { x, y, width: 1, height: 1 }, vertical, style);
            }
        }
        self.text(row(area, area.height - 1), &format!("{}{edge}{}", corners[2], corners[3]), style);
        if !title.is_empty() && area.width > 4 {
            let room = Rect { x: area.x + 2, width: area.width - 4, height: 1, ..area };
            self.on_edge(room, title);
        }
        Rect { x: area.x + 1, y: area.y + 1, width: area.width - 2, height: area.height - 2 }
    }

    /// Words in an edge, with a blank on either side.
    fn on_edge(&mut self, room: Rect, spans: &[Span]) {
        let mut padded = vec![Span::plain(" ")];
        padded.extend_from_slice(spans);
        padded.push(Span::plain(" "));
        let needed = line_width(&padded).min(room.width);
        self.line(Rect { width: needed, ..room }, &padded);
    }

    /// Words in the lower edge of a frame, at its right end or its left.
    pub(super) fn lower_edge(&mut self, frame: Rect, spans: &[Span], at_right: bool) {
        if frame.height < 2 || frame.width <= 4 || spans.is_empty() {
            return;
        }
        let room = Rect { x: frame.x + 2, width: frame.width - 4, ..row(frame, frame.height - 1) };
        let needed = line_width(spans).saturating_add(2).min(room.width);
        let room = if at_right { from(room, room.width - needed) } else { room };
        self.on_edge(room, spans);
    }

    /// A thumb in the right edge of a frame, when not everything is in the window.
    pub(super) fn scrollbar(&mut self, track: Rect, window: (usize, usize), total: usize) {
        let (first, shown) = window;
        let height = usize::from(track.height);
        if total <= shown || height == 0 || track.width == 0 {
            return;
        }
        let length = (height * shown / total).clamp(1, height);
        let hidden = total - shown;
        let top = (height - length) * first.min(hidden) / hidden;
        let style = self.theme.surface(Surface::BorderFocused);
        for y in top..top + length {
            let at = row(track, cells(y));
            self.text(Rect { x: track.right() - 1, width: 1, ..at }, self.glyphs.thumb, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draw(columns: u16, ascii: bool, act: impl FnOnce(&mut Pen, Rect)) -> String {
        let area = Rect::new(0, 0, columns, 3);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::find("mono").unwrap();
        act(&mut Pen { buffer: &mut buffer, theme: &theme, glyphs: Glyphs::new(ascii) }, area);
        (0..area.width).map(|x| buffer[(x, 0)].symbol().to_owned()).collect::<String>().trim_end().to_owned()
    }

    #[test]
    fn a_line_is_cut_once_and_marked() {
        let spans = [Span::plain("gitlab-deploy"), Span::plain(" active"), Span::plain(" 412d")];
        assert_eq!(draw(30, false, |pen, area| _ = pen.line(area, &spans)), "gitlab-deploy active 412d");
        assert_eq!(draw(25, false, |pen, area| _ = pen.line(area, &spans)), "gitlab-deploy active 412d");
        assert_eq!(draw(20, false, |pen, area| _ = pen.line(area, &spans)), "gitlab-deploy activ…");
        assert_eq!(draw(14, false, |pen, area| _ = pen.line(area, &spans)), "gitlab-deploy…");
        assert_eq!(draw(9, true, |pen, area| _ = pen.line(area, &spans)), "gitlab-d~");
        assert_eq!(draw(1, false, |pen, area| _ = pen.line(area, &spans)), "…");
    }

    #[test]
    fn wide_letters_are_never_halved() {
        let spans = [Span::plain("漢字漢字")];
        assert_eq!(draw(6, false, |pen, area| _ = pen.line(area, &spans)).replace(' ', ""), "漢字…");
        assert_eq!(draw(6, true, |pen, area| _ = pen.line(area, &spans)), "?????~");
    }

    #[test]
    fn text_at_the_right_edge_ends_there() {
        assert_eq!(draw(8, false, |pen, area| _ = pen.text_right(area, "412d", Style::new())), "    412d");
        assert_eq!(draw(3, false, |pen, area| _ = pen.text_right(area, "412d", Style::new())), "41…");
    }

    #[test]
    fn a_frame_without_room_for_its_title_cuts_it() {
        let title = [Span::plain("Keys, worst first")];
        assert_eq!(draw(16, true, |pen, area| _ = pen.frame(area, &title, true)), "+- Keys, wors~-+");
        assert_eq!(draw(4, false, |pen, area| _ = pen.frame(area, &title, true)), "┌──┐");
    }
}
