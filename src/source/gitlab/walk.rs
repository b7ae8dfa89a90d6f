//! One walk over one GitLab: what every collector shares. Calls end when the walk is stopped.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use futures_util::{StreamExt, stream};
use gitlab::api::Endpoint;
use tokio_util::sync::CancellationToken;

use super::{memory::Memory, roster::Roster};
use crate::{
    config::GitLabSource,
    model::observe::{Meter, Report, Scope},
    net::{Answer, Client, Error, Page, Place, Settings},
    source::Outlet,
};

/// Why a collector cannot go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Halt {
    /// The user stopped the walk: nobody is to blame.
    Stopped,
    Failed(Error),
}

impl From<Error> for Halt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What every collector of one walk shares.
pub(super) struct Walk {
    pub client: Client,
    pub source: Arc<GitLabSource>,
    pub outlet: Outlet,
    pub roster: Roster,
    pub memory: Arc<Memory>,
    /// One latch for each collector, released when it has ended.
    done: BTreeMap<&'static str, CancellationToken>,
}

impl Walk {
    pub(super) fn new(
        source: Arc<GitLabSource>,
        memory: Arc<Memory>,
        outlet: Outlet,
        collectors: impl Iterator<Item = &'static str>,
    ) -> Result<Self, Error> {
        let settings = Settings {
            ca_file: source.ca_file.clone(),
            per_second: source.per_second,
            concurrency: source.concurrency,
            ..Settings::new(source.url.clone())
        };
        let client = Client::new(&settings, &source.token, outlet.clock.clone())?;
        let done = collectors.map(|name| (name, CancellationToken::new())).collect();
        Ok(Self { client, source, outlet, roster: Roster::default(), memory, done })
    }

    /// The name that is part of every id.
    pub(super) fn instance(&self) -> &Arc<str> {
        &self.source.name
    }

    /// Sends one request. Every status but a success is a halt.
    pub(super) async fn ask(&self, endpoint: &(impl Endpoint + Sync)) -> Result<Answer, Halt> {
        self.unless_stopped(self.client.ask(endpoint)).await
    }

    /// A list, page by page.
    pub(super) fn pages<E: Endpoint + Sync>(&self, endpoint: E, start: Place) -> Pages<'_, E> {
        Pages { walk: self, endpoint, place: Some(start) }
    }

    async fn unless_stopped<T>(&self, call: impl Future<Output = Result<T, Error>>) -> Result<T, Halt> {
        tokio::select! {
            biased;
            () = self.outlet.stop.cancelled() => Err(Halt::Stopped),
            answered = call => answered.map_err(Halt::Failed),
        }
    }

    /// Waits until these collectors have ended, however they did.
    pub(super) async fn after(&self, collectors: &[&str]) {
        for latch in collectors.iter().filter_map(|name| self.done.get(name)) {
            tokio::select! {
                () = self.outlet.stop.cancelled() => return,
                () = latch.cancelled() => {}
            }
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.outlet.stop.is_cancelled()
    }

    /// This collector has ended.
    pub(super) fn release(&self, collector: &str) {
        if let Some(latch) = self.done.get(collector) {
            latch.cancel();
        }
    }

    /// Asks the same of many things, as many at once as the configuration allows, until one says that it is no use.
    pub(super) async fn each<T, F: Future<Output = ControlFlow<()>>>(
        &self,
        items: Vec<T>,
        ask: impl FnMut(T) -> F,
    ) {
        let answers = stream::iter(items).map(ask).buffer_unordered(self.source.concurrency.clamp(1, 64));
        let mut answers = std::pin::pin!(answers);
        while let Some(ControlFlow::Continue(())) = answers.next().await {}
    }

    /// Says how much of the budget was used.
    pub(super) async fn meter(&self) {
        let counts = self.client.counts();
        let meter = Meter {
            scope: Scope::new(self.instance().clone(), "API requests"),
            per_second: Some(self.source.per_second),
            calls: counts.calls,
            throttled: counts.throttled,
            retried: counts.retried,
        };
        // The receiver is gone when the program ends; then there is nobody to tell.
        let _ = self.outlet.reports.send(Report::Metered(meter)).await;
    }
}

/// A list that is read page by page.
pub(super) struct Pages<'w, E> {
    walk: &'w Walk,
    endpoint: E,
    place: Option<Place>,
}

impl<E: Endpoint + Sync> Pages<'_, E> {
    /// The next page; `None` after the last one.
    pub(super) async fn next(&mut self) -> Result<Option<Page>, Halt> {
        let Some(place) = self.place.take() else { return Ok(None) };
        let mut page = self.walk.unless_stopped(self.walk.client.page(&self.endpoint, &place)).await?;
        self.place = page.next.take();
        Ok(Some(page))
    }
}
