//! Why a call that changes something, or prepares to, brought no answer that can be used: above all, whether it may have had its effect.

use crate::base::blame::Blame;

/// `call` as a person would write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The service said no, and did nothing.
    Refused { blame: Blame, call: String },
    /// It said "not now", and did nothing.
    Busy { call: String },
    /// There was no answer, or one that tells nothing: what the call did is not known.
    Lost { call: String },
    /// What was asked about is not there.
    Gone { call: String },
    /// The call had its effect, and what has to follow on it did not: one sentence says what.
    Half { call: String, why: String },
}

impl Trouble {
    /// One sentence.
    pub fn says(&self) -> String {
        match self {
            Self::Refused { blame, call } => format!("{call}: {blame}"),
            Self::Busy { call } => format!("{call}: too many requests"),
            Self::Lost { call } => format!("{call}: no answer"),
            Self::Half { call, why } => format!("{call}: {why}"),
            Self::Gone { call } => format!("{call}: it does not exist there (any more)"),
        }
    }

    /// Did the call certainly have no effect?
    pub const fn is_certain(&self) -> bool {
        !matches!(self, Self::Lost { .. } | Self::Half { .. })
    }

    /// May it pass by itself?
    pub const fn may_pass(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::Lost { .. })
    }

    /// `call` failed for this reason.
    pub(super) fn of(blame: Blame, call: String) -> Self {
        match blame {
            Blame::Quota { .. } => Self::Busy { call },
            Blame::Gone => Self::Gone { call },
            // A server that failed may have done it all the same, and what an unreadable answer said nobody knows.
            Blame::Network | Blame::Bug => Self::Lost { call },
            blame => Self::Refused { blame, call },
        }
    }
}

pub type Answer<T> = Result<T, Trouble>;
