//! What is derived from events rather than read: role sessions and the addresses calls came from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{id::Id, merge::Merge};
use crate::base::{
    name::{Arn, KeyId},
    time::Timestamp,
};

/// One minted set of temporary credentials, with the later calls made with it folded in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The minted key id, or the id of the minting event where CloudTrail does not show the key.
    pub name: Arc<str>,
    pub key: Option<KeyId>,
    pub role: Option<Arn>,
    /// The role session name the caller chose.
    pub session_name: Option<Arc<str>>,
    /// The event that minted it; `None` when only its later use was seen.
    pub minted_by: Option<Id>,
    /// The long-term key, the parent session, the subject or the service that asked for it.
    pub opened_by: Opener,
    pub opened: Option<Timestamp>,
    pub expires: Option<Timestamp>,
    /// The first and the last call made with it.
    pub first_seen: Option<Timestamp>,
    pub last_seen: Option<Timestamp>,
    /// Calls made with it.
    pub calls: u64,
    pub denied: u64,
    /// Event sources used, sorted: `s3`, `iam`.
    pub services: Vec<Arc<str>>,
    /// Regions it was used in, user agents it was used with and error codes it met, sorted.
    pub regions: Vec<Arc<str>>,
    pub agents: Vec<Arc<str>>,
    pub errors: Vec<Arc<str>>,
    /// Addresses it was asked for or used from, sorted.
    pub addresses: Vec<Arc<str>>,
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
    pub fn id(&self) -> Id {
        Id::address(&self.address)
    }
}
