//! Switches an access key on again.

use super::{Action, Ground, Owned, Switch, WhyNot, Wishes, plan};
use crate::{
    act::{consumers::Consumers, plan::Plan},
    model::id::{Id, Kind},
};

pub(super) const ACTION: Action = Action {
    name: "reactivate-key",
    about: "Switches an access key on again.",
    kind: Kind::Key,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    if owned.switch != Some(Switch::Inactive) {
        return Err(WhyNot::new(format!("{} is not inactive", owned.id())));
    }
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let title = format!("Reactivate {} of {}", owned.id(), owned.user.name());
    plan(ground, &ACTION, target, title, vec![owned.switched(Switch::Inactive, Switch::Active)], consumers)
}
