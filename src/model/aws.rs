//! What exists at AWS. A field that is `None` was not seen; an empty list was seen and is empty.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{id::Id, merge::merge};
use crate::base::{
    name::{AccountId, Arn, KeyId},
    time::Timestamp,
};

/// An account keytrail looks into, and as whom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub number: AccountId,
    /// The name from the configuration, or the account's alias.
    pub name: Option<String>,
    /// Who keytrail is there: the ARN of `sts:GetCallerIdentity`.
    pub caller: Option<String>,
    /// From the credential report.
    pub root: Option<Root>,
}
merge!(Account { name, caller, root });

impl Account {
    pub fn id(&self) -> Id {
        Id::account(self.number)
    }
}

/// The account's root user, as the credential report shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Root {
    pub access_keys: u8,
    pub mfa: bool,
    pub password_last_used: Option<Timestamp>,
}

/// A policy written into a user, role or group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InlinePolicy {
    pub name: Arc<str>,
    /// The document as JSON text, already percent-decoded.
    pub document: Arc<str>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct User {
    pub arn: Arn,
    pub created: Option<Timestamp>,
    /// Names of IAM groups.
    pub groups: Option<Vec<Arc<str>>>,
    pub inline: Option<Vec<InlinePolicy>>,
    pub attached: Option<Vec<Arn>>,
    pub boundary: Option<Arn>,
    /// From the credential report.
    pub password: Option<bool>,
    pub password_last_used: Option<Timestamp>,
    pub mfa: Option<bool>,
}
merge!(User { created, groups, inline, attached, boundary, password, password_last_used, mfa });

impl User {
    pub const fn seen(arn: Arn) -> Self {
        Self {
            arn,
            created: None,
            groups: None,
            inline: None,
            attached: None,
            boundary: None,
            password: None,
            password_last_used: None,
            mfa: None,
        }
    }

    pub fn id(&self) -> Id {
        Id::user(&self.arn)
    }

    pub fn name(&self) -> &str {
        self.arn.name()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IamGroup {
    pub arn: Arn,
    pub inline: Option<Vec<InlinePolicy>>,
    pub attached: Option<Vec<Arn>>,
}
merge!(IamGroup { inline, attached });

impl IamGroup {
    pub fn id(&self) -> Id {
        Id::iam_group(&self.arn)
    }
}

/// A managed policy in its default version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub arn: Arn,
    /// `None` where the document was not read (policies that AWS manages are left out of bulk reads).
    pub document: Option<Arc<str>>,
}
merge!(Policy { document });

impl Policy {
    pub fn id(&self) -> Id {
        Id::policy(&self.arn)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyStatus {
    Active,
    Inactive,
    Expired,
}

/// The last use of an access key as IAM remembers it, to a quarter of an hour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LastUse {
    Never,
    At {
        at: Timestamp,
        /// `s3`, `sts`; the service of the latest call only.
        service: Arc<str>,
        region: Arc<str>,
    },
}

/// A long-term access key of an IAM user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccessKey {
    pub key: KeyId,
    pub user: Option<Arn>,
    pub created: Option<Timestamp>,
    pub status: Option<KeyStatus>,
    pub last_use: Option<LastUse>,
}
merge!(AccessKey { user, created, status, last_use });

impl AccessKey {
    pub fn id(&self) -> Id {
        Id::key(&self.key)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Role {
    pub arn: Arn,
    /// `AROA...`: what CloudTrail's `principalId` begins with.
    pub unique_id: Option<Arc<str>>,
    pub created: Option<Timestamp>,
    /// The trust policy as JSON text, already percent-decoded.
    pub trust: Option<Arc<str>>,
    pub inline: Option<Vec<InlinePolicy>>,
    pub attached: Option<Vec<Arn>>,
    pub boundary: Option<Arn>,
    pub last_use: Option<RoleUse>,
    /// Seconds.
    pub max_session: Option<u32>,
}
merge!(Role { unique_id, created, trust, inline, attached, boundary, last_use, max_session });

/// `RoleLastUsed`, which IAM keeps for 400 days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RoleUse {
    /// Not within the 400 days IAM remembers.
    NotTracked,
    At {
        at: Timestamp,
        region: Arc<str>,
    },
}

impl Role {
    pub const fn seen(arn: Arn) -> Self {
        Self {
            arn,
            unique_id: None,
            created: None,
            trust: None,
            inline: None,
            attached: None,
            boundary: None,
            last_use: None,
            max_session: None,
        }
    }

    pub fn id(&self) -> Id {
        Id::role(&self.arn)
    }

    pub fn name(&self) -> &str {
        self.arn.name()
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstanceProfile {
    pub arn: Arn,
    /// AWS allows one role in a profile, and shows a list.
    pub roles: Option<Vec<Arn>>,
}
merge!(InstanceProfile { roles });

impl InstanceProfile {
    pub fn id(&self) -> Id {
        Id::profile(&self.arn)
    }
}

/// An EC2 instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Machine {
    pub account: AccountId,
    pub region: Arc<str>,
    /// `i-0abc...`.
    pub instance: Arc<str>,
    /// The `Name` tag.
    pub name: Option<String>,
    pub private_address: Option<String>,
    pub public_address: Option<String>,
    pub profile: Option<Arn>,
    pub state: Option<String>,
    pub launched: Option<Timestamp>,
    /// `HttpTokens = required`: IMDSv2 only.
    pub imds_tokens_required: Option<bool>,
    /// Two or more lets containers reach the instance's credentials.
    pub imds_hop_limit: Option<u32>,
}
merge!(Machine {
    name,
    private_address,
    public_address,
    profile,
    state,
    launched,
    imds_tokens_required,
    imds_hop_limit,
});

impl Machine {
    pub fn id(&self) -> Id {
        Id::machine(self.account, &self.region, &self.instance)
    }
}

/// An OIDC identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Provider {
    pub arn: Arn,
    /// Without the scheme: `gitlab.com`, `gitlab.acme.example/gitlab`.
    pub issuer: Option<String>,
    /// Accepted audiences (`ClientIDList`).
    pub audiences: Option<Vec<String>>,
    pub created: Option<Timestamp>,
}
merge!(Provider { issuer, audiences, created });

impl Provider {
    pub fn id(&self) -> Id {
        Id::provider(&self.arn)
    }
}
