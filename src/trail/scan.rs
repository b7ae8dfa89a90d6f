//! A log file's records, found without reading what nobody asks for. Every byte is walked over as strictly as a parser would: what is no
//! JSON is told, and costs no more than the record it stands in.

use std::borrow::Cow;

use super::{
    frame::{self, Rest},
    json::{Cursor, Fault, Quoted},
    record::{BadRecord, Place},
    sighted::{Fields, Sighted},
};

/// Finds the records of a log file's text, in order, and tells each with its number (from 0), or why it is none.
///
/// A text is any number of documents, one after the other or one a line: log files (`{"Records": [...]}`), answers of LookupEvents
/// (`{"Events": [{"CloudTrailEvent": "..."}]}`), records, EventBridge events (`{"detail": ...}`), lists of records.
pub fn scan<'a>(text: &'a str, place: Place<'a>, each: &mut dyn FnMut(u32, Result<Sighted<'_>, BadRecord>)) {
    let mut scan = Scan { text, place, cursor: Cursor::new(text), number: 0, settled: 0, each };
    let mut from = 0;
    loop {
        scan.cursor.go_to(from);
        if scan.cursor.peek().is_none() {
            return;
        }
        scan.settled = scan.cursor.at();
        from = match scan.document() {
            Ok(()) => scan.cursor.at(),
            Err(fault) => {
                scan.tell_fault(fault);
                match frame::next_document(text, scan.settled) {
                    Some(line) => line,
                    None => return,
                }
            }
        };
    }
}

struct Scan<'a, 'f> {
    text: &'a str,
    place: Place<'a>,
    cursor: Cursor<'a>,
    number: u32,
    /// Up to here every record was told.
    settled: usize,
    each: &'f mut dyn FnMut(u32, Result<Sighted<'_>, BadRecord>),
}

/// What may stand in an object besides a record's fields.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Document,
    /// One of `Events`.
    Page,
    Record,
}

impl<'a> Scan<'a, '_> {
    fn tell(&mut self, found: Result<Sighted<'_>, BadRecord>) {
        (self.each)(self.number, found);
        self.number = self.number.saturating_add(1);
    }

    fn tell_fault(&mut self, fault: Fault) {
        let bad = if fault.is_end { BadRecord::CutOff } else { frame::shape(self.text, fault.at) };
        self.tell(Err(bad));
    }

    fn document(&mut self) -> Result<(), Fault> {
        if self.cursor.peek() == Some(b'[') { self.list(Level::Record) } else { self.object(Level::Document) }
    }

    /// A list of objects, each of which is told by itself: a broken one does not take its neighbours along.
    fn list(&mut self, level: Level) -> Result<(), Fault> {
        self.cursor.expect(b'[')?;
        if self.cursor.accept(b']') {
            return Ok(());
        }
        loop {
            self.cursor.peek();
            let start = self.cursor.at();
            if let Err(fault) = self.object(level) {
                match frame::rest(self.text, start) {
                    Rest::Ends(at) => {
                        self.tell_fault(Fault { is_end: false, ..fault });
                        self.cursor.go_to(at);
                    }
                    Rest::Never => {
                        self.settled = start + 1;
                        return Err(fault);
                    }
                }
            }
            self.settled = self.cursor.at();
            if !self.cursor.goes_on(b']')? {
                return Ok(());
            }
        }
    }

    /// An object: a record, or what records are wrapped in.
    fn object(&mut self, level: Level) -> Result<(), Fault> {
        let start = self.cursor.at();
        self.cursor.expect(b'{')?;
        let mut fields = Fields::default();
        let mut form = Form::default();
        let mut is_wrapper = false;
        if !self.cursor.accept(b'}') {
            loop {
                let name = self.cursor.name()?;
                let escaped;
                let word = if let Some(word) = name.plainly() {
                    word
                } else {
                    let Some(word) = name.says() else { return Err(self.here()) };
                    escaped = word;
                    &*escaped
                };
                if level == Level::Record {
                    self.field(word, &mut fields, &mut form)?;
                    if self.cursor.goes_on(b'}')? {
                        continue;
                    }
                    break;
                }
                let next = self.cursor.peek();
                match (level, word, next) {
                    (Level::Document, "Records", Some(b'[')) => {
                        is_wrapper = true;
                        self.list(Level::Record)?;
                    }
                    (Level::Document, "Events", Some(b'[')) => {
                        is_wrapper = true;
                        self.list(Level::Page)?;
                    }
                    (Level::Document, "record" | "detail", Some(b'{')) => {
                        is_wrapper = true;
                        self.object(Level::Record)?;
                    }
                    (Level::Page, "CloudTrailEvent", Some(b'"')) => {
                        is_wrapper = true;
                        let written = self.cursor.string()?;
                        self.packed(written);
                    }
                    _ => self.field(word, &mut fields, &mut form)?,
                }
                if !self.cursor.goes_on(b'}')? {
                    break;
                }
            }
        }
        if !is_wrapper {
            let text = self.cursor.since(start);
            let found = match form.bad {
                Some(at) => Err(frame::shape(self.text, at)),
                None => fields.into_record(text, self.place),
            };
            self.tell(found);
        }
        Ok(())
    }

    const fn here(&self) -> Fault {
        Fault { at: self.cursor.at(), is_end: false }
    }

    /// A record inside a string.
    fn packed(&mut self, written: Quoted<'_>) {
        let at = self.cursor.at();
        let Some(text) = written.says() else { return self.tell_fault(Fault { at, is_end: false }) };
        let (place, number) = (self.place, self.number);
        self.number = self.number.saturating_add(1);
        let each = &mut *self.each;
        scan_one(&text, place, &mut |found| each(number, found));
    }

    fn field(&mut self, word: &str, fields: &mut Fields<'a>, form: &mut Form) -> Result<(), Fault> {
        let (slot, bit) = match word {
            "eventTime" => (&mut fields.time, 0),
            "eventSource" => (&mut fields.source, 1),
            "eventName" => (&mut fields.name, 2),
            "awsRegion" => (&mut fields.region, 3),
            "sourceIPAddress" => (&mut fields.address, 4),
            "userAgent" => (&mut fields.agent, 5),
            "errorCode" => (&mut fields.error, 6),
            "eventID" => (&mut fields.event_id, 7),
            "recipientAccountId" => (&mut fields.recipient, 8),
            "userIdentity" => return self.identity(fields, form),
            _ => return self.cursor.skip(),
        };
        *slot = text(&mut self.cursor, form, bit)?;
        Ok(())
    }

    fn identity(&mut self, fields: &mut Fields<'a>, form: &mut Form) -> Result<(), Fault> {
        form.once(9, self.cursor.at());
        match self.cursor.peek() {
            Some(b'{') => {}
            Some(b'n') => return self.cursor.skip(),
            _ => {
                form.bad(self.cursor.at());
                return self.cursor.skip();
            }
        }
        let start = self.cursor.at();
        self.cursor.expect(b'{')?;
        if !self.cursor.accept(b'}') {
            loop {
                let name = self.cursor.name()?;
                let Some(word) = name.says() else { return Err(self.here()) };
                match &*word {
                    "accessKeyId" => fields.key = text(&mut self.cursor, form, 10)?,
                    "accountId" => fields.caller = text(&mut self.cursor, form, 11)?,
                    _ => self.cursor.skip()?,
                }
                if !self.cursor.goes_on(b'}')? {
                    break;
                }
            }
        }
        fields.identity = Some(self.cursor.since(start));
        Ok(())
    }
}

/// One record that stands alone.
fn scan_one(text: &str, place: Place<'_>, each: &mut dyn FnMut(Result<Sighted<'_>, BadRecord>)) {
    let mut told = |_: u32, found: Result<Sighted<'_>, BadRecord>| each(found);
    let mut scan = Scan { text, place, cursor: Cursor::new(text), number: 0, settled: 0, each: &mut told };
    scan.cursor.peek();
    if let Err(fault) = scan.object(Level::Record) {
        scan.tell_fault(fault);
    }
}

/// Is the record well-formed: each field once, and a text where one belongs?
#[derive(Default)]
struct Form {
    met: u16,
    /// Where it is not.
    bad: Option<usize>,
}

impl Form {
    fn bad(&mut self, at: usize) {
        self.bad.get_or_insert(at);
    }

    fn once(&mut self, bit: u16, at: usize) {
        if self.met & (1 << bit) != 0 {
            self.bad(at);
        }
        self.met |= 1 << bit;
    }
}

/// A text or null.
fn text<'a>(cursor: &mut Cursor<'a>, form: &mut Form, bit: u16) -> Result<Option<Cow<'a, str>>, Fault> {
    form.once(bit, cursor.at());
    if cursor.peek() == Some(b'"') {
        let written = cursor.string()?;
        let said = written.says();
        if said.is_none() {
            form.bad(cursor.at());
        }
        return Ok(said);
    }
    if cursor.peek() != Some(b'n') {
        form.bad(cursor.at());
    }
    cursor.skip()?;
    Ok(None)
}

#[cfg(test)]
mod tests;
