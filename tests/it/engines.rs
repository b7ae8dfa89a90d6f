//! Athena and CloudTrail Lake as the program meets them: the real collectors against the demo company, whose own records, folded here, must
//! come to the same; and boto3 against the same servers.

use std::{process::Command, sync::Arc, time::Duration};

use keytrail::{
    base::{
        blame::Blame,
        time::{StoppedClock, Timestamp},
    },
    config::{AwsSource, TrailSource, TrailStore},
    demo::{Company, front::Fault},
    model::{
        activity::Activity,
        estate::{Estate, SweepState},
        event::Event,
        observe::{Outcome, Report},
    },
    source::{Outlet, aws::Aws},
    trail::{
        Fold, Folded, Place,
        seen::Seen,
        sql::{Query, Shape, Store, Table, Window, Word},
    },
};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    aws::{broken, source},
    company,
    python::{python, run, script},
    served::Served,
};

const STORE: &str = "4d9f5cf3-8c1b-4b3a-9a38-5e1f0c2d7b64";
const ATHENA: &str = "security.cloudtrail_logs in Athena";

fn athena(table: &str, output: Option<&str>) -> TrailStore {
    let (workgroup, output) = (None, output.map(str::to_owned));
    TrailStore::Athena { database: "security".into(), table: table.into(), workgroup, output }
}

fn good() -> TrailStore {
    athena("cloudtrail_logs", Some("s3://acme-athena/keytrail/"))
}

fn with(company: &Company, account: usize, store: TrailStore) -> Arc<AwsSource> {
    let trail = TrailSource { store, days: 60, region: Some("eu-west-1".into()) };
    // Regions and LookupEvents cost calls that are not asked about here.
    Arc::new(AwsSource { trail: Some(trail), regions: Vec::new(), ..(*source(company, account, 0)).clone() })
}

fn outlet(run: u32, now: Timestamp) -> (Outlet, mpsc::Receiver<Report>) {
    let (reports, inbox) = mpsc::channel(64);
    let clock = Arc::new(StoppedClock(now));
    (Outlet { reports, clock, stop: CancellationToken::new(), run }, inbox)
}

async fn look(source: Arc<AwsSource>, run: u32) -> Estate {
    let mut estate = Estate::default();
    look_again(&Aws::new(source), (run, company::now()), &mut estate).await;
    estate
}

async fn look_again(aws: &Aws, (run, now): (u32, Timestamp), estate: &mut Estate) {
    let (outlet, mut inbox) = outlet(run, now);
    let absorb = async {
        while let Some(report) = inbox.recv().await {
            estate.absorb(report);
        }
    };
    tokio::join!(aws.sweep(outlet), absorb);
}

/// The records of these accounts that were delivered by now, folded by this program.
fn folded(company: &Company, accounts: &[u64], trail: &str) -> Folded {
    let world = company.world.read().expect("the world");
    let (mut fold, seen) = (Fold::default(), Seen::default());
    let records = accounts.iter().flat_map(|account| world.accounts[account].trail.values().flatten());
    for event in records.filter(|event| event.at <= company::now().minus(30)) {
        fold.read(&event.record, &"world".into(), Place::default(), &seen);
    }
    fold.finish(&trail.into())
}

fn state<'e>(estate: &'e Estate, what: &str) -> &'e SweepState {
    estate.sweeps().find(|(scope, _)| &*scope.what == what).unwrap_or_else(|| panic!("no {what}")).1
}

#[track_caller]
fn assert_told(estate: &Estate, expected: &Folded, what: &str) {
    let state = state(estate, what);
    assert_eq!(state.gaps, []);
    assert_eq!(state.outcome, Some(Outcome::Whole));
    assert_eq!(state.records, usize::try_from(expected.records).ok());
    let mut told: Vec<&Activity> = estate.all::<Activity>().collect();
    told.sort_by(|a, b| (a.account, &a.key).cmp(&(b.account, &b.key)));
    assert!(told.len() > 10, "there is something to compare");
    for (told, expected) in told.iter().zip(&expected.activities) {
        assert_eq!(*told, expected);
    }
    assert_eq!(told.len(), expected.activities.len());
    assert!(expected.events.len() > 100);
    for expected in &expected.events {
        let told = estate.all::<Event>().find(|event| event.id() == expected.id());
        let told = told.unwrap_or_else(|| panic!("{expected:?} is missing"));
        let bare = |event: &Event| Event { raw: Arc::default(), origin: None, ..event.clone() };
        assert_eq!(bare(told), bare(expected));
        assert!(!told.raw.contains("sessionToken") && told.raw.contains(&*told.event_id));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_and_a_store_say_what_the_records_say() {
    let company = company::open().await;
    let all: Vec<u64> = company.accounts.iter().map(|access| access.account).collect();
    let expected = folded(&company, &all, "Athena security.cloudtrail_logs");
    // Some calls go wrong on the way and are sent again.
    broken(&company, "athena:StartQueryExecution", "", Fault::LostReply, Some(1));
    broken(&company, "athena:GetQueryExecution", "", Fault::Throttle { retry_after: None }, Some(1));
    broken(&company, "athena:GetQueryResults", "", Fault::Cut, Some(1));
    let estate = look(with(&company, 0, good()), 1).await;
    assert_told(&estate, &expected, ATHENA);
    let asked = |name: &str| company.front.calls().iter().filter(|call| call.name == name).count();
    assert!(asked("athena:GetQueryResults") > 3, "the answers have pages");

    let expected = folded(&company, &all[1..2], &format!("CloudTrail Lake {STORE}"));
    let estate = look(with(&company, 1, TrailStore::Lake { store: STORE.into() }), 2).await;
    assert_told(&estate, &expected, &format!("event data store {STORE}"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_query_cannot_do_is_told_with_what_to_do() {
    let company = company::open().await;
    let told = async |account, store, what: &str, run| {
        let estate = look(with(&company, account, store), run).await;
        let state = state(&estate, what);
        assert_eq!(state.outcome, Some(Outcome::Partial), "{what}");
        assert!(estate.all::<Activity>().next().is_none(), "nothing is told of half an answer");
        state.gaps.iter().map(|(_, gap)| gap.clone()).collect::<Vec<_>>()
    };
    let gaps = told(0, athena("nothing", None), "security.nothing in Athena", 1).await;
    assert!(gaps.len() == 1 && gaps[0].blame.sentence().contains("no such table"), "{gaps:?}");
    assert!(gaps[0].call.contains("security.nothing"));

    let gaps = told(0, athena("cloudtrail_logs", None), ATHENA, 2).await;
    assert!(gaps.iter().all(|gap| gap.blame.sentence().contains("`output`")), "{gaps:?}");
    let gaps = told(0, athena("cloudtrail_logs", Some("s3://elsewhere")), ATHENA, 3).await;
    assert!(
        gaps.iter().all(|gap| gap.blame.sentence().contains("write answers to")) && !gaps.is_empty(),
        "{gaps:?}"
    );

    broken(&company, "athena:GetQueryResults", "", Fault::Forbidden, None);
    let gaps = told(0, good(), ATHENA, 4).await;
    assert!(
        gaps.iter().all(|gap| gap.blame.sentence().contains("allow athena:GetQueryResults for arn:")),
        "{gaps:?}"
    );

    let other = TrailStore::Lake { store: STORE.replace('4', "5") };
    let gaps = told(1, other, &format!("event data store {}", STORE.replace('4', "5")), 5).await;
    assert!(gaps.iter().all(|gap| gap.blame == Blame::Gone) && !gaps.is_empty(), "{gaps:?}");
    broken(&company, "cloudtrail:StartQuery", "", Fault::Forbidden, None);
    let gaps =
        told(1, TrailStore::Lake { store: STORE.into() }, &format!("event data store {STORE}"), 6).await;
    assert!(gaps.iter().all(|gap| gap.blame.sentence().contains("allow cloudtrail:StartQuery")), "{gaps:?}");
}

/// Every question costs money: a dashboard that stays open asks again after hours, and forgets nothing meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_good_for_hours() {
    let company = company::open().await;
    let aws = Aws::new(with(&company, 0, good()));
    let mut estate = Estate::default();
    let asked = |company: &Company| {
        company.front.calls().iter().filter(|call| call.name == "athena:StartQueryExecution").count()
    };
    // What was not answered is asked again at once.
    broken(&company, "athena:GetQueryResults", "", Fault::Forbidden, Some(2));
    for (run, hours, questions) in [(1, 0, 2), (2, 0, 4), (3, 1, 4), (4, 5, 4), (5, 7, 6)] {
        look_again(&aws, (run, company::now().plus(hours * 3600)), &mut estate).await;
        assert_eq!(asked(&company), questions, "after {hours} hours");
        assert_eq!(estate.all::<Activity>().next().is_some(), run > 1);
    }
}

/// A question that nobody waits for any more is taken back: it may cost money.
#[tokio::test(flavor = "multi_thread")]
async fn a_question_nobody_waits_for_is_taken_back() {
    let company = company::open().await;
    let slow = Fault::Slow(Duration::from_secs(30));
    broken(&company, "athena:GetQueryExecution", "", slow, None);
    let (outlet, mut inbox) = outlet(1, company::now());
    let stop = outlet.stop.clone();
    let aws = Aws::new(with(&company, 0, good()));
    let sweep = tokio::spawn(async move { aws.sweep(outlet).await });
    let drain = tokio::spawn(async move { while inbox.recv().await.is_some() {} });
    let asked = |name: &str| company.front.calls().iter().filter(|call| call.name == name).count();
    while asked("athena:StartQueryExecution") < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    stop.cancel();
    sweep.await.expect("the look ends");
    drain.await.expect("all was heard");
    assert_eq!(asked("athena:StopQueryExecution"), 2);
}

#[test]
fn boto3_asks_athena_and_lake() {
    let Some(python) = python("boto3 against the demo company's Athena and CloudTrail Lake") else { return };
    let served = Served::start(&["--still"]);
    let word = |text| Word::new(text).expect("a name");
    let athena =
        Table::Athena { database: word("security"), table: word("cloudtrail_logs"), shape: Shape::own() };
    let lake = Table::Lake(Store::new(STORE).expect("an id"));
    let ever = Window { from: Timestamp::from_seconds(0), to: Timestamp::from_seconds(4_000_000_000) };
    run(Command::new(python)
        .arg(script("boto3_queries.py"))
        .envs(&served.env)
        .env("ATHENA_CALLS", Query::Calls.sql(&athena, ever))
        .env("ATHENA_TALLIES", Query::Tallies.sql(&athena, ever))
        .env("LAKE_CALLS", Query::Calls.sql(&lake, ever))
        .env("LAKE_TALLIES", Query::Tallies.sql(&lake, ever)));
}
