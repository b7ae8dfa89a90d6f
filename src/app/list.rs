//! Which rows a pane shows and in which order: a pure function over a world, run away from the screen.

use std::{cmp::Ordering, sync::Arc};

use super::{
    filter::Filter,
    pane::{Cell, Pane, PaneId, RowId, Value, View},
    world::World,
};

/// How a pane's rows are ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    /// A column's index; `None` is the pane's own order, worst first.
    pub column: Option<usize>,
    /// The other way round than the column (or the pane) naturally sorts.
    pub reversed: bool,
}

/// An order for a listing.
#[derive(Clone, Debug)]
pub struct ListRequest {
    pub pane: PaneId,
    pub world: Arc<World>,
    pub filter: Filter,
    pub sort: Sort,
    pub generation: u64,
}

/// The rows that pass, in order.
#[derive(Clone, Debug)]
pub struct Listing {
    pub pane: PaneId,
    pub generation: u64,
    pub ids: Arc<Vec<RowId>>,
    /// Rows the filter hides.
    pub hidden: usize,
}

struct Candidate {
    id: RowId,
    key: Key,
    rank: (i64, i64),
}

/// What a row is sorted by when a column is chosen.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Number(i64),
    /// In lower case.
    Text(String),
    None,
}

impl Key {
    fn of(cell: &Cell) -> Self {
        match cell.value {
            Value::Number(number) => Self::Number(number),
            Value::Text => Self::Text(cell.span.text.to_lowercase()),
            Value::None => Self::None,
        }
    }
}

/// Filters and sorts all rows of a pane. Takes a while for large worlds.
pub fn list(request: &ListRequest) -> Listing {
    let pane = request.pane.pane();
    let view = View::new(&request.world, false);
    let all = pane.rows(&request.world);
    let before = all.len();
    let mut kept: Vec<Candidate> =
        all.into_iter().filter_map(|id| candidate(pane, &view, request, id)).collect();
    kept.sort_by(|a, b| compare(a, b, request.sort, pane.columns()));
    Listing {
        pane: request.pane,
        generation: request.generation,
        hidden: before - kept.len(),
        ids: Arc::new(kept.into_iter().map(|candidate| candidate.id).collect()),
    }
}

/// The row as far as its place in the list needs it; `None` when the filter hides it.
fn candidate(pane: &dyn Pane, view: &View<'_>, request: &ListRequest, id: RowId) -> Option<Candidate> {
    if request.filter.is_empty() && request.sort.column.is_none() {
        let rank = pane.rank(view, &id);
        return Some(Candidate { id, key: Key::None, rank });
    }
    let row = pane.row(view, &id);
    if !request.filter.passes(&row, &|extra, matches| pane.any(view, &id, extra, matches)) {
        return None;
    }
    let cell = request.sort.column.and_then(|column| row.cells.get(column));
    Some(Candidate { id, key: cell.map_or(Key::None, Key::of), rank: row.rank })
}

/// What is not known comes last whichever way a column is sorted; ties fall back to worst first, then to the id.
fn compare(a: &Candidate, b: &Candidate, sort: Sort, columns: &[super::pane::ColumnDef]) -> Ordering {
    let turn = |order: Ordering, down: bool| if down { order.reverse() } else { order };
    let by_rank = || b.rank.cmp(&a.rank);
    let order = match sort.column {
        None => turn(by_rank(), sort.reversed),
        Some(column) => {
            let down = columns.get(column).is_some_and(|column| column.right) != sort.reversed;
            match (&a.key, &b.key) {
                (Key::None, Key::None) => Ordering::Equal,
                (Key::None, _) => Ordering::Greater,
                (_, Key::None) => Ordering::Less,
                (a, b) => turn(a.cmp(b), down),
            }
            .then_with(by_rank)
        }
    };
    order.then_with(|| a.id.cmp(&b.id))
}
