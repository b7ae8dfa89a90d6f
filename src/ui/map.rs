//! The map: three columns side by side, the things that the cursor's thing touches lit, and below them how.

use ratatui::layout::Rect;

use super::{
    overlay::wrap,
    pen::{Pen, cells, from, row},
    theme::Surface,
};
use crate::app::{
    layout,
    show::{Line, MapColumn, MapRow, MapShown, Span, Tone},
};

/// The sign of a row, and a blank.
const GUTTER: u16 = 2;

pub(super) fn draw(pen: &mut Pen, area: Rect, map: &MapShown, fits: &layout::Layout) {
    let how = cells(fits.how_rows).min(area.height);
    let top = Rect { height: area.height - how, ..area };
    let count = cells(map.columns.len()).max(1);
    for (index, column) in map.columns.iter().enumerate() {
        let place = cells(index);
        let start = top.width * place / count;
        let end = top.width * (place + 1) / count;
        let frame = Rect { x: top.x + start, width: end - start, ..top };
        let filter = if index == 0 { map.filter.as_str() } else { "" };
        draw_column(pen, frame, column, (index == map.active, filter));
    }
    let below = Rect { y: top.bottom(), height: how, ..area };
    let below = from(below, 1);
    // Long lines go on below while there is room for all of them.
    let wrapped: Vec<Line> = map.how.iter().flat_map(|line| wrap(line, below.width)).collect();
    let lines = if wrapped.len() <= usize::from(how) { &wrapped } else { &map.how };
    for (index, line) in lines.iter().enumerate().take(usize::from(how)) {
        pen.line(row(below, cells(index)), line);
    }
}

fn draw_column(pen: &mut Pen, area: Rect, column: &MapColumn, (active, filter): (bool, &str)) {
    let mut title = vec![Span::new(column.title.clone(), Tone::Strong)];
    if !filter.is_empty() {
        title.push(Span::new(format!("  /{filter}"), Tone::Accent));
    }
    let inner = pen.frame(area, &title, active);
    let shown = usize::from(inner.height);
    for (index, entry) in column.rows.iter().enumerate().take(shown) {
        draw_row(pen, row(inner, cells(index)), entry);
    }
    pen.scrollbar(Rect { width: inner.width + 1, ..inner }, (column.first, shown), column.total);
}

fn draw_row(pen: &mut Pen, area: Rect, entry: &MapRow) {
    let sign = match (entry.cursor, entry.lit) {
        (true, _) => pen.glyphs.selected,
        (false, true) => pen.glyphs.marked,
        (false, false) => " ",
    };
    let accent = pen.tone(Tone::Accent);
    pen.text(Rect { width: area.width.min(1), ..area }, sign, accent);
    if entry.lit || entry.cursor {
        pen.line(from(area, GUTTER), &entry.spans);
    } else {
        let dimmed: Vec<Span> =
            entry.spans.iter().map(|span| Span::new(span.text.clone(), Tone::Dim)).collect();
        pen.line(from(area, GUTTER), &dimmed);
    }
    if entry.cursor {
        pen.lay(area, Surface::Selection);
    }
}
