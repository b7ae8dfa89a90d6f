//! The statements for Athena and CloudTrail Lake, run by an engine that nobody here wrote: their rows are what the program makes of the same
//! records itself, and a statement that is slightly wrong gives others.

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Stdio},
    sync::Arc,
};

use keytrail::{
    base::time::Timestamp,
    trail::{
        Fold, Folded, Place,
        seen::Seen,
        sql::{Answer, Days, Query, Row, Shape, Store, Table, Window, Word},
    },
};
use serde::{Deserialize, Serialize};

use self::records::{BEGIN, Made, TOKEN, records};
use crate::python::{python, script};

mod records;

const STORE: &str = "2a8f2138-0caa-46c8-a194-0123456789ab";
const QUERIES: [Query; 2] = [Query::Calls, Query::Tallies];

#[derive(Serialize)]
struct Job {
    kind: &'static str,
    table: Vec<String>,
    records: Vec<String>,
    queries: Vec<String>,
}

/// Of every query its rows.
type Answers = Vec<Vec<Cells>>;

#[derive(Deserialize)]
struct Cells(std::collections::BTreeMap<String, Option<String>>);

fn table(kind: &'static str, days: Option<Days>) -> Table {
    let word = |text| Word::new(text).expect("a name");
    match kind {
        "lake" => Table::Lake(Store::new(STORE).expect("an id")),
        _ => Table::Athena {
            database: word("security"),
            table: word("trail-logs"),
            shape: Shape { days, ..Shape::own() },
        },
    }
}

fn job(kind: &'static str, records: Vec<String>, queries: Vec<String>) -> Job {
    let table =
        if kind == "lake" { vec![STORE.into()] } else { vec!["security".into(), "trail-logs".into()] };
    Job { kind, table, records, queries }
}

#[track_caller]
fn run(python: &Path, jobs: &[Job]) -> Vec<Answers> {
    let mut child = Command::new(python)
        .arg(script("sql_on_duckdb.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    let text = serde_json::to_vec(jobs).expect("JSON");
    child.stdin.take().expect("its input").write_all(&text).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success(), "the statements do not run");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn answer(answers: &[Vec<Cells>]) -> (Folded, u64) {
    let mut answer = Answer::default();
    for (query, rows) in QUERIES.into_iter().zip(answers) {
        for Cells(cells) in rows {
            let cells =
                cells.iter().map(|(name, text)| (Arc::from(&**name), text.clone().unwrap_or_default()));
            answer.take(query, &cells.collect::<Row>());
        }
    }
    let lacking = answer.lacking();
    (answer.finish(&"trail".into()), lacking)
}

fn local<'a>(texts: impl Iterator<Item = &'a str>) -> Folded {
    let (mut fold, seen) = (Fold::default(), Seen::default());
    for text in texts {
        fold.read(text, &"file".into(), Place::default(), &seen);
    }
    fold.finish(&"trail".into())
}

/// What both ways must agree in: all but where a record stands, and what it is called where it has no name.
fn comparable(mut folded: Folded) -> Folded {
    for event in &mut folded.events {
        event.raw = Arc::default();
        event.origin = None;
        if event.event_id.starts_with("no-id-") {
            event.event_id = "no-id".into();
        }
    }
    for id in &mut folded.earliest {
        if id.starts_with("no-id-") {
            *id = "".into();
        }
    }
    folded.events.sort_by(|a, b| (a.at, a.account, &a.event_id).cmp(&(b.at, b.account, &b.event_id)));
    Folded { refused: Vec::new(), duplicates: 0, ..folded }
}

#[track_caller]
fn assert_same(engine: Folded, own: Folded, what: &str) {
    let (engine, own) = (comparable(engine), comparable(own));
    for (engine, own) in engine.events.iter().zip(&own.events) {
        assert_eq!(engine, own, "{what}");
    }
    for (engine, own) in engine.activities.iter().zip(&own.activities) {
        assert_eq!(engine, own, "{what}");
    }
    assert_eq!(engine, own, "{what}");
}

fn window() -> Window {
    Window { from: Timestamp::from_seconds(BEGIN - 1), to: Timestamp::from_seconds(BEGIN + 5 * 3600) }
}

/// The made records that a question about the window is about.
fn asked(made: &[Made], kind: &str) -> Vec<String> {
    let window = window();
    let is_in = |one: &&Made| {
        (window.from.seconds()..=window.to.seconds()).contains(&one.at)
            && (kind != "lake" || !one.is_timeless)
    };
    made.iter().filter(is_in).map(|one| one.text.clone()).collect()
}

#[test]
fn an_engine_gives_the_rows_that_files_give() {
    let Some(python) = python("the statements for Athena and CloudTrail Lake, run by DuckDB") else { return };
    let made = records(3000);
    let all: Vec<String> = made.iter().map(|one| one.text.clone()).collect();
    let ways =
        [("athena", Shape::own().days), ("athena", Some(Days::Parts)), ("athena", None), ("lake", None)];
    let jobs: Vec<Job> = ways
        .iter()
        .map(|(kind, days)| {
            let table = table(kind, days.clone());
            let queries = QUERIES.map(|query| query.sql(&table, window())).to_vec();
            job(kind, all.clone(), queries)
        })
        .collect();
    for ((kind, days), answers) in ways.iter().zip(run(&python, &jobs)) {
        let told =
            serde_json::to_string(&answers.iter().flatten().map(|Cells(cells)| cells).collect::<Vec<_>>());
        assert!(!told.expect("JSON").contains(TOKEN), "a session token travelled");
        let (engine, lacking) = answer(&answers);
        let expected = if *kind == "lake" { 3 } else { 5 };
        assert_eq!(lacking, expected, "{kind} {days:?}");
        // Those of them that look like kept calls came as such, and are refused with their number.
        assert_eq!(engine.refused.len(), usize::try_from(expected).expect("few") - 1, "{:?}", engine.refused);
        let own = local(asked(&made, kind).iter().map(String::as_str));
        assert!(
            own.events.len() > 500 && own.activities.len() > 10 && own.windows.len() == 9,
            "there is something to compare"
        );
        assert_same(engine, own, &format!("{kind} {days:?}"));
    }
}

/// Statements with one thing wrong each: none of them is taken for right.
#[test]
fn a_wrong_statement_is_noticed() {
    const WRONG: [(&str, &str); 9] = [
        ("copy = 1 OR event_id IS NULL", "TRUE"),
        ("PARTITION BY account, event_id", "PARTITION BY event_id"),
        ("'%Y-%m-%dT%H:%i:%sZ'", "'%Y-%m-%dT%H:%i:00Z'"),
        ("min_by(caller, place)", "max_by(caller, place)"),
        ("count(error)", "count(caller)"),
        ("substr(event_time, 1, 13)", "substr(event_time, 1, 10)"),
        ("'^A[KS]IA", "'^A"),
        ("'$.credentials.accessKeyId'", "'$.credentials.expiration'"),
        ("NULLIF(errorcode, '')", "errorcode"),
    ];
    let Some(python) = python("that DuckDB notices a wrong statement") else { return };
    let made = records(600);
    let all: Vec<String> = made.iter().map(|one| one.text.clone()).collect();
    let table = table("athena", Shape::own().days);
    let right = QUERIES.map(|query| query.sql(&table, window()));
    let mut queries = right.to_vec();
    for (good, bad) in WRONG {
        assert!(right.iter().any(|sql| sql.contains(good)), "{good} is no longer in a statement");
        queries.extend(right.iter().map(|sql| sql.replace(good, bad)));
    }
    let [answers] = run(&python, &[job("athena", all, queries)]).try_into().ok().expect("one answer");
    let own = comparable(local(asked(&made, "athena").iter().map(String::as_str)));
    let mut pairs = answers.chunks(QUERIES.len()).map(|pair| comparable(answer(pair).0));
    assert!(pairs.next().as_ref() == Some(&own), "the right ones are right");
    for ((good, bad), engine) in WRONG.iter().zip(pairs) {
        assert!(engine != own, "nobody notices `{bad}` for `{good}`");
    }
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    record: &'a serde_json::value::RawValue,
}

/// Records that other people published.
#[test]
fn published_records_give_the_same_rows() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/cloudtrail");
    let Ok(files) = fs::read_dir(&folder) else { return };
    let Some(python) = python("published records, folded by DuckDB") else { return };
    let ever = Window { from: Timestamp::from_seconds(0), to: Timestamp::from_seconds(4_000_000_000) };
    let mut jobs = Vec::new();
    for file in files {
        let text = fs::read_to_string(file.expect("an entry").path()).expect("a text");
        let record =
            |line: &str| serde_json::from_str::<Line<'_>>(line).expect("a record").record.get().to_owned();
        let records: Vec<String> = text.lines().map(record).collect();
        for kind in ["athena", "lake"] {
            let table = table(kind, None);
            jobs.push(job(kind, records.clone(), QUERIES.map(|query| query.sql(&table, ever)).to_vec()));
        }
    }
    for (job, answers) in jobs.iter().zip(run(&python, &jobs)) {
        let (engine, lacking) = answer(&answers);
        let own = local(job.records.iter().map(String::as_str));
        assert_eq!((lacking, engine.refused.len(), own.refused.len()), (0, 0, 0), "{:?}", engine.refused);
        assert_same(engine, own, job.kind);
    }
}

/// The statement that makes the table is one of Hive's, as another parser reads it; and what a name may not be is said.
#[test]
fn the_table_is_made_of_a_statement() {
    let ddl = |folder: &str| {
        Command::new(env!("CARGO_BIN_EXE_keytrail"))
            .args(["ddl", folder, "--accounts", "111111111111,222222222222", "--regions", "eu-west-1"])
            .output()
            .expect("it runs")
    };
    let made = ddl("s3://acme-trail/AWSLogs/o-abcdefghij");
    assert!(made.status.success());
    let bad = ddl("s3://acme-trail/AWS'Logs");
    assert!(!bad.status.success() && bad.stdout.is_empty());
    assert!(String::from_utf8_lossy(&bad.stderr).contains("is not a folder of a trail"));
    let Some(python) = python("that sqlglot reads the statement for a table") else { return };
    let script = "import sys, sqlglot; made = sqlglot.parse_one(sys.stdin.read(), read='athena'); \
                  print(type(made).__name__, made.args['kind'], len(made.this.expressions))";
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python starts");
    child.stdin.take().expect("its input").write_all(&made.stdout).expect("it reads");
    let said = child.wait_with_output().expect("it ends");
    assert_eq!(String::from_utf8_lossy(&said.stdout).trim(), "Create TABLE 23");
}
