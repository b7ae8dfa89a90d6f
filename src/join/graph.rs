//! Who reaches what in the end: role chains across accounts to any depth, and what a user or role may do at their ends.

use super::{Linked, Policies};
use crate::model::{estate::Estate, id::Id, link::Link};

/// The role graph.
#[derive(Debug, Default)]
pub struct Graph {}

/// What one user or role reaches.
#[derive(Clone, Debug, Default)]
pub struct Reached {
    /// Roles, nearest first.
    pub roles: Vec<ReachedRole>,
    /// Itself or the nearest role that may do everything in its account.
    pub administrator: Option<Id>,
    /// Sensitive things it or a role it reaches may do.
    pub powers: Vec<(Power, Id)>,
    /// Some policies on the way were not read: there may be more.
    pub partly: bool,
}

/// A role that is reached, and the shortest chain of proofs.
#[derive(Clone, Debug)]
pub struct ReachedRole {
    pub role: Id,
    /// From the beginning to the role; one link a hop.
    pub chain: Vec<Link>,
}

/// What an attacker would look for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Power {
    Administrator,
    Iam,
    AssumeAny,
    Secrets,
    Kms,
    S3Data,
    Ec2Run,
    LambdaUpdate,
    Organization,
}

impl Power {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Iam => "iam",
            Self::AssumeAny => "assume any role",
            Self::Secrets => "secrets",
            Self::Kms => "kms",
            Self::S3Data => "s3 data",
            Self::Ec2Run => "ec2 run",
            Self::LambdaUpdate => "lambda update",
            Self::Organization => "organization",
        }
    }
}

impl Graph {
    pub fn of(_estate: &Estate, _linked: &Linked, _policies: &Policies<'_>) -> Self {
        Self::default()
    }

    /// What a user or role reaches, itself included.
    pub fn reached(&self, _principal: &Id) -> Reached {
        Reached::default()
    }

    /// What a user or role may do itself, without assuming anything.
    pub fn powers(&self, _principal: &Id) -> &[Power] {
        &[]
    }

    /// Users and roles that may assume this role directly: one link each, the role at its end.
    pub fn into_role(&self, _role: &Id) -> Vec<Link> {
        Vec::new()
    }

    /// Roles that a user or role may assume directly.
    pub fn out_of(&self, _principal: &Id) -> Vec<Link> {
        Vec::new()
    }
}
