//! Carries a confirmed plan out for the dashboard, and reads the journal for it. What is asked, in which order, is the same as on the
//! command line: is the world as the plan says, is the run in the journal, then the engine.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::mpsc;

use super::Conductor;
use crate::{
    act::{
        self, Hands, Note, Plan, Progress, RunId, Status, Undoing,
        engine::{Engine, EngineError, Settings, check},
    },
    app::{
        Msg,
        action::{Errand, KeptRun, Order, RunNews, Told},
        show::Tone,
    },
    base::time::Clock,
    config::{AwsSource, GitLabSource},
    store::{Journal, Run, StoreError},
};

/// How long leaving waits for a call that is under way.
const FAREWELL: Duration = Duration::from_secs(15);

/// Where runs are kept, and how they are carried out.
#[derive(Clone, Debug)]
pub struct Carrying {
    pub journal: PathBuf,
    pub settings: Settings,
}

/// Everything one run needs; it goes with the run to a thread of its own.
struct Shop {
    aws: Vec<Arc<AwsSource>>,
    gitlab: Vec<Arc<GitLabSource>>,
    carrying: Carrying,
    clock: Arc<dyn Clock>,
    stop: Arc<AtomicBool>,
}

type Tell<'a> = &'a (dyn Fn(RunNews) + Send + Sync);

/// From the order to the end, or to where somebody is needed. The last news say that nobody is at it any more.
async fn carry(shop: &Shop, order: &Order, tell: Tell<'_>) {
    match shop.go(order, tell).await {
        Ok(Some(refusals)) => tell(RunNews::Refused(refusals)),
        Ok(None) => tell(RunNews::Ended(None)),
        Err(error) => tell(RunNews::Ended(Some(error.to_string()))),
    }
}

impl Shop {
    /// Why nothing was done, if nothing was.
    async fn go(&self, order: &Order, tell: Tell<'_>) -> Result<Option<Vec<String>>, EngineError> {
        let hands = Hands::open(self.aws.iter().cloned(), self.gitlab.iter().cloned(), &self.clock).await;
        let clock = &*self.clock;
        let run = match order.errand {
            Errand::Resume(run) => self.journal()?.take(run)?,
            Errand::Begin | Errand::Undo(_) => {
                let undone = match order.errand {
                    Errand::Undo(run) => match self.to_undo(run, &order.plan)? {
                        Ok(undone) => Some(undone),
                        Err(why) => return Ok(Some(vec![why])),
                    },
                    _ => None,
                };
                let mut differs = match check(&hands, clock, &order.plan).await {
                    Ok(differs) => differs,
                    Err(trouble) => vec![trouble.says()],
                };
                if !differs.is_empty() {
                    differs.extend(hands.lacks.iter().map(|(name, why)| format!("{name}: {why}")));
                    return Ok(Some(differs));
                }
                if self.stop.load(Ordering::Relaxed) {
                    return Ok(Some(vec!["it was stopped before anything was done".into()]));
                }
                if let Some(run) = undone {
                    let mut engine = Engine::new(&hands, clock, self.carrying.settings, run)?;
                    if !engine.progress().is_over() {
                        // Nobody is to carry on with what is being undone.
                        engine.note(&Note::Abandoned, &mut |_| {})?;
                    }
                }
                self.journal()?.begin(clock.now(), &*order.plan)?
            }
        };
        let kept = run.read::<Plan, Note>()?;
        let is_marked = kept.notes.iter().any(|(_, note)| matches!(note, Note::Begun { .. }));
        tell(RunNews::Begun { run: kept.id, begun: kept.begun, notes: kept.notes });
        let mut engine = Engine::new(&hands, clock, self.carrying.settings, run)?;
        let mut heard = |note: &Note| tell(RunNews::Noted { at: clock.now(), note: note.clone() });
        if !is_marked {
            // New, or the process that began it died before its first note: nothing was done yet.
            engine.note(&Note::Begun { mark: act::mark() }, &mut heard)?;
        }
        engine.go(&|| self.stop.load(Ordering::Relaxed), &mut heard).await?;
        Ok(None)
    }

    fn journal(&self) -> Result<Journal, StoreError> {
        Journal::open(&self.carrying.journal)
    }

    /// Takes the run that is to be undone, if it stands as it did when the plan was made.
    fn to_undo(&self, run: RunId, plan: &Plan) -> Result<Result<Run, String>, EngineError> {
        let taken = self.journal()?.take(run)?;
        let kept = taken.read::<Plan, Note>()?;
        let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
        let taken_back = act::taken_back_in(&self.journal()?, run)?.into_keys().collect();
        let steps = plan.undoes.iter().flat_map(|undoes| undoes.steps.iter().flatten().copied()).collect();
        let undoing = Undoing { run, plan: &kept.plan, progress: &progress, taken_back };
        let fresh = undoing.steps(&steps, plan.made);
        Ok(match fresh {
            Ok(fresh) if fresh.steps == plan.steps => Ok(taken),
            Ok(_) => Err(format!("run {run} has gone on since this plan was shown: make it again")),
            Err(why) => Err(why.to_string()),
        })
    }
}

impl Conductor {
    /// On a thread of its own: a note is on the disk before the call it announces leaves, and that waits for the disk.
    pub(super) fn start_run(&mut self, order: Order) {
        let stop = Arc::new(AtomicBool::new(false));
        let (at_it, ended) = mpsc::channel(1);
        self.carried = Some((stop.clone(), ended));
        let (aws, gitlab) = self.sources.opened.clone();
        let (carrying, clock) = (self.carrying.clone(), self.clock.clone());
        let shop = Shop { aws, gitlab, carrying, clock, stop };
        let answers = self.answers.clone();
        let runtime = tokio::runtime::Handle::current();
        self.tasks.spawn_blocking(move || {
            let tell = move |news| drop(answers.send(Msg::Run(news)));
            runtime.block_on(carry(&shop, &order, &tell));
            drop(at_it);
            None
        });
    }

    pub(super) fn stop_run(&self) {
        if let Some((stop, _)) = &self.carried {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Leaving waits for the call that is under way, so that its answer is in the journal; not for ever, for a run can be resumed.
    pub(super) async fn end_run(&mut self) -> anyhow::Result<()> {
        self.stop_run();
        let Some((_, mut ended)) = self.carried.take().filter(|(_, ended)| !ended.is_closed()) else {
            return Ok(());
        };
        let text = "Stopping the run before its next step; `keytrail resume` carries it on.".to_owned();
        self.tell(Msg::Said { text, tone: Tone::Warn })?;
        self.draw()?;
        let _ = tokio::time::timeout(FAREWELL, ended.recv()).await;
        Ok(())
    }
}

/// Every run of the journal, newest first. Where there is no journal there was no run.
pub(super) fn runs(path: &Path) -> Result<Vec<KeptRun>, String> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let journal = Journal::open(path).map_err(|error| error.to_string())?;
    let mut ids = journal.runs().map_err(|error| error.to_string())?;
    ids.reverse();
    let kept = |id: RunId| {
        let kept = journal.read::<Plan, Note>(id).map_err(|error| error.to_string());
        let told = kept.and_then(|kept| Told::of(kept.begun, kept.plan.into(), kept.notes));
        // Only a run that seems to go on may be in somebody's hands, or have been left by one that died.
        let seems = told
            .as_ref()
            .is_ok_and(|told| matches!(told.progress.status, Status::Going | Status::Waiting { .. }));
        KeptRun { id, told, is_busy: seems && journal.is_busy(id) }
    };
    Ok(ids.into_iter().map(kept).collect())
}
