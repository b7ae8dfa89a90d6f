//! What the journal says of a run, line by line. No line can hold a secret: keys are named by their ids.

use std::hash::{BuildHasher, Hasher, RandomState};

use serde::{Deserialize, Serialize};

use crate::base::{name::KeyId, time::Timestamp};

/// A new run's mark: nobody can know it before, and it is worth nothing to anybody. Letters, digits and a hyphen, as the SDK asks of an
/// application's name.
pub fn mark() -> String {
    // The standard library's hash keys come from the system's random numbers.
    format!("keytrail-{:016x}", RandomState::new().build_hasher().finish())
}

/// One line. Steps are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// The run exists. `mark` is part of the user agent of its calls, so that CloudTrail tells which of them were this run's.
    Begun { mark: String },
    /// The step's call leaves now.
    Started { step: usize },
    /// The step has had its effect.
    Done { step: usize, receipt: Receipt },
    /// The call certainly had no effect: the service said so, or the world was looked at.
    Undone { step: usize, why: String },
    /// Nothing is to be done before this time.
    Waiting { step: usize, until: Timestamp, why: String },
    /// The run cannot go on as things are: something is refused, or is not as the plan says. It can be resumed when that has changed.
    Halted { step: usize, why: String },
    /// Whether the call had its effect cannot be known.
    Stuck {
        step: usize,
        why: String,
        /// What a person could say to that.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asks: Option<Ask>,
    },
    /// Somebody carries the run on.
    Resumed,
    /// A person says that this key was made by this run.
    Claimed { key: KeyId },
    /// A new key whose secret is lost is deleted now.
    Discarding { key: KeyId },
    /// It is gone.
    Discarded { key: KeyId },
    /// The run ends here, its remaining steps left out: another run undoes it.
    Abandoned,
}

/// What only a person can know, or decide, of a run that is stuck. Who says yes to it lets a key be deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ask {
    /// Was this key made by this run, and by nobody else?
    Ours(KeyId),
    /// May this new key, whose secret is lost, be deleted and another be made?
    Discard(KeyId),
}

impl Ask {
    pub const fn key(&self) -> &KeyId {
        match self {
            Self::Ours(key) | Self::Discard(key) => key,
        }
    }

    /// What is known to the run from then on, or is done, when a person says yes.
    pub fn notes(&self) -> Vec<Note> {
        match self {
            Self::Ours(key) => vec![Note::Claimed { key: key.clone() }],
            Self::Discard(key) => vec![Note::Resumed, Note::Discarding { key: key.clone() }],
        }
    }

    /// The question.
    pub fn asks(&self) -> String {
        match self {
            Self::Ours(key) => format!("Was {key} made by this run, and by nobody else?"),
            Self::Discard(key) => format!("May {key} be deleted, whose secret is lost, and another be made?"),
        }
    }

    /// What comes of a yes.
    pub fn means(&self) -> String {
        match self {
            Self::Ours(key) => {
                format!("{key} is deleted, for its secret is lost, and the run goes on with another key.")
            }
            Self::Discard(key) => format!(
                "{key} is deleted and another key is made: variables that hold {key} do not work until they are \
                 written anew."
            ),
        }
    }
}

/// What a step came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Receipt {
    /// The key was made.
    Made(KeyId),
    Changed,
    /// It had been so already when the run came to this step.
    FoundSo,
    /// AWS accepts the new key.
    Accepted,
    /// What was waited for is there.
    Waited,
    /// A rung of a ladder that could not be taken, and why; the others were.
    Left(String),
}

impl Receipt {
    /// Is it the run's own doing? What was so before, and what was left, is not.
    pub const fn is_own(&self) -> bool {
        !matches!(self, Self::FoundSo | Self::Left(_))
    }
}
