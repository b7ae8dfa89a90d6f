//! Overview
use super::{ColumnDef, Pane, PaneId, Record, RowId, View};
use crate::app::{show::Line, world::World};
pub struct OverviewPane;
impl Pane for OverviewPane {
    fn id(&self) -> PaneId {
        PaneId::Overview
    }
    fn digit(&self) -> char {
        '0'
    }
    fn title(&self) -> &'static str {
        "Overview"
    }
    fn columns(&self) -> &'static [ColumnDef] {
        &[]
    }
    fn count(&self, _w: &World) -> Option<usize> {
        None
    }
    fn rows(&self, _w: &World) -> Vec<RowId> {
        Vec::new()
    }
    fn row(&self, _v: &View<'_>, _id: &RowId) -> Record {
        Record { cells: vec![], flags: vec![], extras: vec![], rank: (0, 0) }
    }
    fn empty(&self, _w: &World) -> Vec<Line> {
        Vec::new()
    }
}
