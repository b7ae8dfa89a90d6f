//! What an action gets to work with: who asks, for what, when, and the parts of the server that outlive one call.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError, RwLockReadGuard, RwLockWriteGuard},
};

use super::{
    call::Service, caller::Caller, engine::Query, mint::Mint, pace::Pace, params::Params, refusal::Refusal,
    xml::Xml,
};
use crate::{
    base::time::{Clock, SystemClock, Timestamp},
    demo::world::{Account, Shared, World},
};

/// The server.
pub(crate) struct Server {
    pub shared: Shared,
    pub mint: Mint,
    pub pace: Pace,
    /// Credential reports, by account: when each was made, and its CSV.
    reports: Mutex<BTreeMap<u64, (Timestamp, String)>>,
    /// Queries of Athena and CloudTrail Lake, by id.
    queries: Mutex<BTreeMap<String, Query>>,
}

impl Server {
    pub(crate) fn new(shared: Shared) -> Self {
        Self {
            shared,
            mint: Mint::new("aws server"),
            pace: Pace::default(),
            reports: Mutex::default(),
            queries: Mutex::default(),
        }
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, World> {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, World> {
        self.shared.world.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn reports(&self) -> MutexGuard<'_, BTreeMap<u64, (Timestamp, String)>> {
        self.reports.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn queries(&self) -> MutexGuard<'_, BTreeMap<String, Query>> {
        self.queries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The machine's time: clients sign with it and judge expiry by it, whatever time the world has.
    #[expect(clippy::unused_self, reason = "a server has its clock like everything else it answers from")]
    pub(crate) fn machine_now(&self) -> Timestamp {
        SystemClock.now()
    }
}

/// One call by somebody who is believed.
pub(crate) struct Ask<'a> {
    pub server: &'a Server,
    pub service: Service,
    pub region: &'a str,
    pub action: &'a str,
    pub params: &'a Params,
    /// For JSON calls.
    pub body: &'a [u8],
    pub agent: &'a str,
    pub caller: &'a Caller,
    /// The world's time.
    pub now: Timestamp,
    pub request_id: &'a str,
}

impl Ask<'_> {
    /// `iam:ListUsers`.
    pub(crate) fn permission(&self) -> String {
        format!("{}:{}", self.service.prefix(), self.action)
    }

    pub(crate) fn account<'w>(&self, world: &'w World) -> Result<&'w Account, Refusal> {
        world.accounts.get(&self.caller.account).ok_or(Refusal::UnknownKey)
    }

    pub(crate) fn account_mut<'w>(&self, world: &'w mut World) -> Result<&'w mut Account, Refusal> {
        world.accounts.get_mut(&self.caller.account).ok_or(Refusal::UnknownKey)
    }

    /// The user the call names, or the caller's own name.
    pub(crate) fn user_name(&self) -> Result<&str, Refusal> {
        self.params.get("UserName").map_or_else(|| self.caller.user_name(), Ok)
    }
}

/// An action that only looks: it writes its result.
pub(crate) type Look = fn(&Ask<'_>, &Account, &mut Xml) -> Result<(), Refusal>;
/// The same for a service that speaks JSON.
pub(crate) type Say = fn(&Ask<'_>, &Account) -> Result<serde_json::Value, Refusal>;
/// An action that leaves a trace: it changes the world and says what CloudTrail shall know.
pub(crate) type Change = fn(&Ask<'_>, &mut World, &mut Xml) -> Result<super::trail::Note, Refusal>;

/// What stands behind an action's name.
#[derive(Clone, Copy)]
pub(crate) enum Act {
    Look(Look),
    Say(Say),
    Change(Change),
}
