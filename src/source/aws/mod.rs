//! AWS collectors: one account, read with the credentials its configuration names. Each kind of page has a file and
//! an entry in [`COLLECTORS`]; they run side by side, and what one is refused does not stop another.

mod access_keys;
mod assumed;
mod authorization;
mod budget;
mod carried;
mod change;
mod client;
mod clusters;
mod credential_report;
mod decode;
mod events;
mod identity;
mod lookup;
mod machines;
mod managed_policies;
mod named;
mod pin;
mod profiles;
mod providers;
mod recall;
mod refusal;
mod retry;
mod scaling;
mod session_limits;
mod signed;
mod tasks;
mod trail;
mod visit;
mod walk;

use std::{
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use futures_util::future::{BoxFuture, join_all};
use tokio::sync::OnceCell;

pub use self::change::{Changer, Listed, Made, ShownRole};
use self::{budget::Budgets, client::Clients, identity::Known, recall::Recall, visit::Visit};
use super::Outlet;
use crate::{
    base::name::{AccountId, KeyId},
    config::AwsSource,
    model::event::Origin,
};

/// One kind of page and who reads it.
pub struct Collector {
    /// The file it is in.
    pub name: &'static str,
    run: for<'v> fn(&'v Visit) -> BoxFuture<'v, ()>,
}

/// Everything that is read once it is known who keytrail is in the account. What the carried keys did is looked up
/// by [`Aws::lookup_keys`], when variables have shown which keys are carried.
pub const COLLECTORS: [Collector; 11] = [
    Collector { name: "authorization", run: |visit| Box::pin(authorization::collect(visit)) },
    Collector { name: "access_keys", run: |visit| Box::pin(access_keys::collect(visit)) },
    Collector { name: "providers", run: |visit| Box::pin(providers::collect(visit)) },
    Collector { name: "profiles", run: |visit| Box::pin(profiles::collect(visit)) },
    Collector { name: "machines", run: |visit| Box::pin(machines::collect(visit)) },
    Collector { name: "scaling", run: |visit| Box::pin(scaling::collect(visit)) },
    Collector { name: "tasks", run: |visit| Box::pin(tasks::collect(visit)) },
    Collector { name: "clusters", run: |visit| Box::pin(clusters::collect(visit)) },
    Collector { name: "session_limits", run: |visit| Box::pin(session_limits::collect(visit)) },
    Collector { name: "events", run: |visit| Box::pin(events::collect(visit)) },
    Collector { name: "trail", run: |visit| Box::pin(trail::collect(visit)) },
];

/// One configured account, with its clients and its LookupEvents budgets: both outlive a sweep, so that a sweep and a
/// lookup running at once share the two calls a second AWS allows.
pub struct Aws {
    source: Arc<AwsSource>,
    /// Where what was read of a trail is kept.
    cache: Option<PathBuf>,
    clients: OnceCell<Arc<Clients>>,
    budgets: Arc<Budgets>,
    /// Events that earlier looks have read.
    recall: Arc<Recall>,
    asked: Arc<trail::Asked>,
    /// Who keytrail was there at the last sweep; `None` before the first and after one that was not let in.
    known: Mutex<Option<Known>>,
    /// The last sweep was not let in: its gap may stand under the configured name.
    was_refused: AtomicBool,
}

impl Aws {
    /// Makes no call and reads no file yet.
    pub fn new(source: Arc<AwsSource>) -> Self {
        Self {
            source,
            cache: None,
            clients: OnceCell::new(),
            budgets: Arc::default(),
            recall: Arc::default(),
            asked: Arc::default(),
            known: Mutex::new(None),
            was_refused: AtomicBool::new(false),
        }
    }

    /// Keeps what is read of the account's trail in this folder.
    #[must_use]
    pub fn keeping(self, cache: Option<PathBuf>) -> Self {
        Self { cache, ..self }
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
        // Boxed: every SDK call under way is kilobytes, and callers hold this future.
        if let Some(visit) = Box::pin(self.introduced(outlet)).await {
            join_all(COLLECTORS.iter().map(|collector| (collector.run)(&visit))).await;
        }
    }

    /// Reads the events these keys made, in every region; a key whose id tells another account's number is left to that account, for
    /// no other's records name it.
    pub async fn lookup_keys(&self, mut keys: Vec<KeyId>, outlet: Outlet) {
        if keys.is_empty() {
            return;
        }
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let visit = match known {
            Some(known) => Some(Box::pin(self.visit(known, outlet)).await),
            None => Box::pin(self.introduced(outlet)).await,
        };
        if let Some(visit) = visit {
            keys.retain(|key| key.account().is_none_or(|account| account == visit.account));
            carried::collect(&visit, &keys).await;
        }
    }

    /// Does this record lie where the account's trail is kept?
    pub fn keeps(&self, origin: &Origin) -> bool {
        self.source.trail.is_some() && trail::is_key(origin)
    }

    /// Reads one record of the trail again, as text without secrets.
    pub async fn record(&self, origin: &Origin) -> Result<String, String> {
        trail::record(self.clients().await, &self.source, origin).await
    }

    /// The account's number, once it is known.
    pub fn account(&self) -> Option<AccountId> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|known| known.account)
    }

    /// Reads the calls that name a thing, as far back as CloudTrail can be asked, in every region: the call that minted a temporary key,
    /// those that assumed a role.
    pub async fn look_up(&self, name: &str, outlet: Outlet) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known {
            let visit = Box::pin(self.visit(known, outlet)).await;
            named::collect(&visit, name).await;
        }
    }

    async fn clients(&self) -> &Arc<Clients> {
        self.clients.get_or_init(async || Arc::new(Clients::open(&self.source).await)).await
    }

    /// Asks anew who keytrail is: keys are rotated and roles replaced while the dashboard is open.
    async fn introduced(&self, outlet: Outlet) -> Option<Visit> {
        let known = identity::ask(&self.source, self.clients().await, &outlet).await;
        let was_refused = self.was_refused.swap(known.is_none(), Ordering::Relaxed);
        self.known.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&known);
        let known = known?;
        if was_refused {
            identity::forget_nameless(&self.source, &outlet).await;
        }
        Some(self.visit(known, outlet).await)
    }

    async fn visit(&self, known: Known, outlet: Outlet) -> Visit {
        let clients = self.clients().await.clone();
        let home = visit::home(known.arn.as_deref());
        let regions = visit::regions(&self.source, clients.region(), home);
        Visit {
            source: self.source.clone(),
            cache: self.cache.clone(),
            clients,
            budgets: self.budgets.clone(),
            recall: self.recall.clone(),
            asked: self.asked.clone(),
            account: known.account,
            caller: known.arn.unwrap_or_else(|| "keytrail's caller".into()),
            home: home.into(),
            regions,
            outlet,
        }
    }
}

/// Reads one account once.
pub async fn sweep(source: Arc<AwsSource>, outlet: Outlet) {
    Aws::new(source).sweep(outlet).await;
}
