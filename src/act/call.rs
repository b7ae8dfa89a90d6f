//! Calls as data: which service is asked what, about what, and what that changes. Nothing here sends anything.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::deny::Deny;
use crate::{
    base::name::{AccountId, Arn, KeyId},
    model::{
        aws::KeyStatus,
        gitlab::{Owner, Variable},
    },
    source::gitlab::variable_path,
};

/// One step's call, or its wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "snake_case")]
pub enum Call {
    /// Must happen once: each answer carries a secret that nobody can ask for again.
    CreateAccessKey {
        account: AccountId,
        user: Arn,
        /// Every key the user has when the plan is made.
        known: Vec<KeyId>,
    },
    /// Signs `sts:GetCallerIdentity` with the new key until IAM accepts it everywhere.
    ProveAccessKey {
        account: AccountId,
        user: Arn,
    },
    SetAccessKeyStatus {
        account: AccountId,
        user: Arn,
        key: KeyRef,
        from: Switch,
        to: Switch,
    },
    DeleteAccessKey {
        account: AccountId,
        user: Arn,
        key: KeyRef,
    },
    /// `account` is the one whose key the variable holds.
    WriteVariable {
        account: AccountId,
        place: Place,
        flags: Flags,
        write: Write,
    },
    /// Writes a policy into a user or a role that takes away; `before` is the document that stands there under its name.
    Deny {
        account: AccountId,
        holder: Arn,
        deny: Deny,
        before: Option<String>,
    },
    /// Takes it out again, or puts back what stood there.
    Lift {
        account: AccountId,
        holder: Arn,
        deny: Deny,
        restore: Option<String>,
    },
    /// Another trust policy for a role.
    SetTrust {
        account: AccountId,
        role: Arn,
        from: String,
        to: String,
    },
    PauseRunner {
        instance: String,
        runner: u64,
        to: bool,
    },
    FlagVariable {
        place: Place,
        flags: Flags,
        flag: Flag,
        to: bool,
    },
    /// Puts a word in the place of a value that is worth nothing any more, so that nobody reads it.
    BlankVariable {
        place: Place,
        flags: Flags,
    },
    /// Waits until the key was not used for so long.
    AwaitDisuse {
        account: AccountId,
        key: KeyId,
        seconds: i64,
    },
    /// Waits, so that whoever still needs what was taken away can say so.
    Soak {
        seconds: i64,
    },
}

/// A key that is known by its id, or the one that an earlier step of the same run makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyRef {
    Id(KeyId),
    Created,
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

/// Where a variable is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The GitLab's name in the configuration.
    pub instance: String,
    pub owner: Owner,
    /// The variable's name.
    pub key: String,
    pub scope: String,
}

impl Place {
    pub fn of(variable: &Variable) -> Self {
        Self {
            instance: variable.instance.to_string(),
            owner: variable.owner,
            key: variable.key.to_string(),
            scope: variable.environment_scope.to_string(),
        }
    }

    /// Below `/api/v4/`, without the filter for the scope.
    pub fn path(&self) -> String {
        variable_path(&self.owner, &self.key)
    }

    /// Do variables of this owner have an environment scope?
    pub const fn has_scope(&self) -> bool {
        matches!(self.owner, Owner::Group(_) | Owner::Project(_))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}@{}", self.instance, self.owner, self.key, self.scope)
    }
}

/// A variable's flags as they were seen; `None` where they were not. A call leaves them as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flags {
    pub protected: Option<bool>,
    pub masked: Option<bool>,
    pub hidden: Option<bool>,
    pub raw: Option<bool>,
    pub file: Option<bool>,
}

impl Flags {
    pub const fn of(variable: &Variable) -> Self {
        Self {
            protected: variable.protected,
            masked: variable.masked,
            hidden: variable.hidden,
            raw: variable.raw,
            file: variable.file,
        }
    }

    /// The name of a flag that both know and that differs.
    pub fn differs(&self, other: &Self) -> Option<&'static str> {
        let pairs = [
            ("protected", self.protected, other.protected),
            ("masked", self.masked, other.masked),
            ("hidden", self.hidden, other.hidden),
            ("raw", self.raw, other.raw),
            ("file", self.file, other.file),
        ];
        let differs =
            |one: Option<bool>, two: Option<bool>| one.zip(two).is_some_and(|(one, two)| one != two);
        pairs.into_iter().find(|(_, one, two)| differs(*one, *two)).map(|(name, ..)| name)
    }
}

/// A flag that GitLab lets a variable's writer set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Only jobs of protected refs get it.
    Protected,
    /// Job logs do not print it.
    Masked,
}

impl Flag {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Protected => "protected",
            Self::Masked => "masked",
        }
    }

    pub const fn of(self, flags: &Flags) -> Option<bool> {
        match self {
            Self::Protected => flags.protected,
            Self::Masked => flags.masked,
        }
    }
}

/// What stands in a variable that was blanked. Long enough, and of such letters, that GitLab can mask it.
pub(super) const BLANK: &str = "revoked-by-keytrail";

/// What is written into a variable. Secrets are named by what they are, and never stand here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Write {
    /// The new key's secret, where the secret of this key stands.
    Secret { instead_of: KeyId, user: Arn },
    /// The new key's id, where this one stands.
    KeyId { instead_of: KeyId },
    /// Both, inside a longer text.
    PairInText { instead_of: KeyId },
}

impl Call {
    /// May it be made again when nobody knows whether it was made?
    pub const fn is_repeatable(&self) -> bool {
        !matches!(self, Self::CreateAccessKey { .. })
    }

    /// Is the secret of the new key needed for it?
    pub const fn needs_secret(&self) -> bool {
        matches!(
            self,
            Self::ProveAccessKey { .. }
                | Self::WriteVariable { write: Write::Secret { .. } | Write::PairInText { .. }, .. }
        )
    }

    /// Does it leave the world as it is?
    pub const fn is_wait(&self) -> bool {
        matches!(self, Self::ProveAccessKey { .. } | Self::AwaitDisuse { .. } | Self::Soak { .. })
    }

    pub const fn account(&self) -> Option<AccountId> {
        match self {
            Self::CreateAccessKey { account, .. }
            | Self::ProveAccessKey { account, .. }
            | Self::SetAccessKeyStatus { account, .. }
            | Self::DeleteAccessKey { account, .. }
            | Self::WriteVariable { account, .. }
            | Self::Deny { account, .. }
            | Self::Lift { account, .. }
            | Self::SetTrust { account, .. }
            | Self::AwaitDisuse { account, .. } => Some(*account),
            Self::PauseRunner { .. }
            | Self::FlagVariable { .. }
            | Self::BlankVariable { .. }
            | Self::Soak { .. } => None,
        }
    }

    /// The user or role it acts on.
    pub const fn holder(&self) -> Option<&Arn> {
        match self {
            Self::CreateAccessKey { user, .. }
            | Self::ProveAccessKey { user, .. }
            | Self::SetAccessKeyStatus { user, .. }
            | Self::DeleteAccessKey { user, .. } => Some(user),
            Self::Deny { holder, .. } | Self::Lift { holder, .. } => Some(holder),
            Self::SetTrust { role, .. } => Some(role),
            _ => None,
        }
    }

    /// The GitLab it is made at.
    pub fn instance(&self) -> Option<&str> {
        match self {
            Self::WriteVariable { place, .. }
            | Self::FlagVariable { place, .. }
            | Self::BlankVariable { place, .. } => Some(&place.instance),
            Self::PauseRunner { instance, .. } => Some(instance),
            _ => None,
        }
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

impl fmt::Display for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Secret { .. } => "the new key's secret",
            Self::KeyId { .. } => "the new key's id",
            Self::PairInText { .. } => "the same text with the new key's id and secret in it",
        })
    }
}
