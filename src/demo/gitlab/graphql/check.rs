//! Is a query valid against the schema, and how much does it cost? Errors are worded as graphql-ruby words them.

use serde_json::{Map, Value, json};

use super::{
    ast::{At, Document, Field, Operation, Selection},
    connection, schema,
};

/// The score above which a query is refused.
///
/// Source: doc/api/graphql, "Limits"; authenticated callers.
pub(super) const MOST_COMPLEX: usize = 250;

/// Fragments in fragments end here; one that spreads itself is an error.
const DEEPEST: usize = 40;

/// The variables of a request with the operation's defaults put in; an error where a required one is missing.
pub(super) fn variables(
    operation: &Operation,
    given: &Map<String, Value>,
) -> Result<Map<String, Value>, Value> {
    let mut found = Map::new();
    for declared in &operation.variables {
        let default = || declared.default.as_ref().and_then(|default| default.value(&Map::new()));
        let value = given.get(&declared.name).cloned().or_else(default);
        let is_missing = value.as_ref().is_none_or(Value::is_null) && declared.of.ends_with('!');
        if is_missing {
            return Err(json!({
                "message": format!(
                    "Variable ${} of type {} was provided invalid value", declared.name, declared.of
                ),
                "locations": [place(declared.at)],
                "extensions": {
                    "value": null,
                    "problems": [{ "path": [], "explanation": "Expected value to not be null" }],
                },
            }));
        }
        found.extend(value.map(|value| (declared.name.clone(), value)));
    }
    Ok(found)
}

/// The score of a valid query; otherwise all that is wrong with it.
pub(super) fn check(
    document: &Document,
    operation: &Operation,
    variables: &Map<String, Value>,
) -> Result<usize, Vec<Value>> {
    let root = match &operation.name {
        Some(name) => format!("query {name}"),
        None => "query".to_owned(),
    };
    let mut check = Check { document, operation, variables, errors: Vec::new(), path: vec![root] };
    let score = check.selections(&operation.selections, "Query", 0);
    if check.errors.is_empty() { Ok(score) } else { Err(check.errors) }
}

fn place(at: At) -> Value {
    json!({ "line": at.line, "column": at.column })
}

struct Check<'a> {
    document: &'a Document,
    operation: &'a Operation,
    variables: &'a Map<String, Value>,
    errors: Vec<Value>,
    path: Vec<String>,
}

impl Check<'_> {
    fn refuse(&mut self, message: &str, at: At, extensions: &Value) {
        self.errors.push(json!({
            "message": message,
            "locations": [place(at)],
            "path": self.path,
            "extensions": extensions,
        }));
    }

    fn selections(&mut self, selections: &[Selection], of: &str, depth: usize) -> usize {
        let mut score = 0;
        for selection in selections {
            score += match selection {
                Selection::Field(field) => {
                    self.path.push(field.key().to_owned());
                    let score = self.field(field, of, depth);
                    self.path.pop();
                    score
                }
                Selection::Inline(inner) => self.selections(inner, of, depth + 1),
                Selection::Spread(name, at) => match self.document.fragments.get(name) {
                    Some(inner) if depth < DEEPEST => self.selections(inner, of, depth + 1),
                    Some(_) => {
                        let message = format!("Fragment {name} contains an infinite loop");
                        self.refuse(&message, *at, &json!({ "code": "infiniteLoop", "fragmentName": name }));
                        0
                    }
                    None => {
                        let message = format!("Fragment {name} was used, but not defined");
                        let extensions = json!({ "code": "useAndDefineFragment", "fragmentName": name });
                        self.refuse(&message, *at, &extensions);
                        0
                    }
                },
            };
        }
        score
    }

    /// Checks one field and scores it: one for itself and its children; a connection counts for more by a hundredth for
    /// each row asked for (app/graphql/types/base_field.rb).
    fn field(&mut self, field: &Field, of: &str, depth: usize) -> usize {
        let name = &field.name;
        let Some(found) = schema::field(of, name) else {
            let extensions = json!({ "code": "undefinedField", "typeName": of, "fieldName": name });
            self.refuse(&format!("Field '{name}' doesn't exist on type '{of}'"), field.at, &extensions);
            return 0;
        };
        self.arguments(field, found.arguments);
        let is_object = schema::is_object(&found.of);
        if is_object && field.selections.is_empty() {
            let message = format!(
                "Field must have selections (field '{name}' returns {0} but has no selections. \
                 Did you mean '{name} {{ ... }}'?)",
                found.of
            );
            self.refuse(&message, field.at, &json!({ "code": "selectionMismatch", "nodeName": name }));
        } else if !is_object && !field.selections.is_empty() {
            let message = format!(
                "Selections can't be made on scalars (field '{name}' returns {} but has selections)",
                found.of
            );
            self.refuse(&message, field.at, &json!({ "code": "selectionMismatch", "nodeName": name }));
            return 0;
        }
        let score = 1 + self.selections(&field.selections, &found.of, depth);
        if schema::is_connection(&found.of) {
            score + score * connection::first(field, self.variables) / 100
        } else {
            score
        }
    }

    fn arguments(&mut self, field: &Field, known: &str) {
        for (name, literal) in &field.arguments {
            if !known.split(' ').any(|word| word == name) {
                let message = format!("Field '{}' doesn't accept argument '{name}'", field.name);
                let extensions = json!({
                    "code": "argumentNotAccepted",
                    "name": field.name,
                    "typeName": "Field",
                    "argumentName": name,
                });
                self.refuse(&message, field.at, &extensions);
            }
            let mut used = Vec::new();
            literal.variables(&mut used);
            for variable in used {
                if !self.operation.variables.iter().any(|declared| declared.name == variable) {
                    let user = self.operation.name.as_deref().unwrap_or("anonymous query");
                    let message = format!("Variable ${variable} is used by {user} but not declared");
                    let extensions = json!({ "code": "variableNotDefined", "variableName": variable });
                    self.refuse(&message, field.at, &extensions);
                }
            }
        }
    }
}
