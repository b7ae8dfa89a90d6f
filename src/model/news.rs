//! Something that a key or a role was used with for the first time.

use std::sync::Arc;

use serde::Serialize;

use crate::base::time::Timestamp;

/// What was new about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// `sourceIPAddress`.
    Address,
    /// A role's ARN, that a key asked for.
    Role,
    /// Who asked for a role: an ARN, a subject, a service.
    Caller,
    /// `userAgent`.
    Agent,
}

impl Sort {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Role => "role",
            Self::Caller => "caller",
            Self::Agent => "user agent",
        }
    }
}

/// A first time, after days of use without it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct News {
    pub sort: Sort,
    pub value: Arc<str>,
    pub first: Timestamp,
    /// The earliest use that was read.
    pub since: Timestamp,
}

impl News {
    /// What happened longer ago is no news any more, in seconds.
    const FRESH: i64 = 48 * 3600;

    /// A role by its name, everything else as it is.
    pub fn short(&self) -> &str {
        match self.sort {
            Sort::Role => self.value.rsplit('/').next().unwrap_or(&self.value),
            Sort::Address | Sort::Caller | Sort::Agent => &self.value,
        }
    }

    pub fn is_fresh(&self, now: Timestamp) -> bool {
        now.seconds() - self.first.seconds() <= Self::FRESH
    }
}
