//! A table: which columns fit, how wide, and its rows. It gets only the rows of the window and scrolls nothing itself.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, cells, from, line_width, row, width},
    theme::Surface,
};
use crate::{
    app::show::{Column, List, Row, Span, Tone},
    base::text,
};

const GAP: u16 = 2;
/// The sign of selection and mark, and a blank.
const GUTTER: u16 = 2;

/// Widths of the columns that fit in `room`, `None` for those left out. Columns go by priority, the highest first and
/// of equals the rightmost; those with priority 0 stay and shrink instead. What is left over goes to the columns that
/// can still grow, from the left.
pub(super) fn fit(columns: &[Column], room: u16) -> Vec<Option<u16>> {
    let mut widths: Vec<Option<u16>> = columns.iter().map(|column| Some(column.min.max(1))).collect();
    while needed(&widths) > u32::from(room) {
        let kept = |index: &usize| widths[*index].is_some() && columns[*index].priority > 0;
        let last = (0..columns.len()).filter(kept).max_by_key(|&index| (columns[index].priority, index));
        match last {
            Some(index) => widths[index] = None,
            None => break,
        }
    }
    shrink(&mut widths, room);
    let mut left = u32::from(room).saturating_sub(needed(&widths));
    for (column, width) in columns.iter().zip(&mut widths) {
        if let Some(width) = width {
            let grown = u16::try_from(left).unwrap_or(u16::MAX).min(column.max.saturating_sub(*width));
            *width += grown;
            left -= u32::from(grown);
        }
    }
    widths
}

fn needed(widths: &[Option<u16>]) -> u32 {
    let kept: Vec<u32> = widths.iter().flatten().map(|width| u32::from(*width)).collect();
    let gaps = u32::try_from(kept.len().saturating_sub(1)).unwrap_or(u32::MAX);
    kept.iter().sum::<u32>() + gaps * u32::from(GAP)
}

/// The widest gives way first; when all are one column wide, the rightmost goes.
fn shrink(widths: &mut [Option<u16>], room: u16) {
    while needed(widths) > u32::from(room) {
        let widest = widths.iter_mut().rev().flatten().max_by_key(|width| **width);
        match widest {
            Some(width) if *width > 1 => *width -= 1,
            Some(_) => {
                if let Some(last) = widths.iter_mut().rev().find(|width| width.is_some()) {
                    *last = None;
                }
            }
            None => return,
        }
    }
}

pub(super) fn draw(pen: &mut Pen, area: Rect, list: &List, focused: bool) {
    let inner = pen.frame(area, &title(list), focused);
    if !list.filter.is_empty() {
        highlight_filter(pen, area, list);
    }
    let body = Rect { y: inner.y + inner.height.min(1), height: inner.height.saturating_sub(1), ..inner };
    let widths = fit(&list.columns, inner.width.saturating_sub(GUTTER));
    header(pen, row(inner, 0), list, &widths);
    if list.rows.is_empty() {
        for (index, line) in list.empty.iter().enumerate() {
            pen.line(from(row(body, cells(index)), GUTTER), line);
        }
    }
    for (index, entry) in list.rows.iter().enumerate().take(usize::from(body.height)) {
        entry_row(pen, row(body, cells(index)), list, entry, &widths);
        if entry.marked {
            pen.lay(row(body, cells(index)), Surface::Marked);
        }
        if entry.selected && focused {
            pen.lay(row(body, cells(index)), Surface::Selection);
        }
    }
    let shown = list.rows.len().min(usize::from(body.height));
    pen.scrollbar(Rect { width: body.width + 1, ..body }, (list.first, shown), list.total);
    let room = area.width.saturating_sub(6);
    let said = [false, true].map(|short| position(list, shown, &widths, short));
    let fitting = said.iter().find(|spans| line_width(spans) <= room).unwrap_or(&said[1]);
    pen.lower_edge(area, fitting, true);
}

fn title(list: &List) -> Vec<Span> {
    let mut title = vec![Span::new(list.title.clone(), Tone::Strong)];
    if !list.filter.is_empty() {
        title.push(Span::new(format!("  /{}", list.filter), Tone::Accent));
    }
    title
}

/// The filter stands out in the frame, because what it hides is not there to be seen.
fn highlight_filter(pen: &mut Pen, area: Rect, list: &List) {
    let start = 3 + width(&list.title) + 2;
    let room = area.width.saturating_sub(3).saturating_sub(start);
    let length = (width(&list.filter) + 1).min(room);
    pen.lay(Rect { width: length, ..from(row(area, 0), start) }, Surface::Match);
}

/// Where the window stands and what is not seen; the short form is for narrow frames.
fn position(list: &List, shown: usize, widths: &[Option<u16>], short: bool) -> Vec<Span> {
    let mut said = Vec::new();
    if shown > 0 {
        let of = if short { "/" } else { " of " };
        said.push(format!("{}-{}{of}{}", list.first + 1, list.first + shown, list.total));
    }
    if list.hidden > 0 {
        said.push(format!("{} hidden{}", list.hidden, if short { "" } else { " by the filter" }));
    }
    match widths.iter().filter(|width| width.is_none()).count() {
        0 => {}
        dropped if short => said.push(format!("+{dropped} columns")),
        dropped => said.push(format!("{} without room", text::plural(dropped, "column", "columns"))),
    }
    if said.is_empty() { Vec::new() } else { vec![Span::new(said.join(" · "), Tone::Dim)] }
}

/// The place of every column that is shown: its index and its cells in `area`.
fn places(area: Rect, widths: &[Option<u16>]) -> Vec<(usize, Rect)> {
    let mut room = from(area, GUTTER);
    let mut places = Vec::new();
    for (index, width) in widths.iter().enumerate() {
        let Some(width) = width else { continue };
        places.push((index, Rect { width: (*width).min(room.width), ..room }));
        room = from(room, width + GAP);
    }
    places
}

fn header(pen: &mut Pen, area: Rect, list: &List, widths: &[Option<u16>]) {
    for (index, place) in places(area, widths) {
        let column = &list.columns[index];
        let tone = if column.sorted.is_some() { Tone::Strong } else { Tone::Dim };
        let arrow = match column.sorted {
            Some(true) => pen.glyphs.ascending,
            Some(false) => pen.glyphs.descending,
            None => "",
        };
        let style = pen.tone(tone);
        // The arrow stays even when the title is cut, for the order must always be seen.
        let words = Rect { width: place.width.saturating_sub(width(arrow)), ..place };
        if column.right {
            pen.text_right(words, column.title, style);
            pen.text_right(place, arrow, style);
        } else {
            let used = pen.text(words, column.title, style);
            pen.text(from(place, used), arrow, style);
        }
    }
}

fn entry_row(pen: &mut Pen, area: Rect, list: &List, entry: &Row, widths: &[Option<u16>]) {
    let sign = match (entry.selected, entry.marked) {
        (true, true) => pen.glyphs.both,
        (true, false) => pen.glyphs.selected,
        (false, true) => pen.glyphs.marked,
        (false, false) => " ",
    };
    let accent = pen.tone(Tone::Accent);
    pen.text(area, sign, accent);
    for (index, place) in places(area, widths) {
        let Some(cell) = entry.cells.get(index) else { continue };
        let style = pen.tone(cell.tone);
        if list.columns[index].right {
            pen.text_right(place, &cell.text, style);
        } else {
            pen.text(place, &cell.text, style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{sample, shot::rows};

    fn column(min: u16, max: u16, priority: u8) -> Column {
        Column { title: "X", min, max, priority, right: false, sorted: None }
    }

    #[test]
    fn columns_grow_from_the_left_and_go_by_priority() {
        let columns = [column(10, 20, 0), column(8, 30, 1), column(4, 4, 3), column(6, 10, 2)];
        for (room, expected) in [
            (100, [Some(20), Some(30), Some(4), Some(10)]),
            (60, [Some(20), Some(24), Some(4), Some(6)]),
            (34, [Some(10), Some(8), Some(4), Some(6)]),
            (33, [Some(15), Some(8), None, Some(6)]),
            (28, [Some(10), Some(8), None, Some(6)]),
            (27, [Some(17), Some(8), None, None]),
            (19, [Some(19), None, None, None]),
            (7, [Some(7), None, None, None]),
            (1, [Some(1), None, None, None]),
            (0, [None, None, None, None]),
        ] {
            assert_eq!(fit(&columns, room), expected, "{room}");
        }
    }

    #[test]
    fn of_equal_columns_the_rightmost_goes_and_those_that_must_stay_shrink() {
        assert_eq!(fit(&[column(5, 5, 1), column(5, 5, 1)], 11), [Some(5), None]);
        assert_eq!(fit(&[column(9, 9, 0), column(4, 4, 0)], 10), [Some(4), Some(4)]);
        assert_eq!(fit(&[column(9, 9, 0), column(4, 4, 0)], 3), [Some(3), None]);
        assert_eq!(fit(&[], 80), []);
    }

    proptest::proptest! {
        #[test]
        fn what_fits_never_takes_more_than_there_is(
            room in 0_u16..300,
            shapes in proptest::collection::vec((0_u16..40, 0_u16..60, 0_u8..6), 0..12),
        ) {
            let columns: Vec<Column> = shapes.iter().map(|&(min, max, priority)| column(min, max, priority)).collect();
            let widths = fit(&columns, room);
            assert!(needed(&widths) <= u32::from(room));
            for (column, width) in columns.iter().zip(widths) {
                assert!(width.is_none_or(|width| width <= column.max.max(column.min).max(1)));
            }
        }
    }

    #[test]
    fn selection_mark_order_and_position_are_said_without_colour() {
        let screen = rows(&sample::keys(), 80, 24).join("\n");
        assert!(screen.contains("▸ AKIA..RP6LN"), "{screen}");
        assert!(screen.contains("● AKIA..QK2MD"), "{screen}");
        assert!(screen.contains("AGE▼"), "{screen}");
        assert!(screen.contains("1-18 of 41"), "{screen}");
        assert!(screen.contains("12 hidden by the filter"), "{screen}");
        assert!(screen.contains("/age>90"), "{screen}");
        let narrow = rows(&sample::keys(), 40, 12).join("\n");
        assert!(narrow.contains("1-6/41 · 12 hidden · +3 columns"), "{narrow}");
    }

    #[test]
    fn an_empty_table_says_why() {
        let screen = rows(&sample::nothing_collected(), 80, 24).join("\n");
        assert!(screen.contains("Not looked at yet: gitlab.acme.example is still being read."), "{screen}");
        assert!(!screen.contains("of 0"), "{screen}");
    }
}
