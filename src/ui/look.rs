//! How this terminal is drawn on: which theme, in how many colours, with which glyphs.

use super::{
    depth::Depth,
    glyphs::wants_ascii,
    theme::{BadTheme, Theme},
};

#[derive(Clone, Debug)]
pub struct Look {
    /// Already brought down to the colours the terminal has.
    pub theme: Theme,
    pub ascii: bool,
}

impl Look {
    /// A theme by name or path; without one, what the terminal says of its background (`COLORFGBG`), and dark where it
    /// says nothing.
    pub fn choose(
        name: Option<&str>,
        ascii: bool,
        env: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, BadTheme> {
        let name =
            name.unwrap_or_else(|| if is_light(env("COLORFGBG").as_deref()) { "light" } else { "dark" });
        let theme = Theme::find(name)?.at(Depth::detect(&env));
        Ok(Self { theme, ascii: ascii || wants_ascii(env) })
    }
}

/// `COLORFGBG` is `foreground;background`, in the sixteen colours; 7 and 15 are the light ones.
fn is_light(said: Option<&str>) -> bool {
    said.and_then(|said| said.rsplit(';').next()).is_some_and(|ground| matches!(ground, "7" | "15"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_decides_where_nobody_else_does() {
        assert!(is_light(Some("0;15")));
        assert!(!is_light(Some("15;0")));
        assert!(!is_light(Some("default")));
        assert!(!is_light(None));
    }

    #[test]
    fn an_unknown_theme_is_refused_by_name() {
        let wrong = Look::choose(Some("blinding"), false, |_| None).unwrap_err().to_string();
        assert!(wrong.contains("blinding") && wrong.contains("high-contrast"), "{wrong}");
    }
}
