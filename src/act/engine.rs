//! Carries a plan out: looks, writes down what it is about to do, does it, writes down what came of it. A run that was interrupted anywhere
//! is carried on from its notes by the same loop.

mod discard;

use std::time::Duration;

use super::{
    call::{Call, Place},
    note::{Note, Receipt},
    outside::{Answer, Outside, Trouble},
    plan::Plan,
    recover::{Recovery, recover},
    scene::{Scene, Sight},
    status::{Illegal, Progress, Status},
    vault::Vault,
};
use crate::{
    base::{
        name::KeyId,
        time::{Clock, Timestamp},
    },
    store::{Run, StoreError},
};

pub use super::{check::check, scene::Delays};

/// How a run is carried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Settings {
    pub delays: Delays,
    /// Stay until waits are over, however long; a run that does not is resumed when they are.
    pub stays: bool,
}

/// Why a run cannot be carried on at all.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Illegal(#[from] Illegal),
}

/// Times a call is tried while its trouble may pass by itself.
const TRIES: u32 = 6;
/// The wait after the first try; it doubles.
const FIRST_WAIT: Duration = Duration::from_millis(500);
/// Waits as short as this, in seconds, are sat out and not written down.
const SHORT: i64 = 60;

/// Between two looks whether jobs wait.
const NAP: Duration = Duration::from_millis(200);
/// Looks after which a pair is written although jobs wait: some projects never rest.
const MOST_NAPS: u32 = 150;

/// One run in the hands of this process.
pub struct Engine<'a> {
    outside: &'a dyn Outside,
    clock: &'a dyn Clock,
    settings: Settings,
    plan: Plan,
    run: Run,
    progress: Progress,
    vault: Vault,
    /// The key that this process has deleted since its secret is lost.
    deleted: Option<KeyId>,
    tries: u32,
    naps: u32,
    /// Nobody is asked anything before then.
    rests_until: Timestamp,
    /// The GitLab whose token was asked whose it is.
    known_at: Option<String>,
}

/// What the loop does next.
enum Turn {
    /// Look again.
    On,
    /// There is nothing to do now.
    Rest,
}

impl<'a> Engine<'a> {
    /// Takes a run up where its notes end.
    pub fn new(
        outside: &'a dyn Outside,
        clock: &'a dyn Clock,
        settings: Settings,
        run: Run,
    ) -> Result<Self, EngineError> {
        let kept = run.read::<Plan, Note>()?;
        let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
        Ok(Self {
            outside,
            clock,
            settings,
            plan: kept.plan,
            run,
            progress,
            vault: Vault::default(),
            deleted: None,
            tries: 0,
            naps: 0,
            rests_until: Timestamp::default(),
            known_at: None,
        })
    }

    pub const fn progress(&self) -> &Progress {
        &self.progress
    }

    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Writes a note and takes it to heart. Nothing is done before its note is on the disk.
    pub fn note(&mut self, note: &Note, heard: &mut (dyn FnMut(&Note) + Send)) -> Result<(), EngineError> {
        let at = self.clock.now();
        let next = self.progress.clone().next(&self.plan.calls(), at, note)?;
        self.run.note(at, note)?;
        self.progress = next;
        heard(note);
        Ok(())
    }

    /// Goes on until the run is over, must wait, or needs a person; or until `stops` says so between two steps.
    pub async fn go(
        &mut self,
        stops: &(dyn Fn() -> bool + Sync),
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<(), EngineError> {
        if !matches!(self.progress.status, Status::Going) && !self.progress.is_over() {
            self.note(&Note::Resumed, heard)?;
        }
        while self.progress.status == Status::Going || matches!(self.progress.status, Status::Waiting { .. })
        {
            // A long rest is taken in short naps, so that a wish to stop is heard.
            if self.clock.now() < self.rests_until && !stops() {
                self.outside.pause(Duration::from_secs(2)).await;
                continue;
            }
            // A call under doubt is cleared up first: that is what the next look does.
            if stops() && self.progress.doubt.is_none() && !self.is_in_a_gap() {
                return Ok(());
            }
            match self.turn(heard).await? {
                Turn::On => {}
                Turn::Rest => return Ok(()),
            }
        }
        if self.progress.is_over() {
            self.vault.forget();
        }
        Ok(())
    }

    async fn turn(&mut self, heard: &mut (dyn FnMut(&Note) + Send)) -> Result<Turn, EngineError> {
        let step = self.progress.step;
        let Some(call) = self.plan.steps.get(step).map(|step| step.0.clone()) else { return Ok(Turn::Rest) };
        match self.who_acts(&call).await {
            Ok(None) => {}
            Ok(Some(why)) => return self.halt(why, heard),
            Err(trouble) => return self.suffer(&trouble, heard).await,
        }
        if let Some(key) = self.progress.discarding.clone() {
            return self.discard(&key, heard).await;
        }
        if call.needs_secret() && self.vault.of(self.progress.made.as_ref()).is_none() {
            match recover(self.outside, &self.plan.steps, &self.progress, &mut self.vault).await {
                Ok(Recovery::Found) => {}
                Ok(Recovery::Discard(key)) => {
                    self.note(&Note::Discarding { key }, heard)?;
                    return Ok(Turn::On);
                }
                Ok(Recovery::Stuck(why, asks)) => {
                    return self.rest(&Note::Stuck { step, why, asks }, heard);
                }
                Err(trouble) => return self.suffer(&trouble, heard).await,
            }
        }
        match self.look(&call).await {
            Ok(Sight::Before) => match self.twin(step) {
                Some((twin, place)) => self.act_both(step, (&call, &twin, &place), heard).await,
                None => self.act(step, &call, heard).await,
            },
            // What is found after a lost answer is this run's own doing, as far as anybody can tell.
            Ok(Sight::After(Receipt::FoundSo)) if self.progress.doubt.is_some() => {
                self.done(step, Receipt::Changed, heard)
            }
            Ok(Sight::After(receipt)) => self.done(step, receipt, heard),
            Ok(Sight::Later { until, why }) => self.wait(until, why, heard).await,
            // One rung of a ladder that is not as it was must not keep the others from being taken.
            Ok(Sight::Other(why)) if self.plan.rungs => self.done(step, Receipt::Left(why), heard),
            Err(Trouble::Gone { call }) if self.plan.rungs => {
                self.done(step, Receipt::Left(format!("{call}: it is not there any more")), heard)
            }
            Ok(Sight::Other(why)) => self.halt(why, heard),
            Ok(Sight::Orphan(key)) => {
                self.note(&Note::Discarding { key }, heard)?;
                Ok(Turn::On)
            }
            Ok(Sight::Unknown(why)) => self.rest(&Note::Stuck { step, why, asks: None }, heard),
            Ok(Sight::Asks(ask, why)) => self.rest(&Note::Stuck { step, why, asks: Some(ask) }, heard),
            Err(trouble) => self.suffer(&trouble, heard).await,
        }
    }

    /// Is keytrail still whom the plan was made for? Credentials change under a running process.
    async fn who_acts(&mut self, call: &Call) -> Answer<Option<String>> {
        if let Some(instance) = call.instance()
            && self.known_at.as_deref() != Some(instance)
        {
            // A token stays the same as long as its client: once is enough.
            let login = self.outside.login(instance).await?;
            let planned = self.plan.login(instance);
            if planned != Some(&*login) {
                let planned = planned.unwrap_or("nobody");
                return Ok(Some(format!(
                    "the plan is for {planned} at {instance}, and keytrail is {login} now: the step was not made"
                )));
            }
            self.known_at = Some(instance.to_owned());
        }
        let Some(account) = call.account() else { return Ok(None) };
        let caller = self.outside.caller(account).await?;
        let planned = self.plan.caller(account);
        Ok((planned != Some(&*caller)).then(|| {
            let planned = planned.unwrap_or("nobody");
            format!("the plan is for {planned} in account {account}, and keytrail is {caller} now: the step was not made")
        }))
    }

    /// The world as it is now, and what may be kept of it.
    fn scene(&mut self) -> (Scene<'_>, &mut Vault) {
        let scene = Scene {
            outside: self.outside,
            now: self.clock.now(),
            progress: &self.progress,
            delays: self.settings.delays,
        };
        (scene, &mut self.vault)
    }

    async fn look(&mut self, call: &Call) -> Answer<Sight> {
        let (scene, vault) = self.scene();
        call.look(&scene, vault).await
    }

    /// Is one half done of what belongs together? That is no place to stop.
    fn is_in_a_gap(&self) -> bool {
        let before = self.progress.step.checked_sub(1);
        let is_own = |step: &usize| self.progress.receipts.get(*step).is_some_and(Receipt::is_own);
        before.filter(is_own).is_some_and(|step| self.twin(step).is_some())
    }

    /// The call that must follow on a step's at once, and the variable that is half done between them.
    fn twin(&self, step: usize) -> Option<(Call, Place)> {
        let next = &self.plan.steps.get(step + 1)?.0;
        let place = self.plan.steps.get(step)?.0.gap(next)?;
        Some((next.clone(), place.clone()))
    }

    /// Two calls with nothing between them but their notes: a job that is handed out meanwhile gets one half of each key, or none. So both
    /// are looked at first, and a moment is chosen when no job waits.
    async fn act_both(
        &mut self,
        step: usize,
        (call, twin, place): (&Call, &Call, &Place),
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        let is_written = match self.look(twin).await {
            Ok(Sight::Before) => false,
            Ok(Sight::After(_)) => true,
            Ok(Sight::Other(why) | Sight::Unknown(why) | Sight::Asks(_, why)) => {
                return self.halt(why, heard);
            }
            Ok(Sight::Later { .. } | Sight::Orphan(_)) => return Ok(Turn::On),
            Err(trouble) => return self.suffer(&trouble, heard).await,
        };
        if self.naps < MOST_NAPS {
            match self.outside.jobs_wait(place).await {
                Ok(false) => {}
                Ok(true) => {
                    self.naps += 1;
                    self.outside.pause(NAP).await;
                    return Ok(Turn::On);
                }
                Err(trouble) => return self.suffer(&trouble, heard).await,
            }
        }
        self.naps = 0;
        let turn = self.act(step, call, heard).await?;
        if self.progress.step == step + 1 && !is_written {
            return self.act(step + 1, twin, heard).await;
        }
        Ok(turn)
    }

    /// Announces the call, makes it, and tells what came of it.
    async fn act(
        &mut self,
        step: usize,
        call: &Call,
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        if self.progress.doubt.is_some() {
            let why = "the world shows no effect".to_owned();
            self.note(&Note::Undone { step, why }, heard)?;
        }
        self.note(&Note::Started { step }, heard)?;
        let (scene, vault) = self.scene();
        match call.perform(&scene, vault).await {
            Ok(receipt) => self.done(step, receipt, heard),
            Err(trouble) => {
                if trouble.is_certain() {
                    self.note(&Note::Undone { step, why: trouble.says() }, heard)?;
                }
                self.suffer(&trouble, heard).await
            }
        }
    }

    fn done(
        &mut self,
        step: usize,
        receipt: Receipt,
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        self.tries = 0;
        self.note(&Note::Done { step, receipt }, heard)?;
        Ok(Turn::On)
    }

    fn halt(&mut self, why: String, heard: &mut (dyn FnMut(&Note) + Send)) -> Result<Turn, EngineError> {
        self.rest(&Note::Halted { step: self.progress.step, why }, heard)
    }

    fn rest(&mut self, note: &Note, heard: &mut (dyn FnMut(&Note) + Send)) -> Result<Turn, EngineError> {
        self.note(note, heard)?;
        Ok(Turn::Rest)
    }

    /// Trouble that may pass is waited for a few times; any other ends the run for now.
    async fn suffer(
        &mut self,
        trouble: &Trouble,
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        self.tries += 1;
        if !trouble.may_pass() || self.tries >= TRIES {
            self.tries = 0;
            return self.halt(trouble.says(), heard);
        }
        self.outside.pause(FIRST_WAIT * 2_u32.pow(self.tries - 1)).await;
        Ok(Turn::On)
    }

    async fn wait(
        &mut self,
        until: Timestamp,
        why: String,
        heard: &mut (dyn FnMut(&Note) + Send),
    ) -> Result<Turn, EngineError> {
        self.tries = 0;
        let left = until.seconds().saturating_sub(self.clock.now().seconds()).max(1);
        if left <= SHORT {
            self.outside.pause(Duration::from_secs(u64::try_from(left.min(2)).unwrap_or(1))).await;
            return Ok(Turn::On);
        }
        let is_known =
            matches!(&self.progress.status, Status::Waiting { until: known, .. } if *known == until);
        if !is_known {
            self.note(&Note::Waiting { step: self.progress.step, until, why }, heard)?;
        }
        if !self.settings.stays {
            return Ok(Turn::Rest);
        }
        self.rests_until = self.clock.now().plus(SHORT);
        Ok(Turn::On)
    }
}
