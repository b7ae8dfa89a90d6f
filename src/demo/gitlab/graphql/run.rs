//! Walks a checked query over the world: only what was selected comes back, under the names that were asked for.

use serde_json::{Map, Value, json};

use super::{
    ast::{Document, Field, Operation, Selection},
    connection::{Arguments, Page},
    node::{Got, Node},
};
use crate::{
    base::time::Timestamp,
    demo::{
        gitlab::{
            index::{Index, Jobs},
            pass::Caller,
        },
        world::GitLab,
    },
};

/// What every field may look at.
pub(super) struct Scene<'w> {
    pub gitlab: &'w GitLab,
    pub jobs: &'w Jobs,
    pub index: &'w Index,
    pub caller: &'w Caller,
    pub now: Timestamp,
    /// The query's complexity, for `queryComplexity`.
    pub score: usize,
}

/// One field as it is asked of one node.
pub(super) struct Question<'a, 'w> {
    pub scene: &'a Scene<'w>,
    pub name: &'a str,
    pub arguments: Arguments,
    /// Does the connection's `count` belong to the answer? Counting may cost a look at everything.
    pub wants_count: bool,
}

/// `{"data": ..., "errors": [...]}`, the errors only where there are any.
pub(super) fn run(
    scene: &Scene<'_>,
    document: &Document,
    operation: &Operation,
    variables: &Map<String, Value>,
) -> Value {
    let mut run = Run { scene, document, variables, errors: Vec::new(), path: Vec::new() };
    let data = run.object(Node::Query, &operation.selections);
    if run.errors.is_empty() {
        json!({ "data": data })
    } else {
        json!({ "data": data, "errors": run.errors })
    }
}

struct Run<'a, 'w> {
    scene: &'a Scene<'w>,
    document: &'a Document,
    variables: &'a Map<String, Value>,
    errors: Vec<Value>,
    path: Vec<Value>,
}

impl<'a, 'w> Run<'a, 'w> {
    /// The fields selected, fragments opened, without those their directives leave out.
    fn fields(&self, selections: &'a [Selection], found: &mut Vec<&'a Field>) {
        for selection in selections {
            match selection {
                Selection::Field(field) => {
                    let is_out = |(when, condition): &(bool, super::ast::Literal)| {
                        condition.value(self.variables) == Some(Value::Bool(*when))
                    };
                    if !field.unless.iter().any(is_out) {
                        found.push(field);
                    }
                }
                Selection::Inline(inner) => self.fields(inner, found),
                Selection::Spread(name, _) => {
                    if let Some(inner) = self.document.fragments.get(name) {
                        self.fields(inner, found);
                    }
                }
            }
        }
    }

    /// Answers each field with `value`; a key asked for twice holds what both asked for.
    fn answer(
        &mut self,
        selections: &'a [Selection],
        mut value: impl FnMut(&mut Self, &'a Field) -> Value,
    ) -> Value {
        let mut fields = Vec::new();
        self.fields(selections, &mut fields);
        let mut answers = Map::new();
        for field in fields {
            self.path.push(json!(field.key()));
            let value = value(self, field);
            self.path.pop();
            match answers.get_mut(field.key()) {
                Some(there) => merge(there, value),
                None => drop(answers.insert(field.key().to_owned(), value)),
            }
        }
        Value::Object(answers)
    }

    fn object(&mut self, node: Node<'w>, selections: &'a [Selection]) -> Value {
        self.answer(selections, |run, field| {
            if field.name == "__typename" {
                return json!(node.type_name());
            }
            let question = Question {
                scene: run.scene,
                name: &field.name,
                arguments: Arguments::of(field, run.variables),
                wants_count: run.selects(&field.selections, "count"),
            };
            match node.field(&question) {
                Got::Leaf(value) => value,
                Got::Node(None) => Value::Null,
                Got::Node(Some(inner)) => run.object(inner, &field.selections),
                Got::Page(page) => run.page(&page, &field.selections),
                Got::Refused(message) => {
                    run.errors.push(json!({
                        "message": message,
                        "locations": [{ "line": field.at.line, "column": field.at.column }],
                        "path": run.path,
                    }));
                    Value::Null
                }
            }
        })
    }

    fn selects(&self, selections: &'a [Selection], name: &str) -> bool {
        let mut fields = Vec::new();
        self.fields(selections, &mut fields);
        fields.iter().any(|field| field.name == name)
    }

    fn page(&mut self, page: &Page<'w>, selections: &'a [Selection]) -> Value {
        self.answer(selections, |run, field| match field.name.as_str() {
            "nodes" => run.each(page, |run, _, node| run.object(node, &field.selections)),
            "edges" => run.each(page, |run, cursor, node| run.edge(cursor, node, &field.selections)),
            "pageInfo" => run.page_info(page, &field.selections),
            "count" => json!(page.count),
            _ => page
                .rows
                .first()
                .map_or(Value::Null, |(_, node)| json!(format!("{}Connection", node.type_name()))),
        })
    }

    fn each(&mut self, page: &Page<'w>, mut value: impl FnMut(&mut Self, &str, Node<'w>) -> Value) -> Value {
        let mut found = Vec::with_capacity(page.rows.len());
        for (place, (cursor, node)) in page.rows.iter().enumerate() {
            self.path.push(json!(place));
            found.push(value(self, cursor, *node));
            self.path.pop();
        }
        Value::Array(found)
    }

    fn edge(&mut self, cursor: &str, node: Node<'w>, selections: &'a [Selection]) -> Value {
        self.answer(selections, |run, field| match field.name.as_str() {
            "node" => run.object(node, &field.selections),
            "cursor" => json!(cursor),
            _ => json!(format!("{}Edge", node.type_name())),
        })
    }

    fn page_info(&mut self, page: &Page<'w>, selections: &'a [Selection]) -> Value {
        self.answer(selections, |_, field| match field.name.as_str() {
            "hasNextPage" => json!(page.next),
            "hasPreviousPage" => json!(page.previous),
            "startCursor" => json!(page.rows.first().map(|(cursor, _)| cursor)),
            "endCursor" => json!(page.rows.last().map(|(cursor, _)| cursor)),
            _ => json!("PageInfo"),
        })
    }
}

/// Puts the fields of one answer into another to the same question.
fn merge(there: &mut Value, more: Value) {
    match (there, more) {
        (Value::Object(there), Value::Object(more)) => {
            for (key, value) in more {
                match there.get_mut(&key) {
                    Some(inner) => merge(inner, value),
                    None => drop(there.insert(key, value)),
                }
            }
        }
        (Value::Array(there), Value::Array(more)) => {
            for (inner, value) in there.iter_mut().zip(more) {
                merge(inner, value);
            }
        }
        _ => {}
    }
}
