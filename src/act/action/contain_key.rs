//! The ladder for a leaked key: it stops working, the sessions it has opened stop working, those they have opened too, its secret is no
//! longer there to be read, and runners it lies on take no more jobs. What cannot be reached from here is said.

use super::{Action, Ground, Owned, Switch, WhyNot, Wishes, plan};
use crate::{
    act::{
        call::{BlankVariable, Flags, Shows},
        consumers::Consumers,
        deny::Deny,
        exposed,
        opened::{Opened, denied, twice},
        plan::{Block, Plan},
    },
    model::{
        aws::{AccessKey, KeyStatus, User},
        gitlab::Variable,
        id::{Id, Kind},
    },
};

pub(super) const ACTION: Action = Action {
    name: "contain-key",
    about: "Deactivates a leaked key, revokes its user's sessions and those of every role it was seen to open, chains \
            to their end, takes its secret out of the variables, and pauses the runners that serve nobody else.",
    kind: Kind::Key,
    wishes: &[],
    make,
};

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let mut steps = Vec::new();
    if owned.switch == Some(Switch::Active) {
        steps.push(owned.switched(Switch::Active, Switch::Inactive));
    }
    let user = ground.estate.find::<User>(&Id::user(owned.user));
    let inline = user.and_then(|user| user.inline.as_deref());
    let opened = Opened::by(ground, [target]);
    let (roles, mut cautions) = opened.revoked(ground);
    let revoked = [vec![denied(owned.user, inline, Deny::OlderSessions)?], roles].concat();
    steps.extend(twice(revoked));
    for carrier in &consumers.carriers {
        match &carrier.secret {
            Some(place) => {
                let id = Id::variable(&place.instance, &place.owner, &place.key, &place.scope);
                let flags = ground.estate.find::<Variable>(&id).map(Flags::of).unwrap_or_default();
                let shows = Some(Shows { place: carrier.place.clone(), key: owned.id().clone() });
                steps.push(BlankVariable { place: place.clone(), flags, shows }.into());
            }
            None => cautions.push(format!(
                "Left as it is: {} holds more than this key; take it out by hand.",
                carrier.place
            )),
        }
    }
    let (paused, left) = exposed::paused(ground, target);
    steps.extend(paused);
    cautions.extend(left);
    cautions.extend(other_keys(ground, &owned));
    cautions.extend(opened.cautions(ground));
    cautions
        .push("Not stopped: whoever may assume one of these roles by another way opens new sessions.".into());
    let blocks = consumers.breaks().map(Block::new).into_iter().collect();
    let title = format!("Contain {} of {}", owned.id(), owned.user.name());
    let confirm = Some(owned.id().to_string());
    let plan = plan(ground, &ACTION, target, title, steps, consumers)?;
    Ok(Plan { blocks, cautions, confirm, rungs: true, ..plan })
}

/// Whoever has one key of a user may have got another.
fn other_keys(ground: &Ground<'_>, owned: &Owned<'_>) -> Vec<String> {
    let own = ground.estate.all::<AccessKey>().filter(|key| key.user.as_ref() == Some(owned.user));
    let active = own.filter(|key| key.key != *owned.id() && key.status == Some(KeyStatus::Active));
    active
        .map(|key| format!("Not stopped: {}, another active key of {}.", key.key, owned.user.name()))
        .collect()
}
