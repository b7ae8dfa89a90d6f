//! One walk over one scope: it begins, reports what pages show and what was refused, and ends whole or in part.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use aws_sdk_iam::{
    config::http::HttpResponse,
    error::{ProvideErrorMetadata, SdkError},
};

use super::refusal::Failure;
use crate::{
    base::{blame::Blame, time::Timestamp},
    model::{
        entity::Entity,
        observe::{Gap, Observation, Outcome, Report, Scope, Sweep},
    },
    source::Outlet,
};

pub(super) struct Walk {
    outlet: Outlet,
    sweep: Sweep,
    caller: Arc<str>,
    /// Something was refused or left out: what was not seen may still be there.
    is_partial: AtomicBool,
}

impl Walk {
    /// `caller` is named where a permission is missing.
    pub(super) async fn begin(outlet: Outlet, scope: Scope, caller: Arc<str>) -> Self {
        let sweep = Sweep { scope, run: outlet.run };
        let walk = Self { outlet, sweep, caller, is_partial: AtomicBool::new(false) };
        let at = walk.now();
        walk.send(Report::Began { sweep: walk.sweep.clone(), at }).await;
        walk
    }

    pub(super) fn now(&self) -> Timestamp {
        self.outlet.clock.now()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.outlet.stop.is_cancelled()
    }

    pub(super) async fn saw(&self, saw: Vec<Entity>) {
        if !saw.is_empty() {
            self.observe(saw, Vec::new()).await;
        }
    }

    /// Reports what could not be read. A thing that went away while we looked leaves no gap in the walk itself.
    pub(super) async fn gap(&self, call: impl Into<String>, blame: Blame) {
        if blame != Blame::Gone {
            self.leave_out();
        }
        tracing::warn!(scope = ?self.sweep.scope, ?blame, "refused");
        self.observe(Vec::new(), vec![Gap { call: call.into(), blame }]).await;
    }

    /// The walk will not see everything, whatever the reason.
    pub(super) fn leave_out(&self) {
        self.is_partial.store(true, Ordering::Relaxed);
    }

    pub(super) fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    pub(super) fn is_partial(&self) -> bool {
        self.is_partial.load(Ordering::Relaxed)
    }

    pub(super) async fn window(&self, from: Timestamp, to: Timestamp) {
        self.send(Report::Window { sweep: self.sweep.clone(), from, to }).await;
    }

    /// Waits for an answer. A refusal becomes a gap and `None`; so does the user's stop, without a gap.
    ///
    /// `call` is the call and its target as a person would write it: `iam:ListAccessKeys ci-deploy`.
    pub(super) async fn ask<T, E>(
        &self,
        call: &str,
        answer: impl Future<Output = Result<T, SdkError<E, HttpResponse>>>,
    ) -> Option<T>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match self.unless_stopped(answer).await? {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.refuse(call, &Failure::of(&error)).await;
                None
            }
        }
    }

    /// The next page, as [`Walk::ask`] does it; `None` also after the last.
    pub(super) async fn page<T, E>(
        &self,
        call: &str,
        next: impl Future<Output = Option<Result<T, SdkError<E, HttpResponse>>>>,
    ) -> Option<T>
    where
        E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
    {
        match self.unless_stopped(next).await?? {
            Ok(page) => Some(page),
            Err(error) => {
                self.refuse(call, &Failure::of(&error)).await;
                None
            }
        }
    }

    /// Who must act on a failure of `call`.
    pub(super) fn blame(&self, call: &str, failure: &Failure) -> Blame {
        failure.blame(call, &self.caller)
    }

    pub(super) async fn refuse(&self, call: &str, failure: &Failure) {
        self.gap(call, self.blame(call, failure)).await;
    }

    /// `None` when the user stops before the work is done.
    pub(super) async fn unless_stopped<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            () = self.outlet.stop.cancelled() => None,
            done = work => Some(done),
        }
    }

    /// Ends the walk: whole only if everything was answered and nobody stopped it.
    pub(super) async fn end(self) {
        let is_partial = self.is_partial.load(Ordering::Relaxed) || self.is_stopped();
        let outcome = if is_partial { Outcome::Partial } else { Outcome::Whole };
        let at = self.now();
        let report = Report::Ended { sweep: self.sweep.clone(), at, outcome };
        self.send(report).await;
    }

    async fn observe(&self, saw: Vec<Entity>, gaps: Vec<Gap>) {
        let at = self.now();
        self.send(Report::Saw(Observation { sweep: self.sweep.clone(), at, saw, gaps })).await;
    }

    /// Waits while the screen is behind, but never for a screen that has gone or told us to stop.
    pub(super) async fn send(&self, report: Report) {
        if self.is_stopped() {
            // Nobody may be reading any more; if there is no room the report is not worth waiting for.
            let _ = self.outlet.reports.try_send(report);
        } else if self.unless_stopped(self.outlet.reports.send(report)).await.is_none() {
            self.leave_out();
        }
    }
}
