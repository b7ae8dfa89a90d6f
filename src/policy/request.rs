//! What is known about a request, and truth in three values: most of a request's keys cannot be known from outside, and
//! "cannot know" must never turn into yes or no.

use std::ops::Not;

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

/// The condition keys of a request. Names are matched in any case.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// `None`: cannot be known, whatever `rest` says.
    facts: Vec<(String, Option<Fact>)>,
    rest: Rest,
}

/// What a key means that was never set.
#[derive(Clone, Debug, Default)]
enum Rest {
    /// It cannot be known.
    #[default]
    Unknown,
    /// Identity providers' keys (`<host>:<claim>`) are absent, except those of this host; others cannot be known.
    NoClaimsBut(Option<String>),
    /// It is absent.
    Absent,
}

impl Request {
    pub fn set(&mut self, key: &str, fact: Fact) {
        self.put(key, Some(fact));
    }

    /// This key cannot be known, even where others that were not set are absent.
    pub fn leave_open(&mut self, key: &str) {
        self.put(key, None);
    }

    fn put(&mut self, key: &str, fact: Option<Fact>) {
        match self.facts.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, known)) => *known = fact,
            None => self.facts.push((key.to_owned(), fact)),
        }
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

    /// Every key that was not set is absent.
    #[must_use]
    pub fn complete(mut self) -> Self {
        self.rest = Rest::Absent;
        self
    }

    /// Claims of identity providers that were not set are absent, except those of `issuer`.
    #[must_use]
    pub fn without_claims_but(mut self, issuer: Option<&str>) -> Self {
        self.rest = Rest::NoClaimsBut(issuer.map(str::to_owned));
        self
    }

    /// `None` where nothing is known, not even whether the request has the key.
    pub fn fact(&self, key: &str) -> Option<&Fact> {
        match self.facts.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)) {
            Some((_, fact)) => fact.as_ref(),
            None => self.rest.is_absent(key).then_some(&Fact::Absent),
        }
    }
}

impl Rest {
    fn is_absent(&self, key: &str) -> bool {
        match self {
            Self::Unknown => false,
            Self::Absent => true,
            // A prefix with a dot is a host; `aws`, `sts` and `saml` have none.
            Self::NoClaimsBut(open) => key.rsplit_once(':').is_some_and(|(issuer, _)| {
                let is_open = open.as_ref().is_some_and(|open| open.eq_ignore_ascii_case(issuer));
                issuer.contains('.') && !is_open
            }),
        }
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

    #[test]
    fn what_was_not_set_is_unknown_or_absent() {
        let token =
            Request::default().with("gitlab.com:sub", "x").without_claims_but(Some("accounts.google.com"));
        let table = [
            ("GitLab.com:Sub", Some(Fact::Values(vec!["x".into()]))),
            ("gitlab.com:ref", Some(Fact::Absent)),
            ("gitlab.acme.example:8443/gitlab:sub", Some(Fact::Absent)),
            ("accounts.google.com:email", None),
            ("aws:SourceIp", None),
            ("plain", None),
        ];
        for (key, fact) in table {
            assert_eq!(token.fact(key), fact.as_ref(), "{key}");
        }
        assert_eq!(token.complete().fact("aws:SourceIp"), Some(&Fact::Absent));
    }
}
