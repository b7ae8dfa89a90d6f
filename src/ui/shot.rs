//! A drawn screen as text for the tests of this floor: what is read on it, and how it looks.

use ratatui::{buffer::Buffer, layout::Rect, style::Style};

use super::{theme::Theme, view};
use crate::{app::show::Screen, base::text};

fn drawn(screen: &Screen, theme: &Theme, ascii: bool, size: (u16, u16)) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    view::draw(screen, theme, ascii, buffer.area, &mut buffer);
    buffer
}

fn lines(buffer: &Buffer) -> Vec<String> {
    let line = |y| {
        let mut line = String::new();
        let mut x = 0;
        while x < buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            line.push_str(symbol);
            x += u16::try_from(text::width(symbol).max(1)).unwrap();
        }
        line
    };
    (0..buffer.area.height).map(line).collect()
}

/// What is read on the screen, line by line.
pub(super) fn rows(screen: &Screen, width: u16, height: u16) -> Vec<String> {
    lines(&drawn(screen, &Theme::default(), false, (width, height)))
}

/// The text of a screen, then for each line the runs of styles by letter, then what each letter looks like.
pub(super) fn dump(screen: &Screen, theme: &Theme, ascii: bool, size: (u16, u16)) -> String {
    let buffer = drawn(screen, theme, ascii, size);
    let mut styles: Vec<Style> = Vec::new();
    let mut runs = Vec::new();
    for y in 0..size.1 {
        let mut line: Vec<(usize, usize)> = Vec::new();
        for x in 0..size.0 {
            let style = buffer[(x, y)].style();
            let index = styles.iter().position(|known| *known == style).unwrap_or_else(|| {
                styles.push(style);
                styles.len() - 1
            });
            match line.last_mut() {
                Some((last, count)) if *last == index => *count += 1,
                _ => line.push((index, 1)),
            }
        }
        let letters: Vec<String> =
            line.iter().map(|(index, count)| format!("{}{count}", letter(*index))).collect();
        runs.push(letters.join(" "));
    }
    let text: Vec<String> = lines(&buffer).iter().map(|line| line.trim_end().to_owned()).collect();
    let legend: Vec<String> = styles
        .iter()
        .enumerate()
        .map(|(index, style)| format!("{} {}", letter(index), looks(*style)))
        .collect();
    format!("{}\n\n{}\n\n{}", text.join("\n"), runs.join("\n"), legend.join("\n"))
}

fn letter(index: usize) -> char {
    ('a'..='z').chain('A'..='Z').nth(index).unwrap_or('?')
}

fn looks(style: Style) -> String {
    let colour = |colour: Option<_>| {
        colour.map_or_else(String::new, |colour: ratatui::style::Color| colour.to_string())
    };
    format!("{} on {} {:?}", colour(style.fg), colour(style.bg), style.add_modifier)
}
