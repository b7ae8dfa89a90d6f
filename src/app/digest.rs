//! When the estate is joined and judged anew: after the first report at once, then in step with what it costs.

use std::sync::Arc;

use super::{Effect, state::App, world::World};
use crate::{base::time::Timestamp, model::observe::Report};

/// How far the world lags behind the estate, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Digest {
    /// Was anything reported since the last digest began?
    stale: bool,
    under_way: bool,
    /// Not sooner than this.
    next: Timestamp,
}

impl App {
    pub(super) fn reported(&mut self, reports: Vec<Report>) {
        self.digest.stale |= !reports.is_empty();
        self.dirty |= !reports.is_empty();
        for report in reports {
            self.estate.absorb(report);
        }
    }

    /// The digest to order now, if one is due.
    pub(super) fn due_digest(&mut self) -> Option<Effect> {
        let due = self.digest.stale && !self.digest.under_way && self.now >= self.digest.next;
        due.then(|| {
            self.digest.stale = false;
            self.digest.under_way = true;
            Effect::Digest { estate: self.estate.clone(), limits: self.settings.limits, now: self.now }
        })
    }

    /// The next digest waits twice as long as this one took: the machine stays free for the rest. The world shown so far
    /// is handed back.
    pub(super) fn digested(&mut self, world: Arc<World>, cost_ms: u64) -> Effect {
        self.digest.under_way = false;
        let pause = i64::try_from(cost_ms.saturating_mul(2).div_ceil(1000)).unwrap_or(i64::MAX);
        self.digest.next = self.now.plus(pause);
        let old = std::mem::replace(&mut self.world, world);
        for table in &mut self.tables {
            table.outdate();
        }
        self.dirty = true;
        Effect::Discard(old)
    }
}
