//! The last line: a line being typed, or a message, or what the keys do here.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, cells, from, width},
    theme::Surface,
};
use crate::{
    app::show::{Footer, Prompt, Span, Tone},
    base::text,
};

/// `note` is said at the right end when there is room left for the rest.
pub(super) fn draw(pen: &mut Pen, area: Rect, footer: &Footer, note: Option<&str>) {
    pen.clear(area, Surface::Bar);
    let inner = Rect { width: area.width.saturating_sub(2), ..from(area, 1) };
    match (&footer.prompt, &footer.message) {
        (Some(line), _) => prompt(pen, inner, line),
        (None, Some(message)) => _ = pen.line(inner, std::slice::from_ref(message)),
        (None, None) => hints(pen, inner, &footer.hints, note.unwrap_or_default()),
    }
}

/// Whole hints only; a mark tells that there are more than fit.
fn hints(pen: &mut Pen, area: Rect, hints: &[(String, &'static str)], note: &str) {
    let style = pen.tone(Tone::Dim);
    let noted = if width(note) + 2 < area.width { pen.text_right(area, note, style) } else { 0 };
    let area = Rect { width: area.width.saturating_sub(noted + u16::from(noted > 0)), ..area };
    let mut room = area;
    for (index, (key, does)) in hints.iter().enumerate() {
        let spans = [Span::new(key.clone(), Tone::Accent), Span::plain(format!(" {does}"))];
        let needed = width(key) + 1 + width(does);
        let last = index + 1 == hints.len();
        // A hint with others after it leaves room for the mark.
        if needed + if last { 0 } else { 3 } > room.width {
            pen.text(Rect { width: room.width.min(1), ..room }, pen.glyphs.cut, style);
            return;
        }
        pen.line(room, &spans);
        room = from(room, needed + 2);
    }
}

/// The typed line with its cursor; what is wrong with it stands behind, and the wrong place is underlaid.
pub(super) fn prompt(pen: &mut Pen, area: Rect, line: &Prompt) {
    let label = Span::new(line.label, Tone::Accent);
    let used = pen.line(area, &[label]);
    let mut room = from(area, used);
    if let Some((_, wrong)) = &line.error {
        let style = pen.tone(Tone::Bad);
        let said = format!("! {wrong}");
        // The typed text keeps at least half of the line.
        let space = room.width.saturating_sub(width(&line.text) + 2).max(room.width / 2);
        let needed = width(&said).min(space);
        pen.text(from(room, room.width - needed), &said, style);
        room.width = room.width.saturating_sub(needed + 1);
    }
    typed(pen, room, line);
}

/// The part of the text around the cursor that fits, with marks where it goes on.
fn typed(pen: &mut Pen, area: Rect, line: &Prompt) {
    let letters: Vec<char> = line.text.chars().chain([' ']).collect();
    let cursor = line.cursor.min(letters.len() - 1);
    let widths: Vec<u16> = letters.iter().map(|letter| letter_width(*letter)).collect();
    let span = |from: usize, to: usize| widths[from..to].iter().copied().fold(0, u16::saturating_add);
    let mut first = 0;
    while first < cursor && span(first, cursor + 1) + u16::from(first > 0) > area.width {
        first += 1;
    }
    let style = pen.tone(Tone::Plain);
    let dim = pen.tone(Tone::Dim);
    let mut room = area;
    if first > 0 {
        let used = pen.text(Rect { width: room.width.min(1), ..room }, pen.glyphs.cut, dim);
        room = from(room, used);
    }
    for (index, letter) in letters.iter().enumerate().skip(first) {
        let place = Rect { width: widths[index].min(room.width), ..room };
        if place.width < widths[index] {
            break;
        }
        let more = index + 2 < letters.len() && room.width == widths[index];
        let shown = if more && index != cursor { pen.glyphs.cut.to_owned() } else { letter.to_string() };
        pen.text(place, &shown, style);
        if line.error.as_ref().is_some_and(|(at, _)| *at == index) {
            pen.lay(place, Surface::Match);
        }
        if index == cursor {
            pen.cursor(place);
        }
        room = from(room, place.width);
    }
}

fn letter_width(letter: char) -> u16 {
    cells(text::width(letter.encode_utf8(&mut [0; 4])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::{sample, shot::rows};

    fn last(footer: Footer, width: u16) -> String {
        let mut screen = sample::keys();
        screen.footer = footer;
        rows(&screen, width, 24).pop().unwrap().trim_end().to_owned()
    }

    fn prompt(text: &str, cursor: usize, error: Option<(usize, String)>) -> Footer {
        let prompt = Prompt { label: "/", text: text.to_owned(), cursor, error };
        Footer { prompt: Some(prompt), ..Footer::default() }
    }

    #[test]
    fn hints_are_dropped_whole_and_the_loss_is_marked() {
        let footer = sample::keys().footer;
        assert_eq!(
            last(footer.clone(), 82),
            " enter follow  space mark  / filter  s sort  y copy id  : command  ? help  q quit"
        );
        let short = last(footer, 50);
        assert_eq!(short, " enter follow  space mark  …          small 50x24");
    }

    #[test]
    fn a_wrong_filter_says_what_is_wrong() {
        let said = last(prompt("age>ninety", 10, Some((4, "`ninety` is not a number".into()))), 80);
        assert!(said.starts_with(" /age>ninety"), "{said}");
        assert!(said.ends_with("! `ninety` is not a number"), "{said}");
    }

    #[test]
    fn a_long_line_scrolls_with_its_cursor() {
        let text: String = ('a'..='z').cycle().take(100).collect();
        let start = last(prompt(&text, 0, None), 40);
        assert!(start.starts_with(" /abc") && start.ends_with('…'), "{start}");
        let end = last(prompt(&text, 100, None), 40);
        assert!(end.starts_with(" /…") && end.ends_with("rstuv"), "{end}");
    }
}
