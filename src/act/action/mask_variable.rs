//! Keeps a variable's value out of job logs.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{
        call::{Flag, FlagVariable, Flags, Place},
        consumers::Consumers,
        plan::Plan,
    },
    model::{
        gitlab::{Owner, Variable},
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "mask-variable",
    about: "Keeps a variable's value out of job logs.",
    kind: Kind::Variable,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let variable = ground.estate.find::<Variable>(target);
    let variable = variable.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
    if matches!(variable.owner, Owner::Schedule { .. }) {
        return Err(WhyNot::new("variables of schedules have no such flag"));
    }
    let (place, flags) = (Place::of(variable), Flags::of(variable));
    if Flag::Masked.of(&flags) == Some(true) {
        return Err(WhyNot::new(format!("{place} is masked already")));
    }
    let title = format!("Mask {place}");
    let call = FlagVariable { place, flags, flag: Flag::Masked, to: true };
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], Consumers::default())?;
    let cautions = vec![
        "Only new output is masked, and only where the value stands in it as it is. GitLab masks no value with spaces or of fewer than eight letters."
            .into(),
    ];
    Ok(Plan { cautions, ..plan })
}
