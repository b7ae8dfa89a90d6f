//! The tree: its unfolded lines, the grade of each at the right edge.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, cells, from, row, width},
    theme::Surface,
};
use crate::app::show::{Span, Tone, TreeRow, TreeShown};

/// Narrower than this a grade is said by its first letters.
const SHORT_GRADE_BELOW: u16 = 60;

pub(super) fn draw(pen: &mut Pen, area: Rect, tree: &TreeShown) {
    let inner = pen.frame(area, &[Span::new(tree.title.clone(), Tone::Strong)], true);
    let shown = usize::from(inner.height);
    for (index, entry) in tree.rows.iter().enumerate().take(shown) {
        draw_row(pen, row(inner, cells(index)), entry);
    }
    if let Some(empty) = &tree.empty {
        pen.line(from(row(inner, cells(tree.rows.len() + 1)), 2), empty);
    }
    pen.scrollbar(Rect { width: inner.width + 1, ..inner }, (tree.first, shown), tree.total);
}

pub(super) fn draw_row(pen: &mut Pen, area: Rect, entry: &TreeRow) {
    let mut room = Rect { width: area.width.saturating_sub(2), ..from(area, 1) };
    if let Some(grade) = entry.grade {
        let word = grade.word();
        let said =
            if area.width < SHORT_GRADE_BELOW { format!("[{}]", &word[..3]) } else { format!("[{word}]") };
        let style = pen.tone(Tone::Dim);
        pen.text_right(room, &said, style);
        room.width = room.width.saturating_sub(width(&said) + 1);
    }
    pen.line(room, &entry.spans);
    if entry.cursor {
        pen.lay(area, Surface::Selection);
        let accent = pen.tone(Tone::Accent);
        let sign = pen.glyphs.selected;
        pen.text(Rect { width: area.width.min(1), ..area }, sign, accent);
        pen.lay(Rect { width: area.width.min(1), ..area }, Surface::Selection);
    }
}
