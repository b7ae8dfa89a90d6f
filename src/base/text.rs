//! Text for people: cleaning what came from outside, width, truncation, ages in words, sparkline cells.

use std::{borrow::Cow, fmt::Write as _};

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::time::Age;

/// True for characters that could move a cursor, hide text or reorder a line: C0, C1, DEL, bidirectional controls,
/// zero-width joiners, soft hyphens, tags and the like.
pub fn is_unsafe(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}'
                | '\u{61c}'
                | '\u{180e}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

/// Names, descriptions and user agents are written by strangers. Every control character becomes `?`, so that an
/// escape sequence is seen and does nothing.
pub fn clean(text: &str) -> Cow<'_, str> {
    // Almost all names are plain ASCII, and a hundred thousand rows have half a million of them.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return text.into();
    }
    if text.chars().any(is_unsafe) {
        text.chars().map(|letter| if is_unsafe(letter) { '?' } else { letter }).collect::<String>().into()
    } else {
        text.into()
    }
}

/// The same JSON with every character escaped that a terminal would obey: names are written by strangers, and JSON itself
/// escapes only the first thirty-two control characters. Outside of strings compact JSON holds none of them.
pub fn harmless(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for letter in json.chars() {
        if is_unsafe(letter) {
            let mut units = [0; 2];
            for unit in letter.encode_utf16(&mut units) {
                let _ = write!(text, "\\u{unit:04x}");
            }
        } else {
            text.push(letter);
        }
    }
    text
}

/// Columns on a terminal.
pub fn width(text: &str) -> usize {
    text.width()
}

/// At most `columns` wide; what is cut is marked with `mark` (one column: `…` or `~`).
pub fn truncate<'a>(text: &'a str, columns: usize, mark: &str) -> Cow<'a, str> {
    if width(text) <= columns {
        return text.into();
    }
    let Some(room) = columns.checked_sub(width(mark)) else { return "".into() };
    let mut used = 0;
    let mut kept = String::new();
    for cluster in text.graphemes(true) {
        used += width(cluster);
        if used > room {
            break;
        }
        kept.push_str(cluster);
    }
    kept.push_str(mark);
    kept.into()
}

/// `12s`, `4m`, `3h`, `412d`: what fits in a column. Days are never folded into years: key ages are spoken of in days.
pub fn short_age(age: Age) -> String {
    match age.seconds() {
        seconds @ ..60 => format!("{seconds}s"),
        seconds @ 60..3600 => format!("{}m", seconds / 60),
        seconds @ 3600..86_400 => format!("{}h", seconds / 3600),
        seconds => format!("{}d", seconds / 86_400),
    }
}

/// `12 s`, `4 min`, `3 h`, `412 d`: the same in a sentence.
pub fn long_age(age: Age) -> String {
    match age.seconds() {
        seconds @ ..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min", seconds / 60),
        seconds @ 3600..86_400 => format!("{} h", seconds / 3600),
        seconds => format!("{} d", seconds / 86_400),
    }
}

/// `998`, `1.2k`, `45k`, `3.1M`: a count that fits in a tab.
pub fn count(number: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "a rounded count for display")]
    let scaled = |unit: f64, letter: char| {
        let value = number as f64 / unit;
        if value < 10.0 { format!("{value:.1}{letter}") } else { format!("{value:.0}{letter}") }
    };
    match number {
        ..1_000 => number.to_string(),
        1_000..1_000_000 => scaled(1e3, 'k'),
        _ => scaled(1e6, 'M'),
    }
}

/// `1 variable`, `3 variables`.
pub fn plural(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Heights 0 to 8 for a sparkline, scaled to the largest value; anything above zero shows at least 1.
pub fn spark(values: &[u64]) -> Vec<u8> {
    let top = values.iter().copied().max().unwrap_or(0).max(1);
    values.iter().map(|&value| u8::try_from((value * 8).div_ceil(top).min(8)).unwrap_or(8)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_escaped_and_means_the_same() {
        let name = "a\u{9b}2J\u{202e}b\u{e0041}\u{7f}\u{1b}ö漢";
        let json = harmless(&serde_json::to_string(name).unwrap());
        assert_eq!(json, r#""a\u009b2J\u202eb\udb40\udc41\u007f\u001bö漢""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), name);
    }

    #[test]
    fn escapes_are_seen_and_do_nothing() {
        assert_eq!(clean("a\u{1b}[2Jb\u{7}\u{202e}c\n"), "a?[2Jb??c?");
        assert_eq!(clean("a\u{61c}b\u{ad}c\u{e0041}\u{9b}2J"), "a?b?c??2J");
        assert!(matches!(clean("Größe 漢字"), Cow::Borrowed(_)));
    }

    #[test]
    fn truncation_counts_columns_and_marks_the_cut() {
        assert_eq!(truncate("deploy-prod", 11, "…"), "deploy-prod");
        assert_eq!(truncate("deploy-prod", 7, "…"), "deploy…");
        assert_eq!(truncate("漢字漢字", 5, "…"), "漢字…");
        assert_eq!(truncate("abc", 0, "…"), "");
    }

    #[test]
    fn ages_and_counts_are_short() {
        assert_eq!(short_age(Age::from_days(412)), "412d");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_234), "1.2k");
        assert_eq!(count(45_678), "46k");
        assert_eq!(plural(1, "key", "keys"), "1 key");
    }

    #[test]
    fn a_sparkline_never_hides_a_single_event() {
        assert_eq!(spark(&[0, 1, 500, 1000]), [0, 1, 4, 8]);
        assert_eq!(spark(&[]), Vec::<u8>::new());
    }
}
