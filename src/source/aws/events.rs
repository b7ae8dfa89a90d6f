//! Who assumed roles lately, and by what other calls jobs came by credentials: LookupEvents by name, in each region, newest first. The
//! first look reads the whole window, later ones what has come since.

use std::sync::Arc;

use aws_sdk_cloudtrail::types::LookupAttributeKey;
use futures_util::future::join_all;

use super::{
    lookup::{CALL, Halt, Lookup, Query},
    visit::Visit,
};
use crate::{
    base::blame::Blame,
    model::entity::Entity,
    trail::{ASSUMING, EVIDENCE},
};

/// Pages of one kind of evidence: its newest five hundred. Applications read secrets all day, and all wait in one line.
const EVIDENCE_PAGES: u32 = 10;

pub(super) async fn collect(visit: &Visit) {
    join_all(visit.regions.iter().map(|region| read_region(visit, region))).await;
}

/// STS endpoints are regional by default now, so roles are looked up in every region, not at home only.
async fn read_region(visit: &Visit, region: &Arc<str>) {
    join_all(ASSUMING.map(|name| read(visit, region, (name, u32::MAX)))).await;
    for (name, at_home_only) in EVIDENCE {
        if !at_home_only || *region == visit.home {
            read(visit, region, (name, EVIDENCE_PAGES)).await;
        }
    }
}

/// Events of one name, at most so many pages.
async fn read(visit: &Visit, region: &Arc<str>, (name, most): (&str, u32)) {
    let Some(mut lookup) = Lookup::new(visit, region) else { return };
    let Ok(query) = Query::new(LookupAttributeKey::EventName, name) else { return };
    let walk = visit.walk_in(region, &format!("{name} events")).await;
    let from = lookup.from;
    let mut events = Vec::new();
    let known = visit.recall.of(region, name, (from, lookup.to));
    if let Some(known) = &known {
        events = known.before_that(from);
        lookup.from = known.asks_from().max(from);
        walk.saw(events.iter().cloned().map(Entity::from).collect()).await;
    }
    let mut is_damaged = false;
    let mut token = None;
    for left in (0..most).rev() {
        match lookup.page(&walk, &query, token.as_deref()).await {
            Ok(page) => {
                if page.next.is_some() && page.next == token {
                    // A page that names itself as the next one would be read for ever.
                    walk.gap(CALL, Blame::Bug).await;
                    break;
                }
                token = page.next;
                events.extend(page.events);
                is_damaged |= page.is_damaged;
                if token.is_none() {
                    walk.window(from, lookup.to).await;
                    if !is_damaged {
                        visit.recall.keep(region, name, known.as_ref(), (from, lookup.to), events);
                    }
                    break;
                }
                if let Some(oldest) = page.oldest {
                    walk.window(oldest, lookup.to).await;
                }
                if left == 0 {
                    let before = page.oldest.map(|at| format!(" before {at}")).unwrap_or_default();
                    walk.gap(CALL, Blame::Skipped(format!("{name} events{before}"))).await;
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
