//! The way through the detail: things looked at, oldest first, and where among them one stands.

use super::pane::RowId;

/// One stop, and what was seen of it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stop {
    pub(super) row: RowId,
    /// The line under the cursor; `None` until the detail was shown.
    pub(super) cursor: Option<usize>,
    pub(super) first: usize,
    /// How many lines of each large group are shown.
    pub(super) shown: Vec<(&'static str, usize)>,
}

impl Stop {
    const fn new(row: RowId) -> Self {
        Self { row, cursor: None, first: 0, shown: Vec::new() }
    }
}

#[derive(Clone, Debug, Default)]
pub(super) struct Trail {
    stops: Vec<Stop>,
    at: usize,
}

impl Trail {
    /// Begins anew at a row, unless the trail began there anyway.
    pub(super) fn start(&mut self, row: Option<RowId>) {
        if self.stops.first().map(|stop| &stop.row) != row.as_ref() {
            self.stops = row.map(Stop::new).into_iter().collect();
            self.at = 0;
        }
    }

    /// Goes on to a thing; what lay ahead is forgotten.
    pub(super) fn follow(&mut self, row: RowId) {
        self.stops.truncate(self.at + 1);
        self.stops.push(Stop::new(row));
        self.at = self.stops.len() - 1;
    }

    /// False at the beginning.
    pub(super) const fn back(&mut self) -> bool {
        let moved = self.at > 0;
        self.at = self.at.saturating_sub(1);
        moved
    }

    /// False at the end.
    pub(super) fn forward(&mut self) -> bool {
        let moved = self.at + 1 < self.stops.len();
        self.at += usize::from(moved);
        moved
    }

    pub(super) fn here(&self) -> Option<&Stop> {
        self.stops.get(self.at)
    }

    pub(super) fn here_mut(&mut self) -> Option<&mut Stop> {
        self.stops.get_mut(self.at)
    }

    /// The stops up to here.
    pub(super) fn way(&self) -> &[Stop] {
        self.stops.get(..=self.at).unwrap_or(&[])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::id::{Id, Kind};

    fn row(name: &str) -> RowId {
        RowId::Thing(Id::new(Kind::Key, name))
    }

    fn here(trail: &Trail) -> RowId {
        trail.here().unwrap().row.clone()
    }

    #[test]
    fn back_and_forward_walk_the_same_stops() {
        let mut trail = Trail::default();
        trail.start(Some(row("a")));
        trail.follow(row("b"));
        trail.follow(row("c"));
        assert!(trail.back() && trail.back());
        assert!(!trail.back());
        assert_eq!(here(&trail), row("a"));
        assert!(trail.forward());
        assert_eq!((here(&trail), trail.way().len()), (row("b"), 2));
        trail.follow(row("d"));
        assert!(!trail.forward());
        assert_eq!(trail.way().len(), 3);
    }

    #[test]
    fn starting_where_one_stands_forgets_nothing() {
        let mut trail = Trail::default();
        trail.start(Some(row("a")));
        trail.follow(row("b"));
        trail.back();
        trail.start(Some(row("a")));
        assert!(trail.forward());
        trail.start(Some(row("z")));
        assert!(!trail.forward());
        trail.start(None);
        assert!(trail.here().is_none() && trail.way().is_empty());
    }
}
