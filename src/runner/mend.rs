//! Broken TOML: the lines that break it are blanked one after the other until the rest can be read. Places do not move.

use std::ops::Range;

use toml::de::DeTable;

/// A text that breaks more often than this is no TOML.
const MOST_LINES: usize = 100;
/// Bytes that are parsed for one text in all: every blanked line means parsing it again.
const MOST_BYTES: usize = 64 << 20;

/// A text that can be read, at least in part, and the places it had to be blanked for.
pub(super) struct Mended {
    pub(super) text: String,
    pub(super) faults: Vec<Fault>,
}

pub(super) struct Fault {
    pub(super) span: Range<usize>,
    /// The parser's words, which quote nothing.
    pub(super) says: String,
}

pub(super) fn mend(text: &str) -> Mended {
    let mut mended = Mended { text: text.to_owned(), faults: Vec::new() };
    for _ in 0..MOST_LINES.min(MOST_BYTES / text.len().max(1)).max(1) {
        let (_, errors) = DeTable::parse_recoverable(&mended.text);
        let first = errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start));
        let Some(error) = first else { break };
        let span = error.span().unwrap_or_default();
        let lost = around(&mended.text, span.start);
        mended.faults.push(Fault { span, says: error.message().to_owned() });
        if mended.text[lost.clone()].trim().is_empty() {
            break;
        }
        let blank: String =
            mended.text[lost.clone()].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
        mended.text.replace_range(lost, &blank);
    }
    mended
}

/// What goes with the line of a place. Without its header the fields of a table would seem another table's, so they go as well.
fn around(text: &str, at: usize) -> Range<usize> {
    let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    let mut start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    // At the end of a text that stops too early the fault is further up.
    while start > 0 && text[start..].lines().next().unwrap_or_default().trim().is_empty() {
        start = text[..start - 1].rfind('\n').map_or(0, |end| end + 1);
    }
    let first = text[start..].lines().next().unwrap_or_default();
    let header = match first.trim_start() {
        line if line.starts_with("[[") => "[[",
        line if line.starts_with('[') => "[",
        _ => return start..start + first.len(),
    };
    let rest = start + first.len();
    let next = text[rest..].match_indices('\n').map(|(end, _)| rest + end + 1);
    let next =
        next.into_iter().find(|&line| text[line..].trim_start_matches([' ', '\t']).starts_with(header));
    start..next.unwrap_or(text.len())
}
