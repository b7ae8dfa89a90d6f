//! Folders as trails leave them, and as they are after something went wrong.

use std::io::Write;

use flate2::{Compression, write::GzEncoder};

use super::{super::find, *};

const KEY: &str = "AKIARZPUZDIKNSFRP6LN";

fn call(id: &str, name: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-11-20T12:00:00Z","eventSource":"sts.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","eventID":"{id}","recipientAccountId":"111111111111","userIdentity":{{"accessKeyId":"{KEY}"}},"responseElements":{{"credentials":{{"sessionToken":"IQoJsecret"}}}}}}"#
    )
}

fn packed(calls: &[String]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(format!(r#"{{"Records":[{}]}}"#, calls.join(",")).as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// A folder of files: paths and contents.
fn folder(files: &[(&str, Vec<u8>)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = root.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    root
}

fn reading(root: &Path, threads: usize) -> Reading {
    let found = find(&[root.to_owned()]);
    read(&found.files, &"logs".into(), threads, &Progress::default(), &|| false)
}

fn day(account: &str, name: &str) -> String {
    format!("{account}_CloudTrail_eu-west-1_20261120T{name}.json.gz")
}

#[test]
fn any_number_of_threads_reads_the_same() {
    let files: Vec<(String, Vec<u8>)> = (0..40)
        .map(|number| {
            let calls: Vec<String> = (0..20)
                .map(|call| {
                    self::call(&format!("{}-{call}", number % 30), ["AssumeRole", "GetObject"][call % 2])
                })
                .collect();
            (day("111111111111", &format!("00{number:02}Z_x")), packed(&calls))
        })
        .collect();
    let files: Vec<(&str, Vec<u8>)> =
        files.iter().map(|(name, content)| (name.as_str(), content.clone())).collect();
    let root = folder(&files);
    let one = reading(root.path(), 1);
    assert_eq!((one.folded.records, one.folded.duplicates, one.folded.events.len()), (600, 200, 300));
    assert!(one.is_whole && one.lacks.is_empty());
    for _ in 0..5 {
        assert_eq!(reading(root.path(), 4).folded, one.folded);
    }
}

#[test]
fn an_accounts_trail_and_the_organisations_hold_each_call_once() {
    let calls = [call("a", "AssumeRole")];
    let (own, org) = (day("111111111111", "0000Z_own"), day("111111111111", "0005Z_org"));
    let root = folder(&[
        (&format!("own/AWSLogs/111111111111/CloudTrail/{own}"), packed(&calls)),
        (&format!("org/AWSLogs/o-1/111111111111/CloudTrail/{org}"), packed(&calls)),
    ]);
    let found = reading(root.path(), 2).folded;
    assert_eq!((found.records, found.duplicates, found.events.len()), (1, 1, 1));
}

#[test]
fn a_broken_file_is_named_and_the_rest_is_read() {
    let whole = packed(&[call("a", "AssumeRole"), call("b", "GetObject")]);
    let many: Vec<String> = (0..4_000).map(|number| call(&format!("m{number}"), "GetObject")).collect();
    let long = packed(&many);
    let root = folder(&[
        ("a/whole.json.gz", whole),
        ("b/cut.json.gz", long[..long.len() / 2].to_vec()),
        ("c/wide.json", b"\xff\xfe{\0}\0".to_vec()),
        ("d/empty.json.gz", Vec::new()),
    ]);
    let found = reading(root.path(), 2);
    assert!(found.folded.records > 1_000, "{}", found.folded.records);
    let lacks: Vec<(&str, &str)> =
        found.lacks.iter().map(|lack| (lack.file.rsplit('/').next().unwrap(), lack.why.as_str())).collect();
    assert_eq!(
        lacks,
        [
            ("cut.json.gz", "the file ends in the middle: what was packed before its end was read"),
            ("wide.json", "the file is UTF-16: save it as UTF-8"),
        ]
    );
    // The record in which the text ended.
    assert_eq!(found.folded.refused.len(), 1);
}

#[test]
fn a_record_is_read_again_without_its_secrets() {
    let root = folder(&[("x.json.gz", packed(&[call("a", "GetObject"), call("b", "AssumeRole")]))]);
    let event = reading(root.path(), 1).folded.events.remove(0);
    let text = record(event.origin.as_ref().unwrap()).unwrap();
    assert!(
        text.contains(r#""eventID":"b""#) && text.contains("(removed)") && !text.contains("IQoJ"),
        "{text}"
    );
    let gone = Origin { record: 7, ..event.origin.unwrap() };
    assert!(record(&gone).unwrap_err().contains("has changed"));
}

#[test]
fn a_stopped_reading_says_that_it_is_not_whole() {
    let root = folder(&[("x.json.gz", packed(&[call("a", "GetObject")]))]);
    let found = find(&[root.path().to_owned()]);
    let reading = read(&found.files, &"logs".into(), 1, &Progress::default(), &|| true);
    assert!(!reading.is_whole && reading.folded.records == 0);
}
