//! How a run stands: one pure function over its notes. Whatever the engine does, and whatever a resumed engine knows, follows from it.

use super::{
    call::Call,
    note::{Ask, Note, Receipt},
};
use crate::base::{name::KeyId, time::Timestamp};

/// How a run stands, apart from where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    Going,
    Waiting { until: Timestamp, why: String },
    Halted { why: String },
    Stuck { why: String, asks: Option<Ask> },
    Finished,
    Abandoned,
}

/// A run as its notes tell it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub status: Status,
    /// The step that is next, or under way.
    pub step: usize,
    /// When the run came to that step.
    pub since: Timestamp,
    /// When the step's call was announced, where its effect is not known.
    pub doubt: Option<Timestamp>,
    /// The key this run has made and not discarded.
    pub made: Option<KeyId>,
    /// A key a person says this run has made.
    pub claimed: Option<KeyId>,
    /// The key that is being deleted since its secret is lost.
    pub discarding: Option<KeyId>,
    /// Keys this run has made and deleted again.
    pub discarded: Vec<KeyId>,
    /// What the steps before this one came to.
    pub receipts: Vec<Receipt>,
    pub mark: String,
}

/// A note that cannot follow on those before it: the journal is damaged, or ours was not the only hand.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the journal says `{note}` where that cannot be")]
pub struct Illegal {
    note: String,
}

impl Progress {
    pub const fn begun(at: Timestamp) -> Self {
        Self {
            status: Status::Going,
            step: 0,
            since: at,
            doubt: None,
            made: None,
            claimed: None,
            discarding: None,
            discarded: Vec::new(),
            receipts: Vec::new(),
            mark: String::new(),
        }
    }

    /// The run after all its notes.
    pub fn of<'a>(
        begun: Timestamp,
        calls: &[&Call],
        notes: impl IntoIterator<Item = &'a (Timestamp, Note)>,
    ) -> Result<Self, Illegal> {
        notes.into_iter().try_fold(Self::begun(begun), |progress, (at, note)| progress.next(calls, *at, note))
    }

    /// The run after one more note.
    pub fn next(mut self, calls: &[&Call], at: Timestamp, note: &Note) -> Result<Self, Illegal> {
        let is_here = |step: usize| step == self.step && step < calls.len();
        let is_going = self.status == Status::Going || matches!(self.status, Status::Waiting { .. });
        let makes = |step: usize| calls.get(step).is_some_and(|call| !call.is_repeatable());
        match note {
            Note::Begun { mark } if self.mark.is_empty() && self.receipts.is_empty() => {
                self.mark.clone_from(mark);
            }
            Note::Started { step } if is_here(*step) && is_going && self.doubt.is_none() => {
                self.status = Status::Going;
                self.doubt = Some(at);
            }
            Note::Done { step, receipt } if is_here(*step) && is_going => {
                if let Receipt::Made(key) = receipt {
                    if !makes(*step) || self.doubt.is_none() {
                        return Err(Illegal::of(note));
                    }
                    self.made = Some(key.clone());
                }
                self.receipts.push(receipt.clone());
                self.come_to(*step + 1, calls.len(), at);
            }
            Note::Undone { step, .. } if is_here(*step) && is_going && self.doubt.is_some() => {
                self.doubt = None;
            }
            Note::Waiting { step, until, why } if is_here(*step) && is_going => {
                self.status = Status::Waiting { until: *until, why: why.clone() };
            }
            Note::Halted { step, why } if is_here(*step) && is_going => {
                self.status = Status::Halted { why: why.clone() };
            }
            Note::Stuck { step, why, asks } if is_here(*step) && is_going => {
                self.status = Status::Stuck { why: why.clone(), asks: asks.clone() };
            }
            Note::Resumed if !self.is_over() => self.status = Status::Going,
            Note::Claimed { key } if self.doubt.is_some() && makes(self.step) => {
                self.claimed = Some(key.clone());
            }
            Note::Discarding { key } if is_going && self.may_discard(key, calls.get(self.step)) => {
                self.discarding = Some(key.clone());
            }
            Note::Discarded { key } if is_going && self.discarding.as_ref() == Some(key) => {
                let maker = calls.iter().position(|call| !call.is_repeatable()).unwrap_or_default();
                self.receipts.truncate(maker);
                self.made = None;
                self.discarding = None;
                self.discarded.push(key.clone());
                self.claimed = None;
                self.come_to(maker, calls.len(), at);
            }
            Note::Abandoned if !self.is_over() => self.status = Status::Abandoned,
            _ => return Err(Illegal::of(note)),
        }
        Ok(self)
    }

    /// A key may be thrown away that this run has made, or that was found where the answer to its making was lost.
    fn may_discard(&self, key: &KeyId, call: Option<&&Call>) -> bool {
        let is_new = matches!(call, Some(Call::CreateAccessKey(call)) if !call.known.contains(key));
        self.made.as_ref() == Some(key) || (is_new && self.made.is_none() && self.doubt.is_some())
    }

    fn come_to(&mut self, step: usize, count: usize, at: Timestamp) {
        self.step = step;
        self.since = at;
        self.doubt = None;
        self.status = if step < count { Status::Going } else { Status::Finished };
    }

    /// Is this what the run asks?
    pub fn asks(&self, ask: &Ask) -> bool {
        matches!(&self.status, Status::Stuck { asks: Some(asked), .. } if asked == ask)
    }

    /// How many rungs could not be taken.
    pub fn left(&self) -> usize {
        self.receipts.iter().filter(|receipt| matches!(receipt, Receipt::Left(_))).count()
    }

    pub const fn is_over(&self) -> bool {
        matches!(self.status, Status::Finished | Status::Abandoned)
    }
}

impl Illegal {
    fn of(note: &Note) -> Self {
        let text = serde_json::to_string(note).unwrap_or_default();
        Self { note: text }
    }
}

impl Status {
    /// One word for a column.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Going => "going",
            Self::Waiting { .. } => "waiting",
            Self::Halted { .. } => "halted",
            Self::Stuck { .. } => "stuck",
            Self::Finished => "done",
            Self::Abandoned => "abandoned",
        }
    }
}
