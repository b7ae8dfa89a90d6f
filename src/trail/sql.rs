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

/// Every record once.
const ONCE: &str = "WHERE copy = 1 OR event_id IS NULL";

fn calls(table: &Table, window: Window) -> String {
    let column = |field: &columns::Field| {
        let sql = field.source.sql(table);
        // An empty id is none: it would make one record of all that have it.
        let sql = if field.name == "event_id" { some(&sql) } else { sql };
        format!("{sql} AS {}", field.name)
    };
    let columns: Vec<String> = fields().map(column).collect();
    let names: Vec<String> = KEPT.iter().map(|name| format!("'{name}'")).collect();
    let kept = format!("(eventname LIKE 'AssumeRole%' OR eventname IN ({}))", names.join(", "));
    let early = table.early(window);
    let only = only(early.as_deref().into_iter().chain([kept.as_str()]));
    let told: Vec<String> = fields().map(|field| told(field.name)).collect();
    let found = format!(
        "SELECT {}, {} AS account\nFROM {}{only}",
        columns.join(",\n"),
        columns::account(),
        table.name()
    );
    format!("SELECT {}\nFROM ({}) {ONCE}", told.join(",\n"), numbered(&found, window))
}

/// The same rows in the window, copies of a record numbered.
fn numbered(found: &str, window: Window) -> String {
    let (Window { from, to }, copy) =
        (window, "row_number() OVER (PARTITION BY account, event_id ORDER BY event_time)");
    // A time that cannot be read stays: it is told as a record that lacks one.
    let within = format!("event_time IS NULL OR event_time BETWEEN '{from}' AND '{to}'");
    format!("SELECT *, {copy} AS copy\nFROM ({found})\nWHERE {within}")
}

/// What is absent travels as an empty text: engines spell `NULL` in more than one way.
fn told(name: &str) -> String {
    format!("COALESCE({name}, '') AS {name}")
}

/// What `grouping(key, by_service, ...)` gives where only these columns are grouped by: a bit for each that is not.
fn grouping(is_in: impl Fn(usize) -> bool) -> u32 {
    (0..=Facet::ALL.len()).fold(0, |bits, column| bits << 1 | u32::from(!is_in(column)))
}

/// The same for a key as a whole: all but the first.
const WHOLE_GROUP: u32 = (1 << Facet::ALL.len()) - 1;

fn tallies(table: &Table, window: Window) -> String {
    let by = Facet::ALL.map(|facet| format!("by_{}", facet.word())).join(", ");
    let told = ["account", "key", "facet", "value", "first_time", "last_time", "earliest", "caller"]
        .map(told)
        .join(", ");
    let mut sets = vec!["(account, by_region)".to_owned(), "(account, key)".to_owned()];
    sets.extend(Facet::ALL.map(|facet| format!("(account, key, by_{})", facet.word())));
    let region = Facet::Region as usize + 1;
    let mut kinds = vec![(grouping(|column| column == region), WINDOW), (WHOLE_GROUP, WHOLE)];
    kinds.extend(
        (1..)
            .zip(Facet::ALL)
            .map(|(place, facet)| (grouping(|column| column == 0 || column == place), facet.word())),
    );
    let kinds: Vec<String> = kinds.iter().map(|(bits, word)| format!("WHEN {bits} THEN '{word}'")).collect();
    format!(
        "SELECT {told}, CAST(calls AS varchar) AS calls, CAST(denied AS varchar) AS denied\nFROM (\
         SELECT account, key, CASE grouping(key, {by}) {kinds} END AS facet, COALESCE({by}) AS value,\n\
         count(*) AS calls, count(error) AS denied, min(event_time) AS first_time, max(event_time) AS last_time,\n\
         CASE WHEN grouping(key, {by}) = {WHOLE_GROUP} THEN min_by(event_id, place) END AS earliest,\n\
         CASE WHEN grouping(key, {by}) = {WHOLE_GROUP} THEN min_by(caller, place) END AS caller\n\
         FROM ({seen})\nGROUP BY GROUPING SETS ({sets}))\n\
         WHERE facet = '{WINDOW}' OR (key IS NOT NULL AND (facet = '{WHOLE}' OR value IS NOT NULL))",
        kinds = kinds.join(" "),
        seen = seen(table, window),
        sets = sets.join(", "),
    )
}

/// Of every record once what it is counted by. One that lacks something has no account, region and key: all such are one group.
fn seen(table: &Table, window: Window) -> String {
    let sql =
        |name: &str| columns::named(name).map_or_else(|| "NULL".to_owned(), |field| field.source.sql(table));
    let plain = ["event_source", "event_name", "region", "event_id", "address", "agent", "error"];
    let plain = plain.map(|name| format!("{} AS {name}", some(&sql(name)))).join(",\n");
    let identity: Vec<String> = IDENTITY.iter().map(|field| field.source.sql(table)).collect();
    let found = format!(
        "SELECT {} AS event_time,\n{plain},\n{} AS account,\n{} AS key,\n\
         json_format(CAST(ARRAY[{}] AS JSON)) AS caller\nFROM {}{}",
        sql("event_time"),
        columns::account(),
        sql("key"),
        identity.join(", "),
        table.name(),
        only(table.early(window).as_deref()),
    );
    let is_whole = ["account", "event_time", "event_source", "event_name", "region"]
        .map(|name| format!("{name} IS NOT NULL"));
    let service = "split_part(event_source, '.amazonaws.com', 1)";
    format!(
        "SELECT CASE WHEN is_whole THEN account END AS account,\n\
         CASE WHEN is_whole AND length(key) = 20 AND regexp_like(key, '^A[KS]IA[A-Z0-9]{{16}}$') THEN key END AS key,\n\
         {service} AS by_service, {service} || ':' || event_name AS by_call,\n\
         CASE WHEN is_whole THEN region END AS by_region, address AS by_address, agent AS by_agent, error AS by_error,\n\
         substr(event_time, 1, 13) AS by_hour, event_time, event_id, error, caller, event_time || COALESCE(event_id, '') AS place\n\
         FROM (SELECT *, {} AS is_whole\nFROM ({}) {ONCE})",
        is_whole.join(" AND "),
        numbered(&found, window),
    )
}

/// The text, unless it is empty.
fn some(sql: &str) -> String {
    format!("NULLIF({sql}, '')")
}
