//! Ends a role's sessions and all that was opened from them, in the order in which nobody comes back: the way in is closed first, then every
//! role that was reached is revoked, at once, and once more when the first time has spread.

use super::{
    Action, Ground, Owned, WhyNot, plan,
    remove_principal::{changed, role_of, taken_out},
};
use crate::{
    act::{
        call::Switch,
        came::Came,
        consumers::Consumers,
        deny::Deny,
        opened::{Opened, denied, twice},
        plan::{Block, Plan, Step},
        trust,
        wish::{Takes, Wish, Wishes},
    },
    base::name::KeyId,
    model::{
        aws::Role,
        entity::Entity,
        id::{Id, Kind},
        link::Relation,
        session::{Opener, Session},
    },
};

const WAY: Wish = Wish {
    name: "way",
    about: "the way in that is closed first: a key, or somebody the role trusts",
    takes: Takes::OneOf(ways),
    must: false,
};

pub(super) const ACTION: Action = Action {
    name: "revoke-chain",
    about: "Closes the way into a role, then refuses everything to its sessions and those of every role that was \
            reached from them; --way names the way where several were seen.",
    kind: Kind::Role,
    wishes: &[WAY],
    make,
};

/// The ways by which sessions of the role were seen to be opened: keys, and principals its trust policy names.
fn ways(ground: &Ground<'_>, target: &Id) -> Vec<String> {
    let mut found = Vec::new();
    let came = Came::to(ground, target);
    let sessions = ground.linked.targets(target, Relation::AssumedAs);
    for session in sessions.filter_map(|id| ground.linked.derived(id)) {
        if let Entity::Session(Session { opened_by: Opener::Key(key), .. }) = session {
            found.push(key.to_string());
        }
    }
    let document = ground.estate.find::<Role>(target).and_then(|role| role.trust.as_deref());
    let named = document.map(trust::principals).unwrap_or_default();
    let seen = came.tokens.keys().map(|token| token.provider.to_string());
    let roles = came.principals.keys().filter(|arn| arn.resource().starts_with("role/"));
    let seen = seen.chain(roles.map(ToString::to_string));
    found.extend(seen.filter(|name| named.contains(name)));
    found.sort();
    found.dedup();
    found
}

fn make(ground: &Ground<'_>, target: &Id, wishes: &Wishes) -> Result<Plan, WhyNot> {
    let (role, from) = role_of(ground, target)?;
    let seen = ways(ground, target);
    let way = match (wishes.text(&WAY), seen.as_slice()) {
        (Some(wished), _) => wished,
        (None, [one]) => one,
        (None, []) => {
            return Err(WhyNot::new(format!(
                "by which way {} was opened was not seen: name it with --way (a key, or one of {})",
                role.name(),
                trust::principals(from).into_iter().collect::<Vec<_>>().join(", ")
            )));
        }
        (None, several) => {
            let list = several.join(", ");
            return Err(WhyNot::new(format!(
                "{} was opened by several ways, name one with --way: {list}",
                role.name()
            )));
        }
    };
    let (closing, mut blocks) = closed(ground, role, from, way)?;
    let opened = Opened::by(ground, [target]);
    let (revoked, mut cautions) = opened.revoked(ground);
    if revoked.is_empty() {
        return Err(WhyNot::new(cautions.pop().unwrap_or_else(|| format!("{} was not seen", role.name()))));
    }
    let steps = [vec![closing], twice(revoked)].concat();
    let others: Vec<&String> = seen.iter().filter(|other| *other != way).collect();
    blocks.extend(others.into_iter().map(|other| {
        Block::new(format!("{other} was seen to open it too, and opens new sessions: that way stays open"))
    }));
    cautions.extend(beyond(ground, &opened));
    cautions.extend(opened.cautions(ground));
    cautions
        .push("Undoing this opens the way again, and lets sessions in that have not expired by then.".into());
    let title = format!("Revoke {} and all that was opened from it, {way} first", role.name());
    let plan = plan(ground, &ACTION, target, title, steps, Consumers::default())?;
    Ok(Plan { blocks, cautions, rungs: true, ..plan })
}

/// The step that closes a way, and who is hurt by it. Where a role trusts nobody else, IAM takes no policy without them: then the role may
/// do nothing at all.
fn closed(ground: &Ground<'_>, role: &Role, from: &str, way: &str) -> Result<(Step, Vec<Block>), WhyNot> {
    if let Some(key) = KeyId::new(way) {
        let id = Id::key(&key);
        let owned = Owned::of(ground, &id)?;
        if owned.switch != Some(Switch::Active) {
            return Err(WhyNot::new(format!("{key} is not active: it opens nothing any more")));
        }
        let consumers = Consumers::of(ground.estate, ground.linked, &key, ground.now);
        let blocks = consumers.breaks().map(Block::new).into_iter().collect();
        return Ok((owned.switched(Switch::Active, Switch::Inactive), blocks));
    }
    if !trust::principals(from).contains(way) {
        return Err(WhyNot::new(format!("{} does not trust {way}", role.name())));
    }
    let block = |says: String| vec![Block::new(says)];
    let name = role.name();
    if trust::without(from, way).is_none() {
        let blocks = block(format!("{name} trusts nobody but {way}: it is refused everything from then on"));
        return Ok((denied(&role.arn, role.inline.as_deref(), Deny::Everything)?, blocks));
    }
    let blocks = block(format!("whoever else opens {name} by {way} is refused from then on"));
    Ok((changed(role, from, taken_out(role, from, way)?)?, blocks))
}

/// Roles that could be reached and were not seen to be.
fn beyond(ground: &Ground<'_>, opened: &Opened<'_>) -> Option<String> {
    let mut found: Vec<&Id> = Vec::new();
    let mut open: Vec<&Id> = opened.roles.iter().copied().collect();
    while let Some(role) = open.pop() {
        let next = ground.linked.targets(role, Relation::MayAssume).filter(|id| id.kind() == Kind::Role);
        for id in next {
            if !opened.roles.contains(id) && !found.contains(&id) {
                found.push(id);
                open.push(id);
            }
        }
    }
    found.sort();
    let names: Vec<&str> = found.into_iter().map(Id::key_text).collect();
    (!names.is_empty()).then(|| format!("Within reach, and no session was seen: {}.", names.join(", ")))
}
