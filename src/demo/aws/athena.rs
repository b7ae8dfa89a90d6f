//! Athena: statements about the tables of log files, in JSON 1.1.
//!
//! Shapes and sentences: the Athena API reference and "Troubleshoot issues in Athena".

use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    allow,
    ask::Ask,
    engine::{self, Query, State},
    question::Question,
    refusal::Refusal,
    reply::Reply,
};
use crate::demo::world::{
    World,
    logs::{Log, Logs},
};

/// Answers a JSON call.
pub(crate) fn answer(ask: &Ask<'_>) -> Result<Reply, Refusal> {
    let world = ask.server.read();
    allow::check(ask, &world)?;
    let body = match ask.action {
        "StartQueryExecution" => start(ask, &world)?,
        "GetQueryExecution" => look(ask)?,
        "GetQueryResults" => results(ask)?,
        "StopQueryExecution" => stop(ask)?,
        "GetTableMetadata" => table(ask, &world)?,
        _ => return Err(Refusal::NoSuchAction),
    };
    Ok(Reply::json(ask.service, &body, ask.request_id))
}

fn invalid(message: impl Into<String>) -> Refusal {
    Refusal::said(400, "InvalidRequestException", message.into())
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Asked {
    query_string: String,
    client_request_token: Option<String>,
    result_configuration: Configuration,
    query_execution_id: String,
    next_token: Option<String>,
    max_results: Option<usize>,
    catalog_name: String,
    database_name: String,
    table_name: String,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Configuration {
    output_location: Option<String>,
}

fn read(ask: &Ask<'_>) -> Result<Asked, Refusal> {
    serde_json::from_slice(ask.body)
        .map_err(|_| Refusal::said(400, "SerializationException", "Cannot read the request".into()))
}

fn find<'w>(ask: &Ask<'_>, world: &'w World, name: &str) -> Option<&'w Log> {
    Logs::find(&world.logs.tables, ask.caller.account, ask.region, name)
}

fn start(ask: &Ask<'_>, world: &World) -> Result<Value, Refusal> {
    let asked = read(ask)?;
    if asked.client_request_token.as_ref().is_some_and(|token| !(32..=128).contains(&token.len())) {
        return Err(invalid(
            "1 validation error detected: Value at 'clientRequestToken' failed to satisfy constraint",
        ));
    }
    let none = "No output location provided. An output location is required either through the Workgroup result \
                configuration setting or as an API input.";
    let output = asked.result_configuration.output_location.ok_or_else(|| invalid(none))?;
    // The same token means the same query: a call that is sent again starts nothing.
    let id = asked.client_request_token.unwrap_or_else(|| ask.server.mint.uuid());
    let id = format!("athena-{id}");
    if let Some(known) = ask.server.queries().get(&id) {
        if known.statement == asked.query_string {
            return Ok(json!({ "QueryExecutionId": id }));
        }
        return Err(invalid("Idempotent parameters do not match"));
    }
    let found = Question::read(&asked.query_string).and_then(|question| {
        let log = find(ask, world, &question.table).ok_or_else(|| {
            format!("TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.{}' does not exist", question.table)
        })?;
        if output.trim_end_matches('/').starts_with(&log.output) {
            Ok(engine::answer(&question, log, world, ask.now))
        } else {
            Err(format!(
                "Access denied when writing output to url: {output} . Please ensure you are allowed to access the S3 bucket. If you \
                 are encrypting query results with KMS key, please ensure you are allowed to access your KMS key"
            ))
        }
    });
    let query = Query::ask((ask.caller.account, ask.region), &asked.query_string, output, found);
    ask.server.queries().insert(id.clone(), query);
    Ok(json!({ "QueryExecutionId": id }))
}

/// Whose query it is, and what is done with it.
fn with<T>(
    ask: &Ask<'_>,
    id: &str,
    act: impl FnOnce(&mut Query) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let mut queries = ask.server.queries();
    let query =
        queries.get_mut(id).filter(|query| query.account == ask.caller.account && query.region == ask.region);
    act(query.ok_or_else(|| invalid(format!("QueryExecution {id} was not found")))?)
}

fn look(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = read(ask)?.query_execution_id;
    with(ask, &id, |query| {
        let state = query.look();
        let mut status = json!({ "State": word(state), "SubmissionDateTime": ask.now.seconds() });
        if !matches!(state, State::Queued | State::Running) {
            status["CompletionDateTime"] = ask.now.seconds().into();
        }
        if let (State::Failed, Err(why)) = (state, &query.answer) {
            status["StateChangeReason"] = why.as_str().into();
            status["AthenaError"] = json!({ "ErrorCategory": 2, "ErrorMessage": why, "Retryable": false });
        }
        Ok(json!({ "QueryExecution": {
            "QueryExecutionId": id,
            "Query": query.statement,
            "StatementType": "DML",
            "ResultConfiguration": { "OutputLocation": format!("{}/{id}.csv", query.output.trim_end_matches('/')) },
            "Status": status,
            "Statistics": { "DataScannedInBytes": query.scanned, "EngineExecutionTimeInMillis": 812, "TotalExecutionTimeInMillis": 1040 },
            "WorkGroup": "primary",
            "EngineVersion": { "SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3" },
        } }))
    })
}

const fn word(state: State) -> &'static str {
    match state {
        State::Queued => "QUEUED",
        State::Running => "RUNNING",
        State::Done => "SUCCEEDED",
        State::Failed => "FAILED",
        State::Stopped => "CANCELLED",
    }
}

fn results(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let asked = read(ask)?;
    with(ask, &asked.query_execution_id, |query| {
        let (State::Done, Ok(answer)) = (query.state(), &query.answer) else {
            let state = word(query.state());
            return Err(invalid(format!("Query has not yet finished. Current state: {state}")));
        };
        let most = asked.max_results.unwrap_or(1000);
        if !(1..=1000).contains(&most) {
            return Err(invalid("MaxResults is more than maximum allowed length 1000"));
        }
        let from = match &asked.next_token {
            Some(token) => engine::place(token).ok_or_else(|| invalid("Invalid NextToken"))?,
            None => 0,
        };
        // The first row of the first page is the columns' names.
        let rows = std::iter::once(&answer.columns).chain(&answer.rows).skip(from).take(most);
        let row = |row: &Vec<String>| json!({ "Data": row.iter().map(|cell| json!({ "VarCharValue": cell })).collect::<Value>() });
        let columns = answer.columns.iter().map(|name| {
            json!({ "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": name, "Label": name, "Type": "varchar",
                "Precision": i32::MAX, "Scale": 0, "Nullable": "UNKNOWN", "CaseSensitive": true })
        });
        let mut body = json!({
            "UpdateCount": 0,
            "ResultSet": { "Rows": rows.map(row).collect::<Value>(), "ResultSetMetadata": { "ColumnInfo": columns.collect::<Value>() } },
        });
        if from + most <= answer.rows.len() {
            body["NextToken"] = engine::token(from + most).into();
        }
        Ok(body)
    })
}

fn stop(ask: &Ask<'_>) -> Result<Value, Refusal> {
    let id = read(ask)?.query_execution_id;
    with(ask, &id, |query| {
        query.is_stopped |= matches!(query.state(), State::Queued | State::Running);
        Ok(json!({}))
    })
}

fn table(ask: &Ask<'_>, world: &World) -> Result<Value, Refusal> {
    let asked = read(ask)?;
    let name = format!("{}.{}", asked.database_name, asked.table_name);
    if asked.catalog_name != "AwsDataCatalog" || find(ask, world, &name).is_none() {
        let message = "Entity Not Found (Service: AmazonDataCatalog; Status Code: 400; Error Code: EntityNotFoundException)";
        return Err(Refusal::said(400, "MetadataException", message.into()));
    }
    let identity = "struct<type:string,principalid:string,arn:string,accountid:string,invokedby:string,accesskeyid:string,\
        username:string,identityprovider:string,sessioncontext:struct<attributes:struct<mfaauthenticated:string,creationdate:string>,\
        sessionissuer:struct<type:string,principalid:string,arn:string,accountid:string,username:string>,sourceidentity:string>>";
    let column = |(name, kind): (&str, &str)| json!({ "Name": name, "Type": kind });
    let columns = [
        ("eventversion", "string"),
        ("useridentity", identity),
        ("eventtime", "string"),
        ("eventname", "string"),
    ];
    let partitions = ["account", "region", "timestamp"].map(|name| column((name, "string")));
    Ok(json!({ "TableMetadata": {
        "Name": asked.table_name,
        "TableType": "EXTERNAL_TABLE",
        "Columns": columns.map(column),
        "PartitionKeys": partitions,
        "Parameters": { "EXTERNAL": "TRUE", "projection.enabled": "true", "projection.timestamp.type": "date",
            "projection.timestamp.format": "yyyy/MM/dd" },
    } }))
}
