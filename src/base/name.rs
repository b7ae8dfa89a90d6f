//! Names in AWS's own terms: account ids, access key ids and ARNs, and what can be read out of them.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// A twelve-digit AWS account id.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountId(u64);

impl AccountId {
    /// `None` above twelve digits.
    pub fn new(number: u64) -> Option<Self> {
        (number <= 999_999_999_999).then_some(Self(number))
    }

    pub const fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:012}", self.0)
    }
}

impl fmt::Debug for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a twelve-digit AWS account id")]
pub struct BadAccountId(String);

impl FromStr for AccountId {
    type Err = BadAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| text.parse().ok().and_then(Self::new))
            .flatten()
            .ok_or_else(|| BadAccountId(text.to_owned()))
    }
}

impl Serialize for AccountId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An access key id: `AKIA` long-term, `ASIA` temporary. It is a public name, not a secret.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct KeyId(Arc<str>);

impl<'de> Deserialize<'de> for KeyId {
    /// Only what has the shape of a key id, like [`KeyId::new`].
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::new(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is not an access key id")))
    }
}

impl KeyId {
    /// `None` unless the text has the shape of an access key id: `AKIA` or `ASIA` and sixteen capitals or digits.
    pub fn new(text: &str) -> Option<Self> {
        let shape = text.len() == 20
            && (text.starts_with("AKIA") || text.starts_with("ASIA"))
            && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        shape.then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_long_term(&self) -> bool {
        self.0.starts_with("AKIA")
    }

    /// The account that issued this key, which its id encodes since about 2019; see [`account_of`].
    pub fn account(&self) -> Option<AccountId> {
        account_of(&self.0)
    }

    /// `AKIA..RP6LN`: what fits in a column. The last five characters tell keys of one account apart.
    pub fn short(&self) -> String {
        format!("{}..{}", &self.0[..4], &self.0[15..])
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The account id that a unique id (`AKIA...`, `ASIA...`, `AROA...`, `AIDA...`) encodes: nine base-32 characters after
/// the prefix hold one set bit, forty bits of account and four more. Older ids (fifth character A to P) carry none.
///
/// Source: Tal Be'ery, "A short note on AWS KEY ID", and the same rule in TruffleHog.
pub fn account_of(unique_id: &str) -> Option<AccountId> {
    let encoded = unique_id.as_bytes().get(4..13)?;
    let mut bits: u64 = 0;
    for &byte in encoded {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u64::from(digit);
    }
    if bits >> 44 == 0 {
        return None;
    }
    AccountId::new((bits >> 4) & ((1 << 40) - 1))
}

/// An Amazon Resource Name: `arn:partition:service:region:account:resource`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Arn(Arc<str>);

impl Arn {
    /// `None` unless the text has the six parts.
    pub fn new(text: &str) -> Option<Self> {
        (text.starts_with("arn:") && text.splitn(6, ':').count() == 6).then(|| Self(text.into()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn part(&self, index: usize) -> &str {
        self.0.splitn(6, ':').nth(index).unwrap_or_default()
    }

    pub fn partition(&self) -> &str {
        self.part(1)
    }

    pub fn service(&self) -> &str {
        self.part(2)
    }

    pub fn region(&self) -> &str {
        self.part(3)
    }

    /// `None` where the ARN names no account (S3 buckets, AWS managed policies).
    pub fn account(&self) -> Option<AccountId> {
        self.part(4).parse().ok()
    }

    /// Everything after the account: `role/ci/deploy-prod`.
    pub fn resource(&self) -> &str {
        self.part(5)
    }

    /// The last part of the resource's path: `deploy-prod`.
    pub fn name(&self) -> &str {
        self.resource().rsplit('/').next().unwrap_or_default()
    }

    /// For `arn:aws:sts::A:assumed-role/Role/session`: the role's name and the session's.
    /// The role's path is not in it: CloudTrail drops it.
    pub fn assumed_role(&self) -> Option<(&str, &str)> {
        self.resource().strip_prefix("assumed-role/")?.split_once('/')
    }
}

impl fmt::Display for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Arn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_is_decoded_from_published_ids() {
        let cases = [
            ("ASIAQNZGKIQY56JQ7WML", Some("029608264753")),
            ("AROA3ISBVQKHLCPMWHJG5", Some("774305579662")),
            ("ASIAY24FZKAOLBRPB3V3", Some("607481581596")),
            ("AKIARZPUZDIKNSFRP6LN", Some("123456789012")),
            ("AKIAIOSFODNN7EXAMPLE", None),
            ("AROAIXNNZA45TGR7PBZQ2", None),
            ("AKIA0189", None),
        ];
        for (id, account) in cases {
            assert_eq!(account_of(id).map(|found| found.to_string()).as_deref(), account, "{id}");
        }
    }

    #[test]
    fn arns_come_apart() {
        let arn = Arn::new("arn:aws-cn:sts::111111111111:assumed-role/deploy/i-0ab").unwrap();
        assert_eq!(arn.partition(), "aws-cn");
        assert_eq!(arn.account().unwrap().to_string(), "111111111111");
        assert_eq!(arn.assumed_role(), Some(("deploy", "i-0ab")));
        assert!(Arn::new("arn:aws:iam").is_none());
        assert!(Arn::new("arn:aws:s3:::bucket").unwrap().account().is_none());
    }

    #[test]
    fn key_ids_have_one_shape() {
        assert!(KeyId::new("AKIARZPUZDIKNSFRP6LN").is_some());
        assert_eq!(KeyId::new("AKIARZPUZDIKNSFRP6LN").unwrap().short(), "AKIA..RP6LN");
        for wrong in ["AKIA", "AROA3ISBVQKHLCPMWHJG", "akiarzpuzdiknsfrp6ln", "AKIARZPUZDIKNSFRP6LNX"] {
            assert!(KeyId::new(wrong).is_none(), "{wrong}");
        }
    }
}
