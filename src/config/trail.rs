//! `[aws.trail]`: where an account's CloudTrail log is kept, read with the account's own credentials.

use super::{
    error::ConfigError,
    sections::is_region,
    table::{Field, Table},
};

/// Where a trail is kept, and how much of it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailSource {
    pub store: TrailStore,
    /// Days to read, back from now.
    pub days: i64,
    /// Where the bucket, the table or the event data store is, if not in the account's first region.
    pub region: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrailStore {
    /// Whichever buckets DescribeTrails names.
    Discover,
    /// `s3://bucket/prefix`; the prefix is what stands before `AWSLogs`, or any folder below. Without slashes at its ends.
    S3 { bucket: String, prefix: String },
    /// A table of CloudTrail's logs, as CloudTrail's console makes it, or by the statement that `keytrail ddl` prints.
    Athena { database: String, table: String, workgroup: Option<String>, output: Option<String> },
    /// An event data store of CloudTrail Lake: the identifier, which is the end of its ARN.
    Lake { store: String },
}

impl TrailSource {
    /// Ten years: as long as an event data store keeps events at most.
    const MOST_DAYS: i64 = 3653;
}

/// `event_days` is what the account reads where this says nothing else.
pub(super) fn trail(field: &Field<'_>, event_days: i64) -> Result<TrailSource, ConfigError> {
    let section = field.table("a section [aws.trail]")?;
    section.only(&["s3", "athena", "lake", "days", "region", "workgroup", "output"])?;
    let stores: Vec<Field<'_>> = ["s3", "athena", "lake"].iter().filter_map(|key| section.get(key)).collect();
    let [store] = stores.as_slice() else {
        let one = "expected exactly one of `s3`, `athena` or `lake`";
        return Err(stores.get(1).map_or_else(|| section.wrong(one), |second| second.wrong(one)));
    };
    let store = if section.get("athena").is_some() {
        athena(store, &section)?
    } else {
        if let Some(field) = section.get("workgroup").or_else(|| section.get("output")) {
            return Err(field.wrong("of use with `athena` only"));
        }
        if section.get("s3").is_some() { bucket(store)? } else { lake(store)? }
    };
    let days = section.get("days").map(|field| field.whole(1, TrailSource::MOST_DAYS)).transpose()?;
    let region = match section.get("region") {
        Some(field) => Some(
            Some(field.text()?)
                .filter(|name| is_region(name))
                .ok_or_else(|| field.wrong("expected a region like eu-central-1"))?,
        ),
        None => None,
    };
    Ok(TrailSource { store, days: days.unwrap_or(event_days), region })
}

fn bucket(field: &Field<'_>) -> Result<TrailStore, ConfigError> {
    let text = field.text()?;
    if text == "discover" {
        return Ok(TrailStore::Discover);
    }
    let wrong = || field.wrong("expected \"discover\", or a bucket as in \"s3://bucket/prefix\"");
    let (bucket, prefix) = place(&text).ok_or_else(wrong)?;
    Ok(TrailStore::S3 { bucket, prefix })
}

/// Bucket and prefix of `s3://bucket/prefix`.
///
/// Source: the S3 User Guide, "General purpose bucket naming rules".
fn place(text: &str) -> Option<(String, String)> {
    let rest = text.strip_prefix("s3://")?;
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
    let is_bucket = (3..=63).contains(&bucket.len()) && bucket.bytes().all(letters);
    let is_prefix = prefix.len() <= 1024 && !prefix.chars().any(char::is_control);
    (is_bucket && is_prefix).then(|| (bucket.to_owned(), prefix.trim_matches('/').to_owned()))
}

fn athena(field: &Field<'_>, section: &Table<'_>) -> Result<TrailStore, ConfigError> {
    let text = field.text()?;
    let names = text.split_once('.').filter(|(database, table)| is_name(database) && is_name(table));
    let (database, table) = names.ok_or_else(|| {
        field.wrong("expected \"database.table\" of lower case letters, digits and underscores")
    })?;
    if let Some(output) = section.get("output")
        && place(&output.text()?).is_none()
    {
        return Err(output.wrong("expected a bucket as in \"s3://bucket/prefix\""));
    }
    Ok(TrailStore::Athena {
        database: database.to_owned(),
        table: table.to_owned(),
        workgroup: section.text("workgroup")?,
        output: section.text("output")?,
    })
}

/// Is this the name of a database or table that needs no quoting?
///
/// Source: the Athena User Guide, "Name databases, tables, and columns".
fn is_name(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=255).contains(&text.len()) && text.bytes().all(letters)
}

fn lake(field: &Field<'_>) -> Result<TrailStore, ConfigError> {
    let text = field.text()?;
    let store = text.rsplit('/').next().unwrap_or_default();
    let is_id = store.len() == 36 && store.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    if !is_id {
        return Err(field.wrong("expected the ARN or the identifier of an event data store"));
    }
    Ok(TrailStore::Lake { store: store.to_ascii_lowercase() })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::config::{Config, sections};

    fn read(text: &str) -> Result<Config, ConfigError> {
        sections::read(
            Path::new("k.toml"),
            &format!("[[aws]]\nevent_days = 30\n[aws.trail]\n{text}"),
            &|_| None,
        )
    }

    fn store(text: &str) -> TrailSource {
        read(text).unwrap().aws[0].trail.clone().unwrap()
    }

    #[test]
    fn a_trail_is_kept_in_one_of_four_places() {
        assert_eq!(
            store("s3 = 's3://acme-logs/org/eu/'\nregion = 'eu-west-1'"),
            TrailSource {
                store: TrailStore::S3 { bucket: "acme-logs".into(), prefix: "org/eu".into() },
                days: 30,
                region: Some("eu-west-1".into())
            }
        );
        assert_eq!(store("s3 = 'discover'\ndays = 400").days, 400);
        assert_eq!(store("s3 = 'discover'").store, TrailStore::Discover);
        let athena = store("athena = 'logs.cloudtrail'\nworkgroup = 'audit'\noutput = 's3://out/x'").store;
        let expected = TrailStore::Athena {
            database: "logs".into(),
            table: "cloudtrail".into(),
            workgroup: Some("audit".into()),
            output: Some("s3://out/x".into()),
        };
        assert_eq!(athena, expected);
        let id = "EXAMPLE0-ee54-4813-92d5-999aeEXAMPLE".replace("EXAMPLE", "0123456");
        let arn = format!("lake = 'arn:aws:cloudtrail:us-east-1:111111111111:eventdatastore/{id}'");
        assert_eq!(store(&arn).store, TrailStore::Lake { store: id.to_lowercase() });
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, told) in [
            ("", "k.toml:3:1: aws.trail: expected exactly one of `s3`, `athena` or `lake`"),
            (
                "s3 = 'discover'\nlake = 'x'",
                "k.toml:5:8: aws.trail.lake: expected exactly one of `s3`, `athena` or `lake`",
            ),
            (
                "s3 = 'acme-logs'",
                "k.toml:4:6: aws.trail.s3: expected \"discover\", or a bucket as in \"s3://bucket/prefix\"",
            ),
            (
                "s3 = 's3://Acme Logs'",
                "k.toml:4:6: aws.trail.s3: expected \"discover\", or a bucket as in \"s3://bucket/prefix\"",
            ),
            (
                "athena = 'logs; DROP TABLE x'",
                "k.toml:4:10: aws.trail.athena: expected \"database.table\" of lower case letters, digits and underscores",
            ),
            (
                "lake = 'nothing'",
                "k.toml:4:8: aws.trail.lake: expected the ARN or the identifier of an event data store",
            ),
            (
                "s3 = 'discover'\nworkgroup = 'x'",
                "k.toml:5:13: aws.trail.workgroup: of use with `athena` only",
            ),
            (
                "s3 = 'discover'\ndays = 0",
                "k.toml:5:8: aws.trail.days: expected a whole number from 1 to 3653",
            ),
            (
                "s3 = 'discover'\nregion = 'moon'",
                "k.toml:5:10: aws.trail.region: expected a region like eu-central-1",
            ),
        ] {
            let error = read(text).map(drop).unwrap_err().to_string();
            assert!(error.starts_with(told), "{text}\n{error}\n{told}");
        }
    }
}
