//! A terminal's screen as a picture: the same cells always give the same bytes, so that a picture can be compared.

use std::fmt::Write;

use vt100::{Cell, Color, Screen};

/// A cell in pixels, and where its text stands.
const CELL: (f64, f64) = (8.4, 18.0);
const BASELINE: f64 = 13.5;
const MARGIN: f64 = 12.0;
const TITLE: f64 = 30.0;

const GROUND: &str = "#11151a";
const INK: &str = "#d5dbe3";
const FRAME: &str = "#2a323c";

const SIXTEEN: [&str; 16] = [
    "#000000", "#cd3131", "#0dbc79", "#e5e510", "#2472c8", "#bc3fbc", "#11a8cd", "#e5e5e5", "#666666",
    "#f14c4c", "#23d18b", "#f5f543", "#3b8eea", "#d670d6", "#29b8db", "#ffffff",
];

/// How a cell looks; cells that look alike are drawn together.
#[derive(Clone, PartialEq)]
struct Look {
    ink: String,
    ground: Option<String>,
    bold: bool,
    dim: bool,
    italic: bool,
    underline: bool,
}

pub(crate) fn render(screen: &Screen, title: &str) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (rows.get(), cols.get());
    let width = f64::from(cols) * CELL.0 + 2.0 * MARGIN;
    let height = f64::from(rows) * CELL.1 + TITLE + MARGIN;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"14\">\n\
         <title>{title}</title>\n\
         <rect width=\"{w}\" height=\"{h}\" rx=\"8\" fill=\"{GROUND}\"/>\n\
         <path d=\"M0 {TITLE}V8a8 8 0 0 1 8-8H{right}a8 8 0 0 1 8 8V{TITLE}z\" fill=\"{FRAME}\"/>\n\
         <g fill=\"#6b7785\"><circle cx=\"16\" cy=\"15\" r=\"5\"/><circle cx=\"34\" cy=\"15\" r=\"5\"/>\
         <circle cx=\"52\" cy=\"15\" r=\"5\"/></g>\n\
         <text x=\"{middle}\" y=\"20\" text-anchor=\"middle\" fill=\"{INK}\">{title}</text>\n",
        w = number(width),
        h = number(height),
        right = number(width - 8.0),
        middle = number(width / 2.0),
        title = escape(title),
    );
    for row in 0..rows {
        draw_row(&mut svg, screen, row, cols);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_row(svg: &mut String, screen: &Screen, row: u16, cols: u16) {
    let top = f64::from(row) * CELL.1 + TITLE + MARGIN / 2.0;
    let mut grounds = String::new();
    let mut texts = String::new();
    let mut col = 0;
    while col < cols {
        let Some(first) = screen.cell(row, col) else { break };
        let look = look(first);
        let start = col;
        let mut words = String::new();
        while let Some(cell) = screen.cell(row, col).filter(|cell| col < cols && self::look(cell) == look) {
            if !cell.is_wide_continuation() {
                words.push_str(if cell.has_contents() { cell.contents() } else { " " });
            }
            col += 1;
        }
        let (x, wide) = (f64::from(start) * CELL.0 + MARGIN, f64::from(col - start) * CELL.0);
        if let Some(ground) = &look.ground {
            _ = writeln!(
                grounds,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"{ground}\"/>",
                number(x),
                number(top),
                number(wide),
                number(CELL.1)
            );
        }
        text_run(&mut texts, (x, top), &words, &look);
    }
    svg.push_str(&grounds);
    svg.push_str(&texts);
}

/// The length is given, so that a viewer's own font cannot shift the grid.
fn text_run(svg: &mut String, (x, top): (f64, f64), words: &str, look: &Look) {
    let lead = words.len() - words.trim_start_matches(' ').len();
    let words = words.trim_matches(' ');
    if words.is_empty() {
        return;
    }
    let columns = |words: &str| f64::from(u32::try_from(keytrail::base::text::width(words)).unwrap_or(0));
    let x = x + CELL.0 * f64::from(u32::try_from(lead).unwrap_or(0));
    _ = write!(
        svg,
        "<text x=\"{}\" y=\"{}\" textLength=\"{}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\" fill=\"{}\"",
        number(x),
        number(top + BASELINE),
        number(columns(words) * CELL.0),
        look.ink
    );
    for (set, attribute) in [
        (look.bold, " font-weight=\"bold\""),
        (look.dim, " opacity=\"0.65\""),
        (look.italic, " font-style=\"italic\""),
        (look.underline, " text-decoration=\"underline\""),
    ] {
        if set {
            svg.push_str(attribute);
        }
    }
    _ = writeln!(svg, ">{}</text>", escape(words));
}

fn look(cell: &Cell) -> Look {
    let (mut ink, mut ground) = (colour(cell.fgcolor()), colour(cell.bgcolor()));
    if cell.inverse() {
        (ink, ground) =
            (Some(ground.unwrap_or_else(|| GROUND.into())), Some(ink.unwrap_or_else(|| INK.into())));
    }
    Look {
        ink: ink.unwrap_or_else(|| INK.into()),
        ground: ground.filter(|ground| ground != GROUND),
        bold: cell.bold(),
        dim: cell.dim(),
        italic: cell.italic(),
        underline: cell.underline(),
    }
}

fn colour(colour: Color) -> Option<String> {
    match colour {
        Color::Default => None,
        Color::Rgb(red, green, blue) => Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        Color::Idx(index @ 0..16) => Some(SIXTEEN[usize::from(index)].to_owned()),
        Color::Idx(index @ 16..232) => {
            let steps = [0, 95, 135, 175, 215, 255];
            let part = |divisor: u8| steps[usize::from((index - 16) / divisor % 6)];
            Some(format!("#{:02x}{:02x}{:02x}", part(36), part(6), part(1)))
        }
        Color::Idx(index) => {
            let grey = 8 + 10 * (index - 232);
            Some(format!("#{grey:02x}{grey:02x}{grey:02x}"))
        }
    }
}

/// One decimal and no `.0`.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn escape(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU16;

    use super::*;

    fn picture(bytes: &str) -> String {
        let size = |number| NonZeroU16::new(number).unwrap();
        let mut parser = vt100::Parser::new(size(2), size(20), 0);
        parser.process(bytes.as_bytes());
        render(parser.screen(), "keytrail <demo>")
    }

    #[test]
    fn the_same_screen_gives_the_same_picture_however_it_was_drawn() {
        let one = picture("\x1b[31mred\x1b[0m plain");
        assert_eq!(one, picture("xxxxxxxxx\x1b[H\x1b[31mr\x1b[31med\x1b[0m plain"));
        assert!(one.contains("<title>keytrail &lt;demo&gt;</title>"), "{one}");
        assert!(one.contains(">red</text>") && one.contains(">plain</text>"), "{one}");
    }

    #[test]
    fn styles_and_grounds_are_drawn_in_runs() {
        let said = picture("\x1b[1;38;2;255;143;143;48;5;208mA<B\x1b[0m\x1b[7mon\x1b[0m \x1b[2;4mlow");
        assert!(said.contains("fill=\"#ff8f8f\" font-weight=\"bold\">A&lt;B</text>"), "{said}");
        assert_eq!(said.matches("fill=\"#ff8700\"").count(), 1, "{said}");
        assert!(said.contains(&format!("fill=\"{GROUND}\">on</text>")), "{said}");
        assert!(said.contains("opacity=\"0.65\" text-decoration=\"underline\">low</text>"), "{said}");
    }

    #[test]
    fn a_picture_is_well_formed_whatever_is_on_the_screen() {
        let said = picture("a<b>&\"'\x1b[1m漢\x1b[0m ]]> \x1b[7m<!--");
        let mut reader = quick_xml::Reader::from_str(&said);
        let mut texts = 0;
        loop {
            match reader.read_event().unwrap() {
                quick_xml::events::Event::Eof => break,
                quick_xml::events::Event::Start(start) if start.name().as_ref() == "text" => texts += 1,
                _ => {}
            }
        }
        assert!(texts > 3, "{said}");
    }

    #[test]
    fn wide_letters_take_two_columns() {
        let said = picture("漢字x");
        assert!(said.contains("textLength=\"42\"") && said.contains(">漢字x</text>"), "{said}");
    }
}
