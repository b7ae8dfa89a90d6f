//! Calls as data: which service is asked what, about what, and what that changes. Nothing here sends anything.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    base::{
        name::{AccountId, Arn, KeyId},
        text::long_age,
        time::Age,
    },
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

/// A call as its service spells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Request {
    /// `iam`, `sts`, `gitlab`; empty for a wait.
    pub service: &'static str,
    /// `CreateAccessKey`, `PUT projects/42/variables/AWS_ACCESS_KEY_ID`.
    pub operation: String,
    /// The account's number, or the GitLab's name.
    pub place: String,
    pub parameters: Vec<(&'static str, String)>,
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
            | Self::AwaitDisuse { account, .. } => Some(*account),
            Self::Soak { .. } => None,
        }
    }

    /// The thing it is about, by name; `None` for a key that is yet to be made.
    pub fn about(&self) -> Option<String> {
        Some(match self {
            Self::CreateAccessKey { user, .. } => user.to_string(),
            Self::SetAccessKeyStatus { key: KeyRef::Id(key), .. }
            | Self::DeleteAccessKey { key: KeyRef::Id(key), .. }
            | Self::AwaitDisuse { key, .. } => key.to_string(),
            Self::WriteVariable { place, .. } => place.to_string(),
            Self::ProveAccessKey { .. }
            | Self::SetAccessKeyStatus { .. }
            | Self::DeleteAccessKey { .. }
            | Self::Soak { .. } => return None,
        })
    }

    pub fn request(&self) -> Request {
        let aws = |service, operation: &str, account: &AccountId, parameters| Request {
            service,
            operation: operation.to_owned(),
            place: account.to_string(),
            parameters,
        };
        let user = |user: &Arn| ("UserName", user.name().to_owned());
        match self {
            Self::CreateAccessKey { account, user: name, .. } => {
                aws("iam", "CreateAccessKey", account, vec![user(name)])
            }
            Self::ProveAccessKey { account, .. } => aws("sts", "GetCallerIdentity", account, vec![]),
            Self::SetAccessKeyStatus { account, user: name, key, to, .. } => {
                let status = ("Status", to.word().to_owned());
                aws(
                    "iam",
                    "UpdateAccessKey",
                    account,
                    vec![user(name), ("AccessKeyId", key.to_string()), status],
                )
            }
            Self::DeleteAccessKey { account, user: name, key } => {
                aws("iam", "DeleteAccessKey", account, vec![user(name), ("AccessKeyId", key.to_string())])
            }
            Self::AwaitDisuse { account, key, .. } => {
                aws("iam", "GetAccessKeyLastUsed", account, vec![("AccessKeyId", key.to_string())])
            }
            Self::WriteVariable { place, write, .. } => {
                let mut parameters = vec![("value", write.to_string())];
                if place.has_scope() {
                    parameters.push(("filter[environment_scope]", place.scope.clone()));
                }
                let operation = format!("PUT {}", place.path());
                Request { service: "gitlab", operation, place: place.instance.clone(), parameters }
            }
            Self::Soak { .. } => {
                Request { service: "", operation: "wait".into(), place: String::new(), parameters: vec![] }
            }
        }
    }

    /// What it changes or waits for, for a person.
    pub fn says(&self) -> String {
        match self {
            Self::CreateAccessKey { user, .. } => {
                format!("{} gets a second access key; its secret stays in this process's memory", user.name())
            }
            Self::ProveAccessKey { .. } => "waits until AWS accepts the new key".into(),
            Self::SetAccessKeyStatus { key, to: Switch::Inactive, .. } => {
                format!("{key} stops working; sessions it has opened live on until they expire")
            }
            Self::SetAccessKeyStatus { key, to: Switch::Active, .. } => format!("{key} works again"),
            Self::DeleteAccessKey { key, .. } => format!("{key} is gone for ever"),
            Self::WriteVariable { place, write, .. } => format!("{place} holds {write}; its flags stay"),
            Self::AwaitDisuse { key, seconds, .. } => {
                format!("waits until {key} was not used for {}", long_age(Age::from_seconds(*seconds)))
            }
            Self::Soak { seconds } => {
                format!(
                    "waits {}, for whoever still needs it to be heard",
                    long_age(Age::from_seconds(*seconds))
                )
            }
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
