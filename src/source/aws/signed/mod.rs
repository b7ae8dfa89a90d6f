//! Calls without the service's SDK crate (EC2's alone is 1.2 million lines): a request signed by hand, sent, sent again while that makes
//! sense, and page after page of answers.

pub(super) mod athena;
pub(super) mod autoscaling;
pub(super) mod ec2;
pub(super) mod ecs;
pub(super) mod eks;
pub(super) mod lake;
mod request;

use std::{pin::pin, time::Duration};

use aws_credential_types::{Credentials, provider::ProvideCredentials};
use futures_util::{
    StreamExt,
    future::{BoxFuture, join_all, ready},
    stream,
};
use serde::de::DeserializeOwned;

use self::request::Request;
use super::{refusal::Failure, retry, visit::Visit, walk::Walk};
use crate::{
    base::{
        blame::Blame,
        time::{Clock, SystemClock},
    },
    model::entity::Entity,
};

/// An answer longer than this is not read: a page of 1,000 instances is about 6 MB.
const LONGEST: usize = 64 << 20;

/// How long a word of parting may take.
const PARTING: Duration = Duration::from_secs(2);

/// Things asked about at once, one call each.
const AT_ONCE: usize = 4;

/// What all services and regions share.
pub(super) struct Tools {
    http: reqwest::Client,
    credentials: Credentials,
    /// Another endpoint than AWS's.
    endpoint: Option<String>,
}

/// The signed calls of one walk in one region.
#[derive(Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) visit: &'a Visit,
    pub(super) walk: &'a Walk,
    pub(super) region: &'a str,
    tools: &'a Tools,
}

/// One page of an answer that may have more.
pub(super) trait Page: DeserializeOwned + Send {
    /// Where the next page begins; services may send an empty token with the last.
    fn next(&self) -> Option<&str>;
}

impl Tools {
    /// The SDK's clients keep their credentials to themselves, so these are asked for apart.
    pub(super) async fn of(visit: &Visit) -> Result<Self, Failure> {
        let provider = visit.clients.credentials().ok_or(Failure::NothingToSignWith)?;
        let credentials = tokio::select! {
            biased;
            () = visit.outlet.stop.cancelled() => return Err(Failure::NoAnswer),
            credentials = provider.provide_credentials() => credentials,
        };
        let credentials = credentials.map_err(|error| Failure::of_credentials(&error))?;
        let http = visit.clients.http.clone().ok_or(Failure::NoAnswer)?;
        Ok(Self { http, credentials, endpoint: visit.clients.endpoint().map(str::to_owned) })
    }
}

/// Walks over `what` in every region of the visit. `call` is the first call: what is named where there is nothing to sign with.
pub(super) async fn in_each_region(
    visit: &Visit,
    (what, call): (&str, &str),
    read: for<'l> fn(Line<'l>) -> BoxFuture<'l, ()>,
) {
    let tools = Tools::of(visit).await;
    let tools = tools.as_ref();
    join_all(visit.regions.iter().map(async |region| {
        let walk = visit.walk_in(region, what).await;
        match tools {
            Ok(tools) => read(Line { visit, walk: &walk, region, tools }).await,
            Err(_) if walk.is_stopped() => {}
            Err(failure) => walk.refuse(call, failure).await,
        }
        walk.end().await;
    }))
    .await;
}

/// Asks about each thing, a few at once, until one is refused: the others would be too. `ask` says whether to go on.
pub(super) async fn until_refused<T, A: Future<Output = bool>>(
    things: impl IntoIterator<Item = T>,
    ask: impl FnMut(T) -> A,
) {
    let asked = stream::iter(things).map(ask).buffer_unordered(AT_ONCE);
    asked.take_while(|goes_on| ready(*goes_on)).for_each(|_| ready(())).await;
}

impl<'a> Line<'a> {
    /// Calls on a walk that has begun.
    pub(super) fn new(visit: &'a Visit, walk: &'a Walk, region: &'a str, tools: &'a Tools) -> Self {
        Self { visit, walk, region, tools }
    }

    /// The same line in another walk.
    pub(super) fn on<'b>(self, walk: &'b Walk) -> Line<'b>
    where
        'a: 'b,
    {
        Line { walk, ..self }
    }

    /// One answer, asked for again while that makes sense. A refusal becomes a gap of `call`.
    pub(super) async fn ask<T: DeserializeOwned>(&self, call: &str, request: &Request) -> Result<T, Blame> {
        self.ask_patiently(call, request, Duration::ZERO).await
    }

    /// As [`Line::ask`], for a call that sets something going: where the user stops the look meanwhile, the answer may still come, so that
    /// it can be stopped too.
    pub(super) async fn begin<T: DeserializeOwned>(&self, call: &str, request: &Request) -> Result<T, Blame> {
        self.ask_patiently(call, request, PARTING).await
    }

    async fn ask_patiently<T: DeserializeOwned>(
        &self,
        call: &str,
        request: &Request,
        patience: Duration,
    ) -> Result<T, Blame> {
        let mut failed = 0;
        loop {
            let stopped = || Blame::Skipped("the user stopped it".into());
            if self.walk.is_stopped() {
                return Err(stopped());
            }
            let mut sent = pin!(self.send(request));
            let answer = match self.walk.unless_stopped(&mut sent).await {
                None => tokio::time::timeout(patience, sent).await.ok(),
                answer => answer,
            };
            let answer = answer.ok_or_else(stopped)?;
            let failure = match answer {
                Ok(answer) => return Ok(answer),
                Err(failure) => failure,
            };
            failed += 1;
            let blame = self.walk.blame(call, &failure);
            let Some(wait) = retry::wait(&blame, failed) else {
                self.walk.gap(call, blame.clone()).await;
                return Err(blame);
            };
            self.walk.unless_stopped(tokio::time::sleep(wait)).await.ok_or_else(stopped)?;
        }
    }

    /// Says something whose answer nobody waits for, even where the user has stopped the look.
    pub(super) async fn say(&self, request: &Request) {
        // Whatever becomes of it: there is nothing left to do.
        let _ = tokio::time::timeout(PARTING, self.send::<serde_json::Value>(request)).await;
    }

    /// Asks about one of many things, and reports what `read` makes of the answer. `false` where asking about the others is in vain.
    pub(super) async fn ask_one<T: DeserializeOwned>(
        &self,
        call: &str,
        request: Request,
        read: impl FnOnce(T) -> Option<Entity>,
    ) -> bool {
        match self.ask(call, &request).await {
            Ok(answer) => {
                self.walk.saw(read(answer).into_iter().collect()).await;
                true
            }
            Err(blame) => blame == Blame::Gone,
        }
    }

    /// Every page, from the first; `read` makes things of a page. `false` where they did not all come.
    pub(super) async fn pages<P: Page>(
        &self,
        call: &str,
        first: Request,
        mut read: impl FnMut(P) -> Vec<Entity>,
    ) -> bool {
        let mut request = first;
        let mut token: Option<String> = None;
        loop {
            let Ok(page) = self.ask::<P>(call, &request).await else { return false };
            let next = page.next().filter(|next| !next.is_empty()).map(str::to_owned);
            self.walk.saw(read(page)).await;
            match next {
                Some(next) if token.as_ref() != Some(&next) => {
                    request = request.from(&next);
                    token = Some(next);
                }
                Some(_) => {
                    self.walk.gap(format!("{call} (the same page again)"), Blame::Bug).await;
                    return false;
                }
                None => return true,
            }
        }
    }

    async fn send<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Failure> {
        // AWS holds the signature's date against its own clock, and the SDK signs with the machine's: so does this,
        // whatever clock the observations are dated with.
        let place = (self.tools.endpoint.as_deref(), self.region);
        let signed = request.signed(place, &self.tools.credentials, SystemClock.now())?;
        let mut answer = self.tools.http.execute(signed).await.map_err(|_| Failure::NoAnswer)?;
        let status = answer.status();
        let kind =
            answer.headers().get("x-amzn-errortype").and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(|_| Failure::NoAnswer)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(Failure::Unreadable);
            }
        }
        let body = String::from_utf8_lossy(&body);
        if status.is_success() {
            request.read(&body).ok_or(Failure::Unreadable)
        } else {
            Err(Failure::Refused {
                code: request.error_code(kind.as_deref(), &body),
                status: status.as_u16(),
            })
        }
    }
}
