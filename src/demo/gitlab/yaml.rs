//! As much YAML as a merged CI configuration uses: nested maps and lists, plain and quoted scalars, `[a, b]`, `{}` and
//! block text. No anchors, tags or several documents: merging has done away with them.

use serde_json::{Map, Value};

/// One line with something on it: its indentation and its text.
#[derive(Clone, Copy)]
struct Line<'a> {
    indent: usize,
    text: &'a str,
    raw: &'a str,
}

/// The document, with maps in the order of their keys; `None` where it is not of this form.
pub(super) fn read(text: &str) -> Option<Value> {
    let lines: Vec<Line<'_>> = text
        .lines()
        .filter(|line| !line.starts_with("---"))
        .map(|raw| {
            let text = raw.trim_start_matches(' ');
            Line { indent: raw.len() - text.len(), text: text.trim_end(), raw }
        })
        .collect();
    let mut reader = Reader { lines, at: 0 };
    let first = reader.peek()?;
    let value = reader.block(first.indent)?;
    reader.peek().is_none().then_some(value)
}

struct Reader<'a> {
    lines: Vec<Line<'a>>,
    at: usize,
}

impl<'a> Reader<'a> {
    /// The next line that says something.
    fn peek(&mut self) -> Option<Line<'a>> {
        loop {
            let line = *self.lines.get(self.at)?;
            if !line.text.is_empty() && !line.text.starts_with('#') {
                return Some(line);
            }
            self.at += 1;
        }
    }

    fn block(&mut self, indent: usize) -> Option<Value> {
        if is_item(self.peek()?.text) { self.list(indent) } else { self.map(indent) }
    }

    fn list(&mut self, indent: usize) -> Option<Value> {
        let mut items = Vec::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent && is_item(line.text)) {
            let rest = line.text.get(1..)?;
            let text = rest.trim_start();
            let inner = indent + 1 + rest.len() - text.len();
            if text.is_empty() {
                self.at += 1;
                items.push(self.below(indent)?);
            } else if split_key(text).is_some() {
                // A map whose first key stands behind the dash.
                let place = self.lines.get_mut(self.at)?;
                *place = Line { indent: inner, text, raw: line.raw };
                items.push(self.map(inner)?);
            } else {
                self.at += 1;
                items.push(self.scalar(text, indent));
            }
        }
        Some(Value::Array(items))
    }

    fn map(&mut self, indent: usize) -> Option<Value> {
        let mut fields = Map::new();
        while let Some(line) = self.peek().filter(|line| line.indent == indent && !is_item(line.text)) {
            let (key, text) = split_key(line.text)?;
            self.at += 1;
            let value = if text.is_empty() || text.starts_with('#') {
                self.below_key(indent)?
            } else {
                self.scalar(text, indent)
            };
            fields.insert(plain(key), value);
        }
        Some(Value::Object(fields))
    }

    /// What stands under a key: deeper, or a list at the key's own depth; nothing is null.
    fn below_key(&mut self, indent: usize) -> Option<Value> {
        match self.peek() {
            Some(line) if line.indent == indent && is_item(line.text) => self.list(indent),
            _ => self.below(indent),
        }
    }

    fn below(&mut self, indent: usize) -> Option<Value> {
        match self.peek() {
            Some(line) if line.indent > indent => self.block(line.indent),
            _ => Some(Value::Null),
        }
    }

    /// A value on the line of its key or dash; block text takes the deeper lines below it.
    fn scalar(&mut self, text: &str, indent: usize) -> Value {
        if !text.starts_with(['|', '>']) {
            return flow(text);
        }
        let mut lines: Vec<&str> = Vec::new();
        while let Some(line) = self.lines.get(self.at) {
            if line.indent <= indent && !line.text.is_empty() {
                break;
            }
            lines.push(line.raw);
            self.at += 1;
        }
        let depth = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| indent_of(line)).min();
        let cut = lines.iter().map(|line| line.get(depth.unwrap_or(0)..).unwrap_or_default());
        let joiner = if text.starts_with('>') { " " } else { "\n" };
        let joined = cut.collect::<Vec<_>>().join(joiner);
        let ending = if text.ends_with('-') { "" } else { "\n" };
        Value::String(format!("{}{ending}", joined.trim_end()))
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_item(text: &str) -> bool {
    text == "-" || text.starts_with("- ")
}

/// `key: value` comes apart; a colon inside quotes or without a blank behind it is no such colon.
fn split_key(text: &str) -> Option<(&str, &str)> {
    let from = match text.chars().next()? {
        quote @ ('"' | '\'') => text.get(1..)?.find(quote)? + 2,
        '[' | '{' | '|' | '>' => return None,
        _ => 0,
    };
    let rest = text.get(from..)?;
    let place = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1))? + from;
    Some((text.get(..place)?.trim_end(), text.get(place + 1..)?.trim()))
}

fn flow(text: &str) -> Value {
    let inside = |open: char, close: char| text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    if let Some(items) = inside('[', ']') {
        let items = items.split(',').map(str::trim).filter(|item| !item.is_empty());
        return Value::Array(items.map(flow).collect());
    }
    if let Some(pairs) = inside('{', '}') {
        let pairs = pairs.split(',').filter_map(split_pair);
        return Value::Object(pairs.map(|(key, value)| (plain(key), flow(value))).collect());
    }
    if text.starts_with(['"', '\'']) {
        return Value::String(plain(text));
    }
    let text = text.split(" #").next().unwrap_or(text).trim_end();
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        "null" | "~" => Value::Null,
        _ => text.parse::<i64>().map_or_else(|_| Value::String(text.to_owned()), Value::from),
    }
}

fn split_pair(text: &str) -> Option<(&str, &str)> {
    text.split_once(':').map(|(key, value)| (key.trim(), value.trim()))
}

/// A scalar without its quotes.
fn plain(text: &str) -> String {
    let inside = |quote: char| text.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote));
    if let Some(double) = inside('"') {
        return double.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
    }
    inside('\'').map_or_else(|| text.to_owned(), |single| single.replace("''", "'"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_ci_files_are_made_of() {
        let text = "---\nstages:\n- build\n- deploy\nvariables:\n  AWS_REGION: \"eu-west-1\"\n\ndeploy:\n  stage: deploy\n  \
                    id_tokens:\n    AWS_TOKEN:\n      aud: https://gitlab.acme.example # who\n  tags: [aws, prod]\n  \
                    script:\n    - aws s3 sync: now\n    - |\n      export A=1\n        b\n  rules:\n    - if: '$CI'\n      \
                    when: manual\n  allow_failure: true\n  environment: {name: prod, url: x}\n";
        assert_eq!(
            read(text).unwrap(),
            json!({
                "stages": ["build", "deploy"],
                "variables": { "AWS_REGION": "eu-west-1" },
                "deploy": {
                    "stage": "deploy",
                    "id_tokens": { "AWS_TOKEN": { "aud": "https://gitlab.acme.example" } },
                    "tags": ["aws", "prod"],
                    "script": [{ "aws s3 sync": "now" }, "export A=1\n  b\n"],
                    "rules": [{ "if": "$CI", "when": "manual" }],
                    "allow_failure": true,
                    "environment": { "name": "prod", "url": "x" },
                },
            })
        );
        assert!(read("just words").is_none());
        assert!(read("").is_none());
    }
}
