//! What a tone looks like: the only place that knows a colour. A theme is a TOML file of tones and surfaces.
//! What a text means is decided in `app`; how many colours the terminal has, in [`super::depth`].

use std::{fs, io, path::Path};

use ratatui::style::{Color, Modifier, Style};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::app::show::Tone;

/// Every theme that comes with keytrail, one file in `themes/` each: name and text.
pub const THEMES: &[(&str, &str)] = &[
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("mono", include_str!("../../themes/mono.toml")),
];

/// Styles for every tone and every surface. A surface is laid over the tones on it: its background always wins, its
/// foreground only when it has one.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    /// One sentence for a list of themes.
    pub about: String,
    pub(super) tone: Tones,
    pub(super) surface: Surfaces,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tones {
    pub plain: Look,
    pub dim: Look,
    pub strong: Look,
    pub accent: Look,
    pub good: Look,
    pub notice: Look,
    pub warn: Look,
    pub bad: Look,
}

#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Surfaces {
    pub base: Look,
    pub bar: Look,
    pub tab_active: Look,
    pub border: Look,
    pub border_focused: Look,
    pub selection: Look,
    pub marked: Look,
    pub overlay: Look,
    #[serde(rename = "match")]
    pub matched: Look,
}

/// What lies under a text, or replaces its colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    Base,
    Bar,
    TabActive,
    Border,
    BorderFocused,
    Selection,
    Marked,
    Overlay,
    Match,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Swatch")]
pub(super) struct Look(pub Style);

/// `{ fg = "#rrggbb", bg = "blue", modifiers = ["bold"] }`; what is absent stays as the terminal has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Swatch {
    #[serde(default, deserialize_with = "colour")]
    fg: Option<Color>,
    #[serde(default, deserialize_with = "colour")]
    bg: Option<Color>,
    #[serde(default)]
    modifiers: Vec<Emphasis>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Emphasis {
    Bold,
    Dim,
    Italic,
    Underline,
    Reverse,
}

impl From<Emphasis> for Modifier {
    fn from(emphasis: Emphasis) -> Self {
        match emphasis {
            Emphasis::Bold => Self::BOLD,
            Emphasis::Dim => Self::DIM,
            Emphasis::Italic => Self::ITALIC,
            Emphasis::Underline => Self::UNDERLINED,
            Emphasis::Reverse => Self::REVERSED,
        }
    }
}

impl From<Swatch> for Look {
    fn from(swatch: Swatch) -> Self {
        let modifiers = swatch.modifiers.into_iter().map(Modifier::from).collect();
        Self(Style { fg: swatch.fg, bg: swatch.bg, ..Style::new() }.add_modifier(modifiers))
    }
}

fn colour<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Color>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(u8),
        Text(String),
    }
    let wrong = |text: &str| {
        D::Error::custom(format!("`{text}` is not a colour: write \"#rrggbb\", an ANSI name or 0 to 255"))
    };
    match Written::deserialize(from) {
        Ok(Written::Number(index)) => Ok(Some(Color::Indexed(index))),
        Ok(Written::Text(text)) => text.parse().map(Some).map_err(|_| wrong(&text)),
        Err(_) => Err(wrong("this")),
    }
}

/// Why a theme cannot be used; the place is a path, and the reason names the line.
#[derive(Debug, thiserror::Error)]
pub enum BadTheme {
    #[error("{place}: {reason}")]
    Read { place: String, reason: io::Error },
    #[error("{place}: {reason}")]
    Parse { place: String, reason: toml::de::Error },
    #[error("no theme is called `{name}`; there are {known}, or give the path of a theme file")]
    Unknown { name: String, known: String },
}

impl Theme {
    /// `place` is where the text comes from, for the error.
    pub fn parse(text: &str, place: &str) -> Result<Self, BadTheme> {
        toml::from_str(text).map_err(|reason| BadTheme::Parse { place: place.to_owned(), reason })
    }

    /// A theme of our own by name, or a file: anything with a slash in it or ending in `.toml` is a path.
    pub fn find(name: &str) -> Result<Self, BadTheme> {
        let path = Path::new(name);
        let is_path = name.contains('/') || path.extension().is_some_and(|ext| ext == "toml");
        if is_path {
            let text = fs::read_to_string(path)
                .map_err(|reason| BadTheme::Read { place: name.to_owned(), reason })?;
            return Self::parse(&text, name);
        }
        let Some((_, text)) = THEMES.iter().find(|(known, _)| *known == name) else {
            let known = THEMES.iter().map(|(known, _)| *known).collect::<Vec<_>>().join(", ");
            return Err(BadTheme::Unknown { name: name.to_owned(), known });
        };
        Self::parse(text, name)
    }

    pub const fn tone(&self, tone: Tone) -> Style {
        let tones = &self.tone;
        match tone {
            Tone::Plain => tones.plain.0,
            Tone::Dim => tones.dim.0,
            Tone::Strong => tones.strong.0,
            Tone::Accent => tones.accent.0,
            Tone::Good => tones.good.0,
            Tone::Notice => tones.notice.0,
            Tone::Warn => tones.warn.0,
            Tone::Bad => tones.bad.0,
        }
    }

    pub const fn surface(&self, surface: Surface) -> Style {
        let surfaces = &self.surface;
        match surface {
            Surface::Base => surfaces.base.0,
            Surface::Bar => surfaces.bar.0,
            Surface::TabActive => surfaces.tab_active.0,
            Surface::Border => surfaces.border.0,
            Surface::BorderFocused => surfaces.border_focused.0,
            Surface::Selection => surfaces.selection.0,
            Surface::Marked => surfaces.marked.0,
            Surface::Overlay => surfaces.overlay.0,
            Surface::Match => surfaces.matched.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::depth::rgb;

    const TONES: [Tone; 8] =
        [Tone::Plain, Tone::Dim, Tone::Strong, Tone::Accent, Tone::Good, Tone::Notice, Tone::Warn, Tone::Bad];

    /// Relative luminance, WCAG 2.1.
    fn luminance(colour: Color) -> f64 {
        let (red, green, blue) = rgb(colour).unwrap();
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.03928 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue)
    }

    fn contrast(style: Style) -> f64 {
        let (one, two) = (luminance(style.fg.unwrap()), luminance(style.bg.unwrap()));
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    #[test]
    fn every_text_can_be_read_on_every_ground() {
        assert!(
            (contrast(Style::new().fg(Color::Rgb(0, 0, 0)).bg(Color::Rgb(255, 255, 255))) - 21.0).abs()
                < 0.01
        );
        for (name, least) in [("dark", 4.5), ("light", 4.5), ("high-contrast", 7.0)] {
            let theme = Theme::find(name).unwrap();
            let base = theme.surface(Surface::Base);
            for tone in TONES {
                for ground in [
                    Surface::Base,
                    Surface::Bar,
                    Surface::TabActive,
                    Surface::Selection,
                    Surface::Marked,
                    Surface::Overlay,
                    Surface::Match,
                ] {
                    let style = base.patch(theme.tone(tone)).patch(theme.surface(ground));
                    let ratio = contrast(style);
                    assert!(ratio >= least, "{name}: {tone:?} on {ground:?} has {ratio:.2}");
                }
            }
            // A frame is not text: WCAG 1.4.11 asks for 3 to 1, and for the unfocused one less is a choice.
            assert!(contrast(base.patch(theme.surface(Surface::BorderFocused))) >= 3.0, "{name}");
        }
    }

    #[test]
    fn no_two_tones_that_matter_look_the_same() {
        for (name, _) in THEMES.iter().filter(|(name, _)| *name != "mono") {
            let theme = Theme::find(name).unwrap();
            for (index, one) in TONES.iter().enumerate() {
                for two in &TONES[index + 1..] {
                    assert_ne!(theme.tone(*one), theme.tone(*two), "{name}: {one:?} and {two:?}");
                }
            }
        }
    }

    #[test]
    fn mono_has_no_colour_and_still_shows_the_selection() {
        let mono = Theme::find("mono").unwrap();
        for tone in TONES {
            assert_eq!((mono.tone(tone).fg, mono.tone(tone).bg), (None, None));
        }
        assert!(mono.surface(Surface::Selection).add_modifier.contains(Modifier::REVERSED));
    }

    #[test]
    fn a_wrong_theme_says_where_and_what_was_expected() {
        let dark = THEMES[0].1;
        let said = |text: &str| Theme::parse(text, "mine.toml").unwrap_err().to_string();

        let colour = said(&dark.replace("#ff8f8f", "reddish"));
        assert!(colour.starts_with("mine.toml: ") && colour.contains("line 11"), "{colour}");
        assert!(colour.contains("`reddish` is not a colour: write \"#rrggbb\""), "{colour}");

        let field = said(&dark.replace("notice =", "notise ="));
        assert!(field.contains("line 9") && field.contains("notise"), "{field}");
        let emphasis = said(&dark.replacen("\"bold\"", "\"blink\"", 1));
        assert!(
            emphasis.contains("line 6")
                && emphasis.contains("blink")
                && emphasis.contains("expected one of `bold`"),
            "{emphasis}"
        );

        let name = Theme::find("darkk").unwrap_err().to_string();
        assert!(name.contains("dark, light, high-contrast, mono"), "{name}");
        assert!(matches!(Theme::find("/no/such/theme.toml"), Err(BadTheme::Read { .. })));
    }

    #[test]
    fn colours_are_written_in_three_ways() {
        let swatch = |text: &str| {
            toml::from_str::<Theme>(&THEMES[3].1.replace("plain = {}", &format!("plain = {text}")))
                .unwrap()
                .tone(Tone::Plain)
        };
        assert_eq!(swatch("{ fg = '#102030' }").fg, Some(Color::Rgb(16, 32, 48)));
        assert_eq!(swatch("{ fg = 'light-red' }").fg, Some(Color::LightRed));
        assert_eq!(swatch("{ bg = 208 }").bg, Some(Color::Indexed(208)));
        assert_eq!(swatch("{ bg = '208' }").bg, Some(Color::Indexed(208)));
    }

    #[test]
    fn a_theme_of_ones_own_is_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mine.toml");
        std::fs::write(&path, THEMES[1].1).unwrap();
        assert_eq!(Theme::find(path.to_str().unwrap()).unwrap(), Theme::find("light").unwrap());
    }
}
