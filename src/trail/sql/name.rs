//! Names that a person gave and that stand in a statement: checked, so that none can be more than a name.

use std::fmt;

/// Why a text is no name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadName {
    #[error("`{0}` is not a name of Athena: letters, digits, `_` and `-`, 255 at most")]
    Word(String),
    #[error("`{0}` is not an event data store: its ARN, or the id at the end of it")]
    Store(String),
    #[error(
        "`{0}` is not a folder of a trail: `s3://bucket/.../AWSLogs`, and behind that the organisation's id where the trail is an organisation's"
    )]
    Bucket(String),
    #[error("`{0}` is not a region")]
    Region(String),
}

/// The name of a database or table.
///
/// Source: Athena User Guide, "Name databases, tables, and columns": lower-case letters, digits and underscore; the Glue catalog takes
/// hyphens, and Athena folds capitals.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word(String);

impl Word {
    pub fn new(text: &str) -> Result<Self, BadName> {
        let is_name = (1..=255).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-');
        if is_name { Ok(Self(text.to_ascii_lowercase())) } else { Err(BadName::Word(shown(text))) }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The id of an event data store: what stands behind `FROM`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Store(String);

impl Store {
    /// From the id, or the ARN that ends in it.
    pub fn new(text: &str) -> Result<Self, BadName> {
        let id = match text.rsplit_once('/') {
            Some((arn, id)) if arn.starts_with("arn:") && arn.ends_with(":eventdatastore") => id,
            Some(_) => "",
            None => text,
        };
        let is_id = id.len() == 36
            && id.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            });
        if is_id { Ok(Self(id.to_ascii_lowercase())) } else { Err(BadName::Store(shown(text))) }
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As much of a wrong name as an error should hold.
pub(super) fn shown(text: &str) -> String {
    text.chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_name_and_nothing_more() {
        for good in ["default", "cloudtrail_logs_pp", "security-lake", "Trail2026"] {
            assert_eq!(Word::new(good).unwrap().to_string(), good.to_lowercase());
        }
        for bad in ["", "a.b", "a\"b", "a b", "a;--", "trail'", "é", &"x".repeat(256)] {
            assert!(Word::new(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_store_is_named_by_its_id_or_its_arn() {
        let id = "2a8f2138-0caa-46c8-a194-0123456789ab";
        assert_eq!(Store::new(id).unwrap().to_string(), id);
        let arn = format!("arn:aws:cloudtrail:eu-west-1:111111111111:eventdatastore/{id}");
        assert_eq!(Store::new(&arn).unwrap().to_string(), id);
        for bad in
            ["", "store", "2a8f2138-0caa-46c8-a194-0123456789a' OR 1", &format!("x/{id}"), &format!("{id} ")]
        {
            assert!(Store::new(bad).is_err(), "{bad}");
        }
    }
}
