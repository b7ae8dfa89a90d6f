//! CloudTrail Lake: statements about event data stores, in CloudTrail's JSON 1.1.
//!
//! Shapes: the CloudTrail API reference, StartQuery, DescribeQuery, GetQueryResults and CancelQuery.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    ask::Ask,
    engine::{self, Query, State},
    question::Question,
    refusal::Refusal,
};
use crate::demo::world::{World, logs::Logs};

/// Is this one of Lake's actions?
pub(crate) fn knows(action: &str) -> bool {
    matches!(action, "StartQuery" | "DescribeQuery" | "GetQueryResults" | "CancelQuery")
}

/// What a call says.
pub(crate) fn say(ask: &Ask<'_>, world: &World) -> Result<Value, Refusal> {
    match ask.action {
        "StartQuery" => start(ask, world),
        "DescribeQuery" => describe(ask),
        "GetQueryResults" => results(ask),
        _ => cancel(ask),
    }
}

fn refuse(code: &'static str, message: &str) -> Refusal {
    Refusal::said(400, code, message.to_owned())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Asked {
    query_statement: String,
    query_id: String,
    next_token: Option<String>,
    max_query_results: Option<usize>,
}

fn read(ask: &Ask<'_>) -> Result<Asked, Refusal> {
    serde_json::from_slice(ask.body).map_err(|_| refuse("SerializationException", "Cannot read the request"))
}

fn start(ask: &Ask<'_>, world: &World) -> Result<Value, Refusal> {
    let statement = read(ask)?.query_statement;
    let question = match Question::read(&statement) {
        Ok(question) if statement.len() <= 10_000 => question,
        _ => {
            let why = "The query that was submitted has validation errors, or uses incorrect syntax or unsupported keywords.";
            return Err(refuse("InvalidQueryStatementException", why));
        }
    };
    let log =
        Logs::find(&world.logs.stores, ask.caller.account, ask.region, &question.table).ok_or_else(|| {
            refuse("EventDataStoreNotFoundException", "The specified event data store was not found.")
        })?;
    let found = Ok(engine::answer(&question, log, world, ask.now));
    let id = ask.server.mint.uuid();
    let query = Query::ask((ask.caller.account, ask.region), &statement, String::new(), found);
    ask.server.queries().insert(id.clone(), query);
    Ok(json!({ "QueryId": id }))
}

fn with<T>(
    ask: &Ask<'_>,
    id: &str,
    act: impl FnOnce(&mut Query) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut queries = ask.server.queries();
    let query =
        queries.get_mut(id).filter(|query| query.account == ask.caller.account && query.region == ask.region);
    act(query.ok_or_else(|| {
        refuse("QueryIdNotFoundException", "The query ID does not exist or does not map to a query.")
    })?)
}

const fn word(state: State) -> &'static str {
    match state {
        State::Queued => "QUEUED",
        State::Running => "RUNNING",
        State::Done => "FINISHED",
        State::Failed => "FAILED",
        State::Stopped => "CANCELLED",
    }
}

fn describe(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = read(ask)?.query_id;
    with(ask, &id, |query| {
        let state = query.look();
        let rows = query.answer.as_ref().map_or(0, |answer| answer.rows.len());
        Ok(json!({
            "QueryId": id,
            "QueryString": query.statement,
            "QueryStatus": word(state),
            "QueryStatistics": { "EventsMatched": rows, "EventsScanned": rows, "BytesScanned": query.scanned,
                "ExecutionTimeInMillis": 700, "CreationTime": ask.now.seconds() },
        }))
    })
}

fn results(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let asked = read(ask)?;
    with(ask, &asked.query_id, |query| {
        let state = query.state();
        let (State::Done, Ok(answer)) = (state, &query.answer) else {
            return Ok(json!({ "QueryStatus": word(state), "QueryStatistics": {}, "QueryResultRows": [] }));
        };
        let most = asked.max_query_results.unwrap_or(1000);
        if !(1..=1000).contains(&most) {
            return Err(refuse("InvalidMaxResultsException", "MaxQueryResults must be between 1 and 1000"));
        }
        let from = match &asked.next_token {
            Some(token) => engine::place(token)
                .ok_or_else(|| refuse("InvalidNextTokenException", "The NextToken is not valid"))?,
            None => 0,
        };
        // A row is a list with an object for each column.
        let row = |row: &Vec<String>| {
            answer.columns.iter().zip(row).map(|(name, cell)| json!({ name: cell })).collect::<Value>()
        };
        let rows: Vec<Value> = answer.rows.iter().skip(from).take(most).map(row).collect();
        let mut body = json!({
            "QueryStatus": word(state),
            "QueryStatistics": { "ResultsCount": rows.len(), "TotalResultsCount": answer.rows.len(), "BytesScanned": query.scanned },
            "QueryResultRows": rows,
        });
        if from + most < answer.rows.len() {
            body["NextToken"] = engine::token(from + most).into();
        }
        Ok(body)
    })
}

fn cancel(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = read(ask)?.query_id;
    with(ask, &id, |query| {
        if !matches!(query.state(), State::Queued | State::Running) {
            return Err(refuse(
                "InactiveQueryException",
                "The specified query cannot be canceled because it is in a terminal state.",
            ));
        }
        query.is_stopped = true;
        Ok(json!({ "QueryId": id, "QueryStatus": "CANCELLED" }))
    })
}
