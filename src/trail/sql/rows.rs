//! Rows of an answer, back into what they are about. A row becomes a small record and is read like every other record, so that a table and a
//! folder of files say the same of a call.

use std::{collections::BTreeMap, sync::Arc};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value, json};

use super::{
    Query, WHOLE, WINDOW,
    columns::{Field, IDENTITY, Place, fields},
};
use crate::{
    base::{
        name::{AccountId, KeyId},
        time::Timestamp,
    },
    model::{
        activity::{Activity, Facet, Part, Tally},
        event::{Caller, Event},
    },
    trail::{
        self,
        fold::{Folded, Refusal, names::Names},
        record::{self, BadRecord},
    },
};

/// One row: its columns' names and texts. What is absent is empty or not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row(FxHashMap<Arc<str>, String>);

impl FromIterator<(Arc<str>, String)> for Row {
    fn from_iter<T: IntoIterator<Item = (Arc<str>, String)>>(cells: T) -> Self {
        Self(cells.into_iter().collect())
    }
}

/// Why a row says nothing. It quotes no cell.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadRow {
    #[error("{0}")]
    Record(#[from] BadRecord),
    #[error("a row whose `{0}` cannot be read")]
    Cell(&'static str),
    #[error("a key with values and without a row of its own")]
    NoWhole,
}

/// What the rows of both queries came to so far.
#[derive(Debug, Default)]
pub struct Answer {
    names: Names,
    events: BTreeMap<(Timestamp, AccountId, Arc<str>), Event>,
    keys: BTreeMap<(AccountId, KeyId), Work>,
    windows: BTreeMap<(AccountId, Arc<str>), Tally>,
    lacking: u64,
    rows: [u32; 2],
    refused: Vec<(Query, u32, BadRow)>,
}

#[derive(Debug, Default)]
struct Work {
    /// With the `eventID` of the earliest record, which named the caller.
    whole: Option<(Tally, Caller, Arc<str>)>,
    parts: Vec<Part>,
}

impl Answer {
    /// Takes one row in, in the order of the answer; one that cannot be read is refused with its number.
    pub fn take(&mut self, query: Query, row: &Row) {
        let taken = match query {
            Query::Calls => self.call(row),
            Query::Tallies => self.tally(row),
        };
        let number = &mut self.rows[query as usize];
        if let Err(why) = taken {
            self.refused.push((query, *number, why));
        }
        *number = number.saturating_add(1);
    }

    /// Records of the table that lack an account, time, region, service or name: nothing is said of them but their number.
    pub const fn lacking(&self) -> u64 {
        self.lacking
    }

    fn call(&mut self, row: &Row) -> Result<(), BadRow> {
        let record = Value::Object(record(fields().map(|field| (field, row.text(field.name)))));
        let mut event = trail::read(&record.to_string(), record::Place::default())?;
        self.names.share(&mut event);
        self.events.entry((event.at, event.account, event.event_id.clone())).or_insert(event);
        Ok(())
    }

    fn tally(&mut self, row: &Row) -> Result<(), BadRow> {
        let facet = row.text("facet");
        if facet == WINDOW && row.text("account").is_empty() {
            self.lacking = row.number("calls")?;
            return Ok(());
        }
        let account: AccountId = row.read("account")?;
        let tally = Tally {
            calls: row.number("calls")?,
            denied: row.number("denied")?,
            first: row.read("first_time")?,
            last: row.read("last_time")?,
        };
        let value = self.names.of(row.text("value"));
        let value = self.names.text(value);
        if facet == WINDOW {
            self.windows.insert((account, value), tally);
            return Ok(());
        }
        let key = KeyId::new(row.text("key")).ok_or(BadRow::Cell("key"))?;
        if facet == WHOLE {
            let mut caller = caller(row.text("caller")).ok_or(BadRow::Cell("caller"))?;
            self.names.share_caller(&mut caller);
            self.keys.entry((account, key)).or_default().whole =
                Some((tally, caller, row.text("earliest").into()));
        } else {
            let facet = Facet::ALL.into_iter().find(|known| known.word() == facet);
            let facet = facet.ok_or(BadRow::Cell("facet"))?;
            self.keys.entry((account, key)).or_default().parts.push(Part { facet, value, tally });
        }
        Ok(())
    }

    /// What it came to; `trail` names the table. How many copies the engine left out it does not tell.
    pub fn finish(self, trail: &Arc<str>) -> Folded {
        let mut activities = Vec::with_capacity(self.keys.len());
        let mut earliest = Vec::with_capacity(self.keys.len());
        let mut refused = self.refused;
        for ((account, key), Work { whole, mut parts }) in self.keys {
            let Some((all, caller, first)) = whole else {
                refused.push((Query::Tallies, self.rows[Query::Tallies as usize], BadRow::NoWhole));
                continue;
            };
            parts.sort_by(Part::order);
            earliest.push(first);
            activities.push(Activity { trail: trail.clone(), account, key, caller, all, parts });
        }
        let records = self.windows.values().map(|tally| tally.calls).sum();
        let with_key: u64 = activities.iter().map(|activity| activity.all.calls).sum();
        let refusal = |(query, record, why): (Query, u32, BadRow)| {
            let of = match query {
                Query::Calls => "calls",
                Query::Tallies => "tallies",
            };
            Refusal { file: format!("{of} of {trail}").into(), record, why: why.to_string() }
        };
        Folded {
            events: self.events.into_values().collect(),
            activities,
            earliest,
            windows: self.windows.into_iter().collect(),
            refused: refused.into_iter().map(refusal).collect(),
            records,
            duplicates: 0,
            without_key: records.saturating_sub(with_key),
        }
    }
}

impl Row {
    /// Empty where it is absent.
    fn text(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    fn number(&self, name: &'static str) -> Result<u64, BadRow> {
        self.read(name)
    }

    fn read<T: std::str::FromStr>(&self, name: &'static str) -> Result<T, BadRow> {
        self.text(name).parse().map_err(|_| BadRow::Cell(name))
    }
}

/// A record with these columns and nothing else. Empty ones are left out.
fn record<'a>(cells: impl Iterator<Item = (&'a Field, &'a str)>) -> Map<String, Value> {
    let mut record = Map::new();
    for (field, text) in cells.filter(|(_, text)| !text.is_empty()) {
        match field.place {
            Place::Text(path) => put(&mut record, path, text.into()),
            // Tags in another form than expected say nothing, as in a file's record.
            Place::Json(path) => match serde_json::from_str::<Value>(text) {
                Ok(value) if !value.is_null() => put(&mut record, path, value),
                _ => {}
            },
            Place::Role => {
                put(&mut record, &["resources"], json!([{ "type": "AWS::IAM::Role", "ARN": text }]));
            }
        }
    }
    record
}

fn put(object: &mut Map<String, Value>, path: &[&str], value: Value) {
    match path {
        [] => {}
        [last] => drop(object.insert((*last).to_owned(), value)),
        [first, rest @ ..] => {
            if let Value::Object(inner) = object.entry(*first).or_insert_with(|| Value::Object(Map::new())) {
                put(inner, rest, value);
            }
        }
    }
}

/// The caller of a list of `userIdentity`'s columns.
fn caller(list: &str) -> Option<Caller> {
    let texts: Vec<Option<String>> = serde_json::from_str(list).ok()?;
    if texts.len() != IDENTITY.len() {
        return None;
    }
    let cells = IDENTITY.iter().zip(&texts).map(|(field, text)| (field, text.as_deref().unwrap_or_default()));
    let identity = record(cells).remove("userIdentity").unwrap_or(Value::Null);
    Some(record::caller_of(&identity.to_string()))
}
