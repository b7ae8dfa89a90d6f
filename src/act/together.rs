//! Several plans of one action as one: what is marked on a screen is shown, confirmed and carried out as a whole.

use super::{action::WhyNot, consumers::Consumers, plan::Plan};
use crate::base::text::plural;

/// The steps of all, in the order of the plans. Whatever is said of one of them is said of the whole. A run keeps one new secret, so that
/// of plans which make a key there may be one. No plan at all is no plan.
pub fn together(plans: Vec<Plan>) -> Result<Plan, WhyNot> {
    let makers = plans.iter().flat_map(Plan::calls).filter(|call| !call.is_repeatable()).count();
    if makers > 1 {
        return Err(WhyNot::new("a run makes one new key: take these one after the other"));
    }
    let count = plans.len();
    let mut plans = plans.into_iter();
    let Some(mut whole) = plans.next() else { return Err(WhyNot::new("nothing was chosen")) };
    if count == 1 {
        return Ok(whole);
    }
    let kind = whole.target.kind().word();
    let what = plural(count, kind, &format!("{kind}s"));
    let mut titles = vec![std::mem::take(&mut whole.title)];
    for plan in plans {
        titles.push(plan.title);
        whole.rungs &= plan.rungs;
        whole.steps.extend(plan.steps);
        whole.identities.extend(plan.identities);
        whole.needs.extend(plan.needs);
        whole.blocks.extend(plan.blocks.into_iter().map(|mut block| {
            block.says = format!("{}: {}", plan.target.key_text(), block.says);
            block
        }));
        for caution in plan.cautions {
            if !whole.cautions.contains(&caution) {
                whole.cautions.push(caution);
            }
        }
        whole.texts.extend(plan.texts);
        whole.consumers.take_in(plan.consumers);
        whole.confirm = whole.confirm.or(plan.confirm);
    }
    whole.identities.sort();
    whole.identities.dedup();
    whole.needs.sort();
    whole.needs.dedup();
    whole.title = format!("{what}: {}", titles.join("; "));
    // No single name stands for all of them.
    whole.confirm = whole.confirm.map(|_| what);
    Ok(whole)
}

impl Consumers {
    /// Everybody who uses one or the other.
    fn take_in(&mut self, other: Self) {
        self.projects += other.projects;
        self.running += other.running;
        self.last_use = self.last_use.take().into_iter().chain(other.last_use).max();
        self.carriers.extend(other.carriers);
        let lists = [
            (&mut self.kept_in, other.kept_in),
            (&mut self.addresses, other.addresses),
            (&mut self.services, other.services),
            (&mut self.agents, other.agents),
            (&mut self.unexplained, other.unexplained),
        ];
        for (own, others) in lists {
            own.extend(others);
            own.sort();
            own.dedup();
        }
    }
}
