//! One LookupEvents query, page by page: in line for the region's budget, backing off when throttled without losing
//! its place, and turning each record into an event.

use std::sync::Arc;

use aws_sdk_cloudtrail::{
    Client,
    error::BuildError,
    operation::lookup_events::LookupEventsOutput,
    primitives::DateTime,
    types::{LookupAttribute, LookupAttributeKey},
};

use super::{budget::Budget, refusal::Failure, retry, visit::Visit, walk::Walk};
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::{
        entity::Entity,
        event::Event,
        observe::{Report, Scope},
    },
    trail::{self, Place},
};

pub(super) const CALL: &str = "cloudtrail:LookupEvents";

/// LookupEvents goes back ninety days and no further.
const DAYS: i64 = 90;

/// LookupEvents of one region, over one window.
pub(super) struct Lookup<'v> {
    visit: &'v Visit,
    region: Arc<str>,
    client: Client,
    budget: Arc<Budget>,
    meter: Scope,
    /// The same in every page: a token is good for the query it came from only.
    pub(super) from: Timestamp,
    pub(super) to: Timestamp,
}

/// What to look for: LookupEvents takes exactly one attribute.
#[derive(Clone, Debug)]
pub(super) struct Query(LookupAttribute);

impl Query {
    pub(super) fn new(key: LookupAttributeKey, value: &str) -> Result<Self, BuildError> {
        LookupAttribute::builder().attribute_key(key).attribute_value(value).build().map(Self)
    }
}

/// One page, newest first.
pub(super) struct Page {
    /// The time of the oldest event on it.
    pub(super) oldest: Option<Timestamp>,
    pub(super) events: Vec<Event>,
    /// Some records of it could not be read.
    pub(super) is_damaged: bool,
    pub(super) next: Option<String>,
}

/// Why there is no further page.
pub(super) enum Halt {
    Stopped,
    Refused(Blame),
}

impl<'v> Lookup<'v> {
    /// `None` where the configuration asks for no events.
    pub(super) fn new(visit: &'v Visit, region: &Arc<str>) -> Option<Self> {
        let to = visit.outlet.clock.now();
        let days = visit.source.event_days.min(DAYS);
        (days > 0).then(|| Self {
            visit,
            region: region.clone(),
            client: visit.clients.cloudtrail(region),
            budget: visit.budgets.of(region),
            meter: visit.scope_in(region, "LookupEvents"),
            from: to.minus(days * 86_400),
            to,
        })
    }

    /// The same, as far back as CloudTrail keeps events.
    pub(super) fn all_there_is(mut self) -> Self {
        self.from = self.to.minus(DAYS * 86_400);
        self
    }

    /// Waits for a turn, asks for the page until it comes or there is no sense in asking, and reports its events.
    pub(super) async fn page(&self, walk: &Walk, query: &Query, token: Option<&str>) -> Result<Page, Halt> {
        let mut failed = 0;
        loop {
            let request = self.request(query, token);
            let answer = walk.unless_stopped(async {
                self.budget.turn().await;
                request.send().await
            });
            let failure = match answer.await.ok_or(Halt::Stopped)? {
                Ok(page) => {
                    self.report_budget(walk).await;
                    return Ok(self.read(walk, page).await);
                }
                Err(error) => Failure::of(&error),
            };
            failed += 1;
            let blame = walk.blame(CALL, &failure);
            if matches!(blame, Blame::Quota { .. }) {
                self.budget.count_throttled();
            }
            let wait = retry::wait(&blame, failed);
            if let Some(wait) = wait {
                self.budget.count_retried();
                self.budget.rest(wait);
            }
            self.report_budget(walk).await;
            if wait.is_none() {
                return Err(Halt::Refused(blame));
            }
        }
    }

    fn request(
        &self,
        query: &Query,
        token: Option<&str>,
    ) -> aws_sdk_cloudtrail::operation::lookup_events::builders::LookupEventsFluentBuilder {
        self.client
            .lookup_events()
            .lookup_attributes(query.0.clone())
            .start_time(DateTime::from_secs(self.from.seconds()))
            .end_time(DateTime::from_secs(self.to.seconds()))
            .max_results(50)
            .set_next_token(token.map(str::to_owned))
    }

    async fn report_budget(&self, walk: &Walk) {
        walk.send(Report::Metered(self.budget.meter(self.meter.clone()))).await;
    }

    async fn read(&self, walk: &Walk, page: LookupEventsOutput) -> Page {
        let place = Place { account: Some(self.visit.account), region: Some(&self.region) };
        let mut events: Vec<Event> = Vec::new();
        let mut is_damaged = false;
        for event in page.events.unwrap_or_default() {
            match trail::read(event.cloud_trail_event.as_deref().unwrap_or_default(), place) {
                Ok(event) => events.push(event),
                // Equal gaps count once, so a thousand such records are one line.
                Err(reason) => {
                    is_damaged = true;
                    walk.gap(format!("{CALL}: {reason}"), Blame::Bug).await;
                }
            }
        }
        walk.saw(events.iter().cloned().map(Entity::from).collect()).await;
        let oldest = events.iter().map(|event| event.at).min();
        let next = page.next_token.filter(|token| !token.is_empty());
        Page { oldest, events, is_damaged, next }
    }
}
