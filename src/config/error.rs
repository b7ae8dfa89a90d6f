//! What can be wrong with a configuration, said so that it can be mended: file, line, column, field, and what was
//! expected. No message ever carries a token.

use std::{
    ops::Range,
    path::{Path, PathBuf},
};

use crate::base::text::clean;

/// Why there is no configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Neither a file nor the environment says what to read.
    #[error(
        "nothing to read yet. Three ways to start:\n  \
         keytrail demo                     a made-up company, no account needed\n  \
         GITLAB_TOKEN=... keytrail         GitLab of GITLAB_HOST (gitlab.com if unset), and AWS of AWS_PROFILE or the like\n  \
         {}   a file with [[gitlab]] and [[aws]] sections",
        .0.display()
    )]
    Nothing(PathBuf),
    /// The file could not be opened.
    #[error("{}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    /// Something in the file is wrong; line and column count from 1.
    #[error("{}:{line}:{column}: {}{problem}", path.display(), prefix(field))]
    Wrong { path: PathBuf, line: usize, column: usize, field: String, problem: String },
    /// An environment variable is wrong.
    #[error("environment variable {variable}: {problem}")]
    Environment { variable: String, problem: String },
}

fn prefix(field: &str) -> String {
    if field.is_empty() { String::new() } else { format!("{field}: ") }
}

/// The text of a file and its name: what turns a span into a line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Source<'a> {
    pub(super) path: &'a Path,
    pub(super) text: &'a str,
}

impl Source<'_> {
    pub(super) fn wrong(&self, span: &Range<usize>, field: &str, problem: &str) -> ConfigError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        ConfigError::Wrong {
            path: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            field: without_tokens(field),
            problem: without_tokens(problem),
        }
    }
}

/// What GitLab's tokens begin with. Source: GitLab documentation, "Token overview", section "Token prefixes".
const TOKEN_PREFIXES: [&str; 13] = [
    "glpat-",
    "gloas-",
    "gldt-",
    "glrt-",
    "glrtr-",
    "glcbt-",
    "glptt-",
    "glft-",
    "glimt-",
    "glagent-",
    "glsoat-",
    "glwt-",
    "GR1348941",
];

/// Replaces whatever looks like a GitLab token with dots, for messages that quote what somebody typed, and whatever
/// could move a cursor with question marks.
pub(super) fn without_tokens(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = TOKEN_PREFIXES.iter().filter_map(|prefix| rest.find(prefix)).min() {
        kept.push_str(&rest[..at]);
        kept.push_str("......");
        let token = &rest[at..];
        let end = token.find(|letter: char| !(letter.is_ascii_alphanumeric() || "-_.".contains(letter)));
        rest = &token[end.unwrap_or(token.len())..];
    }
    kept.push_str(rest);
    clean(&kept).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_dots_in_every_message() {
        assert_eq!(without_tokens("bad \"glpat-abc_DEF-1.01.x\" here"), "bad \"......\" here");
        assert_eq!(without_tokens("GR1348941abc glrt-t1_x"), "...... ......");
        assert_eq!(without_tokens("nothing\u{1b}[2J"), "nothing?[2J");
    }

    #[test]
    fn places_count_letters_from_one() {
        let source = Source { path: Path::new("a.toml"), text: "é = 1\nöx = 2\n" };
        let at = source.text.find('x').unwrap();
        assert_eq!(source.wrong(&(at..at + 1), "x", "no").to_string(), "a.toml:2:2: x: no");
        assert_eq!(source.wrong(&(0..0), "", "no").to_string(), "a.toml:1:1: no");
    }
}
