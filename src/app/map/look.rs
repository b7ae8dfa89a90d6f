//! What is looked at on the map: a thing in one column, and what it touches in the others.

use rustc_hash::FxHashSet;

use super::{COLUMNS, Kept, Map};
use crate::{
    app::{perform::moved, world::World},
    model::id::Id,
};

/// Where one stands on the map. Things are remembered by name: columns may change under the cursor.
#[derive(Clone, Debug, Default)]
pub(in crate::app) struct MapState {
    pub(in crate::app) column: usize,
    pub(super) at: [Option<Id>; COLUMNS],
    pub(super) first: [usize; COLUMNS],
    pub(in crate::app) filter: String,
    pub(super) kept: Kept,
    pub(super) lit: Lit,
}

/// What the thing under the cursor touches.
#[derive(Clone, Debug, Default)]
pub(super) struct Lit {
    pub(super) nodes: [FxHashSet<u32>; COLUMNS],
    /// The worst first.
    pub(super) paths: Vec<u32>,
}

impl MapState {
    /// The map, standing on a thing where it is on it.
    pub(in crate::app) fn on(world: &World, id: Option<&Id>, window: usize) -> Self {
        let mut state = Self::default();
        if let Some((column, index)) = id.and_then(|id| world.map().find(id)) {
            state.column = column;
            state.at[column] = Some(world.map().columns[column][index as usize].id.clone());
        }
        state.renew(world, window);
        state
    }

    /// The thing under the cursor.
    pub(in crate::app) fn here(&self) -> Option<&Id> {
        self.at[self.column].as_ref()
    }

    /// The world, the filter or the room changed.
    pub(in crate::app) fn renew(&mut self, world: &World, window: usize) {
        let map = world.map();
        self.kept = map.keep(world, &self.filter);
        let kept = &self.kept.nodes[self.column];
        let still =
            self.here().and_then(|id| map.index(self.column, id)).filter(|index| kept.contains(index));
        let index = still.or_else(|| kept.first().copied());
        self.stand(world, index, window);
    }

    /// Moves within the column.
    pub(in crate::app) fn step(&mut self, world: &World, by: i64, window: usize) {
        let kept = &self.kept.nodes[self.column];
        let to = moved(self.place(world.map(), self.column), by, kept.len().saturating_sub(1));
        let index = kept.get(to).copied();
        self.stand(world, index, window);
    }

    /// Goes to the next column, to a thing that is lit there.
    pub(in crate::app) fn turn(&mut self, world: &World, right: bool, window: usize) {
        let column = if right { self.column + 1 } else { self.column.wrapping_sub(1) };
        if column >= COLUMNS {
            return;
        }
        let Some(id) = self.at[column].clone() else { return };
        self.column = column;
        let index = world.map().index(column, &id);
        self.stand(world, index, window);
    }

    /// Puts the cursor on a node of the column, and lights up what it touches.
    fn stand(&mut self, world: &World, index: Option<u32>, window: usize) {
        let map = world.map();
        let node = index.and_then(|index| map.columns[self.column].get(index as usize));
        self.lit = Lit::default();
        self.at[self.column] = node.map(|node| node.id.clone());
        for &path in node.iter().flat_map(|node| &node.paths) {
            if self.kept.path(path) {
                self.lit.paths.push(path);
                for (nodes, node) in self.lit.nodes.iter_mut().zip(map.lanes[path as usize]) {
                    nodes.insert(node);
                }
            }
        }
        self.lit.paths.sort_by_key(|path| std::cmp::Reverse(world.risk_at(*path)));
        for column in 0..COLUMNS {
            if column != self.column {
                self.touch(map, column);
            }
            self.scroll(map, column, window);
        }
    }

    /// In another column the place stays where it was while that is lit, and goes to the first lit thing otherwise.
    fn touch(&mut self, map: &Map, column: usize) {
        let lit = &self.lit.nodes[column];
        let stays =
            self.at[column].as_ref().and_then(|id| map.index(column, id)).is_some_and(|at| lit.contains(&at));
        if !stays {
            let first = lit.iter().min().and_then(|index| map.columns[column].get(*index as usize));
            self.at[column] = first.map(|node| node.id.clone());
        }
    }

    /// Where the column's place is among the things that are kept.
    fn place(&self, map: &Map, column: usize) -> usize {
        let index = self.at[column].as_ref().and_then(|id| map.index(column, id));
        index.and_then(|index| self.kept.nodes[column].binary_search(&index).ok()).unwrap_or(0)
    }

    fn scroll(&mut self, map: &Map, column: usize, window: usize) {
        let (place, count) = (self.place(map, column), self.kept.nodes[column].len());
        let lowest = (place + 1).saturating_sub(window);
        self.first[column] =
            self.first[column].clamp(lowest, place.max(lowest)).min(count.saturating_sub(window));
    }
}
