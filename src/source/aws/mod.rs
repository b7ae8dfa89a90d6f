//! AWS collectors: one account, read with the credentials its configuration names. Each kind of page has a file and
//! an entry in [`COLLECTORS`]; they run side by side, and what one is refused does not stop another.

mod access_keys;
mod assumed;
mod authorization;
mod budget;
mod carried;
mod client;
mod credential_report;
mod decode;
mod ec2;
mod events;
mod identity;
mod lookup;
mod machines;
mod managed_policies;
mod profiles;
mod providers;
mod refusal;
mod retry;
mod visit;
mod walk;

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::OnceCell;

use self::{budget::Budgets, client::Clients, visit::Visit};
use super::Outlet;
use crate::{
    base::name::{AccountId, KeyId},
    config::AwsSource,
};

/// One kind of page and who reads it.
pub struct Collector {
    /// The file it is in.
    pub name: &'static str,
    run: for<'v> fn(&'v Visit) -> BoxFuture<'v, ()>,
}

/// Everything that is read once it is known who keytrail is in the account. What the carried keys did is looked up
/// by [`Aws::lookup_keys`], when variables have shown which keys are carried.
pub const COLLECTORS: [Collector; 6] = [
    Collector { name: "authorization", run: |visit| Box::pin(authorization::collect(visit)) },
    Collector { name: "access_keys", run: |visit| Box::pin(access_keys::collect(visit)) },
    Collector { name: "providers", run: |visit| Box::pin(providers::collect(visit)) },
    Collector { name: "profiles", run: |visit| Box::pin(profiles::collect(visit)) },
    Collector { name: "machines", run: |visit| Box::pin(machines::collect(visit)) },
    Collector { name: "events", run: |visit| Box::pin(events::collect(visit)) },
];

/// One configured account, with its clients and its LookupEvents budgets: both outlive a sweep, so that a sweep and a
/// lookup running at once share the two calls a second AWS allows.
pub struct Aws {
    source: Arc<AwsSource>,
    clients: OnceCell<Arc<Clients>>,
    budgets: Arc<Budgets>,
    /// The account's number could not be learnt once: the gap then stands under its configured name.
    was_nameless: AtomicBool,
}

impl Aws {
    /// Makes no call and reads no file yet.
    pub fn new(source: Arc<AwsSource>) -> Self {
        Self {
            source,
            clients: OnceCell::new(),
            budgets: Arc::default(),
            was_nameless: AtomicBool::new(false),
        }
    }

    pub fn source(&self) -> &AwsSource {
        &self.source
    }

    /// The account's number, where the configuration gives it away (by the role's ARN or the key id).
    pub fn configured_account(&self) -> Option<AccountId> {
        identity::configured_account(&self.source)
    }

    /// Reads everything once. Where keytrail cannot even learn who it is, that is the only gap and the rest waits.
    pub async fn sweep(&self, outlet: Outlet) {
        if let Some(visit) = self.visit(outlet).await {
            join_all(COLLECTORS.iter().map(|collector| (collector.run)(&visit))).await;
        }
    }

    /// Reads the events these keys made, in every region: for the keys that CI variables carry.
    pub async fn lookup_keys(&self, keys: Vec<KeyId>, outlet: Outlet) {
        if keys.is_empty() {
            return;
        }
        if let Some(visit) = self.visit(outlet).await {
            carried::collect(&visit, &keys).await;
        }
    }

    async fn visit(&self, outlet: Outlet) -> Option<Visit> {
        let clients = self.clients.get_or_init(async || Arc::new(Clients::open(&self.source).await)).await;
        let known = identity::ask(&self.source, clients, &outlet).await;
        let was_nameless = self.was_nameless.swap(known.is_none(), Ordering::Relaxed);
        let known = known?;
        if was_nameless {
            identity::forget_nameless(&self.source, &outlet).await;
        }
        let regions = visit::regions(&self.source, clients.region(), known.arn.as_deref());
        Some(Visit {
            source: self.source.clone(),
            clients: clients.clone(),
            budgets: self.budgets.clone(),
            account: known.account,
            caller: known.arn.unwrap_or_else(|| "keytrail's caller".into()),
            regions,
            outlet,
        })
    }
}

/// Reads one account once.
pub async fn sweep(source: Arc<AwsSource>, outlet: Outlet) {
    Aws::new(source).sweep(outlet).await;
}
