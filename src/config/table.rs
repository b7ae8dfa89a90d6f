//! One reader for TOML tables that remembers where every field stands, so that a wrong value is named by line and
//! field, and is never quoted: it might be a token in the wrong place.

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::error::{ConfigError, Source};

/// A table of the file, and the dotted name of its place.
#[derive(Debug)]
pub(super) struct Table<'a> {
    source: Source<'a>,
    name: String,
    span: Range<usize>,
    fields: &'a DeTable<'a>,
}

/// One field of a table.
#[derive(Debug)]
pub(super) struct Field<'a> {
    source: Source<'a>,
    name: String,
    span: Range<usize>,
    value: &'a DeValue<'a>,
}

impl<'a> Table<'a> {
    pub(super) fn root(source: Source<'a>, document: &'a Spanned<DeTable<'a>>) -> Self {
        Self { source, name: String::new(), span: document.span(), fields: document.get_ref() }
    }

    fn field_name(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    /// Refuses the first field that is not among `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), ConfigError> {
        let unknown = self.fields.keys().filter(|key| !known.contains(&key.get_ref().as_ref()));
        let Some(key) = unknown.min_by_key(|key| key.span().start) else { return Ok(()) };
        let problem = format!("unknown field, expected one of {}", known.join(", "));
        Err(self.source.wrong(&key.span(), &self.field_name(key.get_ref()), &problem))
    }

    pub(super) fn get(&self, key: &str) -> Option<Field<'a>> {
        let (_, value) = self.fields.iter().find(|(name, _)| name.get_ref().as_ref() == key)?;
        Some(Field {
            source: self.source,
            name: self.field_name(key),
            span: value.span(),
            value: value.get_ref(),
        })
    }

    /// Every field, in the order of their names.
    pub(super) fn all(&self) -> impl Iterator<Item = (String, Field<'a>)> {
        self.fields.keys().filter_map(|key| {
            let key = key.get_ref().as_ref();
            Some((key.to_owned(), self.get(key)?))
        })
    }

    /// The tables of `[[key]]`; none where there is no such section.
    pub(super) fn sections(&self, key: &str) -> Result<Vec<Table<'a>>, ConfigError> {
        let Some(field) = self.get(key) else { return Ok(Vec::new()) };
        let sections = format!("a list of sections, each beginning with [[{key}]]");
        let Some(list) = field.value.as_array() else { return Err(field.expected(&sections)) };
        let table = |item: &'a Spanned<DeValue<'a>>| {
            let fields = item.get_ref().as_table().ok_or_else(|| field.expected(&sections))?;
            Ok(Table { source: self.source, name: key.to_owned(), span: item.span(), fields })
        };
        list.iter().map(table).collect()
    }

    pub(super) fn wrong(&self, problem: &str) -> ConfigError {
        self.source.wrong(&self.span, &self.name, problem)
    }

    pub(super) fn text(&self, key: &str) -> Result<Option<String>, ConfigError> {
        self.get(key).map(|field| field.text()).transpose()
    }

    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, ConfigError> {
        Ok(self.get(key).map(|field| field.texts()).transpose()?.unwrap_or_default())
    }

    pub(super) fn flag(&self, key: &str) -> Result<bool, ConfigError> {
        let Some(field) = self.get(key) else { return Ok(false) };
        field.value.as_bool().ok_or_else(|| field.expected("true or false"))
    }
}

impl<'a> Field<'a> {
    /// A sentence about this field's value.
    pub(super) fn wrong(&self, problem: &str) -> ConfigError {
        self.source.wrong(&self.span, &self.name, problem)
    }

    /// What stands there has another type. The value itself is not quoted.
    pub(super) fn expected(&self, what: &str) -> ConfigError {
        self.wrong(&format!("expected {what}, found {}", kind(self.value)))
    }

    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    /// A string with something in it.
    pub(super) fn text(&self) -> Result<String, ConfigError> {
        let text = self.value.as_str().ok_or_else(|| self.expected("a string"))?.trim();
        if text.is_empty() {
            Err(self.wrong("expected a string with something in it"))
        } else {
            Ok(text.into())
        }
    }

    pub(super) fn texts(&self) -> Result<Vec<String>, ConfigError> {
        self.items("a list of strings")?.iter().map(Field::text).collect()
    }

    pub(super) fn items(&self, what: &str) -> Result<Vec<Field<'a>>, ConfigError> {
        let list = self.value.as_array().ok_or_else(|| self.expected(what))?;
        let item = |item: &'a Spanned<DeValue<'a>>| Field {
            source: self.source,
            name: self.name.clone(),
            span: item.span(),
            value: item.get_ref(),
        };
        Ok(list.iter().map(item).collect())
    }

    pub(super) fn table(&self, what: &str) -> Result<Table<'a>, ConfigError> {
        let fields = self.value.as_table().ok_or_else(|| self.expected(what))?;
        Ok(Table { source: self.source, name: self.name.clone(), span: self.span.clone(), fields })
    }

    /// A whole number within `from..=to`.
    pub(super) fn whole(&self, from: i64, to: i64) -> Result<i64, ConfigError> {
        let range = format!("a whole number from {from} to {to}");
        let integer = self.value.as_integer().ok_or_else(|| self.expected(&range))?;
        match i64::from_str_radix(integer.as_str(), integer.radix()) {
            Ok(number) if (from..=to).contains(&number) => Ok(number),
            _ => Err(self.wrong(&format!("expected {range}"))),
        }
    }

    /// A number above nought and at most `to`.
    pub(super) fn positive(&self, to: f64) -> Result<f64, ConfigError> {
        let range = format!("a number above 0 and at most {to}");
        let written = match self.value {
            DeValue::Integer(number) if number.radix() == 10 => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            _ => return Err(self.expected(&range)),
        };
        match written.parse::<f64>() {
            Ok(number) if number > 0.0 && number <= to => Ok(number),
            _ => Err(self.wrong(&format!("expected {range}"))),
        }
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
