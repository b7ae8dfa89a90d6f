//! Texts of every kind, and the slow way as the judge.

use std::{fs, path::Path};

use proptest::prelude::*;

use super::{super::plain, *};

type Scanner = for<'a> fn(&'a str, Place<'a>, &mut dyn FnMut(u32, Result<Sighted<'_>, BadRecord>));

/// What a scan tells, in words. Where a broken record breaks is told in different places, and means the same.
fn told(scanner: Scanner, text: &str) -> Vec<String> {
    let mut all = Vec::new();
    scanner(text, Place::default(), &mut |number, found| {
        all.push(match found {
            Ok(record) => format!("{number} {record:?}"),
            Err(BadRecord::Shape { .. } | BadRecord::CutOff) => format!("{number} broken"),
            Err(why) => format!("{number} {why}"),
        });
    });
    all
}

#[track_caller]
fn same(text: &str) -> Vec<String> {
    let fast = told(scan, text);
    assert_eq!(fast, told(plain::scan, text), "{text}");
    fast
}

/// Ids of the records, or `broken`.
fn ids(text: &str) -> Vec<String> {
    same(text);
    let mut ids = Vec::new();
    scan(text, Place::default(), &mut |_, found| {
        ids.push(found.map_or_else(
            |why| if why == BadRecord::CutOff { "cut" } else { "broken" }.to_owned(),
            |record| record.event_id.into(),
        ));
    });
    ids
}

fn record(id: &str, more: &str) -> String {
    format!(
        r#"{{"eventTime":"2026-11-20T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","awsRegion":"eu-west-1","eventID":"{id}","recipientAccountId":"111111111111"{more}}}"#
    )
}

#[test]
fn records_are_found_in_every_wrapping() {
    let (a, b) = (record("a", ""), record("b", ""));
    let packed = serde_json::to_string(&b).unwrap();
    for text in [
        format!(r#"{{"Records":[{a},{b}]}}"#),
        format!("{{\"Records\" : [\r\n  {a} ,\r\n  {b}\r\n] }}\r\n"),
        format!("{a}\n{b}\n"),
        format!("{a}{b}"),
        format!("[{a},{b}]"),
        format!(
            r#"{{"_file":"x","record":{a}}}{{"detail-type":"AWS API Call via CloudTrail","detail":{b}}}"#
        ),
        format!(
            r#"{{"Events":[{{"EventId":"b","CloudTrailEvent":{packed},"Resources":[]}}],"NextToken":"x"}}{a}"#
        ),
        format!(r#"{{"Records":[{a}]}}{{"Records":[{b}]}}"#),
    ] {
        let mut found = ids(&text);
        found.sort();
        assert_eq!(found, ["a", "b"], "{text}");
    }
    assert!(ids("").is_empty() && ids(" \n").is_empty() && ids(r#"{"Records":[]}"#).is_empty());
}

#[test]
fn what_is_broken_costs_no_neighbour() {
    let (a, b) = (record("a", ""), record("b", ""));
    let broken = record("x", r#","requestParameters":{"n":01}"#);
    for (text, wanted) in [
        (format!(r#"{{"Records":[{a},{broken},{b}]}}"#), vec!["a", "broken", "b"]),
        (format!(r#"{{"Records":[{a},7,{b}]}}"#), vec!["a", "broken", "b"]),
        (format!("{a}\n{broken}\n{b}"), vec!["a", "broken", "b"]),
        (format!(r#"{{"Records":[{a},{}"#, &b[..60]), vec!["a", "cut"]),
        (format!("{{\"Records\":[\n{a},\n{}", &b[..60]), vec!["a", "cut"]),
        (format!("{}\n{b}", &a[..60]), vec!["broken", "b"]),
        (format!(r#"{{"Records":[{a}"#), vec!["a", "cut"]),
        ("nonsense".to_owned(), vec!["broken"]),
    ] {
        assert_eq!(ids(&text), wanted, "{text}");
    }
}

#[test]
fn a_field_counts_once_and_must_be_a_text() {
    for more in [
        r#","eventID":"twice""#,
        r#","userIdentity":[1]"#,
        r#","userIdentity":{"accessKeyId":7}"#,
        r#","userIdentity":{"accountId":"1","accountId":"2"}"#,
        r#","userAgent":{}"#,
        r#","userAgent":"\ud800""#,
    ] {
        assert_eq!(ids(&record("a", more)), ["broken"], "{more}");
    }
    for more in [
        r#","userIdentity":null"#,
        r#","userAgent":null"#,
        r#","event\u004eame2":1"#,
        r#","userIdentity":{"x":[{}]}"#,
    ] {
        assert_eq!(ids(&record("a", more)), ["a"], "{more}");
    }
    assert_eq!(same(r#"{"eventTime":"2026-11-20T12:00:00Z"}"#), ["0 a record without recipientAccountId"]);
}

#[test]
fn braces_and_quotes_in_strings_are_only_letters() {
    let odd = record("a", r#","userAgent":"}]}\",\"eventID\":\"b\\","x":{"}":"{[","y":"\\"}"#);
    assert_eq!(ids(&format!(r#"{{"Records":[{odd},{}]}}"#, record("b", ""))), ["a", "b"]);
}

#[test]
fn a_record_of_five_megabytes_is_a_record() {
    let long = "x{\\\"".repeat(1_250_000);
    assert_eq!(ids(&record("a", &format!(r#","requestParameters":{{"policy":"{long}"}}"#))), ["a"]);
}

#[test]
fn published_records_are_found_by_both_ways() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cloudtrail");
    let Ok(files) = fs::read_dir(&folder) else {
        println!("skipped: no published records here");
        return;
    };
    let (mut read, mut broken) = (0, Vec::new());
    for file in files.map(|file| file.unwrap().path()) {
        for line in same(&fs::read_to_string(&file).unwrap()) {
            if line.contains("Sighted") { read += 1 } else { broken.push(line) }
        }
    }
    println!("{read} records found, not read: {broken:?}");
    assert!(read == 655 && broken.is_empty(), "{read} {broken:?}");
}

fn pieces() -> impl Strategy<Value = String> {
    let words = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        " ",
        "null",
        "7",
        "\"Records\":[",
        "\"Events\":[",
        "\"record\":",
        "\"detail\":{",
        "\"CloudTrailEvent\":",
        "\"{}\"",
        "\"\\\"\"",
        "\"eventID\":\"e\"",
        "\"eventTime\":\"2026-11-20T12:00:00Z\"",
        "\"userIdentity\":{",
        "\"accessKeyId\":\"k\"",
        "\\ud800",
        "é",
        "{\"Records\":[{",
        "}]}",
        "},{",
        "\n{",
        "\n[",
    ];
    let whole = record("w", r#","userIdentity":{"accessKeyId":"AKIARZPUZDIKNSFRP6LN"}"#);
    let words: Vec<String> = words.into_iter().map(str::to_owned).chain([whole.clone(), whole]).collect();
    proptest::collection::vec(proptest::sample::select(words), 0..24).prop_map(|words| words.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn both_ways_find_the_same(text in pieces()) {
        prop_assert_eq!(told(scan, &text), told(plain::scan, &text));
    }

    #[test]
    fn a_cut_anywhere_is_the_same_cut(at in 0..900_usize) {
        let text = format!(r#"{{"Records":[{},{}]}}"#, record("a", r#","userAgent":"\"é""#), record("b", r#","userIdentity":{"accessKeyId":"k"}"#));
        let cut = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        prop_assert_eq!(told(scan, &text[..cut]), told(plain::scan, &text[..cut]));
    }
}
