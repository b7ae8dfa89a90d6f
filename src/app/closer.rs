//! A project that one stays on is looked at more closely: its CI configuration is merged at once, and not when its turn comes.

use std::collections::BTreeSet;

use super::{effect::Effect, pane::RowId, state::App, world::World};
use crate::model::{
    ci::{CiConfig, CiReading},
    id::{Id, Kind},
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
            RowId::Thing(id) if id.kind() == Kind::Project => Some(id.clone()),
            _ => None,
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
        let (instance, project) = id.key_text().rsplit_once('/')?;
        let project = project.parse().ok()?;
        wants(&self.world, instance, project)
            .then(|| Effect::LookCloser { instance: instance.into(), project })
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
