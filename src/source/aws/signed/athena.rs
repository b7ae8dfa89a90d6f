//! Athena: a statement is asked, looked after and its answer fetched in pages.
//!
//! Source: the Athena API reference, API version 2017-05-18.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::request::Request;

/// Rows asked for at once: the most there are.
const PAGE: u32 = 1000;

fn request(action: &str) -> Request {
    Request::json("athena", &format!("AmazonAthena.{action}"))
}

/// What a table is made of.
pub(in super::super) fn describe(database: &str, table: &str, workgroup: Option<&str>) -> Request {
    let request = request("GetTableMetadata")
        .with("CatalogName", "AwsDataCatalog")
        .with("DatabaseName", database)
        .with("TableName", table);
    workgroup.map_or(request.clone(), |name| request.with("WorkGroup", name))
}

/// `token` makes a call that is sent again the same call: 32 to 128 characters.
pub(in super::super) fn start(
    sql: &str,
    token: &str,
    (workgroup, output): (Option<&str>, Option<&str>),
) -> Request {
    let mut request =
        request("StartQueryExecution").with("QueryString", sql).with("ClientRequestToken", token);
    if let Some(name) = workgroup {
        request = request.with("WorkGroup", name);
    }
    if let Some(place) = output {
        request = request.with("ResultConfiguration", serde_json::json!({ "OutputLocation": place }));
    }
    request
}

pub(in super::super) fn look(id: &str) -> Request {
    request("GetQueryExecution").with("QueryExecutionId", id)
}

pub(in super::super) fn page(id: &str, token: Option<&str>) -> Request {
    let request = request("GetQueryResults").with("QueryExecutionId", id).with("MaxResults", PAGE);
    match token {
        Some(token) => request.with("NextToken", token),
        None => request,
    }
}

pub(in super::super) fn stop(id: &str) -> Request {
    request("StopQueryExecution").with("QueryExecutionId", id)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Described {
    pub(in super::super) table_metadata: Metadata,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Metadata {
    #[serde(default)]
    pub(in super::super) columns: Vec<Column>,
    #[serde(default)]
    pub(in super::super) partition_keys: Vec<Column>,
    #[serde(default)]
    pub(in super::super) parameters: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Column {
    pub(in super::super) name: String,
    #[serde(rename = "Type", default)]
    pub(in super::super) kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Started {
    pub(in super::super) query_execution_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Looked {
    pub(in super::super) query_execution: Execution,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Execution {
    pub(in super::super) status: Status,
    #[serde(default)]
    pub(in super::super) statistics: Statistics,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Status {
    /// `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED`, `CANCELLED`.
    pub(in super::super) state: String,
    #[serde(default)]
    pub(in super::super) state_change_reason: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in super::super) struct Statistics {
    pub(in super::super) data_scanned_in_bytes: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Results {
    result_set: Set,
    pub(in super::super) next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Set {
    #[serde(default)]
    rows: Vec<Data>,
    #[serde(rename = "ResultSetMetadata")]
    metadata: SetMetadata,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SetMetadata {
    column_info: Vec<Info>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Info {
    name: Arc<str>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Data {
    #[serde(default)]
    data: Vec<Datum>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Datum {
    /// Not there for `NULL`.
    var_char_value: Option<String>,
}

impl Results {
    /// The rows with their columns' names. The first page begins with a row that holds nothing but them.
    pub(in super::super) fn rows<R: FromIterator<(Arc<str>, String)>>(self, is_first: bool) -> Vec<R> {
        let names: Vec<Arc<str>> =
            self.result_set.metadata.column_info.into_iter().map(|info| info.name).collect();
        let row = |row: Data| {
            let cells = names.iter().zip(row.data);
            cells.map(|(name, cell)| (name.clone(), cell.var_char_value.unwrap_or_default())).collect()
        };
        self.result_set.rows.into_iter().skip(usize::from(is_first)).map(row).collect()
    }
}
