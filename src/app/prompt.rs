//! p
#[derive(Debug)]
pub(super) struct Typing;
