//! A plan before anything is done: what speaks against it, what cannot be undone, every call in order, who uses what is changed.

use std::collections::BTreeSet;

use super::{Errand, Page, Told, by, standing, steps_told};
use crate::{
    act::{Plan, RunId, Status, need::Has},
    app::{
        perform::moved,
        show::{PageShown, Span, Tone},
        state::{App, Chart},
    },
    base::{
        text::{clean, plural},
        time::Timestamp,
    },
};

/// A plan in the place of a pane.
#[derive(Clone, Debug)]
pub(in crate::app) struct Preview {
    pub(super) plan: Plan,
    pub(super) errand: Errand,
    /// The run that is carried on, as it stood.
    told: Option<Told>,
    first: usize,
    /// Was it on the screen? Nothing is confirmed that nobody can have read.
    pub(in crate::app) seen: bool,
}

impl Preview {
    pub(super) const fn new(plan: Plan, errand: Errand) -> Self {
        Self { plan, errand, told: None, first: 0, seen: false }
    }

    pub(in crate::app) fn step(&mut self, by: i64, columns: usize, window: usize) {
        let all = self.lines(columns, self.plan.made).len();
        self.first = moved(self.first, by, all.saturating_sub(window));
    }

    fn lines(&self, columns: usize, now: Timestamp) -> Vec<crate::app::show::Line> {
        let plan = &self.plan;
        let mut page = Page::new(columns);
        let changes = plan.steps.iter().filter(|step| !step.0.is_wait()).count();
        let waits = plan.steps.len() - changes;
        let mut says = vec![plural(changes, "change", "changes")];
        if waits > 0 {
            says.push(plural(waits, "wait", "waits"));
        }
        page.say(&format!("{}, as {}", says.join(" and "), by(plan)), Tone::Plain, 0);
        if let Some(told) = &self.told {
            page.says(Some(standing(told, false, now)), 0);
        }
        risk(&mut page, plan);
        against(&mut page, plan);
        if !plan.cautions.is_empty() {
            page.heading("KNOW THIS", Tone::Strong);
            for line in &plan.cautions {
                page.say(line, Tone::Plain, 2);
            }
        }
        page.heading(&format!("STEPS {}", plan.steps.len()), Tone::Strong);
        steps_told(&mut page, plan, self.told.as_ref());
        consumers(&mut page, plan);
        permissions(&mut page, plan);
        page.lines
    }

    pub(in crate::app) fn shown(&self, columns: usize, window: usize, now: Timestamp) -> PageShown {
        let lines = self.lines(columns, now);
        let what = match self.errand {
            Errand::Begin | Errand::Undo(_) => "Plan".to_owned(),
            Errand::Resume(run) => format!("Plan: resume run {run}"),
        };
        let total = lines.len();
        let first = self.first.min(total.saturating_sub(window));
        PageShown {
            title: clean(&format!("{what}: {}", self.plan.title)).into_owned(),
            lines: lines.into_iter().skip(first).take(window).collect(),
            first,
            total,
        }
    }
}

fn risk(page: &mut Page, plan: &Plan) {
    let lost = plan.steps.iter().filter(|step| step.undo().starts_with("cannot be undone")).count();
    if lost > 0 {
        let steps = plural(lost, "step", "steps");
        page.say(&format!("Risk: {steps} cannot be undone."), Tone::Bad, 0);
    } else {
        page.say("Risk: every step can be undone.", Tone::Good, 0);
    }
    let consumers = &plan.consumers;
    if consumers.projects > 0 {
        let projects = plural(consumers.projects, "project", "projects");
        let running = match consumers.running {
            0 => String::new(),
            jobs => format!("; {} run now", plural(jobs, "job", "jobs")),
        };
        page.say(&format!("Jobs of {projects} get what is changed{running}."), Tone::Warn, 0);
    }
}

/// What stops the plan, and what to do about it.
fn against(page: &mut Page, plan: &Plan) {
    if plan.blocks.is_empty() {
        return;
    }
    let open = plan.open_blocks().count();
    let tone = if open > 0 { Tone::Bad } else { Tone::Warn };
    page.heading(&format!("AGAINST IT {}", plan.blocks.len()), tone);
    for block in &plan.blocks {
        match &block.accepted {
            None => page.say(&format!("! {}", block.says), Tone::Bad, 2),
            Some(reason) => page.say(&format!("{} (accepted: {reason})", block.says), Tone::Warn, 2),
        }
    }
    if open > 0 {
        let look = if plan.consumers.unexplained.is_empty() {
            ""
        } else {
            "Find out whose use that is (its address, its sessions, when: t) and make the plan again. "
        };
        page.say(&format!("{look}o goes on with a reason, which is kept with the run."), Tone::Plain, 2);
    }
}

/// Whether the caller has each of them. A no is among what speaks against the plan, too.
fn permissions(page: &mut Page, plan: &Plan) {
    page.heading("PERMISSIONS NEEDED", Tone::Strong);
    for need in &plan.needs {
        let tone = match need.has {
            Has::Yes => Tone::Good,
            Has::No(_) => Tone::Bad,
            Has::Unknown(_) => Tone::Plain,
        };
        page.say(&need.to_string(), tone, 2);
    }
    page.say("Policies above the account (service control policies) are unseen.", Tone::Dim, 2);
}

fn consumers(page: &mut Page, plan: &Plan) {
    let consumers = &plan.consumers;
    let mut lines: Vec<String> = consumers.last_use.iter().map(|used| format!("last used {used}")).collect();
    lines.extend(consumers.carriers.iter().map(|carrier| {
        let secret =
            carrier.secret.as_ref().map_or_else(String::new, |secret| format!(" with {}", secret.key));
        let readers = plural(carrier.readers, "project", "projects");
        format!("{}{secret}: read by jobs of {readers}", carrier.place)
    }));
    lines.extend(consumers.kept_in.iter().map(|file| format!("kept in {file}")));
    lines.extend(consumers.addresses.iter().map(|address| format!("used from {address}")));
    lines.extend(consumers.agents.iter().map(|agent| format!("used by {agent}")));
    if !consumers.services.is_empty() {
        lines.push(format!("used for {}", consumers.services.join(", ")));
    }
    if lines.is_empty() {
        return;
    }
    page.heading("WHO USES IT", Tone::Strong);
    for line in &lines {
        page.say(line, Tone::Plain, 2);
    }
}

impl App {
    fn told_here(&mut self) -> Option<(RunId, Told, bool)> {
        let found = self.run_here().and_then(|run| {
            let kept = self.world.runs.iter().find(|kept| kept.id == run)?;
            Some((run, kept.told.clone(), kept.is_busy))
        });
        match found {
            Some((run, Ok(told), is_busy)) => Some((run, told, is_busy)),
            Some((run, Err(why), _)) => {
                self.say(Span::new(
                    clean(&format!("Run {run} cannot be read: {why}")).into_owned(),
                    Tone::Bad,
                ));
                None
            }
            None => {
                self.say(Span::new("Choose a run first: pane 8 lists them.", Tone::Notice));
                None
            }
        }
    }

    /// The preview of what is left of a run.
    pub(in crate::app) fn preview_resume(&mut self) {
        let Some((run, told, is_busy)) = self.told_here() else { return };
        let why = match &told.progress.status {
            _ if is_busy => Some("a process is at it".to_owned()),
            Status::Finished => Some("it is done".to_owned()),
            Status::Abandoned => Some("it was abandoned; another run undid it".to_owned()),
            Status::Going | Status::Waiting { .. } | Status::Halted { .. } | Status::Stuck { .. } => None,
        };
        if let Some(why) = why {
            self.say(Span::new(format!("Run {run} cannot be resumed: {why}."), Tone::Notice));
            return;
        }
        let plan = Plan::clone(&told.plan);
        let preview = Preview { told: Some(told), ..Preview::new(plan, Errand::Resume(run)) };
        self.chart = Some(Chart::Preview(preview));
    }

    /// The preview of the run that takes a run back.
    pub(in crate::app) fn preview_undo(&mut self) {
        let Some((run, told, is_busy)) = self.told_here() else { return };
        if is_busy {
            self.say(Span::new(format!("Run {run} is under way: stop it first."), Tone::Notice));
            return;
        }
        let undoing = told.undoing(run, BTreeSet::new());
        match undoing.whole(self.world.now) {
            Ok(plan) => self.chart = Some(Chart::Preview(Preview::new(plan, Errand::Undo(run)))),
            Err(why) => {
                let text = format!("Run {run} cannot be undone: {why}.");
                self.say(Span::new(clean(&text).into_owned(), Tone::Notice));
            }
        }
    }
}
