//! All runs that this dashboard carries: several at once, each on its own. One that waits goes on when it is due, as long as the dashboard is
//! open and armed.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{Errand, KeptRun, Live, Order, RunNews, RunView};
use crate::{
    act::{Plan, RunId},
    app::{
        Effect,
        pane::PaneId,
        show::{Span, Tone},
        state::{App, Chart},
        world::World,
    },
    base::{text::clean, time::Timestamp},
};

/// Runs under way at once.
const MOST: usize = 4;
/// Seconds after which a run that could not be carried on is tried again: another process may have had it.
const AGAIN: i64 = 60;
/// So many can be looked at; of those that rest the oldest goes.
const KEPT: usize = 16;

#[derive(Debug, Default)]
pub(in crate::app) struct Fleet {
    /// The newest last.
    runs: Vec<Live>,
    orders: u64,
    /// When runs were carried on because they were due.
    tried: BTreeMap<RunId, Timestamp>,
}

impl Fleet {
    pub(in crate::app) fn of(&self, order: u64) -> Option<&Live> {
        self.runs.iter().find(|live| live.number() == order)
    }

    fn of_mut(&mut self, order: u64) -> Option<&mut Live> {
        self.runs.iter_mut().find(|live| live.number() == order)
    }

    pub(in crate::app) fn under_way(&self) -> impl Iterator<Item = &Live> {
        self.runs.iter().filter(|live| live.is_under_way())
    }

    /// Why a plan cannot be carried out beside what is under way.
    pub(super) fn in_the_way(&self, plan: &Plan, errand: &Errand) -> Option<String> {
        if self.under_way().count() >= MOST {
            return Some(format!("{MOST} runs are under way: wait for the end of one, or cancel it (W)."));
        }
        let meant = match errand {
            Errand::Begin => None,
            Errand::Resume(run, _) | Errand::Undo(run) => Some(*run),
        };
        if let Some(run) = self.under_way().find_map(Live::run).filter(|run| Some(*run) == meant) {
            return Some(format!("Run {run} is under way: wait for its end, or cancel it (W)."));
        }
        let about = |plan: &Plan| -> BTreeSet<String> {
            plan.steps.iter().filter_map(|step| step.0.about()).collect()
        };
        let wanted = about(plan);
        self.under_way().find_map(|live| {
            let shared = about(live.plan()).into_iter().find(|thing| wanted.contains(thing))?;
            let text = format!("{} is at {shared} too: wait for its end, or cancel it (W).", live.name());
            Some(clean(&text).into_owned())
        })
    }

    fn add(&mut self, plan: Arc<Plan>, errand: Errand) -> Order {
        self.orders += 1;
        let order = Order { number: self.orders, plan, errand };
        self.runs.push(Live::new(order.clone()));
        while self.runs.len() > KEPT
            && let Some(resting) = self.runs.iter().position(|live| !live.is_under_way())
        {
            self.runs.remove(resting);
        }
        order
    }

    /// The run to look at after this one: those under way from the newest on, then the others.
    fn next(&self, after: Option<u64>) -> Option<u64> {
        let mut all: Vec<&Live> = self.runs.iter().rev().collect();
        all.sort_by_key(|live| !live.is_under_way());
        let at = after.and_then(|after| all.iter().position(|live| live.number() == after));
        let next = at.map_or(0, |at| (at + 1) % all.len());
        all.get(next).map(|live| live.number())
    }
}

impl App {
    /// A plan that was confirmed is carried out, and looked at.
    pub(super) fn embark(&mut self, plan: Arc<Plan>, errand: Errand) -> Vec<Effect> {
        let order = self.fleet.add(plan, errand);
        self.chart = Some(Chart::Run(RunView::of(order.number)));
        vec![Effect::Start(order)]
    }

    /// Runs whose wait is over are carried on: they were confirmed when they were begun.
    pub(in crate::app) fn carry_on_due(&mut self) -> Vec<Effect> {
        if !self.settings.write {
            return Vec::new();
        }
        let (world, now) = (Arc::clone(&self.world), self.now);
        let mut effects = Vec::new();
        for kept in world.runs.iter().filter(|kept| kept.has_waited(now)) {
            let (Ok(told), errand) = (&kept.told, Errand::Resume(kept.id, None)) else { continue };
            let tried = self.fleet.tried.get(&kept.id);
            let is_new = tried.is_none_or(|tried| now >= tried.plus(AGAIN));
            if !is_new || self.fleet.in_the_way(&told.plan, &errand).is_some() {
                continue;
            }
            self.fleet.tried.insert(kept.id, now);
            effects.push(Effect::Start(self.fleet.add(Arc::clone(&told.plan), errand)));
            let text = format!("Run {} has waited long enough and goes on: W shows it.", kept.id);
            self.say(Span::new(text, Tone::Notice));
        }
        effects
    }

    /// How many runs are under way, and how many are due and wait for somebody.
    pub(in crate::app) fn runs_told(&self) -> Option<Span> {
        let under_way: BTreeSet<RunId> = self.fleet.under_way().filter_map(Live::run).collect();
        let due = self
            .world
            .runs
            .iter()
            .filter(|kept| kept.is_due(self.now) && !under_way.contains(&kept.id))
            .count();
        let told = |count: usize, what: &str| (count > 0).then(|| format!("{count} {what}"));
        let told = [told(self.fleet.under_way().count(), "going"), told(due, "due")];
        let told: Vec<String> = told.into_iter().flatten().collect();
        let tone = if due > 0 { Tone::Warn } else { Tone::Notice };
        (!told.is_empty()).then(|| Span::new(format!("runs: {}", told.join(", ")), tone))
    }

    /// Takes in what was heard of a run; when nobody is at it any more, the world is looked at again and the journal read.
    pub(in crate::app) fn heard_of_run(&mut self, order: u64, news: RunNews) -> Vec<Effect> {
        let Some(live) = self.fleet.of_mut(order) else { return Vec::new() };
        let ended = matches!(news, RunNews::Refused(_) | RunNews::Ended(_));
        let has_changed = matches!(news, RunNews::Ended(_));
        let has_begun = matches!(news, RunNews::Begun { .. });
        live.hear(news);
        self.dirty = true;
        if !ended {
            // It stands in the journal from now on.
            return has_begun.then_some(Effect::ReadRuns).into_iter().collect();
        }
        let name = live.name();
        if !matches!(&self.chart, Some(Chart::Run(view)) if view.order == order) {
            self.say(Span::new(format!("{name} is over or rests: W shows it."), Tone::Notice));
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

    /// Stops the run that is looked at.
    pub(in crate::app) fn stop_run(&mut self) -> Vec<Effect> {
        let looked_at = match &self.chart {
            Some(Chart::Run(view)) => Some(view.order),
            _ => None,
        };
        let live = looked_at.and_then(|order| self.fleet.of_mut(order)).filter(|live| live.is_under_way());
        let Some(live) = live else {
            self.say(Span::plain("This run is not under way."));
            return Vec::new();
        };
        live.stop();
        vec![Effect::StopRun(live.number())]
    }

    /// The run that was started last; from there to the next one.
    pub(in crate::app) fn watch_run(&mut self) {
        let here = match &self.chart {
            Some(Chart::Run(view)) => Some(view.order),
            _ => None,
        };
        if let Some(order) = self.fleet.next(here) {
            self.chart = Some(Chart::Run(RunView::of(order)));
        } else {
            let text = "No run was started from here; pane 8 keeps all of them.";
            self.say(Span::new(text, Tone::Notice));
        }
    }

    /// Leaving would cut a run short: it is stopped first.
    pub(in crate::app) fn keeps_open(&mut self) -> bool {
        let count = self.fleet.under_way().count();
        if count > 0 {
            let runs = if count == 1 { "A run is".to_owned() } else { format!("{count} runs are") };
            let text = format!(
                "{runs} under way (W): c cancels it there; ctrl-c stops before the next step and quits."
            );
            self.say(Span::new(text, Tone::Warn));
        }
        count > 0
    }
}
