//! YAML as a small tree. A text that breaks off keeps what was read before; aliases are followed as far as a bounded number of copies goes.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScanError, Span};

use super::Problem;

/// Collections inside collections: deeper ones are left out.
const DEEPEST: usize = 64;
/// Things that aliases may copy in all: a few lines of aliases can name a billion.
const COPIES: usize = 10_000;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Node {
    #[default]
    Nothing,
    Text {
        text: String,
        /// How many lines stand above the text's first line.
        above: u32,
    },
    List(Vec<Node>),
    Map(Vec<(String, Node)>),
}

impl Node {
    /// The last one of this name, as YAML readers have it; those of `<<` where it has none of its own.
    pub(super) fn get(&self, name: &str) -> Option<&Self> {
        let Self::Map(pairs) = self else { return None };
        let own = pairs.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value);
        own.or_else(|| {
            let merged = pairs.iter().filter(|(key, _)| key == "<<").map(|(_, value)| value);
            merged
                .flat_map(|merged| std::iter::once(merged).chain(merged.items()))
                .find_map(|map| map.get(name))
        })
    }

    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, name| node.get(name))
    }

    /// Text with something in it.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Self::Text { text, .. } => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { &[] }
    }

    /// Every named thing at any depth.
    pub(super) fn each(&self, tell: &mut impl FnMut(&str, &Self)) {
        match self {
            Self::Map(pairs) => {
                for (name, value) in pairs {
                    tell(name, value);
                    value.each(tell);
                }
            }
            Self::List(items) => items.iter().for_each(|item| item.each(tell)),
            Self::Nothing | Self::Text { .. } => {}
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Map(pairs) => 1 + pairs.iter().map(|(_, value)| value.size()).sum::<usize>(),
            Self::List(items) => 1 + items.iter().map(Self::size).sum::<usize>(),
            Self::Nothing | Self::Text { .. } => 1,
        }
    }
}

/// A text's documents as one list, or the one document itself.
pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) problem: Option<Problem>,
}

pub(super) fn read(text: &str) -> Tree {
    let mut builder = Builder { copies: COPIES, ..Builder::default() };
    let mut problem = None;
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => builder.take(event, span),
            Err(error) => {
                problem = Some(broken(&error));
                break;
            }
        }
    }
    Tree { root: builder.finish(), problem }
}

fn broken(error: &ScanError) -> Problem {
    let number = |number: usize| u32::try_from(number).ok();
    Problem {
        line: number(error.marker().line()),
        column: number(error.marker().col() + 1),
        says: format!("not YAML: {}", error.info()),
        lost: true,
    }
}

/// A collection under construction.
struct Open {
    node: Node,
    anchor: usize,
    /// The key that waits for its value.
    key: Option<String>,
}

#[derive(Default)]
struct Builder {
    open: Vec<Open>,
    /// Collections too deep to keep, which must still be closed.
    skipped: usize,
    documents: Vec<Node>,
    anchors: HashMap<usize, Node>,
    copies: usize,
}

impl Builder {
    fn take(&mut self, event: Event<'_>, span: Span) {
        match event {
            Event::Scalar(text, _, anchor, _) if self.skipped == 0 => {
                let line = u32::try_from(span.start.line()).unwrap_or_default();
                // A block's place is that of its first line with something in it.
                let empty = text.bytes().take_while(|byte| *byte == b'\n').count();
                let above = line.saturating_sub(u32::try_from(empty).unwrap_or_default()).saturating_sub(1);
                self.put(Node::Text { text: text.into_owned(), above }, anchor);
            }
            Event::SequenceStart(anchor, _) => self.begin(Node::List(Vec::new()), anchor),
            Event::MappingStart(anchor, _) => self.begin(Node::Map(Vec::new()), anchor),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Alias(anchor) if self.skipped == 0 => {
                let node = self.anchors.get(&anchor);
                let size = node.map_or(0, Node::size);
                let copied =
                    if size <= self.copies { node.cloned().unwrap_or_default() } else { Node::Nothing };
                self.copies = self.copies.saturating_sub(size);
                self.put(copied, 0);
            }
            _ => {}
        }
    }

    fn begin(&mut self, node: Node, anchor: usize) {
        if self.skipped > 0 || self.open.len() >= DEEPEST {
            self.skipped += 1;
        } else {
            self.open.push(Open { node, anchor, key: None });
        }
    }

    fn end(&mut self) {
        if self.skipped > 0 {
            self.skipped -= 1;
            if self.skipped == 0 {
                self.put(Node::Nothing, 0);
            }
        } else if let Some(done) = self.open.pop() {
            self.put(done.node, done.anchor);
        }
    }

    fn put(&mut self, node: Node, anchor: usize) {
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        match self.open.last_mut() {
            None => self.documents.push(node),
            Some(Open { node: Node::List(items), .. }) => items.push(node),
            Some(Open { node: Node::Map(pairs), key, .. }) => {
                if let Some(name) = key.take() {
                    pairs.push((name, node));
                } else if let Node::Text { text, .. } = node {
                    *key = Some(text);
                } else {
                    // A key that is no text is nobody's.
                    *key = Some(String::new());
                }
            }
            Some(_) => {}
        }
    }

    /// Closes what a broken text left open.
    fn finish(mut self) -> Node {
        self.skipped = 0;
        while !self.open.is_empty() {
            self.end();
        }
        if self.documents.len() == 1 { self.documents.remove(0) } else { Node::List(self.documents) }
    }
}
