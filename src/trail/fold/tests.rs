//! Trails in every order and cut into every kind of parts.

use proptest::prelude::*;

use super::*;
use crate::base::time::Timestamp;

const KEY: &str = "AKIARZPUZDIKNSFRP6LN";
const TEMPORARY: &str = "ASIARZPUZDIKAAAAAAA1";

/// A call as CloudTrail would write it.
fn call(id: u32, second: u32, name: &str, key: &str, error: bool) -> String {
    let at = Timestamp::from_seconds(1_795_000_000 + i64::from(second));
    let error = if error { r#","errorCode":"AccessDenied""# } else { "" };
    format!(
        r#"{{"eventTime":"{at}","eventSource":"sts.amazonaws.com","eventName":"{name}","awsRegion":"eu-west-1","eventID":"e-{id}","recipientAccountId":"111111111111","sourceIPAddress":"192.0.2.{}","userAgent":"aws-cli","userIdentity":{{"type":"IAMUser","userName":"u{id}","accessKeyId":"{key}"}}{error},"requestParameters":{{"roleArn":"arn:aws:iam::111111111111:role/r"}}}}"#,
        id % 3
    )
}

fn file(calls: &[String]) -> String {
    format!(r#"{{"Records":[{}]}}"#, calls.join(","))
}

fn folded(files: &[String]) -> Folded {
    let (mut fold, seen) = (Fold::default(), Seen::default());
    for (number, text) in files.iter().enumerate() {
        fold.read(text, &format!("file-{number}").into(), Place::default(), &seen);
    }
    fold.finish(&"trail".into())
}

#[test]
fn calls_that_matter_stay_and_the_others_are_tallied() {
    let calls = [
        call(1, 0, "AssumeRole", KEY, false),
        call(2, 3600, "ListBuckets", KEY, true),
        call(3, 10, "ListBuckets", TEMPORARY, false),
        call(4, 20, "DecodeAuthorizationMessage", "not a key", false),
    ];
    let found = folded(&[file(&calls)]);
    assert_eq!((found.records, found.duplicates, found.without_key), (4, 0, 1));
    let [event] = found.events.as_slice() else { panic!("{:?}", found.events) };
    assert_eq!((&*event.name, &*event.raw), ("AssumeRole", ""));
    assert_eq!(event.origin, Some(Origin { file: "file-0".into(), record: 0 }));
    assert_eq!(event.role.as_ref().map(crate::base::name::Arn::name), Some("r"));
    let [long, short] = found.activities.as_slice() else { panic!("{:?}", found.activities) };
    assert_eq!((long.key.as_str(), long.all.calls, long.all.denied), (KEY, 2, 1));
    assert_eq!(long.caller.user_name.as_deref(), Some("u1"));
    let values = |facet| {
        long.parts(facet).map(|(value, tally)| format!("{value} {}", tally.calls)).collect::<Vec<_>>()
    };
    assert_eq!(values(Facet::Call), ["sts:AssumeRole 1", "sts:ListBuckets 1"]);
    assert_eq!(values(Facet::Service), ["sts 2"]);
    assert_eq!(values(Facet::Error), ["AccessDenied 1"]);
    assert_eq!(values(Facet::Address), ["192.0.2.1 1", "192.0.2.2 1"]);
    assert_eq!(values(Facet::Hour), ["2026-11-18T11 1", "2026-11-18T12 1"]);
    assert_eq!(short.all.calls, 1);
    assert_eq!(found.windows.iter().map(|(_, tally)| tally.calls).collect::<Vec<_>>(), [4]);
}

#[test]
fn what_stands_there_twice_counts_once() {
    let calls = [call(1, 0, "AssumeRole", KEY, false), call(2, 1, "ListBuckets", KEY, false)];
    let once = folded(&[file(&calls)]);
    let twice = folded(&[file(&calls), file(&calls)]);
    assert_eq!(twice.duplicates, 2);
    assert_eq!(Folded { duplicates: 0, ..twice }, once);
}

#[test]
fn a_record_that_is_none_is_told_with_its_place() {
    let broken = call(2, 1, "ListBuckets", KEY, false).replace("eventTime", "time");
    let found = folded(&[file(&[call(1, 0, "AssumeRole", KEY, false), broken])]);
    let [refusal] = found.refused.as_slice() else { panic!("{:?}", found.refused) };
    assert_eq!((&*refusal.file, refusal.record, &*refusal.why), ("file-0", 1, "a record without eventTime"));
}

#[test]
fn a_call_that_matters_and_cannot_be_read_whole_is_told() {
    let odd = call(1, 0, "AssumeRole", KEY, false).replace(r#""userName":"u1""#, r#""userName":[1]"#);
    let found = folded(&[odd]);
    assert!(found.events.is_empty() && found.refused.len() == 1 && found.records == 1, "{found:?}");
}

#[test]
fn many_values_are_told_apart_like_few() {
    let calls: Vec<String> =
        (0..300).map(|id| call(id, (id % 50) * 3600, "ListBuckets", KEY, false)).collect();
    let found = folded(&[file(&calls)]);
    let hours: Vec<u64> = found.activities[0].parts(Facet::Hour).map(|(_, tally)| tally.calls).collect();
    assert_eq!(hours, vec![6; 50]);
}

/// What a trail keeps depends on who called and not on how much.
#[test]
fn ten_times_the_records_of_the_same_sessions_are_no_more_to_keep() {
    let calls = |count: u32| -> Vec<String> {
        (0..count)
            .map(|id| {
                call(id, id * 37 % 7200, "ListBuckets", if id % 2 == 0 { KEY } else { TEMPORARY }, false)
            })
            .collect()
    };
    let size = |found: &Folded| {
        found.events.len() + found.activities.iter().map(|activity| activity.parts.len()).sum::<usize>()
    };
    let (few, many) = (folded(&[file(&calls(2_000))]), folded(&[file(&calls(20_000))]));
    assert_eq!((few.records, many.records), (2_000, 20_000));
    assert!(size(&many) <= size(&few) + 2, "{} {}", size(&few), size(&many));
}

fn trails() -> impl Strategy<Value = Vec<Vec<String>>> {
    let names = ["AssumeRole", "ListBuckets", "GetSecretValue", "CreateUser"];
    // What has an id has one content: copies of a record are alike.
    let one = (0..40_u32).prop_map(move |id| {
        let key = if id % 3 == 0 { KEY } else { TEMPORARY };
        call(id, id * 211, names[id as usize % names.len()], key, id % 4 == 0)
    });
    proptest::collection::vec(proptest::collection::vec(one, 0..12), 0..6)
}

proptest! {
    #[test]
    fn folds_merge_in_any_order(parts in trails(), turn in 0..6_usize) {
        let files: Vec<(Arc<str>, String)> =
            parts.iter().enumerate().map(|(number, calls)| (format!("f{number}").into(), file(calls))).collect();
        let seen = Seen::default();
        let mut whole = Fold::default();
        for (name, text) in &files {
            whole.read(text, name, Place::default(), &seen);
        }
        let mut turned = files;
        let middle = turn.min(turned.len());
        turned.rotate_left(middle);
        let seen = Seen::default();
        let mut merged = Fold::default();
        for (name, text) in &turned {
            let mut part = Fold::default();
            plain::scan(text, Place::default(), &mut |number, found| part.take(number, found, name, Place::default(), &seen));
            merged.merge(part);
        }
        prop_assert_eq!(merged.finish(&"t".into()), whole.finish(&"t".into()));
    }

    /// Days are read apart and kept as text; together they are what one reading gives.
    #[test]
    fn parts_that_were_written_down_make_the_whole(parts in trails()) {
        let mut known = std::collections::HashMap::new();
        let files: Vec<(Arc<str>, String)> = parts
            .iter()
            .enumerate()
            .map(|(number, calls)| {
                let own = calls.iter().filter(|call| *known.entry((*call).clone()).or_insert(number) == number);
                (format!("f{number}").into(), file(&own.cloned().collect::<Vec<_>>()))
            })
            .collect();
        let (mut whole, mut together) = (Fold::default(), Fold::default());
        for (name, text) in &files {
            let mut part = Fold::default();
            for fold in [&mut whole, &mut part] {
                fold.read(text, name, Place::default(), &Seen::default());
            }
            let written = serde_json::to_string(&part.finish(&"t".into())).unwrap();
            together.take_in(serde_json::from_str(&written).unwrap());
        }
        prop_assert_eq!(together.finish(&"t".into()), whole.finish(&"t".into()));
    }
}
