//! What the keys that CI variables carry were used for: LookupEvents by key id, in each region. The keys take turns,
//! so that each one's newest events are there before any one's older ones.

use std::{collections::VecDeque, sync::Arc};

use aws_sdk_cloudtrail::types::LookupAttributeKey;
use futures_util::future::join_all;

use super::{
    lookup::{CALL, Halt, Lookup, Query},
    visit::Visit,
    walk::Walk,
};
use crate::base::{blame::Blame, name::KeyId, time::Timestamp};

/// The newest thousand events of a key in a region: at two pages a second more would keep the other keys waiting.
const PAGES: u32 = 20;

/// One key's query and how far it got.
struct Turn<'k> {
    key: &'k KeyId,
    query: Query,
    token: Option<String>,
    pages: u32,
}

pub(super) async fn collect(visit: &Visit, keys: &[KeyId]) {
    join_all(visit.regions.iter().map(|region| read(visit, region, keys))).await;
}

async fn read(visit: &Visit, region: &Arc<str>, keys: &[KeyId]) {
    let Some(lookup) = Lookup::new(visit, region) else { return };
    let walk = visit.walk_in(region, "events of carried keys").await;
    let mut queue: VecDeque<Turn<'_>> = VecDeque::with_capacity(keys.len());
    for key in keys {
        if let Ok(query) = Query::new(LookupAttributeKey::AccessKeyId, key.as_str()) {
            queue.push_back(Turn { key, query, token: None, pages: 0 });
        }
    }
    // How far back every key was read: the window is as short as its shortest part.
    let mut reached = lookup.from;
    while let Some(mut turn) = queue.pop_front() {
        match lookup.page(&walk, &turn.query, turn.token.as_deref()).await {
            Ok(page) => {
                turn.token = page.next;
                turn.pages += 1;
                if turn.token.is_some() && turn.pages < PAGES {
                    queue.push_back(turn);
                } else if turn.token.is_some() {
                    reached = reached.max(page.oldest.unwrap_or(lookup.to));
                    leave_rest(&walk, &turn, page.oldest).await;
                }
            }
            Err(Halt::Refused(blame)) => {
                // What is refused for one key is refused for all.
                walk.gap(CALL, blame).await;
                return walk.end().await;
            }
            Err(Halt::Stopped) => return walk.end().await,
        }
    }
    walk.window(reached, lookup.to).await;
    walk.end().await;
}

/// Says which events of a busy key were not read.
async fn leave_rest(walk: &Walk, turn: &Turn<'_>, oldest: Option<Timestamp>) {
    let since = oldest.map(|at| format!(" before {at}")).unwrap_or_default();
    walk.gap(format!("{CALL} {}{since}", turn.key), Blame::Quota { until: None }).await;
}
