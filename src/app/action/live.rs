//! The run that this dashboard has started: what was heard of it, call by call, and the wish to stop it.

use std::sync::Arc;

use super::{KeptRun, Page, Told, standing, steps_told};
use crate::{
    act::{Note, Plan, RunId, Status},
    app::{
        Effect,
        pane::PaneId,
        perform::moved,
        show::{PageShown, Span, Tone},
        state::{App, Chart},
        world::World,
    },
    base::{
        text::{clean, long_age},
        time::Timestamp,
    },
};

/// What is to be done with a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Errand {
    /// A new run.
    Begin,
    /// This run goes on where it stands.
    Resume(RunId),
    /// A new run that takes this one back.
    Undo(RunId),
}

/// A plan that a person has read and confirmed.
#[derive(Clone, Debug)]
pub struct Order {
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

    pub(in crate::app) const fn is_under_way(&self) -> bool {
        matches!(self.stage, Stage::Checking | Stage::Going)
    }

    fn hear(&mut self, news: RunNews) {
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
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::app) struct RunView {
    /// The line it begins with; the step under way stays in sight where none was chosen.
    first: Option<usize>,
}

impl RunView {
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
        steps_told(&mut page, &live.order.plan, live.told.as_ref());
        let all = page.lines.len();
        let steps = live.order.plan.steps.len().max(1);
        let at = live.told.as_ref().map_or(0, |told| told.progress.step.min(steps));
        // Steps take about as many lines each; a few of those to come are seen too.
        let line = all * at / steps + 4;
        let first = self.first.unwrap_or(line.saturating_sub(room)).min(all.saturating_sub(room));
        let total = all + head.lines.len();
        let name = live.run.map_or_else(|| "Run".to_owned(), |run| format!("Run {run}"));
        PageShown {
            title: clean(&format!("{name}: {}", live.order.plan.title)).into_owned(),
            lines: head.lines.into_iter().chain(page.lines.into_iter().skip(first).take(room)).collect(),
            first,
            total,
        }
    }
}

impl App {
    /// Takes in what was heard of the run; when nobody is at it any more, the world is looked at again and the journal read.
    pub(in crate::app) fn heard_of_run(&mut self, news: RunNews) -> Vec<Effect> {
        let Some(live) = &mut self.live else { return Vec::new() };
        let ended = matches!(news, RunNews::Refused(_) | RunNews::Ended(_));
        let has_changed = matches!(news, RunNews::Ended(_));
        live.hear(news);
        self.dirty = true;
        if !ended {
            return Vec::new();
        }
        if !matches!(self.chart, Some(Chart::Run(_))) {
            self.say(Span::new("The run is over or rests: W shows it.", Tone::Notice));
        }
        let mut effects = vec![Effect::ReadRuns];
        if has_changed {
            // What a run has changed is shown when it was seen, and not before.
            self.sweeping = true;
            effects.push(Effect::Sweep);
        }
        effects
    }

    /// What the journal holds is shown at once: it waits for no look.
    pub(in crate::app) fn runs_read(&mut self, runs: Result<Vec<KeptRun>, String>) -> Vec<Effect> {
        let mut world = World::clone(&self.world);
        match runs {
            Ok(runs) => {
                world.runs = runs.into();
                world.no_journal = None;
            }
            Err(why) => world.no_journal = Some(clean(&why).into_owned()),
        }
        let old = std::mem::replace(&mut self.world, Arc::new(world));
        self.tables[PaneId::Runs as usize].outdate();
        self.dirty = true;
        vec![Effect::Discard(old)]
    }

    /// Does the screen count seconds?
    pub(in crate::app) fn shows_time(&self) -> bool {
        matches!(self.chart, Some(Chart::Run(_) | Chart::Preview(_)))
    }

    pub(in crate::app) fn stop_run(&mut self) -> Vec<Effect> {
        let Some(live) = self.live.as_mut().filter(|live| live.is_under_way()) else {
            self.say(Span::plain("No run is under way."));
            return Vec::new();
        };
        live.stopping = true;
        vec![Effect::StopRun]
    }

    pub(in crate::app) fn watch_run(&mut self) {
        if self.live.is_some() {
            self.chart = Some(Chart::Run(RunView::default()));
        } else {
            self.say(Span::new("No run was started from here; pane 8 keeps all of them.", Tone::Notice));
        }
    }

    /// Leaving would cut a run short: it is stopped first.
    pub(in crate::app) fn keeps_open(&mut self) -> bool {
        let is_under_way = self.live.as_ref().is_some_and(Live::is_under_way);
        if is_under_way {
            let text =
                "A run is under way (W): c cancels it there; ctrl-c stops it before its next step and quits.";
            self.say(Span::new(text, Tone::Warn));
        }
        is_under_way
    }
}
