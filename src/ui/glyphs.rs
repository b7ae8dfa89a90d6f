//! The signs a frame is drawn with, each in Unicode and in ASCII, of the same width, and text folded to ASCII.

use std::borrow::Cow;

use crate::base::text;

/// Every sign is one column wide, in both sets.
#[derive(Debug)]
pub struct Glyphs {
    /// Something was cut here.
    pub cut: &'static str,
    pub selected: &'static str,
    pub marked: &'static str,
    /// Selected and marked.
    pub both: &'static str,
    /// A line that can be followed.
    pub link: &'static str,
    pub ascending: &'static str,
    pub descending: &'static str,
    pub more_above: &'static str,
    pub more_below: &'static str,
    /// Between two facts on a line.
    pub dot: &'static str,
    /// Between two steps of a way.
    pub step: &'static str,
    pub horizontal: &'static str,
    pub vertical: &'static str,
    /// Top left, top right, bottom left, bottom right.
    pub corners: [&'static str; 4],
    pub thumb: &'static str,
    /// The line at a limit in a histogram.
    pub limit: &'static str,
    /// Under the column one stands on.
    pub foot: &'static str,
    /// A bar that grows to the right, empty to full.
    pub rightwards: [&'static str; 9],
    /// A bar that grows upwards, empty to full.
    pub upwards: [&'static str; 9],
    /// One value of a series, nothing to most.
    pub spark: [&'static str; 9],
    ascii: bool,
}

const UNICODE: Glyphs = Glyphs {
    cut: "…",
    selected: "▸",
    marked: "●",
    both: "◉",
    link: "›",
    ascending: "▲",
    descending: "▼",
    more_above: "▲",
    more_below: "▼",
    dot: "·",
    step: "›",
    horizontal: "─",
    vertical: "│",
    corners: ["┌", "┐", "└", "┘"],
    thumb: "█",
    limit: "┊",
    foot: "▲",
    rightwards: [" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"],
    upwards: [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    spark: ["·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
    ascii: false,
};

const ASCII: Glyphs = Glyphs {
    cut: "~",
    selected: ">",
    marked: "*",
    both: "@",
    link: ">",
    ascending: "^",
    descending: "v",
    more_above: "^",
    more_below: "v",
    dot: "-",
    step: ">",
    horizontal: "-",
    vertical: "|",
    corners: ["+", "+", "+", "+"],
    thumb: "#",
    limit: ":",
    foot: "^",
    rightwards: [" ", ".", "-", "-", "=", "=", "=", "#", "#"],
    upwards: [" ", ".", ".", ":", ":", "+", "+", "#", "#"],
    spark: [".", "1", "2", "3", "4", "5", "6", "7", "8"],
    ascii: true,
};

/// Signs that texts use and their nearest ASCII.
const FOLDED: [(char, &str); 26] = [
    ('·', "-"),
    ('…', "~"),
    ('–', "-"),
    ('—', "-"),
    ('‐', "-"),
    ('→', ">"),
    ('←', "<"),
    ('↑', "^"),
    ('↓', "v"),
    ('›', ">"),
    ('‹', "<"),
    ('▸', ">"),
    ('●', "*"),
    ('○', "o"),
    ('◉', "@"),
    ('▲', "^"),
    ('▼', "v"),
    ('✓', "+"),
    ('✗', "x"),
    ('×', "x"),
    ('≥', ">"),
    ('≤', "<"),
    ('│', "|"),
    ('─', "-"),
    ('├', "+"),
    ('└', "+"),
];

impl Glyphs {
    pub const fn new(ascii: bool) -> &'static Self {
        if ascii { &ASCII } else { &UNICODE }
    }

    /// Text as this set can show it. In ASCII a letter without a twin becomes one `?` a column, so that nothing moves.
    pub fn fold<'a>(&self, words: &'a str) -> Cow<'a, str> {
        if !self.ascii || words.is_ascii() {
            return words.into();
        }
        let mut folded = String::with_capacity(words.len());
        for letter in words.chars() {
            match FOLDED.iter().find(|(sign, _)| *sign == letter) {
                _ if letter.is_ascii() => folded.push(letter),
                Some((_, twin)) => folded.push_str(twin),
                None => (0..text::width(letter.encode_utf8(&mut [0; 4]))).for_each(|_| folded.push('?')),
            }
        }
        folded.into()
    }
}

/// Is this a terminal that wants ASCII: a locale that is set and is not UTF-8, or a dumb terminal?
pub fn wants_ascii(env: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().filter_map(&env).find(|value| !value.is_empty());
    let unicode = locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    });
    !unicode || env("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(glyphs: &Glyphs) -> Vec<&'static str> {
        let Glyphs {
            cut, selected, marked, both, link, ascending, descending, more_above, more_below, ..
        } = glyphs;
        let Glyphs {
            dot,
            step,
            horizontal,
            vertical,
            corners,
            thumb,
            limit,
            foot,
            rightwards,
            upwards,
            spark,
            ..
        } = glyphs;
        let mut all = vec![*cut, selected, marked, both, link, ascending, descending, more_above, more_below];
        all.extend([dot, step, horizontal, vertical, thumb, limit, foot]);
        all.extend(corners);
        all.extend(rightwards.iter().chain(upwards).chain(spark));
        all
    }

    #[test]
    fn every_sign_has_a_twin_in_ascii_of_the_same_width() {
        let (unicode, ascii) = (all(Glyphs::new(false)), all(Glyphs::new(true)));
        assert_eq!(unicode.len(), ascii.len());
        for (sign, twin) in unicode.iter().zip(&ascii) {
            assert!(twin.is_ascii(), "{sign} has {twin}");
            assert_eq!((text::width(sign), text::width(twin)), (1, 1), "{sign} has {twin}");
        }
        for (sign, twin) in FOLDED {
            assert!(
                twin.is_ascii() && text::width(&sign.to_string()) == text::width(twin),
                "{sign} has {twin}"
            );
        }
    }

    #[test]
    fn signs_that_must_be_told_apart_differ_in_ascii_too() {
        let ascii = Glyphs::new(true);
        let row = [ascii.selected, ascii.marked, ascii.both, " "];
        assert!((1..row.len()).all(|index| !row[..index].contains(&row[index])), "{row:?}");
        assert_ne!(ascii.ascending, ascii.descending);
    }

    #[test]
    fn folding_keeps_the_width() {
        let ascii = Glyphs::new(true);
        assert_eq!(ascii.fold("gitlab · 3 → 漢 é"), "gitlab - 3 > ?? ?");
        assert_eq!(Glyphs::new(false).fold("gitlab · 漢"), "gitlab · 漢");
    }

    #[test]
    fn the_locale_decides() {
        let wants = |pairs: &[(&str, &str)]| {
            wants_ascii(|name| {
                pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
            })
        };
        assert!(!wants(&[]));
        assert!(!wants(&[("LANG", "de_DE.UTF-8")]));
        assert!(wants(&[("LANG", "de_DE.UTF-8"), ("LC_ALL", "C")]));
        assert!(!wants(&[("LC_ALL", ""), ("LANG", "C.utf8")]));
        assert!(wants(&[("LANG", "C.UTF-8"), ("TERM", "dumb")]));
    }
}
