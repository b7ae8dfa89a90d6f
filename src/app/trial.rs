//! Small worlds for the tests of this floor.

use std::sync::Arc;

use super::world::World;
use crate::{base::time::Timestamp, model::estate::Estate, rules::Limits};

/// A Friday afternoon.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_183_200);

pub(super) fn empty() -> Arc<World> {
    Arc::new(World::build(Estate::default(), Limits::default(), NOW))
}
