//! A run that this dashboard has started: what was heard of it, call by call, and the wish to stop it.

use std::{collections::BTreeMap, sync::Arc};

use super::{Page, Told, standing, steps_told};
use crate::{
    act::{Ask, Note, Plan, RunId, Status},
    app::{
        perform::moved,
        show::{PageShown, Tone},
    },
    base::{
        text::{clean, long_age},
        time::Timestamp,
    },
};

/// What is to be done with a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Errand {
    /// A new run.
    Begin,
    /// This run goes on where it stands. A person says yes to what it asks, if it asks.
    Resume(RunId, Option<Ask>),
    /// A new run that takes this one back, or some of its steps.
    Undo(RunId),
}

/// A plan that a person has read and confirmed.
#[derive(Clone, Debug)]
pub struct Order {
    /// Names it among those of this dashboard.
    pub number: u64,
    pub plan: Arc<Plan>,
    pub errand: Errand,
}

/// What is heard of a run.
#[derive(Clone, Debug)]
pub enum RunNews {
    /// Nothing was done, and why.
    Refused(Vec<String>),
    /// The journal has it. `notes` is what was written before.
    Begun { run: RunId, begun: Timestamp, notes: Vec<(Timestamp, Note)> },
    /// A note was written.
    Noted { at: Timestamp, note: Note },
    /// Nobody is at it any more: it is over, waits, or needs somebody. `Some` where the journal failed.
    Ended(Option<String>),
}

#[derive(Clone, Debug)]
pub(in crate::app) struct Live {
    order: Order,
    run: Option<RunId>,
    told: Option<Told>,
    stage: Stage,
    stopping: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// The world is asked whether it is still as the plan says.
    Checking,
    Going,
    Refused(Vec<String>),
    Ended(Option<String>),
}

impl Live {
    pub(super) const fn new(order: Order) -> Self {
        Self { order, run: None, told: None, stage: Stage::Checking, stopping: false }
    }

    pub(in crate::app) const fn number(&self) -> u64 {
        self.order.number
    }

    /// The run of the journal it is, as soon as that is known.
    pub(super) fn run(&self) -> Option<RunId> {
        let resumed = match &self.order.errand {
            Errand::Resume(run, _) => Some(*run),
            Errand::Begin | Errand::Undo(_) => None,
        };
        self.run.or(resumed)
    }

    pub(super) fn name(&self) -> String {
        self.run().map_or_else(|| "Run".to_owned(), |run| format!("Run {run}"))
    }

    pub(super) fn plan(&self) -> &Plan {
        &self.order.plan
    }

    pub(super) const fn stop(&mut self) {
        self.stopping = true;
    }

    pub(in crate::app) const fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Checking | Stage::Going)
    }

    pub(super) fn hear(&mut self, news: RunNews) {
        match news {
            RunNews::Refused(lines) => self.stage = Stage::Refused(lines),
            RunNews::Begun { run, begun, notes } => {
                self.run = Some(run);
                self.told = Told::of(begun, self.order.plan.clone(), notes).ok();
                self.stage = Stage::Going;
            }
            RunNews::Noted { at, note } => {
                if let Some(told) = &mut self.told {
                    told.hear(at, note);
                }
            }
            RunNews::Ended(error) => self.stage = Stage::Ended(error),
        }
    }

    fn head(&self, page: &mut Page, now: Timestamp) {
        match (&self.stage, &self.told) {
            (Stage::Checking, _) => {
                page.say("Asking whether the world is still as the plan says ...", Tone::Notice, 0);
            }
            (Stage::Refused(lines), _) => {
                page.say("Nothing was done:", Tone::Bad, 0);
                for line in lines {
                    page.say(line, Tone::Bad, 2);
                }
            }
            (Stage::Ended(Some(error)), _) => page.say(&format!("It ended: {error}"), Tone::Bad, 0),
            (stage, Some(told)) => {
                page.says(Some(standing(told, *stage == Stage::Going, now)), 0);
                let over = told.notes.last().map_or(now, |(at, _)| *at);
                let until = if self.is_under_way() { now.max(told.begun) } else { over };
                let ago = long_age(told.begun.age(until));
                page.say(&format!("begun {}, {ago} in all", told.begun), Tone::Dim, 0);
            }
            (_, None) => {}
        }
        if self.is_under_way() && self.stopping {
            page.say("Stopping before the next step; the run can be resumed or undone.", Tone::Warn, 0);
        }
        if let (Stage::Ended(_), Some(run), Some(told)) = (&self.stage, self.run, &self.told) {
            let next = match told.progress.status {
                Status::Finished => {
                    format!("Run {run} is done. Pane 8 keeps it, and can undo what can be undone (u).")
                }
                Status::Abandoned => format!("Run {run} is over."),
                _ => format!("Run {run} is not done. Pane 8 keeps it: R carries on, u takes back."),
            };
            page.say(&next, Tone::Plain, 0);
        }
    }
}

/// How one looks at the run.
#[derive(Clone, Copy, Debug)]
pub(in crate::app) struct RunView {
    /// Which one: the number of its order.
    pub(in crate::app) order: u64,
    /// The line it begins with; the step under way stays in sight where none was chosen.
    first: Option<usize>,
}

impl RunView {
    pub(super) const fn of(order: u64) -> Self {
        Self { order, first: None }
    }

    pub(in crate::app) fn step(
        &mut self,
        by: i64,
        live: &Live,
        (columns, window): (usize, usize),
        now: Timestamp,
    ) {
        let shown = self.shown(live, (columns, window), now);
        self.first = Some(moved(shown.first, by, shown.total.saturating_sub(window)));
    }

    pub(in crate::app) fn shown(
        &self,
        live: &Live,
        (columns, window): (usize, usize),
        now: Timestamp,
    ) -> PageShown {
        let mut head = Page::new(columns);
        live.head(&mut head, now);
        head.heading(&format!("STEPS {}", live.order.plan.steps.len()), Tone::Strong);
        // How it stands is never scrolled away.
        let room = window.saturating_sub(head.lines.len());
        let mut page = Page::new(columns);
        steps_told(&mut page, &live.order.plan, live.told.as_ref(), &BTreeMap::new());
        let all = page.lines.len();
        let steps = live.order.plan.steps.len().max(1);
        let at = live.told.as_ref().map_or(0, |told| told.progress.step.min(steps));
        // The beginning of the step to come is seen too.
        let under_way = (0..all).rev().find(|line| page.step_at(*line) == Some(at));
        let line = under_way.map_or(all, |line| line + 4);
        let first = self.first.unwrap_or(line.saturating_sub(room)).min(all.saturating_sub(room));
        let total = all + head.lines.len();
        let name = live.name();
        PageShown {
            title: clean(&format!("{name}: {}", live.order.plan.title)).into_owned(),
            lines: head.lines.into_iter().chain(page.lines.into_iter().skip(first).take(room)).collect(),
            first,
            total,
            cursor: None,
        }
    }
}
