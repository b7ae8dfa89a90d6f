//! CloudTrail Lake: the same with other words.
//!
//! Source: the CloudTrail API reference, API version 2013-11-01.

use std::{collections::BTreeMap, sync::Arc};

use serde::Deserialize;

use super::request::Request;

/// Rows asked for at once: the most there are.
const PAGE: u32 = 1000;

fn request(action: &str) -> Request {
    Request::json("cloudtrail", &format!("com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.{action}"))
}

pub(in super::super) fn start(sql: &str) -> Request {
    request("StartQuery").with("QueryStatement", sql)
}

pub(in super::super) fn look(id: &str) -> Request {
    request("DescribeQuery").with("QueryId", id)
}

pub(in super::super) fn page(id: &str, token: Option<&str>) -> Request {
    let request = request("GetQueryResults").with("QueryId", id).with("MaxQueryResults", PAGE);
    match token {
        Some(token) => request.with("NextToken", token),
        None => request,
    }
}

pub(in super::super) fn stop(id: &str) -> Request {
    request("CancelQuery").with("QueryId", id)
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Started {
    pub(in super::super) query_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Looked {
    /// `QUEUED`, `RUNNING`, `FINISHED`, `FAILED`, `CANCELLED`, `TIMED_OUT`.
    pub(in super::super) query_status: String,
    #[serde(default)]
    pub(in super::super) query_statistics: Statistics,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(in super::super) struct Statistics {
    pub(in super::super) bytes_scanned: u64,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(in super::super) struct Results {
    /// A row is a list with an object of one name for each column.
    #[serde(default)]
    query_result_rows: Vec<Vec<BTreeMap<Arc<str>, Option<String>>>>,
    pub(in super::super) next_token: Option<String>,
}

impl Results {
    pub(in super::super) fn rows<R: FromIterator<(Arc<str>, String)>>(self) -> Vec<R> {
        let row = |row: Vec<BTreeMap<Arc<str>, Option<String>>>| {
            row.into_iter().flatten().map(|(name, cell)| (name, cell.unwrap_or_default())).collect()
        };
        self.query_result_rows.into_iter().map(row).collect()
    }
}
