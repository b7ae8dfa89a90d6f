//! The ladder for a leaked key: it stops working, the sessions it has opened stop working, those they have opened too, and its secret is
//! no longer there to be read. What cannot be reached from here is said.

use std::collections::BTreeSet;

use super::{
    Action, Ground, Owned, Switch, WhyNot, Wishes,
    drawn::aws_identity,
    plan,
    revoke_role_sessions::{AGAIN, denied},
};
use crate::{
    act::{
        call::{BlankVariable, Flags, Soak},
        consumers::Consumers,
        deny::Deny,
        plan::{Block, Plan},
    },
    model::{
        aws::{Role, User},
        entity::Entity,
        event::Event,
        gitlab::Variable,
        id::{Id, Kind},
        link::Relation,
        session::Session,
    },
};

pub(super) const ACTION: Action = Action {
    name: "contain-key",
    about: "Deactivates a leaked key, revokes its user's sessions and those of every role it was seen to open, chains \
            to their end, and takes its secret out of the variables.",
    kind: Kind::Key,
    wishes: &[],
    make,
};

/// Calls by which somebody with a stolen key stays. Source: AWS's customer playbook for compromised credentials.
const FOOTHOLDS: [&str; 14] = [
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "AttachUserPolicy",
    "PutUserPolicy",
    "AddUserToGroup",
    "CreateRole",
    "AttachRolePolicy",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
    "CreateOpenIDConnectProvider",
    "GetFederationToken",
    "RunInstances",
];

fn make(ground: &Ground<'_>, target: &Id, _: &Wishes) -> Result<Plan, WhyNot> {
    let owned = Owned::of(ground, target)?;
    let consumers = Consumers::of(ground.estate, ground.linked, owned.id(), ground.now);
    let mut steps = Vec::new();
    if owned.switch == Some(Switch::Active) {
        steps.push(owned.switched(Switch::Active, Switch::Inactive));
    }
    let user = ground.estate.find::<User>(&Id::user(owned.user));
    let inline = user.and_then(|user| user.inline.as_deref());
    let mut revoked = vec![denied(owned.user, inline, Deny::OlderSessions)?];
    let opened = Opened::by(ground, target);
    let mut cautions = Vec::new();
    for id in &opened.roles {
        let role = ground.estate.find::<Role>(id);
        let step = role
            .ok_or_else(|| WhyNot::new(format!("{} was not seen", id.key_text())))
            .and_then(|role| denied(&role.arn, role.inline.as_deref(), Deny::OlderSessions))
            .and_then(|step| {
                step.0
                    .account()
                    .map_or(Ok(()), |account| aws_identity(ground, account).map(|_| ()))
                    .map(|()| step)
            });
        match step {
            Ok(step) => revoked.push(step),
            Err(why) => cautions.push(format!("Not stopped: the sessions of {}: {why}.", id.key_text())),
        }
    }
    steps.extend(revoked.iter().cloned());
    steps.push(Soak { seconds: AGAIN }.into());
    steps.extend(revoked);
    for carrier in &consumers.carriers {
        match &carrier.secret {
            Some(place) => {
                let id = Id::variable(&place.instance, &place.owner, &place.key, &place.scope);
                let flags = ground.estate.find::<Variable>(&id).map(Flags::of).unwrap_or_default();
                steps.push(BlankVariable { place: place.clone(), flags }.into());
            }
            None => cautions.push(format!(
                "Left as it is: {} holds more than this key; take it out by hand.",
                carrier.place
            )),
        }
    }
    cautions.extend(opened.cautions(ground));
    cautions
        .push("Not stopped: whoever may assume one of these roles by another way opens new sessions.".into());
    let blocks = consumers.breaks().map(Block::new).into_iter().collect();
    let title = format!("Contain {} of {}", owned.id(), owned.user.name());
    let confirm = Some(owned.id().to_string());
    let plan = plan(ground, &ACTION, target, title, steps, consumers)?;
    Ok(Plan { blocks, cautions, confirm, rungs: true, ..plan })
}

/// What was opened with a key, and with what that had opened, to the end.
struct Opened<'a> {
    /// The key and every session.
    by: BTreeSet<&'a Id>,
    roles: BTreeSet<&'a Id>,
}

impl<'a> Opened<'a> {
    fn by(ground: &Ground<'a>, key: &'a Id) -> Self {
        let mut opened = Self { by: BTreeSet::from([key]), roles: BTreeSet::new() };
        let mut open = vec![key];
        while let Some(opener) = open.pop() {
            for session in
                ground.linked.targets(opener, Relation::Opened).filter(|id| id.kind() == Kind::Session)
            {
                opened.roles.extend(ground.linked.origins(session, Relation::AssumedAs));
                if opened.by.insert(session) {
                    open.push(session);
                }
            }
        }
        opened
    }

    /// Ways to stay that one of them may have made, and what was not seen.
    fn cautions(&self, ground: &Ground<'_>) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for id in &self.by {
            match ground.linked.derived(id) {
                Some(Entity::Session(Session { key: Some(key), .. })) => keys.insert(key.as_str()),
                _ => keys.insert(id.key_text()),
            };
        }
        let by = |event: &&Event| event.caller.key.as_ref().is_some_and(|key| keys.contains(key.as_str()));
        let footholds = ground
            .estate
            .all::<Event>()
            .filter(by)
            .filter(|event| FOOTHOLDS.contains(&&*event.name) && !event.is_denied());
        let mut said: Vec<String> = footholds
            .map(|event| {
                let about = event.about.as_deref().map_or_else(String::new, |about| format!(" ({about})"));
                format!(
                    "Look at what {}{about} made at {} in account {}.",
                    event.name, event.at, event.account
                )
            })
            .collect();
        said.sort();
        said.dedup();
        let unread = ground.estate.gaps().filter(|(_, gap)| gap.call.contains("LookupEvents"));
        said.extend(unread.map(|(scope, gap)| {
            format!("Not seen: events of {}: {}: sessions may be missing above.", scope.source, gap.blame)
        }));
        said
    }
}
