//! The timeline: columns over an axis, what the column under the cursor holds, and its calls.

use ratatui::layout::Rect;

use super::{
    charts::{eighths, figure},
    pen::{Pen, cells, from, row},
    theme::Surface,
    tree::draw_row,
};
use crate::app::{
    layout::{UNDER_BARS, time_bars},
    show::{Span, TimelineShown, Tone},
};

pub(super) fn draw(pen: &mut Pen, area: Rect, shown: &TimelineShown) {
    let inner = pen.frame(area, &[Span::new(shown.title.clone(), Tone::Strong)], true);
    let height = time_bars(inner.height);
    let chart = from(Rect { height, ..inner }, 1);
    columns(pen, chart, shown);
    let axis = row(inner, height);
    for (cell, label) in &shown.labels {
        let dim = pen.tone(Tone::Dim);
        let place = from(axis, 1 + cells(*cell));
        pen.text(Rect { width: place.width.min(cells(13)), ..place }, label, dim);
    }
    // Where one stands is marked under the column as well: a colour alone would say nothing to some.
    let accent = pen.tone(Tone::Accent);
    let mark = from(row(inner, height + 1), 1 + cells(shown.cursor));
    pen.text(Rect { width: mark.width.min(1), ..mark }, pen.glyphs.foot, accent);
    pen.line(from(row(inner, height + 2), 1), &shown.says);
    let room = inner.height.saturating_sub(height + UNDER_BARS);
    for (index, entry) in shown.rows.iter().enumerate().take(usize::from(room)) {
        draw_row(pen, row(inner, height + UNDER_BARS + cells(index)), entry);
    }
    let list = Rect {
        y: inner.y + height.min(inner.height) + UNDER_BARS,
        height: room,
        width: inner.width + 1,
        ..inner
    };
    pen.scrollbar(list, (shown.first, usize::from(room)), shown.total);
}

/// One column a cell; the refused calls are its lower part.
fn columns(pen: &mut Pen, area: Rect, shown: &TimelineShown) {
    let top = shown.bars.iter().map(|(calls, _)| *calls).max().unwrap_or(0).max(1);
    for (index, (calls, denied)) in shown.bars.iter().enumerate().take(usize::from(area.width)) {
        let column = from(area, cells(index));
        let column = Rect { width: column.width.min(1), ..column };
        let (all, refused) = (eighths(*calls, top, area.height), eighths(*denied, top, area.height));
        for step in 0..area.height {
            let place = row(column, area.height - 1 - step);
            let filled = all.saturating_sub(usize::from(step) * 8).min(8);
            let is_refused = refused > usize::from(step) * 8;
            let tone = if is_refused { Tone::Bad } else { Tone::Accent };
            if filled > 0 {
                let style = pen.tone(tone);
                pen.text(place, pen.glyphs.upwards[filled], style);
            }
            if index == shown.cursor {
                pen.lay(place, Surface::Selection);
            }
        }
    }
    let said = figure(top);
    let dim = pen.tone(Tone::Dim);
    pen.text_right(row(area, 0), &said, dim);
}
