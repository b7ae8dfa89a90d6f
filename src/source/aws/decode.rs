//! Small conversions from the SDK's types to the model's.

use std::sync::Arc;

use aws_sdk_iam::{
    primitives::DateTime,
    types::{AttachedPermissionsBoundary, AttachedPolicy, PolicyDetail},
};
use percent_encoding::percent_decode_str;

use crate::{
    base::{name::Arn, time::Timestamp},
    model::aws::InlinePolicy,
};

/// A policy document as JSON text. IAM percent-encodes it (RFC 3986, so `+` is a plus); some servers send it raw.
pub(super) fn document(text: &str) -> Arc<str> {
    let text = text.trim();
    if text.starts_with('{') { text.into() } else { percent_decode_str(text).decode_utf8_lossy().into() }
}

pub(super) fn time(at: &DateTime) -> Timestamp {
    Timestamp::from_seconds(at.secs())
}

pub(super) fn arn(text: Option<&String>) -> Option<Arn> {
    text.and_then(|text| Arn::new(text))
}

/// Policies written into a principal. The authorization details leave the list out where it is empty.
pub(super) fn inline(policies: Option<&Vec<PolicyDetail>>) -> Vec<InlinePolicy> {
    let read = |policy: &PolicyDetail| {
        let name = policy.policy_name.as_deref()?.into();
        Some(InlinePolicy { name, document: document(policy.policy_document.as_deref()?) })
    };
    policies.into_iter().flatten().filter_map(read).collect()
}

pub(super) fn attached(policies: Option<&Vec<AttachedPolicy>>) -> Vec<Arn> {
    let policies = policies.into_iter().flatten();
    policies.filter_map(|policy| arn(policy.policy_arn.as_ref())).collect()
}

pub(super) fn boundary(boundary: Option<&AttachedPermissionsBoundary>) -> Option<Arn> {
    arn(boundary?.permissions_boundary_arn.as_ref())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    #[test]
    fn documents_are_decoded_once_and_raw_ones_left_alone() {
        let raw = r#"{"Resource":"arn:aws:s3:::a+b/100%25"}"#;
        assert_eq!(&*document(&format!("  {raw}\n")), raw);
        let encoded = utf8_percent_encode(raw, NON_ALPHANUMERIC).to_string();
        assert_eq!(&*document(&encoded), raw);
        assert_eq!(&*document("%7B%22a%22%3A%22b+c%22%7D"), r#"{"a":"b+c"}"#, "a plus stays a plus");
    }

    /// Every policy of a published account survives the way IAM sends it.
    #[test]
    fn published_policies_survive_percent_encoding() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../shared/data/iam/cloudsplaining-account-authorization-details.json");
        let Ok(text) = fs::read_to_string(&path) else {
            println!("skipped: no published authorization details here");
            return;
        };
        let details: serde_json::Value = serde_json::from_str(&text).unwrap();
        let mut count = 0;
        let trusts = details["RoleDetailList"].as_array().unwrap().iter();
        let trusts = trusts.map(|role| &role["AssumeRolePolicyDocument"]);
        let versions = details["Policies"].as_array().unwrap().iter();
        let versions = versions.flat_map(|policy| policy["PolicyVersionList"].as_array().unwrap());
        for published in trusts.chain(versions.map(|version| &version["Document"])) {
            let encoded = utf8_percent_encode(&published.to_string(), NON_ALPHANUMERIC).to_string();
            let read: serde_json::Value = serde_json::from_str(&document(&encoded)).unwrap();
            assert_eq!(&read, published);
            count += 1;
        }
        println!("{count} documents");
        assert!(count > 100);
    }
}
