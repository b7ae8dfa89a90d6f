//! Charts in cells: horizontal bars, a histogram with its limit, series as sparklines. Values are always said in
//! figures too, so that nothing rests on a length or a colour.

use ratatui::layout::Rect;

use super::pen::{Pen, cells, from, row, width};
use crate::{
    app::show::{Span, Tone},
    base::text,
};

/// A bar shorter than this tells nothing; labels are cut before.
const LEAST_BAR: u16 = 8;

/// Eighths of a cell that a value fills of `room` cells, at least one for anything above zero.
pub(super) fn eighths(value: u64, top: u64, room: u16) -> usize {
    let full = u128::from(room) * 8;
    let filled = (u128::from(value) * full).div_ceil(u128::from(top.max(1)));
    usize::try_from(filled.min(full)).unwrap_or_default()
}

pub(super) fn figure(value: u64) -> String {
    text::count(usize::try_from(value).unwrap_or(usize::MAX))
}

/// Label, bar, value; one row each. What does not fit is counted in the last row.
pub(super) fn bars(pen: &mut Pen, area: Rect, entries: &[(String, u64, Tone)]) {
    scaled(pen, area, entries, entries);
}

/// Some of many bars, scaled as all of them are.
pub(super) fn scaled(
    pen: &mut Pen,
    area: Rect,
    entries: &[(String, u64, Tone)],
    all: &[(String, u64, Tone)],
) {
    let top = all.iter().map(|(_, value, _)| *value).max().unwrap_or(0);
    let figures = all.iter().map(|(_, value, _)| width(&figure(*value))).max().unwrap_or(0);
    let longest = all.iter().map(|(label, ..)| width(label)).max().unwrap_or(0);
    let labels = longest.min(area.width.saturating_sub(figures + 2 + LEAST_BAR));
    let room = area.width.saturating_sub(labels + figures + 2);
    for (index, (label, value, tone)) in fitting(pen, area, entries) {
        let place = row(area, cells(index));
        let plain = pen.tone(Tone::Plain);
        let style = pen.tone(*tone);
        pen.text(Rect { width: labels, ..place }, label, plain);
        let filled = eighths(*value, top, room);
        let mut bar = pen.glyphs.rightwards[8].repeat(filled / 8);
        if !filled.is_multiple_of(8) {
            bar.push_str(pen.glyphs.rightwards[filled % 8]);
        }
        pen.text(Rect { width: room, ..from(place, labels + 1) }, &bar, style);
        pen.text_right(place, &figure(*value), style);
    }
}

/// The entries that fit; when not all do, the last row says how many are missing.
pub(super) fn fitting<'a, T>(pen: &mut Pen, area: Rect, entries: &'a [T]) -> Vec<(usize, &'a T)> {
    let room = usize::from(area.height);
    if entries.len() <= room {
        return entries.iter().enumerate().collect();
    }
    let kept = room.saturating_sub(1);
    let said = format!("{} {} more", pen.glyphs.cut, entries.len() - kept);
    let style = pen.tone(Tone::Dim);
    pen.text(row(area, cells(kept)), &said, style);
    entries.iter().enumerate().take(kept).collect()
}

/// Columns with their values above and labels below; a line stands before the bucket `limit`.
pub(super) fn histogram(pen: &mut Pen, area: Rect, buckets: &[(String, u64, Tone)], limit: Option<usize>) {
    let lined = u16::from(limit.is_some_and(|limit| limit < buckets.len()));
    let each = area.width.saturating_sub(lined * 2) / cells(buckets.len().max(1));
    if each < 2 || area.height < 3 {
        let rows: Vec<(String, u64, Tone)> = buckets.to_vec();
        bars(pen, area, &rows);
        return;
    }
    let top = buckets.iter().map(|(_, value, _)| *value).max().unwrap_or(0);
    let height = area.height - 2;
    let mut x = 0;
    for (index, (label, value, tone)) in buckets.iter().enumerate() {
        if lined > 0 && limit == Some(index) {
            let style = pen.tone(Tone::Warn);
            for y in 0..area.height {
                pen.text(Rect { width: 1, ..from(row(area, y), x) }, pen.glyphs.limit, style);
            }
            x += 2;
        }
        let column = Rect { width: each - 1, ..from(area, x) };
        bucket(pen, column, (*value, top), *tone);
        let dim = pen.tone(Tone::Dim);
        pen.text(row(column, height + 1), label, dim);
        x += each;
    }
}

fn bucket(pen: &mut Pen, column: Rect, (value, top): (u64, u64), tone: Tone) {
    let height = column.height.saturating_sub(2);
    let filled = eighths(value, top, height);
    let style = pen.tone(tone);
    let wide = usize::from(column.width);
    let full = cells(filled / 8);
    for step in 0..full {
        pen.text(row(column, height - step), &pen.glyphs.upwards[8].repeat(wide), style);
    }
    let part = filled % 8;
    if part > 0 {
        pen.text(row(column, height - full), &pen.glyphs.upwards[part].repeat(wide), style);
    }
    let above = height - full - u16::from(part > 0);
    let figure_style = if value == 0 { pen.tone(Tone::Dim) } else { style };
    pen.text(row(column, above), &figure(value), figure_style);
}

/// Rows that a series may use at most.
pub(super) const TALLEST_SERIES: u16 = 3;

/// Label, series, caption, each series as tall as the room allows. A series longer than its room is folded, each cell
/// showing the largest of its values; a shorter one is widened.
pub(super) fn sparks(pen: &mut Pen, area: Rect, series: &[(String, Vec<u64>, Tone, String)]) {
    let labels = series.iter().map(|(label, ..)| width(label)).max().unwrap_or(0).min(area.width / 3);
    let captions = series.iter().map(|(.., caption)| width(caption)).max().unwrap_or(0).min(area.width / 3);
    let room = area.width.saturating_sub(labels + captions + 2);
    let tall = (area.height / cells(series.len().max(1))).clamp(1, TALLEST_SERIES);
    for (index, (label, values, tone, caption)) in fitting(pen, area, series) {
        let top = cells(index) * tall;
        let last = row(area, top + tall - 1);
        let plain = pen.tone(Tone::Plain);
        pen.text(Rect { width: labels, ..last }, label, plain);
        let place = Rect { y: area.y + top, height: tall, width: room, ..from(area, labels + 1) };
        spark(pen, place, values, *tone);
        let end = Rect { width: captions, ..from(last, area.width - captions) };
        pen.line(end, &[Span::new(caption.clone(), *tone)]);
    }
}

fn spark(pen: &mut Pen, area: Rect, values: &[u64], tone: Tone) {
    let folded = fold(values, usize::from(area.width));
    let wide = (usize::from(area.width) / folded.len().max(1)).clamp(1, 3);
    let top = folded.iter().copied().max().unwrap_or(0);
    let style = pen.tone(tone);
    for step in 0..area.height {
        let below = usize::from(area.height - 1 - step) * 8;
        let signs = if below == 0 { &pen.glyphs.spark } else { &pen.glyphs.upwards };
        let cell =
            |value: &u64| signs[eighths(*value, top, area.height).saturating_sub(below).min(8)].repeat(wide);
        let line: String = folded.iter().map(cell).collect();
        pen.text(row(area, step), &line, style);
    }
}

/// At most `room` values; a peak is never folded away.
fn fold(values: &[u64], room: usize) -> Vec<u64> {
    if values.len() <= room || room == 0 {
        return values.to_vec();
    }
    let at = |step: usize| step * values.len() / room;
    (0..room).map(|step| values[at(step)..at(step + 1)].iter().copied().max().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use ratatui::buffer::Buffer;

    use super::*;
    use crate::ui::{glyphs::Glyphs, theme::Theme};

    fn drawn(size: (u16, u16), ascii: bool, act: impl FnOnce(&mut Pen, Rect)) -> Vec<String> {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        let theme = Theme::find("mono").unwrap();
        act(&mut Pen { buffer: &mut buffer, theme: &theme, glyphs: Glyphs::new(ascii) }, area);
        let line = |y| (0..area.width).map(|x| buffer[(x, y)].symbol()).collect::<String>();
        (0..area.height).map(|y| line(y).trim_end().to_owned()).collect()
    }

    fn ways() -> Vec<(String, u64, Tone)> {
        [("static key", 40, Tone::Bad), ("web identity", 20, Tone::Good), ("instance", 1, Tone::Warn)]
            .map(|(label, value, tone)| (label.to_owned(), value, tone))
            .to_vec()
    }

    #[test]
    fn bars_are_scaled_to_the_largest_and_one_is_never_nothing() {
        assert_eq!(
            drawn((32, 3), false, |pen, area| bars(pen, area, &ways())),
            [
                "static key   ████████████████ 40",
                "web identity ████████         20",
                "instance     ▌                 1",
            ]
        );
        assert_eq!(
            drawn((32, 3), true, |pen, area| bars(pen, area, &ways())),
            [
                "static key   ################ 40",
                "web identity ########         20",
                "instance     =                 1",
            ]
        );
        assert_eq!(drawn((20, 2), false, |pen, area| bars(pen, area, &ways()))[1], "… 2 more");
    }

    #[test]
    fn a_histogram_says_figures_labels_and_where_the_limit_is() {
        let buckets: Vec<(String, u64, Tone)> =
            [("<30d", 4, Tone::Good), ("<90d", 8, Tone::Plain), (">90d", 2, Tone::Bad)]
                .map(|(label, value, tone)| (label.to_owned(), value, tone))
                .to_vec();
        let chart = drawn((20, 5), true, |pen, area| histogram(pen, area, &buckets, Some(2)));
        assert_eq!(
            chart,
            [
                "      8     :",
                "4     ##### :",
                "::::: ##### : 2",
                "##### ##### : +++++",
                "<30d  <90d  : >90d"
            ]
            .map(|line: &str| line.to_owned())
        );
    }

    #[test]
    fn a_series_keeps_its_peaks_when_folded() {
        assert_eq!(fold(&[0, 0, 9, 0, 0, 1], 3), [0, 9, 1]);
        let series = [("calls".to_owned(), vec![0, 1, 8], Tone::Accent, "8 an hour".to_owned())];
        assert_eq!(
            drawn((30, 1), true, |pen, area| sparks(pen, area, &series)),
            ["calls ...111888      8 an hour"]
        );
        assert_eq!(
            drawn((30, 1), false, |pen, area| sparks(pen, area, &series)),
            ["calls ···▁▁▁███      8 an hour"]
        );
    }
}
