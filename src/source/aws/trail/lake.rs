//! An event data store of CloudTrail Lake, for accounts that have one: AWS makes no new customers since 31 May 2026.

use super::{
    super::{
        signed::{Line, lake},
        visit::Visit,
    },
    engine::{Asking, Engine, Page, State, tools},
};
use crate::{
    base::blame::Blame,
    trail::sql::{Store, Table},
};

const START: &str = "cloudtrail:StartQuery";
const LOOK: &str = "cloudtrail:DescribeQuery";
const PAGES: &str = "cloudtrail:GetQueryResults";

/// Reads so many days of an event data store.
pub(super) async fn collect(visit: &Visit, store: &str, region: &str, days: i64) {
    let walk = visit.walk(&format!("event data store {store}")).await;
    match Store::new(store) {
        Ok(store) => {
            if let Some(tools) = tools(visit, &walk, START).await {
                let trail = format!("CloudTrail Lake {store}").into();
                let line = Line::new(visit, &walk, region, &tools);
                let engine = Lake { call: format!("{START} {store}") };
                let table = Table::Lake(store);
                Asking { visit, walk: &walk, trail, table, days }.read(&engine, line).await;
            }
        }
        Err(error) => walk.gap(START, Blame::Skipped(error.to_string())).await,
    }
    walk.end().await;
}

struct Lake {
    call: String,
}

impl Engine for Lake {
    async fn start(&self, line: Line<'_>, sql: &str) -> Option<String> {
        Some(line.begin::<lake::Started>(&self.call, &lake::start(sql)).await.ok()?.query_id)
    }

    async fn look(&self, line: Line<'_>, id: &str) -> Option<State> {
        let looked = line.ask::<lake::Looked>(LOOK, &lake::look(id)).await.ok()?;
        let failed = |why: &str| State::Failed(Blame::Partly(why.into()));
        Some(match looked.query_status.as_str() {
            "FINISHED" => State::Done(looked.query_statistics.bytes_scanned),
            "FAILED" => {
                failed("CloudTrail Lake could not answer; its console tells why, under query results")
            }
            "TIMED_OUT" => failed("an hour was not enough for the query: read fewer `days`"),
            "CANCELLED" => failed("somebody took the query back"),
            _ => State::Busy,
        })
    }

    async fn page(&self, line: Line<'_>, id: &str, token: Option<&str>) -> Option<Page> {
        let page = line.ask::<lake::Results>(PAGES, &lake::page(id, token)).await.ok()?;
        let next = page.next_token.clone();
        Some(Page { rows: page.rows(), next })
    }

    async fn stop(&self, line: Line<'_>, id: &str) {
        line.say(&lake::stop(id)).await;
    }

    fn call(&self) -> String {
        self.call.clone()
    }
}
