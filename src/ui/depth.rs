//! How many colours a terminal has, and a theme cut down to that many. The environment comes as a closure, so that
//! nothing here depends on where it runs.

use ratatui::style::{Color, Modifier, Style};

use super::theme::{Look, Surfaces, Theme, Tones};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Bold, dim, underline and reverse only.
    None,
    /// The terminal's own sixteen.
    Sixteen,
    /// The xterm palette.
    Indexed,
    /// 24 bits.
    True,
}

/// Terminals that show 24 bits and do not always say so in `COLORTERM`.
const TRUE_COLOUR_TERMS: [&str; 7] =
    ["kitty", "ghostty", "alacritty", "foot", "wezterm", "-direct", "truecolor"];

impl Depth {
    /// Reads `NO_COLOR` (no-color.org: any value but the empty one), `COLORTERM` and `TERM`.
    pub fn detect(env: impl Fn(&str) -> Option<String>) -> Self {
        let value = |name| env(name).unwrap_or_default();
        let term = value("TERM");
        if !value("NO_COLOR").is_empty() || term == "dumb" {
            return Self::None;
        }
        let said = value("COLORTERM");
        if said.eq_ignore_ascii_case("truecolor")
            || said.eq_ignore_ascii_case("24bit")
            || TRUE_COLOUR_TERMS.iter().any(|known| term.contains(known))
        {
            return Self::True;
        }
        if term.contains("256") { Self::Indexed } else { Self::Sixteen }
    }
}

impl Theme {
    /// The same theme with at most these colours. With sixteen the grounds are the terminal's own, for no one knows
    /// what its palette looks like, and what stood on a ground of its own is reversed instead.
    #[must_use]
    pub fn at(&self, depth: Depth) -> Self {
        let mono = || Self::find("mono").unwrap_or_default();
        match depth {
            Depth::True => self.clone(),
            Depth::Indexed => self.map(|style| recolour(style, indexed)),
            Depth::Sixteen => {
                let grounds = mono().surface;
                let cut = self.map(|style| recolour(style, sixteen));
                let focused = Look(Style { bg: None, ..cut.surface.border_focused.0 });
                Self { surface: Surfaces { border_focused: focused, ..grounds }, ..cut.without_grounds() }
            }
            Depth::None => Self { about: self.about.clone(), ..mono() },
        }
    }

    fn map(&self, change: impl Fn(Style) -> Style) -> Self {
        let Self { about, tone, surface } = self;
        let look = |look: Look| Look(change(look.0));
        Self {
            about: about.clone(),
            tone: Tones {
                plain: look(tone.plain),
                dim: look(tone.dim),
                strong: look(tone.strong),
                accent: look(tone.accent),
                good: look(tone.good),
                notice: look(tone.notice),
                warn: look(tone.warn),
                bad: look(tone.bad),
            },
            surface: Surfaces {
                base: look(surface.base),
                bar: look(surface.bar),
                tab_active: look(surface.tab_active),
                border: look(surface.border),
                border_focused: look(surface.border_focused),
                selection: look(surface.selection),
                marked: look(surface.marked),
                overlay: look(surface.overlay),
                matched: look(surface.matched),
            },
        }
    }

    /// Dim loses its grey with its palette and keeps its meaning as a modifier.
    fn without_grounds(&self) -> Self {
        let mut bare = self.map(|style| Style { bg: None, ..style });
        bare.tone.dim.0 = bare.tone.dim.0.add_modifier(Modifier::DIM);
        bare
    }
}

fn recolour(style: Style, change: impl Fn(Color) -> Option<Color>) -> Style {
    Style { fg: style.fg.and_then(&change), bg: style.bg.and_then(&change), ..style }
}

/// The six steps of a channel in the xterm colour cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// xterm's first sixteen colours; what a user's terminal shows for them is the user's choice.
const SIXTEEN: [(u8, u8, u8); 16] = [
    (0, 0, 0),
    (205, 0, 0),
    (0, 205, 0),
    (205, 205, 0),
    (0, 0, 238),
    (205, 0, 205),
    (0, 205, 205),
    (229, 229, 229),
    (127, 127, 127),
    (255, 0, 0),
    (0, 255, 0),
    (255, 255, 0),
    (92, 92, 255),
    (255, 0, 255),
    (0, 255, 255),
    (255, 255, 255),
];

/// Red, green and blue, as xterm shows it; `None` for the terminal's default.
pub(super) fn rgb(colour: Color) -> Option<(u8, u8, u8)> {
    let index = match colour {
        Color::Reset => return None,
        Color::Rgb(red, green, blue) => return Some((red, green, blue)),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    let step = |part: u8| STEPS[usize::from(part % 6)];
    Some(match index {
        0..16 => SIXTEEN[usize::from(index)],
        16..232 => {
            let cube = index - 16;
            (step(cube / 36), step(cube / 6), step(cube))
        }
        232.. => {
            let grey = 8 + 10 * (index - 232);
            (grey, grey, grey)
        }
    })
}

fn distance(one: (u8, u8, u8), two: (u8, u8, u8)) -> u32 {
    let part = |a: u8, b: u8| u32::from(a.abs_diff(b)).pow(2);
    part(one.0, two.0) + part(one.1, two.1) + part(one.2, two.2)
}

/// The nearest of the 240 fixed colours of the xterm palette; the first sixteen are the user's and not used.
fn indexed(colour: Color) -> Option<Color> {
    let Color::Rgb(red, green, blue) = colour else { return Some(colour) };
    let wanted = (red, green, blue);
    (16..=255)
        .min_by_key(|&index| rgb(Color::Indexed(index)).map(|known| distance(wanted, known)))
        .map(Color::Indexed)
}

/// By hue, for a palette no one knows: greys become the terminal's default, so that they stay readable on its ground.
fn sixteen(colour: Color) -> Option<Color> {
    let (red, green, blue) = match colour {
        Color::Rgb(..) | Color::Indexed(16..) => rgb(colour)?,
        _ => return Some(colour),
    };
    let top = red.max(green).max(blue);
    let low = red.min(green).min(blue);
    // Too little colour to have a hue, or too dark for one to be seen.
    if top - low < 40 || u32::from(top - low) * 5 < u32::from(top) {
        return None;
    }
    let middle = u32::from(top).midpoint(u32::from(low));
    let high = |value: u8| u32::from(value) >= middle;
    Some(match (high(red), high(green), high(blue)) {
        (true, false, false) => Color::Red,
        (true, true, false) => Color::Yellow,
        (false, true, false) => Color::Green,
        (false, true, true) => Color::Cyan,
        (false, false, true) => Color::Blue,
        (true, false, true) => Color::Magenta,
        (true, true, true) | (false, false, false) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        app::show::Tone,
        ui::theme::{Surface, THEMES},
    };

    fn detect(env: &[(&str, &str)]) -> Depth {
        Depth::detect(|name| env.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
    }

    #[test]
    fn the_environment_says_how_many_colours_there_are() {
        assert_eq!(detect(&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]), Depth::True);
        assert_eq!(detect(&[("TERM", "screen"), ("COLORTERM", "24bit")]), Depth::True);
        assert_eq!(detect(&[("TERM", "xterm-kitty")]), Depth::True);
        assert_eq!(detect(&[("TERM", "tmux-256color")]), Depth::Indexed);
        assert_eq!(detect(&[("TERM", "linux")]), Depth::Sixteen);
        assert_eq!(detect(&[]), Depth::Sixteen);
        assert_eq!(detect(&[("TERM", "dumb")]), Depth::None);
        assert_eq!(detect(&[("TERM", "xterm-kitty"), ("NO_COLOR", "1")]), Depth::None);
        assert_eq!(detect(&[("TERM", "xterm-kitty"), ("NO_COLOR", "")]), Depth::True);
    }

    #[test]
    fn no_terminal_gets_a_colour_it_does_not_have() {
        for (name, _) in THEMES {
            let theme = Theme::find(name).unwrap();
            theme.at(Depth::Indexed).map(|style| {
                assert!(
                    !matches!(style.fg, Some(Color::Rgb(..))) && !matches!(style.bg, Some(Color::Rgb(..)))
                );
                style
            });
            theme.at(Depth::Sixteen).map(|style| {
                assert!(!matches!(style.fg, Some(Color::Rgb(..) | Color::Indexed(_))), "{name}: {style:?}");
                assert_eq!(style.bg, None, "{name}");
                style
            });
            theme.at(Depth::None).map(|style| {
                assert_eq!((style.fg, style.bg), (None, None), "{name}");
                style
            });
        }
    }

    #[test]
    fn with_few_colours_bad_is_still_red_and_the_selection_still_seen() {
        for name in ["dark", "light", "high-contrast"] {
            let theme = Theme::find(name).unwrap();
            let few = theme.at(Depth::Sixteen);
            assert_eq!(few.tone(Tone::Bad).fg, Some(Color::Red), "{name}");
            assert_eq!(few.tone(Tone::Good).fg, Some(Color::Green), "{name}");
            assert_eq!(few.tone(Tone::Warn).fg, Some(Color::Yellow), "{name}");
            assert_eq!(few.tone(Tone::Notice).fg, Some(Color::Magenta), "{name}");
            assert_eq!(few.tone(Tone::Plain).fg, None, "{name}");
            for depth in [Depth::Sixteen, Depth::None] {
                let selection = theme.at(depth).surface(Surface::Selection);
                assert!(selection.add_modifier.contains(Modifier::REVERSED), "{name}");
            }
        }
    }

    #[test]
    fn the_nearest_of_the_palette_is_taken() {
        assert_eq!(indexed(Color::Rgb(255, 0, 0)), Some(Color::Indexed(196)));
        assert_eq!(indexed(Color::Rgb(8, 8, 8)), Some(Color::Indexed(232)));
        assert_eq!(rgb(Color::Indexed(208)), Some((255, 135, 0)));
        assert_eq!(indexed(Color::LightRed), Some(Color::LightRed));
    }
}
