//! Where in a bucket the files of a time lie. CloudTrail's keys are in the order of account, region and day, so each account's region is one
//! list that begins at the first day wanted.
//!
//! Source: the CloudTrail User Guide, "Finding your CloudTrail log files":
//! `prefix/AWSLogs/o-organisation/account/CloudTrail/region/YYYY/MM/DD/file`.

use super::is_account;
use crate::base::time::Timestamp;

/// What a folder of the bucket is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folder {
    /// `AWSLogs`, an organisation, an account: there are more below.
    Way,
    /// `CloudTrail`: below it are regions.
    Regions,
    /// Digests, Insights, and whatever else AWS files beside the logs.
    Other,
    /// One that CloudTrail does not make: somebody's own order, looked through whole.
    Unknown,
}

pub(super) fn folder(prefix: &str) -> Folder {
    let name = last(prefix);
    match name {
        "AWSLogs" => Folder::Way,
        "CloudTrail" => Folder::Regions,
        _ if is_account(name) || name.starts_with("o-") => Folder::Way,
        _ if name.starts_with("CloudTrail-") || is_of_another_service(prefix) => Folder::Other,
        _ => Folder::Unknown,
    }
}

/// Beside `CloudTrail` below an account other services file theirs: `Config`, `elasticloadbalancing`, `vpcflowlogs`.
fn is_of_another_service(prefix: &str) -> bool {
    let mut names = prefix.trim_end_matches('/').rsplit('/').skip(1);
    names.next().is_some_and(is_account) && prefix.contains("AWSLogs/")
}

/// `eu-west-1` of `.../CloudTrail/eu-west-1/`.
fn last(prefix: &str) -> &str {
    prefix.trim_end_matches('/').rsplit('/').next().unwrap_or_default()
}

/// The key after which a region's files of this day and later come.
///
/// A file's day is that of its delivery, which is never before that of its events.
pub(super) fn before_day(region_prefix: &str, from: Timestamp) -> String {
    let day = day(from);
    format!("{region_prefix}{}/{}/{}/", &day[..4], &day[4..6], &day[6..])
}

/// `20261120`, UTC.
pub(super) fn day(at: Timestamp) -> String {
    at.to_string().chars().filter(char::is_ascii_digit).take(8).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_known_by_their_names() {
        for (prefix, is) in [
            ("AWSLogs/", Folder::Way),
            ("x/AWSLogs/o-abc1234567/", Folder::Way),
            ("AWSLogs/111111111111/", Folder::Way),
            ("AWSLogs/111111111111/CloudTrail/", Folder::Regions),
            ("AWSLogs/111111111111/CloudTrail-Digest/", Folder::Other),
            ("AWSLogs/o-abc1234567/111111111111/CloudTrail-Insight/", Folder::Other),
            ("AWSLogs/111111111111/Config/", Folder::Other),
            ("exports/", Folder::Unknown),
            ("11111/", Folder::Unknown),
        ] {
            assert_eq!(folder(prefix), is, "{prefix}");
        }
    }

    #[test]
    fn a_list_begins_at_the_first_day() {
        let from: Timestamp = "2026-11-07T12:00:00Z".parse().unwrap();
        let after = before_day("AWSLogs/1/CloudTrail/eu-west-1/", from);
        assert_eq!(after, "AWSLogs/1/CloudTrail/eu-west-1/2026/11/07/");
        let keys = |day: &str| format!("AWSLogs/1/CloudTrail/eu-west-1/2026/{day}/a.json.gz");
        assert!(keys("11/06") < after && keys("11/07") > after && keys("12/01") > after);
    }
}
