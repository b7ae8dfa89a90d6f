//! Who makes a call: the user or session behind an access key, as far as the key, its secret and its state prove it.

use std::time::Instant;

use super::{
    arn,
    call::{Call, Service, Wire},
    refusal::Refusal,
};
use crate::{
    base::time::Timestamp,
    demo::world::{Account, KeyUse, User, World},
};

/// Somebody whose signature was good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub account: u64,
    /// Access key id; empty for unsigned calls.
    pub key: String,
    /// When the temporary credentials were issued; `None` for long-term keys.
    pub issued: Option<Timestamp>,
    pub who: Who,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    User {
        name: String,
        /// `AIDA...`
        id: String,
        arn: String,
    },
    Role {
        name: String,
        /// `AROA...`
        id: String,
        /// The role's own ARN, with its path.
        role_arn: String,
        session: String,
    },
    /// An unsigned call: AssumeRoleWithWebIdentity.
    Nobody,
}

impl Caller {
    pub(crate) const fn nobody(account: u64) -> Self {
        Self { account, key: String::new(), issued: None, who: Who::Nobody }
    }

    /// As `GetCallerIdentity` says it.
    pub(crate) fn arn(&self) -> String {
        match &self.who {
            Who::User { arn, .. } => arn.clone(),
            Who::Role { name, session, .. } => arn::session(self.account, name, session),
            Who::Nobody => "anonymous".to_owned(),
        }
    }

    /// `AIDA...`, or `AROA...:session`.
    pub(crate) fn principal_id(&self) -> String {
        match &self.who {
            Who::User { id, .. } => id.clone(),
            Who::Role { id, session, .. } => format!("{id}:{session}"),
            Who::Nobody => String::new(),
        }
    }

    /// The user's name, for calls that default to the caller.
    pub(crate) fn user_name(&self) -> Result<&str, Refusal> {
        match &self.who {
            Who::User { name, .. } => Ok(name),
            _ => Err(Refusal::invalid("Must specify userName when calling with non-User credentials".into())),
        }
    }

    /// Believes the call's signature, or says why not. `machine` is the machine's time: the client signed with that.
    pub(crate) fn authenticate(
        call: &Call,
        wire: &Wire,
        world: &World,
        machine: Timestamp,
    ) -> Result<Self, Refusal> {
        let Some(signed) = call.authorization.as_ref().map_err(Clone::clone)? else {
            return if call.service == Service::Sts && call.action == "AssumeRoleWithWebIdentity" {
                Ok(Self::nobody(call.account().unwrap_or_default()))
            } else {
                Err(Refusal::NoToken)
            };
        };
        let account = call.account().and_then(|number| world.accounts.get(&number));
        if signed.key.starts_with("ASIA") {
            let account = account.ok_or(Refusal::UnknownKey)?;
            let session = account.sessions.get(&signed.key).ok_or(Refusal::UnknownKey)?;
            if wire.header("x-amz-security-token") != session.token {
                return Err(Refusal::UnknownKey);
            }
            signed.verify(wire, &session.secret, machine)?;
            if session.expires <= machine {
                return Err(Refusal::Expired);
            }
            return Self::of_session(account, &signed.key).ok_or(Refusal::UnknownKey);
        }
        let (account, user) = owner(world, account, &signed.key).ok_or(Refusal::UnknownKey)?;
        let key = user.keys.iter().find(|key| key.id == signed.key).ok_or(Refusal::UnknownKey)?;
        let propagated = key.usable_from.is_none_or(|from| from <= Instant::now());
        if !key.active || !propagated {
            return Err(Refusal::UnknownKey);
        }
        signed.verify(wire, &key.secret, machine)?;
        Ok(Self {
            account: account.number,
            key: key.id.clone(),
            issued: None,
            who: Who::of_user(account, user),
        })
    }

    fn of_session(account: &Account, key: &str) -> Option<Self> {
        let session = account.sessions.get(key)?;
        // A session without a role came from GetSessionToken: it is the user's, whose name it bears.
        let who = if session.role.is_empty() {
            Who::of_user(account, account.users.get(&session.session_name)?)
        } else {
            let role = account.roles.get(&session.role)?;
            Who::Role {
                name: role.name.clone(),
                id: role.id.clone(),
                role_arn: arn::iam(account.number, "role", &role.path, &role.name),
                session: session.session_name.clone(),
            }
        };
        Some(Self { account: account.number, key: key.to_owned(), issued: Some(session.issued), who })
    }
}

impl Who {
    fn of_user(account: &Account, user: &User) -> Self {
        Self::User {
            name: user.name.clone(),
            id: user.id.clone(),
            arn: arn::iam(account.number, "user", &user.path, &user.name),
        }
    }
}

/// Who owns a long-term key. Old key ids name no account: then all of them are searched.
fn owner<'a>(world: &'a World, named: Option<&'a Account>, key: &str) -> Option<(&'a Account, &'a User)> {
    let of = |account: &'a Account| {
        let owns = |user: &&User| user.keys.iter().any(|known| known.id == key);
        account.users.values().find(owns).map(|user| (account, user))
    };
    match named {
        Some(account) => of(account),
        None => world.accounts.values().find_map(of),
    }
}

/// IAM remembers one use of a key in a quarter of an hour.
const GRAIN: i64 = 15 * 60;

/// True where the use is worth remembering: another service or region, or long enough after the last.
fn is_news(last: Option<&KeyUse>, service: &str, region: &str, now: Timestamp) -> bool {
    last.is_none_or(|last| {
        last.service != service || last.region != region || now.seconds() - last.at.seconds() >= GRAIN
    })
}

/// Would this call move "last used" of the key, or of the session's role?
pub(crate) fn is_use_news(caller: &Caller, call: &Call, world: &World, now: Timestamp) -> bool {
    let Some(account) = world.accounts.get(&caller.account) else { return false };
    match (&caller.who, caller.issued) {
        (Who::User { name, .. }, None) => account
            .users
            .get(name)
            .and_then(|user| user.keys.iter().find(|key| key.id == caller.key))
            .is_some_and(|key| is_news(key.last_used.as_ref(), call.service.prefix(), &call.region, now)),
        (Who::Role { name, .. }, _) => account.roles.get(name).is_some_and(|role| {
            role.last_used
                .as_ref()
                .is_none_or(|(at, region)| *region != call.region || now.seconds() - at.seconds() >= GRAIN)
        }),
        _ => false,
    }
}

/// Writes the use down.
pub(crate) fn mark_use(caller: &Caller, call: &Call, world: &mut World, now: Timestamp) {
    let Some(account) = world.accounts.get_mut(&caller.account) else { return };
    match &caller.who {
        Who::User { name, .. } => {
            let keys = account.users.get_mut(name).map(|user| user.keys.iter_mut());
            if let Some(key) = keys.and_then(|mut keys| keys.find(|key| key.id == caller.key)) {
                key.last_used = Some(KeyUse {
                    at: now,
                    service: call.service.prefix().to_owned(),
                    region: call.region.clone(),
                });
            }
        }
        Who::Role { name, .. } => {
            if let Some(role) = account.roles.get_mut(name) {
                role.last_used = Some((now, call.region.clone()));
            }
        }
        Who::Nobody => {}
    }
}
