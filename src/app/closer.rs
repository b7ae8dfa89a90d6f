//! What one stays on is looked at more closely: a project's CI configuration is merged at once, and not when its turn comes; who opened a
//! session, or last assumed a role, before the events that were read is asked for by name.

use std::{collections::BTreeSet, sync::Arc};

use super::{effect::Effect, pane::RowId, state::App, world::World};
use crate::{
    base::name::AccountId,
    model::{
        aws::RoleUse,
        ci::{CiConfig, CiReading},
        entity::Entity,
        id::{Id, Kind},
        link::Relation,
    },
};

/// Rows that the cursor only passes are nobody's wish.
const STAYS_MS: u64 = 500;

/// What one stands on, since when, and what was asked for already.
#[derive(Clone, Debug, Default)]
pub(super) struct Closer {
    on: Option<Id>,
    since_ms: u64,
    asked: BTreeSet<Id>,
}

impl App {
    /// What to look at more closely now, if anything; asked at every tick.
    pub(super) fn due_closer(&mut self) -> Option<Effect> {
        let here = self.trail().here().and_then(|stop| match &stop.row {
            RowId::Thing(id) => Some(id.clone()),
            RowId::Scope(_) | RowId::Run(_) => None,
        });
        let now = self.uptime_ms;
        let closer = &mut self.closer;
        if closer.on != here {
            (closer.on, closer.since_ms) = (here, now);
            return None;
        }
        let id =
            here.filter(|id| now.saturating_sub(closer.since_ms) >= STAYS_MS && !closer.asked.contains(id))?;
        closer.asked.insert(id.clone());
        match id.kind() {
            Kind::Project => {
                let (instance, project) = id.key_text().rsplit_once('/')?;
                let project = project.parse().ok()?;
                wants(&self.world, instance, project)
                    .then(|| Effect::LookCloser { instance: instance.into(), project })
            }
            _ => names_of_old(&self.world, &id).map(|(account, name)| Effect::LookUp { account, name }),
        }
    }
}

/// How far back CloudTrail can be asked: 90 days, in seconds.
const HISTORY: i64 = 90 * 86_400;

/// Whom to ask by which name, where what was read does not reach back far enough.
fn names_of_old(world: &World, id: &Id) -> Option<(AccountId, Arc<str>)> {
    match world.get(id)? {
        // The minting stands in the trail of the role's account, which a temporary key's id tells.
        Entity::Session(session) if session.call.is_none() => {
            let key = session.key.as_ref()?;
            Some((key.account()?, key.as_str().into()))
        }
        Entity::Role(role) => {
            let Some(RoleUse::At { at, .. }) = &role.last_use else { return None };
            let is_known = world.linked.origins(id, Relation::AskedFor).next().is_some();
            let is_in_reach = world.now.seconds() - at.seconds() < HISTORY;
            let account = role.arn.account().filter(|_| !is_known && is_in_reach)?;
            Some((account, role.arn.as_str().into()))
        }
        _ => None,
    }
}

/// Would GitLab's own merging tell more than is known?
fn wants(world: &World, instance: &str, project: u64) -> bool {
    let config: Option<&CiConfig> = world.estate.find(&Id::ci_config(instance, project));
    config.is_none_or(|config| match config.reading {
        Some(CiReading::Lint) => false,
        Some(CiReading::Local) => config.valid.is_none(),
        None => config.jobs.is_none(),
    })
}
