//! Refuses a user everything, its keys and its sessions alike, until that is undone.

use super::{Action, Ground, WhyNot, Wishes, plan};
use crate::{
    act::{
        consumers::Consumers,
        deny::Deny,
        opened::denied,
        plan::{Block, Plan},
    },
    model::{
        aws::{AccessKey, User},
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "quarantine-user",
    about: "Refuses a user everything, whichever of its keys or sessions is used; undo lets it in again.",
    kind: Kind::User,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let user = ground.estate.find::<User>(target);
    let user = user.ok_or_else(|| WhyNot::new(format!("{} was not seen", target.key_text())))?;
    let is_in = |document: &str| Deny::Everything.is_in(document, ground.now);
    if user.inline.as_deref().into_iter().flatten().any(|policy| is_in(&policy.document)) {
        return Err(WhyNot::new(format!("{} is refused everything already", user.name())));
    }
    let own = ground.estate.all::<AccessKey>().filter(|key| key.user.as_ref() == Some(&user.arn));
    let uses = own.map(|key| Consumers::of(ground.estate, ground.linked, &key.key, ground.now));
    let mut blocks: Vec<Block> = Vec::new();
    let mut consumers = Consumers::default();
    for used in uses {
        blocks.extend(used.breaks().map(Block::new));
        blocks.extend(used.blocks());
        consumers = if consumers.carriers.len() < used.carriers.len() { used } else { consumers };
    }
    let step = denied(&user.arn, user.inline.as_deref(), Deny::Everything)?;
    let title = format!("Quarantine {}", user.name());
    let plan = plan(ground, &ACTION, target, title, vec![step], consumers)?;
    let cautions = vec![
        "Sessions of roles that the user has assumed are the roles' own, and live on; revoke those roles too.".into(),
        "A policy of a resource cannot let the user in past this; whoever may write IAM can take it away again.".into(),
    ];
    Ok(Plan { blocks, cautions, ..plan })
}
