//! The map: every path as three things, where it begins, what carries the credentials, where it ends. Here is what is on it; what is
//! looked at lies in [`look`], how it is said in [`shown`].

mod look;
mod shown;

use rustc_hash::FxHashMap;

use super::{name, world::World};
use crate::{model::id::Id, way::risk::Risk};

pub(super) use look::MapState;

/// Beginnings, carriers, ends.
pub(super) const COLUMNS: usize = 3;

/// One thing in a column.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) id: Id,
    /// Cleaned.
    pub(super) name: String,
    /// In lower case, for filters.
    sought: String,
    /// Paths it lies on, as indices into the world's.
    pub(super) paths: Vec<u32>,
    /// How bad the worst of them is.
    pub(super) worst: Option<Risk>,
}

/// All that is on the map, for one world.
#[derive(Debug, Default)]
pub struct Map {
    /// The worst first, then by name.
    pub(super) columns: [Vec<Node>; COLUMNS],
    /// For each path its nodes, as indices into the columns.
    pub(super) lanes: Vec<[u32; COLUMNS]>,
}

/// What of the map a filter lets through, as indices.
#[derive(Clone, Debug, Default)]
pub(super) struct Kept {
    pub(super) nodes: [Vec<u32>; COLUMNS],
    /// By path; empty when no filter is in force.
    paths: Vec<bool>,
}

impl Kept {
    pub(super) fn path(&self, path: u32) -> bool {
        self.paths.get(path as usize).copied().unwrap_or(true)
    }
}

impl Map {
    pub(super) fn of(world: &World) -> Self {
        let mut columns: [Vec<Node>; COLUMNS] = Default::default();
        let mut known: [FxHashMap<Id, u32>; COLUMNS] = Default::default();
        let mut lanes = Vec::with_capacity(world.paths.len());
        for (index, path) in (0_u32..).zip(world.paths.iter()) {
            let via = path.via().unwrap_or_else(|| path.from.clone());
            let risk = world.risk_at(index);
            let mut lane = [0; COLUMNS];
            for (column, id) in [&path.from, &via, &path.to].into_iter().enumerate() {
                let nodes = &mut columns[column];
                let at = *known[column].entry(id.clone()).or_insert_with(|| {
                    nodes.push(Node::new(world, id));
                    u32::try_from(nodes.len() - 1).unwrap_or(u32::MAX)
                });
                let node = &mut nodes[at as usize];
                node.paths.push(index);
                node.worst = node.worst.max(risk);
                lane[column] = at;
            }
            lanes.push(lane);
        }
        let mut map = Self { columns, lanes };
        for column in 0..COLUMNS {
            map.sort(column);
        }
        map
    }

    fn sort(&mut self, column: usize) {
        let mut order: Vec<usize> = (0..self.columns[column].len()).collect();
        let nodes = &self.columns[column];
        order.sort_by(|a, b| {
            let (a, b) = (&nodes[*a], &nodes[*b]);
            (b.worst, &a.name, &a.id).cmp(&(a.worst, &b.name, &b.id))
        });
        let mut place = vec![0_u32; order.len()];
        for (new, old) in (0_u32..).zip(&order) {
            place[*old] = new;
        }
        for lane in &mut self.lanes {
            lane[column] = place[lane[column] as usize];
        }
        let mut nodes: Vec<(u32, Node)> =
            place.into_iter().zip(std::mem::take(&mut self.columns[column])).collect();
        nodes.sort_by_key(|(place, _)| *place);
        self.columns[column] = nodes.into_iter().map(|(_, node)| node).collect();
    }

    /// The node of a thing, the leftmost where it is in several columns: column and index.
    pub(super) fn find(&self, id: &Id) -> Option<(usize, u32)> {
        (0..COLUMNS).find_map(|column| Some((column, self.index(column, id)?)))
    }

    pub(super) fn index(&self, column: usize, id: &Id) -> Option<u32> {
        let at = self.columns[column].iter().position(|node| node.id == *id)?;
        u32::try_from(at).ok()
    }

    /// What is left when every word of a filter must stand in the way's name or in one of the path's three names.
    pub(super) fn keep(&self, world: &World, filter: &str) -> Kept {
        let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
        let all =
            |column: usize| (0..u32::try_from(self.columns[column].len()).unwrap_or(u32::MAX)).collect();
        if words.is_empty() {
            return Kept { nodes: std::array::from_fn(all), paths: Vec::new() };
        }
        let matching: Vec<[Vec<bool>; COLUMNS]> = words
            .iter()
            .map(|word| {
                let column = |column: usize| {
                    self.columns[column].iter().map(|node| node.sought.contains(word)).collect()
                };
                std::array::from_fn(column)
            })
            .collect();
        let passes = |(path, lane): (usize, &[u32; COLUMNS])| {
            words.iter().zip(&matching).all(|(word, nodes)| {
                world.paths[path].way.contains(word.as_str())
                    || (0..COLUMNS).any(|column| nodes[column][lane[column] as usize])
            })
        };
        let paths: Vec<bool> = self.lanes.iter().enumerate().map(passes).collect();
        let node_kept = |node: &Node| node.paths.iter().any(|path| paths[*path as usize]);
        let nodes = std::array::from_fn(|column| {
            (0_u32..)
                .zip(&self.columns[column])
                .filter(|(_, node)| node_kept(node))
                .map(|(at, _)| at)
                .collect()
        });
        Kept { nodes, paths }
    }
}

impl Node {
    fn new(world: &World, id: &Id) -> Self {
        let name = name::of(world, id);
        let sought = format!("{name} {}", id.key_text()).to_lowercase();
        Self { id: id.clone(), name, sought, paths: Vec::new(), worst: None }
    }
}
