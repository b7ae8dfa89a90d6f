//! The state of one pane's list: its rows, filter, order, selection and marks. The selection is a row's name, so that
//! rows may move under the cursor.

use std::{collections::BTreeSet, sync::Arc};

use rustc_hash::FxHashMap;

use super::{
    filter::Filter,
    list::{ListRequest, Listing, Sort},
    pane::{PaneId, RowId},
    world::World,
};

#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    /// The filter as typed, once it was understood.
    pub(super) filter_text: String,
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    pub(super) ids: Arc<Vec<RowId>>,
    pub(super) hidden: usize,
    pub(super) selected: Option<RowId>,
    /// Where the selected row stands in `ids`.
    pub(super) index: usize,
    /// The first row of the window.
    pub(super) first: usize,
    pub(super) marks: BTreeSet<RowId>,
    /// Where a range of marks began.
    pub(super) anchor: Option<RowId>,
    /// Did the user choose a row? Until then the cursor stays on top, whatever comes in above.
    touched: bool,
    generation: u64,
    under_way: bool,
    stale: bool,
}

impl Table {
    /// Filter, order or world changed: the rows must be worked out again.
    pub(super) const fn outdate(&mut self) {
        self.stale = true;
    }

    /// The request to make now, if rows are out of date and none is under way.
    pub(super) fn request(&mut self, pane: PaneId, world: &Arc<World>) -> Option<ListRequest> {
        if !self.stale || self.under_way {
            return None;
        }
        self.stale = false;
        self.under_way = true;
        self.generation += 1;
        Some(ListRequest {
            pane,
            world: world.clone(),
            filter: self.filter.clone(),
            sort: self.sort,
            generation: self.generation,
        })
    }

    /// Takes in rows. The selected row stays selected wherever it is now; when it is gone, the nearest row that was
    /// below it, or else above it, is taken.
    pub(super) fn receive(&mut self, listing: Listing, window: usize) {
        if listing.generation != self.generation {
            return;
        }
        self.under_way = false;
        let offset = self.index.saturating_sub(self.first);
        let found = self.selected.as_ref().filter(|_| self.touched).and_then(|selected| {
            let still = listing.ids.get(self.index) == Some(selected);
            if still { Some(self.index) } else { listing.ids.iter().position(|id| id == selected) }
        });
        let index = match (&self.selected, found) {
            (_, Some(index)) => index,
            (Some(_), None) if self.touched => self.neighbour(&listing.ids),
            _ => 0,
        };
        self.ids = listing.ids;
        self.hidden = listing.hidden;
        self.index = index;
        self.selected = self.ids.get(index).cloned();
        // The selected row also keeps its line on the screen, as far as there are rows.
        self.first = index.saturating_sub(offset);
        self.scroll(window);
    }

    fn neighbour(&self, rows: &[RowId]) -> usize {
        let places: FxHashMap<&RowId, usize> = rows.iter().zip(0..).collect();
        let below = self.ids.iter().skip(self.index);
        let above = self.ids.iter().take(self.index).rev();
        below.chain(above).find_map(|id| places.get(id).copied()).unwrap_or(0)
    }

    /// Moves the cursor to a row, counted from 0; stops at the ends.
    pub(super) fn move_to(&mut self, index: usize, window: usize) {
        self.touched = true;
        self.index = index.min(self.ids.len().saturating_sub(1));
        self.selected = self.ids.get(self.index).cloned();
        self.scroll(window);
    }

    /// Selects a row by name, now or when it is listed.
    pub(super) fn select(&mut self, id: RowId, window: usize) {
        self.touched = true;
        if let Some(index) = self.ids.iter().position(|row| *row == id) {
            self.index = index;
        }
        self.selected = Some(id);
        self.scroll(window);
    }

    /// Keeps the cursor inside the window and the window inside the rows.
    pub(super) fn scroll(&mut self, window: usize) {
        let last_first = self.ids.len().saturating_sub(window);
        let lowest = (self.index + 1).saturating_sub(window);
        self.first = self.first.clamp(lowest, self.index.max(lowest)).min(last_first);
    }

    /// The rows of the window.
    pub(super) fn window(&self, window: usize) -> &[RowId] {
        let end = (self.first + window).min(self.ids.len());
        self.ids.get(self.first..end).unwrap_or(&[])
    }

    pub(super) fn toggle_mark(&mut self) {
        if let Some(id) = self.selected.clone()
            && !self.marks.remove(&id)
        {
            self.marks.insert(id);
        }
    }

    /// First call: remembers the row. Second call: marks everything between. True when a range was marked.
    pub(super) fn mark_range(&mut self) -> bool {
        let Some(here) = self.selected.clone() else { return false };
        let Some(anchor) = self.anchor.take() else {
            self.anchor = Some(here);
            return false;
        };
        let other = self.ids.iter().position(|id| *id == anchor).unwrap_or(self.index);
        let (low, high) = (other.min(self.index), other.max(self.index));
        self.marks.extend(self.ids.iter().skip(low).take(high - low + 1).cloned());
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        id::{Id, Kind},
        observe::Scope,
    };

    fn rows(names: &str) -> Vec<RowId> {
        names.chars().map(|name| RowId::Thing(Id::new(Kind::Key, name.to_string()))).collect()
    }

    fn receive(table: &mut Table, names: &str) {
        let world = crate::app::trial::empty();
        table.outdate();
        let request = table.request(PaneId::Keys, &world).unwrap();
        let (pane, generation) = (request.pane, request.generation);
        table.receive(Listing { pane, generation, ids: Arc::new(rows(names)), hidden: 0 }, 3);
    }

    fn selected(table: &Table) -> &str {
        table.selected.as_ref().and_then(RowId::thing).map_or("", Id::key_text)
    }

    #[test]
    fn until_a_row_was_chosen_the_cursor_stays_on_top() {
        let mut table = Table::default();
        receive(&mut table, "cd");
        assert_eq!(selected(&table), "c");
        receive(&mut table, "abcd");
        assert_eq!(selected(&table), "a");
    }

    #[test]
    fn a_chosen_row_stays_chosen_and_on_its_line_when_rows_move() {
        let mut table = Table::default();
        receive(&mut table, "abcdefgh");
        table.move_to(4, 3);
        assert_eq!((selected(&table), table.index - table.first), ("e", 2));
        receive(&mut table, "xyzabcdefgh");
        assert_eq!((selected(&table), table.index, table.index - table.first), ("e", 7, 2));
        receive(&mut table, "eabcd");
        assert_eq!((selected(&table), table.index, table.first), ("e", 0, 0));
    }

    #[test]
    fn when_the_chosen_row_is_gone_the_next_one_is_taken() {
        let mut table = Table::default();
        receive(&mut table, "abcdef");
        table.move_to(2, 3);
        receive(&mut table, "fedba");
        assert_eq!(selected(&table), "d");
        table.move_to(0, 3);
        assert_eq!(selected(&table), "f");
        receive(&mut table, "ab");
        assert_eq!(selected(&table), "b");
        receive(&mut table, "");
        assert_eq!((selected(&table), table.index, table.first), ("", 0, 0));
    }

    #[test]
    fn only_one_listing_is_under_way_and_an_old_one_is_ignored() {
        let (mut table, world) = (Table::default(), crate::app::trial::empty());
        table.outdate();
        let first = table.request(PaneId::Keys, &world).unwrap();
        table.outdate();
        assert!(table.request(PaneId::Keys, &world).is_none());
        let listing =
            |generation| Listing { pane: PaneId::Keys, generation, ids: Arc::new(rows("ab")), hidden: 1 };
        table.receive(listing(first.generation + 7), 3);
        assert!(table.ids.is_empty());
        table.receive(listing(first.generation), 3);
        assert_eq!((table.ids.len(), table.hidden), (2, 1));
        assert_eq!(table.request(PaneId::Keys, &world).unwrap().generation, first.generation + 1);
    }

    #[test]
    fn a_range_marks_both_ends_and_all_between() {
        let mut table = Table::default();
        receive(&mut table, "abcdef");
        table.move_to(4, 3);
        assert!(!table.mark_range());
        table.move_to(2, 3);
        assert!(table.mark_range());
        assert_eq!(table.marks, rows("cde").into_iter().collect());
        assert!(table.anchor.is_none());
    }

    #[test]
    fn the_window_follows_the_cursor() {
        let mut table = Table::default();
        receive(&mut table, "abcdefghij");
        table.move_to(9, 4);
        assert_eq!(table.window(4), rows("ghij"));
        table.move_to(3, 4);
        assert_eq!(table.window(4), rows("defg"));
        table.scroll(6);
        assert!(table.window(6).contains(&rows("d")[0]));
        let scope = RowId::Scope(Scope::new("a", "b"));
        table.select(scope.clone(), 4);
        assert_eq!(table.selected, Some(scope));
    }
}
