//! A plan before anything is done: what speaks against it, what cannot be undone, every call in order, who uses what is changed.

use std::collections::BTreeSet;

use super::{Errand, Fate, Page, Told, by, standing, steps_told};
use crate::{
    act::{Plan, WhyNot, need::Has},
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
    /// As it was made.
    whole: Plan,
    /// What of it is carried out.
    pub(super) plan: Plan,
    /// Steps of the whole that a person leaves out.
    left_out: BTreeSet<usize>,
    pub(super) errand: Errand,
    /// The run that is carried on, as it stood.
    told: Option<Told>,
    first: usize,
    /// The line one stands on, where steps can be chosen.
    cursor: usize,
    /// Was it on the screen? Nothing is confirmed that nobody can have read.
    pub(in crate::app) seen: bool,
}

impl Preview {
    pub(super) fn new(plan: Plan, errand: Errand) -> Self {
        Self {
            whole: plan.clone(),
            plan,
            left_out: BTreeSet::new(),
            errand,
            told: None,
            first: 0,
            cursor: 0,
            seen: false,
        }
    }

    pub(super) fn of_run(plan: Plan, errand: Errand, told: Told) -> Self {
        Self { told: Some(told), ..Self::new(plan, errand) }
    }

    /// A person goes on in spite of what speaks against it. What changed must be seen again.
    pub(super) fn accept(&mut self, reason: &str) {
        self.whole.accept(reason);
        self.plan.accept(reason);
        self.seen = false;
    }

    /// Can steps be left out?
    pub(in crate::app) fn is_ladder(&self) -> bool {
        self.whole.rungs && self.errand == Errand::Begin
    }

    pub(in crate::app) fn step(&mut self, by: i64, columns: usize, window: usize) {
        let page = self.page(columns, self.plan.made);
        let last = page.lines.len().saturating_sub(1);
        if !self.is_ladder() {
            self.first = moved(self.first, by, page.lines.len().saturating_sub(window));
            return;
        }
        // One step goes to the next step of the plan that is on the screen, as a detail's cursor goes to the next link.
        let begins = |line: &usize| page.begins(*line);
        let step = match by {
            1 => (self.cursor + 1..(self.first + window).min(last + 1)).find(begins),
            -1 => (self.first..self.cursor).rev().find(begins),
            _ => None,
        };
        self.cursor = step.unwrap_or_else(|| moved(self.cursor, by, last));
        self.scroll(window);
    }

    fn scroll(&mut self, window: usize) {
        let highest = (self.cursor + 1).saturating_sub(window);
        self.first = if self.cursor < self.first { self.cursor } else { self.first.max(highest) };
    }

    /// Leaves the step under the cursor out, or takes it in again, with all that is one rung with it.
    fn toggle(&mut self, columns: usize, window: usize) -> Result<(), String> {
        if !self.is_ladder() {
            return Err(
                "The steps of this plan hang together: it is carried out whole, or not at all.".into()
            );
        }
        let step = self.page(columns, self.plan.made).step_at(self.cursor);
        let step = step.ok_or("Go to a step first: its rung is left out, or taken in again.")?;
        let said = |why: WhyNot| format!("Not so: {why}.");
        let rung = self.whole.rung(step).map_err(said)?;
        let mut left_out = self.left_out.clone();
        if rung.is_subset(&left_out) {
            left_out.retain(|step| !rung.contains(step));
        } else {
            left_out.extend(rung);
        }
        self.plan = self.whole.without(&left_out).map_err(said)?;
        self.left_out = left_out;
        self.seen = false;
        // What is said above has become longer or shorter: one stays on the step.
        let page = self.page(columns, self.plan.made);
        let mut lines = 0..page.lines.len();
        self.cursor = lines.find(|line| page.step_at(*line) == Some(step)).unwrap_or_default();
        self.scroll(window);
        Ok(())
    }

    fn page(&self, columns: usize, now: Timestamp) -> Page {
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
        if let Errand::Resume(_, Some(ask)) = &self.errand {
            page.heading("YOU SAY", Tone::Bad);
            page.say(&format!("{} Yes. {}", ask.asks(), ask.means()), Tone::Bad, 2);
        }
        risk(&mut page, plan);
        against(&mut page, plan);
        if !plan.cautions.is_empty() {
            page.heading("KNOW THIS", Tone::Strong);
            for line in &plan.cautions {
                page.say(line, Tone::Plain, 2);
            }
        }
        let steps = match self.whole.steps.len() - plan.steps.len() {
            0 => format!("STEPS {}", plan.steps.len()),
            left => format!("STEPS {}, {left} left out", plan.steps.len()),
        };
        page.heading(&steps, Tone::Strong);
        let kept = self.whole.kept_without(&self.left_out).unwrap_or_default();
        let gone = (0..self.whole.steps.len()).filter(|step| !kept.contains(step));
        let fates = gone.map(|step| (step, Fate::LeftOut)).collect();
        steps_told(&mut page, &self.whole, self.told.as_ref(), &fates);
        for text in &plan.texts {
            page.heading(&text.title.to_uppercase(), Tone::Strong);
            for line in text.body.lines() {
                page.verbatim(line, Tone::Plain, 2);
            }
        }
        consumers(&mut page, plan);
        permissions(&mut page, plan);
        page
    }

    pub(in crate::app) fn shown(&self, columns: usize, window: usize, now: Timestamp) -> PageShown {
        let lines = self.page(columns, now).lines;
        let what = match &self.errand {
            Errand::Begin | Errand::Undo(_) => "Plan".to_owned(),
            Errand::Resume(run, _) => format!("Plan: resume run {run}"),
        };
        let total = lines.len();
        let first = self.first.min(total.saturating_sub(window));
        PageShown {
            title: clean(&format!("{what}: {}", self.plan.title)).into_owned(),
            lines: lines.into_iter().skip(first).take(window).collect(),
            first,
            total,
            cursor: self.is_ladder().then(|| self.cursor.min(total.saturating_sub(1))),
        }
    }
}

impl App {
    pub(in crate::app) fn leave_out(&mut self) {
        let (columns, window) = (self.fits.page_columns, self.fits.detail_rows);
        let Some(Chart::Preview(preview)) = &mut self.chart else { return };
        if let Err(why) = preview.toggle(columns, window) {
            self.say(Span::new(clean(&why).into_owned(), Tone::Notice));
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
