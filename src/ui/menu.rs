//! What can be done to a thing, over the screen: one line an action, and below them what the selected one means.

use ratatui::layout::Rect;

use super::{
    overlay::{boxed, more},
    pen::{Pen, cells, from, line_width, row, width},
    theme::Surface,
};
use crate::app::show::Line;

pub(super) fn draw(
    pen: &mut Pen,
    area: Rect,
    (title, items, selected, says): (&str, &[Line], usize, &[Line]),
) {
    let longest =
        items.iter().map(|line| line_width(line) + 2).chain(says.iter().map(|line| line_width(line)));
    let wide = longest.max().unwrap_or(0).max(width(title) + 2);
    // A blank line stands between both.
    let below = if says.is_empty() { 0 } else { cells(says.len()).saturating_add(1) };
    let (frame, inner) = boxed(pen, area, (wide, cells(items.len()).saturating_add(below)), title);
    let room = usize::from(inner.height.saturating_sub(below)).max(1);
    let first = (selected + 1).saturating_sub(room);
    for (index, item) in items.iter().enumerate().skip(first).take(room) {
        let place = row(inner, cells(index - first));
        pen.line(from(place, 2), item);
        if index == selected {
            let accent = pen.tone(crate::app::show::Tone::Accent);
            let sign = pen.glyphs.selected;
            pen.text(Rect { width: place.width.min(1), ..place }, sign, accent);
            pen.lay(place, Surface::Selection);
        }
    }
    let under = cells(items.len().min(room)).saturating_add(1);
    for (index, line) in says.iter().enumerate() {
        pen.line(row(inner, under.saturating_add(cells(index))), line);
    }
    more(pen, frame, first, items.len().saturating_sub(first + room));
}
