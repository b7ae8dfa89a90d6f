//! Who assumed roles lately: LookupEvents for each of the three calls, in each region, newest first.

use std::sync::Arc;

use aws_sdk_cloudtrail::types::LookupAttributeKey;
use futures_util::future::join_all;

use crate::base::blame::Blame;

use super::{
    lookup::{CALL, Halt, Lookup, Query},
    visit::Visit,
};

/// STS endpoints are regional by default now, so these are looked up in every region, not at home only.
const NAMES: [&str; 3] = ["AssumeRole", "AssumeRoleWithWebIdentity", "AssumeRoleWithSAML"];

pub(super) async fn collect(visit: &Visit) {
    let regions = visit.regions.iter();
    let walks = regions.flat_map(|region| NAMES.iter().map(move |name| (region, *name)));
    join_all(walks.map(|(region, name)| read(visit, region, name))).await;
}

async fn read(visit: &Visit, region: &Arc<str>, name: &str) {
    let Some(lookup) = Lookup::new(visit, region) else { return };
    let Ok(query) = Query::new(LookupAttributeKey::EventName, name) else { return };
    let walk = visit.walk_in(region, &format!("{name} events")).await;
    let mut token = None;
    loop {
        match lookup.page(&walk, &query, token.as_deref()).await {
            Ok(page) => {
                if page.next.is_some() && page.next == token {
                    // A page that names itself as the next one would be read for ever.
                    walk.gap(CALL, Blame::Bug).await;
                    break;
                }
                token = page.next;
                if token.is_none() {
                    walk.window(lookup.from, lookup.to).await;
                    break;
                }
                if let Some(oldest) = page.oldest {
                    walk.window(oldest, lookup.to).await;
                }
            }
            Err(Halt::Refused(blame)) => {
                walk.gap(CALL, blame).await;
                break;
            }
            Err(Halt::Stopped) => break,
        }
    }
    walk.end().await;
}
