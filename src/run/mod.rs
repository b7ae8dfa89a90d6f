//! Floor 7: the only async conductor: one channel, one select, drain then draw. It performs effects and keeps their
//! number bounded; what they mean is decided in `app`.

mod carry;
mod keys;
mod outside;
mod sweep;

use std::{
    io::{self, Stdout},
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context;
use futures_util::{Stream, StreamExt};
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    task::{JoinError, JoinSet},
    time::{Interval, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;

pub use self::carry::Carrying;
pub use self::sweep::{Files, Sources, look};
use crate::{
    app::{self, App, Effect, Msg, World, action::propose, find, list},
    base::{name::AccountId, time::Clock},
    config::Screen,
    model::observe::Report,
    source::{Outlet, logs},
    ui::{self, Display, Input, Look, Terminal},
};

/// How the dashboard is opened.
pub struct Options {
    pub settings: app::Settings,
    pub screen: Screen,
    /// How long after one look the next one begins; never by itself where there is none.
    pub refresh: Option<Duration>,
    pub carrying: Carrying,
}

/// How often time passes on the screen.
const TICK: Duration = Duration::from_millis(100);
/// Reports taken in before the screen is drawn again: a burst of pages never makes a key wait.
const REPORTS_A_TURN: usize = 16;
/// A turn that takes longer is felt, and noted in the log.
const SLOW: Duration = Duration::from_millis(16);
/// Frames that nobody pressed a key for come no faster.
const FRAME: Duration = Duration::from_millis(40);

/// Opens the dashboard and returns when the user leaves, the terminal goes away or a signal asks for it. The terminal is restored
/// on every way out.
pub async fn dashboard(sources: Sources, clock: Arc<dyn Clock>, options: Options) -> anyhow::Result<()> {
    let env = |name: &str| std::env::var(name).ok();
    let look = Look::choose(options.screen.theme.as_deref(), options.screen.ascii, env)?;
    let mut settings = options.settings;
    settings.ascii = look.ascii;
    settings.now = clock.now();
    let app = App::new(settings)?;
    let terminal = Terminal::enter("keytrail", options.screen.mouse).context("keytrail needs a terminal")?;
    let mut conductor = Conductor::new(app, terminal, look, (Arc::new(sources), options.carrying), clock);
    conductor.refresh = options.refresh;
    conductor.start_look();
    conductor.perform(Effect::ReadRuns)?;
    conductor.conduct().await
}

struct Conductor {
    app: App,
    terminal: Terminal,
    display: Display<Stdout>,
    look: Look,
    sources: Arc<Sources>,
    carrying: Carrying,
    under_way: carry::UnderWay,
    clock: Arc<dyn Clock>,
    begun: Instant,
    reports: mpsc::Sender<Report>,
    arriving: mpsc::Receiver<Report>,
    answers: mpsc::UnboundedSender<Msg>,
    answered: mpsc::UnboundedReceiver<Msg>,
    /// Work under way; a look answers with its number. A panic in any ends the program instead of being lost.
    tasks: JoinSet<Option<u32>>,
    /// Stops the look under way.
    stop: CancellationToken,
    run: u32,
    refresh: Option<Duration>,
    next_look: Option<Instant>,
    drawn: Option<Instant>,
}

/// What woke the conductor.
enum Woken {
    Input(Input),
    Report(Report),
    Answer(Msg),
    Task(Result<Option<u32>, JoinError>),
    Leave,
}

impl Conductor {
    fn new(
        app: App,
        terminal: Terminal,
        look: Look,
        (sources, carrying): (Arc<Sources>, Carrying),
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (reports, arriving) = mpsc::channel(64);
        let (answers, answered) = mpsc::unbounded_channel();
        Self {
            app,
            terminal,
            display: Display::new(io::stdout()),
            look,
            sources,
            carrying,
            under_way: carry::UnderWay::default(),
            clock,
            begun: Instant::now(),
            reports,
            arriving,
            answers,
            answered,
            tasks: JoinSet::new(),
            stop: CancellationToken::new(),
            run: 0,
            refresh: None,
            next_look: None,
            drawn: None,
        }
    }

    async fn conduct(&mut self) -> anyhow::Result<()> {
        let mut inputs = ui::inputs();
        let mut signals = Signals::new().context("listening for signals")?;
        let mut tick = interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let size = self.terminal.size()?;
        let first = [Msg::Resized { columns: size.width, lines: size.height }, self.time()];
        for msg in first {
            self.tell(msg)?;
        }
        self.draw()?;
        loop {
            let woken = self.wait(&mut inputs, &mut signals, &mut tick).await;
            let begun = Instant::now();
            let pressed = matches!(woken, Woken::Input(_));
            if !self.take(woken)? || !self.drain()? {
                self.stop.cancel();
                return self.end_runs().await;
            }
            if self.app.dirty_screen() && (pressed || self.drawn.is_none_or(|at| at.elapsed() >= FRAME)) {
                self.draw()?;
            }
            let took = begun.elapsed();
            if took > SLOW {
                tracing::debug!(?took, pressed, "a slow turn");
            }
        }
    }

    async fn wait(
        &mut self,
        inputs: &mut (impl Stream<Item = io::Result<Input>> + Unpin),
        signals: &mut Signals,
        tick: &mut Interval,
    ) -> Woken {
        tokio::select! {
            input = inputs.next() => match input {
                Some(Ok(input)) => Woken::Input(input),
                // Standard input is gone: so is the person.
                Some(Err(_)) | None => Woken::Leave,
            },
            () = signals.any() => Woken::Leave,
            Some(msg) = self.answered.recv() => Woken::Answer(msg),
            Some(ended) = self.tasks.join_next() => Woken::Task(ended),
            Some(report) = self.arriving.recv() => Woken::Report(report),
            _ = tick.tick() => Woken::Answer(self.time()),
        }
    }

    /// Takes in what woke us; `false` is the wish to leave.
    fn take(&mut self, woken: Woken) -> anyhow::Result<bool> {
        match woken {
            Woken::Input(input) => match self.heard(input) {
                Some(msg) => self.tell(msg),
                None => Ok(true),
            },
            Woken::Report(report) => {
                let mut reports = vec![report];
                while reports.len() < REPORTS_A_TURN {
                    let Ok(report) = self.arriving.try_recv() else { break };
                    reports.push(report);
                }
                self.tell(Msg::Reported(reports))
            }
            Woken::Answer(msg) => {
                if self.next_look.is_some_and(|at| Instant::now() >= at) {
                    self.start_look();
                }
                self.tell(msg)
            }
            Woken::Task(Err(error)) if error.is_panic() => {
                anyhow::bail!("a part of keytrail panicked; please report it")
            }
            // A look that a later one took the place of is nobody's news.
            Woken::Task(Ok(Some(run))) if run == self.run => {
                self.next_look = self.refresh.map(|pause| Instant::now() + pause);
                self.tell(Msg::Swept)
            }
            Woken::Task(_) => Ok(true),
            Woken::Leave => Ok(false),
        }
    }

    fn drain(&mut self) -> anyhow::Result<bool> {
        while let Ok(msg) = self.answered.try_recv() {
            if !self.take(Woken::Answer(msg))? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn heard(&self, input: Input) -> Option<Msg> {
        match input {
            Input::Key(key) => Some(Msg::Key(key)),
            Input::Paste(text) => Some(Msg::Pasted(text)),
            Input::Resize(columns, lines) => Some(Msg::Resized { columns, lines }),
            Input::Mouse(mouse) => {
                ui::hit(&self.app.show(), self.terminal.size().ok()?, mouse).map(Msg::Mouse)
            }
        }
    }

    fn time(&self) -> Msg {
        let uptime_ms = u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX);
        Msg::Ticked { now: self.clock.now(), uptime_ms }
    }

    /// Tells the app what happened and does what it wants done; `false` is the wish to leave.
    fn tell(&mut self, msg: Msg) -> anyhow::Result<bool> {
        for effect in app::update(&mut self.app, msg) {
            if matches!(effect, Effect::Quit) {
                return Ok(false);
            }
            self.perform(effect)?;
        }
        Ok(true)
    }

    fn draw(&mut self) -> anyhow::Result<()> {
        let size = self.terminal.size()?;
        let screen = self.app.show();
        let look = &self.look;
        self.display
            .draw(size, |area, buffer| ui::draw(&screen, &look.theme, look.ascii, area, buffer))
            .context("drawing")?;
        self.app.drawn();
        self.drawn = Some(Instant::now());
        Ok(())
    }

    fn perform(&mut self, effect: Effect) -> anyhow::Result<()> {
        match effect {
            Effect::Digest { estate, limits, now } => self.work(move || {
                let begun = Instant::now();
                let world = Arc::new(World::build(estate, limits, now));
                let cost_ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
                tracing::debug!(cost_ms, links = world.linked.len(), "joined and judged");
                Msg::Digested { world, cost_ms }
            }),
            Effect::Discard(world) => drop(self.tasks.spawn_blocking(move || {
                drop(world);
                None
            })),
            Effect::List(request) => self.work(move || Msg::Listed(list::list(&request))),
            Effect::Find(request) => self.work(move || Msg::Found(find::find(&request))),
            Effect::Save(export) => self.work(move || outside::save(&export)),
            Effect::Write { path, text } => self.work(move || outside::write(&path, &text)),
            Effect::Propose(request) => self.work(move || Msg::Proposed(propose(&request))),
            Effect::Start(order) => self.start_run(order),
            Effect::StopRun(order) => self.stop_run(order),
            Effect::ReadRuns => {
                let path = self.carrying.journal.clone();
                self.work(move || Msg::RunsRead(carry::runs(&path)));
            }
            Effect::Read { title, origin } => match self.sources.keeper(&origin) {
                Some(aws) => self.ask(async move { Msg::Read { title, text: aws.record(&origin).await } }),
                None => self.work(move || Msg::Read { title, text: logs::record(&origin) }),
            },
            Effect::Open(url) => self.work(move || outside::open(&url)),
            Effect::Copy(text) => self.display.copy(&text).context("copying")?,
            Effect::Sweep => self.start_look(),
            Effect::LookCloser { instance, project } => self.look_closer(&instance, project),
            Effect::LookUp { account, name } => self.look_up(account, name),
            Effect::StopSweep => self.stop.cancel(),
            Effect::Mouse(capture) => self.terminal.capture_mouse(capture)?,
            Effect::Quit => {}
        }
        Ok(())
    }

    /// Runs something slow away from the screen.
    fn work(&mut self, job: impl FnOnce() -> Msg + Send + 'static) {
        let answers = self.answers.clone();
        self.tasks.spawn_blocking(move || {
            // Nobody listens any more when the program is leaving.
            let _ = answers.send(job());
            None
        });
    }

    /// Asks somebody something away from the screen.
    fn ask(&mut self, question: impl Future<Output = Msg> + Send + 'static) {
        let answers = self.answers.clone();
        self.tasks.spawn(async move {
            let _ = answers.send(question.await);
            None
        });
    }

    /// One project's CI configuration, as part of the look under way or the last one.
    fn look_closer(&mut self, instance: &str, project: u64) {
        let outlet = Outlet {
            reports: self.reports.clone(),
            clock: self.clock.clone(),
            stop: self.stop.child_token(),
            run: self.run,
        };
        if let Some(gitlab) = self.sources.gitlab(instance) {
            self.tasks.spawn(async move {
                gitlab.look_closer(project, outlet).await;
                None
            });
        }
    }

    /// The calls that name one thing, as part of the look under way or the last one.
    fn look_up(&mut self, account: AccountId, name: Arc<str>) {
        let outlet = Outlet {
            reports: self.reports.clone(),
            clock: self.clock.clone(),
            stop: self.stop.child_token(),
            run: self.run,
        };
        if let Some(aws) = self.sources.account(account) {
            self.tasks.spawn(async move {
                aws.look_up(&name, outlet).await;
                None
            });
        }
    }

    /// Begins a look at everything, ending the one under way.
    fn start_look(&mut self) {
        self.next_look = None;
        self.stop.cancel();
        self.stop = CancellationToken::new();
        self.run += 1;
        let look =
            look(self.sources.clone(), self.clock.clone(), self.reports.clone(), self.stop.clone(), self.run);
        let run = self.run;
        self.tasks.spawn(async move {
            look.await;
            Some(run)
        });
    }
}

/// The signals that mean: leave, and leave the terminal as it was.
struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn any(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
