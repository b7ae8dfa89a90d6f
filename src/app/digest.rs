//! When the estate is joined and judged anew: after the first report at once, then in step with what it costs.

use std::sync::Arc;

use super::{Effect, state::App, world::World};
use crate::model::observe::Report;

/// How old a world may become before it is put together anew, whatever was reported.
const AGED_SECONDS: i64 = 60;

/// How far the world lags behind the estate, and since when.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Digest {
    /// Was anything reported since the last digest began?
    stale: bool,
    under_way: bool,
    /// Not sooner than at this uptime.
    next_ms: u64,
}

impl App {
    pub(super) fn reported(&mut self, reports: Vec<Report>) {
        self.digest.stale |= !reports.is_empty();
        self.dirty |= !reports.is_empty();
        // A look may begin by itself.
        self.sweeping |= reports.iter().any(|report| matches!(report, Report::Began { .. }));
        for report in reports {
            self.estate.absorb(report);
        }
    }

    /// The digest to order now, if one is due.
    pub(super) fn due_digest(&mut self) -> Option<Effect> {
        // Ages are counted from the world's own time: one that nothing changes still has to grow older.
        let aged = self.now >= self.world.now.plus(AGED_SECONDS);
        let due =
            (self.digest.stale || aged) && !self.digest.under_way && self.uptime_ms >= self.digest.next_ms;
        due.then(|| {
            self.digest.stale = false;
            self.digest.under_way = true;
            Effect::Digest { estate: self.estate.clone(), limits: self.settings.limits, now: self.now }
        })
    }

    /// The next digest waits twice as long as this one took: the machine stays free for the rest. The world shown so far
    /// is handed back.
    pub(super) fn digested(&mut self, mut world: Arc<World>, cost_ms: u64) -> Effect {
        self.digest.under_way = false;
        self.digest.next_ms = self.uptime_ms.saturating_add(cost_ms.saturating_mul(2));
        // The journal of runs is no part of any look.
        let fresh = Arc::make_mut(&mut world);
        fresh.runs = Arc::clone(&self.world.runs);
        fresh.no_journal.clone_from(&self.world.no_journal);
        let old = std::mem::replace(&mut self.world, world);
        for table in &mut self.tables {
            table.outdate();
        }
        self.renew_chart();
        self.dirty = true;
        Effect::Discard(old)
    }
}
