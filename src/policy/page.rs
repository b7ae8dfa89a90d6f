//! A policy as a page to read: its JSON text indented, each line with the statement it belongs to, in the order it was written, and what of
//! it cannot be read. It judges nothing.

use super::Document;

/// A policy, line by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    pub lines: Vec<PageLine>,
    /// Why it, or a statement of it, is no policy: the statement where that is known, and a sentence.
    pub fault: Option<(Option<usize>, String)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageLine {
    pub text: String,
    /// Counted from 0; `None` outside of the statements.
    pub statement: Option<usize>,
}

/// Lays out a policy, raw or percent-encoded. Anything is laid out, also what is no policy and no JSON.
pub fn page(text: &str) -> Page {
    let fault = Document::parse(text).err().map(|error| {
        let says = error.to_string();
        (named(&says), says)
    });
    let decoded = percent_encoding::percent_decode_str(text.trim());
    let decoded =
        if text.trim_start().starts_with('%') { decoded.decode_utf8_lossy() } else { text.trim().into() };
    let mut layout = Layout::default();
    for token in Tokens(&decoded) {
        layout.take(token);
    }
    layout.end_line();
    Page { lines: layout.lines, fault }
}

/// The statement in `Statement[1].Effect: ...`; `Statement.Effect` is the only one.
fn named(says: &str) -> Option<usize> {
    let rest = says.strip_prefix("Statement")?;
    match rest.strip_prefix('[') {
        Some(rest) => rest.split(']').next()?.parse().ok(),
        None => rest.starts_with('.').then_some(0),
    }
}

/// JSON's words: punctuation, strings with their quotes, and everything between them up to the next blank.
struct Tokens<'a>(&'a str);

impl<'a> Iterator for Tokens<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        self.0 = self.0.trim_start();
        let first = self.0.chars().next()?;
        let length = match first {
            '{' | '}' | '[' | ']' | ',' | ':' => 1,
            '"' => string(self.0),
            _ => self
                .0
                .find(|letter: char| "{}[],:\"".contains(letter) || letter.is_whitespace())
                .unwrap_or(self.0.len()),
        };
        let (token, rest) = self.0.split_at(length);
        self.0 = rest;
        Some(token)
    }
}

/// How many bytes a string takes; one that is never closed takes all.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[derive(Default)]
struct Layout {
    lines: Vec<PageLine>,
    line: String,
    /// The brackets that are open.
    open: Vec<char>,
    /// The last string at the policy's own level: after `Statement` and a colon come the statements.
    key: String,
    /// The statement the line belongs to, and at which depth it began.
    inside: Option<(usize, usize)>,
    /// How many statements have begun.
    begun: usize,
    /// Was the last token an opening bracket? Then a closing one stays on its line.
    opened: bool,
}

impl Layout {
    fn take(&mut self, token: &str) {
        match token {
            "{" | "[" => {
                if self.opened {
                    self.end_line();
                }
                if token == "{" && self.key == "\"Statement\"" && self.statements_are_here() {
                    self.inside = Some((self.begun, self.open.len()));
                    self.begun += 1;
                }
                self.write(token);
                self.open.push(if token == "{" { '}' } else { ']' });
                self.opened = true;
                return;
            }
            "}" | "]" => {
                if !self.opened {
                    self.end_line();
                }
                self.open.pop();
                self.write(token);
                if let Some((_, depth)) = self.inside
                    && self.open.len() == depth
                {
                    self.end_with(self.inside);
                    self.inside = None;
                }
            }
            "," => {
                // The comma stands behind what was closed, whose line may have ended.
                match self.lines.last_mut() {
                    Some(last) if self.line.is_empty() => last.text.push(','),
                    _ => self.line.push(','),
                }
                self.end_line();
            }
            ":" => self.line.push_str(": "),
            word => {
                if self.opened {
                    self.end_line();
                }
                if self.open.len() == 1 && word.starts_with('"') {
                    word.clone_into(&mut self.key);
                }
                self.write(word);
            }
        }
        self.opened = false;
    }

    /// A single statement stands for a list of one.
    fn statements_are_here(&self) -> bool {
        match self.open.as_slice() {
            ['}'] => self.line.ends_with(": "),
            ['}', ']'] => true,
            _ => false,
        }
    }

    fn write(&mut self, token: &str) {
        if self.line.is_empty() {
            self.line = "  ".repeat(self.open.len());
        }
        self.line.push_str(token);
    }

    fn end_line(&mut self) {
        self.end_with(self.inside);
    }

    fn end_with(&mut self, inside: Option<(usize, usize)>) {
        if !self.line.is_empty() {
            let text = std::mem::take(&mut self.line);
            self.lines.push(PageLine { text, statement: inside.map(|(statement, _)| statement) });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(text: &str) -> Vec<String> {
        let line = |line: &PageLine| {
            let statement = line.statement.map_or_else(|| "-".to_owned(), |index| index.to_string());
            format!("{statement} {}", line.text)
        };
        page(text).lines.iter().map(line).collect()
    }

    #[test]
    fn each_line_knows_its_statement_and_keys_keep_their_order() {
        let text = r#"{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":["x","y"]},{"Effect":"Deny"}],"Id":"i"}"#;
        assert_eq!(
            told(text),
            [
                "- {",
                "-   \"Version\": \"2012-10-17\",",
                "-   \"Statement\": [",
                "0     {",
                "0       \"Sid\": \"a\",",
                "0       \"Effect\": \"Allow\",",
                "0       \"Action\": [",
                "0         \"x\",",
                "0         \"y\"",
                "0       ]",
                "0     },",
                "1     {",
                "1       \"Effect\": \"Deny\"",
                "1     }",
                "-   ],",
                "-   \"Id\": \"i\"",
                "- }",
            ]
        );
    }

    #[test]
    fn a_single_statement_is_the_first_and_empty_brackets_stay_together() {
        let text = r#"{"Statement":{"Effect":"Allow","Condition":{},"Action":[]}}"#;
        assert_eq!(
            told(text),
            [
                "- {",
                "0   \"Statement\": {",
                "0     \"Effect\": \"Allow\",",
                "0     \"Condition\": {},",
                "0     \"Action\": []",
                "0   }",
                "- }",
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_said_with_its_statement() {
        let fault = |text: &str| page(text).fault;
        let two = r#"{"Statement":[{"Effect":"Allow","Action":"x"},{"Effect":"Perhaps","Action":"x"}]}"#;
        let (statement, says) = fault(two).unwrap();
        assert_eq!(statement, Some(1));
        assert!(says.contains("Effect"), "{says}");
        assert_eq!(fault(r#"{"Statement":{"Effect":"Allow"}}"#).unwrap().0, Some(0));
        assert_eq!(fault("not a policy").unwrap().0, None);
        assert!(fault("%7B%22Statement%22%3A%5B%5D%7D").is_none());
        assert_eq!(told("%7B%22Statement%22%3A%5B%5D%7D"), ["- {", "-   \"Statement\": []", "- }"]);
    }

    proptest! {
        #[test]
        fn nothing_written_is_lost(text in "[\\[\\]{},:\"a-z0-9 \\\\\n]{0,80}") {
            let squeezed = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<String>();
            let laid: String = page(&text).lines.iter().map(|line| line.text.as_str()).collect();
            prop_assert_eq!(squeezed(&laid), squeezed(&text));
        }
    }
}
