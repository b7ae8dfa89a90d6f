//! Access keys as calls name them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    act::{
        need::Right,
        outside::{Answer, Trouble},
        scene::Scene,
    },
    base::name::{Arn, KeyId},
    model::aws::KeyStatus,
};

/// A key that is known by its id, or the one that an earlier step of the same run makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRef {
    Id(KeyId),
    Created,
}

impl KeyRef {
    pub const fn id(&self) -> Option<&KeyId> {
        match self {
            Self::Id(key) => Some(key),
            Self::Created => None,
        }
    }

    /// The key a call is about.
    pub(super) fn known<'k>(&'k self, scene: &'k Scene<'_>) -> Answer<&'k KeyId> {
        let gone = || Trouble::Gone { call: "the new key".into() };
        self.id().or(scene.progress.made.as_ref()).ok_or_else(gone)
    }

    /// For a shell.
    pub(super) fn word(&self) -> String {
        self.id().map_or_else(|| "\"$NEW_KEY\"".to_owned(), ToString::to_string)
    }
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(key) => key.fmt(f),
            Self::Created => f.write_str("the new key"),
        }
    }
}

/// What `iam:UpdateAccessKey` can make of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Switch {
    Active,
    Inactive,
}

impl Switch {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Active => "Active",
            Self::Inactive => "Inactive",
        }
    }

    pub const fn of(status: KeyStatus) -> Option<Self> {
        match status {
            KeyStatus::Active => Some(Self::Active),
            KeyStatus::Inactive => Some(Self::Inactive),
            KeyStatus::Expired => None,
        }
    }
}

/// A call's permissions on one thing.
pub(super) fn on(holder: &Arn, actions: &[&str]) -> Vec<Right> {
    let right = |action: &&str| Some(Right::aws(holder.account()?, action, holder));
    actions.iter().filter_map(right).collect()
}
