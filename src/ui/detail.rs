//! The detail of one thing: its lines, the line under the cursor, the grade of each link at the right edge.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, cells, from, row, width},
    theme::Surface,
};
use crate::app::show::{Detail, DetailKind, DetailLine, Span, Tone};

/// The sign of a link, and a blank.
const GUTTER: u16 = 2;
/// Narrower than this a grade is said by its first letters.
const SHORT_GRADE_BELOW: u16 = 44;

pub(super) fn draw(pen: &mut Pen, area: Rect, detail: &Detail, focused: bool) {
    let inner = pen.frame(area, &[Span::new(detail.title.clone(), Tone::Strong)], focused);
    let shown = usize::from(inner.height);
    for (index, line) in detail.lines.iter().enumerate().skip(detail.first).take(shown) {
        let place = row(inner, cells(index - detail.first));
        let under_cursor = detail.cursor == Some(index);
        detail_line(pen, place, line, under_cursor && focused);
        if under_cursor && focused {
            pen.lay(place, Surface::Selection);
        }
    }
    pen.scrollbar(Rect { width: inner.width + 1, ..inner }, (detail.first, shown), detail.lines.len());
    breadcrumb(pen, area, &detail.breadcrumb);
}

fn detail_line(pen: &mut Pen, area: Rect, line: &DetailLine, under_cursor: bool) {
    match &line.kind {
        DetailKind::Text => _ = pen.line(from(area, 1), &line.spans),
        DetailKind::Heading => {
            let strong: Vec<Span> = line.spans.iter().map(heading).collect();
            pen.line(from(area, 1), &strong);
        }
        DetailKind::Link { grade, .. } => {
            let mut room = Rect { width: area.width.saturating_sub(1), ..from(area, 1) };
            if let Some(grade) = grade {
                let short = area.width < SHORT_GRADE_BELOW;
                let word = grade.word();
                let said = if short { format!("[{}]", &word[..3]) } else { format!("[{word}]") };
                let style = pen.tone(Tone::Dim);
                pen.text_right(room, &said, style);
                room.width = room.width.saturating_sub(width(&said) + 1);
            }
            let (sign, tone) = if under_cursor {
                (pen.glyphs.selected, Tone::Strong)
            } else {
                (pen.glyphs.link, Tone::Accent)
            };
            let style = pen.tone(tone);
            pen.text(Rect { width: room.width.min(1), ..room }, sign, style);
            pen.line(from(room, GUTTER), &line.spans);
        }
    }
}

fn heading(span: &Span) -> Span {
    let tone = if span.tone == Tone::Plain { Tone::Strong } else { span.tone };
    Span::new(span.text.clone(), tone)
}

/// The way here stands in the lower edge; its beginning gives way first, because the end is where one is.
fn breadcrumb(pen: &mut Pen, area: Rect, steps: &[String]) {
    let between = format!(" {} ", pen.glyphs.step);
    let room = area.width.saturating_sub(6);
    let said = |from: usize| {
        let mut words = steps[from..].join(&between);
        if from > 0 {
            words = format!("{}{between}{words}", pen.glyphs.cut);
        }
        words
    };
    let Some(first) = (0..steps.len()).find(|&from| width(&said(from)) <= room || from + 1 == steps.len())
    else {
        return;
    };
    let spans = [Span::new(said(first), Tone::Dim)];
    pen.lower_edge(area, &spans, false);
}

#[cfg(test)]
mod tests {
    use crate::{
        app::{
            layout,
            show::{Body, Focus, Screen, Span},
        },
        ui::{sample, shot::rows},
    };

    fn focused_detail() -> Screen {
        let mut screen = sample::keys();
        if let Body::Table { focus, .. } = &mut screen.body {
            *focus = Focus::Detail;
        }
        screen
    }

    #[test]
    fn a_link_shows_its_grade_at_the_right_edge() {
        let screen = rows(&focused_detail(), 80, 24);
        let link = screen.iter().find(|line| line.contains("AWS_ACCESS_KEY_ID")).unwrap();
        assert!(link.trim_end_matches([' ', '│']).ends_with("[observed]"), "{link}");
        let narrow = rows(&focused_detail(), 40, 12).join("\n");
        assert!(narrow.contains("[obs]"), "{narrow}");
    }

    #[test]
    fn the_app_knows_how_long_a_text_may_be() {
        for (width, height) in [(80, 24), (40, 12), (120, 40)] {
            let columns = layout::of(width, height).detail_columns;
            let seen = |length: usize| {
                let mut screen = focused_detail();
                if let Body::Table { detail: Some(detail), .. } = &mut screen.body {
                    detail.lines[0].spans = vec![Span::plain("x".repeat(length))];
                }
                rows(&screen, width, height).join("\n")
            };
            assert!(seen(columns).contains(&"x".repeat(columns)), "{width}");
            assert!(seen(columns + 1).contains(&format!("{}…", "x".repeat(columns - 1))), "{width}");
        }
    }

    #[test]
    fn the_cursor_is_seen_without_colour_and_the_way_is_told() {
        let screen = rows(&focused_detail(), 80, 24).join("\n");
        assert!(screen.contains("▸ platform/infra"), "{screen}");
        assert!(screen.contains("Findings › AKIA..RP6LN"), "{screen}");
        let narrow = rows(&focused_detail(), 40, 12).join("\n");
        assert!(narrow.contains("AKIA..RP6LN"), "{narrow}");
    }
}
