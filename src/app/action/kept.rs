//! A run as its journal tells it, and how it is told on the screen.

use std::{collections::BTreeMap, sync::Arc};

use super::Page;
use crate::{
    act::{Identity, Note, Plan, Progress, Receipt, RunId, Status, Undoing},
    app::show::{Span, Tone},
    base::{
        text::{clean, long_age, plural},
        time::Timestamp,
    },
};

/// A run of the journal. One that cannot be read hides no other.
#[derive(Clone, Debug)]
pub struct KeptRun {
    pub id: RunId,
    /// Or why it cannot be read.
    pub told: Result<Told, String>,
    /// Is a process at it right now?
    pub is_busy: bool,
    /// Its steps that other runs have taken back, and which run did.
    pub taken_back: BTreeMap<usize, RunId>,
}

/// What was to be done, and what was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub begun: Timestamp,
    pub plan: Arc<Plan>,
    pub notes: Vec<(Timestamp, Note)>,
    pub progress: Progress,
}

impl Told {
    /// `Err` where the notes contradict each other.
    pub fn of(begun: Timestamp, plan: Arc<Plan>, notes: Vec<(Timestamp, Note)>) -> Result<Self, String> {
        let progress = Progress::of(begun, &plan.calls(), &notes).map_err(|error| error.to_string())?;
        Ok(Self { begun, plan, notes, progress })
    }

    /// One note more; one that cannot follow changes nothing but the list.
    pub(in crate::app) fn hear(&mut self, at: Timestamp, note: Note) {
        if let Ok(next) = self.progress.clone().next(&self.plan.calls(), at, &note) {
            self.progress = next;
        }
        self.notes.push((at, note));
    }

    /// When the last announced call of a step left, and when it was done.
    fn times(&self, step: usize) -> (Option<Timestamp>, Option<Timestamp>) {
        let last = |is: &dyn Fn(&Note) -> bool| {
            self.notes.iter().rev().find(|(_, note)| is(note)).map(|(at, _)| *at)
        };
        let left = last(&|note| matches!(note, Note::Started { step: own } if *own == step));
        let done = last(&|note| matches!(note, Note::Done { step: own, .. } if *own == step));
        (left, done)
    }

    /// Why the step's last attempt came to nothing.
    fn trouble(&self, step: usize) -> Option<&str> {
        self.notes.iter().rev().find_map(|(_, note)| match note {
            Note::Undone { step: own, why }
            | Note::Halted { step: own, why }
            | Note::Stuck { step: own, why, .. }
                if *own == step =>
            {
                Some(&**why)
            }
            _ => None,
        })
    }
}

impl KeptRun {
    /// Has `resume` something to do: was it interrupted, or is its wait over?
    pub(in crate::app) fn is_due(&self, now: Timestamp) -> bool {
        let is_interrupted = |told: &Told| told.progress.status == Status::Going && !self.is_busy;
        self.has_waited(now) || self.told.as_ref().is_ok_and(is_interrupted)
    }

    /// Is its wait over, and nobody at it?
    pub(in crate::app) fn has_waited(&self, now: Timestamp) -> bool {
        !self.is_busy && self.due().is_some_and(|due| due <= now)
    }

    /// Until when it waits.
    pub(in crate::app) fn due(&self) -> Option<Timestamp> {
        match &self.told.as_ref().ok()?.progress.status {
            Status::Waiting { until, .. } => Some(*until),
            _ => None,
        }
    }

    /// What takes it back, as far as that was not done yet.
    pub(in crate::app) fn undoing(&self) -> Option<Undoing<'_>> {
        let told = self.told.as_ref().ok()?;
        let taken_back = self.taken_back.keys().copied().collect();
        Some(Undoing { run: self.id, plan: &told.plan, progress: &told.progress, taken_back })
    }

    /// How it stands, in one sentence.
    pub(in crate::app) fn standing(&self, now: Timestamp) -> Option<Span> {
        let told = self.told.as_ref().ok()?;
        let mut stands = standing(told, self.is_busy, now);
        if told.progress.is_over() && !self.taken_back.is_empty() {
            let mut by: Vec<String> = self.taken_back.values().map(ToString::to_string).collect();
            by.sort();
            by.dedup();
            let steps = plural(self.taken_back.len(), "step of it was", "steps of it were");
            stands.text = format!("{}; {steps} taken back since, by run {}", stands.text, by.join(", "));
        }
        Some(stands)
    }
}

/// Where a run stands, in one sentence; `is_busy` while a process is at it.
pub(in crate::app) fn standing(told: &Told, is_busy: bool, now: Timestamp) -> Span {
    let (step, steps) = (told.progress.step + 1, told.plan.steps.len());
    let (text, tone) = match &told.progress.status {
        Status::Finished => ("done".to_owned(), Tone::Good),
        Status::Abandoned => ("abandoned: another run undid it".to_owned(), Tone::Dim),
        Status::Going if is_busy => (format!("step {step} of {steps} is under way"), Tone::Notice),
        Status::Going => (format!("interrupted at step {step} of {steps}: resume it"), Tone::Warn),
        Status::Waiting { until, why } if *until > now => {
            let left = long_age(now.age(*until));
            (format!("step {step} of {steps} waits {left} more, until {until}: {why}"), Tone::Notice)
        }
        Status::Waiting { why, .. } => {
            (format!("step {step} of {steps} has waited long enough ({why}): resume it"), Tone::Warn)
        }
        Status::Halted { why } => (format!("halted at step {step} of {steps}: {why}"), Tone::Bad),
        Status::Stuck { why, .. } => {
            (format!("stuck at step {step} of {steps}, somebody must look: {why}"), Tone::Bad)
        }
    };
    Span::new(clean(&text).into_owned(), tone)
}

/// What is to be said of a step besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::app) enum Fate {
    /// A person leaves it out.
    LeftOut,
    /// This run has taken it back.
    TakenBack(RunId),
}

/// Every step: its call, and as far as the run came when it left, how long it took and what came of it.
pub(in crate::app) fn steps_told(
    page: &mut Page,
    plan: &Plan,
    told: Option<&Told>,
    fates: &BTreeMap<usize, Fate>,
) {
    for (index, step) in plan.steps.iter().enumerate() {
        page.step = Some(index);
        let fate = fates.get(&index);
        let mut request = step.request();
        let diff = if told.is_none() { step.diff() } else { Vec::new() };
        if !diff.is_empty() {
            // The document is told line by line below.
            request.parameters.retain(|(name, _)| !name.ends_with("PolicyDocument"));
        }
        let parameters: Vec<String> =
            request.parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let call = match request.service {
            "" => request.operation,
            service => {
                format!("{service} {} in {} {}", request.operation, request.place, parameters.join(" "))
            }
        };
        let (mark, tone) = match fate {
            Some(Fate::LeftOut) => ("left out", Tone::Dim),
            Some(Fate::TakenBack(_)) => ("undone", Tone::Dim),
            None => told.map_or(("", Tone::Strong), |told| mark_of(told, index)),
        };
        page.numbered(index + 1, mark, call.trim_end(), tone);
        let is_left_out = fate == Some(&Fate::LeftOut);
        page.say(&step.0.says(), if is_left_out { Tone::Dim } else { Tone::Plain }, 7);
        match told {
            None if is_left_out => {}
            None => {
                for line in &diff {
                    let tone = match line.sign {
                        '+' => Tone::Good,
                        '-' => Tone::Bad,
                        _ => Tone::Dim,
                    };
                    page.verbatim(&format!("{}{}", line.sign, line.text), tone, 7);
                }
                page.say(&format!("undo: {}", step.undo()), Tone::Dim, 7);
            }
            Some(told) => page.says(outcome(told, index), 7),
        }
        if let Some(Fate::TakenBack(run)) = fate {
            page.say(&format!("taken back by run {run}"), Tone::Notice, 7);
        }
    }
    page.step = None;
}

/// A word for how a step stands: never by its colour alone.
fn mark_of(told: &Told, step: usize) -> (&'static str, Tone) {
    let progress = &told.progress;
    if step < progress.receipts.len() {
        return ("done", Tone::Good);
    }
    if step > progress.step || progress.is_over() {
        return ("", Tone::Dim);
    }
    match &progress.status {
        Status::Waiting { .. } => ("waits", Tone::Notice),
        Status::Halted { .. } => ("halted", Tone::Bad),
        Status::Stuck { .. } => ("stuck", Tone::Bad),
        _ if progress.doubt.is_some() => ("sent", Tone::Notice),
        _ => ("next", Tone::Notice),
    }
}

fn outcome(told: &Told, step: usize) -> Option<Span> {
    let (left, done) = told.times(step);
    let clock = |at: Timestamp| at.utc().format("%H:%M:%S").to_string();
    if let Some(receipt) = told.progress.receipts.get(step) {
        let came = match receipt {
            Receipt::Made(key) => format!("made {key}"),
            Receipt::Changed => "changed".into(),
            Receipt::FoundSo => "it was so already".into(),
            Receipt::Accepted => "accepted".into(),
            Receipt::Waited => "waited".into(),
            Receipt::Left(why) => return Some(Span::new(format!("left out: {why}"), Tone::Bad)),
        };
        let time = match (left, done) {
            (Some(left), Some(done)) => {
                format!(" at {}, took {} s", clock(left), left.age(done).seconds())
            }
            (None, Some(done)) => format!(" at {}", clock(done)),
            _ => String::new(),
        };
        return Some(Span::new(format!("{came}{time}"), Tone::Good));
    }
    if step != told.progress.step {
        return None;
    }
    if let Some(why) = told.trouble(step) {
        return Some(Span::new(why, Tone::Warn));
    }
    left.map(|left| Span::new(format!("sent at {}", clock(left)), Tone::Notice))
}

/// As whom a plan's calls are made, each once: `keytrail-audit, root`.
pub(in crate::app) fn by(plan: &Plan) -> String {
    let mut names: Vec<&str> = Vec::new();
    for identity in &plan.identities {
        let name = match identity {
            Identity::Aws { caller, .. } => caller.rsplit_once(':').map_or(&**caller, |(_, last)| last),
            Identity::GitLab { login, .. } => login,
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}
