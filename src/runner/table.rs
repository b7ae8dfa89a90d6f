//! One lenient reader for TOML tables: a field of the wrong type is noted with its line and passed over, and names match in any case, as
//! they do for gitlab-runner (`BurntSushi/toml`). Values are never quoted in a problem.

use std::{cell::RefCell, ops::Range};

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{Problem, template};

/// The text of a file, and what was found wrong with it.
pub(super) struct Notes<'a> {
    text: &'a str,
    /// What stands before it in the file: TOML inside of YAML begins later.
    above: u32,
    problems: RefCell<Vec<Problem>>,
}

impl<'a> Notes<'a> {
    pub(super) const fn new(text: &'a str, above: u32) -> Self {
        Self { text, above, problems: RefCell::new(Vec::new()) }
    }

    pub(super) fn line(&self, at: usize) -> u32 {
        let breaks = self.text.get(..at).unwrap_or(self.text).matches('\n').count();
        u32::try_from(breaks).unwrap_or(u32::MAX - self.above - 1) + 1 + self.above
    }

    /// Letters since the line began, counted from 1.
    fn column(&self, at: usize) -> u32 {
        let before = self.text.get(..at).unwrap_or(self.text);
        let line = before.rsplit('\n').next().unwrap_or_default();
        u32::try_from(line.chars().count()).unwrap_or(u32::MAX - 1) + 1
    }

    pub(super) fn wrong(&self, span: &Range<usize>, says: impl Into<String>, lost: bool) {
        // Inside of YAML the text is indented: its columns are not the file's.
        let column = (self.above == 0).then(|| self.column(span.start));
        let line = Some(self.line(span.start));
        self.add(Problem { line, column, says: says.into(), lost });
    }

    pub(super) fn add(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems.into_inner()
    }
}

/// A table of the file, and the dotted name of its place.
#[derive(Clone, Copy)]
pub(super) struct Table<'a> {
    notes: &'a Notes<'a>,
    path: &'a str,
    fields: &'a DeTable<'a>,
}

type Value<'a> = &'a Spanned<DeValue<'a>>;

impl<'a> Table<'a> {
    /// `path` is what problems call the table: `runners.docker`.
    pub(super) const fn new(notes: &'a Notes<'a>, path: &'a str, fields: &'a DeTable<'a>) -> Self {
        Self { notes, path, fields }
    }

    /// Names of fields as written.
    pub(super) fn names(self) -> impl Iterator<Item = &'a str> {
        self.fields.keys().map(|key| key.get_ref().as_ref())
    }

    pub(super) fn has(self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// The field of exactly this name, or else one that differs in case only.
    fn value(self, name: &str) -> Option<Value<'a>> {
        let exact = self.fields.iter().find(|(key, _)| key.get_ref().as_ref() == name);
        let found =
            exact.or_else(|| self.fields.iter().find(|(key, _)| key.get_ref().eq_ignore_ascii_case(name)));
        found.map(|(_, value)| value)
    }

    fn expected<T>(self, name: &str, value: Value<'_>, what: &str) -> Option<T> {
        let says = format!("{}.{name}: expected {what}, found {}", self.path, kind(value.get_ref()));
        self.notes.wrong(&value.span(), says, false);
        None
    }

    /// Text as it stands: in scripts and in YAML blanks and lines count.
    pub(super) fn raw(self, name: &str) -> Option<&'a str> {
        let value = self.value(name)?;
        match value.get_ref() {
            DeValue::String(text) => Some(text.as_ref()),
            _ => self.expected(name, value, "a string"),
        }
    }

    /// Text with something in it.
    pub(super) fn text(self, name: &str) -> Option<&'a str> {
        self.raw(name).map(str::trim).filter(|text| !text.is_empty())
    }

    /// Text that a template does not decide.
    pub(super) fn plain(self, name: &str) -> Option<&'a str> {
        self.text(name).filter(|text| !template::is_in(text))
    }

    pub(super) fn flag(self, name: &str) -> Option<bool> {
        let value = self.value(name)?;
        match value.get_ref() {
            DeValue::Boolean(flag) => Some(*flag),
            _ => self.expected(name, value, "true or false"),
        }
    }

    pub(super) fn number(self, name: &str) -> Option<u64> {
        let value = self.value(name)?;
        match value.get_ref() {
            DeValue::Integer(number) => u64::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => self.expected(name, value, "a whole number"),
        }
    }

    /// A list of texts, or one text alone: some fields of gitlab-runner take both.
    pub(super) fn texts(self, name: &str) -> Option<Vec<&'a str>> {
        let value = self.value(name)?;
        match value.get_ref() {
            DeValue::String(text) => Some(vec![text.as_ref()]),
            DeValue::Array(items) => {
                let text = |item: &'a Spanned<DeValue<'a>>| match item.get_ref() {
                    DeValue::String(text) => Some(text.as_ref()),
                    _ => self.expected(name, item, "a list of strings"),
                };
                Some(items.iter().filter_map(text).collect())
            }
            _ => self.expected(name, value, "a list of strings"),
        }
    }

    pub(super) fn owned(self, name: &str) -> Vec<String> {
        self.texts(name).unwrap_or_default().into_iter().map(str::to_owned).collect()
    }

    /// A table, called by its whole path in problems.
    pub(super) fn table(self, name: &str, path: &'a str) -> Option<Table<'a>> {
        let value = self.value(name)?;
        match value.get_ref() {
            DeValue::Table(fields) => Some(Table { notes: self.notes, path, fields }),
            _ => self.expected(name, value, "a table"),
        }
    }

    /// The tables of `[[name]]` with the line each begins at; of `[name]` the one.
    pub(super) fn tables(self, name: &str, path: &'a str) -> Vec<(u32, Table<'a>)> {
        let Some(value) = self.value(name) else { return Vec::new() };
        let one = |item: Value<'a>| match item.get_ref() {
            DeValue::Table(fields) => {
                Some((self.notes.line(item.span().start), Table { notes: self.notes, path, fields }))
            }
            _ => self.expected(name, item, "tables"),
        };
        match value.get_ref() {
            DeValue::Array(items) => items.iter().filter_map(one).collect(),
            _ => one(value).into_iter().collect(),
        }
    }

    /// The same where nobody need be told that the field is no table.
    pub(super) fn inner(self, name: &str) -> Option<Table<'a>> {
        let fields = self.value(name)?.get_ref().as_table()?;
        Some(Table { fields, ..self })
    }
}

const fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
