//! What is derived from events rather than read: role sessions and the addresses calls came from.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use super::{activity::Tally, id::Id, link::Grade, merge::Merge};
use crate::base::{
    name::{Arn, KeyId},
    time::Timestamp,
};

/// One minted set of temporary credentials, with the later calls made with it folded in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The minted key id, or the id of the minting event where CloudTrail does not show the key.
    pub name: Arc<str>,
    pub key: Option<KeyId>,
    pub role: Option<Arn>,
    /// The role session name the caller chose.
    pub session_name: Option<Arc<str>>,
    /// The event that minted it; `None` when only its later use was seen.
    pub minted_by: Option<Id>,
    /// The call that minted it: `AssumeRole`, `GetSessionToken`; `None` when it was not seen.
    #[serde(default)]
    pub call: Option<Arc<str>>,
    /// The long-term key, the parent session, the subject or the service that asked for it.
    pub opened_by: Opener,
    /// The parent is concluded from name and time, not from the key that the minting call was made with.
    #[serde(default)]
    pub is_probable: bool,
    /// `sourceIdentity`: whom the first session of the chain was opened for, as the opener said.
    #[serde(default)]
    pub source_identity: Option<Arc<str>>,
    pub opened: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// When its first and its last call were made, among those that were read.
    #[serde(default)]
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// Calls made with it.
    pub calls: u64,
    /// Those of them that came back with an error code.
    pub denied: u64,
    /// Event sources used, sorted: `s3`, `iam`.
    pub services: Vec<Arc<str>>,
    /// Regions it was used in, sorted.
    #[serde(default)]
    pub regions: Vec<Arc<str>>,
    /// Addresses it was asked for or used from, sorted.
    pub addresses: Vec<Arc<str>>,
    /// User agents of its calls, sorted.
    #[serde(default)]
    pub agents: Vec<Arc<str>>,
    /// Error codes its calls came back with, sorted.
    #[serde(default)]
    pub errors: Vec<Arc<str>>,
    /// Its calls by the hour, sorted.
    #[serde(default)]
    pub hours: Vec<Hour>,
    /// Jobs that may have opened it, the likeliest first. None is the truth too: no job that was read fits.
    #[serde(default)]
    pub jobs: Vec<Candidate>,
    /// Jobs that fit as well as the last of these and are left out.
    #[serde(default)]
    pub further_jobs: usize,
}

/// A GitLab job that may have opened a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub job: Id,
    pub grade: Grade,
    /// What speaks for it, and after `but` what speaks against.
    pub reasons: Vec<Cow<'static, str>>,
}

/// Calls of one hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hour {
    /// When it begins.
    pub at: Timestamp,
    pub calls: u64,
    pub denied: u64,
}

/// Who asked for a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opener {
    Key(KeyId),
    Session(Arc<str>),
    /// A GitLab id token or another web identity: its subject.
    Subject {
        provider: Option<Arn>,
        subject: Arc<str>,
    },
    /// `ec2.amazonaws.com`.
    Service(Arc<str>),
    /// Another account; only its number, or nothing, is known.
    Unknown(Option<Arc<str>>),
}

impl Default for Opener {
    fn default() -> Self {
        Self::Unknown(None)
    }
}

impl Merge for Session {
    fn take(&mut self, newer: &Self) {
        self.clone_from(newer);
    }
}

impl Session {
    pub fn id(&self) -> Id {
        Id::session(&self.name)
    }
}

/// An address calls came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Address {
    pub address: Arc<str>,
    pub first_seen: Timestamp,
    pub last_seen: Timestamp,
    pub calls: u64,
    pub denied: u64,
    /// A runner manager or an EC2 instance has it, or AWS itself called. `false` is "nobody we know".
    pub known: bool,
}

impl Merge for Address {
    fn take(&mut self, newer: &Self) {
        self.clone_from(newer);
    }
}

impl Address {
    /// An address and the calls from it, of which nobody has said yet whose it is.
    pub const fn of(address: Arc<str>, calls: Tally) -> Self {
        let Tally { calls, denied, first, last } = calls;
        Self { address, first_seen: first, last_seen: last, calls, denied, known: false }
    }

    pub fn id(&self) -> Id {
        Id::address(&self.address)
    }
}
