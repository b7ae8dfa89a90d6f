//! GraphQL text to a document: operations, fragments, fields, arguments, aliases, variables.

use serde_json::{Value, json};

use super::{
    ast::{At, Declared, Document, Field, Literal, Operation, Selection},
    lexer::{Token, error, tokens},
};

/// Selections nest no deeper than this, so that a hostile text cannot exhaust the stack.
const DEEPEST: usize = 32;

/// The document, or GitLab's parse error.
pub(super) fn document(text: &str) -> Result<Document, Value> {
    let mut parser = Parser { tokens: tokens(text)?, place: 0 };
    let mut document = Document::default();
    while *parser.peek() != Token::End {
        parser.definition(&mut document)?;
    }
    if document.operations.is_empty() {
        return Err(json!({ "message": "Unexpected end of document", "locations": [] }));
    }
    Ok(document)
}

struct Parser {
    tokens: Vec<(Token, At)>,
    place: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.place).map_or(&Token::End, |(token, _)| token)
    }

    fn at(&self) -> At {
        self.tokens.get(self.place).or(self.tokens.last()).map_or(At { line: 1, column: 1 }, |(_, at)| *at)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.place += 1;
        token
    }

    /// Takes a mark if it stands there.
    fn take(&mut self, mark: char) -> bool {
        let is_there = *self.peek() == Token::Mark(mark);
        self.place += usize::from(is_there);
        is_there
    }

    fn want(&mut self, mark: char) -> Result<(), Value> {
        if self.take(mark) { Ok(()) } else { Err(self.refuse(&format!("expected \"{mark}\""))) }
    }

    fn name(&mut self) -> Result<String, Value> {
        match self.peek().clone() {
            Token::Name(name) => {
                self.place += 1;
                Ok(name)
            }
            _ => Err(self.refuse("expected a name")),
        }
    }

    fn refuse(&self, wish: &str) -> Value {
        let found = match self.peek() {
            Token::Mark(mark) => format!("\"{mark}\""),
            Token::Spread => "\"...\"".to_owned(),
            Token::Name(text) | Token::Text(text) => format!("\"{text}\""),
            Token::Number(number) => format!("\"{number}\""),
            Token::End => "end of file".to_owned(),
        };
        error(&format!("Parse error on {found} ({wish})"), self.at())
    }

    fn definition(&mut self, document: &mut Document) -> Result<(), Value> {
        if *self.peek() == Token::Mark('{') {
            let selections = self.selections(0)?;
            let kind = "query".to_owned();
            document.operations.push(Operation { kind, name: None, variables: Vec::new(), selections });
            return Ok(());
        }
        match self.name()?.as_str() {
            "fragment" => {
                let name = self.name()?;
                self.name()?;
                self.name()?;
                document.fragments.insert(name, self.selections(0)?);
            }
            kind @ ("query" | "mutation" | "subscription") => {
                let name = if let Token::Name(_) = self.peek() { Some(self.name()?) } else { None };
                let variables = self.declared()?;
                let selections = self.selections(0)?;
                document.operations.push(Operation { kind: kind.to_owned(), name, variables, selections });
            }
            _ => {
                self.place -= 1;
                return Err(self.refuse("expected query, mutation, subscription or fragment"));
            }
        }
        Ok(())
    }

    /// `($first: Int!, $after: String = null)`
    fn declared(&mut self) -> Result<Vec<Declared>, Value> {
        let mut variables = Vec::new();
        if !self.take('(') {
            return Ok(variables);
        }
        while !self.take(')') {
            let at = self.at();
            self.want('$')?;
            let name = self.name()?;
            self.want(':')?;
            let of = self.type_name(0)?;
            let default = if self.take('=') { Some(self.literal(0)?) } else { None };
            variables.push(Declared { name, of, default, at });
        }
        Ok(variables)
    }

    fn type_name(&mut self, depth: usize) -> Result<String, Value> {
        if depth > DEEPEST {
            return Err(error("Query is nested too deeply", self.at()));
        }
        let mut text = if self.take('[') {
            let inner = self.type_name(depth + 1)?;
            self.want(']')?;
            format!("[{inner}]")
        } else {
            self.name()?
        };
        if self.take('!') {
            text.push('!');
        }
        Ok(text)
    }

    fn selections(&mut self, depth: usize) -> Result<Vec<Selection>, Value> {
        if depth > DEEPEST {
            return Err(error("Query is nested too deeply", self.at()));
        }
        self.want('{')?;
        let mut found = Vec::new();
        while !self.take('}') {
            found.push(self.selection(depth)?);
        }
        if found.is_empty() { Err(self.refuse("expected a field")) } else { Ok(found) }
    }

    fn selection(&mut self, depth: usize) -> Result<Selection, Value> {
        let at = self.at();
        if *self.peek() != Token::Spread {
            return self.field(depth).map(Selection::Field);
        }
        self.place += 1;
        match self.peek().clone() {
            Token::Name(word) if word == "on" => {
                self.place += 1;
                self.name()?;
                self.selections(depth + 1).map(Selection::Inline)
            }
            Token::Name(name) => {
                self.place += 1;
                Ok(Selection::Spread(name, at))
            }
            _ => self.selections(depth + 1).map(Selection::Inline),
        }
    }

    fn field(&mut self, depth: usize) -> Result<Field, Value> {
        let at = self.at();
        let first = self.name()?;
        let (alias, name) = if self.take(':') { (Some(first), self.name()?) } else { (None, first) };
        let arguments = self.arguments()?;
        let mut unless = Vec::new();
        while self.take('@') {
            unless.push(self.directive()?);
        }
        let selections =
            if *self.peek() == Token::Mark('{') { self.selections(depth + 1)? } else { Vec::new() };
        Ok(Field { alias, name, arguments, unless, selections, at })
    }

    fn directive(&mut self) -> Result<(bool, Literal), Value> {
        let at = self.at();
        let name = self.name()?;
        let arguments = self.arguments()?;
        let condition = arguments.into_iter().find(|(key, _)| key == "if").map(|(_, value)| value);
        match (name.as_str(), condition) {
            ("include", Some(condition)) => Ok((false, condition)),
            ("skip", Some(condition)) => Ok((true, condition)),
            _ => Err(error(&format!("Directive @{name} is not defined"), at)),
        }
    }

    fn arguments(&mut self) -> Result<Vec<(String, Literal)>, Value> {
        let mut found = Vec::new();
        if !self.take('(') {
            return Ok(found);
        }
        while !self.take(')') {
            let name = self.name()?;
            self.want(':')?;
            found.push((name, self.literal(0)?));
        }
        Ok(found)
    }

    fn literal(&mut self, depth: usize) -> Result<Literal, Value> {
        if depth > DEEPEST {
            return Err(error("Query is nested too deeply", self.at()));
        }
        if self.take('$') {
            return self.name().map(Literal::Variable);
        }
        if self.take('[') {
            let mut items = Vec::new();
            while !self.take(']') {
                items.push(self.literal(depth + 1)?);
            }
            return Ok(Literal::List(items));
        }
        if self.take('{') {
            let mut fields = Vec::new();
            while !self.take('}') {
                let name = self.name()?;
                self.want(':')?;
                fields.push((name, self.literal(depth + 1)?));
            }
            return Ok(Literal::Object(fields));
        }
        let refusal = self.refuse("expected a value");
        Ok(Literal::Constant(match self.next() {
            Token::Number(number) => number,
            Token::Text(text) => Value::String(text),
            Token::Name(word) => match word.as_str() {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                "null" => Value::Null,
                // An enum's word.
                _ => Value::String(word),
            },
            _ => return Err(refusal),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_arguments_and_fragments_come_apart() {
        let text = "query all($n: Int! = 5, $ids: [ID!]) { # bulk\n  mine: projects(first: $n, ids: [\"a\", \"b\"], \
                    archived: false) { nodes { ...Some ... on Project { id } } } }\nfragment Some on Project { name }";
        let document = document(text).unwrap();
        let operation = &document.operations[0];
        assert_eq!(operation.name.as_deref(), Some("all"));
        assert_eq!(operation.variables[1].of, "[ID!]");
        let field = operation.selections[0].field().unwrap();
        assert_eq!((field.key(), field.name.as_str()), ("mine", "projects"));
        assert_eq!(field.at, At { line: 2, column: 3 });
        assert_eq!(field.arguments.len(), 3);
        assert!(document.fragments.contains_key("Some"));
    }

    #[test]
    fn errors_say_where() {
        for text in ["{ a(", "{ }", "query { a }}", "{ a: }", "nonsense", "", "{ a(b: \"c }", "{ a ..}"] {
            assert!(document(text).is_err(), "{text}");
        }
        let error = document("{\n  projects(first: )\n}").unwrap_err();
        assert_eq!(error["locations"][0], json!({ "line": 2, "column": 19 }));
        assert!(document(&"{a".repeat(5_000)).is_err(), "depth is limited");
        assert!(document(&format!("query($a:{}", "[".repeat(9_000))).is_err(), "in types too");
    }
}
