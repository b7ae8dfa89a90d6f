//! A trail's fold as SQL, for trails that outgrow one machine: Athena over CloudTrail's files, or CloudTrail Lake. What an organisation did
//! in a year stays there; the calls that matter and the tallies of each key travel, and become what [`super::Fold`] makes of files.
//!
//! Two queries read the table once each: [`Query::Calls`] and [`Query::Tallies`]. Both are Trino's SQL.

mod columns;
mod ddl;
mod name;
mod rows;
mod shape;

#[cfg(test)]
mod tests;

pub use ddl::{Bucket, Ddl};
pub use name::{BadName, Store, Word};
pub use rows::{Answer, BadRow, Row};
pub use shape::{Days, Shape};

use self::columns::{IDENTITY, fields};
use super::KEPT;
use crate::{base::time::Timestamp, model::activity::Facet};

/// Where the records are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Table {
    /// A table of Athena over the files of a trail, as AWS's own `CREATE TABLE` makes it.
    Athena { database: Word, table: Word, shape: Shape },
    /// An event data store of CloudTrail Lake.
    Lake(Store),
}

/// What is asked of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Query {
    /// Every call that [`super::is_kept`], with the columns that an [`crate::model::event::Event`] is made of.
    Calls,
    /// For each account and key its calls, and the same by every value of every [`Facet`]; for each account and region its calls; and, without
    /// an account, the records that lack what every record has.
    Tallies,
}

/// Whole seconds; both ends belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The facet of a row that tells of a key as a whole.
const WHOLE: &str = "key";
/// The facet of a row that tells of an account and region.
const WINDOW: &str = "window";

impl Query {
    /// The statement. It holds names that were checked, times and the texts of this program; nothing in it was pasted in.
    ///
    /// A record counts once by account and `eventID`; one without (`eventVersion` 1.0) cannot be told from its copy.
    pub fn sql(self, table: &Table, window: Window) -> String {
        match self {
            Self::Calls => calls(table, window),
            Self::Tallies => tallies(table, window),
        }
    }
}

impl Table {
    fn name(&self) -> String {
        match self {
            Self::Athena { database, table, .. } => format!("\"{database}\".\"{table}\""),
            // As AWS writes it in every example: without quotation marks.
            Self::Lake(store) => store.to_string(),
        }
    }

    /// What can be asked of the table before a record is read. The precise times of Athena's records are in their text.
    fn early(&self, window: Window) -> Option<String> {
        match self {
            Self::Athena { shape, .. } => shape.days.as_ref().map(|days| days.between(window)),
            Self::Lake(_) => {
                let at = |at: Timestamp| at.utc().format("%Y-%m-%d %H:%M:%S").to_string();
                Some(format!(
                    "eventtime >= '{}' AND eventtime < '{}'",
                    at(window.from),
                    at(window.to.plus(1))
                ))
            }
        }
    }
}

/// `WHERE` and what stands there, or nothing.
fn only<'a>(conditions: impl IntoIterator<Item = &'a str>) -> String {
    let all: Vec<&str> = conditions.into_iter().collect();
    if all.is_empty() { String::new() } else { format!(" WHERE {}", all.join(" AND ")) }
}

/// A time that cannot be read stays: it is told as a record that lacks one.
fn within(window: Window) -> String {
    format!("(event_time IS NULL OR event_time BETWEEN '{}' AND '{}')", window.from, window.to)
}

/// Every record once.
const ONCE: &str = "WHERE copy = 1 OR event_id IS NULL";
const COPY: &str = "row_number() OVER (PARTITION BY account, event_id ORDER BY event_time) AS copy";

fn calls(table: &Table, window: Window) -> String {
    let account = columns::account();
    let columns: Vec<String> =
        fields().map(|field| format!("  {} AS {}", field.source.sql(table), field.name)).collect();
    let names: Vec<String> = KEPT.iter().map(|name| format!("'{name}'")).collect();
    let kept = format!("(eventname LIKE 'AssumeRole%' OR eventname IN ({}))", names.join(", "));
    let early = table.early(window);
    let found = only(early.as_deref().into_iter().chain([kept.as_str()]));
    let told: Vec<String> = fields().map(|field| format!("  {}", told(field.name))).collect();
    format!(
        "WITH found AS (SELECT\n{},\n  {account} AS account\n FROM {}{found}),\n\
         once AS (SELECT *, {COPY} FROM found WHERE {})\n\
         SELECT\n{}\nFROM once {ONCE}",
        columns.join(",\n"),
        table.name(),
        within(window),
        told.join(",\n"),
    )
}

/// What is absent travels as an empty text: engines spell `NULL` in more than one way.
fn told(name: &str) -> String {
    format!("COALESCE({name}, '') AS {name}")
}

/// The columns that stand for facets, in [`Facet`]'s order.
fn facets() -> String {
    Facet::ALL.map(|facet| format!("by_{}", facet.word())).join(", ")
}

/// What `grouping(key, by_service, ...)` gives where only these columns are grouped by: a bit for each that is not.
fn grouping(is_in: impl Fn(usize) -> bool) -> u32 {
    (0..=Facet::ALL.len()).fold(0, |bits, column| bits << 1 | u32::from(!is_in(column)))
}

fn tallies(table: &Table, window: Window) -> String {
    let account = columns::account();
    let sql =
        |name: &str| columns::named(name).map_or_else(|| "NULL".to_owned(), |field| field.source.sql(table));
    let plain =
        ["event_time", "event_source", "event_name", "region", "event_id", "address", "agent", "error"];
    let plain: Vec<String> = plain
        .iter()
        .map(|name| {
            format!("  {} AS {name}", if *name == "event_time" { sql(name) } else { some(&sql(name)) })
        })
        .collect();
    let key = sql("key");
    let identity: Vec<String> = IDENTITY.iter().map(|field| field.source.sql(table)).collect();
    let found = only(table.early(window).as_deref());
    let is_whole = "account IS NOT NULL AND event_time IS NOT NULL AND event_source IS NOT NULL \
                    AND event_name IS NOT NULL AND region IS NOT NULL";
    // The window is by account and region; then a key as a whole; then by each facet.
    let region = Facet::Region as usize;
    let mut sets = vec!["(account, by_region)".to_owned(), "(account, key)".to_owned()];
    sets.extend(Facet::ALL.map(|facet| format!("(account, key, by_{})", facet.word())));
    let mut kinds = vec![
        format!("WHEN {} THEN '{WINDOW}'", grouping(|column| column == region + 1)),
        format!("WHEN {} THEN '{WHOLE}'", grouping(|column| column == 0)),
    ];
    kinds.extend((1..).zip(Facet::ALL).map(|(place, facet)| {
        format!("WHEN {} THEN '{}'", grouping(|column| column == 0 || column == place), facet.word())
    }));
    let whole = grouping(|column| column == 0);
    let by = facets();
    format!(
        "WITH found AS (SELECT\n{plain},\n  {account} AS account,\n  {key} AS key,\n  \
         json_format(CAST(ARRAY[{identity}] AS JSON)) AS caller\n FROM {table}{found}),\n\
         once AS (SELECT *, {COPY} FROM found WHERE {within}),\n\
         sound AS (SELECT *, {is_whole} AS is_whole FROM once {ONCE}),\n\
         seen AS (SELECT\n  CASE WHEN is_whole THEN account END AS account,\n  \
         CASE WHEN is_whole AND length(key) = 20 AND regexp_like(key, '^A[KS]IA[A-Z0-9]{{16}}$') THEN key END AS key,\n  \
         split_part(event_source, '.amazonaws.com', 1) AS by_service,\n  \
         split_part(event_source, '.amazonaws.com', 1) || ':' || event_name AS by_call,\n  \
         CASE WHEN is_whole THEN region END AS by_region,\n  address AS by_address,\n  agent AS by_agent,\n  error AS by_error,\n  \
         substr(event_time, 1, 13) AS by_hour,\n  event_time, error, caller, event_time || COALESCE(event_id, '') AS place\n \
         FROM sound),\n\
         summed AS (SELECT account, key,\n  CASE grouping(key, {by}) {kinds} END AS facet,\n  \
         COALESCE({by}) AS value,\n  count(*) AS calls, count(error) AS denied,\n  \
         min(event_time) AS first_time, max(event_time) AS last_time,\n  \
         CASE WHEN grouping(key, {by}) = {whole} THEN min_by(caller, place) END AS caller\n \
         FROM seen GROUP BY GROUPING SETS ({sets}))\n\
         SELECT {told}, CAST(calls AS varchar) AS calls, CAST(denied AS varchar) AS denied\nFROM summed \
         WHERE facet = '{WINDOW}' OR (key IS NOT NULL AND (facet = '{WHOLE}' OR value IS NOT NULL))",
        plain = plain.join(",\n"),
        identity = identity.join(", "),
        table = table.name(),
        within = within(window),
        kinds = kinds.join(" "),
        sets = sets.join(", "),
        told = ["account", "key", "facet", "value", "first_time", "last_time", "caller"].map(told).join(", "),
    )
}

/// The text, unless it is empty.
fn some(sql: &str) -> String {
    format!("NULLIF({sql}, '')")
}
