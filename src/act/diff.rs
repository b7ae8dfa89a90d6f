//! How a document changes, line by line, as a person reads it.

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// `+` for one that comes, `-` for one that goes, a space for one that stays.
    pub sign: char,
    pub text: String,
}

/// JSON is compared as it is laid out, so that only what it says differs. Empty where nothing does.
pub(super) fn lines(from: &str, to: &str) -> Vec<DiffLine> {
    let (from, to) = (laid_out(from), laid_out(to));
    if from == to {
        return Vec::new();
    }
    let diff = TextDiff::from_lines(&from, &to);
    let line = |change: similar::Change<&str>| DiffLine {
        sign: match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        },
        text: change.value().trim_end_matches('\n').to_owned(),
    };
    diff.iter_all_changes().map(line).collect()
}

fn laid_out(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    let pretty = value.and_then(|value| serde_json::to_string_pretty(&value).ok());
    let text = pretty.unwrap_or_else(|| text.to_owned());
    if text.is_empty() { text } else { text + "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_told_line_by_line() {
        let found = lines(r#"{"b":1,"a":[1,2]}"#, r#"{ "a": [1,3], "b": 1 }"#);
        let text: Vec<String> = found.iter().map(|line| format!("{}{}", line.sign, line.text)).collect();
        assert_eq!(text, [" {", "   \"a\": [", "     1,", "-    2", "+    3", "   ],", "   \"b\": 1", " }"]);
        assert!(lines("{}", " { } ").is_empty());
        let new: String = lines("", "{}").iter().map(|line| line.sign).collect();
        assert_eq!(new, "+");
        assert!(!lines("not JSON", "{}").is_empty());
    }
}
