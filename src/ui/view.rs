//! One frame: a screen, a theme and an area in, cells out. It decides nothing and changes nothing but the buffer.

use ratatui::{buffer::Buffer, layout::Rect};

use super::{
    bar, detail, footer,
    glyphs::Glyphs,
    map, overlay, overview, page,
    pen::{Pen, cells, row},
    table,
    theme::{Surface, Theme},
    timeline, tree,
};
use crate::{
    app::{
        layout,
        show::{Body, Focus, Screen, Span, Tone},
    },
    base::text,
};

/// Draws a screen into `area`, clipped to the buffer. Any size is drawn, down to nothing.
pub fn draw(screen: &Screen, theme: &Theme, ascii: bool, area: Rect, buffer: &mut Buffer) {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return;
    }
    let mut pen = Pen { buffer, theme, glyphs: Glyphs::new(ascii) };
    pen.clear(area, Surface::Base);
    if let Body::TooSmall(sentence) = &screen.body {
        too_small(&mut pen, area, sentence);
        return;
    }
    let fits = layout::of(area.width, area.height);
    let body = Rect { y: area.y + fits.body_top.min(area.height), height: fits.body_height, ..area };
    bar::bar(&mut pen, row(area, 0), &screen.bar);
    bar::tabs(&mut pen, row(area, 1), &screen.tabs);
    match &screen.body {
        Body::Overview(blocks) => overview::draw(&mut pen, body, blocks),
        Body::Table { list, detail: None, .. } => table::draw(&mut pen, body, list, true),
        Body::Table { list, detail: Some(side), focus } => {
            let left = Rect { width: fits.list_width, ..body };
            let right = Rect { x: body.right() - fits.detail_width, width: fits.detail_width, ..body };
            if fits.split || *focus == Focus::List {
                table::draw(&mut pen, left, list, *focus == Focus::List);
            }
            if fits.split || *focus == Focus::Detail {
                detail::draw(&mut pen, right, side, *focus == Focus::Detail);
            }
        }
        Body::Map(shown) => map::draw(&mut pen, body, shown, &fits),
        Body::Tree(shown) => tree::draw(&mut pen, body, shown),
        Body::Timeline(shown) => timeline::draw(&mut pen, body, shown),
        Body::Page(shown) => page::draw(&mut pen, body, shown),
        Body::TooSmall(_) => {}
    }
    if let Some(overlay) = &screen.overlay {
        overlay::draw(&mut pen, Rect { height: area.height.saturating_sub(1), ..area }, overlay);
    }
    let note = fits.cramped.then(|| format!("small {}x{}", area.width, area.height));
    footer::draw(&mut pen, row(area, area.height - 1), &screen.footer, note.as_deref());
}

/// One sentence, broken between words, from the top.
fn too_small(pen: &mut Pen, area: Rect, sentence: &str) {
    let room = usize::from(area.width);
    let mut lines = vec![String::new()];
    for word in sentence.split_whitespace() {
        if let Some(last) = lines.last_mut() {
            if last.is_empty() {
                last.push_str(word);
                continue;
            }
            if text::width(last) + 1 + text::width(word) <= room {
                last.push(' ');
                last.push_str(word);
                continue;
            }
        }
        lines.push(word.to_owned());
    }
    for (index, line) in lines.into_iter().enumerate() {
        pen.line(row(area, cells(index)), &[Span::new(line, Tone::Warn)]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ui::{
        depth::Depth,
        sample,
        shot::{dump, rows},
    };

    #[test]
    fn every_theme_and_size_looks_as_it_did() {
        let theme = |name: &str| Theme::find(name).unwrap();
        insta::assert_snapshot!(
            "overview_80x24_dark",
            dump(&sample::overview(), &theme("dark"), false, (80, 24))
        );
        insta::assert_snapshot!("keys_80x24_dark", dump(&sample::keys(), &theme("dark"), false, (80, 24)));
        insta::assert_snapshot!(
            "keys_120x40_light",
            dump(&sample::keys(), &theme("light"), false, (120, 40))
        );
        let contrast = theme("high-contrast");
        insta::assert_snapshot!("keys_200x60_contrast", dump(&sample::keys(), &contrast, false, (200, 60)));
        insta::assert_snapshot!(
            "overview_200x60_contrast",
            dump(&sample::overview(), &contrast, false, (200, 60))
        );
        insta::assert_snapshot!("keys_40x12_mono", dump(&sample::keys(), &theme("mono"), false, (40, 12)));
        insta::assert_snapshot!(
            "overview_120x40_light",
            dump(&sample::overview(), &theme("light"), false, (120, 40))
        );
        insta::assert_snapshot!(
            "overview_80x24_ascii",
            dump(&sample::overview(), &theme("mono"), true, (80, 24))
        );
        let sixteen = theme("dark").at(Depth::Sixteen);
        insta::assert_snapshot!("keys_100x24_sixteen", dump(&sample::keys(), &sixteen, true, (100, 24)));
    }

    #[test]
    fn overlays_look_as_they_did() {
        let dark = Theme::find("dark").unwrap();
        insta::assert_snapshot!("help_80x24", dump(&sample::help(0), &dark, false, (80, 24)));
        insta::assert_snapshot!("palette_80x24", dump(&sample::palette(2), &dark, false, (80, 24)));
        insta::assert_snapshot!("record_80x24", dump(&sample::record(0), &dark, false, (80, 24)));
    }

    #[test]
    fn the_app_counts_the_rows_that_are_drawn() {
        for (width, height) in [(80, 24), (40, 12), (200, 60), (100, 30)] {
            let fits = layout::of(width, height);
            let lines = rows(&sample::long(200), width, height);
            let drawn = lines.iter().filter(|line| line.contains("AKIAROW")).count();
            assert_eq!(drawn, fits.list_rows, "{width}x{height}");
            let first = lines.iter().position(|line| line.contains("AKIAROW")).unwrap();
            assert_eq!(first, usize::from(fits.list_top), "{width}x{height}");
        }
    }

    #[test]
    fn a_terminal_that_is_too_small_says_so_in_whole_words() {
        let mut screen = sample::keys();
        screen.body = Body::TooSmall("keytrail needs 40 columns and 10 lines; this is 30 by 8.".into());
        let said = rows(&screen, 30, 8).iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        assert_eq!(said.trim(), "keytrail needs 40 columns and 10 lines; this is 30 by 8.");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

        #[test]
        fn any_size_is_drawn(width in 1_u16..130, height in 1_u16..50, ascii: bool, which in 0_usize..7) {
            let screen = sample::any(which);
            let theme = Theme::find("dark").unwrap();
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, height));
            draw(&screen, &theme, ascii, buffer.area, &mut buffer);
            if ascii {
                prop_assert!(buffer.content.iter().all(|cell| cell.symbol().is_ascii()));
            }
        }

        #[test]
        fn nothing_is_drawn_outside_the_area(x in 0_u16..20, y in 0_u16..10, width in 0_u16..90, height in 0_u16..30) {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 70, 20));
            let area = Rect { x, y, width, height };
            draw(&sample::help(0), &Theme::find("dark").unwrap(), false, area, &mut buffer);
            for row in 0..20 {
                for column in 0..70 {
                    if !area.contains((column, row).into()) {
                        prop_assert_eq!(buffer[(column, row)].symbol(), " ");
                    }
                }
            }
        }
    }

    #[test]
    fn even_one_cell_is_drawn() {
        for size in [(1, 1), (1, 50), (200, 1), (2, 2), (3, 3), (4, 4), (5, 5)] {
            for which in 0..7 {
                let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
                draw(&sample::any(which), &Theme::default(), false, buffer.area, &mut buffer);
            }
        }
    }
}
