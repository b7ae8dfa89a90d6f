//! Floor 1: the CloudTrail engine as pure functions over bytes and events: read a record, stitch sessions, fold.
//! No network, no files.

mod expiration;
mod ledger;
pub mod record;
mod redact;
pub mod stitch;
mod stitch_parts;
mod wire;

pub use record::{BadRecord, Place, read};

/// Calls by which roles are assumed with credentials or tokens.
pub const ASSUMING: [&str; 3] = ["AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"];

/// Calls that show how jobs come by credentials otherwise, and whether they are logged in the partition's home region only, as all of
/// IAM's are.
pub const EVIDENCE: [(&str, bool); 4] = [
    ("AssumeRoleForPodIdentity", false),
    ("GetSecretValue", false),
    ("GetParameter", false),
    ("CreateUser", true),
];
pub use stitch::{Stitched, stitch};
