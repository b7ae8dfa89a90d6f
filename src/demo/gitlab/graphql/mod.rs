//! `/api/graphql`: the queries clients use to read a company in bulk, parsed, checked against a schema, scored and
//! answered. No mutations, no introspection beyond `__typename`.

mod ast;
mod check;
mod connection;
mod lexer;
mod node;
mod parse;
mod people;
mod project;
mod repository;
mod root;
mod run;
mod runner;
mod schema;

use serde_json::{Map, Value, json};

use self::ast::{Document, Operation};
use super::{ask::Ask, door::Site, pass::Caller, reply::Reply};
use crate::{base::time::Timestamp, demo::world::GitLab};

/// Characters of a query at most.
///
/// Source: doc/api/graphql, "Limits".
const LONGEST_QUERY: usize = 10_000;

/// One query of a request, parsed or not, with what came along.
pub(super) struct Demand {
    document: Result<Document, Value>,
    operation: Option<String>,
    variables: Map<String, Value>,
}

impl Demand {
    /// The operation asked for: the one named, or the only one.
    fn chosen(&self) -> Option<(&Document, &Operation)> {
        let document = self.document.as_ref().ok()?;
        let operation = match &self.operation {
            Some(name) => document.operations.iter().find(|operation| operation.name.as_ref() == Some(name)),
            None => document.operations.first(),
        };
        operation.map(|operation| (document, operation))
    }
}

/// Reads a request: one query, or a list of them (a multiplex).
pub(super) fn read(ask: &Ask) -> Result<Vec<Demand>, Reply> {
    let bodies = match &ask.json {
        Some(Value::Array(items)) => items.iter().collect(),
        Some(body) => vec![body],
        None => Vec::new(),
    };
    let errors = |status: u16, text: &str| Reply::json(status, &json!({ "errors": [{ "message": text }] }));
    if bodies.is_empty() {
        return Err(errors(422, "Unexpected end of document"));
    }
    let mut demands = Vec::new();
    for body in bodies {
        let text = body.get("query").and_then(Value::as_str).unwrap_or_default();
        if text.chars().count() > LONGEST_QUERY {
            return Err(errors(422, "Query too large"));
        }
        demands.push(Demand {
            document: parse::document(text),
            operation: body.get("operationName").and_then(Value::as_str).map(str::to_owned),
            variables: body.get("variables").and_then(Value::as_object).cloned().unwrap_or_default(),
        });
    }
    Ok(demands)
}

/// The root fields asked for, by which the ledger and the fault switches know a query: `currentUser,metadata`.
pub(super) fn roots(demands: &[Demand]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for (_, operation) in demands.iter().filter_map(Demand::chosen) {
        for field in operation.selections.iter().filter_map(ast::Selection::field) {
            if !names.contains(&field.name.as_str()) {
                names.push(&field.name);
            }
        }
    }
    names.join(",")
}

/// The whole answer to one query: data, errors or both.
pub(super) fn answer(
    demand: &Demand,
    site: &Site,
    gitlab: &GitLab,
    caller: &Caller,
    now: Timestamp,
) -> Value {
    if let Err(error) = &demand.document {
        return json!({ "errors": [error] });
    }
    let Some((document, operation)) = demand.chosen() else {
        let name = demand.operation.as_deref().unwrap_or_default();
        return json!({ "errors": [{ "message": format!("No operation named \"{name}\"") }] });
    };
    if operation.kind != "query" {
        let sentence = format!("Schema is not configured for {}s", operation.kind);
        return json!({ "errors": [{ "message": sentence }] });
    }
    let variables = match check::variables(operation, &demand.variables) {
        Ok(variables) => variables,
        Err(error) => return json!({ "errors": [error] }),
    };
    let score = match check::check(document, operation, &variables) {
        Ok(score) => score,
        Err(errors) => return json!({ "errors": errors }),
    };
    if score > check::MOST_COMPLEX {
        let most = check::MOST_COMPLEX;
        let sentence = format!("Query has complexity of {score}, which exceeds max complexity of {most}");
        return json!({ "errors": [{ "message": sentence }] });
    }
    let jobs = site.index.jobs(gitlab);
    let scene = run::Scene { gitlab, jobs: &jobs, index: &site.index, caller, now, score };
    run::run(&scene, document, operation, &variables)
}
