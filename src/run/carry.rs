//! Carries a confirmed plan out for the dashboard, and reads the journal for it. What is asked, in which order, is the same as on the
//! command line: is the world as the plan says, is the run in the journal, then the engine.

use std::{
    collections::BTreeMap,
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
        self, Ask, Hands, Note, Plan, Progress, RunId, Status, Undoing,
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
        let mut said = Vec::new();
        let run = match &order.errand {
            Errand::Resume(run, ask) => {
                let run = self.journal()?.take(*run)?;
                if let Some(ask) = ask {
                    if !asks(&run, ask)? {
                        return Ok(Some(vec![format!("run {} does not ask that any more", run.id())]));
                    }
                    said = ask.notes();
                }
                run
            }
            Errand::Begin | Errand::Undo(_) => {
                let undone = match &order.errand {
                    Errand::Undo(run) => match self.to_undo(*run, &order.plan)? {
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
        for note in &said {
            engine.note(note, &mut heard)?;
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

/// Is this what the run asks?
fn asks(run: &Run, ask: &Ask) -> Result<bool, EngineError> {
    let kept = run.read::<Plan, Note>()?;
    let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
    Ok(progress.asks(ask))
}

/// The runs that are under way, by their orders: what stops each, and what is dropped when nobody is at it any more.
#[derive(Default)]
pub(super) struct UnderWay(BTreeMap<u64, (Arc<AtomicBool>, mpsc::Receiver<()>)>);

impl Conductor {
    /// On a thread of its own: a note is on the disk before the call it announces leaves, and that waits for the disk.
    pub(super) fn start_run(&mut self, order: Order) {
        let stop = Arc::new(AtomicBool::new(false));
        let (at_it, ended) = mpsc::channel(1);
        self.under_way.0.retain(|_, (_, ended)| !ended.is_closed());
        self.under_way.0.insert(order.number, (stop.clone(), ended));
        let (aws, gitlab) = self.sources.opened.clone();
        let (carrying, clock) = (self.carrying.clone(), self.clock.clone());
        let shop = Shop { aws, gitlab, carrying, clock, stop };
        let answers = self.answers.clone();
        let runtime = tokio::runtime::Handle::current();
        self.tasks.spawn_blocking(move || {
            let tell = move |news| drop(answers.send(Msg::Run(order.number, news)));
            runtime.block_on(carry(&shop, &order, &tell));
            drop(at_it);
            None
        });
    }

    pub(super) fn stop_run(&self, order: u64) {
        if let Some((stop, _)) = self.under_way.0.get(&order) {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Leaving waits for the calls that are under way, so that their answers are in the journal; not for ever, for a run can be resumed.
    pub(super) async fn end_runs(&mut self) -> anyhow::Result<()> {
        let mut left: Vec<mpsc::Receiver<()>> = Vec::new();
        for (stop, ended) in std::mem::take(&mut self.under_way.0).into_values() {
            stop.store(true, Ordering::Relaxed);
            left.extend(Some(ended).filter(|ended| !ended.is_closed()));
        }
        let text = match left.len() {
            0 => return Ok(()),
            1 => "Stopping the run before its next step; `keytrail resume` carries it on.".to_owned(),
            runs => {
                format!("Stopping {runs} runs before their next steps; `keytrail resume` carries each on.")
            }
        };
        self.tell(Msg::Said { text, tone: Tone::Warn })?;
        self.draw()?;
        let all = async {
            for ended in &mut left {
                ended.recv().await;
            }
        };
        let _ = tokio::time::timeout(FAREWELL, all).await;
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
        KeptRun { id, told, is_busy: seems && journal.is_busy(id), taken_back: BTreeMap::new() }
    };
    let mut runs: Vec<KeptRun> = ids.into_iter().map(kept).collect();
    let told = runs.iter().filter_map(|run| {
        let told = run.told.as_ref().ok()?;
        Some((run.id, &*told.plan, &told.progress))
    });
    let told: Vec<_> = told.collect();
    let back: Vec<BTreeMap<usize, RunId>> = runs.iter().map(|run| act::taken_back(run.id, &told)).collect();
    for (run, back) in runs.iter_mut().zip(back) {
        run.taken_back = back;
    }
    Ok(runs)
}
