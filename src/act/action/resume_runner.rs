//! Lets a paused runner take jobs again.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{call::SetRunner, consumers::Consumers, plan::Plan},
    model::{
        gitlab::Runner,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "resume-runner",
    about: "Lets a paused runner take jobs again.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let runner = ground.estate.find::<Runner>(target);
    let runner = runner.ok_or_else(|| WhyNot::new(format!("runner {} was not seen", target.key_text())))?;
    if runner.paused == Some(false) {
        return Err(WhyNot::new(format!("runner {} is not paused", runner.number)));
    }
    let title = format!("Resume runner {} of {}", runner.number, runner.instance);
    let call = SetRunner::paused(&runner.instance, runner.number, false);
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], Consumers::default())?;
    Ok(plan)
}
