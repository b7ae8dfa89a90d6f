//! The filter language of every table: `deploy age>90 status:active user:ci-* -protected "two words"`.
//!
//! Words match any column; `column:value` one column, `*` standing for anything; `>`, `>=`, `<`, `<=` and `=` compare
//! numbers; a flag's name alone matches rows where it is true; a leading `-` negates. Where rows happen at some time, `since:2h`,
//! `2026-11-01..`, `..2026-11-05` and `2026-11-01..2026-11-05T12:00` match stretches of it, in UTC. All terms must match.

mod time;

use self::time::during;
use super::pane::{Pane, Record, Unit, Value};
use crate::base::time::Timestamp;

/// A filter that was understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    terms: Vec<Term>,
}

#[derive(Clone, Debug, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// In lower case.
    Word(String),
    Glob(Field, String),
    Compare(usize, Operator, i64),
    Flag(usize),
    /// What happened between these two, each included; the first and the last second there is where nothing was said.
    During(Timestamp, Timestamp),
    /// What happened in the last so many seconds: rows whose age is not greater.
    Since(usize, i64),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Column(usize),
    Extra(usize),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Operator {
    More,
    AtLeast,
    Less,
    AtMost,
    Is,
}

/// What is wrong, and at which character (counted from 0).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{says}")]
pub struct BadFilter {
    pub at: usize,
    pub says: String,
}

impl Filter {
    /// Reads a filter for one pane's columns.
    pub fn parse(text: &str, pane: &dyn Pane) -> Result<Self, BadFilter> {
        let tokens = split(text)?;
        let terms = tokens.into_iter().map(|token| term(&token, pane)).collect::<Result<_, _>>()?;
        Ok(Self { terms })
    }

    pub const fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Does this row match? `any` asks the texts behind an extra that the record does not carry ([`Pane::any`]).
    pub fn passes(&self, row: &Record, any: Any<'_>) -> bool {
        self.terms.iter().all(|term| term.test.holds(row, any) != term.negated)
    }
}

/// Which extra, and what one of its texts must match.
pub type Any<'a> = &'a dyn Fn(usize, &dyn Fn(&str) -> bool) -> bool;

impl Test {
    fn holds(&self, row: &Record, any: Any<'_>) -> bool {
        match self {
            Self::Word(word) => {
                let cells = row.cells.iter().map(|cell| cell.span.text.as_str());
                cells
                    .chain(row.extras.iter().map(String::as_str))
                    .any(|text| text.to_lowercase().contains(word))
            }
            Self::Glob(field, pattern) => {
                let text = match *field {
                    Field::Column(index) => row.cells.get(index).map(|cell| cell.span.text.as_str()),
                    Field::Extra(index) => row.extras.get(index).map(String::as_str),
                };
                let text = text.unwrap_or_default().to_lowercase();
                let behind = |text: &str| matches(pattern, &text.to_lowercase());
                matches(pattern, &text)
                    || text.split([' ', ',']).any(|part| !part.is_empty() && matches(pattern, part))
                    || matches!(*field, Field::Extra(index) if any(index, &behind))
            }
            Self::Compare(column, operator, number) => match row.cells.get(*column).map(|cell| &cell.value) {
                Some(Value::Number(value)) => operator.holds(*value, *number),
                _ => false,
            },
            Self::During(from, to) => row.time.is_some_and(|(first, last)| first <= *to && last >= *from),
            Self::Since(column, seconds) => match row.cells.get(*column).map(|cell| &cell.value) {
                Some(Value::Number(age)) => {
                    let lasted = row.time.map_or(0, |(first, last)| last.seconds() - first.seconds());
                    age - lasted <= *seconds
                }
                _ => false,
            },
            Self::Flag(index) => row.flags.get(*index) == Some(&Some(true)),
        }
    }
}

impl Operator {
    const fn holds(self, value: i64, number: i64) -> bool {
        match self {
            Self::More => value > number,
            Self::AtLeast => value >= number,
            Self::Less => value < number,
            Self::AtMost => value <= number,
            Self::Is => value == number,
        }
    }
}

/// `*` stands for any run of characters; without one the texts must be equal. Linear but for the stars.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

struct Token {
    at: usize,
    /// Without its quotes.
    text: String,
    /// The whole token was quoted: it is a word whatever it looks like.
    quoted: bool,
}

/// Splits at spaces outside of quotes.
fn split(text: &str) -> Result<Vec<Token>, BadFilter> {
    let mut tokens = Vec::new();
    let mut open: Option<usize> = None;
    let mut token: Option<Token> = None;
    for (at, letter) in text.chars().enumerate() {
        match letter {
            '"' => {
                open = if open.is_some() { None } else { Some(at) };
                token.get_or_insert_with(|| Token { at, text: String::new(), quoted: true });
            }
            ' ' if open.is_none() => tokens.extend(token.take()),
            _ => {
                let token = token.get_or_insert_with(|| Token { at, text: String::new(), quoted: false });
                token.text.push(letter);
            }
        }
    }
    if let Some(at) = open {
        return Err(BadFilter { at, says: "this quote is never closed".into() });
    }
    tokens.extend(token);
    Ok(tokens)
}

fn term(token: &Token, pane: &dyn Pane) -> Result<Term, BadFilter> {
    let word = |text: &str| Test::Word(text.to_lowercase());
    if token.quoted {
        return Ok(Term { negated: false, test: word(&token.text) });
    }
    let (negated, text) = match token.text.strip_prefix('-') {
        Some(rest) if !rest.is_empty() => (true, rest),
        _ => (false, token.text.as_str()),
    };
    let at = token.at + usize::from(negated);
    let lower = text.to_lowercase();
    if let Some(flag) = pane.flags().iter().position(|flag| *flag == lower) {
        return Ok(Term { negated, test: Test::Flag(flag) });
    }
    if let Some(test) = during(text, at, pane)? {
        return Ok(Term { negated, test });
    }
    let Some(cut) = text.find([':', '>', '<', '=']) else {
        return Ok(Term { negated, test: word(text) });
    };
    let (name, rest) = (text[..cut].to_lowercase(), &text[cut..]);
    let value_at = |rest: &str| at + text.chars().count() - rest.chars().count();
    if let Some(value) = rest.strip_prefix(':') {
        let Some(field) = field(pane, &name) else {
            // An ARN or an address with a port is a word, not a column.
            let is_word = name.is_empty() || value.contains(':') || !name.chars().all(char::is_alphabetic);
            return if is_word {
                Ok(Term { negated, test: word(text) })
            } else {
                Err(unknown(at, &name, pane))
            };
        };
        if value.is_empty() {
            return Err(BadFilter { at: value_at(value), says: format!("what should `{name}` be?") });
        }
        return Ok(Term { negated, test: Test::Glob(field, value.to_lowercase()) });
    }
    let (operator, value) = operator(rest);
    let column = pane.columns().iter().position(|column| column.name == name);
    let column = column.ok_or_else(|| unknown(at, &name, pane))?;
    let number = number(value, pane.columns()[column].unit)
        .map_err(|says| BadFilter { at: value_at(value), says: format!("`{name}` {says}") })?;
    Ok(Term { negated, test: Test::Compare(column, operator, number) })
}

fn operator(rest: &str) -> (Operator, &str) {
    let table = [
        (">=", Operator::AtLeast),
        ("<=", Operator::AtMost),
        (">", Operator::More),
        ("<", Operator::Less),
        ("=", Operator::Is),
    ];
    let found = table.into_iter().find_map(|(sign, operator)| Some((operator, rest.strip_prefix(sign)?)));
    found.unwrap_or((Operator::Is, rest))
}

fn number(text: &str, unit: Unit) -> Result<i64, &'static str> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let seconds = match (unit, &text[digits.len()..]) {
        (Unit::Text, _) => return Err("is not a number: write `column:value`"),
        (Unit::Count, "") | (Unit::Age, "s") => 1,
        (Unit::Age, "" | "d") => 86_400,
        (Unit::Age, "h") => 3_600,
        (Unit::Age, "m") => 60,
        (Unit::Age, _) => return Err("is compared with a number of days, or with `3h`, `20m`, `5s`"),
        (Unit::Count, _) => return Err("is compared with a number"),
    };
    let number: Result<i64, _> = digits.parse();
    number.map(|number| number.saturating_mul(seconds)).map_err(|_| "is compared with a number")
}

fn field(pane: &dyn Pane, name: &str) -> Option<Field> {
    let column = pane.columns().iter().position(|column| column.name == name).map(Field::Column);
    column.or_else(|| pane.extras().iter().position(|extra| *extra == name).map(Field::Extra))
}

fn unknown(at: usize, name: &str, pane: &dyn Pane) -> BadFilter {
    let columns = pane.columns().iter().map(|column| column.name);
    let names: Vec<&str> = columns.chain(pane.extras().iter().copied()).collect();
    BadFilter { at, says: format!("there is no column `{name}`; there are {}", names.join(", ")) }
}

#[cfg(test)]
mod tests;
