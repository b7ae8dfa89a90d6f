//! What GitLab lets a variable be: its key, its length, and what can be masked.

use super::{reply::Reply, variables::Level};
use crate::demo::world::Variable;

/// Characters of a value at most.
const LONGEST_VALUE: usize = 10_000;

/// Checks one variable against the rules and against its neighbours.
pub(super) fn check(level: Level, variable: &Variable, others: &[&Variable]) -> Result<(), Reply> {
    let key = &variable.key;
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if key.is_empty() || !key.chars().all(is_word) {
        return Err(Reply::invalid("key", "can contain only letters, digits and '_'."));
    }
    if key.len() > 255 {
        return Err(Reply::invalid("key", "is too long (maximum is 255 characters)"));
    }
    if variable.value.chars().count() > LONGEST_VALUE {
        return Err(Reply::invalid("value", "is too long (maximum is 10000 characters)"));
    }
    if variable.masked && !can_be_masked(&variable.value, variable.raw) {
        return Err(Reply::invalid("value", "is invalid"));
    }
    if variable.description.as_ref().is_some_and(|text| text.chars().count() > 255) {
        return Err(Reply::invalid("description", "is too long (maximum is 255 characters)"));
    }
    check_scope(&variable.environment_scope)?;
    let is_twin =
        |other: &&&Variable| other.key == *key && other.environment_scope == variable.environment_scope;
    if others.iter().any(|other| is_twin(&other)) {
        return Err(Reply::invalid("key", &format!("({key}) has already been taken")));
    }
    check_number(level, others.len() + 1)
}

/// Sources: app/models/concerns/has_environment_scope.rb, lib/gitlab/regex.rb.
fn check_scope(scope: &str) -> Result<(), Reply> {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "_/\\${}. -*".contains(letter);
    if scope.is_empty() {
        return Err(Reply::invalid("environment_scope", "can't be blank"));
    }
    if scope.chars().all(is_allowed) {
        return Ok(());
    }
    let why = "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', '*' and spaces";
    Err(Reply::invalid("environment_scope", why))
}

/// One line, no blanks, eight characters at least; where references are expanded only a few kinds of characters.
///
/// Source: app/models/concerns/ci/maskable.rb.
fn can_be_masked(value: &str, raw: bool) -> bool {
    let fits = |letter: char| {
        if raw {
            !letter.is_whitespace()
        } else {
            letter.is_ascii_alphanumeric() || "_+=/@:.~-".contains(letter)
        }
    };
    value.chars().count() >= 8 && value.chars().all(fits)
}

/// Source: doc/administration/instance_limits, "Number of CI/CD variables".
fn check_number(level: Level, number: usize) -> Result<(), Reply> {
    let (most, kind) = match level {
        Level::Project => (8_000, "project ci variables"),
        Level::Group => (30_000, "group ci variables"),
        Level::Instance => (25, "instance level ci variables"),
    };
    if number <= most {
        return Ok(());
    }
    Err(Reply::invalid("base", &format!("Maximum number of {kind} ({most}) exceeded")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masking_wants_long_plain_values() {
        assert!(can_be_masked("wJalrXUtnFEMI/K7MDENG", false));
        assert!(!can_be_masked("short", false));
        assert!(!can_be_masked("has blanks in it", false));
        assert!(!can_be_masked("dollar$sign", false));
        assert!(can_be_masked("dollar$sign", true));
        assert!(!can_be_masked("two\nlines-of-text", true));
    }
}
