//! One scope's part of a walk: it begins, shows pages, admits gaps and ends whole or in part. Every collector speaks through it.

use std::sync::atomic::{AtomicBool, Ordering};

use super::{
    graphql::Trouble,
    walk::{Halt, Walk},
};
use crate::{
    base::blame::Blame,
    model::{
        entity::Entity,
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    },
    net::Error,
};

/// An open sweep.
pub(super) struct Strand<'w> {
    walk: &'w Walk,
    sweep: Sweep,
    /// Nothing was refused, lost or left out so far.
    whole: AtomicBool,
}

impl Walk {
    /// Opens the sweep of one scope.
    pub(super) async fn begin(&self, what: &'static str) -> Strand<'_> {
        let strand = self.beside(what);
        strand.send(Report::Began { sweep: strand.sweep.clone(), at: self.outlet.clock.now() }).await;
        strand
    }

    /// A strand that adds to a sweep which another walk of the same number began and ends.
    pub(super) fn beside(&self, what: &'static str) -> Strand<'_> {
        let sweep = Sweep { scope: Scope::new(self.instance().clone(), what), run: self.outlet.run };
        Strand { walk: self, sweep, whole: AtomicBool::new(true) }
    }
}

impl Strand<'_> {
    /// Shows what one page held.
    pub(super) async fn saw<T: Into<Entity>>(&self, things: impl IntoIterator<Item = T>) {
        let saw: Vec<Entity> = things.into_iter().map(Into::into).collect();
        if !saw.is_empty() {
            self.observe(saw, Vec::new()).await;
        }
    }

    /// How many things this scope holds in all.
    pub(super) async fn expects(&self, total: usize) {
        self.send(Report::Expects { sweep: self.sweep.clone(), total }).await;
    }

    /// Admits something that could not be read. The scope is no longer whole.
    pub(super) async fn gap(&self, call: impl Into<String>, blame: Blame) {
        self.in_part();
        self.note(call, blame).await;
    }

    /// Tells of something a collector found another way around: the scope stays whole.
    pub(super) async fn note(&self, call: impl Into<String>, blame: Blame) {
        self.observe(Vec::new(), vec![Gap { call: call.into(), blame }]).await;
    }

    /// A call ended in a halt. `fix` is the role that would lift a 403.
    pub(super) async fn refused(&self, call: impl Into<String>, halt: &Halt, fix: &str) {
        self.in_part();
        if let Some(blame) = blame(halt, fix) {
            self.gap(call, blame).await;
        }
    }

    /// A read in bulk broke off. Says whether REST is to be asked instead; where not, neither this scope nor the one
    /// that the same pages feed is whole.
    pub(super) async fn falls_to_rest(
        &self,
        beside: &Strand<'_>,
        call: &'static str,
        trouble: &Trouble,
        fix: &str,
    ) -> bool {
        let falls = trouble.is_graphqls_own();
        if !falls {
            self.in_part();
            beside.in_part();
        }
        match trouble.blame(fix) {
            Some(blame) if falls => self.note(call, blame).await,
            Some(blame) => self.gap(call, blame).await,
            None => {}
        }
        falls
    }

    /// Something was not seen.
    pub(super) fn in_part(&self) {
        self.whole.store(false, Ordering::Relaxed);
    }

    pub(super) async fn end(self) {
        let outcome = if self.whole.load(Ordering::Relaxed) { Outcome::Whole } else { Outcome::Partial };
        let at = self.walk.outlet.clock.now();
        let report = Report::Ended { sweep: self.sweep.clone(), at, outcome };
        // Sent even after a stop; when the receiver is gone there is nobody to tell.
        let _ = self.walk.outlet.reports.send(report).await;
    }

    async fn observe(&self, saw: Vec<Entity>, gaps: Vec<Gap>) {
        let at = self.walk.outlet.clock.now();
        self.send(Report::Saw(Observation { sweep: self.sweep.clone(), at, saw, gaps })).await;
    }

    /// Waits for room in the channel, unless the walk is stopped: then the page is lost and the scope not whole.
    async fn send(&self, report: Report) {
        let outlet = &self.walk.outlet;
        let sent = tokio::select! {
            sent = outlet.reports.send(report) => sent.is_ok(),
            () = outlet.stop.cancelled() => false,
        };
        if !sent {
            self.in_part();
        }
    }
}

/// Who must act on a halt; nobody on one the user wished. A token without the scope needs another token, whoever owns it.
/// Source: lib/api/api_guard.rb answers `insufficient_scope` with 403.
pub(super) fn blame(halt: &Halt, fix: &str) -> Option<Blame> {
    match halt {
        Halt::Stopped => None,
        Halt::Failed(Error::Refused { status: 403, message }) if message.contains("insufficient_scope") => {
            Some(Blame::Scope("needs a token with the scope `read_api`.".into()))
        }
        Halt::Failed(error) => Some(error.blame(fix)),
    }
}
