//! What the name of a log file tells: whose day it holds.

use crate::base::name::AccountId;

/// Whose records a file holds, and of which day, as its name says.
///
/// Source: the CloudTrail User Guide, "CloudTrail log file name format":
/// `AccountID_CloudTrail_RegionName_YYYYMMDDTHHmmZ_UniqueString.FileNameFormat`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source) struct Stamp {
    pub(in crate::source) account: AccountId,
    pub(in crate::source) region: String,
    /// `20261120`.
    pub(in crate::source) day: String,
}

pub(in crate::source) fn stamp(name: &str) -> Option<Stamp> {
    let mut parts = name.split('_');
    let account = parts.next().filter(|part| part.len() == 12)?.parse().ok()?;
    let (kind, region, time) = (parts.next()?, parts.next()?, parts.next()?);
    let day = time.split_once('T')?.0;
    let is_day = day.len() == 8 && day.bytes().all(|byte| byte.is_ascii_digit());
    (kind == "CloudTrail" && is_day).then(|| Stamp {
        account,
        region: region.to_owned(),
        day: day.to_owned(),
    })
}

/// Why a file is passed over, if it is no log of calls.
pub(in crate::source) fn is_other(path: &str) -> bool {
    // Digests prove that logs were not changed, Insights are statistics; both lie beside the logs.
    path.split(['/', '_'])
        .any(|part| matches!(part, "CloudTrail-Digest" | "CloudTrail-Insight" | "CloudTrail-Aggregated"))
}

/// Is this the name of a log, packed or not?
pub(in crate::source) fn is_log(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    [".json", ".jsonl", ".ndjson", ".jsonlines"].iter().any(|ending| bare.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_account_region_and_day() {
        let found =
            stamp("111122223333_CloudTrail_us-east-2_20150801T0210Z_Mu0KsOhtH1ar15ZZ.json.gz").unwrap();
        assert_eq!(
            (found.account.to_string().as_str(), &*found.region, &*found.day),
            ("111122223333", "us-east-2", "20150801")
        );
        for other in [
            "events.json.gz",
            "111122223333_CloudTrail-Digest_us-east-2_x_20150801T0210Z.json.gz",
            "1_CloudTrail_r_20150801T0210Z_x.json",
        ] {
            assert_eq!(stamp(other), None, "{other}");
        }
    }

    #[test]
    fn digests_and_insights_are_no_logs() {
        assert!(is_other("AWSLogs/1/CloudTrail-Digest/us-east-1/2026/x.json.gz"));
        assert!(is_other("AWSLogs/1/CloudTrail-Insight/us-east-1/2026/x.json.gz"));
        assert!(!is_other("AWSLogs/o-1/1/CloudTrail/us-east-1/2026/x.json.gz"));
        assert!(
            is_log("a.JSON.GZ")
                && is_log("a.jsonl")
                && is_log("a.json")
                && !is_log("a.gz")
                && !is_log("a.txt")
        );
    }
}
