//! A trail that is asked in SQL: both questions are put, looked after until they are answered, and their rows told as those of files are.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::join;

use super::super::{
    signed::{Line, Tools},
    visit::Visit,
    walk::Walk,
};
use crate::{
    base::{blame::Blame, text::plural, time::Timestamp},
    model::observe::Outcome,
    source::logs::{gaps, tell, tell_events, tell_gaps},
    trail::{
        Folded,
        sql::{Answer, Query, Row, Table, Window},
    },
};

/// The first look after a question, and the longest wait between two.
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);

/// When both questions were answered last. Who answers is paid by what is read for it: while the dashboard is open it is asked again after
/// some hours, and LookupEvents tells of the time between.
#[derive(Default)]
pub(in super::super) struct Asked(Mutex<Option<Timestamp>>);

impl Asked {
    /// Seconds for which an answer is good.
    const GOOD_FOR: i64 = 6 * 3600;

    pub(super) fn is_fresh(&self, now: Timestamp) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| now < last.plus(Self::GOOD_FOR))
    }

    fn note(&self, now: Timestamp) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
    }
}

/// How far a question is.
pub(super) enum State {
    /// In line, or being answered.
    Busy,
    /// Answered; so many bytes were read for it.
    Done(u64),
    Failed(Blame),
}

/// Some rows of an answer, and where the next begin.
pub(super) struct Page {
    pub(super) rows: Vec<Row>,
    pub(super) next: Option<String>,
}

/// Who answers. What is refused becomes a gap, and `None`.
pub(super) trait Engine {
    /// Puts a question; the name it has there.
    async fn start(&self, line: Line<'_>, sql: &str) -> Option<String>;
    async fn look(&self, line: Line<'_>, id: &str) -> Option<State>;
    async fn page(&self, line: Line<'_>, id: &str, token: Option<&str>) -> Option<Page>;
    /// Takes a question back that nobody waits for any more.
    async fn stop(&self, line: Line<'_>, id: &str);
    /// As a person would write it: `athena:StartQueryExecution`.
    fn call(&self) -> String;
}

/// What is read, where, and under what name.
pub(super) struct Asking<'v> {
    pub(super) visit: &'v Visit,
    pub(super) walk: &'v Walk,
    /// What activities say they were read from.
    pub(super) trail: Arc<str>,
    pub(super) table: Table,
    pub(super) days: i64,
}

/// The tools to ask with; without them the gap is told.
pub(super) async fn tools(visit: &Visit, walk: &Walk, call: &str) -> Option<Tools> {
    match Tools::of(visit).await {
        Ok(tools) => Some(tools),
        Err(_) if walk.is_stopped() => None,
        Err(failure) => {
            walk.refuse(call, &failure).await;
            None
        }
    }
}

impl Asking<'_> {
    /// Asks both questions at once and reports what they came to.
    pub(super) async fn read(&self, engine: &impl Engine, line: Line<'_>) {
        let to = self.walk.now();
        let window = Window { from: to.minus(self.days * 86_400), to };
        let calls = self.ask(engine, line, (Query::Calls, window));
        let tallies = self.ask(engine, line, (Query::Tallies, window));
        let (calls, tallies) = join(calls, tallies).await;
        if calls.is_some() && tallies.is_some() {
            self.visit.asked.note(to);
        } else {
            self.walk.leave_out();
        }
        let lacking = tallies.as_ref().map_or(0, Answer::lacking);
        let Folded { events, mut refused, .. } = calls.unwrap_or_default().finish(&self.trail);
        let mut folded = tallies.unwrap_or_default().finish(&self.trail);
        refused.append(&mut folded.refused);
        if lacking > 0 {
            let records = plural(usize::try_from(lacking).unwrap_or(usize::MAX), "record", "records");
            let why = format!("{records} without an account, a time, a region, a service or a name");
            self.walk.gap(format!("read {}", self.trail), Blame::Partly(why)).await;
        }
        let (sweep, outlet) = (self.walk.sweep(), &self.visit.outlet);
        let gaps = gaps(std::iter::empty(), &refused, &self.trail);
        if !gaps.is_empty() {
            self.walk.leave_out();
        }
        tell_gaps(gaps, sweep, outlet).await;
        tell_events(events, sweep, outlet).await;
        let outcome = if self.walk.is_partial() { Outcome::Partial } else { Outcome::Whole };
        tell(folded, outcome, sweep, outlet).await;
    }

    /// The whole answer, or none: sums of half an answer would be wrong.
    async fn ask(
        &self,
        engine: &impl Engine,
        line: Line<'_>,
        (query, window): (Query, Window),
    ) -> Option<Answer> {
        let id = engine.start(line, &query.sql(&self.table, window)).await?;
        let answer = self.fetch(engine, line, (query, &id)).await;
        if answer.is_none() && self.walk.is_stopped() {
            engine.stop(line, &id).await;
        }
        answer
    }

    async fn fetch(
        &self,
        engine: &impl Engine,
        line: Line<'_>,
        (query, id): (Query, &str),
    ) -> Option<Answer> {
        let mut wait = FIRST;
        loop {
            self.walk.unless_stopped(tokio::time::sleep(wait)).await?;
            match engine.look(line, id).await? {
                State::Busy => wait = (wait * 2).min(LONGEST),
                State::Done(scanned) => {
                    tracing::info!(trail = %self.trail, ?query, scanned, "answered");
                    break;
                }
                State::Failed(blame) => {
                    self.walk.gap(engine.call(), blame).await;
                    return None;
                }
            }
        }
        let mut answer = Answer::default();
        let mut token: Option<String> = None;
        loop {
            let Page { rows, next } = engine.page(line, id, token.as_deref()).await?;
            for row in &rows {
                answer.take(query, row);
            }
            match next.filter(|next| !next.is_empty()) {
                None => return Some(answer),
                Some(next) if token.as_ref() != Some(&next) => token = Some(next),
                Some(_) => {
                    self.walk.gap(format!("{} (the same page again)", engine.call()), Blame::Bug).await;
                    return None;
                }
            }
        }
    }
}
