//! Walking over JSON text without building anything: as strict as a parser, as fast as a search.

use std::borrow::Cow;

use memchr::memchr2;

/// Where JSON stops being JSON, as an offset into the text, and whether the text simply ends there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) at: usize,
    pub(super) is_end: bool,
}

type Walked<T> = Result<T, Fault>;

/// A place in a text. It is valid UTF-8, so that every slice between two quotes is.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Containers entered by [`Cursor::skip`] and not left: true for objects. Kept to be used again.
    open: Vec<bool>,
}

/// A string between its quotes, as it is written.
#[derive(Clone, Copy)]
pub(super) struct Quoted<'a> {
    written: &'a str,
    has_escapes: bool,
}

impl<'a> Quoted<'a> {
    /// What it says, if nothing in it is escaped.
    #[inline]
    pub(super) const fn plainly(self) -> Option<&'a str> {
        if self.has_escapes { None } else { Some(self.written) }
    }

    /// What it says; `None` for escapes that name no character (half of a surrogate pair).
    #[inline]
    pub(super) fn says(self) -> Option<Cow<'a, str>> {
        if !self.has_escapes {
            return Some(Cow::Borrowed(self.written));
        }
        serde_json::from_str(&format!("\"{}\"", self.written)).ok().map(Cow::Owned)
    }
}

impl<'a> Cursor<'a> {
    pub(super) const fn new(text: &'a str) -> Self {
        Self { text, at: 0, open: Vec::new() }
    }

    pub(super) const fn at(&self) -> usize {
        self.at
    }

    pub(super) const fn go_to(&mut self, at: usize) {
        self.at = at;
    }

    /// The text from an offset to here.
    pub(super) fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// The next byte that is no white space; `None` at the end.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Some(byte);
            }
            self.at += 1;
        }
        None
    }

    fn fault<T>(&self) -> Walked<T> {
        Err(Fault { at: self.at, is_end: self.at >= self.text.len() })
    }

    /// Steps over `wanted` and the white space before it.
    #[inline]
    pub(super) fn expect(&mut self, wanted: u8) -> Walked<()> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            return Ok(());
        }
        self.fault()
    }

    /// Steps over `wanted` if it comes next.
    #[inline]
    pub(super) fn accept(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    /// The name of a field and the colon after it.
    #[inline]
    pub(super) fn name(&mut self) -> Walked<Quoted<'a>> {
        let name = self.string()?;
        self.expect(b':')?;
        Ok(name)
    }

    /// After a value of an object or array: true where another follows, false at `end`.
    #[inline]
    pub(super) fn goes_on(&mut self, end: u8) -> Walked<bool> {
        if self.accept(b',') {
            return Ok(true);
        }
        self.expect(end)?;
        Ok(false)
    }

    #[inline]
    pub(super) fn string(&mut self) -> Walked<Quoted<'a>> {
        self.expect(b'"')?;
        let from = self.at;
        let mut has_escapes = false;
        loop {
            self.at = end_of_letters(self.text.as_bytes(), self.at);
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    let written = self.text.get(from..self.at).unwrap_or_default();
                    self.at += 1;
                    return Ok(Quoted { written, has_escapes });
                }
                Some(b'\\') => {
                    has_escapes = true;
                    self.escape()?;
                }
                _ => return self.fault(),
            }
        }
    }

    /// Steps over a backslash and what it escapes.
    fn escape(&mut self) -> Walked<()> {
        self.at += 1;
        let bytes = self.text.as_bytes();
        match bytes.get(self.at) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !bytes.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
                        return self.fault();
                    }
                    self.at += 1;
                }
            }
            _ => return self.fault(),
        }
        Ok(())
    }

    /// Steps over any value, however deep.
    #[inline]
    pub(super) fn skip(&mut self) -> Walked<()> {
        // Most values are strings; they need no memory of what is open.
        if self.peek() == Some(b'"') {
            return self.string().map(drop);
        }
        self.open.clear();
        loop {
            match self.peek() {
                Some(b'"') => drop(self.string()?),
                Some(open @ (b'{' | b'[')) => {
                    self.at += 1;
                    let is_object = open == b'{';
                    if !self.accept(if is_object { b'}' } else { b']' }) {
                        self.open.push(is_object);
                        if is_object {
                            self.name()?;
                        }
                        continue;
                    }
                }
                Some(b't') => self.word(b"true")?,
                Some(b'f') => self.word(b"false")?,
                Some(b'n') => self.word(b"null")?,
                Some(b'-' | b'0'..=b'9') => self.number()?,
                _ => return self.fault(),
            }
            // A value has ended: so may what it stands in.
            loop {
                let Some(&is_object) = self.open.last() else { return Ok(()) };
                if self.goes_on(if is_object { b'}' } else { b']' })? {
                    if is_object {
                        self.name()?;
                    }
                    break;
                }
                self.open.pop();
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Walked<()> {
        for byte in word {
            if self.text.as_bytes().get(self.at) != Some(byte) {
                return self.fault();
            }
            self.at += 1;
        }
        Ok(())
    }

    fn digits(&mut self) -> Walked<()> {
        let bytes = self.text.as_bytes();
        let from = self.at;
        while bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == from { self.fault() } else { Ok(()) }
    }

    fn number(&mut self) -> Walked<()> {
        let byte = |at: usize| self.text.as_bytes().get(at).copied();
        let (first, second) = (byte(self.at), byte(self.at + 1));
        self.at += usize::from(first == Some(b'-'));
        let leading = if first == Some(b'-') { second } else { first };
        if leading == Some(b'0') {
            self.at += 1;
            if self.text.as_bytes().get(self.at).is_some_and(u8::is_ascii_digit) {
                return self.fault();
            }
        } else {
            self.digits()?;
        }
        if self.text.as_bytes().get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.text.as_bytes().get(self.at), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.text.as_bytes().get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }
}

/// Every byte of a word at once.
const fn all(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

/// Where the first quote, backslash or control character stands from `at` on, or the end of the text.
///
/// Most strings of a record are short, and for short ones a search that must be called costs more than it saves: the first bytes are
/// looked at eight at a time in place.
#[inline]
fn end_of_letters(bytes: &[u8], mut at: usize) -> usize {
    const LOW: u64 = all(0x01);
    const HIGH: u64 = all(0x80);
    // A byte is zero where the subtraction borrows into its high bit; the lowest such bit is always a true one.
    let zero = |word: u64| word.wrapping_sub(LOW) & !word & HIGH;
    let mut words = 0;
    while let Some(chunk) = bytes.get(at..at + 8).and_then(|chunk| <[u8; 8]>::try_from(chunk).ok()) {
        let word = u64::from_le_bytes(chunk);
        let control = word.wrapping_sub(all(b' ')) & !word & HIGH;
        let found = zero(word ^ all(b'"')) | zero(word ^ all(b'\\')) | control;
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
        words += 1;
        if words == 8 {
            let rest = &bytes[at..];
            let end = memchr2(b'"', b'\\', rest).unwrap_or(rest.len());
            // No branch for each byte: this runs over many at once.
            let has_control = rest[..end].iter().fold(0, |any, &byte| any | u8::from(byte < b' ')) != 0;
            return at
                + if has_control { rest.iter().position(|&byte| byte < b' ').unwrap_or(end) } else { end };
        }
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let end = rest.iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\');
    at + end.unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    /// What a parser says: is it one value and nothing else?
    fn is_value(text: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(text).is_ok()
    }

    fn skips(text: &str) -> bool {
        let mut cursor = Cursor::new(text);
        cursor.skip().is_ok() && cursor.peek().is_none()
    }

    #[test]
    fn it_is_as_strict_as_a_parser() {
        for text in [
            "{}",
            "[]",
            "[1,2]",
            "[1,]",
            "{,}",
            "{\"a\":1}",
            "{\"a\" : [ {} , \"\\u00e9\" ] }",
            "{\"a\"}",
            "{\"a\":}",
            "01",
            "-",
            "-0",
            "0.",
            "0.5e",
            "1e+9",
            "1E-9",
            "tru",
            "true",
            "nulll",
            "\"a",
            "\"\\x\"",
            "\"\\ud800\"",
            "\"a\nb\"",
            "[\"]\",\"\\\"\"]",
            "",
            " 1 ",
            "1 2",
            "[[[[]]]]",
            "[[[[]]]",
            "{\"a\":{\"b\":[1,{\"c\":null}]}}",
            "+1",
            ".5",
            "\u{feff}1",
            "[\u{a0}1]",
        ] {
            assert_eq!(skips(text), is_value(text), "{text:?}");
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(skips(&deep));
        assert!(!skips(&deep[..150_000]));
    }

    proptest! {
        #[test]
        fn it_never_disagrees_with_a_parser(text in r#"[\[\]{}:,"\\ut0-9eE.+\- nfalserx\n]{0,24}"#) {
            prop_assert_eq!(skips(&text), is_value(&text));
        }

        #[test]
        fn letters_end_where_they_end(text in r#"[a-z]{0,90}["\\\\\n]?[a-zé"]{0,20}"#, from in 0..90_usize) {
            let bytes = text.as_bytes();
            let from = from.min(bytes.len());
            let plain = bytes[from..].iter().position(|&byte| byte < b' ' || byte == b'"' || byte == b'\\');
            prop_assert_eq!(end_of_letters(bytes, from), plain.map_or(bytes.len(), |end| from + end));
        }

        #[test]
        fn strings_say_what_was_written(words in any::<String>()) {
            let text = serde_json::to_string(&words).unwrap();
            let said = Cursor::new(&text).string().unwrap().says().unwrap().into_owned();
            prop_assert_eq!(said, words);
        }
    }
}
