//! CloudTrail's log files as a source: found in folders, read on every core, folded. What a record means is decided in `trail`.

mod again;
mod find;
pub(super) mod group;
pub(super) mod name;
mod packed;
mod read;
mod shelf;
mod tell;

pub use again::read_again;
pub use find::{Found, find};
pub use read::{Lack, Progress, Reading, read, record};
pub(super) use read::{Reader, record_in};
pub use shelf::Shelf;
pub use tell::{SOURCE, sweep};
pub(super) use tell::{gaps, tell, tell_events, tell_gaps};
