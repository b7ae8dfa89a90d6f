//! `keytrail apply`, `resume` and `undo`: runs without the dashboard.

use std::{
    fs,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use anyhow::Context;
use clap::Args;

use super::{runs, say};
use crate::{
    act::{
        self, Ask, Hands, Note, Plan, Progress, Receipt, Status, Undoing,
        engine::{Delays, Engine, Settings, check},
    },
    base::{
        name::KeyId,
        time::{Clock, SystemClock},
    },
    config::{Config, journal_file},
    store::{Journal, Run, RunId},
};

/// Nothing was done: the plan does not apply, something speaks against it, or the world has changed.
pub(super) const REFUSED: u8 = 3;
/// The run waits for a time; `resume` it then.
const WAITS: u8 = 4;
/// The run needs a person.
const NEEDS_SOMEBODY: u8 = 5;

#[derive(Args, Debug)]
pub(super) struct How {
    /// The file that keeps every run; keytrail/journal.db in the XDG state folder otherwise
    #[arg(long, value_name = "FILE")]
    pub(super) journal: Option<PathBuf>,
    /// Stay until every wait is over, instead of leaving the rest to `resume`
    #[arg(long)]
    stay: bool,
    /// Seconds until a change certainly shows in AWS's lists
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..=600))]
    settle: u32,
    /// Write every note of the run to standard output, one JSON object a line
    #[arg(long)]
    json: bool,
}

#[derive(Args, Debug)]
pub(super) struct Apply {
    /// A plan in JSON, as `plan -o` writes it
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What the plan wants typed, where a step of it cannot be undone: the user's name or the key id
    #[arg(long, value_name = "TEXT")]
    confirm: Option<String>,
    /// Go on in spite of what speaks against the plan; the reason is kept with the run
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
    /// Let the plan run the programs it names on this machine
    #[arg(long)]
    commands: bool,
    #[command(flatten)]
    rungs: Rungs,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub(super) struct Resume {
    /// The run's number, as `runs` shows it
    #[arg(value_name = "RUN")]
    run: RunId,
    /// This key was made by this run, and by nobody else: delete it and go on
    #[arg(long, value_name = "KEY", value_parser = key)]
    ours: Option<KeyId>,
    /// Delete this new key, whose secret is lost, and make another; variables that hold it fail until they are written anew
    #[arg(long, value_name = "KEY", value_parser = key, conflicts_with = "ours")]
    discard: Option<KeyId>,
    /// Leave out the step where a containment has halted, and go on with the others; the reason is kept with the run
    #[arg(long, value_name = "REASON", conflicts_with_all = ["ours", "discard"])]
    leave_out: Option<String>,
    #[command(flatten)]
    how: How,
}

#[derive(Args, Debug)]
pub(super) struct Undo {
    /// The run's number, as `runs` shows it
    #[arg(value_name = "RUN")]
    run: RunId,
    /// Take back this step alone, as `runs RUN` numbers it; may be repeated
    #[arg(long, value_name = "N", value_parser = number)]
    step: Vec<usize>,
    /// Go on in spite of what speaks against it; the reason is kept with the run
    #[arg(long, value_name = "REASON")]
    accept: Option<String>,
    #[command(flatten)]
    how: How,
}

/// Steps as people number them, from 1.
fn number(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.ok_or_else(|| format!("`{text}` is no step: expected a number from 1"))
}

/// Which rungs of a ladder are taken.
#[derive(Args, Debug)]
pub(super) struct Rungs {
    /// Leave this step out, as the plan numbers it, and all that is done to the same thing; may be repeated, or 2,3
    #[arg(long, value_name = "N", value_parser = number, value_delimiter = ',')]
    without: Vec<usize>,
    /// Carry out this step alone, and all that is done to the same thing; may be repeated, or 2,3
    #[arg(long, value_name = "N", value_parser = number, value_delimiter = ',', conflicts_with = "without")]
    only: Vec<usize>,
}

impl Rungs {
    /// What is left of the plan.
    pub(super) fn of(&self, plan: Plan) -> Result<Plan, act::WhyNot> {
        if !self.only.is_empty() {
            return plan.only(&self.only.iter().copied().collect());
        }
        if self.without.is_empty() {
            return Ok(plan);
        }
        plan.without(&self.without.iter().copied().collect())
    }
}

fn key(text: &str) -> Result<KeyId, String> {
    KeyId::new(text).ok_or_else(|| format!("`{text}` is no access key id"))
}

impl How {
    fn settings(&self) -> Settings {
        let delays = Delays { settle: self.settle.into(), ..Delays::default() };
        Settings { delays, stays: self.stay }
    }

    fn journal(&self) -> anyhow::Result<Journal> {
        open(self.journal.as_deref())
    }
}

/// The journal, at its usual place where no other is named.
pub(super) fn open(path: Option<&std::path::Path>) -> anyhow::Result<Journal> {
    let usual = || journal_file(&|name| std::env::var(name).ok());
    Ok(Journal::open(&path.map_or_else(usual, ToOwned::to_owned))?)
}

/// Says why nothing is done.
fn refuse(why: &str) -> ExitCode {
    say::talk(&format!("keytrail: {why}"));
    ExitCode::from(REFUSED)
}

const READ_ONLY: &str = "read-only: nothing was changed; --write lets it be";

pub(super) async fn apply(asked: &Apply, config: Config) -> anyhow::Result<ExitCode> {
    let name = asked.file.display();
    let text = fs::read_to_string(&asked.file).with_context(|| format!("reading {name}"))?;
    let mut plan: Plan = serde_json::from_str(&text)
        .with_context(|| format!("{name} is no plan that this keytrail can read"))?;
    if plan.version != act::PLAN_VERSION {
        return Ok(refuse(&format!("the plan has form {}: make it anew", plan.version)));
    }
    plan = match asked.rungs.of(plan) {
        Ok(plan) => plan,
        Err(why) => return Ok(refuse(&why.to_string())),
    };
    if let Some(code) = unaccepted(&mut plan, asked.accept.as_deref()) {
        return Ok(code);
    }
    if plan.confirm.is_some() && plan.confirm != asked.confirm {
        let wanted = plan.confirm.as_deref().unwrap_or_default();
        return Ok(refuse(&format!("a step cannot be undone: confirm with --confirm {wanted}")));
    }
    // A plan may come from somebody else: what it would start here is not started unseen.
    if let Some(command) = plan.calls().into_iter().find_map(|call| call.runs()).filter(|_| !asked.commands) {
        return Ok(refuse(&format!("the plan runs `{command}` on this machine: --commands lets it")));
    }
    if !config.write {
        return Ok(refuse(READ_ONLY));
    }
    let (hands, clock) = hands(config).await;
    if let Some(code) = differs(&hands, &*clock, &plan).await {
        return Ok(code);
    }
    begin(&asked.how, &plan, &hands, &*clock).await
}

/// Does something speak against the plan that nobody gives a reason for?
fn unaccepted(plan: &mut Plan, reason: Option<&str>) -> Option<ExitCode> {
    if let Some(reason) = reason {
        plan.accept(reason);
    }
    let block = plan.open_blocks().next()?;
    let says = &block.says;
    Some(refuse(&format!("{says}; give a reason with --accept, if it is to be done all the same")))
}

/// Is the world not as the plan says? Then that is said.
async fn differs(hands: &Hands, clock: &dyn Clock, plan: &Plan) -> Option<ExitCode> {
    let lines = match check(hands, clock, plan).await {
        Ok(differs) => differs,
        Err(trouble) => vec![trouble.says()],
    };
    for line in &lines {
        say::talk(&format!("keytrail: {line}"));
    }
    (!lines.is_empty()).then(|| refuse("nothing was done"))
}

async fn begin(how: &How, plan: &Plan, hands: &Hands, clock: &dyn Clock) -> anyhow::Result<ExitCode> {
    let run = how.journal()?.begin(clock.now(), plan)?;
    say::talk(&format!("run {}: {}", run.id(), plan.title));
    let mark = act::mark();
    carry_on(how, run, hands, clock, &[Note::Begun { mark }]).await
}

pub(super) async fn resume(asked: &Resume, config: Config) -> anyhow::Result<ExitCode> {
    if !config.write {
        return Ok(refuse(READ_ONLY));
    }
    let run = asked.how.journal()?.take(asked.run)?;
    let kept = run.read::<Plan, Note>()?;
    let mut notes = Vec::new();
    if !kept.notes.iter().any(|(_, note)| matches!(note, Note::Begun { .. })) {
        // The process died before the first note: nothing was done yet.
        notes.push(Note::Begun { mark: act::mark() });
    }
    let said = [asked.ours.clone().map(Ask::Ours), asked.discard.clone().map(Ask::Discard)];
    let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
    if said.iter().flatten().any(|ask| !progress.asks(ask)) {
        return Ok(refuse(&format!(
            "run {} does not ask that: {}",
            asked.run,
            runs::standing(&kept.plan, &progress)
        )));
    }
    if let Some(why) = &asked.leave_out {
        if !(kept.plan.rungs && matches!(progress.status, Status::Halted { .. })) {
            return Ok(refuse("only a step where a ladder has halted can be left out"));
        }
        let left = Note::Done { step: progress.step, receipt: Receipt::Left(why.clone()) };
        notes.extend([Note::Resumed, left]);
    }
    notes.extend(said.iter().flatten().flat_map(Ask::notes));
    let (hands, clock) = hands(config).await;
    carry_on(&asked.how, run, &hands, &*clock, &notes).await
}

pub(super) async fn undo(asked: &Undo, config: Config) -> anyhow::Result<ExitCode> {
    let taken_back = act::taken_back_in(&asked.how.journal()?, asked.run)?.into_keys().collect();
    let run = asked.how.journal()?.take(asked.run)?;
    let may_write = config.write;
    let kept = run.read::<Plan, Note>()?;
    let progress = Progress::of(kept.begun, &kept.plan.calls(), &kept.notes)?;
    let (hands, clock) = hands(config).await;
    let undoing = Undoing { run: asked.run, plan: &kept.plan, progress: &progress, taken_back };
    let steps = asked.step.iter().copied().collect();
    let plan =
        if asked.step.is_empty() { undoing.whole(clock.now()) } else { undoing.steps(&steps, clock.now()) };
    let mut plan = match plan {
        Ok(plan) => plan,
        Err(why) => return Ok(refuse(&why.to_string())),
    };
    plan.cautions.iter().for_each(|line| say::talk(line));
    if !may_write {
        say::data(&act::markdown(&plan))?;
        return Ok(refuse(READ_ONLY));
    }
    if let Some(code) = unaccepted(&mut plan, asked.accept.as_deref()) {
        return Ok(code);
    }
    if let Some(code) = differs(&hands, &*clock, &plan).await {
        return Ok(code);
    }
    if !progress.is_over() {
        // Nobody is to carry on with what is being undone.
        let mut engine = Engine::new(&hands, &*clock, asked.how.settings(), run)?;
        engine.note(&Note::Abandoned, &mut |_| {})?;
    }
    begin(&asked.how, &plan, &hands, &*clock).await
}

async fn hands(config: Config) -> (Hands, Arc<dyn Clock>) {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let hands = Hands::open(config.aws, config.gitlab, &clock).await;
    for (name, why) in &hands.lacks {
        say::talk(&format!("{name}: {why}"));
    }
    (hands, clock)
}

/// Notes first, then the loop. An interrupt stops it before the next step.
async fn carry_on(
    how: &How,
    run: Run,
    hands: &Hands,
    clock: &dyn Clock,
    first: &[Note],
) -> anyhow::Result<ExitCode> {
    let id = run.id();
    let mut engine = Engine::new(hands, clock, how.settings(), run)?;
    let plan = engine.plan().clone();
    let json = how.json;
    let mut heard = move |note: &Note| runs::tell(&plan, note, clock.now(), json);
    for note in first {
        engine.note(note, &mut heard)?;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let asked = stop.clone();
    let waiting = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            say::talk("stopping before the next step");
            asked.store(true, Ordering::Relaxed);
        }
    });
    let gone = engine.go(&|| stop.load(Ordering::Relaxed), &mut heard).await;
    waiting.abort();
    gone?;
    let progress = engine.progress();
    say::talk(&format!("run {id}: {}", runs::standing(engine.plan(), progress)));
    Ok(match progress.status {
        Status::Finished if progress.left() > 0 => ExitCode::from(NEEDS_SOMEBODY),
        Status::Finished => ExitCode::SUCCESS,
        Status::Waiting { .. } | Status::Going => ExitCode::from(WAITS),
        Status::Halted { .. } | Status::Stuck { .. } | Status::Abandoned => ExitCode::from(NEEDS_SOMEBODY),
    })
}
