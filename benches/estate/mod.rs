//! A made-up estate of any size, the same every time. CI/CD variables are its rows and everything else is in proportion.
//! It is duller than a company: no server made it, and nothing in it was planted to be found.

mod aws;
mod gitlab;

use keytrail::{
    base::{
        name::{AccountId, Arn, KeyId},
        time::Timestamp,
    },
    model::{
        entity::Entity,
        observe::{Observation, Outcome, Report, Scope, Sweep},
    },
};

/// A Friday afternoon in November 2026.
pub(super) const NOW: Timestamp = Timestamp::from_seconds(1_795_183_200);
/// Things in one report: what a page of the sources holds at most.
pub(super) const THINGS: usize = 100;

const GITLAB: &str = "gitlab.example";
const REGION: &str = "eu-west-1";
const ACCOUNTS: usize = 4;

/// How many of each kind there are.
#[derive(Clone, Copy)]
struct Size {
    variables: usize,
    projects: usize,
    groups: usize,
    users: usize,
    roles: usize,
    /// Each with one manager, on a machine of its own.
    runners: usize,
    jobs: usize,
    events: usize,
}

impl Size {
    const fn of(rows: usize) -> Self {
        Self {
            variables: rows,
            projects: rows / 10,
            groups: rows / 100,
            users: rows / 50,
            roles: rows / 50,
            runners: rows / 100,
            jobs: rows / 2,
            events: rows / 2,
        }
    }
}

/// All that collectors say in one look at an estate with so many variables; no fewer than a thousand.
pub(super) fn reports(rows: usize) -> Vec<Report> {
    let size = Size::of(rows.max(1000));
    let mut reports = Vec::new();
    for (what, things) in gitlab::things(size) {
        reports.extend(swept(Scope::new(GITLAB, what), &things));
    }
    for (source, what, things) in aws::things(size) {
        reports.extend(swept(Scope::new(source, what), &things));
    }
    reports
}

/// One whole walk, a hundred things a page.
fn swept(scope: Scope, things: &[Entity]) -> Vec<Report> {
    let sweep = Sweep { scope, run: 1 };
    let at = NOW.minus(60);
    let page = |saw: &[Entity]| {
        let (sweep, saw) = (sweep.clone(), saw.to_vec());
        Report::Saw(Observation { sweep, at, saw, gaps: Vec::new() })
    };
    let mut reports = vec![Report::Began { sweep: sweep.clone(), at }];
    reports.extend(things.chunks(THINGS).map(page));
    reports.push(Report::Ended { sweep: sweep.clone(), at, outcome: Outcome::Whole });
    reports
}

/// The account of the thing with this number, round and round.
#[expect(clippy::expect_used, reason = "a bench without its estate has to stop")]
fn account(index: usize) -> AccountId {
    AccountId::new(111_111_111_111 * number(index % ACCOUNTS + 1)).expect("twelve digits")
}

#[expect(clippy::expect_used, reason = "a bench without its estate has to stop")]
fn arn(service: &str, account: AccountId, resource: &str) -> Arn {
    Arn::new(&format!("arn:aws:{service}::{account}:{resource}")).expect("six parts")
}

/// A key id that encodes its account, as [`keytrail::base::name::account_of`] reads it.
#[expect(clippy::expect_used, reason = "a bench without its estate has to stop")]
fn key_id(prefix: &str, account: AccountId, serial: usize) -> KeyId {
    let letter = |bits: u64| char::from(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[(bits & 31) as usize]);
    let issued_by = 1 << 44 | account.number() << 4;
    let mut text = prefix.to_owned();
    text.extend((0..9).rev().map(|place| letter(issued_by >> (5 * place))));
    text.extend((0..7).rev().map(|place| letter(number(serial) >> (5 * place))));
    KeyId::new(&text).expect("twenty capitals and digits")
}

/// The address of the machine under a runner.
fn address(runner: usize) -> String {
    format!("10.{}.{}.{}", runner >> 16 & 255, runner >> 8 & 255, runner & 255)
}

fn number(index: usize) -> u64 {
    index as u64
}

fn seconds(index: usize) -> i64 {
    i64::try_from(index).unwrap_or_default()
}
