//! What a key or a role was used with for the first time: an address, a user agent, a role, a caller that its earlier use had never shown.
//! Whether that is news now, is for whoever knows what now is.

use std::{cmp::Ordering, sync::Arc};

use rustc_hash::FxHashMap;

use super::{linked::Weave, names::Names};
use crate::{
    base::{name::Arn, time::Timestamp},
    model::{
        activity::{Activity, Facet},
        event::Event,
        id::Id,
        news::{News, Sort},
    },
};

/// Before something can be new, use must have been seen for so long without it.
const SETTLED: i64 = 3 * 86_400;
/// What is used with more different ones than this has a new one every day: hosted runners have hundreds of addresses.
const STEADY: usize = 8;

/// Everything that one thing was used with, by when that was first.
#[derive(Default)]
struct Habits {
    earliest: Option<Timestamp>,
    firsts: FxHashMap<(Sort, Arc<str>), Timestamp>,
}

impl Habits {
    fn saw(&mut self, sort: Sort, value: &Arc<str>, at: Timestamp) {
        let first = self.firsts.entry((sort, value.clone())).or_insert(at);
        *first = (*first).min(at);
        self.used(at);
    }

    fn used(&mut self, at: Timestamp) {
        self.earliest = Some(self.earliest.map_or(at, |earliest| earliest.min(at)));
    }

    /// The latest first.
    fn news(self) -> Vec<News> {
        let Some(earliest) = self.earliest else { return Vec::new() };
        let settled = earliest.plus(SETTLED);
        let mut kinds: FxHashMap<Sort, usize> = FxHashMap::default();
        for (sort, _) in self.firsts.keys() {
            *kinds.entry(*sort).or_default() += 1;
        }
        let is_news = |sort: Sort, first: Timestamp| first >= settled && kinds[&sort] <= STEADY;
        let firsts = self.firsts.into_iter().filter(|((sort, _), first)| is_news(*sort, *first));
        let mut news: Vec<News> =
            firsts.map(|((sort, value), first)| News { sort, value, first, since: earliest }).collect();
        news.sort_by(|a, b| match b.first.cmp(&a.first) {
            Ordering::Equal => (a.sort, &a.value).cmp(&(b.sort, &b.value)),
            later => later,
        });
        news
    }
}

/// Notes what is new about long-term keys and about roles.
pub(super) fn note(events: &[&Event], activities: &[&Activity], names: &Names, weave: &mut Weave) {
    let mut habits: FxHashMap<Id, Habits> = FxHashMap::default();
    for event in events {
        let role = event.role.as_ref().map(|role| names.role(role));
        if let Some(key) = event.caller.key.as_ref().filter(|key| key.is_long_term()) {
            let of = habits.entry(Id::key(key)).or_default();
            of.used(event.at);
            with(of, event);
            if let Some(role) = &role {
                of.saw(Sort::Role, &role.key_text().into(), event.at);
            }
        }
        if let Some(role) = role.filter(|_| event.is_assume_role() && !event.is_denied()) {
            let of = habits.entry(role).or_default();
            with(of, event);
            if let Some(caller) = caller(event) {
                of.saw(Sort::Caller, &caller, event.at);
            }
        }
    }
    for activity in activities.iter().filter(|activity| activity.key.is_long_term()) {
        let of = habits.entry(Id::key(&activity.key)).or_default();
        of.used(activity.all.first);
        for (facet, sort) in [(Facet::Address, Sort::Address), (Facet::Agent, Sort::Agent)] {
            for (value, calls) in activity.parts(facet) {
                of.saw(sort, value, calls.first);
            }
        }
    }
    for (id, habits) in habits {
        weave.news(id, habits.news());
    }
}

fn with(of: &mut Habits, event: &Event) {
    for (sort, value) in [(Sort::Address, &event.address), (Sort::Agent, &event.agent)] {
        if let Some(value) = value {
            of.saw(sort, value, event.at);
        }
    }
}

/// Who asked for a role, as far as it is the same the next time: a session's role, not its name.
fn caller(event: &Event) -> Option<Arc<str>> {
    let caller = &event.caller;
    let arn = caller.issuer.as_ref().or(caller.arn.as_ref()).map(Arn::as_str);
    let who = event.subject.as_deref().or(arn).or(caller.invoked_by.as_deref());
    who.or(caller.principal_id.as_deref()).map(Into::into)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + day * 86_400)
    }

    fn news(saw: &[(i64, &str)]) -> Vec<String> {
        let mut habits = Habits::default();
        for (day, value) in saw {
            habits.saw(Sort::Address, &(*value).into(), at(*day));
        }
        habits.news().into_iter().map(|news| news.value.to_string()).collect()
    }

    #[test]
    fn what_comes_after_days_of_the_same_is_new() {
        assert_eq!(news(&[(0, "a"), (2, "b"), (9, "a"), (9, "c"), (10, "d")]), ["d", "c"]);
        assert!(news(&[(0, "a"), (2, "b")]).is_empty(), "too little is known to say that anything is new");
        assert!(news(&[(9, "a")]).is_empty());
    }

    #[test]
    fn what_is_different_every_day_is_no_news() {
        let many: Vec<(i64, String)> = (0..20).map(|day| (day, format!("a{day}"))).collect();
        let many: Vec<(i64, &str)> = many.iter().map(|(day, value)| (*day, value.as_str())).collect();
        assert!(news(&many).is_empty());
    }
}
