//! d
#[derive(Debug)]
pub(super) struct Built;
