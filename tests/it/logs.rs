//! A small trail as CloudTrail delivers it, written into a folder: an organisation's accounts and regions, a few days, some odd files.

use std::{fs, io::Write, path::Path};

use flate2::{Compression, write::GzEncoder};
use keytrail::base::time::Timestamp;
use serde_json::{Value, json};

/// Accounts, regions and days; each day has [`FILES`] files of [`RECORDS`] records.
const ACCOUNTS: [&str; 2] = ["111111111111", "222222222222"];
const REGIONS: [&str; 2] = ["eu-west-1", "us-east-1"];
const DAYS: usize = 3;
const FILES: usize = 3;
const RECORDS: usize = 40;

fn seconds(number: usize) -> i64 {
    i64::try_from(number).expect("a small number")
}

/// Whole log files that are written.
pub(crate) const ALL: usize = ACCOUNTS.len() * REGIONS.len() * DAYS * FILES;

/// Writes the trail of the days before `now` below `root`; `AWSLogs` is its first folder. A digest and another service's logs lie beside
/// it, which are no log files of calls.
pub(crate) fn write(root: &Path, now: Timestamp) {
    for account in ACCOUNTS {
        for region in REGIONS {
            for day in 1..=seconds(DAYS) {
                for file in 0..FILES {
                    let begin = now.minus(day * 86_400).plus(seconds(file) * 3600);
                    let (path, records) = one(account, region, begin, file);
                    put(&root.join(path), &packed(&json!({ "Records": records }).to_string()));
                }
            }
        }
    }
    let beside = root.join("AWSLogs/o-abcde12345/111111111111");
    put(&beside.join("CloudTrail-Digest/eu-west-1/2026/11/20/digest.json.gz"), b"no log");
    put(&beside.join("Config/eu-west-1/2026/11/20/history.json.gz"), b"no log");
}

fn put(path: &Path, content: &[u8]) {
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(path, content).expect("a file");
}

pub(crate) fn packed(text: &str) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).expect("memory is there");
    packer.finish().expect("memory is there")
}

/// One file: its path and its records.
fn one(account: &str, region: &str, begin: Timestamp, file: usize) -> (String, Vec<Value>) {
    let stamp = begin.to_string();
    let (date, time) = stamp.split_once('T').expect("a time");
    let (day, minute) = (date.replace('-', "/"), time[..5].replace(':', ""));
    let name =
        format!("{account}_CloudTrail_{region}_{}T{minute}Z_file{file}.json.gz", date.replace('-', ""));
    let path = format!("AWSLogs/o-abcde12345/{account}/CloudTrail/{region}/{day}/{name}");
    (
        path,
        (0..RECORDS)
            .map(|number| record(account, region, begin.plus(seconds(number) * 60), number))
            .collect(),
    )
}

/// One call in four asks for a role; one in ten is refused; one in twenty stands there twice.
fn record(account: &str, region: &str, at: Timestamp, number: usize) -> Value {
    let number = number - usize::from(number % 20 == 19);
    let id = format!("{account}-{region}-{}-{number}", at.minus(at.seconds() % 3600));
    let letter = |number: usize| char::from(b'A' + u8::try_from(number % 26).expect("below 26"));
    let user = number % 3;
    let key = format!(
        "AKIARZPUZDIKAAAAAA{}{}",
        letter(account.len() + user),
        if account.starts_with('1') { 'A' } else { 'B' }
    );
    let minted = format!(
        "ASIARZPUZDIK{}{}{}AAAAA",
        letter(number),
        letter(usize::try_from(at.seconds() / 3600 % 24).expect("an hour")),
        letter(region.len())
    );
    let caller = if number % 5 == 4 {
        json!({ "type": "AssumedRole", "principalId": format!("AROAEXAMPLE:s{number}"), "accountId": account, "accessKeyId": minted,
            "arn": format!("arn:aws:sts::{account}:assumed-role/deploy/s{number}"),
            "sessionContext": { "sessionIssuer": { "type": "Role", "arn": format!("arn:aws:iam::{account}:role/ci/deploy") },
                "attributes": { "creationDate": at.to_string(), "mfaAuthenticated": "false" } } })
    } else {
        json!({ "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": account, "accessKeyId": key,
            "arn": format!("arn:aws:iam::{account}:user/ci-{user}"), "userName": format!("ci-{user}") })
    };
    let mut record = json!({
        "eventVersion": "1.11", "userIdentity": caller, "eventTime": at.to_string(), "awsRegion": region,
        "sourceIPAddress": format!("192.0.2.{}", number % 7), "userAgent": "aws-cli/2.31 \"quoted\" {braces}",
        "eventID": id, "recipientAccountId": account, "eventType": "AwsApiCall",
    });
    let call = if number.is_multiple_of(4) {
        json!({ "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
            "requestParameters": { "roleArn": format!("arn:aws:iam::{account}:role/ci/deploy"), "roleSessionName": format!("s{number}") },
            "responseElements": { "credentials": { "accessKeyId": minted, "sessionToken": "IQoJ-a-token-that-nobody-may-keep",
                "expiration": "Nov 20, 2026, 3:46:56 PM" },
                "assumedRoleUser": { "arn": format!("arn:aws:sts::{account}:assumed-role/deploy/s{number}"), "assumedRoleId": format!("AROAEXAMPLE:s{number}") } } })
    } else {
        json!({ "eventSource": "s3.amazonaws.com", "eventName": "ListBuckets", "requestParameters": null, "responseElements": null })
    };
    let refused = json!({ "errorCode": "AccessDenied", "errorMessage": "not today" });
    for more in [Some(call), (number % 10 == 3).then_some(refused)].into_iter().flatten() {
        let fields = more.as_object().expect("an object").clone();
        record.as_object_mut().expect("an object").extend(fields);
    }
    record
}
