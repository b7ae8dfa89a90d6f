//! What is known about a request, and truth in three values: most of a request's keys cannot be known from outside, and
//! "cannot know" must never turn into yes or no.

use std::{collections::BTreeMap, ops::Not};

/// Yes, no, or not to be known from here. Ordered, so that "and" is the least and "or" the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[must_use]
pub enum Truth {
    False,
    Unknown,
    True,
}

impl Truth {
    pub fn and(self, other: Self) -> Self {
        self.min(other)
    }

    pub fn or(self, other: Self) -> Self {
        self.max(other)
    }

    /// True when there is none.
    pub fn all(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::True, Self::and)
    }

    /// False when there is none.
    pub fn any(truths: impl IntoIterator<Item = Self>) -> Self {
        truths.into_iter().fold(Self::False, Self::or)
    }
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

impl Not for Truth {
    type Output = Self;

    fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
        }
    }
}

/// What is known of one condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The request certainly lacks this key.
    Absent,
    /// It has the key, with a value that cannot be known.
    Present,
    Values(Vec<String>),
}

/// The condition keys of a request. A key that was never set is unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    facts: BTreeMap<String, Fact>,
}

impl Request {
    pub fn set(&mut self, key: &str, fact: Fact) {
        self.facts.insert(key.to_ascii_lowercase(), fact);
    }

    #[must_use]
    pub fn with(mut self, key: &str, value: impl Into<String>) -> Self {
        self.set(key, Fact::Values(vec![value.into()]));
        self
    }

    #[must_use]
    pub fn without(mut self, key: &str) -> Self {
        self.set(key, Fact::Absent);
        self
    }

    /// `None` where nothing is known, not even whether the request has the key.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        self.facts.get(&key.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_is_neither_yes_nor_no() {
        use Truth::{False, True, Unknown};
        assert_eq!((True.and(Unknown), False.and(Unknown)), (Unknown, False));
        assert_eq!((True.or(Unknown), False.or(Unknown)), (True, Unknown));
        assert_eq!((!Unknown, !True), (Unknown, False));
        assert_eq!((Truth::all([]), Truth::any([])), (True, False));
    }

    #[test]
    fn keys_are_found_in_any_case() {
        let request = Request::default().with("aws:PrincipalArn", "x").without("AWS:SourceVpc");
        assert_eq!(request.fact("AWS:principalARN"), Some(&Fact::Values(vec!["x".into()])));
        assert_eq!(request.fact("aws:sourcevpc"), Some(&Fact::Absent));
        assert_eq!(request.fact("sts:ExternalId"), None);
    }
}
