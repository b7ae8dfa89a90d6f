//! Deletes an access key for good. It must have been switched off before, so that whoever needs it has had time to notice.

use super::{Action, Ground, Owned, Switch, WhyNot, Wishes, plan};
use crate::{
    act::{
        consumers::Consumers,
        plan::{Block, Plan},
    },
    base::text::plural,
    model::id::{Id, Kind},
};

pub(super) const ACTION: Action = Action {
    name: "delete-key",
    about: "Deletes an inactive access key for good.",
    kind: Kind::Key,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    if owned.switch == Some(Switch::Active) {
        return Err(WhyNot::new(format!("{} is active: deactivate it first, and wait", owned.id())));
    }
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let carriers = consumers.carriers.len();
    let held = format!("{} still hold it", plural(carriers, "variable", "variables"));
    let blocks: Vec<Block> =
        (carriers > 0).then(|| Block::new(held)).into_iter().chain(consumers.blocks()).collect();
    let title = format!("Delete {} of {}", owned.id(), owned.user.name());
    let plan = plan(ground, &ACTION, target, title, vec![owned.deleted()], consumers)?;
    let cautions =
        vec![format!("{} never comes back. Note its id: CloudTrail goes on to name it.", owned.id())];
    Ok(Plan { blocks, cautions, confirm: Some(owned.id().to_string()), ..plan })
}
