//! The slow way to read a log file: every value through a parser. It is what [`super::scan`] is judged by, in tests, by fuzzing and in the
//! benchmark.

use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::{
    frame::{self, Rest},
    record::{BadRecord, Place},
    sighted::{Fields, Sighted},
    wire::Text,
};

/// Finds what [`super::scan::scan`] finds.
pub fn scan<'a>(text: &'a str, place: Place<'a>, each: &mut dyn FnMut(u32, Result<Sighted<'_>, BadRecord>)) {
    let mut plain = Plain { text, place, number: 0, settled: 0, each };
    let mut from = 0;
    while let Some(start) = plain.next(from) {
        plain.settled = start;
        let ended = match text.as_bytes()[start] {
            b'[' => plain.list(start, Level::Record),
            _ => plain.object(start, Level::Document),
        };
        from = if let Some(end) = ended {
            end
        } else {
            plain.tell(Err(frame::shape(text, start)));
            let Some(line) = frame::next_document(text, plain.settled) else { return };
            line
        };
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    Page,
    Record,
}

struct Plain<'a, 'f> {
    text: &'a str,
    place: Place<'a>,
    number: u32,
    settled: usize,
    each: &'f mut dyn FnMut(u32, Result<Sighted<'_>, BadRecord>),
}

#[derive(Deserialize)]
struct Record<'a> {
    #[serde(rename = "eventTime", borrow)]
    time: Option<Text<'a>>,
    #[serde(rename = "eventSource")]
    source: Option<Text<'a>>,
    #[serde(rename = "eventName")]
    name: Option<Text<'a>>,
    #[serde(rename = "awsRegion")]
    region: Option<Text<'a>>,
    #[serde(rename = "sourceIPAddress")]
    address: Option<Text<'a>>,
    #[serde(rename = "userAgent")]
    agent: Option<Text<'a>>,
    #[serde(rename = "errorCode")]
    error: Option<Text<'a>>,
    #[serde(rename = "eventID")]
    event_id: Option<Text<'a>>,
    #[serde(rename = "recipientAccountId")]
    recipient: Option<Text<'a>>,
    #[serde(rename = "userIdentity")]
    identity: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    #[serde(borrow)]
    access_key_id: Option<Text<'a>>,
    account_id: Option<Text<'a>>,
}

/// One record's text, by a parser alone.
pub(super) fn sight<'a>(text: &'a str, place: Place<'a>) -> Result<Sighted<'a>, BadRecord> {
    let record: Record<'a> = serde_json::from_str(text)?;
    let bad = BadRecord::Shape { line: 1, column: 1 };
    let identity: Identity<'a> = match record.identity.map(RawValue::get) {
        Some(text) if text.starts_with('{') => serde_json::from_str(text)?,
        Some(_) => return Err(bad),
        None => Identity::default(),
    };
    let fields = Fields {
        time: record.time.map(|text| text.0),
        source: record.source.map(|text| text.0),
        name: record.name.map(|text| text.0),
        region: record.region.map(|text| text.0),
        address: record.address.map(|text| text.0),
        agent: record.agent.map(|text| text.0),
        error: record.error.map(|text| text.0),
        event_id: record.event_id.map(|text| text.0),
        recipient: record.recipient.map(|text| text.0),
        identity: record.identity.map(RawValue::get),
        key: identity.access_key_id.map(|text| text.0),
        caller: identity.account_id.map(|text| text.0),
    };
    fields.into_record(text, place)
}

impl Plain<'_, '_> {
    fn tell(&mut self, found: Result<Sighted<'_>, BadRecord>) {
        (self.each)(self.number, found);
        self.number = self.number.saturating_add(1);
    }

    /// Where the next thing stands that is no white space.
    fn next(&self, from: usize) -> Option<usize> {
        let rest = self.text.get(from..)?;
        rest.bytes().position(|byte| !b" \n\r\t".contains(&byte)).map(|found| from + found)
    }

    fn is(&self, at: Option<usize>, byte: u8) -> bool {
        at.and_then(|at| self.text.as_bytes().get(at)) == Some(&byte)
    }

    /// The end of the value that begins here.
    fn value(&self, at: usize) -> Option<usize> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(at..)?).into_iter::<IgnoredAny>();
        values.next()?.ok()?;
        Some(at + values.byte_offset())
    }

    fn string(&self, at: usize) -> Option<(String, usize)> {
        let mut values = serde_json::Deserializer::from_str(self.text.get(at..)?).into_iter::<String>();
        let words = values.next()?.ok()?;
        Some((words, at + values.byte_offset()))
    }

    /// The place behind a comma, or the end behind `end`.
    fn after(&self, at: usize, end: u8) -> Option<Result<usize, usize>> {
        let at = self.next(at)?;
        match self.text.as_bytes()[at] {
            b',' => Some(Ok(at + 1)),
            byte if byte == end => Some(Err(at + 1)),
            _ => None,
        }
    }

    fn list(&mut self, start: usize, level: Level) -> Option<usize> {
        let mut at = self.next(start + 1)?;
        if self.is(Some(at), b']') {
            return Some(at + 1);
        }
        loop {
            let element = self.next(at).unwrap_or(self.text.len());
            let end = match self.object(element, level) {
                Some(end) => end,
                None => match frame::rest(self.text, element) {
                    Rest::Ends(end) => {
                        self.tell(Err(frame::shape(self.text, element)));
                        end
                    }
                    Rest::Never => {
                        self.settled = element + 1;
                        return None;
                    }
                },
            };
            self.settled = end;
            match self.after(end, b']')? {
                Ok(next) => at = next,
                Err(end) => return Some(end),
            }
        }
    }

    fn object(&mut self, start: usize, level: Level) -> Option<usize> {
        if !self.is(Some(start), b'{') {
            return None;
        }
        let mut is_wrapper = false;
        let mut at = self.next(start + 1)?;
        let end = if self.is(Some(at), b'}') {
            at + 1
        } else {
            loop {
                let (name, end) = self.string(self.next(at)?)?;
                let colon = self.next(end)?;
                if !self.is(Some(colon), b':') {
                    return None;
                }
                let value = self.next(colon + 1)?;
                let next = self.text.as_bytes()[value];
                let end = match (level, name.as_str(), next) {
                    (Level::Document, "Records", b'[') => {
                        is_wrapper = true;
                        self.list(value, Level::Record)?
                    }
                    (Level::Document, "Events", b'[') => {
                        is_wrapper = true;
                        self.list(value, Level::Page)?
                    }
                    (Level::Document, "record" | "detail", b'{') => {
                        is_wrapper = true;
                        self.object(value, Level::Record)?
                    }
                    (Level::Page, "CloudTrailEvent", b'"') => {
                        is_wrapper = true;
                        let end = self.value(value)?;
                        self.packed(value);
                        end
                    }
                    _ => self.value(value)?,
                };
                match self.after(end, b'}')? {
                    Ok(next) => at = next,
                    Err(end) => break end,
                }
            }
        };
        if !is_wrapper {
            let found = sight(&self.text[start..end], self.place);
            self.tell(found);
        }
        Some(end)
    }

    fn packed(&mut self, at: usize) {
        let found = self.string(at).and_then(|(text, _)| {
            let inner = Plain { text: &text, place: self.place, number: 0, settled: 0, each: &mut |_, _| {} };
            let start = inner.next(0)?;
            let end = inner.is(Some(start), b'{').then(|| inner.value(start))??;
            Some(text[start..end].to_owned())
        });
        match found {
            Some(text) => {
                let (place, number) = (self.place, self.number);
                (self.each)(number, sight(&text, place));
                self.number = self.number.saturating_add(1);
            }
            None => self.tell(Err(frame::shape(self.text, at))),
        }
    }
}
