//! A link: two things, how they relate, how surely, and why we say so. An end may be unseen: that is knowledge too.

use std::{borrow::Cow, sync::Arc};

use serde::{Deserialize, Serialize};

use super::id::Id;
use crate::base::time::Timestamp;

/// How a link's `from` relates to its `to`; read as "from ... to".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// Group or instance contains project or group.
    Contains,
    /// Project, group, instance or schedule holds variable.
    Holds,
    /// Variable carries access key id.
    Carries,
    /// Variable names role.
    Names,
    /// User owns access key.
    Owns,
    /// User, role, provider, service profile may assume role.
    MayAssume,
    /// Project may run jobs on runner.
    RunsOn,
    /// Runner is served by manager.
    HasManager,
    /// Manager sits on EC2 instance.
    SitsOn,
    /// EC2 instance has instance profile.
    HasProfile,
    /// Instance profile has role.
    HasRole,
    /// Runner ran job.
    Ran,
    /// Project had job.
    HadJob,
    /// Key, session, project, service opened session.
    Opened,
    /// Role was assumed as session.
    AssumedAs,
    /// Key or session was used in event.
    UsedIn,
    /// Event minted session.
    Minted,
    /// Key or session was used from address.
    UsedFrom,
    /// Address belongs to manager or EC2 instance.
    AddressOf,
    /// Event asked for role, and got it or not.
    AskedFor,
    /// Event came from address, or from project by its subject.
    CameFrom,
    /// User or role belongs to account; key too.
    InAccount,
    /// Runner file's entry configures runner.
    Configures,
    /// CI configuration describes the jobs of project.
    Describes,
    /// Runner or its configuration starts job machines in this group, from this profile, as this task, as this service account.
    Starts,
    /// Auto Scaling group launches from template, or has launched instance.
    Launches,
    /// Project presents id tokens to provider.
    Presents,
    /// Project or role fetches credentials from stored secret or Vault.
    Fetches,
    /// Stored secret or runner file keeps access key.
    Keeps,
    /// Vault issues user or role session.
    Issues,
    /// Runner exposes user or role: jobs of others bring their credentials to where its jobs step out.
    Exposes,
    /// Session was likely opened by job.
    ByJob,
}

impl Relation {
    /// The heading of a detail group on the `from` side.
    pub const fn forward(self) -> &'static str {
        match self {
            Self::Contains => "CONTAINS",
            Self::Holds => "VARIABLES",
            Self::Carries => "CARRIES KEY",
            Self::Names => "NAMES ROLE",
            Self::Owns => "ACCESS KEYS",
            Self::MayAssume => "MAY ASSUME",
            Self::RunsOn => "MAY RUN ON",
            Self::HasManager => "MANAGERS",
            Self::SitsOn => "SITS ON",
            Self::HasProfile => "INSTANCE PROFILE",
            Self::HasRole => "ROLE",
            Self::Ran => "RAN JOBS",
            Self::HadJob => "JOBS",
            Self::Opened => "OPENED SESSIONS",
            Self::AssumedAs => "ASSUMED AS",
            Self::UsedIn => "EVENTS",
            Self::Minted => "MINTED",
            Self::UsedFrom => "USED FROM",
            Self::AddressOf => "ADDRESS OF",
            Self::AskedFor => "ASKED FOR ROLE",
            Self::CameFrom => "CAME FROM",
            Self::InAccount => "ACCOUNT",
            Self::Configures => "CONFIGURES",
            Self::Describes => "DESCRIBES JOBS OF",
            Self::Starts => "STARTS JOBS ON",
            Self::Launches => "LAUNCHES",
            Self::Presents => "PRESENTS ID TOKENS TO",
            Self::Fetches => "FETCHES FROM",
            Self::Keeps => "KEEPS KEY",
            Self::Issues => "ISSUES",
            Self::Exposes => "EXPOSES",
            Self::ByJob => "LIKELY JOB",
        }
    }

    /// The heading of a detail group on the `to` side.
    pub const fn backward(self) -> &'static str {
        match self {
            Self::Contains => "INSIDE",
            Self::Holds => "HELD BY",
            Self::Carries => "CARRIED BY",
            Self::Names => "NAMED BY",
            Self::Owns => "OWNED BY",
            Self::MayAssume => "WHO MAY ASSUME IT",
            Self::RunsOn => "PROJECTS THAT MAY RUN HERE",
            Self::HasManager => "MANAGES",
            Self::SitsOn => "RUNNER MANAGERS HERE",
            Self::HasProfile => "INSTANCES",
            Self::HasRole => "INSTANCE PROFILES",
            Self::Ran => "RAN ON",
            Self::HadJob => "OF PROJECT",
            Self::Opened => "OPENED BY",
            Self::AssumedAs => "ROLE",
            Self::UsedIn => "MADE WITH",
            Self::Minted => "MINTED BY",
            Self::UsedFrom => "USED HERE",
            Self::AddressOf => "ADDRESSES",
            Self::AskedFor => "ASKED FOR IN",
            Self::CameFrom => "EVENTS FROM HERE",
            Self::InAccount => "IN THIS ACCOUNT",
            Self::Configures => "CONFIGURED BY",
            Self::Describes => "CI CONFIGURATION",
            Self::Starts => "STARTED BY",
            Self::Launches => "LAUNCHED BY",
            Self::Presents => "ID TOKENS FROM",
            Self::Fetches => "FETCHED BY",
            Self::Keeps => "KEPT IN",
            Self::Issues => "ISSUED BY",
            Self::Exposes => "EXPOSED ON",
            Self::ByJob => "LIKELY SESSIONS",
        }
    }
}

/// How surely a link is known. Ordered: the surer is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// A name, a time or an address suggests it.
    Inferred,
    /// A policy, variable or configuration states it.
    Configured,
    /// An event shows it.
    Observed,
}

impl Grade {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inferred => "inferred",
            Self::Configured => "configured",
            Self::Observed => "observed",
        }
    }
}

/// Why a link is claimed: one short sentence, and when it was last seen to be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// `trust policy names the user`, `812 events`; what comes from outside in it is cleaned before it is shown.
    pub text: Cow<'static, str>,
    pub at: Option<Timestamp>,
}

impl Proof {
    pub fn of(text: impl Into<Cow<'static, str>>) -> Arc<Self> {
        Arc::new(Self { text: text.into(), at: None })
    }

    pub fn at(text: impl Into<Cow<'static, str>>, at: Timestamp) -> Arc<Self> {
        Arc::new(Self { text: text.into(), at: Some(at) })
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    pub from: Id,
    pub relation: Relation,
    pub to: Id,
    pub grade: Grade,
    pub proof: Arc<Proof>,
}
