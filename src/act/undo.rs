//! Takes back what a run did: a run of its own, made from the receipts. The whole run is taken back from its last step to the first that
//! cannot be; or some of its steps alone, where nothing that came later hangs on them.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    action::WhyNot,
    call::{Back, Call, KeyRef},
    note::{Note, Receipt},
    plan::{Block, Plan, Step, Undoes},
    status::Progress,
};
use crate::{
    base::{text::plural, time::Timestamp},
    store::{Journal, RunId, StoreError},
};

/// One sentence for a plan's reader.
pub(super) fn says(call: &Call) -> String {
    match call.way_back(None) {
        Back::By(back) => back.says(),
        Back::Nothing => "nothing to undo".into(),
        Back::No(why) | Back::Stays(why) => format!("cannot be undone: {why}"),
    }
}

/// A run that is to be taken back.
pub struct Undoing<'a> {
    pub run: RunId,
    pub plan: &'a Plan,
    pub progress: &'a Progress,
    /// Steps that other runs have taken back already.
    pub taken_back: BTreeSet<usize>,
}

impl Undoing<'_> {
    /// The plan that takes the run back as far as that goes.
    pub fn whole(&self, now: Timestamp) -> Result<Plan, WhyNot> {
        self.is_clear()?;
        let (mut rungs, mut cautions) = (Vec::new(), Vec::new());
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for step in self.done().rev() {
            if seen.contains(&step) {
                continue;
            }
            let says = self.plan.steps[step].0.says();
            match self.way_back(step) {
                Back::By(call) => {
                    let rung = self.rung(step);
                    seen.extend(&rung);
                    rungs.push((call, rung));
                }
                Back::Nothing => {}
                Back::Stays(why) => cautions.push(format!("this stays: {says}: {why}")),
                Back::No(why) => {
                    cautions.push(format!("what was done up to \"{says}\" stays: {why}"));
                    break;
                }
            }
        }
        if rungs.is_empty() {
            let why = cautions.pop().unwrap_or_else(|| match self.taken_back.len() {
                0 => "this run has changed nothing".into(),
                _ => "what can be taken back was taken back already".into(),
            });
            return Err(WhyNot::new(why));
        }
        let title = format!("Undo run {}: {}", self.run, self.plan.title);
        Ok(Plan { cautions, ..self.drawn(title, rungs, now) })
    }

    /// The plan that takes back these steps, counted from 0, and leaves the others as they are. A step that was made twice is taken back as
    /// one.
    pub fn steps(&self, which: &BTreeSet<usize>, now: Timestamp) -> Result<Plan, WhyNot> {
        self.is_clear()?;
        let mut chosen = BTreeSet::new();
        for step in which {
            self.can_be(*step)?;
            chosen.extend(self.rung(*step));
        }
        let mut rungs = Vec::new();
        let mut seen: BTreeSet<usize> = BTreeSet::new();
        for step in chosen.iter().rev().copied() {
            self.is_free(step, &chosen)?;
            if let Back::By(call) = self.way_back(step)
                && !seen.contains(&step)
            {
                let rung = self.rung(step);
                seen.extend(&rung);
                rungs.push((call, rung));
            }
        }
        if rungs.is_empty() {
            return Err(WhyNot::new("no step was named"));
        }
        let numbers: Vec<String> = chosen.iter().map(|step| (step + 1).to_string()).collect();
        let steps = if numbers.len() == 1 { "step" } else { "steps" };
        let title = format!("Undo {steps} {} of run {}: {}", numbers.join(", "), self.run, self.plan.title);
        let mut blocks = Vec::new();
        let left = self.plan.steps.len().saturating_sub(self.progress.step);
        if !self.progress.is_over() && left > 0 {
            let left = plural(left, "step that is left is", "steps that are left are");
            blocks.push(Block::new(format!(
                "run {} is not over: with this it ends, and the {left} not carried out by anybody",
                self.run
            )));
        }
        Ok(Plan { blocks, ..self.drawn(title, rungs, now) })
    }

    fn drawn(&self, title: String, rungs: Vec<(Call, Vec<usize>)>, now: Timestamp) -> Plan {
        let (calls, steps): (Vec<Call>, Vec<Vec<usize>>) = rungs.into_iter().unzip();
        Plan {
            action: "undo".into(),
            title,
            made: now,
            steps: calls.into_iter().map(Step).collect(),
            blocks: Vec::new(),
            cautions: Vec::new(),
            confirm: None,
            rungs: false,
            undoes: Some(Undoes { run: self.run.to_string(), steps }),
            ..self.plan.clone()
        }
        .asking_only()
    }

    fn is_clear(&self) -> Result<(), WhyNot> {
        if self.progress.doubt.is_some() || self.progress.discarding.is_some() {
            return Err(WhyNot::new("a call of this run is in doubt: resume it first, which clears that up"));
        }
        Ok(())
    }

    /// What the run itself has done, and nobody has taken back. What was so before it came is not the run's to take back.
    fn done(&self) -> impl DoubleEndedIterator<Item = usize> {
        let receipts = self.progress.receipts.iter().take(self.plan.steps.len()).enumerate();
        receipts
            .filter(|(step, receipt)| receipt.is_own() && !self.taken_back.contains(step))
            .map(|(step, _)| step)
    }

    fn way_back(&self, step: usize) -> Back {
        match self.plan.steps[step].0.way_back(self.progress.receipts.get(step)) {
            Back::By(call) => Back::By(known(call, self.progress)),
            back => back,
        }
    }

    /// The same call made several times, with no other call about the same thing between, is one thing: once is enough to take it back.
    fn rung(&self, step: usize) -> Vec<usize> {
        let call = &self.plan.steps[step].0;
        let about = call.about();
        if about.is_none() {
            return vec![step];
        }
        let is_about = |other: &usize| self.plan.steps[*other].0.about() == about;
        let is_same = |other: &usize| self.plan.steps[*other].0 == *call;
        let done: Vec<usize> = self.done().filter(is_about).collect();
        let (before, after): (Vec<usize>, Vec<usize>) = done.into_iter().partition(|other| *other < step);
        let mut rung: Vec<usize> = before.into_iter().rev().take_while(is_same).collect();
        rung.reverse();
        rung.extend(after.into_iter().take_while(is_same));
        rung
    }

    /// Is there something of this step to take back?
    fn can_be(&self, step: usize) -> Result<(), WhyNot> {
        let number = step + 1;
        if step >= self.plan.steps.len() {
            return Err(WhyNot::new(format!("run {} has no step {number}", self.run)));
        }
        let Some(receipt) = self.progress.receipts.get(step) else {
            return Err(WhyNot::new(format!("step {number} was not done")));
        };
        if self.taken_back.contains(&step) {
            return Err(WhyNot::new(format!("step {number} was taken back already")));
        }
        if *receipt == Receipt::FoundSo {
            return Err(WhyNot::new(format!(
                "it was so already when the run came to step {number}: it is not the run's to take back"
            )));
        }
        if let Receipt::Left(why) = receipt {
            return Err(WhyNot::new(format!("step {number} was left out: {why}")));
        }
        match self.way_back(step) {
            Back::By(_) => Ok(()),
            Back::Nothing => Err(WhyNot::new(format!("step {number} changed nothing"))),
            Back::Stays(why) | Back::No(why) => {
                Err(WhyNot::new(format!("step {number} cannot be undone: {why}")))
            }
        }
    }

    /// Are these two that no job may find half done?
    fn belong(&self, one: usize, other: usize) -> bool {
        let (first, second) = (one.min(other), one.max(other));
        second == first + 1 && self.plan.steps[first].0.gap(&self.plan.steps[second].0).is_some()
    }

    /// Does nothing that came later, and is not chosen too, hang on it?
    fn is_free(&self, step: usize, chosen: &BTreeSet<usize>) -> Result<(), WhyNot> {
        let number = step + 1;
        let about = self.plan.steps[step].0.about();
        if let Some(other) = self.done().find(|other| !chosen.contains(other) && self.belong(step, *other)) {
            return Err(WhyNot::new(format!(
                "step {} belongs to step {number} ({}): take it back as well",
                other + 1,
                self.plan.steps[other].0.says()
            )));
        }
        for later in self.done().filter(|later| *later > step && !chosen.contains(later)) {
            let call = &self.plan.steps[later].0;
            if let Back::No(why) = self.way_back(later) {
                return Err(WhyNot::new(format!(
                    "step {number} must stay, for step {} came after it ({}): {why}",
                    later + 1,
                    call.says()
                )));
            }
            if about.is_some() && call.about() == about && !call.is_wait() {
                return Err(WhyNot::new(format!(
                    "step {} came after step {number} and is about the same thing ({}): take it back as well",
                    later + 1,
                    call.says()
                )));
            }
        }
        Ok(())
    }
}

/// The key that the run made is known by now.
fn known(mut call: Call, progress: &Progress) -> Call {
    let key = match &mut call {
        Call::SetAccessKeyStatus(switch) => &mut switch.key,
        Call::DeleteAccessKey(delete) => &mut delete.key,
        _ => return call,
    };
    if let (KeyRef::Created, Some(made)) = (&key, &progress.made) {
        *key = KeyRef::Id(made.clone());
    }
    call
}

/// The steps of a run that other runs have taken back, and which run did. An undoing that was undone itself counts for nothing.
pub fn taken_back(run: RunId, runs: &[(RunId, &Plan, &Progress)]) -> BTreeMap<usize, RunId> {
    let name = run.to_string();
    let mut back = BTreeMap::new();
    // A run is undone by those that came after it: whatever a journal says, this comes to an end.
    for (id, plan, progress) in runs.iter().filter(|(id, ..)| *id > run) {
        let Some(undoes) = plan.undoes.as_ref().filter(|undoes| undoes.run == name) else { continue };
        let undone = taken_back(*id, runs);
        let done = undoes.steps.iter().take(progress.receipts.len()).enumerate();
        for (_, steps) in done.filter(|(step, _)| !undone.contains_key(step)) {
            back.extend(steps.iter().map(|step| (*step, *id)));
        }
    }
    back
}

/// The same from the journal itself. A run that cannot be read takes nothing back.
pub fn taken_back_in(journal: &Journal, run: RunId) -> Result<BTreeMap<usize, RunId>, StoreError> {
    let mut kept = Vec::new();
    for id in journal.runs()?.into_iter().filter(|id| *id > run) {
        let Ok(later) = journal.read::<Plan, Note>(id) else { continue };
        if let Ok(progress) = Progress::of(later.begun, &later.plan.calls(), &later.notes) {
            kept.push((id, later.plan, progress));
        }
    }
    let runs: Vec<(RunId, &Plan, &Progress)> =
        kept.iter().map(|(id, plan, progress)| (*id, plan, progress)).collect();
    Ok(taken_back(run, &runs))
}
