//! What a caller may do, as far as its own policies and its boundary tell. Service control policies are unseen.

use super::policies::{Policies, Principal};
use crate::{
    base::name::Arn,
    model::{
        aws::{Role, User},
        entity::{Entity, OfKind},
        estate::Estate,
        id::Id,
    },
    policy::{Truth, is_allowed},
};

/// An answer, with its reason where it is no yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum May {
    Yes,
    No(String),
    Unknown(String),
}

/// One caller's policies.
#[derive(Debug)]
pub enum Rights<'a> {
    /// The account's root user, whom no policy of IAM keeps out.
    Root,
    Of(Box<Holder<'a>>),
    /// Nobody whose policies were read; why.
    Unread(String),
}

/// A user or role whose policies were read.
#[derive(Debug)]
pub struct Holder<'a>(Principal<'a>);

impl<'a> Rights<'a> {
    /// `caller` as `sts:GetCallerIdentity` says it. A session has the rights of its role.
    pub fn of(estate: &'a Estate, caller: &str) -> Self {
        let Some(arn) = Arn::new(caller) else { return Self::Unread(format!("{caller} is no ARN")) };
        if arn.resource() == "root" {
            return Self::Root;
        }
        let entity = match arn.assumed_role() {
            Some((name, _)) => estate.of(Role::KIND).find(|one| match one {
                Entity::Role(role) => role.name() == name && role.arn.account() == arn.account(),
                _ => false,
            }),
            None => estate.get(&Id::user(&arn)).filter(|one| one.kind() == User::KIND),
        };
        let principal = entity.and_then(|entity| {
            let policies = Policies::of_one(estate, entity);
            Principal::of(entity, &policies)
        });
        let unread = || Self::Unread(format!("the policies of {} were not read", arn.name()));
        principal.map_or_else(unread, |principal| Self::Of(Box::new(Holder(principal))))
    }

    pub fn may(&self, action: &str, resource: &str) -> May {
        let holder = match self {
            Self::Root => return May::Yes,
            Self::Unread(why) => return May::Unknown(why.clone()),
            Self::Of(holder) => holder,
        };
        let allowed = is_allowed(&holder.0.caller(), action, resource);
        match allowed.truth {
            Truth::True => May::Yes,
            Truth::False => May::No(allowed.why),
            Truth::Unknown => May::Unknown(allowed.why),
        }
    }
}
