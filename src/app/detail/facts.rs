//! Facts as lines: a label and what was seen, or that it was not seen.

use super::{BuiltLine, Role};
use crate::{
    app::{
        glyph::{severity_mark, severity_tone},
        pane::View,
        show::{Line, Span, Tone},
    },
    base::{
        text::{clean, long_age, width},
        time::Timestamp,
    },
    model::id::Id,
    rules::Severity,
};

const LABEL: usize = 16;

/// The lines of a detail under construction.
pub(super) struct Facts<'a> {
    pub(super) view: View<'a>,
    width: usize,
    pub(super) lines: Vec<BuiltLine>,
}

impl<'a> Facts<'a> {
    pub(super) const fn new(view: View<'a>, width: usize) -> Self {
        Self { view, width, lines: Vec::new() }
    }

    pub(super) const fn width(&self) -> usize {
        self.width
    }

    pub(super) fn push(&mut self, spans: Line) {
        self.lines.push(BuiltLine::new(spans, Role::Text));
    }

    pub(super) fn heading(&mut self, spans: Line) {
        self.lines.push(BuiltLine::blank());
        self.lines.push(BuiltLine::new(spans, Role::Heading));
    }

    /// A sentence, cleaned and broken between words.
    pub(super) fn say(&mut self, text: &str, tone: Tone, indent: usize) {
        for line in wrap(&clean(text), self.width.saturating_sub(indent)) {
            self.push(vec![Span::new(format!("{}{line}", " ".repeat(indent)), tone)]);
        }
    }

    /// A label and a value from outside; long values go on below.
    pub(super) fn fact(&mut self, label: &str, value: &str, tone: Tone) {
        let cleaned = clean(value);
        let mut lines = wrap(&cleaned, self.width.saturating_sub(LABEL)).into_iter();
        let first = lines.next().unwrap_or_default();
        self.push(vec![Span::new(format!("{label:<LABEL$}"), Tone::Dim), Span::new(first, tone)]);
        for line in lines {
            self.push(vec![Span::new(format!("{}{line}", " ".repeat(LABEL)), tone)]);
        }
    }

    pub(super) fn text(&mut self, label: &str, value: Option<&str>) {
        match value {
            Some("") => self.fact(label, "(empty)", Tone::Dim),
            Some(value) => self.fact(label, value, Tone::Plain),
            None => self.fact(label, "not seen", Tone::Dim),
        }
    }

    pub(super) fn number(&mut self, label: &str, value: Option<impl ToString>) {
        self.text(label, value.map(|value| value.to_string()).as_deref());
    }

    pub(super) fn yes_no(&mut self, label: &str, value: Option<bool>) {
        self.text(label, value.map(|value| if value { "yes" } else { "no" }));
    }

    /// `412 d ago, 2025-10-04T08:00:00Z`; a time to come is `in 3 d`.
    pub(super) fn time(&mut self, label: &str, at: Option<Timestamp>) {
        self.text(label, at.map(|at| self.when(at)).as_deref());
    }

    pub(super) fn when(&self, at: Timestamp) -> String {
        let now = self.view.world.now;
        if at > now {
            format!("in {}, {at}", long_age(now.age(at)))
        } else {
            format!("{} ago, {at}", long_age(at.age(now)))
        }
    }

    pub(super) fn list<T: AsRef<str>>(&mut self, label: &str, values: Option<&[T]>) {
        match values {
            Some([]) => self.fact(label, "none", Tone::Plain),
            Some(values) => {
                let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
                self.fact(label, &values.join(", "), Tone::Plain);
            }
            None => self.text(label, None),
        }
    }

    /// What the rules say of a thing, worst first.
    pub(super) fn findings(&mut self, id: &Id) {
        let world = self.view.world;
        let mut counts: Vec<(Severity, usize)> = Vec::new();
        for finding in world.findings_about(id) {
            match counts.last_mut() {
                Some((severity, count)) if *severity == finding.severity => *count += 1,
                _ => counts.push((finding.severity, 1)),
            }
        }
        if counts.is_empty() {
            return;
        }
        let mut heading = vec![Span::plain("FINDINGS")];
        heading.extend(counts.iter().map(|(severity, count)| {
            Span::new(format!("  {} {count}", severity.word()), severity_tone(*severity))
        }));
        self.heading(heading);
        for finding in world.findings_about(id) {
            let tone = severity_tone(finding.severity);
            let says = format!("{} {}", severity_mark(finding.severity), finding.says);
            self.say(&says, tone, 0);
            for evidence in &finding.evidence {
                self.say(&format!("{} {evidence}", self.view.glyphs.dash), Tone::Plain, 2);
            }
            self.say(finding.remedy, Tone::Dim, 2);
        }
    }
}

/// Breaks a text between words into lines of at most `room` columns; a longer word is broken anywhere.
pub(in crate::app) fn wrap(text: &str, room: usize) -> Vec<String> {
    let room = room.max(8);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let fits = lines.last().is_some_and(|line| line.is_empty() || width(line) + 1 + width(word) <= room);
        if !fits {
            lines.push(String::new());
        }
        for letter in
            (!lines.last().is_none_or(String::is_empty)).then_some(' ').into_iter().chain(word.chars())
        {
            if lines.last().is_some_and(|line| width(line) >= room) {
                lines.push(String::new());
            }
            if let Some(line) = lines.last_mut() {
                line.push(letter);
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_break_between_words_and_long_words_anywhere() {
        assert_eq!(wrap("one two three four", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("arn:aws:iam::111111111111", 10), ["arn:aws:ia", "m::1111111", "11111"]);
        assert_eq!(wrap("", 10), [""]);
    }
}
