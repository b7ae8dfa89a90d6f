//! `userIdentity`: who made a call, in each of the shapes CloudTrail has for it.

use serde_json::{Value, json};

use crate::{
    base::time::Timestamp,
    demo::{
        name::{assumed_arn, iam_arn},
        world::World,
    },
};

/// Who made a call.
#[derive(Clone, Debug)]
pub enum Caller {
    /// An IAM user with a long-term key.
    Key { account: u64, user: String, path: String, id: String, key: String },
    /// Temporary credentials of a role.
    Session(Minted),
    /// A service on somebody's behalf: `ec2.amazonaws.com`.
    Service(&'static str),
    /// How the target account of a cross-account call sees the caller.
    Account { account: u64, principal: String },
    /// Nobody yet: a token of an identity provider, by the provider's ARN.
    Web { provider: String, audience: String, subject: String },
    /// A person who signed in at the company's identity provider.
    Saml { name_qualifier: String, person: String },
}

/// Temporary credentials, as the records that use them show them.
#[derive(Clone, Debug)]
pub struct Minted {
    pub account: u64,
    pub role: String,
    /// `arn:aws:iam::...:role/path/name`
    pub role_arn: String,
    /// `AROA...`
    pub role_id: String,
    pub session: String,
    /// `ASIA...`
    pub key: String,
    pub issued: Timestamp,
    /// The version of the instance metadata service they came through: `2.0`.
    pub delivery: Option<&'static str>,
    /// The provider's ARN, where a web identity opened the session.
    pub provider: Option<String>,
}

impl Minted {
    pub fn arn(&self) -> String {
        assumed_arn(self.account, &self.role, &self.session)
    }
}

impl Caller {
    /// A user by its newest active key; `None` if it has none.
    pub fn user(world: &World, account: u64, user: &str) -> Option<Self> {
        let user = world.accounts.get(&account)?.users.get(user)?;
        let key = user.keys.iter().rfind(|key| key.active)?;
        Some(Self::Key {
            account,
            user: user.name.clone(),
            path: user.path.clone(),
            id: user.id.clone(),
            key: key.id.clone(),
        })
    }

    /// The account the caller belongs to.
    pub fn account(&self) -> Option<u64> {
        match self {
            Self::Key { account, .. } | Self::Account { account, .. } => Some(*account),
            Self::Session(minted) => Some(minted.account),
            Self::Service(_) | Self::Web { .. } | Self::Saml { .. } => None,
        }
    }

    pub fn key(&self) -> Option<&str> {
        match self {
            Self::Key { key, .. } => Some(key),
            Self::Session(minted) => Some(&minted.key),
            _ => None,
        }
    }

    pub fn arn(&self) -> Option<String> {
        match self {
            Self::Key { account, user, path, .. } => Some(iam_arn(*account, "user", path, user)),
            Self::Session(minted) => Some(minted.arn()),
            _ => None,
        }
    }

    /// `AIDA...`, or `AROA...:session`.
    pub fn principal(&self) -> Option<String> {
        match self {
            Self::Key { id, .. } => Some(id.clone()),
            Self::Session(minted) => Some(format!("{}:{}", minted.role_id, minted.session)),
            Self::Account { principal, .. } => Some(principal.clone()),
            _ => None,
        }
    }

    /// LookupEvents' `Username`; absent where CloudTrail has none.
    pub fn username(&self) -> Option<String> {
        match self {
            Self::Key { user, .. } => Some(user.clone()),
            Self::Session(minted) => Some(minted.session.clone()),
            Self::Web { subject, .. } => Some(subject.clone()),
            Self::Saml { person, .. } => Some(person.clone()),
            Self::Service(_) | Self::Account { .. } => None,
        }
    }

    pub fn identity(&self) -> Value {
        match self {
            Self::Key { account, user, id, key, .. } => json!({
                "type": "IAMUser",
                "principalId": id,
                "arn": self.arn(),
                "accountId": format!("{account:012}"),
                "accessKeyId": key,
                "userName": user,
            }),
            Self::Session(minted) => session(minted),
            Self::Service(service) => json!({ "type": "AWSService", "invokedBy": service }),
            Self::Account { account, principal } => json!({
                "type": "AWSAccount", "principalId": principal, "accountId": format!("{account:012}"),
            }),
            Self::Web { provider, audience, subject } => json!({
                "type": "WebIdentityUser",
                "principalId": format!("{provider}:{audience}:{subject}"),
                "userName": subject,
                "identityProvider": provider,
            }),
            Self::Saml { name_qualifier, person } => json!({
                "type": "SAMLUser",
                "principalId": format!("{name_qualifier}:{person}"),
                "userName": person,
                "identityProvider": name_qualifier,
            }),
        }
    }
}

fn session(minted: &Minted) -> Value {
    let account = format!("{:012}", minted.account);
    let mut context = json!({
        "sessionIssuer": {
            "type": "Role",
            "principalId": minted.role_id,
            "arn": minted.role_arn,
            "accountId": account,
            "userName": minted.role,
        },
        "attributes": { "creationDate": minted.issued.to_string(), "mfaAuthenticated": "false" },
    });
    if let Some(version) = minted.delivery {
        context["ec2RoleDelivery"] = json!(version);
    }
    if let Some(provider) = &minted.provider {
        context["webIdFederationData"] = json!({ "federatedProvider": provider, "attributes": {} });
    }
    json!({
        "type": "AssumedRole",
        "principalId": format!("{}:{}", minted.role_id, minted.session),
        "arn": minted.arn(),
        "accountId": account,
        "accessKeyId": minted.key,
        "sessionContext": context,
    })
}
