//! The statements as text, and rows as engines give them. What the statements find is proven in `tests/it/sql.rs`, by an engine.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;

const WHEN: Window =
    Window { from: Timestamp::from_seconds(1_795_000_000), to: Timestamp::from_seconds(1_796_000_000) };

fn athena() -> Table {
    let word = |text| Word::new(text).unwrap();
    Table::Athena { database: word("security"), table: word("trail-logs"), shape: Shape::own() }
}

fn lake() -> Table {
    Table::Lake(Store::new("2a8f2138-0caa-46c8-a194-0123456789ab").unwrap())
}

#[test]
fn a_statement_reads_one_table_once_and_its_window() {
    for query in [Query::Calls, Query::Tallies] {
        let sql = query.sql(&athena(), WHEN);
        assert_eq!(sql.matches("FROM \"security\".\"trail-logs\"").count(), 1, "{sql}");
        assert!(sql.contains("\"timestamp\" BETWEEN '2026/11/18' AND '2026/12/01'"), "{sql}");
        let sql = query.sql(&lake(), WHEN);
        assert_eq!(sql.matches("FROM 2a8f2138-0caa-46c8-a194-0123456789ab").count(), 1, "{sql}");
        assert!(
            sql.contains("eventtime >= '2026-11-18 11:06:40' AND eventtime < '2026-11-30 00:53:21'"),
            "{sql}"
        );
    }
}

/// A session token is not in what is asked for, and `responseElements` is never asked for whole.
#[test]
fn no_token_can_travel() {
    for sql in [
        Query::Calls.sql(&athena(), WHEN),
        Query::Calls.sql(&lake(), WHEN),
        Query::Tallies.sql(&lake(), WHEN),
    ] {
        // The call by that name is asked for; what it gave is not.
        let others = sql.replace("'GetSessionToken'", "").to_lowercase();
        assert!(!others.contains("sessiontoken"), "{sql}");
        for (at, _) in sql.match_indices("responseelements") {
            let is_picked_from = sql[at + "responseelements".len()..].starts_with(", '");
            assert!(is_picked_from, "{}", &sql[at..]);
        }
    }
}

/// StartQuery of CloudTrail takes 10,000 characters, StartQueryExecution of Athena 262,144 bytes.
#[test]
fn statements_are_short_enough_to_be_sent() {
    for query in [Query::Calls, Query::Tallies] {
        let length = query.sql(&lake(), WHEN).len();
        assert!(length < 10_000, "{length}");
    }
}

#[test]
fn a_table_that_lacks_a_column_is_not_asked_for_it() {
    let Table::Athena { database, table, .. } = athena() else { unreachable!() };
    let sql = Query::Calls.sql(&Table::Athena { database, table, shape: Shape::default() }, WHEN);
    assert!(
        !sql.contains("identityprovider")
            && !sql.contains("sourceidentity")
            && !sql.contains("\"timestamp\""),
        "{sql}"
    );
}

fn row(cells: &[(&str, &str)]) -> Row {
    cells.iter().map(|(name, text)| (Arc::from(*name), (*text).to_owned())).collect()
}

#[test]
fn a_row_is_a_call() {
    let mut answer = Answer::default();
    let good = row(&[
        ("event_time", "2026-11-20T12:00:00Z"),
        ("event_source", "sts.amazonaws.com"),
        ("event_name", "AssumeRole"),
        ("region", "eu-west-1"),
        ("event_id", "e-1"),
        ("recipient", "111111111111"),
        ("kind", "AWSService"),
        ("role_resource", "arn:aws:iam::111111111111:role/r"),
        ("minted", "ASIARZPUZDIKAAAAAAA1"),
        (
            "tags",
            r#"[{"key":"kubernetes-namespace","value":"ci"},{"key":"kubernetes-service-account","value":"runner"}]"#,
        ),
    ]);
    answer.take(Query::Calls, &good);
    answer.take(Query::Calls, &row(&[("event_id", "e-2")]));
    let folded = answer.finish(&"table".into());
    let [event] = folded.events.as_slice() else { panic!("{folded:?}") };
    assert_eq!(event.role.as_ref().unwrap().name(), "r");
    assert_eq!(event.minted.as_ref().unwrap().as_str(), "ASIARZPUZDIKAAAAAAA1");
    assert_eq!(event.about.as_deref(), Some("system:serviceaccount:ci:runner"));
    let [refusal] = folded.refused.as_slice() else { panic!("{folded:?}") };
    assert_eq!((&*refusal.file, refusal.record), ("calls of table", 1));
}

#[test]
fn rows_are_an_activity_whatever_their_order() {
    let tally = |facet: &str, value: &str, caller: &str| {
        row(&[
            ("account", "111111111111"),
            ("key", "AKIARZPUZDIKNSFRP6LN"),
            ("facet", facet),
            ("value", value),
            ("calls", "3"),
            ("denied", "1"),
            ("first_time", "2026-11-20T12:00:00Z"),
            ("last_time", "2026-11-20T13:00:00Z"),
            ("caller", caller),
        ])
    };
    let caller = r#"["IAMUser",null,"arn:aws:iam::111111111111:user/ci",null,"AKIARZPUZDIKNSFRP6LN","ci",null,null,null,null,null]"#;
    let mut answer = Answer::default();
    for row in [
        tally("service", "sts", ""),
        tally("key", "", caller),
        tally("window", "eu-west-1", ""),
        tally("colour", "red", ""),
        tally("key", "", "[1]"),
        row(&[("facet", "window"), ("calls", "7")]),
    ] {
        answer.take(Query::Tallies, &row);
    }
    assert_eq!(answer.lacking(), 7);
    let folded = answer.finish(&"table".into());
    let [activity] = folded.activities.as_slice() else { panic!("{folded:?}") };
    assert_eq!((activity.all.calls, activity.all.denied), (3, 1));
    assert_eq!(activity.caller.user_name.as_deref(), Some("ci"));
    assert_eq!(activity.parts.len(), 1);
    assert_eq!((folded.records, folded.without_key, folded.windows.len()), (3, 0, 1));
    assert_eq!(folded.refused.iter().map(|one| one.record).collect::<Vec<_>>(), [3, 4]);
}

proptest! {
    /// Whatever an engine answers, nothing breaks, and what is refused is a row that was there.
    #[test]
    fn no_row_breaks_anything(
        rows in proptest::collection::vec(
            proptest::collection::vec((0..14_usize, "[a-z0-9:T.-]{0,24}|\\PC{0,12}|\\[\"x\",null\\]|111111111111|AKIARZPUZDIKNSFRP6LN"), 0..14),
            0..20,
        ),
        is_calls in any::<bool>(),
    ) {
        const NAMES: [&str; 14] = [
            "account", "key", "facet", "value", "calls", "denied", "first_time", "last_time", "caller",
            "event_time", "event_name", "event_source", "region", "tags",
        ];
        let query = if is_calls { Query::Calls } else { Query::Tallies };
        let mut answer = Answer::default();
        for row in &rows {
            answer.take(query, &row.iter().map(|(at, text)| (Arc::from(NAMES[*at]), text.clone())).collect());
        }
        let folded = answer.finish(&"table".into());
        prop_assert!(folded.refused.iter().all(|one| one.record as usize <= rows.len()));
        prop_assert_eq!(folded.activities.len(), folded.earliest.len());
        prop_assert!(!is_calls || folded.events.len() + folded.refused.len() <= rows.len());
    }
}
