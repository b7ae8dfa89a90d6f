//! Small questions stitching asks of events: which copy of a cross-account call counts, what an assumed role's ARN
//! must be, what a service is called.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{base::name::Arn, model::event::Event};

/// One call: the copy that counts, and its copies in other accounts' trails.
pub(super) struct Copies<'e> {
    pub(super) event: &'e Event,
    pub(super) twins: Vec<&'e Event>,
}

/// Groups cross-account twins by `sharedEventID` (they have event ids of their own), in an order that does not depend
/// on how the events arrived.
pub(super) fn kept_copies<'e>(events: &[&'e Event]) -> Vec<Copies<'e>> {
    let mut seen = FxHashSet::default();
    let mut calls: Vec<Copies<'e>> = Vec::with_capacity(events.len());
    let mut by_shared: FxHashMap<&str, usize> = FxHashMap::default();
    for &event in events {
        if !seen.insert((event.account, &*event.event_id)) {
            continue;
        }
        let known = event.shared_id.as_deref().and_then(|shared| by_shared.get(shared));
        if let Some(&index) = known {
            let call = &mut calls[index];
            let is_better = counts_for_more(event, call.event);
            let twin = if is_better { std::mem::replace(&mut call.event, event) } else { event };
            call.twins.push(twin);
            continue;
        }
        if let Some(shared) = &event.shared_id {
            by_shared.insert(shared, calls.len());
        }
        calls.push(Copies { event, twins: Vec::new() });
    }
    calls.sort_by(|a, b| order(a.event).cmp(&order(b.event)));
    for call in &mut calls {
        call.twins.sort_by(|a, b| order(a).cmp(&order(b)));
    }
    calls
}

fn order(event: &Event) -> impl Ord + use<'_> {
    (event.at, event.account, &event.event_id)
}

/// The caller's own account knows the key; the called account's copy does not.
fn counts_for_more(event: &Event, than: &Event) -> bool {
    let rank = |event: &Event| (event.caller.key.is_some(), event.caller.arn.is_some());
    rank(event).cmp(&rank(than)).then_with(|| order(than).cmp(&order(event))).is_gt()
}

/// The assumed-role ARN a call must have given, where its response does not show it. Role paths are dropped in these.
pub(super) fn expected_arn(event: &Event) -> Option<Arn> {
    let (role, session) = (event.role.as_ref()?, event.session_name.as_deref()?);
    let account = role.account()?;
    Arn::new(&format!("arn:{}:sts::{account}:assumed-role/{}/{session}", role.partition(), role.name()))
}

/// `s3` of `s3.amazonaws.com`.
pub(super) fn service_word(source: &str) -> &str {
    source.split_once(".amazonaws.com").map_or(source, |(word, _)| word)
}

/// Adds a word to a sorted list once.
pub(super) fn remember(words: &mut Vec<Arc<str>>, word: impl AsRef<str>) {
    let word = word.as_ref();
    if let Err(place) = words.binary_search_by(|known| (**known).cmp(word)) {
        words.insert(place, word.into());
    }
}
