//! Who must act on a failure. Every refusal and every broken call ends as one of these, with one sentence for a person.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::time::Timestamp;

/// Why something could not be read or done, sorted by who can change that.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Blame {
    /// The credential itself is refused: wrong, revoked, inactive, expired.
    Token,
    /// The credential is good and lacks a role, scope or permission; the text names what would fix it.
    Scope(String),
    /// Too many calls. Known again at `until`, when the server said so.
    Quota { until: Option<Timestamp> },
    /// keytrail did not ask, to keep the number of calls bounded; the text says what was left out.
    Skipped(String),
    /// A text that keytrail could read in part; the text says where it stopped and why.
    Partly(String),
    /// The thing asked for does not exist (any more).
    Gone,
    /// No answer: unreachable, cut, timed out, or a server that fails.
    Network,
    /// An answer nobody expected: ours to mend.
    Bug,
}

impl Blame {
    /// One sentence: who must act, and how.
    pub fn sentence(&self) -> String {
        match self {
            Self::Token => "The credential is refused: give keytrail a valid one.".into(),
            Self::Scope(fix) => format!("Not permitted: {fix}"),
            Self::Quota { until: Some(at) } => {
                format!("Rate limited until {at}; keytrail asks again by itself.")
            }
            Self::Quota { until: None } => "Rate limited; keytrail asks again by itself.".into(),
            Self::Skipped(what) => format!("Not asked: {what}"),
            Self::Partly(what) => format!("Not all of it could be read: {what}"),
            Self::Gone => "It does not exist there (any more).".into(),
            Self::Network => "No answer: check the address, the network and the server.".into(),
            Self::Bug => "An answer keytrail does not understand: please report it with the log.".into(),
        }
    }

    /// One word for a column.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Token => "refused",
            Self::Scope(_) => "forbidden",
            Self::Quota { .. } => "throttled",
            Self::Skipped(_) => "skipped",
            Self::Partly(_) => "partly read",
            Self::Gone => "gone",
            Self::Network => "unreachable",
            Self::Bug => "unreadable",
        }
    }
}

impl fmt::Display for Blame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence())
    }
}
