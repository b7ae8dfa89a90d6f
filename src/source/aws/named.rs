//! The calls that name one thing: LookupEvents by `ResourceName`, in each region. CloudTrail names the key that a call minted and the role
//! that it assumed among its resources, so that a session's beginning is found from its end.

use std::sync::Arc;

use aws_sdk_cloudtrail::types::LookupAttributeKey;
use futures_util::future::join_all;

use super::{
    lookup::{CALL, Halt, Lookup, Query},
    visit::Visit,
};
use crate::base::blame::Blame;

/// The newest thousand calls in a region.
const PAGES: u32 = 20;

pub(super) async fn collect(visit: &Visit, name: &str) {
    join_all(visit.regions.iter().map(|region| read(visit, region, name))).await;
}

async fn read(visit: &Visit, region: &Arc<str>, name: &str) {
    let Some(lookup) = Lookup::new(visit, region).map(Lookup::all_there_is) else { return };
    let Ok(query) = Query::new(LookupAttributeKey::ResourceName, name) else { return };
    let walk = visit.walk_in(region, &format!("events that name {name}")).await;
    let mut token = None;
    let mut reached = lookup.from;
    for left in (0..PAGES).rev() {
        match lookup.page(&walk, &query, token.as_deref()).await {
            Ok(page) if page.next.is_some() && left == 0 => {
                reached = page.oldest.unwrap_or(lookup.to);
                walk.gap(format!("{CALL} before {reached}"), Blame::Quota { until: None }).await;
            }
            Ok(page) => {
                token = page.next;
                if token.is_none() {
                    break;
                }
            }
            Err(halt) => {
                if let Halt::Refused(blame) = halt {
                    walk.gap(CALL, blame).await;
                }
                return walk.end().await;
            }
        }
    }
    walk.window(reached, lookup.to).await;
    walk.end().await;
}
