//! YAML as GitLab reads it, made a tree: anchors share what they stand for, merge keys are merged in their order (as Ruby's Psych does),
//! `!reference` is kept as such. Work is bounded whatever the text is. Values never show in `Debug`: there is none.

use std::{collections::HashMap, mem, sync::Arc};

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use crate::script::written;

pub(super) type Tree = Arc<Node>;
pub(super) type Map = IndexMap<Arc<str>, Tree>;

/// One value and the line it begins in, counted from 1.
pub(super) struct Node {
    pub line: usize,
    /// Levels below it.
    height: usize,
    pub kind: Kind,
}

pub(super) enum Kind {
    Null,
    /// Text, numbers, booleans: as written, without quotes.
    Text(Arc<str>),
    List(Vec<Tree>),
    Map(Map),
    /// `!reference [job, key]`.
    Reference(Vec<Arc<str>>),
}

impl Node {
    pub(super) fn new(line: usize, kind: Kind) -> Self {
        let deepest = |heights: &mut dyn Iterator<Item = usize>| heights.max().map_or(0, |height| height + 1);
        let height = match &kind {
            Kind::Null | Kind::Text(_) | Kind::Reference(_) => 0,
            Kind::List(items) => deepest(&mut items.iter().map(|item| item.height)),
            Kind::Map(fields) => deepest(&mut fields.values().map(|field| field.height)),
        };
        Self { line, height, kind }
    }

    pub(super) fn map(&self) -> Option<&Map> {
        if let Kind::Map(fields) = &self.kind { Some(fields) } else { None }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Kind::Text(text) = &self.kind { Some(text) } else { None }
    }

    /// The field of a map. `null` is no field: it is how a job rids itself of what it extends.
    pub(super) fn get(&self, name: &str) -> Option<&Tree> {
        self.map()?.get(name).filter(|field| !matches!(field.kind, Kind::Null))
    }

    /// The texts of a text, or of a list with lists in it, as GitLab flattens scripts. At most so many.
    pub(super) fn texts(&self) -> Vec<&str> {
        let (mut found, mut bytes, mut seen) = (Vec::new(), 0, 0);
        let mut left = vec![self];
        while let Some(node) = left.pop() {
            seen += 1;
            match &node.kind {
                Kind::Text(text) => {
                    bytes += text.len();
                    found.push(&**text);
                }
                Kind::List(items) => left.extend(items.iter().rev().map(|item| &**item)),
                _ => {}
            }
            if seen >= MOST_ITEMS || bytes >= LONGEST {
                break;
            }
        }
        found
    }
}

/// GitLab's own limit of a configuration's depth. Source: `max_yaml_depth` of the application settings.
const DEEPEST: usize = 100;
/// GitLab's own limit of one file, in bytes. Source: `max_yaml_size_bytes` of the application settings.
const LONGEST: usize = 2 << 20;
const MOST_ITEMS: usize = 20_000;
/// Fields copied by merge keys in one file.
const MOST_MERGED: usize = 200_000;
const MOST_PROBLEMS: usize = 50;

/// What a file holds.
pub(super) struct File {
    pub root: Option<Tree>,
    /// One sentence each, with the line.
    pub problems: Vec<String>,
}

/// Reads the configuration of a file: its only document, or the second after a header with `spec:`.
pub(super) fn read(text: &str) -> File {
    let mut builder = Builder::default();
    if text.len() > LONGEST {
        builder.problem(1, "the file is longer than the 2 MB that GitLab reads");
    } else if let Err(error) = builder.run(text.trim_start_matches('\u{feff}')) {
        builder.documents.clear();
        let says = written(error.info());
        builder.problem(error.marker().line(), &format!("not YAML: {says}"));
    }
    let mut documents = builder.documents.into_iter();
    let first = documents.next();
    let is_header = first.as_ref().is_some_and(|first| first.get("spec").is_some());
    let second = documents.next().filter(|_| is_header);
    File { root: second.or(first), problems: builder.problems }
}

/// A list or map that has begun.
struct Open {
    line: usize,
    anchor: usize,
    reference: bool,
    is_map: bool,
    items: Vec<Tree>,
    fields: Map,
    key: Key,
}

/// What stands before the next value of a map.
#[derive(Default)]
enum Key {
    /// Nothing yet: the next value is the key.
    #[default]
    Awaited,
    Named(Arc<str>),
    /// A list or a map, which names no field.
    Unreadable,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    anchors: HashMap<usize, Tree>,
    documents: Vec<Tree>,
    problems: Vec<String>,
    merged: usize,
}

impl Builder {
    fn run(&mut self, text: &str) -> Result<(), ScanError> {
        let mut parser = Parser::new_from_str(text);
        while let Some(event) = parser.next_event() {
            let (event, span) = event?;
            if matches!(event, Event::StreamEnd) {
                break;
            }
            if self.open.len() > DEEPEST {
                self.documents.clear();
                self.problem(span.start.line(), "nested deeper than the 100 levels that GitLab reads");
                break;
            }
            self.take(event, span);
        }
        Ok(())
    }

    fn take(&mut self, event: Event<'_>, span: Span) {
        let line = span.start.line();
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let plain = style == ScalarStyle::Plain;
                let kind = match &*text {
                    "" | "~" | "null" | "Null" | "NULL" if plain => Kind::Null,
                    text => Kind::Text(text.into()),
                };
                self.add(Arc::new(Node::new(line, kind)), anchor);
            }
            Event::Alias(anchor) => {
                // An alias inside of what it stands for has no end.
                let known = self.anchors.get(&anchor).cloned();
                if known.is_none() {
                    self.problem(line, "an alias stands inside of its own anchor");
                }
                self.add(known.unwrap_or_else(|| Arc::new(Node::new(line, Kind::Null))), 0);
            }
            Event::SequenceStart(anchor, tag) => self.begin(line, anchor, false, tag.as_deref()),
            Event::MappingStart(anchor, tag) => self.begin(line, anchor, true, tag.as_deref()),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => {}
        }
    }

    fn begin(&mut self, line: usize, anchor: usize, is_map: bool, tag: Option<&Tag>) {
        let reference = !is_map && tag.is_some_and(|tag| tag.suffix == "reference");
        let (items, fields) = (Vec::new(), Map::new());
        self.open.push(Open { line, anchor, reference, is_map, items, fields, key: Key::Awaited });
    }

    fn end(&mut self) {
        let Some(open) = self.open.pop() else { return };
        let kind = if open.is_map {
            Kind::Map(open.fields)
        } else if open.reference {
            Kind::Reference(open.items.iter().filter_map(|item| item.text().map(Into::into)).collect())
        } else {
            Kind::List(open.items)
        };
        let mut node = Node::new(open.line, kind);
        if node.height > DEEPEST {
            self.problem(open.line, "aliases nest deeper than the 100 levels that GitLab reads");
            node = Node::new(open.line, Kind::Null);
        }
        self.add(Arc::new(node), open.anchor);
    }

    /// A value is complete: it goes where it stands.
    fn add(&mut self, node: Tree, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        let Some(open) = self.open.last_mut() else { return self.documents.push(node) };
        if !open.is_map {
            return open.items.push(node);
        }
        match mem::take(&mut open.key) {
            Key::Awaited => {
                open.key = match &node.kind {
                    Kind::Text(name) => Key::Named(name.clone()),
                    Kind::Null => Key::Named("".into()),
                    _ => Key::Unreadable,
                };
                if matches!(open.key, Key::Unreadable) {
                    self.problem(node.line, "a key that is a list or a map");
                }
            }
            Key::Named(name) if &*name == "<<" => self.merge(&node),
            Key::Named(name) => {
                // Of a key that stands twice the last has its way, as in Psych.
                open.fields.insert(name, node);
            }
            Key::Unreadable => {}
        }
    }

    /// `<<: *defaults`, `<<: [*a, *b]`: of a list the first has the last word. Source: ruby/psych, `revive_hash`.
    fn merge(&mut self, node: &Tree) {
        let sources: Vec<Tree> = match &node.kind {
            Kind::List(items) => items.iter().rev().cloned().collect(),
            _ => vec![node.clone()],
        };
        for source in sources {
            let Some(fields) = source.map() else {
                self.problem(node.line, "a merge key with something that is no map");
                continue;
            };
            self.merged += fields.len();
            if self.merged > MOST_MERGED {
                return self.problem(node.line, "merge keys bring more than can be read");
            }
            if let Some(open) = self.open.last_mut() {
                open.fields.extend(fields.iter().map(|(name, value)| (name.clone(), value.clone())));
            }
        }
    }

    fn problem(&mut self, line: usize, says: &str) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(format!("line {line}: {says}"));
        }
    }
}
