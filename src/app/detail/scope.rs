//! A row of Coverage: one sweep of one place, its window, its budget, and every call that was refused.

use super::facts::Facts;
use crate::{
    app::{
        pane::coverage::{meters_of, state},
        show::{Span, Tone},
    },
    base::text::{clean, count, long_age, plural},
    model::observe::{Meter, Scope},
};

pub(super) fn title(scope: &Scope) -> String {
    clean(&format!("{} {}", scope.source, scope.what)).into_owned()
}

pub(super) fn tell(facts: &mut Facts<'_>, scope: &Scope) {
    let estate = &facts.view.world.estate;
    if let Some(sweep) = estate.sweep(scope) {
        let (word, tone) = state(sweep);
        facts.fact("state", &word, tone);
        facts.number("walk", Some(sweep.run));
        facts.time("began", Some(sweep.began));
        match sweep.ended {
            Some(at) => facts.time("ended", Some(at)),
            None => facts.fact("ended", "not yet", Tone::Notice),
        }
        let expected = sweep.expected.map_or_else(String::new, |total| format!(" of {total}"));
        facts.fact("seen", &format!("{}{expected}", sweep.seen), Tone::Plain);
        if let Some(records) = sweep.records {
            facts.fact("records read", &count(records), Tone::Plain);
        }
        if let Some((from, to)) = sweep.window {
            facts.fact("events from", &facts.when(from), Tone::Plain);
            facts.fact("events to", &facts.when(to), Tone::Plain);
            // A trail's newest record is as late as its delivery; what LookupEvents was asked for ends when it was asked.
            if sweep.records.is_some() {
                let late = long_age(to.age(sweep.ended.unwrap_or(facts.view.world.now)));
                facts.fact("delay", &format!("the newest record was {late} old"), Tone::Plain);
            }
        }
        gaps(facts, sweep.gaps.iter().map(|(_, gap)| gap));
    }
    let meters: Vec<&Meter> = meters_of(&facts.view.world.estate, scope).collect();
    if !meters.is_empty() {
        facts.heading(vec![Span::plain("BUDGET")]);
    }
    for meter in meters {
        facts.fact(&meter.scope.what, &spent(meter), Tone::Plain);
    }
}

fn gaps<'a>(facts: &mut Facts<'_>, gaps: impl Iterator<Item = &'a crate::model::observe::Gap>) {
    let gaps: Vec<_> = gaps.collect();
    if gaps.is_empty() {
        facts.heading(vec![Span::plain("GAPS")]);
        facts.say("none: every call was answered", Tone::Good, 2);
        return;
    }
    facts.heading(vec![Span::new(format!("GAPS {}", gaps.len()), Tone::Warn)]);
    for gap in gaps {
        facts.say(&format!("{}: {}", gap.blame.word(), gap.call), Tone::Warn, 2);
        facts.say(&gap.blame.sentence(), Tone::Plain, 4);
    }
}

/// `812 calls at 2 a second at most, 3 told to wait, 1 sent again`.
fn spent(meter: &Meter) -> String {
    let calls = plural(usize::try_from(meter.calls).unwrap_or(usize::MAX), "call", "calls");
    let limit = meter.per_second.map_or_else(String::new, |limit| format!(" at {limit} a second at most"));
    format!("{calls}{limit}, {} told to wait, {} sent again", meter.throttled, meter.retried)
}
