//! The door every request comes through: who calls, how often, which route, which fault; then the ledger.

use std::sync::{Mutex, PoisonError, RwLockReadGuard};

use axum::{body::Body, extract::Request, response::Response};
use serde_json::{Value, json};

use super::{
    ask::Ask,
    fault, graphql,
    index::Index,
    pass::{self, Caller, Need, Refused},
    quota::{Count, Quota},
    reply::{Answer, Reply},
    routes::{self, Found},
    visit::Visit,
};
use crate::{
    base::time::Timestamp,
    demo::{
        front::{Call, Fault, Side},
        world::{Shared, World},
    },
};

/// What all requests share.
pub(super) struct Site {
    pub shared: Shared,
    pub index: Index,
    quota: Mutex<Quota>,
}

impl Site {
    pub(super) fn new(shared: Shared, per_minute: u32) -> Self {
        Self { shared, index: Index::default(), quota: Mutex::new(Quota::new(per_minute)) }
    }

    pub(super) fn world(&self) -> RwLockReadGuard<'_, World> {
        self.shared.world.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, token: Option<u64>) -> Count {
        self.quota.lock().unwrap_or_else(PoisonError::into_inner).count(token)
    }
}

/// Where a request leads.
enum Way {
    Rest(Found),
    Query(Vec<graphql::Demand>),
    /// A GraphQL request that was no query.
    BadQuery(Reply),
    Nowhere(Reply),
}

impl Way {
    fn name(&self, ask: &Ask) -> String {
        match self {
            Self::Rest(found) => format!("{} {}", ask.method, found.pattern),
            Self::Query(demands) => format!("POST graphql:{}", graphql::roots(demands)),
            Self::BadQuery(_) => "POST graphql:".to_owned(),
            Self::Nowhere(_) => format!("{} ?", ask.method),
        }
    }

    const fn is_query(&self) -> bool {
        matches!(self, Self::Query(_) | Self::BadQuery(_))
    }
}

/// Reads, answers and records one request.
pub(super) async fn answer(site: &Site, request: Request<Body>) -> Response {
    let ask = Ask::read(request).await;
    let now = site.shared.clock.now();
    let caller = pass::identify(&site.world().gitlab, ask.token.as_deref(), now);
    let way = way(&ask);
    let name = way.name(&ask);
    let count = site.count(caller.as_ref().ok().map(|caller| caller.token));
    let login = caller.as_ref().map(|caller| caller.login.clone()).unwrap_or_default();

    let fault = site.shared.front.fault(Side::GitLab, &name, &ask.path);
    if let Some(Fault::Slow(pause)) = &fault {
        tokio::time::sleep(*pause).await;
    }
    let reply = match &fault {
        Some(Fault::Hold) => {
            site.shared.front.hold().await;
            Some(either(proceed(site, &ask, caller, way, now)))
        }
        Some(Fault::HoldReply) => {
            let reply = either(proceed(site, &ask, caller, way, now));
            let call =
                Call { side: Side::GitLab, name, target: ask.path, caller: login, status: reply.status };
            // Perhaps nobody will be there to hear it: the ledger has it now or never.
            site.shared.front.record(call);
            site.shared.front.hold().await;
            return reply.into_response();
        }
        Some(Fault::Cut) => None,
        Some(Fault::LostReply) => {
            // The effect happens; whether it worked nobody is told.
            drop(proceed(site, &ask, caller, way, now));
            None
        }
        other => {
            let refused = other.as_ref().and_then(|fault| fault::refusal(fault, way.is_query(), count, now));
            Some(refused.unwrap_or_else(|| {
                if count.is_exceeded() {
                    return count.mark(count.retry_later(), now);
                }
                count.mark(either(proceed(site, &ask, caller, way, now)), now)
            }))
        }
    };
    let status = reply.as_ref().map_or(0, |reply| reply.status);
    site.shared.front.record(Call { side: Side::GitLab, name, target: ask.path, caller: login, status });
    reply.map_or_else(fault::cut, Reply::into_response)
}

fn either(answer: Answer) -> Reply {
    answer.unwrap_or_else(|refusal| refusal)
}

fn way(ask: &Ask) -> Way {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    match segments.as_slice() {
        ["api", "graphql"] => match graphql::read(ask) {
            Ok(demands) => Way::Query(demands),
            Err(reply) => Way::BadQuery(reply),
        },
        ["api", "v4", rest @ ..] => match routes::find(&ask.method, rest) {
            Ok(found) => Way::Rest(found),
            Err(reply) => Way::Nowhere(reply),
        },
        _ => Way::Nowhere(Reply::no_route()),
    }
}

fn proceed(site: &Site, ask: &Ask, caller: Result<Caller, Refused>, way: Way, now: Timestamp) -> Answer {
    match way {
        Way::Nowhere(reply) => Err(reply),
        Way::Rest(found) => {
            let caller = caller.map_err(pass::unauthorized)?;
            caller.check(found.need)?;
            (found.act)(&Visit { site, ask, caller: &caller, values: found.values, now })
        }
        Way::BadQuery(reply) => {
            caller.map_err(|_| pass::unauthorized_query())?;
            Err(reply)
        }
        Way::Query(demands) => {
            let caller = caller.map_err(|_| pass::unauthorized_query())?;
            caller.check(Need::Read)?;
            let world = site.world();
            let answers: Vec<Value> = demands
                .iter()
                .map(|demand| graphql::answer(demand, site, &world.gitlab, &caller, now))
                .collect();
            // A single query is answered by one object, a multiplex by a list.
            let is_list = ask.json.as_ref().is_some_and(Value::is_array);
            Ok(Reply::ok(&if is_list {
                json!(answers)
            } else {
                answers.into_iter().next().unwrap_or_default()
            }))
        }
    }
}
