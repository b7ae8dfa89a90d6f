//! Floor 1: the CloudTrail engine as pure functions over bytes and events: read a record, stitch sessions, fold.
//! No network, no files.

mod expiration;
pub mod record;
mod redact;
pub mod stitch;
mod stitch_parts;
mod wire;

pub use record::{BadRecord, Place, read};
pub use stitch::{Stitched, stitch};
