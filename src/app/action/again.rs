//! A run of the journal is taken up again, or back: whole or step by step. What a stuck run asks is answered here.

use super::{Errand, KeptRun, Preview, Told};
use crate::{
    act::{Ask, Plan, RunId, Status},
    app::{
        detail::wrap,
        perform::moved,
        show::{Line, Overlay, Span, Tone},
        state::{App, Chart, Layer},
    },
    base::text::clean,
};

/// Columns of what is said below the answers.
const WIDEST: usize = 84;

/// What can be said to a run that asks.
#[derive(Clone, Debug)]
pub(in crate::app) struct Answers {
    run: RunId,
    told: Told,
    why: String,
    ask: Ask,
    /// 0 is yes.
    selected: usize,
}

impl Answers {
    pub(in crate::app) fn step(&mut self, by: i64) {
        self.selected = moved(self.selected, by, 1);
    }

    /// `columns`: how long a line may be.
    pub(in crate::app) fn shown(&self, columns: usize) -> Overlay {
        let lines = |text: &str, tone: Tone| -> Vec<Line> {
            let lines = wrap(&clean(text), columns.min(WIDEST));
            lines.into_iter().map(|line| vec![Span::new(line, tone)]).collect()
        };
        let means = if self.selected == 0 {
            lines(&self.ask.means(), Tone::Bad)
        } else {
            lines("The world is looked at once more; the run goes on if it has become clear.", Tone::Plain)
        };
        let no = "no, or not yet: look again";
        Overlay::Menu {
            title: format!("Run {} asks", self.run),
            items: vec![
                vec![Span::new(format!("yes, delete {}", self.ask.key()), Tone::Bad)],
                vec![Span::plain(no)],
            ],
            selected: self.selected,
            says: [lines(&self.why, Tone::Dim), lines(&self.ask.asks(), Tone::Strong), means].concat(),
        }
    }
}

impl App {
    fn kept_here(&mut self) -> Option<KeptRun> {
        let found =
            self.run_here().and_then(|run| self.world.runs.iter().find(|kept| kept.id == run).cloned());
        match found.as_ref().map(|kept| (kept.id, &kept.told)) {
            Some((_, Ok(_))) => return found,
            Some((run, Err(why))) => {
                let text = clean(&format!("Run {run} cannot be read: {why}")).into_owned();
                self.say(Span::new(text, Tone::Bad));
            }
            None => self.say(Span::new("Choose a run first: pane 8 lists them.", Tone::Notice)),
        }
        None
    }

    /// The preview of what is left of a run; one that asks something asks it first.
    pub(in crate::app) fn preview_resume(&mut self) {
        let Some(KeptRun { id: run, told: Ok(told), is_busy, .. }) = self.kept_here() else { return };
        let why = match &told.progress.status {
            _ if is_busy => "a process is at it",
            Status::Finished => "it is done",
            Status::Abandoned => "it was abandoned; another run undid it",
            Status::Stuck { why, asks: Some(ask) } => {
                let (why, ask) = (why.clone(), ask.clone());
                self.layer = Some(Layer::Answers(Answers { run, told, why, ask, selected: 0 }));
                return;
            }
            Status::Going | Status::Waiting { .. } | Status::Halted { .. } | Status::Stuck { .. } => {
                return self.resume(run, told, None);
            }
        };
        self.say(Span::new(format!("Run {run} cannot be resumed: {why}."), Tone::Notice));
    }

    /// Enter: what was said is part of the plan that is confirmed.
    pub(in crate::app) fn answer(&mut self) {
        let Some(Layer::Answers(answers)) = self.layer.take() else { return };
        let ask = (answers.selected == 0).then_some(answers.ask);
        self.resume(answers.run, answers.told, ask);
    }

    fn resume(&mut self, run: RunId, told: Told, ask: Option<Ask>) {
        let mut plan = Plan::clone(&told.plan);
        if let Some(ask) = &ask {
            // What is deleted is typed, whatever the plan asked for when it was begun.
            plan.confirm = Some(ask.key().to_string());
        }
        self.chart = Some(Chart::Preview(Preview::of_run(plan, Errand::Resume(run, ask), told)));
    }

    /// The preview of the run that takes a run back: the step under the cursor alone, or the whole of it.
    pub(in crate::app) fn preview_undo(&mut self, is_whole: bool) {
        let Some(kept) = self.kept_here() else { return };
        let run = kept.id;
        if kept.is_busy {
            self.say(Span::new(format!("Run {run} is under way: stop it first."), Tone::Notice));
            return;
        }
        let step = self.step_under_cursor().filter(|_| !is_whole);
        let Some(undoing) = kept.undoing() else { return };
        let plan = match step {
            Some(step) => undoing.steps(&[step].into(), self.world.now),
            None => undoing.whole(self.world.now),
        };
        match plan {
            Ok(plan) => self.chart = Some(Chart::Preview(Preview::new(plan, Errand::Undo(run)))),
            Err(why) => {
                let what = step.map_or_else(String::new, |step| format!("Step {} of ", step + 1));
                let run = if step.is_some() { format!("run {run}") } else { format!("Run {run}") };
                let text = format!("{what}{run} cannot be undone: {why}.");
                self.say(Span::new(clean(&text).into_owned(), Tone::Notice));
            }
        }
    }
}
