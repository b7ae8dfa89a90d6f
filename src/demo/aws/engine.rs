//! Questions about trails, answered: the rows of both kinds, from the records themselves. What runs is a query, whichever service it was
//! asked of.

use std::collections::BTreeMap;

use serde_json::Value;

use super::question::{Kind, Question};
use crate::{
    base::time::Timestamp,
    demo::world::{World, logs::Log},
};

/// Seconds until a record can be found: as in the event history.
const DELIVERY: i64 = 30;

/// A query that was asked: its answer, or why there is none, and how far it is.
#[derive(Debug)]
pub(crate) struct Query {
    pub account: u64,
    pub region: String,
    pub statement: String,
    pub output: String,
    pub answer: Result<Rows, String>,
    /// Bytes of the records that were looked at.
    pub scanned: usize,
    looks: u32,
    pub is_stopped: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Rows {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Queued,
    Running,
    Done,
    Failed,
    Stopped,
}

impl Query {
    pub(crate) fn ask(
        who: (u64, &str),
        statement: &str,
        output: String,
        answer: Result<(Rows, usize), String>,
    ) -> Self {
        let (answer, scanned) = match answer {
            Ok((rows, scanned)) => (Ok(rows), scanned),
            Err(why) => (Err(why), 0),
        };
        let (account, region, statement) = (who.0, who.1.to_owned(), statement.to_owned());
        Self { account, region, statement, output, answer, scanned, looks: 0, is_stopped: false }
    }

    pub(crate) fn state(&self) -> State {
        match (self.looks, &self.answer) {
            _ if self.is_stopped => State::Stopped,
            (0 | 1, _) => State::Queued,
            (2, _) => State::Running,
            (_, Ok(_)) => State::Done,
            (_, Err(_)) => State::Failed,
        }
    }

    /// Somebody looks how far it is: each look finds it a step further.
    pub(crate) fn look(&mut self) -> State {
        self.looks = self.looks.saturating_add(1);
        self.state()
    }
}

/// Where the next page of an answer begins, as a token.
pub(crate) fn token(row: usize) -> String {
    format!("row-{row:08}")
}

/// The row that a token names.
pub(crate) fn place(token: &str) -> Option<usize> {
    token.strip_prefix("row-")?.parse().ok()
}

/// The rows of a question about a table, and how many bytes were looked at.
pub(crate) fn answer(question: &Question, log: &Log, world: &World, now: Timestamp) -> (Rows, usize) {
    let mut scanned = 0;
    let mut records = Vec::new();
    let accounts = log.of.iter().filter_map(|number| world.accounts.get(number));
    for event in accounts.flat_map(|account| account.trail.values().flatten()) {
        scanned += event.record.len();
        let at = event.at.to_string();
        if event.at <= now.minus(DELIVERY)
            && (question.from.as_str()..=question.to.as_str()).contains(&at.as_str())
        {
            records.extend(serde_json::from_str::<Value>(&event.record));
        }
    }
    let rows = match question.kind {
        Kind::Calls => calls(question, &records),
        Kind::Sums => sums(question, &records),
    };
    (Rows { columns: question.columns.clone(), rows }, scanned)
}

fn text<'r>(record: &'r Value, place: &str) -> &'r str {
    record.pointer(place).and_then(Value::as_str).unwrap_or_default()
}

/// What the columns are called, and where they stand in a record.
const PLACES: [(&str, &str); 38] = [
    ("kind", "/userIdentity/type"),
    ("principal_id", "/userIdentity/principalId"),
    ("arn", "/userIdentity/arn"),
    ("caller_account", "/userIdentity/accountId"),
    ("key", "/userIdentity/accessKeyId"),
    ("user_name", "/userIdentity/userName"),
    ("invoked_by", "/userIdentity/invokedBy"),
    ("provider", "/userIdentity/identityProvider"),
    ("issuer", "/userIdentity/sessionContext/sessionIssuer/arn"),
    ("created", "/userIdentity/sessionContext/attributes/creationDate"),
    ("source_identity", "/userIdentity/sessionContext/sourceIdentity"),
    ("event_time", "/eventTime"),
    ("event_source", "/eventSource"),
    ("event_name", "/eventName"),
    ("region", "/awsRegion"),
    ("address", "/sourceIPAddress"),
    ("agent", "/userAgent"),
    ("error", "/errorCode"),
    ("message", "/errorMessage"),
    ("event_id", "/eventID"),
    ("recipient", "/recipientAccountId"),
    ("shared_id", "/sharedEventID"),
    ("role", "/requestParameters/roleArn"),
    ("session_name", "/requestParameters/roleSessionName"),
    ("saml_provider", "/requestParameters/principalArn"),
    ("set_identity", "/requestParameters/sourceIdentity"),
    ("secret_id", "/requestParameters/secretId"),
    ("about_name", "/requestParameters/name"),
    ("about_user", "/requestParameters/userName"),
    ("cluster", "/requestParameters/clusterName"),
    ("minted", "/responseElements/credentials/accessKeyId"),
    ("expires", "/responseElements/credentials/expiration"),
    ("assumed", "/responseElements/assumedRoleUser/arn"),
    ("federated", "/responseElements/federatedUser/arn"),
    ("web_subject", "/responseElements/subjectFromWebIdentityToken"),
    ("subject", "/responseElements/subject"),
    ("told_provider", "/responseElements/provider"),
    ("audience", "/responseElements/audience"),
];

fn calls(question: &Question, records: &[Value]) -> Vec<Vec<String>> {
    let is_asked_for = |record: &&Value| {
        let name = text(record, "/eventName");
        name.starts_with("AssumeRole") || question.calls.iter().any(|known| known == name)
    };
    let cell = |record: &Value, column: &str| match column {
        "role_resource" => {
            let resources = record["resources"].as_array().into_iter().flatten();
            let mut roles = resources.filter(|one| text(one, "/type") == "AWS::IAM::Role");
            roles.next().map(|role| text(role, "/ARN").to_owned()).unwrap_or_default()
        }
        "tags" if text(record, "/eventName") == "AssumeRole" => {
            record.pointer("/requestParameters/tags").map(Value::to_string).unwrap_or_default()
        }
        _ => {
            let place = PLACES.iter().find(|(name, _)| *name == column);
            place.map(|(_, place)| text(record, place).to_owned()).unwrap_or_default()
        }
    };
    let row = |record| question.columns.iter().map(|column| cell(record, column)).collect();
    records.iter().filter(is_asked_for).map(row).collect()
}

#[derive(Debug)]
struct Sum<'r> {
    calls: u64,
    denied: u64,
    first: &'r str,
    last: &'r str,
    /// The record of the caller: the earliest, by time and id.
    earliest: &'r Value,
}

fn when(record: &Value) -> (&str, &str) {
    (text(record, "/eventTime"), text(record, "/eventID"))
}

fn sums(question: &Question, records: &[Value]) -> Vec<Vec<String>> {
    let mut all: BTreeMap<[String; 4], Sum<'_>> = BTreeMap::new();
    for record in records {
        let at = text(record, "/eventTime");
        let mut count = |group: [String; 4]| {
            let denied = u64::from(!text(record, "/errorCode").is_empty());
            let sum = all.entry(group).or_insert(Sum {
                calls: 0,
                denied: 0,
                first: at,
                last: at,
                earliest: record,
            });
            sum.calls += 1;
            sum.denied += denied;
            (sum.first, sum.last) = (sum.first.min(at), sum.last.max(at));
            if when(record) < when(sum.earliest) {
                sum.earliest = record;
            }
        };
        let (account, key) = (text(record, "/recipientAccountId"), text(record, "/userIdentity/accessKeyId"));
        let region = text(record, "/awsRegion");
        count([account.into(), String::new(), "window".into(), region.into()]);
        if !["AKIA", "ASIA"].iter().any(|start| key.starts_with(start)) || key.len() != 20 {
            continue;
        }
        let service = text(record, "/eventSource").trim_end_matches(".amazonaws.com");
        let call = format!("{service}:{}", text(record, "/eventName"));
        let hour = at.get(..13).unwrap_or_default();
        count([account.into(), key.into(), "key".into(), String::new()]);
        for (facet, value) in [
            ("service", service),
            ("call", &call),
            ("region", region),
            ("address", text(record, "/sourceIPAddress")),
            ("agent", text(record, "/userAgent")),
            ("error", text(record, "/errorCode")),
            ("hour", hour),
        ] {
            if !value.is_empty() {
                count([account.into(), key.into(), facet.into(), value.into()]);
            }
        }
    }
    let rows = all.iter();
    rows.map(|(group, sum)| question.columns.iter().map(|column| summed(group, sum, column)).collect())
        .collect()
}

fn summed([account, key, facet, value]: &[String; 4], sum: &Sum<'_>, column: &str) -> String {
    let is_whole = facet == "key";
    match column {
        "account" => account.clone(),
        "key" => key.clone(),
        "facet" => facet.clone(),
        "value" => value.clone(),
        "calls" => sum.calls.to_string(),
        "denied" => sum.denied.to_string(),
        "first_time" => sum.first.to_owned(),
        "last_time" => sum.last.to_owned(),
        "earliest" if is_whole => when(sum.earliest).1.to_owned(),
        // `userIdentity`'s columns, in the order of the calls'.
        "caller" if is_whole => {
            let cells = PLACES.iter().filter(|(_, place)| place.starts_with("/userIdentity/"));
            cells
                .map(|(_, place)| sum.earliest.pointer(place).cloned().unwrap_or_default())
                .collect::<Value>()
                .to_string()
        }
        _ => String::new(),
    }
}
