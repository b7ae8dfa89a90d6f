//! The two top lines: what is looked at, and the tabs. Both shorten by dropping whole parts, least important first.

use ratatui::layout::Rect;

use super::{
    pen::{Pen, from, line_width, width},
    theme::Surface,
};
use crate::app::show::{Bar, Span, Tab, Tone};

const GAP: u16 = 2;

pub(super) fn bar(pen: &mut Pen, area: Rect, bar: &Bar) {
    pen.clear(area, Surface::Bar);
    let inner = Rect { width: area.width.saturating_sub(2), ..from(area, 1) };
    let right = spaced(&bar.right);
    let right_width = line_width(&right).min(inner.width);
    pen.line(from(inner, inner.width - right_width), &right);
    let room = Rect { width: inner.width.saturating_sub(right_width + GAP), ..inner };
    let fitting =
        (1..=bar.left.len()).rev().find(|&count| line_width(&spaced(&bar.left[..count])) <= room.width);
    let kept = &bar.left[..fitting.unwrap_or(0)];
    pen.line(room, &spaced(kept));
    pen.lay(area, Surface::Bar);
}

fn spaced(parts: &[Span]) -> Vec<Span> {
    let mut line = Vec::with_capacity(parts.len() * 2);
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            line.push(Span::plain(" ".repeat(usize::from(GAP))));
        }
        line.push(part.clone());
    }
    line
}

/// How much of a tab is said. The active one always says everything but, at the last, its count.
#[derive(Clone, Copy)]
enum Saying {
    All,
    Titles,
    Digits,
    Least,
}

fn label(tab: &Tab, saying: Saying) -> (String, String, String) {
    let title = match saying {
        Saying::Digits | Saying::Least if !tab.active => String::new(),
        _ => format!(" {}", tab.title),
    };
    let counted = match saying {
        Saying::All => true,
        Saying::Titles | Saying::Digits => tab.active,
        Saying::Least => false,
    };
    let count = tab.count.as_ref().filter(|_| counted).map(|count| format!(" {count}")).unwrap_or_default();
    (tab.key.to_string(), title, count)
}

fn label_width(tab: &Tab, saying: Saying) -> u16 {
    let (key, title, count) = label(tab, saying);
    width(&key) + width(&title) + width(&count) + 2
}

/// The most that can be said of all tabs in this width.
fn saying(tabs: &[Tab], width: u16) -> Saying {
    let needs = |saying: &Saying| tabs.iter().map(|tab| label_width(tab, *saying)).sum::<u16>();
    let choices = [Saying::All, Saying::Titles, Saying::Digits];
    choices.into_iter().find(|saying| needs(saying) <= width).unwrap_or(Saying::Least)
}

/// The tab drawn at this column of a line this wide.
pub(super) fn tab_at(tabs: &[Tab], line: u16, column: u16) -> Option<usize> {
    let saying = saying(tabs, line);
    let ends = tabs.iter().scan(0, |end, tab| {
        *end += label_width(tab, saying);
        Some(*end)
    });
    ends.into_iter().position(|end| column < end)
}

pub(super) fn tabs(pen: &mut Pen, area: Rect, tabs: &[Tab]) {
    let saying = saying(tabs, area.width);
    let mut room = Rect { height: area.height.min(1), ..area };
    for tab in tabs {
        let whole = Rect { width: label_width(tab, saying).min(room.width), ..room };
        let (key, title, count) = label(tab, saying);
        let main = if tab.active { Tone::Strong } else { Tone::Plain };
        let spans = [
            Span::plain(" "),
            Span::new(key, Tone::Accent),
            Span::new(title, main),
            Span::new(count, Tone::Dim),
            Span::plain(" "),
        ];
        pen.line(whole, &spans);
        if tab.active {
            pen.lay(whole, Surface::TabActive);
        }
        room = from(room, whole.width);
    }
}

#[cfg(test)]
mod tests {
    use crate::ui::{sample, shot::rows};

    #[test]
    fn the_left_of_the_bar_gives_way_and_the_right_never_does() {
        let screen = sample::keys();
        for (width, expected) in [
            (120, " keytrail  gitlab.acme.example  3 accounts  events 14 d"),
            (80, " keytrail  gitlab.acme.example  3 accounts"),
            (60, " keytrail"),
        ] {
            let top = &rows(&screen, width, 24)[0];
            assert!(top.trim_end().ends_with("READ-ONLY  swept 12 s ago  2 gaps"), "{top}");
            let left = top.split("READ-ONLY").next().unwrap().trim_end();
            assert_eq!(left, expected, "{width}");
        }
    }

    #[test]
    fn every_tab_stays_reachable_by_its_digit_and_the_active_one_by_name() {
        let screen = sample::keys();
        let at = |width| rows(&screen, width, 24)[1].trim_end().to_owned();
        assert!(at(200).contains("2 Roles 63"));
        assert!(at(80).contains("1 Keys 41") && at(80).contains("2 Roles") && !at(80).contains("63"));
        let narrow = at(40);
        assert!(narrow.contains("1 Keys 41"), "{narrow}");
        for key in '0'..='6' {
            assert!(narrow.contains(key), "{key} in {narrow}");
        }
    }
}
