//! Keeps a runner from taking new jobs; those it runs go on.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{call::SetRunner, consumers::Consumers, plan::Plan},
    model::{
        gitlab::Runner,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "pause-runner",
    about: "Keeps a runner from taking new jobs.",
    kind: Kind::Runner,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let runner = ground.estate.find::<Runner>(target);
    let runner = runner.ok_or_else(|| WhyNot::new(format!("runner {} was not seen", target.key_text())))?;
    if runner.paused == Some(true) {
        return Err(WhyNot::new(format!("runner {} is paused already", runner.number)));
    }
    let title = format!("Pause runner {} of {}", runner.number, runner.instance);
    let call = SetRunner::paused(&runner.instance, runner.number, true);
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], Consumers::default())?;
    let cautions = vec!["Jobs it runs go on until they end, with every credential they have.".into()];
    Ok(Plan { cautions, ..plan })
}
