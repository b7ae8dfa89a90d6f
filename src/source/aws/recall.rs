//! What earlier looks read of an account's events: later ones ask only for what is new, and for a little of what is old, because records
//! arrive late and out of order.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{base::time::Timestamp, model::event::Event};

/// How late a record may arrive. CloudTrail delivers "typically within an average of about 5 minutes", without a promise; silence younger
/// than this is not absence.
const LATE: i64 = 15 * 60;

/// The whole window is read anew this long after it was: what came later than [`LATE`] is found then.
const ANEW: i64 = 6 * 3600;

/// One account's memory, by region and name of the call.
#[derive(Default)]
pub(super) struct Recall(Mutex<HashMap<Asked, Known>>);

/// A region and the name of a call.
type Asked = (Arc<str>, Arc<str>);

/// The events of one name in one region, read without a hole.
#[derive(Clone, Debug)]
pub(super) struct Known {
    from: Timestamp,
    to: Timestamp,
    /// When the whole window was read.
    whole_at: Timestamp,
    events: Vec<Event>,
}

impl Known {
    /// From when on records may be missing.
    pub(super) fn asks_from(&self) -> Timestamp {
        self.to.minus(LATE)
    }

    /// The known events in a window, those left out that are asked for again.
    pub(super) fn before_that(&self, from: Timestamp) -> Vec<Event> {
        let until = self.asks_from();
        self.events.iter().filter(|event| (from..until).contains(&event.at)).cloned().collect()
    }
}

impl Recall {
    /// What is known, if it is known back to the window's beginning and the whole was read lately.
    pub(super) fn of(
        &self,
        region: &Arc<str>,
        name: &str,
        (from, to): (Timestamp, Timestamp),
    ) -> Option<Known> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = known.get(&(region.clone(), name.into()))?;
        let holds = known.from <= from && known.to <= to && to.seconds() - known.whole_at.seconds() < ANEW;
        holds.then(|| known.clone())
    }

    /// Keeps what a look has read to its end; `known` is what it began with.
    pub(super) fn keep(
        &self,
        region: &Arc<str>,
        name: &str,
        known: Option<&Known>,
        (from, to): (Timestamp, Timestamp),
        events: Vec<Event>,
    ) {
        let whole_at = known.map_or(to, |known| known.whole_at);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((region.clone(), name.into()), Known { from, to, whole_at, events });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trail::{self, Place};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000 + second)
    }

    fn event(second: i64) -> Event {
        let record = format!(
            r#"{{"eventTime":"{}","eventSource":"sts.amazonaws.com","eventName":"AssumeRole","awsRegion":"eu-west-1",
                "eventID":"e{second}","recipientAccountId":"111111111111"}}"#,
            at(second)
        );
        trail::read(&record, Place::default()).unwrap()
    }

    #[test]
    fn a_later_look_asks_for_what_may_still_have_come_and_keeps_the_rest() {
        let (recall, region): (Recall, Arc<str>) = (Recall::default(), "eu-west-1".into());
        let look = |second| (at(second - 86_400), at(second));
        assert!(recall.of(&region, "AssumeRole", look(0)).is_none());
        let events = vec![event(-60), event(-LATE - 1), event(-80_000), event(-86_390)];
        recall.keep(&region, "AssumeRole", None, look(0), events);
        let known = recall.of(&region, "AssumeRole", look(300)).unwrap();
        assert_eq!(known.asks_from(), at(-LATE));
        let kept: Vec<i64> = known
            .before_that(at(300 - 86_400))
            .iter()
            .map(|event| event.at.seconds() - at(0).seconds())
            .collect();
        assert_eq!(
            kept,
            [-LATE - 1, -80_000],
            "neither what is asked for again nor what the window has left"
        );
        assert!(recall.of(&region, "AssumeRoleWithSAML", look(300)).is_none());
        assert!(recall.of(&region, "AssumeRole", (at(-90_000), at(300))).is_none(), "not known so far back");
        recall.keep(&region, "AssumeRole", Some(&known), look(300), Vec::new());
        assert!(recall.of(&region, "AssumeRole", look(ANEW - 1)).is_some());
        assert!(
            recall.of(&region, "AssumeRole", look(ANEW)).is_none(),
            "the whole is read anew now and then"
        );
    }
}
