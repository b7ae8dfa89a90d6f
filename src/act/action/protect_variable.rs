//! Gives a variable to jobs of protected branches and tags alone.

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
    name: "protect-variable",
    about: "Gives a variable to jobs of protected branches and tags alone.",
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
    if Flag::Protected.of(&flags) == Some(true) {
        return Err(WhyNot::new(format!("{place} is protected already")));
    }
    let title = format!("Protect {place}");
    let call = FlagVariable { place, flags, flag: Flag::Protected, to: true };
    let plan = plan(ground, &ACTION, target, title, vec![call.into()], Consumers::default())?;
    let cautions = vec![
        "Jobs of branches and tags that nobody protects do not get it any more, and fail if they need it."
            .into(),
    ];
    Ok(Plan { cautions, ..plan })
}
