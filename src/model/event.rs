//! A CloudTrail record, reduced to what links it to other things, with its redacted text kept for reading.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{id::Id, merge::Merge};
use crate::base::{
    name::{AccountId, Arn, KeyId},
    time::Timestamp,
};

/// `userIdentity`: who made the call.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Caller {
    /// `IAMUser`, `AssumedRole`, `WebIdentityUser`, `SAMLUser`, `AWSService`, `AWSAccount`, `FederatedUser`, `Root` ...
    pub kind: Arc<str>,
    /// Absent on the target account's copy of a cross-account call.
    pub arn: Option<Arn>,
    /// `AIDA...`, `AROA...:session`, or the provider, audience and subject of a web identity.
    pub principal_id: Option<Arc<str>>,
    pub account: Option<AccountId>,
    /// Absent for unauthenticated calls (web identity, SAML) and AWS services.
    pub key: Option<KeyId>,
    pub user_name: Option<Arc<str>>,
    /// `ec2.amazonaws.com`, for calls AWS makes itself.
    pub invoked_by: Option<Arc<str>>,
    /// `sessionContext.sessionIssuer.arn`: the role with its path.
    pub issuer: Option<Arn>,
    /// `sessionContext.attributes.creationDate`: when the session was minted.
    pub session_created: Option<Timestamp>,
    /// `sessionContext.sourceIdentity`: whom the session was opened for, as its first minting call said; chained sessions keep it. On a
    /// minting call that sets it (`requestParameters.sourceIdentity`) it stands here too.
    pub source_identity: Option<Arc<str>>,
}

/// One record. Ids are unique inside `account`; `shared_id` joins cross-account twins.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// `recipientAccountId`: whose trail it stands in.
    pub account: AccountId,
    pub event_id: Arc<str>,
    pub region: Arc<str>,
    pub at: Timestamp,
    /// `sts.amazonaws.com`.
    pub source: Arc<str>,
    /// `AssumeRole`.
    pub name: Arc<str>,
    pub caller: Caller,
    /// An IP address, or a service's name for calls AWS makes itself.
    pub address: Option<Arc<str>>,
    pub agent: Option<Arc<str>>,
    pub error: Option<Arc<str>>,
    pub message: Option<Arc<str>>,
    /// The role asked for. For denied calls it is taken from the message: CloudTrail leaves the parameters out.
    pub role: Option<Arn>,
    pub session_name: Option<Arc<str>>,
    /// The key id this call minted.
    pub minted: Option<KeyId>,
    pub minted_expires: Option<Timestamp>,
    /// The assumed-role ARN of the minted session.
    pub assumed: Option<Arn>,
    /// The `sub` of a web identity.
    pub subject: Option<Arc<str>>,
    /// The identity provider's ARN.
    pub provider: Option<Arn>,
    pub audience: Option<Arc<str>>,
    /// What the call was about, for the few calls where that is evidence: the secret or parameter that was read, the user that was made,
    /// the cluster of a pod. For a role session of an EKS pod its service account: `system:serviceaccount:namespace:name`.
    #[serde(default)]
    pub about: Option<Arc<str>>,
    pub shared_id: Option<Arc<str>>,
    /// The record as JSON text without its session token; of a table that was asked in SQL, what was asked for of it. Empty for events of a
    /// trail's files: see `origin`.
    pub raw: Arc<str>,
    /// Where the record can be read again, for events that were kept without their text.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// A record's place in a trail's files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Origin {
    /// A path, or `s3://bucket/key`.
    pub file: Arc<str>,
    /// Which record of the file, from 0.
    pub record: u32,
}

impl Merge for Event {
    /// A record never changes: the first copy stays. Only its text may be missing there, if it was read from a trail's file.
    fn take(&mut self, newer: &Self) {
        if self.raw.is_empty() {
            self.raw = newer.raw.clone();
        }
    }
}

impl Event {
    pub fn id(&self) -> Id {
        Id::event(self.account, &self.event_id)
    }

    pub fn is_denied(&self) -> bool {
        self.error.is_some()
    }

    /// AssumeRole, AssumeRoleWithWebIdentity, AssumeRoleWithSAML, AssumeRoleForPodIdentity.
    pub fn is_assume_role(&self) -> bool {
        self.name.starts_with("AssumeRole")
    }
}
