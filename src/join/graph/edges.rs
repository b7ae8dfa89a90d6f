//! A directed graph of numbers, laid out flat: which edges leave a node, which arrive, and what can be reached along them.

use std::{ops::Index, sync::Arc};

use crate::model::link::{Grade, Link, Proof};

/// No node, no edge.
pub(super) const NONE: u32 = u32::MAX;

/// One direct step.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) from: u32,
    pub(super) to: u32,
    pub(super) grade: Grade,
    pub(super) proof: Arc<Proof>,
}

/// Edges by both of their ends.
#[derive(Debug, Default)]
pub(super) struct Edges {
    all: Vec<Edge>,
    out: Shelves,
    into: Shelves,
}

impl Edges {
    pub(super) fn of(nodes: usize, direct: Vec<(u32, u32, &Link)>) -> Self {
        let out = Shelves::of(nodes, direct.iter().map(|&(from, _, _)| from));
        let into = Shelves::of(nodes, direct.iter().map(|&(_, to, _)| to));
        let edge =
            |(from, to, link): (_, _, &Link)| Edge { from, to, grade: link.grade, proof: link.proof.clone() };
        Self { all: direct.into_iter().map(edge).collect(), out, into }
    }

    pub(super) fn leaving(&self, node: u32) -> impl Iterator<Item = u32> {
        self.out.of_node(node)
    }

    pub(super) fn arriving(&self, node: u32) -> impl Iterator<Item = u32> {
        self.into.of_node(node)
    }

    /// Everything that can be reached from a node, and how.
    pub(super) fn reached(&self, node: u32) -> Tree<'_> {
        self.spread(vec![node], &self.out, |edge| edge.to)
    }

    /// By node: itself or the nearest node that it reaches among these; [`NONE`] where it reaches none of them.
    pub(super) fn nearest(&self, ends: Vec<u32>) -> Vec<u32> {
        let mut nearest = vec![NONE; self.out.len()];
        for &end in &ends {
            nearest[end as usize] = end;
        }
        let tree = self.spread(ends, &self.into, |edge| edge.from);
        // In the order they were found: whoever led to a node has its answer already.
        for node in tree.nodes() {
            let next = self[tree.by[node as usize]].to;
            nearest[node as usize] = nearest[next as usize];
        }
        nearest
    }

    /// Breadth first, from several nodes at once. What is sure all the way is found before anything that hangs on an inferred edge,
    /// so that a sure chain is never hidden by a shorter guess.
    fn spread(&self, seeds: Vec<u32>, shelves: &Shelves, far: impl Fn(&Edge) -> u32) -> Tree<'_> {
        let mut tree = Tree { edges: self, seeds: seeds.len(), order: seeds, by: vec![NONE; shelves.len()] };
        let mut found = vec![false; shelves.len()];
        for &seed in &tree.order {
            found[seed as usize] = true;
        }
        for guess in [false, true] {
            let mut at = 0;
            while let Some(&node) = tree.order.get(at) {
                at += 1;
                for edge in shelves.of_node(node).filter(|&edge| guess || self[edge].grade > Grade::Inferred)
                {
                    let next = far(&self[edge]);
                    if !std::mem::replace(&mut found[next as usize], true) {
                        tree.by[next as usize] = edge;
                        tree.order.push(next);
                    }
                }
            }
        }
        tree
    }
}

impl Index<u32> for Edges {
    type Output = Edge;

    fn index(&self, edge: u32) -> &Edge {
        &self.all[edge as usize]
    }
}

/// What was found from some nodes, each node once, by its shortest way.
pub(super) struct Tree<'a> {
    edges: &'a Edges,
    /// How many of `order` it began with.
    seeds: usize,
    order: Vec<u32>,
    /// By node: the edge it was found by.
    by: Vec<u32>,
}

impl Tree<'_> {
    /// What was found, those it began with left out, in the order it was found.
    pub(super) fn nodes(&self) -> impl Iterator<Item = u32> {
        self.order[self.seeds..].iter().copied()
    }

    /// The edges from the beginning to a node.
    pub(super) fn chain(&self, node: u32) -> Vec<u32> {
        let last = Some(self.by[node as usize]).filter(|edge| *edge != NONE);
        let before = |&edge: &u32| Some(self.by[self.edges[edge].from as usize]).filter(|edge| *edge != NONE);
        let mut chain: Vec<u32> = std::iter::successors(last, before).collect();
        chain.reverse();
        chain
    }
}

/// Numbers of edges by one end: those of a node lie side by side.
#[derive(Debug, Default)]
struct Shelves {
    /// By node, where its edges begin in `edges`; one more at the end.
    starts: Vec<u32>,
    edges: Vec<u32>,
}

impl Shelves {
    fn of(nodes: usize, ends: impl Iterator<Item = u32> + Clone) -> Self {
        let mut starts = vec![0; nodes + 1];
        for end in ends.clone() {
            starts[end as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut free = starts.clone();
        let mut edges = vec![NONE; starts[nodes] as usize];
        for (end, edge) in ends.zip(0..) {
            let place = &mut free[end as usize];
            edges[*place as usize] = edge;
            *place += 1;
        }
        Self { starts, edges }
    }

    /// How many nodes there are.
    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn of_node(&self, node: u32) -> impl Iterator<Item = u32> {
        let node = node as usize;
        self.edges[self.starts[node] as usize..self.starts[node + 1] as usize].iter().copied()
    }
}

/// The number of the next node.
#[expect(clippy::cast_possible_truncation, reason = "four billion users and roles would not fit in memory")]
pub(super) fn small(count: usize) -> u32 {
    count as u32
}
