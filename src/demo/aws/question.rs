//! What a statement asks. This is no SQL engine: it knows the two questions that are asked of a trail by their shape, and reads from them
//! which table, which window, which calls and which columns.

/// What is asked of the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Calls of certain names, a row each.
    Calls,
    /// Sums by key and value, by account and region.
    Sums,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Question {
    pub kind: Kind,
    /// `database.table`, or a store's id.
    pub table: String,
    /// As `2026-11-20T12:00:00Z`, both included.
    pub from: String,
    pub to: String,
    /// Names of calls, besides `AssumeRole...`.
    pub calls: Vec<String>,
    /// The names of the answer's columns.
    pub columns: Vec<String>,
}

impl Question {
    /// `Err` with what the engine says of a statement that it cannot answer.
    pub(crate) fn read(statement: &str) -> Result<Self, String> {
        let text = statement.trim();
        let opened = text.matches('(').count();
        if !text.starts_with("SELECT ") || opened != text.matches(')').count() {
            return Err("SYNTAX_ERROR: line 1:1: mismatched input".into());
        }
        let unknown = || "NOT_SUPPORTED: this engine does not know the question".to_owned();
        let is_sums = text.contains("GROUPING SETS");
        let kind = match is_sums {
            true => Kind::Sums,
            false if text.contains("eventname LIKE 'AssumeRole%'") => Kind::Calls,
            false => return Err(unknown()),
        };
        let (list, _) = text["SELECT ".len()..].split_once("\nFROM (").ok_or_else(unknown)?;
        let columns = items(list).into_iter().filter_map(|item| Some(item.rsplit_once(" AS ")?.1.to_owned()));
        let (_, window) = text.rsplit_once("event_time BETWEEN ").ok_or_else(unknown)?;
        let times = quoted(window);
        let [from, to, ..] = times.as_slice() else { return Err(unknown()) };
        let calls = text.split_once("eventname IN (").and_then(|(_, rest)| rest.split_once(')'));
        let tables = text.split("FROM ").skip(1).filter(|rest| !rest.starts_with('('));
        let table = tables.last().and_then(|rest| rest.split([' ', ')', '\n']).next()).ok_or_else(unknown)?;
        Ok(Self {
            kind,
            table: table.replace('"', ""),
            from: from.clone(),
            to: to.clone(),
            calls: calls.map(|(names, _)| quoted(names)).unwrap_or_default(),
            columns: columns.collect(),
        })
    }
}

/// What stands between commas, outside of brackets.
fn items(list: &str) -> Vec<&str> {
    let (mut found, mut begin, mut depth) = (Vec::new(), 0, 0_u32);
    for (at, letter) in list.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                found.push(list[begin..at].trim());
                begin = at + 1;
            }
            _ => {}
        }
    }
    found.push(list[begin..].trim());
    found
}

/// What stands in quotation marks.
fn quoted(text: &str) -> Vec<String> {
    text.split('\'').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_known_by_its_shape() {
        let inner = "SELECT *, row_number() AS copy\nFROM (SELECT eventname AS name FROM \"logs\".\"trail\" \
            WHERE (eventname LIKE 'AssumeRole%' OR eventname IN ('CreateUser', 'GetParameter')))\n\
            WHERE event_time IS NULL OR event_time BETWEEN 'a' AND 'b'";
        let question = Question::read(&format!(
            "SELECT COALESCE(name, '') AS name,\nCAST(x AS varchar) AS x\nFROM ({inner}) WHERE copy = 1"
        ))
        .unwrap();
        assert_eq!(
            question,
            Question {
                kind: Kind::Calls,
                table: "logs.trail".into(),
                from: "a".into(),
                to: "b".into(),
                calls: vec!["CreateUser".into(), "GetParameter".into()],
                columns: vec!["name".into(), "x".into()],
            }
        );
        for odd in ["", "DROP TABLE x", "SELECT 1", "SELECT (1", "SELECT a\nFROM (b) GROUPING SETS"] {
            assert!(Question::read(odd).is_err(), "{odd}");
        }
    }
}
