//! YAML as GitLab reads CI files: anchors and `<<` are resolved while reading, `!reference` is kept for later, and keys stay in
//! the order they were written in. And written again, in block style.

use std::{collections::BTreeMap, fmt::Write};

use indexmap::IndexMap;
use saphyr_parser::{Event, Parser, ScalarStyle};
use serde_json::Value;

/// A part of a document.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Node {
    /// A number, a boolean or nothing, as written: `12`, `true`, `~`.
    Plain(String),
    Text(String),
    List(Vec<Node>),
    Map(Fields),
    /// `!reference [.setup, script]`
    Reference(Vec<String>),
}

pub(super) type Fields = IndexMap<String, Node>;

/// Lists and maps in each other end here.
const DEEPEST: usize = 100;
/// Aliases repeat what they stand for: a small text can mean a very long one.
const MOST_NODES: usize = 200_000;

impl Node {
    pub(super) fn map(&self) -> Option<&Fields> {
        if let Self::Map(fields) = self { Some(fields) } else { None }
    }

    pub(super) fn get(&self, key: &str) -> Option<&Self> {
        self.map()?.get(key)
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// One thing, or a list of them.
    pub(super) fn items(&self) -> &[Self] {
        if let Self::List(items) = self { items } else { std::slice::from_ref(self) }
    }

    pub(super) fn json(&self) -> Value {
        match self {
            Self::Plain(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            Self::Text(text) => Value::String(text.clone()),
            Self::List(items) => items.iter().map(Self::json).collect(),
            Self::Map(fields) => {
                Value::Object(fields.iter().map(|(key, node)| (key.clone(), node.json())).collect())
            }
            Self::Reference(path) => path.iter().cloned().collect(),
        }
    }

    fn count(&self) -> usize {
        1 + match self {
            Self::List(items) => items.iter().map(Self::count).sum(),
            Self::Map(fields) => fields.values().map(Self::count).sum(),
            Self::Plain(_) | Self::Text(_) | Self::Reference(_) => 0,
        }
    }
}

/// The first document of a text, or what is wrong with it and where.
pub(super) fn read(text: &str) -> Result<Node, String> {
    let mut reader =
        Reader { parser: Parser::new_from_str(text), anchors: BTreeMap::new(), depth: 0, left: MOST_NODES };
    loop {
        match reader.next()? {
            Event::StreamStart | Event::DocumentStart(_) | Event::Nothing => {}
            Event::StreamEnd | Event::DocumentEnd => return Ok(Node::Plain("null".into())),
            event => return reader.node(event),
        }
    }
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: BTreeMap<usize, Node>,
    depth: usize,
    left: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Event<'a>, String> {
        match self.parser.next() {
            Some(Ok((event, _))) => Ok(event),
            Some(Err(wrong)) => {
                let (line, column) = (wrong.marker().line(), wrong.marker().col() + 1);
                Err(format!("(<unknown>): {} at line {line} column {column}", wrong.info()))
            }
            None => Ok(Event::StreamEnd),
        }
    }

    fn node(&mut self, event: Event<'a>) -> Result<Node, String> {
        let (anchor, node) = match event {
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned().ok_or("Unknown alias")?;
                self.left = self.left.checked_sub(node.count()).ok_or("The parsed YAML is too big")?;
                return Ok(node);
            }
            Event::Scalar(text, ScalarStyle::Plain, anchor, None) => (anchor, plain(&text)),
            Event::Scalar(text, _, anchor, _) => (anchor, Node::Text(text.into_owned())),
            Event::SequenceStart(anchor, tag) => {
                let items = self.list()?;
                let reference = tag.is_some_and(|tag| tag.suffix == "reference");
                (anchor, if reference { Node::Reference(path(&items)?) } else { Node::List(items) })
            }
            Event::MappingStart(anchor, _) => (anchor, self.map()?),
            _ => return Err("The document ends too early".to_owned()),
        };
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn deeper(&mut self) -> Result<(), String> {
        self.depth += 1;
        if self.depth > DEEPEST { Err("The parsed YAML is too deep".to_owned()) } else { Ok(()) }
    }

    fn list(&mut self) -> Result<Vec<Node>, String> {
        self.deeper()?;
        let mut items = Vec::new();
        loop {
            match self.next()? {
                Event::SequenceEnd => break,
                event => items.push(self.node(event)?),
            }
        }
        self.depth -= 1;
        Ok(items)
    }

    fn map(&mut self) -> Result<Node, String> {
        self.deeper()?;
        let mut fields = Fields::new();
        let mut merged = Vec::new();
        loop {
            let key = match self.next()? {
                Event::MappingEnd => break,
                Event::Scalar(key, ..) => key.into_owned(),
                _ => return Err("A key must be a text".to_owned()),
            };
            let event = self.next()?;
            let node = self.node(event)?;
            if key == "<<" {
                merged.extend(node.items().iter().filter_map(Node::map).cloned());
            } else {
                fields.insert(key, node);
            }
        }
        for (key, node) in merged.into_iter().flatten() {
            fields.entry(key).or_insert(node);
        }
        self.depth -= 1;
        Ok(Node::Map(fields))
    }
}

/// The words of a `!reference`.
fn path(items: &[Node]) -> Result<Vec<String>, String> {
    items.iter().map(|item| item.text().map(String::from).ok_or("!reference takes texts".into())).collect()
}

/// A scalar without quotes: a number, a boolean or nothing where it looks like one.
fn plain(text: &str) -> Node {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Node::Plain("null".into()),
        "true" | "True" | "TRUE" | "yes" | "on" => Node::Plain("true".into()),
        "false" | "False" | "FALSE" | "no" | "off" => Node::Plain("false".into()),
        _ if is_number(text) => Node::Plain(text.into()),
        _ => Node::Text(text.into()),
    }
}

fn is_number(text: &str) -> bool {
    text.parse::<i64>().is_ok()
        || (text.contains('.') && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'))
            && text.parse::<f64>().is_ok()
}

/// The document as text, which begins with `---`.
pub(super) fn write(node: &Node) -> String {
    let mut text = String::from("---");
    put(node, 0, &mut text);
    text.push('\n');
    text
}

/// Puts a value behind its key, its dash or the document's beginning.
fn put(node: &Node, depth: usize, text: &mut String) {
    match node {
        Node::Plain(word) => text.extend([" ", word]),
        Node::Text(word) => put_text(word, depth, text),
        Node::Reference(path) => {
            let _ = write!(text, " !reference [{}]", path.join(", "));
        }
        Node::List(items) if items.is_empty() => text.push_str(" []"),
        Node::Map(fields) if fields.is_empty() => text.push_str(" {}"),
        Node::List(items) => {
            for item in items {
                line(depth, text);
                text.push('-');
                put_inside(item, depth + 1, text);
            }
        }
        Node::Map(fields) => {
            for (key, value) in fields {
                line(depth, text);
                put_pair(key, value, depth, text);
            }
        }
    }
}

/// Behind a dash, a list or map begins on the dash's own line.
fn put_inside(item: &Node, depth: usize, text: &mut String) {
    let from = text.len();
    put(item, depth, text);
    let collection = matches!(item, Node::List(items) if !items.is_empty())
        || matches!(item, Node::Map(fields) if !fields.is_empty());
    if collection {
        text.replace_range(from..=from + depth * 2, " ");
    }
}

fn put_pair(key: &str, value: &Node, depth: usize, text: &mut String) {
    text.push_str(&scalar(key));
    text.push(':');
    // A list stands at the depth of its key, as Ruby's writer puts it.
    put(value, if matches!(value, Node::List(_)) { depth } else { depth + 1 }, text);
}

fn line(depth: usize, text: &mut String) {
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
}

fn put_text(word: &str, depth: usize, text: &mut String) {
    let lines: Vec<&str> = word.trim_end_matches('\n').split('\n').collect();
    let ends = word.len() - word.trim_end_matches('\n').len();
    let fits = |line: &str| !line.chars().any(char::is_control) && !line.ends_with(' ');
    let opens = lines.first().is_some_and(|line| !line.is_empty() && !line.starts_with([' ', '\t']));
    if !word.contains('\n') || ends > 1 || !opens || !lines.iter().all(|line| fits(line)) {
        text.push(' ');
        text.push_str(&scalar(word));
        return;
    }
    text.push_str(if ends == 1 { " |" } else { " |-" });
    for part in lines {
        text.push('\n');
        if !part.is_empty() {
            text.push_str(&"  ".repeat(depth.max(1)));
            text.push_str(part);
        }
    }
}

/// A text on one line, in quotes where it would be read as anything else without them.
fn scalar(word: &str) -> String {
    let safe = !word.is_empty()
        && matches!(plain(word), Node::Text(_))
        && !word.starts_with(|letter: char| "-.?:,[]{}#&*!|>'\"%@`=< ~".contains(letter))
        && !word.ends_with([' ', ':'])
        && !word.contains(": ")
        && !word.contains(" #")
        && !word.chars().any(char::is_control);
    if safe { word.to_owned() } else { Value::String(word.to_owned()).to_string() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_what_ci_files_are_made_of() {
        let text = "---\nstages:\n- build\n- deploy\n.base: &base\n  tags: [aws, prod]\n  stage: build\ndeploy:\n  <<: *base\n  \
                    stage: deploy\n  id_tokens:\n    AWS_TOKEN:\n      aud: https://gitlab.acme.example # who\n  script:\n    \
                    - \"aws s3 sync: now\"\n    - |\n      export A=1\n        b\n    - !reference [.base, script]\n  \
                    allow_failure: true\n  retry: 2\n  environment: {name: prod, url: x}\n";
        let node = read(text).unwrap();
        let deploy = node.get("deploy").unwrap();
        assert_eq!(
            deploy.json(),
            json!({
                "tags": ["aws", "prod"],
                "stage": "deploy",
                "id_tokens": { "AWS_TOKEN": { "aud": "https://gitlab.acme.example" } },
                "script": ["aws s3 sync: now", "export A=1\n  b\n", [".base", "script"]],
                "allow_failure": true,
                "retry": 2,
                "environment": { "name": "prod", "url": "x" },
            })
        );
        assert_eq!(read("just words").unwrap().text(), Some("just words"));
        assert_eq!(read("").unwrap(), Node::Plain("null".into()));
        assert!(read("a: [b").unwrap_err().contains("line"));
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let text = "a: 1\nb: \"1\"\nc: [x, [y, {z: true}], {k: v, l: [m]}]\nd: {}\ne: []\nf: |\n  one\n\n    two\ng: \"a: b\"\nh: '#'\n\
                    i: ~\nj: \"tab\\tand \\e\"\nk: ' leading'\n\"on\": w\nl: |-\n  x\n  y\nm:\n- - n\n  - |\n    o\n    p\n";
        let node = read(text).unwrap();
        let written = write(&node);
        assert_eq!(read(&written).unwrap(), node, "{written}");
        assert!(
            written.starts_with("---\na: 1\nb: \"1\"\nc:\n- x\n- - y\n  - z: true\n- k: v\n  l:\n  - m\n"),
            "{written}"
        );
    }

    #[test]
    fn a_bomb_of_aliases_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for step in 1..9 {
            let _ = writeln!(text, "a{step}: &a{step} [{}]", vec![format!("*a{}", step - 1); 10].join(", "));
        }
        assert_eq!(read(&text).unwrap_err(), "The parsed YAML is too big");
        assert!(read(&"[".repeat(5_000)).is_err());
    }
}
