//! CloudTrail's log files as a source: found in folders, read on every core, folded. What a record means is decided in `trail`.

mod find;
mod name;
mod read;
mod tell;

pub use find::{Found, find};
pub use read::{Lack, Progress, Reading, read, record};
pub use tell::{SOURCE, sweep};
