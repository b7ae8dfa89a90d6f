//! A page of text in a frame over the whole body: a plan, a run.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, cells, from, row},
    theme::Surface,
};
use crate::app::show::{PageShown, Span, Tone};

pub(super) fn draw(pen: &mut Pen, area: Rect, page: &PageShown) {
    let inner = pen.frame(area, &[Span::new(page.title.clone(), Tone::Strong)], true);
    let shown = usize::from(inner.height);
    let text = Rect { width: inner.width.saturating_sub(1), ..inner };
    for (index, line) in page.lines.iter().enumerate().take(shown) {
        let place = row(text, cells(index));
        pen.line(from(place, 1), line);
        if page.cursor == Some(page.first + index) {
            pen.lay(place, Surface::Selection);
        }
    }
    pen.scrollbar(Rect { width: inner.width + 1, ..inner }, (page.first, shown), page.total);
}
