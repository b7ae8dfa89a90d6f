//! The marks used in texts, in Unicode and in ASCII. Every mark stands beside a word or a tone, never alone for one.

use super::show::{Span, Tone};
use crate::rules::Severity;

/// One set of marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glyphs {
    pub dash: &'static str,
    pub dot: &'static str,
    pub arrow: &'static str,
    pub more: &'static str,
    pub warn: &'static str,
    /// An unfolded and a folded node of a tree, and one that stands above itself.
    pub open: &'static str,
    pub folded: &'static str,
    pub cycle: &'static str,
    /// Heights of a sparkline, none first.
    pub spark: [&'static str; 9],
}

const UNICODE: Glyphs = Glyphs {
    dash: "–",
    dot: "·",
    arrow: "›",
    more: "…",
    warn: "▲",
    open: "▾",
    folded: "▸",
    cycle: "↻",
    spark: ["·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"],
};
const ASCII: Glyphs = Glyphs {
    dash: "-",
    dot: "|",
    arrow: ">",
    more: "...",
    warn: "!",
    open: "-",
    folded: "+",
    cycle: "@",
    spark: [".", "1", "2", "3", "4", "5", "6", "7", "8"],
};

impl Glyphs {
    pub const fn of(ascii: bool) -> &'static Self {
        if ascii { &ASCII } else { &UNICODE }
    }
}

/// The mark of a severity: `#` critical, `!` high, `~` medium, `.` low, `i` for information.
pub const fn severity_mark(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "#",
        Severity::High => "!",
        Severity::Medium => "~",
        Severity::Low => ".",
        Severity::Info => "i",
    }
}

pub const fn severity_tone(severity: Severity) -> Tone {
    match severity {
        Severity::Critical | Severity::High => Tone::Bad,
        Severity::Medium => Tone::Warn,
        Severity::Low => Tone::Notice,
        Severity::Info => Tone::Dim,
    }
}

/// The mark in its tone; blank where there is no finding.
pub fn risk(severity: Option<Severity>) -> Span {
    severity.map_or_else(
        || Span::plain(""),
        |severity| Span::new(severity_mark(severity), severity_tone(severity)),
    )
}
