//! The overview: blocks in as many columns as the width allows, each as tall as it wants to be while there is room,
//! and the ranked list, whose sentences are long, across all of them.

use ratatui::layout::Rect;

use super::{
    charts,
    pen::{Pen, cells, from, row},
    theme::Surface,
};
use crate::app::show::{Block, BlockBody, Overview, Span, Tone};

/// A frame and one line in it.
const LEAST: u16 = 3;
/// Lines of a histogram, at least if there is room and at most.
const HISTOGRAM: (u16, u16) = (6, 12);
/// The last block of a column reaches down to the footer when no more lines than this are missing.
const STRETCH: u16 = 6;

pub(super) fn draw(pen: &mut Pen, area: Rect, overview: &Overview) {
    let columns: u16 = match area.width {
        ..60 => 1,
        60..140 => 2,
        140.. => 3,
    };
    let mut rest: Vec<&Block> = overview.blocks.iter().collect();
    let is_band = |block: &&Block| columns > 1 && is_ranked(block);
    let Some(index) = rest.iter().position(is_band) else {
        draw_columns(pen, area, &rest, columns);
        return;
    };
    let band = rest.remove(index);
    let charts = tallest(&rest, columns);
    let height = wanted(band).min((area.height / 3).max(area.height.saturating_sub(charts)));
    let above = if index == 0 { height } else { charts.min(area.height - height) };
    let (upper, lower) =
        (Rect { height: above, ..area }, Rect { y: area.y + above, height: area.height - above, ..area });
    if index == 0 {
        draw_block(pen, upper, band);
        draw_columns(pen, lower, &rest, columns);
    } else {
        draw_columns(pen, upper, &rest, columns);
        draw_block(pen, Rect { height, ..lower }, band);
    }
}

fn is_ranked(block: &Block) -> bool {
    matches!(block.body, BlockBody::Ranked { .. })
}

fn has_cursor(block: &Block) -> bool {
    matches!(
        block.body,
        BlockBody::Ranked { cursor: Some(_), .. } | BlockBody::Choice { cursor: Some(_), .. }
    )
}

/// Lines that the charts can use, in the column that can use most.
fn tallest(blocks: &[&Block], columns: u16) -> u16 {
    let sum = |column: Vec<usize>| {
        let heights = column.into_iter().map(|index| most(blocks[index]));
        heights.fold(0, u16::saturating_add)
    };
    share(blocks, usize::from(columns)).into_iter().map(sum).max().unwrap_or(0)
}

fn draw_columns(pen: &mut Pen, area: Rect, blocks: &[&Block], columns: u16) {
    for (index, column) in share(blocks, usize::from(columns)).into_iter().enumerate() {
        let index = cells(index);
        let start = area.width * index / columns;
        let end = area.width * (index + 1) / columns;
        draw_column(pen, Rect { x: area.x + start, width: end - start, ..area }, blocks, column);
    }
}

fn wanted(block: &Block) -> u16 {
    let rows = match &block.body {
        BlockBody::Bars(bars) | BlockBody::Choice { bars, .. } => cells(bars.len()),
        BlockBody::Histogram { .. } => HISTOGRAM.0,
        BlockBody::Sparks(series) => cells(series.len()),
        BlockBody::Lines(lines) => cells(lines.len()),
        BlockBody::Ranked { rows, .. } => cells(rows.len()),
    };
    rows.max(1).saturating_add(2)
}

/// What a chart can use when there is more room than everything wants.
fn most(block: &Block) -> u16 {
    match &block.body {
        BlockBody::Histogram { .. } => HISTOGRAM.1 + 2,
        BlockBody::Sparks(series) => {
            cells(series.len()).saturating_mul(charts::TALLEST_SERIES).saturating_add(2)
        }
        _ => wanted(block),
    }
}

/// Each block in turn goes to the column that is shortest so far; indices of blocks by column.
fn share(blocks: &[&Block], columns: usize) -> Vec<Vec<usize>> {
    let mut shared = vec![(0_u16, Vec::new()); columns];
    for (index, block) in blocks.iter().enumerate() {
        if let Some((height, column)) = shared.iter_mut().min_by_key(|(height, _)| *height) {
            *height = height.saturating_add(wanted(block));
            column.push(index);
        }
    }
    shared.into_iter().map(|(_, column)| column).collect()
}

/// Heights for the blocks of one column. The tallest gives way first; when all are as low as can be, the last goes,
/// but never a ranked list, for the cursor is in it. Charts grow into room left over.
fn heights(blocks: &[&Block], column: &mut Vec<usize>, room: u16) -> Vec<u16> {
    while column.len() > 1
        && u32::from(room) < u32::from(LEAST) * u32::try_from(column.len()).unwrap_or(u32::MAX)
    {
        let last = column.iter().rposition(|&index| !is_ranked(blocks[index])).unwrap_or(column.len() - 1);
        column.remove(last);
    }
    let mut heights: Vec<u16> = column.iter().map(|&index| wanted(blocks[index]).min(room)).collect();
    let sum = |heights: &[u16]| heights.iter().map(|height| u32::from(*height)).sum::<u32>();
    while sum(&heights) > u32::from(room) {
        match heights.iter_mut().rev().max_by_key(|height| **height) {
            Some(tallest) if *tallest > 0 => *tallest -= 1,
            _ => break,
        }
    }
    let mut left = room.saturating_sub(u16::try_from(sum(&heights)).unwrap_or(u16::MAX));
    for (height, &index) in heights.iter_mut().zip(column.iter()) {
        let grown = most(blocks[index]).saturating_sub(*height).min(left);
        *height += grown;
        left -= grown;
    }
    if let Some(last) = heights.last_mut()
        && left <= STRETCH
    {
        *last += left;
    }
    heights
}

fn draw_column(pen: &mut Pen, area: Rect, blocks: &[&Block], mut column: Vec<usize>) {
    let all = column.len();
    let heights = heights(blocks, &mut column, area.height);
    let left_out = all - column.len();
    let mut y = area.y;
    for (place, (index, height)) in column.iter().zip(heights).enumerate() {
        let frame = Rect { y, height, ..area };
        draw_block(pen, frame, blocks[*index]);
        y += height;
        if left_out > 0 && place + 1 == column.len() {
            let said = format!("{left_out} more with a taller terminal");
            pen.lower_edge(frame, &[Span::new(said, Tone::Dim)], true);
        }
    }
}

fn draw_block(pen: &mut Pen, area: Rect, block: &Block) {
    let inner = pen.frame(area, &[Span::new(block.title.clone(), Tone::Strong)], has_cursor(block));
    let inner = Rect { x: inner.x + inner.width.min(1), width: inner.width.saturating_sub(2), ..inner };
    match &block.body {
        BlockBody::Bars(bars) => charts::bars(pen, inner, bars),
        BlockBody::Histogram { buckets, limit } => charts::histogram(pen, inner, buckets, *limit),
        BlockBody::Sparks(series) => charts::sparks(pen, inner, series),
        BlockBody::Lines(lines) => {
            for (index, line) in charts::fitting(pen, inner, lines) {
                pen.line(row(inner, cells(index)), line);
            }
        }
        BlockBody::Ranked { rows, cursor } => ranked(pen, area, inner, (rows, *cursor)),
        BlockBody::Choice { bars, cursor } => choice(pen, area, inner, (bars, *cursor)),
    }
}

/// The rows around the cursor, numbered.
fn ranked(pen: &mut Pen, frame: Rect, inner: Rect, (rows, cursor): (&[Vec<Span>], Option<usize>)) {
    let room = usize::from(inner.height);
    let first = (cursor.unwrap_or(0) + 1).saturating_sub(room);
    for (index, line) in rows.iter().enumerate().skip(first).take(room) {
        let place = row(inner, cells(index - first));
        let here = cursor == Some(index);
        let sign = if here { pen.glyphs.selected } else { " " };
        let mut spans = vec![Span::new(format!("{sign}{:>2} ", index + 1), Tone::Accent)];
        spans.extend_from_slice(line);
        pen.line(place, &spans);
        if here {
            pen.lay(place, Surface::Selection);
        }
    }
    let track = Rect { y: inner.y, height: inner.height, ..frame };
    pen.scrollbar(track, (first, room), rows.len());
}

/// The bars around the cursor, each with a sign where the cursor is.
fn choice(pen: &mut Pen, frame: Rect, inner: Rect, (bars, cursor): (&[(String, u64, Tone)], Option<usize>)) {
    let room = usize::from(inner.height);
    let first = cursor.map_or(0, |cursor| (cursor + 1).saturating_sub(room));
    let shown = &bars[first.min(bars.len())..(first + room).min(bars.len())];
    charts::scaled(pen, from(inner, 2), shown, bars);
    if let Some(here) = cursor.and_then(|cursor| cursor.checked_sub(first)) {
        let place = row(inner, cells(here));
        let accent = pen.tone(Tone::Accent);
        let sign = pen.glyphs.selected;
        pen.text(place, sign, accent);
        pen.lay(place, Surface::Selection);
    }
    let track = Rect { y: inner.y, height: inner.height, ..frame };
    pen.scrollbar(track, (first, room), bars.len());
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::show::Body,
        ui::{sample, shot::rows},
    };

    #[test]
    fn every_block_is_seen_on_a_standard_terminal() {
        let screen = sample::overview();
        for (width, height) in [(80, 24), (120, 40), (200, 60)] {
            let seen = rows(&screen, width, height).join("\n");
            let Body::Overview(overview) = &screen.body else { panic!("an overview") };
            for block in &overview.blocks {
                assert!(seen.contains(&block.title), "{} at {width}x{height}:\n{seen}", block.title);
            }
        }
    }

    #[test]
    fn the_list_with_the_cursor_is_seen_even_on_the_smallest_and_the_loss_is_said() {
        let seen = rows(&sample::overview(), 40, 12).join("\n");
        assert!(seen.contains("What to do first"), "{seen}");
        assert!(seen.contains("▸ 2 "), "{seen}");
        assert!(seen.contains("more with a taller terminal"), "{seen}");
    }

    #[test]
    fn heights_never_exceed_the_room() {
        let Body::Overview(overview) = sample::overview().body else { panic!("an overview") };
        for room in 0..60 {
            let blocks: Vec<&Block> = overview.blocks.iter().collect();
            let mut column: Vec<usize> = (0..blocks.len()).collect();
            let heights = heights(&blocks, &mut column, room);
            assert!(heights.iter().sum::<u16>() <= room, "{room}: {heights:?}");
            assert_eq!(heights.len(), column.len());
        }
    }
}
