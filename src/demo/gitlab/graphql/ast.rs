//! What a query says, after parsing and before anybody asks what it means.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Line and column, both from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct At {
    pub line: usize,
    pub column: usize,
}

#[derive(Debug, Default)]
pub(super) struct Document {
    pub operations: Vec<Operation>,
    pub fragments: BTreeMap<String, Vec<Selection>>,
}

#[derive(Debug)]
pub(super) struct Operation {
    /// `query`, `mutation` or `subscription`.
    pub kind: String,
    pub name: Option<String>,
    pub variables: Vec<Declared>,
    pub selections: Vec<Selection>,
}

/// `$after: String = null`
#[derive(Debug)]
pub(super) struct Declared {
    pub name: String,
    /// As written: `Int!`.
    pub of: String,
    pub default: Option<Literal>,
    pub at: At,
}

#[derive(Debug)]
pub(super) enum Selection {
    Field(Field),
    /// `... Name`
    Spread(String, At),
    /// `... on Type { }`: every type here is concrete, so the condition takes nothing away.
    Inline(Vec<Selection>),
}

impl Selection {
    pub(super) const fn field(&self) -> Option<&Field> {
        if let Self::Field(field) = self { Some(field) } else { None }
    }
}

#[derive(Debug)]
pub(super) struct Field {
    pub alias: Option<String>,
    pub name: String,
    pub arguments: Vec<(String, Literal)>,
    /// `@include(if:)` and `@skip(if:)`: the value at which the field is left out, and what is compared with it.
    pub unless: Vec<(bool, Literal)>,
    pub selections: Vec<Selection>,
    pub at: At,
}

impl Field {
    /// The key of the answer.
    pub(super) fn key(&self) -> &str {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

#[derive(Clone, Debug)]
pub(super) enum Literal {
    Variable(String),
    Constant(Value),
    List(Vec<Literal>),
    Object(Vec<(String, Literal)>),
}

impl Literal {
    /// The value, with the request's variables put in; a variable that was not given is absent.
    pub(super) fn value(&self, variables: &Map<String, Value>) -> Option<Value> {
        match self {
            Self::Variable(name) => variables.get(name).cloned(),
            Self::Constant(value) => Some(value.clone()),
            Self::List(items) => Some(items.iter().filter_map(|item| item.value(variables)).collect()),
            Self::Object(fields) => Some(Value::Object(
                fields
                    .iter()
                    .filter_map(|(key, item)| item.value(variables).map(|value| (key.clone(), value)))
                    .collect(),
            )),
        }
    }

    /// Every variable named in it.
    pub(super) fn variables<'a>(&'a self, found: &mut Vec<&'a str>) {
        match self {
            Self::Variable(name) => found.push(name),
            Self::Constant(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.variables(found)),
            Self::Object(fields) => fields.iter().for_each(|(_, item)| item.variables(found)),
        }
    }
}
