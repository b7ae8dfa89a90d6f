//! A plan whose steps each stop something by themselves is a ladder: a person may leave rungs of it out before it is confirmed.

use std::collections::BTreeSet;

use super::{action::WhyNot, plan::Plan};

impl Plan {
    /// The steps that are one rung with this one, counted from 0: all that is done to the same thing. `Err`: why it cannot be left out.
    pub fn rung(&self, step: usize) -> Result<BTreeSet<usize>, WhyNot> {
        let number = step + 1;
        let Some(chosen) = self.steps.get(step) else {
            return Err(WhyNot::new(format!("the plan has no step {number}")));
        };
        if chosen.0.is_wait() {
            return Err(WhyNot::new("a wait goes by itself when nothing is left to wait for"));
        }
        let about = chosen.0.about().filter(|_| self.rungs);
        let about = about.ok_or_else(|| {
            WhyNot::new("the steps of this plan hang together: it is carried out whole, or not at all")
        })?;
        let steps = self.steps.iter().enumerate();
        let same = steps.filter(|(_, step)| !step.0.is_wait() && step.0.about().as_ref() == Some(&about));
        Ok(same.map(|(step, _)| step).collect())
    }

    /// The steps that are left without these and all that is one rung with them.
    pub fn kept_without(&self, left_out: &BTreeSet<usize>) -> Result<Vec<usize>, WhyNot> {
        let mut gone = BTreeSet::new();
        for step in left_out {
            gone.extend(self.rung(*step)?);
        }
        let stays = |step: usize| !gone.contains(&step) && !self.steps[step].0.is_wait();
        // A wait is for what is done to the same thing before it and after it.
        let spans = |wait: usize| {
            gone.is_empty()
                || (0..wait).filter(|before| stays(*before)).any(|before| {
                    let about = self.steps[before].0.about();
                    let mut after = (wait + 1..self.steps.len()).filter(|after| stays(*after));
                    after.any(|after| self.steps[after].0.about() == about)
                })
        };
        let steps = 0..self.steps.len();
        Ok(steps.filter(|step| stays(*step) || (!gone.contains(step) && spans(*step))).collect())
    }

    /// What is left of the plan without these steps; it says what is not done.
    pub fn without(&self, left_out: &BTreeSet<usize>) -> Result<Self, WhyNot> {
        let kept = self.kept_without(left_out)?;
        if kept.is_empty() {
            return Err(WhyNot::new("nothing would be left of the plan"));
        }
        if kept.len() == self.steps.len() {
            return Ok(self.clone());
        }
        let mut cautions: Vec<String> = Vec::new();
        for gone in
            self.steps.iter().enumerate().filter(|(step, _)| !kept.contains(step)).map(|(_, step)| step)
        {
            let says = format!("Left out, and so not done: {}.", gone.0.says());
            // A step that would be made twice is missed once.
            if !gone.0.is_wait() && !cautions.contains(&says) {
                cautions.push(says);
            }
        }
        let steps: Vec<_> = kept.iter().map(|step| self.steps[*step].clone()).collect();
        let mut plan = Self { steps, ..self.clone() };
        plan.cautions.splice(0..0, cautions);
        plan = plan.asking_only();
        let calls = plan.calls();
        let asked: BTreeSet<_> = calls.iter().flat_map(|call| call.needs()).collect();
        let needs = plan.needs.iter().filter(|need| asked.contains(&need.right)).cloned().collect();
        Ok(Self { needs, ..plan })
    }

    /// As whom its steps are made, and nobody else.
    pub(super) fn asking_only(self) -> Self {
        let calls = self.calls();
        let is_asked = |identity: &super::Identity| match identity {
            super::Identity::Aws { account, .. } => calls.iter().any(|call| call.account() == Some(*account)),
            super::Identity::GitLab { instance, .. } => {
                calls.iter().any(|call| call.instance() == Some(&**instance))
            }
        };
        let identities = self.identities.iter().filter(|identity| is_asked(identity)).cloned().collect();
        Self { identities, ..self }
    }

    /// What is left when these steps alone are carried out.
    pub fn only(&self, steps: &BTreeSet<usize>) -> Result<Self, WhyNot> {
        let mut kept = BTreeSet::new();
        for step in steps {
            kept.extend(self.rung(*step)?);
        }
        let others =
            (0..self.steps.len()).filter(|step| !kept.contains(step) && !self.steps[*step].0.is_wait());
        self.without(&others.collect())
    }
}
