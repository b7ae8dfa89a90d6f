//! Paging as GraphQL does it: the first so many rows after a cursor, and whether there are more.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    ast::Field,
    node::{Got, Node},
};
use crate::demo::gitlab::page;

/// Rows a page at most; more are cut without a word.
///
/// Source: doc/api/graphql, "Limits".
const MOST: usize = 100;

/// The arguments of one field, with variables put in.
pub(super) struct Arguments(pub Map<String, Value>);

impl Arguments {
    pub(super) fn of(field: &Field, variables: &Map<String, Value>) -> Self {
        let pairs = field.arguments.iter();
        Self(pairs.filter_map(|(name, literal)| Some((name.clone(), literal.value(variables)?))).collect())
    }

    pub(super) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    pub(super) fn flag(&self, name: &str) -> Option<bool> {
        self.0.get(name).and_then(Value::as_bool)
    }

    /// A list of texts; GraphQL takes a single one for a list of one.
    pub(super) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        match self.0.get(name)? {
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).collect()),
            Value::String(text) => Some(vec![text]),
            _ => None,
        }
    }

    fn first(&self) -> usize {
        let wanted =
            self.0.get("first").and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok());
        wanted.unwrap_or(MOST).min(MOST)
    }

    /// The row to start after; an error for a text that is no cursor.
    fn after(&self) -> Result<Option<u64>, String> {
        let refuse = || "Please provide a valid cursor".to_owned();
        self.text("after").map(|text| page::after(text).ok_or_else(refuse)).transpose()
    }
}

/// How many rows a connection field asks for.
pub(super) fn first(field: &Field, variables: &Map<String, Value>) -> usize {
    Arguments::of(field, variables).first()
}

/// One page of a connection: its rows with their cursors.
pub(super) struct Page<'w> {
    pub rows: Vec<(String, Node<'w>)>,
    pub next: bool,
    pub previous: bool,
    /// All rows there are; counted only where it was asked for.
    pub count: Option<usize>,
}

impl<'w> Page<'w> {
    fn of(mut rows: Vec<(u64, Node<'w>)>, first: usize, previous: bool) -> Self {
        let next = rows.len() > first;
        rows.truncate(first);
        let rows = rows.into_iter().map(|(id, node)| (page::cursor(id), node)).collect();
        Self { rows, next, previous, count: None }
    }

    /// Newest first, as nearly all of GitLab's connections are. A page costs its rows and what it passes over.
    pub(super) fn newest<T>(
        map: &'w BTreeMap<u64, T>,
        arguments: &Arguments,
        keep: impl Fn(&T) -> bool,
        node: impl Fn(&'w T) -> Node<'w>,
    ) -> Result<Self, String> {
        let (first, after) = (arguments.first(), arguments.after()?);
        let rows =
            map.range(..after.unwrap_or(u64::MAX)).rev().filter(|(_, thing)| keep(thing)).take(first + 1);
        Ok(Self::of(rows.map(|(id, thing)| (*id, node(thing))).collect(), first, after.is_some()))
    }

    /// In the order given, with places for cursors.
    pub(super) fn in_order(
        nodes: impl Iterator<Item = Node<'w>>,
        arguments: &Arguments,
    ) -> Result<Self, String> {
        let (first, after) = (arguments.first(), arguments.after()?);
        let start = after.map_or(0, |place| place.saturating_add(1));
        let skipped = usize::try_from(start).unwrap_or(usize::MAX);
        let rows = (start..).zip(nodes.skip(skipped).take(first + 1)).collect();
        Ok(Self::of(rows, first, after.is_some()))
    }

    #[must_use]
    pub(super) fn counted(mut self, count: Option<usize>) -> Self {
        self.count = count;
        self
    }
}

impl<'w> From<Result<Page<'w>, String>> for Got<'w> {
    fn from(page: Result<Page<'w>, String>) -> Self {
        page.map_or_else(Got::Refused, Got::Page)
    }
}
