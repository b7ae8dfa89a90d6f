//! Coverage
use super::{ColumnDef, Pane, PaneId, Record, RowId, View};
use crate::app::{show::Line, world::World};
pub struct CoveragePane;
impl Pane for CoveragePane {
    fn id(&self) -> PaneId {
        PaneId::Coverage
    }
    fn digit(&self) -> char {
        '9'
    }
    fn title(&self) -> &'static str {
        "Coverage"
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
