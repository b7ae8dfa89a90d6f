//! What GitLab does to a configuration before jobs are made of it: `!reference` first, then `extends`. Both are bounded, and what leads
//! nowhere is a problem with its line.

use std::{collections::HashMap, sync::Arc};

use super::tree::{Kind, Map, Node, Tree};
use crate::script::written;

/// `!reference` in what a `!reference` stands for. Source: GitLab, "CI/CD YAML syntax reference", `!reference` tags.
const DEEPEST_REFERENCE: usize = 10;
/// Levels of `extends`. Source: the same, `extends`.
const DEEPEST_EXTENDS: usize = 11;
/// Fields merged by `extends` in one configuration.
const MOST_MERGED: usize = 500_000;
const MOST_PROBLEMS: usize = 50;

const MISSING: &str = "which is not there";

/// Every top-level entry with its references and bases put in. Hidden jobs are among them. `complete`: nothing was left out of the root, so
/// that what is not in it is missing.
pub(super) fn resolve(root: &Map, complete: bool, problems: &mut Vec<String>) -> Map {
    let mut references = References { root, complete, known: HashMap::new(), problems };
    let settled: Map = root
        .iter()
        .map(|(name, value)| (name.clone(), references.settle(value, DEEPEST_REFERENCE)))
        .collect();
    let mut bases = Bases { root: &settled, complete, known: HashMap::new(), merged: 0, problems };
    settled.iter().map(|(name, job)| (name.clone(), bases.extended(name, job, &mut Vec::new()).0)).collect()
}

struct References<'a> {
    root: &'a Map,
    complete: bool,
    /// By the node's address, which the root keeps alive.
    known: HashMap<(*const Node, usize), Tree>,
    problems: &'a mut Vec<String>,
}

impl References<'_> {
    /// The tree without references; the same one where there are none.
    fn settle(&mut self, node: &Tree, deeper: usize) -> Tree {
        if matches!(node.kind, Kind::Null | Kind::Text(_)) {
            return node.clone();
        }
        let place = (Arc::as_ptr(node), deeper);
        if let Some(known) = self.known.get(&place) {
            return known.clone();
        }
        let settled = match &node.kind {
            Kind::Reference(path) => self.follow(node.line, path, deeper),
            Kind::List(items) => {
                let items: Vec<Tree> = items.iter().map(|item| self.settle(item, deeper)).collect();
                Arc::new(Node::new(node.line, Kind::List(items)))
            }
            Kind::Map(fields) => {
                let settled = fields.iter().map(|(name, field)| (name.clone(), self.settle(field, deeper)));
                let fields: Map = settled.collect();
                Arc::new(Node::new(node.line, Kind::Map(fields)))
            }
            Kind::Null | Kind::Text(_) => node.clone(),
        };
        self.known.insert(place, settled.clone());
        settled
    }

    fn follow(&mut self, line: usize, path: &[Arc<str>], deeper: usize) -> Tree {
        let nothing = || Arc::new(Node::new(line, Kind::Null));
        let named = || written(&path.join(", "));
        let Some(deeper) = deeper.checked_sub(1) else {
            add(self.problems, line, &format!("!reference [{}] leads on more than ten times", named()));
            return nothing();
        };
        let mut found: Option<&Tree> = None;
        for step in path {
            let fields = found.map_or(Some(self.root), |node| node.map());
            found = fields.and_then(|fields| fields.get(step));
            if found.is_none() {
                break;
            }
        }
        if let Some(node) = found {
            let node = node.clone();
            return self.settle(&node, deeper);
        }
        if self.complete {
            add(self.problems, line, &format!("!reference [{}] leads nowhere", named()));
        }
        nothing()
    }
}

struct Bases<'a> {
    root: &'a Map,
    complete: bool,
    /// Jobs with their bases merged in, and how many levels those have.
    known: HashMap<Arc<str>, (Tree, usize)>,
    merged: usize,
    problems: &'a mut Vec<String>,
}

impl Bases<'_> {
    /// A job with everything it extends merged below it, and over how many levels. `above` are the jobs on the way here.
    fn extended(&mut self, name: &Arc<str>, job: &Tree, above: &mut Vec<Arc<str>>) -> (Tree, usize) {
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        let bases = job.get("extends").map(|bases| bases.texts()).unwrap_or_default();
        let (mut merged, mut levels): (Option<Tree>, usize) = (None, 0);
        above.push(name.clone());
        for base in bases {
            match self.base(base, above) {
                Ok((tree, deep)) => {
                    levels = levels.max(deep + 1);
                    merged = Some(merged.map_or_else(|| tree.clone(), |below| self.merge(&below, &tree)));
                }
                Err(MISSING) if !self.complete => {}
                Err(why) => {
                    let says = format!("{} extends {}, {why}", written(name), written(base));
                    add(self.problems, job.line, &says);
                }
            }
        }
        above.pop();
        let whole = merged.map_or_else(|| job.clone(), |below| self.merge(&below, job));
        self.known.insert(name.clone(), (whole.clone(), levels));
        (whole, levels)
    }

    fn base(&mut self, name: &str, above: &mut Vec<Arc<str>>) -> Result<(Tree, usize), &'static str> {
        let root = self.root;
        let Some((name, job)) = root.get_key_value(name) else { return Err(MISSING) };
        if above.contains(name) {
            return Err("which extends it in turn");
        }
        if above.len() > DEEPEST_EXTENDS {
            return Err("at more than eleven levels");
        }
        let (tree, levels) = self.extended(name, job, above);
        if levels < DEEPEST_EXTENDS { Ok((tree, levels)) } else { Err("at more than eleven levels") }
    }

    /// Maps are merged, everything else is replaced.
    fn merge(&mut self, below: &Tree, above: &Tree) -> Tree {
        let (Kind::Map(low), Kind::Map(high)) = (&below.kind, &above.kind) else { return above.clone() };
        self.merged += low.len() + high.len();
        if self.merged > MOST_MERGED {
            add(self.problems, above.line, "`extends` brings more than can be read");
            return above.clone();
        }
        let mut fields = low.clone();
        for (name, value) in high {
            let value = match fields.get(name) {
                Some(old) if &**name != "extends" => {
                    let old = old.clone();
                    self.merge(&old, value)
                }
                _ => value.clone(),
            };
            fields.insert(name.clone(), value);
        }
        Arc::new(Node::new(above.line, Kind::Map(fields)))
    }
}

pub(super) fn add(problems: &mut Vec<String>, line: usize, says: &str) {
    let problem = format!("line {line}: {says}");
    if problems.len() < MOST_PROBLEMS && !problems.contains(&problem) {
        problems.push(problem);
    }
}

/// One configuration laid over another, as GitLab lays the including file over the included: maps are merged, the rest is replaced.
pub(super) fn overlay(below: &Map, above: &Map, problems: &mut Vec<String>) -> Map {
    let mut bases = Bases { root: above, complete: true, known: HashMap::new(), merged: 0, problems };
    let whole = |map: &Map| Arc::new(Node::new(1, Kind::Map(map.clone())));
    let merged = bases.merge(&whole(below), &whole(above));
    merged.map().cloned().unwrap_or_default()
}
