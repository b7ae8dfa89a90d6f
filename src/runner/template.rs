//! Runner files are often templates (Go's and Jinja's braces, ERB, terraform): what stands around the templates is read, and the lines that
//! they decide are named. Nothing is ever filled in.

use std::{collections::BTreeSet, ops::Range};

/// How a template begins and ends, and whether it also does inside of a string: shells write `${...}` there.
const MARKS: [(&str, &str, bool); 6] = [
    ("{{", "}}", true),
    ("<%", "%>", true),
    ("{%", "%}", true),
    ("{#", "#}", false),
    ("${", "}", false),
    ("%{", "}", false),
];

/// Does a template decide this value?
pub(super) fn is_in(value: &str) -> bool {
    value.contains("${")
        || MARKS.iter().any(|(open, close, inside)| *inside && value.contains(open) && value.contains(close))
}

/// The same YAML with blanks for templates; places do not move.
pub(super) fn blank(text: &str) -> String {
    let mut plain = text.as_bytes().to_vec();
    let mut from = 0;
    while let Some(span) = MARKS
        .iter()
        .filter(|mark| mark.2)
        .filter_map(|mark| find(text, from, mark))
        .min_by_key(|span| span.start)
    {
        from = span.end;
        cover(&mut plain, &span);
    }
    string(plain)
}

fn find(text: &str, from: usize, (open, close, _): &(&str, &str, bool)) -> Option<Range<usize>> {
    let start = from + text[from..].find(open)?;
    let inner = start + open.len();
    Some(start..inner + text[inner..].find(close)? + close.len())
}

/// A TOML text and its templates.
pub(super) struct Templates<'a> {
    text: &'a str,
    spans: Vec<(Range<usize>, Place)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Code,
    Comment,
    /// In a string of one line, which this quotation mark closes.
    Text(u8),
    /// In a string of many lines.
    Long(u8),
}

impl<'a> Templates<'a> {
    /// Finds the templates of a TOML text. Those in long strings are the shell's or docker's business as often as not, and left alone.
    pub(super) fn of(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut spans = Vec::new();
        let (mut place, mut at) = (Place::Code, 0);
        while at < bytes.len() {
            if let Some(span) = begins(text, at, place) {
                at = span.end;
                spans.push((span, place));
                continue;
            }
            let (next, step) = follow(bytes, at, place);
            place = next;
            at += step;
        }
        Self { text, spans }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Where the first one begins.
    pub(super) fn first(&self) -> usize {
        self.spans.first().map_or(0, |(span, _)| span.start)
    }

    /// Where each line with a template begins to have one.
    pub(super) fn starts(&self) -> impl Iterator<Item = usize> {
        let mut lines = BTreeSet::new();
        let line = |at: usize| self.text[..at].rfind('\n').map_or(0, |end| end + 1);
        self.spans.iter().map(|(span, _)| span.start).filter(move |&at| lines.insert(line(at)))
    }

    /// The same text as TOML, as far as that can be had by blanking; places do not move.
    pub(super) fn blanked(&self) -> String {
        let mut plain = self.text.as_bytes().to_vec();
        for (span, place) in &self.spans {
            match place {
                // Quotation marks and escapes inside of a template are not the string's.
                Place::Text(_) => {
                    for byte in &mut plain[span.clone()] {
                        if matches!(byte, b'"' | b'\'' | b'\\' | b'\n' | b'\r') {
                            *byte = b' ';
                        }
                    }
                }
                Place::Code | Place::Comment | Place::Long(_) => {
                    let line = self.text[..span.start].rfind('\n').map_or(0, |end| end + 1);
                    // A field whose whole value is a template goes with it.
                    let is_value = plain[line..span.start].trim_ascii_end().ends_with(b"=");
                    cover(&mut plain, &(if is_value { line } else { span.start }..span.end));
                }
            }
        }
        string(plain)
    }
}

/// The template that begins here, if one does in such a place.
fn begins(text: &str, at: usize, place: Place) -> Option<Range<usize>> {
    let rest = text.as_bytes().get(at..at + 2)?;
    let mark = MARKS.iter().find(|(open, ..)| open.as_bytes() == rest)?;
    let counts = match place {
        Place::Code => true,
        Place::Text(_) => mark.2,
        Place::Comment | Place::Long(_) => false,
    };
    let span = counts.then(|| find(text, at, mark)).flatten()?;
    // In a string of one line a template has one line too, or the brace is no template's.
    let one_line = !text[span.clone()].contains('\n');
    (place == Place::Code || one_line).then_some(span)
}

/// Where the next byte stands, and how many bytes further that is.
fn follow(bytes: &[u8], at: usize, place: Place) -> (Place, usize) {
    let byte = bytes[at];
    let triple = bytes.get(at..at + 3).is_some_and(|three| three == [byte; 3]);
    match place {
        Place::Code => match byte {
            b'#' => (Place::Comment, 1),
            b'"' | b'\'' if triple => (Place::Long(byte), 3),
            b'"' | b'\'' => (Place::Text(byte), 1),
            _ => (Place::Code, 1),
        },
        Place::Comment | Place::Text(_) if byte == b'\n' => (Place::Code, 1),
        Place::Text(b'"') | Place::Long(b'"') if byte == b'\\' => (place, 2),
        Place::Text(quote) if byte == quote => (Place::Code, 1),
        Place::Long(quote) if byte == quote && triple => (Place::Code, 3),
        _ => (place, 1),
    }
}

/// Blanks a span, and leaves its lines where they are.
fn cover(bytes: &mut [u8], span: &Range<usize>) {
    for byte in &mut bytes[span.clone()] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

/// Whole characters were replaced by ASCII, so this is UTF-8 still.
fn string(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|wrong| String::from_utf8_lossy(wrong.as_bytes()).into_owned())
}
