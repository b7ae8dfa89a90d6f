//! What lies over the screen for a while: help, the palette, a record as text. Each takes as much room as it needs.

use ratatui::layout::Rect;

use super::{
    footer, menu,
    pen::{Pen, cells, from, line_width, row, width},
    theme::Surface,
};
use crate::{
    app::{
        layout,
        show::{Line, Overlay, Prompt, Span, Tone},
    },
    base::text,
};

/// A group of keys: its title, and key and meaning.
type Group = (&'static str, Vec<(String, &'static str)>);

const MARGIN: u16 = 4;

pub(super) fn draw(pen: &mut Pen, area: Rect, overlay: &Overlay) {
    match overlay {
        Overlay::Help { groups, scroll } => help(pen, area, groups, *scroll),
        Overlay::Palette { prompt, items, selected, more } => {
            palette(pen, area, prompt, (items, *selected, *more));
        }
        Overlay::Menu { title, items, selected, says } => {
            menu::draw(pen, area, (title, items, *selected, says));
        }
        Overlay::Text { title, lines, scroll } => text_box(pen, area, (title, lines), *scroll),
    }
}

/// The largest box that still shows a little of what lies under it, unless the screen is small.
fn outer(area: Rect) -> (u16, u16) {
    let wide = if area.width > MARGIN * 6 { area.width - MARGIN } else { area.width };
    (wide, layout::overlay_height(area.height))
}

/// A box with this much inside, in the middle, or as much of it as there is room for.
pub(super) fn boxed(pen: &mut Pen, area: Rect, (wide, high): (u16, u16), title: &str) -> (Rect, Rect) {
    let (most_wide, most_high) = outer(area);
    let wide = wide.saturating_add(4).min(most_wide);
    let high = high.saturating_add(2).min(most_high);
    let frame = Rect {
        x: area.x + (area.width - wide) / 2,
        y: area.y + (area.height - high) / 2,
        width: wide,
        height: high,
    };
    pen.clear(frame, Surface::Overlay);
    let inner = pen.frame(frame, &[Span::new(title, Tone::Strong)], true);
    let inner = Rect { x: inner.x + inner.width.min(1), width: inner.width.saturating_sub(2), ..inner };
    (frame, inner)
}

/// Signs in the lower edge for what is above and below the window.
pub(super) fn more(pen: &mut Pen, frame: Rect, above: usize, below: usize) {
    let mut said = Vec::new();
    if above > 0 {
        said.push(format!("{} {above} above", pen.glyphs.more_above));
    }
    if below > 0 {
        said.push(format!("{} {below} below", pen.glyphs.more_below));
    }
    if !said.is_empty() {
        pen.lower_edge(frame, &[Span::new(said.join("  "), Tone::Dim)], true);
    }
}

fn help(pen: &mut Pen, area: Rect, groups: &[Group], scroll: usize) {
    let entries = groups.iter().flat_map(|(_, entries)| entries);
    let keys = entries.clone().map(|(key, _)| width(key)).max().unwrap_or(0);
    let meanings = entries.map(|(_, meaning)| width(meaning)).max().unwrap_or(0);
    let each = (keys + meanings + 4).max(16);
    let room = area.width.saturating_sub(MARGIN + 4);
    let count = (room / each).clamp(1, 4).min(cells(groups.len()).max(1));
    let columns = flow(groups, usize::from(count));
    let tallest = columns.iter().map(Vec::len).max().unwrap_or(0);
    let (frame, inner) = boxed(pen, area, (each * count, cells(tallest)), "Help");
    let shown = usize::from(inner.height);
    let first = scroll.min(tallest.saturating_sub(shown));
    for (index, column) in columns.iter().enumerate() {
        let start = inner.width * cells(index) / count;
        let end = inner.width * (cells(index) + 1) / count;
        let place = Rect { width: (end - start).saturating_sub(2), ..from(inner, start) };
        for (line, entry) in column.iter().skip(first).take(shown).enumerate() {
            help_line(pen, row(place, cells(line)), entry, keys);
        }
    }
    more(pen, frame, first, tallest.saturating_sub(first + shown));
}

#[derive(Clone)]
enum HelpLine<'a> {
    Title(&'a str),
    Entry(&'a str, &'a str),
    Blank,
}

/// Groups one after the other into columns of about the same length; a group is never torn.
fn flow(groups: &[Group], count: usize) -> Vec<Vec<HelpLine<'_>>> {
    let mut columns: Vec<Vec<HelpLine>> = vec![Vec::new(); count];
    let all: usize = groups.iter().map(|(_, entries)| entries.len() + 2).sum();
    let fair = all.div_ceil(count.max(1));
    let mut current = 0;
    for (title, entries) in groups {
        let used = columns[current].len();
        // A group moves on when more than half of it would stand below the fair length.
        if used > 0 && used + entries.len() / 2 >= fair && current + 1 < count {
            current += 1;
        }
        let column = &mut columns[current];
        if !column.is_empty() {
            column.push(HelpLine::Blank);
        }
        column.push(HelpLine::Title(title));
        column.extend(entries.iter().map(|(key, meaning)| HelpLine::Entry(key, meaning)));
    }
    columns
}

fn help_line(pen: &mut Pen, area: Rect, line: &HelpLine, keys: u16) {
    match line {
        HelpLine::Title(title) => _ = pen.line(area, &[Span::new(*title, Tone::Strong)]),
        HelpLine::Entry(key, meaning) => {
            let accent = pen.tone(Tone::Accent);
            let plain = pen.tone(Tone::Plain);
            pen.text(Rect { width: keys.min(area.width), ..area }, key, accent);
            pen.text(from(area, keys + 2), meaning, plain);
        }
        HelpLine::Blank => {}
    }
}

fn palette(
    pen: &mut Pen,
    area: Rect,
    prompt: &Prompt,
    (items, selected, unlisted): (&[(Line, String)], usize, usize),
) {
    let wide = area.width.saturating_sub(MARGIN * 2).clamp(1, 90);
    let wanted = cells(items.len().max(1)).saturating_add(1);
    let top = area.height / 6;
    let place = Rect { y: area.y + top, height: wanted.saturating_add(2).min(area.height - top), ..area };
    let (frame, inner) = boxed(pen, place, (wide, wanted), "Go to or do");
    footer::prompt(pen, row(inner, 0), prompt);
    let list = Rect { y: inner.y + inner.height.min(1), height: inner.height.saturating_sub(1), ..inner };
    if items.is_empty() {
        pen.line(list, &[Span::new("Nothing matches.", Tone::Dim)]);
    }
    let shown = usize::from(list.height);
    let first = (selected + 1).saturating_sub(shown);
    for (index, (line, note)) in items.iter().enumerate().skip(first).take(shown) {
        let place = row(list, cells(index - first));
        item(pen, place, (line, note), index == selected);
        highlight(pen, from(place, 2), (line, &prompt.text));
        if index == selected {
            pen.lay(place, Surface::Selection);
        }
    }
    more(pen, frame, first, items.len().saturating_sub(first + shown) + unlisted);
}

fn item(pen: &mut Pen, area: Rect, (line, note): (&[Span], &str), selected: bool) {
    let accent = pen.tone(Tone::Accent);
    let dim = pen.tone(Tone::Dim);
    if selected {
        pen.text(Rect { width: area.width.min(1), ..area }, pen.glyphs.selected, accent);
    }
    let room = from(area, 2);
    let needed = line_width(line).min(room.width);
    pen.line(room, line);
    let left = from(room, needed + 2);
    if left.width >= width(note).min(12) {
        pen.text_right(left, note, dim);
    }
}

/// Where what was typed stands in an item, letter for letter; a fuzzy match lights up nothing.
fn highlight(pen: &mut Pen, area: Rect, (line, typed): (&[Span], &str)) {
    let words: String = line.iter().map(|span| span.text.as_str()).collect();
    let (lower, typed) = (words.to_ascii_lowercase(), typed.trim().to_ascii_lowercase());
    if typed.is_empty() {
        return;
    }
    if let Some(at) = lower.find(&typed) {
        let start = width(&words[..at]);
        let place = from(area, start);
        pen.lay(Rect { width: width(&typed).min(place.width), ..place }, Surface::Match);
    }
}

/// Long lines go on in the next, indented: of a record nothing is cut.
fn text_box(pen: &mut Pen, area: Rect, (title, lines): (&str, &[Line]), scroll: usize) {
    let longest = lines.iter().map(|line| line_width(line)).max().unwrap_or(0).max(width(title) + 4);
    let room = longest.min(outer(area).0.saturating_sub(4));
    let rows: usize = lines.iter().map(|line| wrap(line, room).len()).sum();
    let (frame, inner) = boxed(pen, area, (longest, cells(rows)), title);
    let first = scroll.min(lines.len().saturating_sub(1));
    let mut used: u16 = 0;
    let mut shown = 0;
    for line in &lines[first..] {
        for part in wrap(line, inner.width) {
            pen.line(row(inner, used), &part);
            used = used.saturating_add(1);
        }
        if used > inner.height {
            break;
        }
        shown += 1;
    }
    more(pen, frame, first, lines.len() - first - shown);
}

pub(super) fn wrap(line: &[Span], room: u16) -> Vec<Line> {
    const INDENT: &str = "    ";
    let room = usize::from(room);
    if room <= INDENT.len() || usize::from(line_width(line)) <= room {
        return vec![line.to_vec()];
    }
    let mut parts: Vec<Line> = vec![Vec::new()];
    let mut used = 0;
    for span in line {
        let mut rest = span.text.as_str();
        while !rest.is_empty() {
            let fits = text::truncate(rest, room - used, "");
            let taken = fits.len();
            let fresh = used == INDENT.len() && parts.len() > 1;
            if taken == 0 && fresh {
                // One letter is wider than a whole line: it cannot be shown at all.
                parts.last_mut().into_iter().for_each(|last| last.push(Span::new("…", Tone::Dim)));
                break;
            }
            if taken > 0 {
                used += text::width(&fits);
                let part = Span::new(fits.into_owned(), span.tone);
                if let Some(last) = parts.last_mut() {
                    last.push(part);
                }
                rest = &rest[taken..];
            }
            if !rest.is_empty() {
                parts.push(vec![Span::plain(INDENT)]);
                used = INDENT.len();
            }
        }
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::show::Screen;
    use crate::ui::{sample, shot::rows};

    #[test]
    fn help_shows_every_key_in_columns_and_scrolls_when_it_must() {
        let wide = rows(&sample::help(0), 120, 40).join("\n");
        for words in ["Move", "Look", "ctrl-d", "half a page down", "copy the id", "quit"] {
            assert!(wide.contains(words), "{words}:\n{wide}");
        }
        assert!(!wide.contains("below"), "{wide}");
        let small = rows(&sample::help(0), 40, 12).join("\n");
        assert!(small.contains("below") && !small.contains("above"), "{small}");
        let end = rows(&sample::help(usize::MAX), 40, 12).join("\n");
        assert!(end.contains("quit") && end.contains("above") && !end.contains("below"), "{end}");
    }

    #[test]
    fn the_palette_keeps_the_selected_item_in_sight() {
        let screen = rows(&sample::palette(25), 80, 24).join("\n");
        assert!(screen.contains("▸ user ci-deployer-25"), "{screen}");
        assert!(screen.contains(":ci-dep"), "{screen}");
        assert!(screen.contains("below"), "{screen}");
    }

    #[test]
    fn a_long_record_line_goes_on_in_the_next() {
        let line = [Span::new("\"arn\": ", Tone::Dim), Span::plain("arn:aws:iam::111111111111:role/deploy")];
        let parts = wrap(&line, 20);
        let said: Vec<String> =
            parts.iter().map(|part| part.iter().map(|span| span.text.as_str()).collect()).collect();
        assert_eq!(said, ["\"arn\": arn:aws:iam::", "    111111111111:rol", "    e/deploy"]);
        let wide = wrap(&[Span::plain("漢字漢字漢字")], 5);
        assert_eq!(wide.last().unwrap().last().unwrap().text, "…");
    }

    #[test]
    fn the_app_counts_the_lines_that_are_drawn() {
        let lines = (0..200).map(|number| vec![Span::plain(format!("LINE{number}"))]).collect();
        let overlay = Overlay::Text { title: "Event".into(), lines, scroll: 0 };
        let screen = Screen { overlay: Some(overlay), ..sample::keys() };
        for (width, height) in [(80, 24), (40, 12), (200, 60), (80, 21), (80, 22)] {
            let drawn = rows(&screen, width, height).iter().filter(|line| line.contains("LINE")).count();
            assert_eq!(drawn, layout::of(width, height).overlay_rows, "{width}x{height}");
        }
    }

    #[test]
    fn of_a_record_nothing_is_cut() {
        let screen = rows(&sample::record(0), 40, 24).join("\n");
        assert!(!screen.lines().skip(3).take(12).any(|line| line.contains('…')), "{screen}");
        let scrolled = rows(&sample::record(3), 80, 24).join("\n");
        assert!(scrolled.contains("3 above"), "{scrolled}");
    }
}
