//! Roles
use super::{ColumnDef, Pane, PaneId, Record, RowId, View};
use crate::app::{show::Line, world::World};
pub struct RolesPane;
impl Pane for RolesPane {
    fn id(&self) -> PaneId {
        PaneId::Roles
    }
    fn digit(&self) -> char {
        '2'
    }
    fn title(&self) -> &'static str {
        "Roles"
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
