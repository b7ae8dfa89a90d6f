//! What is unfolded of a tree, and where one stands in it. Branches are looked up when they are first seen.

use std::{collections::BTreeSet, sync::Arc};

use super::{Branch, Direction, branches};
use crate::{
    app::{
        glyph::risk,
        name,
        pane::View,
        perform::moved,
        show::{Line, Span, Tone, TreeRow, TreeShown},
        world::World,
    },
    model::{id::Id, link::Grade},
};

/// Branches shown of one thing at most; the rest is counted.
const MOST: usize = 200;

/// The way to a node from the root: what a node is called, whatever hangs beside it.
type Way = Arc<[Id]>;

/// A line of the tree.
#[derive(Clone, Debug)]
struct Leaf {
    way: Way,
    branch: Option<Branch>,
    mark: Mark,
    /// How many more there are, on the line that says so.
    more: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Open,
    Folded,
    /// Nothing hangs on it.
    End,
    /// It stands above itself already.
    Cycle,
}

#[derive(Clone, Debug)]
pub(in crate::app) struct TreeState {
    root: Id,
    direction: Direction,
    open: BTreeSet<Way>,
    leaves: Vec<Leaf>,
    at: usize,
    first: usize,
}

impl TreeState {
    pub(in crate::app) fn on(world: &World, root: Id) -> Self {
        let way: Way = [root.clone()].into();
        let mut state = Self {
            root,
            direction: Direction::default(),
            open: [way].into(),
            leaves: Vec::new(),
            at: 0,
            first: 0,
        };
        state.renew(world);
        // A thing at the end of everything is better looked at from the other side.
        if state.leaves.len() == 1 {
            state.turn(world);
        }
        state
    }

    /// The thing under the cursor.
    pub(in crate::app) fn here(&self) -> Option<&Id> {
        self.leaves.get(self.at).filter(|leaf| leaf.more == 0).and_then(|leaf| leaf.way.last())
    }

    pub(in crate::app) const fn root(&self) -> &Id {
        &self.root
    }

    /// The other direction, from the root.
    pub(in crate::app) fn turn(&mut self, world: &World) {
        self.direction = if self.direction == Direction::Down { Direction::Up } else { Direction::Down };
        self.open = [Way::from([self.root.clone()])].into();
        (self.at, self.first) = (0, 0);
        self.renew(world);
    }

    /// The world changed: what is unfolded stays unfolded, and the cursor where it was.
    pub(in crate::app) fn renew(&mut self, world: &World) {
        let here = self.leaves.get(self.at).map(|leaf| leaf.way.clone());
        self.leaves = vec![Leaf { way: [self.root.clone()].into(), branch: None, mark: Mark::Open, more: 0 }];
        let root: Way = [self.root.clone()].into();
        self.unfold_into(world, &root);
        let found = here.and_then(|way| self.leaves.iter().position(|leaf| leaf.way == way));
        self.at = found.unwrap_or(self.at).min(self.leaves.len() - 1);
    }

    fn unfold_into(&mut self, world: &World, way: &Way) {
        if !self.open.contains(way) {
            return;
        }
        let Some(id) = way.last() else { return };
        let all = branches(world, id, self.direction);
        let more = all.len().saturating_sub(MOST);
        for branch in all.into_iter().take(MOST) {
            let below: Way = way.iter().chain([&branch.id]).cloned().collect();
            let mark = if way.contains(&branch.id) {
                Mark::Cycle
            } else if self.open.contains(&below) {
                Mark::Open
            } else if branches(world, &branch.id, self.direction).is_empty() {
                Mark::End
            } else {
                Mark::Folded
            };
            self.leaves.push(Leaf { way: below.clone(), branch: Some(branch), mark, more: 0 });
            if mark == Mark::Open {
                self.unfold_into(world, &below);
            }
        }
        if more > 0 {
            self.leaves.push(Leaf { way: way.clone(), branch: None, mark: Mark::End, more });
        }
    }

    pub(in crate::app) fn step(&mut self, by: i64, window: usize) {
        self.at = moved(self.at, by, self.leaves.len().saturating_sub(1));
        self.scroll(window);
    }

    pub(in crate::app) fn scroll(&mut self, window: usize) {
        let lowest = (self.at + 1).saturating_sub(window);
        self.first =
            self.first.clamp(lowest, self.at.max(lowest)).min(self.leaves.len().saturating_sub(window));
    }

    /// Unfolds what is folded, folds what is unfolded.
    pub(in crate::app) fn fold(&mut self, world: &World) {
        let Some(leaf) = self.leaves.get(self.at) else { return };
        match leaf.mark {
            Mark::Open => {
                self.open.remove(&leaf.way);
            }
            Mark::Folded => {
                self.open.insert(leaf.way.clone());
            }
            Mark::End | Mark::Cycle => return,
        }
        self.renew(world);
        if let Some(root) = self.leaves.first_mut() {
            root.mark = if self.open.contains(&root.way) { Mark::Open } else { Mark::Folded };
        }
    }

    /// Right: unfolds, or goes to the first branch. Left: folds, or goes to what this hangs on. At the root left turns the tree.
    pub(in crate::app) fn sideways(&mut self, world: &World, right: bool, window: usize) {
        let Some(leaf) = self.leaves.get(self.at) else { return };
        match (leaf.mark, right) {
            (Mark::Folded, true) => self.fold(world),
            (Mark::Open, true) => self.step(1, window),
            (_, true) => {}
            (_, false) if leaf.way.len() == 1 => self.turn(world),
            (Mark::Open, false) => self.fold(world),
            (_, false) => {
                let above = &leaf.way[..leaf.way.len() - 1];
                self.at = self.leaves.iter().position(|leaf| *leaf.way == *above).unwrap_or(0);
            }
        }
        self.scroll(window);
    }

    pub(in crate::app) fn shown(&self, view: &View<'_>, window: usize) -> TreeShown {
        let said = match self.direction {
            Direction::Down => "What this reaches",
            Direction::Up => "Who can get here",
        };
        let root = name::of(view.world, &self.root);
        let rows = self.leaves.iter().enumerate().skip(self.first).take(window);
        TreeShown {
            title: format!("{said}: {} {root}", self.root.kind().word()),
            rows: rows.map(|(index, leaf)| Self::row(view, leaf, index == self.at)).collect(),
            first: self.first,
            total: self.leaves.len(),
            empty: (self.leaves.len() == 1).then(|| self.nothing(view)),
        }
    }

    fn nothing(&self, view: &View<'_>) -> Line {
        let folded = !self.open.contains(&Way::from([self.root.clone()]));
        let text = match self.direction {
            _ if folded => "Folded; space unfolds it.",
            Direction::Down => {
                "Nothing that was read says that this reaches anything; tab asks who can get here."
            }
            Direction::Up => {
                "Nothing that was read says that anybody can get here; tab asks what this reaches."
            }
        };
        let gaps = view.world.estate.gaps().count();
        let also = if gaps > 0 { " Not everything was read: pane 9, Coverage." } else { "" };
        vec![Span::new(format!("{text}{also}"), Tone::Dim)]
    }

    fn row(view: &View<'_>, leaf: &Leaf, cursor: bool) -> TreeRow {
        let glyphs = view.glyphs;
        let depth = leaf.way.len() - 1 + usize::from(leaf.more > 0);
        let indent = "  ".repeat(depth);
        if leaf.more > 0 {
            let text = format!("{indent}{} {} more", glyphs.more, leaf.more);
            return TreeRow { spans: vec![Span::new(text, Tone::Dim)], grade: None, cursor };
        }
        let sign = match leaf.mark {
            Mark::Open => glyphs.open,
            Mark::Folded => glyphs.folded,
            Mark::End => glyphs.dot,
            Mark::Cycle => glyphs.cycle,
        };
        let mut spans = vec![Span::new(format!("{indent}{sign} "), Tone::Accent)];
        if let Some(branch) = &leaf.branch {
            spans.push(Span::new(format!("{} ", branch.how), Tone::Dim));
        }
        if let Some(id) = leaf.way.last() {
            thing(view, id, leaf.mark == Mark::Cycle, &mut spans);
        }
        TreeRow {
            spans,
            grade: leaf.branch.as_ref().map(|branch: &Branch| -> Grade { branch.grade }),
            cursor,
        }
    }
}

/// `# role deploy-prod  222222222222  administrator`.
fn thing(view: &View<'_>, id: &Id, cycle: bool, spans: &mut Line) {
    let world = view.world;
    let worst = risk(world.worst(id));
    if !worst.text.is_empty() {
        spans.push(Span::new(format!("{} ", worst.text), worst.tone));
    }
    spans.push(Span::new(format!("{} ", id.kind().word()), Tone::Dim));
    spans.push(Span::new(name::of(world, id), if cycle { Tone::Dim } else { Tone::Strong }));
    if let Some(context) = name::context(world, id) {
        spans.push(Span::new(format!("  {context}"), Tone::Dim));
    }
    if world.is_admin(id) {
        spans.push(Span::new("  administrator", Tone::Bad));
    }
    if cycle {
        spans.push(Span::new("  again: it stands above", Tone::Notice));
    }
}
