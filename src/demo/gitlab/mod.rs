//! The company's GitLab: REST under `/api/v4` and the bulk queries of `/api/graphql`, answered from the shared world as
//! GitLab itself would answer. It checks tokens, scopes and limits; it runs no jobs and renders no pages.

mod about;
mod ask;
mod cron;
mod door;
mod fault;
mod files;
mod graphql;
mod groups;
mod index;
mod jobs;
mod lint;
mod membership;
mod merge;
mod page;
mod pass;
mod project_body;
mod projects;
mod protected;
mod quota;
mod reach;
mod reply;
mod routes;
mod runner_body;
mod runner_changes;
mod runners;
mod schedules;
mod variable_changes;
mod variable_rules;
mod variables;
mod visit;
mod yaml;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::{Router, extract::State};

use self::door::Site;
pub use self::quota::PER_MINUTE;
use super::world::Shared;

/// The server, ready to be put behind a port. Each token may ask as often as on GitLab.com.
pub fn router(shared: Shared) -> Router {
    router_with_limit(shared, PER_MINUTE)
}

/// The same with another number of requests a minute and token, for companies too big to be read in patience.
pub fn router_with_limit(shared: Shared, per_minute: u32) -> Router {
    let site = Arc::new(Site::new(shared, per_minute));
    Router::new()
        .fallback(|State(site): State<Arc<Site>>, request| async move { door::answer(&site, request).await })
        .with_state(site)
}
