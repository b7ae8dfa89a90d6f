//! Floor 1: the CloudTrail engine as pure functions over bytes and events: read a record, stitch sessions, fold.
//! No network, no files.

mod expiration;
pub mod fold;
mod frame;
pub mod inflate;
mod json;
mod ledger;
pub mod letters;
pub mod plain;
pub mod record;
mod redact;
pub mod scan;
pub mod seen;
pub mod sighted;
pub mod sql;
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

/// Is a call of this name kept as an event when a trail is folded? Those that mint credentials are, those that show how jobs come by
/// credentials, and those that make, change or hide a way in.
pub fn is_kept(name: &str) -> bool {
    name.starts_with("AssumeRole") || KEPT.binary_search(&name).is_ok()
}

/// Besides AssumeRole*. Sorted.
const KEPT: [&str; 34] = [
    "AddRoleToInstanceProfile",
    "AddUserToGroup",
    "AttachRolePolicy",
    "AttachUserPolicy",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateOpenIDConnectProvider",
    "CreatePolicyVersion",
    "CreateRole",
    "CreateSAMLProvider",
    "CreateServiceSpecificCredential",
    "CreateUser",
    "DeactivateMFADevice",
    "DeleteAccessKey",
    "DeleteRolePermissionsBoundary",
    "DeleteTrail",
    "DeleteUserPermissionsBoundary",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetParameter",
    "GetSecretValue",
    "GetSessionToken",
    "PutEventSelectors",
    "PutRolePolicy",
    "PutUserPolicy",
    "SetDefaultPolicyVersion",
    "StopLogging",
    "UpdateAccessKey",
    "UpdateAssumeRolePolicy",
    "UpdateLoginProfile",
    "UpdateOpenIDConnectProviderThumbprint",
    "UpdateSAMLProvider",
    "UpdateTrail",
    "UploadServerCertificate",
];

pub use fold::{Fold, Folded};
pub use stitch::{Stitched, stitch};
