//! Switches an access key off. Its sessions live on, and it can be switched on again.

use super::{Action, Ground, Owned, Switch, WhyNot, Wishes, plan};
use crate::{
    act::{
        consumers::Consumers,
        plan::{Block, Plan},
    },
    model::id::{Id, Kind},
};

pub(super) const ACTION: Action = Action {
    name: "deactivate-key",
    about: "Switches an access key off; sessions it has opened live on until they expire.",
    kind: Kind::Key,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    if owned.switch != Some(Switch::Active) {
        return Err(WhyNot::new(format!("{} is not active", owned.id())));
    }
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let blocks: Vec<Block> =
        consumers.breaks().map(Block::new).into_iter().chain(consumers.blocks()).collect();
    let title = format!("Deactivate {} of {}", owned.id(), owned.user.name());
    let steps = vec![owned.switched(Switch::Active, Switch::Inactive)];
    let plan = plan(ground, &ACTION, target, title, steps, consumers)?;
    let cautions = vec![
        "Sessions the key has opened (AssumeRole, GetSessionToken, GetFederationToken) are not ended by this.".into(),
    ];
    Ok(Plan { blocks, cautions, ..plan })
}
