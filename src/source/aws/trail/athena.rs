//! A table of a trail's files in Athena.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    super::{
        signed::{Line, athena},
        visit::Visit,
    },
    engine::{Asking, Engine, Page, State, tools},
};
use crate::{
    base::blame::Blame,
    trail::sql::{Shape, Table, Word},
};

const DESCRIBE: &str = "athena:GetTableMetadata";
const START: &str = "athena:StartQueryExecution";
const LOOK: &str = "athena:GetQueryExecution";
/// Who fetches an answer must be allowed to read it where it was written.
const PAGES: &str = "athena:GetQueryResults (and s3:GetObject of the answer)";

/// What the configuration says of it.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) database: &'a str,
    pub(super) table: &'a str,
    pub(super) workgroup: Option<&'a str>,
    pub(super) output: Option<&'a str>,
}

/// Reads so many days of a table.
pub(super) async fn collect(visit: &Visit, place: Place<'_>, region: &str, days: i64) {
    let name = format!("{}.{}", place.database, place.table);
    let walk = visit.walk(&format!("{name} in Athena")).await;
    if let Some(tools) = tools(visit, &walk, DESCRIBE).await {
        let line = Line::new(visit, &walk, region, &tools);
        match table(line, place, &name).await {
            Some(table) => {
                let trail = format!("Athena {name}").into();
                let engine = Athena { place, name, caller: &visit.caller };
                Asking { visit, walk: &walk, trail, table, days }.read(&engine, line).await;
            }
            None => walk.leave_out(),
        }
    }
    walk.end().await;
}

/// Asks what the table has. Without knowing its days, a question could cost more than its answer is worth.
async fn table(line: Line<'_>, place: Place<'_>, name: &str) -> Option<Table> {
    let call = format!("{DESCRIBE} {name}");
    let (Ok(database), Ok(table)) = (Word::new(place.database), Word::new(place.table)) else {
        line.walk.gap(call, Blame::Gone).await;
        return None;
    };
    let request = athena::describe(place.database, place.table, place.workgroup);
    let found = line.ask::<athena::Described>(&call, &request).await.ok()?.table_metadata;
    let identity = found.columns.iter().find(|column| column.name == "useridentity");
    let partitions: Vec<&str> = found.partition_keys.iter().map(|column| column.name.as_str()).collect();
    let parameter = |name: &str| found.parameters.get(name).cloned();
    let shape = Shape::of(identity.map_or("", |column| &column.kind), &partitions, parameter);
    for (is_there, column) in [
        (shape.has_provider, "useridentity.identityprovider"),
        (shape.has_source_identity, "useridentity.sessioncontext.sourceidentity"),
    ] {
        if !is_there {
            let why = format!("the table has no {column}; one made by `keytrail ddl` has");
            line.walk.gap(format!("read {name}"), Blame::Partly(why)).await;
        }
    }
    if shape.days.is_none() {
        tracing::warn!(table = name, "no partition by day is known: every look reads the whole table");
    }
    Some(Table::Athena { database, table, shape })
}

struct Athena<'a> {
    place: Place<'a>,
    name: String,
    caller: &'a str,
}

impl Athena<'_> {
    /// Why a query failed, without its words: they may quote what was read.
    ///
    /// Source: Athena User Guide, "Troubleshoot issues in Athena"; the words in capitals are those of Trino's error codes.
    fn failed(&self, reason: &str) -> Blame {
        let word = reason.split([':', ' ']).next().unwrap_or_default();
        let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
        let told = reason.to_lowercase();
        let is_denied = ["access denied", "not authorized", "insufficient permissions"];
        if word == "PERMISSION_DENIED" || is_denied.iter().any(|words| told.contains(words)) {
            return Blame::Scope(format!(
                "let {} read the log files (s3:GetObject, s3:ListBucket, kms:Decrypt) and the table (glue:GetTable, glue:GetPartitions), and \
                 write answers to the place that `output` or the workgroup names",
                self.caller
            ));
        }
        match word {
            "TABLE_NOT_FOUND" | "SCHEMA_NOT_FOUND" | "CATALOG_NOT_FOUND" => Blame::Gone,
            "COLUMN_NOT_FOUND" => {
                Blame::Partly("the table lacks a column; `keytrail ddl` makes one that has all".into())
            }
            _ if is_word => Blame::Partly(format!("Athena could not answer: {word}")),
            _ => Blame::Partly("Athena could not answer; its console tells why, under recent queries".into()),
        }
    }
}

impl Engine for Athena<'_> {
    async fn start(&self, line: Line<'_>, sql: &str) -> Option<String> {
        let moment = format!("{:?} {} {sql}", line.walk.sweep(), line.walk.now());
        let token = URL_SAFE_NO_PAD.encode(Sha256::digest(moment));
        let request = athena::start(sql, &token, (self.place.workgroup, self.place.output));
        let started = line.begin::<athena::Started>(&format!("{START} {}", self.name), &request).await;
        Some(started.ok()?.query_execution_id)
    }

    async fn look(&self, line: Line<'_>, id: &str) -> Option<State> {
        let looked = line.ask::<athena::Looked>(LOOK, &athena::look(id)).await.ok()?.query_execution;
        Some(match looked.status.state.as_str() {
            "SUCCEEDED" => State::Done(looked.statistics.data_scanned_in_bytes),
            "FAILED" => State::Failed(self.failed(&looked.status.state_change_reason)),
            "CANCELLED" => State::Failed(Blame::Skipped("somebody took the query back".into())),
            _ => State::Busy,
        })
    }

    async fn page(&self, line: Line<'_>, id: &str, token: Option<&str>) -> Option<Page> {
        let page = line.ask::<athena::Results>(PAGES, &athena::page(id, token)).await.ok()?;
        let next = page.next_token.clone();
        Some(Page { rows: page.rows(token.is_none()), next })
    }

    async fn stop(&self, line: Line<'_>, id: &str) {
        line.say(&athena::stop(id)).await;
    }

    fn call(&self) -> String {
        format!("{START} {}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_query_failed_is_told_without_quoting() {
        let place = Place { database: "d", table: "t", workgroup: None, output: None };
        let athena = Athena { place, name: "d.t".into(), caller: "arn:aws:iam::111111111111:role/r" };
        assert_eq!(athena.failed("TABLE_NOT_FOUND: line 1:15: Table 'x' does not exist"), Blame::Gone);
        assert!(matches!(athena.failed("Access denied when writing output to url: s3://x"), Blame::Scope(_)));
        assert!(matches!(
            athena.failed("PERMISSION_DENIED: Access Denied (Service: Amazon S3)"),
            Blame::Scope(_)
        ));
        let denied = "Insufficient permissions to execute the query. User: x is not authorized to perform: glue:GetTable";
        assert!(matches!(athena.failed(denied), Blame::Scope(_)));
        let told = athena.failed("HIVE_BAD_DATA: Error parsing field value 'IQoJsecret'").sentence();
        assert!(told.contains("HIVE_BAD_DATA") && !told.contains("IQoJ"), "{told}");
        let told = athena.failed("something IQoJ went wrong").sentence();
        assert!(!told.contains("IQoJ"), "{told}");
    }
}
