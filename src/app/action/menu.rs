//! What can be done to a thing, or to all that is marked: every action for its kind, with its plan or the reason why not. Plans are made
//! away from the screen, for they look through everything that is known.

use std::sync::Arc;

use super::{Errand, Preview};
use crate::{
    act::{ACTIONS, Plan, Wishes, action::Ground, together},
    app::{
        Effect,
        detail::wrap,
        name,
        pane::RowId,
        perform::moved,
        show::{Focus, Line, Overlay, Span, Tone},
        state::{App, Chart, Layer},
        world::World,
    },
    base::text::{clean, plural},
    model::id::{Id, Kind},
};

/// An order for a menu.
#[derive(Clone, Debug)]
pub struct ProposeRequest {
    pub world: Arc<World>,
    /// Of one kind.
    pub targets: Vec<Id>,
    pub generation: u64,
}

/// Every action for the targets' kind.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub targets: Vec<Id>,
    pub generation: u64,
    pub offers: Vec<Offer>,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub action: &'static str,
    pub about: &'static str,
    /// One plan for all targets, or why there is none.
    pub plan: Result<Arc<Plan>, String>,
}

/// Makes every plan there is for the targets. Takes a while for large worlds.
pub fn propose(request: &ProposeRequest) -> Proposed {
    let world = &request.world;
    let ground = Ground { estate: &world.estate, linked: &world.linked, now: world.now };
    let kind = request.targets.first().map(Id::kind);
    let offers = ACTIONS.into_iter().filter(|action| Some(action.kind) == kind).map(|action| {
        let plans = request.targets.iter().map(|target| action.plan(&ground, target, &Wishes::default()));
        let plan = plans.collect::<Result<Vec<Plan>, _>>().and_then(together);
        Offer {
            action: action.name,
            about: action.about,
            plan: plan.map(Arc::new).map_err(|why| why.to_string()),
        }
    });
    Proposed { targets: request.targets.clone(), generation: request.generation, offers: offers.collect() }
}

/// Columns of what is said below the menu: a line that is longer is hard to read.
const WIDEST: usize = 84;

/// The menu, open.
#[derive(Clone, Debug)]
pub(in crate::app) struct Menu {
    title: String,
    offers: Vec<Offer>,
    selected: usize,
}

fn has_actions(kind: Kind) -> bool {
    ACTIONS.iter().any(|action| action.kind == kind)
}

impl App {
    /// Orders the menu for what is marked, for what the detail is about, or for the thing under the cursor.
    pub(in crate::app) fn act(&mut self) -> Vec<Effect> {
        let here = self.things_here();
        let about = self.trail().here().and_then(|stop| stop.row.thing()).cloned();
        let chosen = if here.len() > 1 {
            here
        } else {
            // A detail is about one thing, and its cursor only passes the others: to act on one of them it is followed first.
            let about = about.filter(|_| self.chart.is_none() && self.focus == Focus::Detail);
            about.into_iter().chain(here).find(|id| has_actions(id.kind())).into_iter().collect()
        };
        let Some(kind) = chosen.first().map(Id::kind).filter(|kind| has_actions(*kind)) else {
            let mut kinds: Vec<&str> = ACTIONS.iter().map(|action| action.kind.word()).collect();
            kinds.dedup();
            kinds.sort_unstable();
            kinds.dedup();
            let text =
                format!("Nothing can be done to this from here: there are actions for {}.", kinds.join(", "));
            self.say(Span::new(text, Tone::Notice));
            return Vec::new();
        };
        if chosen.iter().any(|id| id.kind() != kind) {
            self.say(Span::new("What is marked is of several kinds: mark things of one.", Tone::Notice));
            return Vec::new();
        }
        self.proposals += 1;
        let world = Arc::clone(&self.world);
        vec![Effect::Propose(ProposeRequest { world, targets: chosen, generation: self.proposals })]
    }

    /// Opens the menu, unless something else was opened or asked for meanwhile.
    pub(in crate::app) fn proposed(&mut self, proposed: Proposed) {
        if proposed.generation != self.proposals || self.typing.is_some() || self.layer.is_some() {
            return;
        }
        let title = match proposed.targets.as_slice() {
            [one] => format!("What to do with {} {}", one.kind().word(), name::of(&self.world, one)),
            many => {
                let kind = many.first().map_or("thing", |id| id.kind().word());
                format!("What to do with {}", plural(many.len(), kind, &format!("{kind}s")))
            }
        };
        let selected = proposed.offers.iter().position(|offer| offer.plan.is_ok()).unwrap_or(0);
        self.layer = Some(Layer::Menu(Menu { title, offers: proposed.offers, selected }));
        self.dirty = true;
    }

    pub(in crate::app) fn step_menu(&mut self, by: i64) {
        if let Some(Layer::Menu(menu)) = &mut self.layer {
            menu.selected = moved(menu.selected, by, menu.offers.len().saturating_sub(1));
        }
    }

    /// Enter: the plan's preview. An action that does not apply says why, and the menu stays.
    pub(in crate::app) fn choose_action(&mut self) {
        let Some(Layer::Menu(menu)) = &self.layer else { return };
        match menu.offers.get(menu.selected).map(|offer| &offer.plan) {
            Some(Ok(plan)) => {
                let plan = Plan::clone(plan);
                self.layer = None;
                self.chart = Some(Chart::Preview(Preview::new(plan, Errand::Begin)));
            }
            Some(Err(why)) => {
                let why = format!("Not now: {}.", clean(why).trim_end_matches('.'));
                self.say(Span::new(why, Tone::Warn));
            }
            None => {}
        }
    }

    /// The run under the cursor, or the one the detail is about.
    pub(in crate::app) fn run_here(&self) -> Option<crate::act::RunId> {
        let row = self.trail().here().map(|stop| &stop.row);
        match (row, &self.table().selected) {
            (Some(RowId::Run(run)), _) | (None, Some(RowId::Run(run))) => Some(*run),
            _ => None,
        }
    }
}

impl Menu {
    /// `columns`: how long a line may be.
    pub(in crate::app) fn shown(&self, columns: usize) -> Overlay {
        let widest = self.offers.iter().map(|offer| offer.action.len()).max().unwrap_or(0);
        let item = |offer: &Offer| match &offer.plan {
            Ok(plan) => {
                let steps = plural(plan.steps.len(), "step", "steps");
                let against = plan.open_blocks().count();
                let mut line = vec![
                    Span::new(format!("{:<widest$}", offer.action), Tone::Strong),
                    Span::new(format!("  {steps}"), Tone::Dim),
                ];
                if against > 0 {
                    let things = plural(against, "thing speaks", "things speak");
                    line.push(Span::new(format!("  {things} against it"), Tone::Warn));
                }
                line
            }
            Err(why) => vec![
                Span::new(format!("{:<widest$}", offer.action), Tone::Dim),
                Span::new(format!("  not now: {}", clean(why)), Tone::Dim),
            ],
        };
        let says = self.offers.get(self.selected).map_or_else(Vec::new, |offer| {
            let lines = |text: &str, tone: Tone| -> Vec<Line> {
                wrap(text, columns.min(WIDEST)).into_iter().map(|line| vec![Span::new(line, tone)]).collect()
            };
            let mut says = lines(offer.about, Tone::Plain);
            if let Err(why) = &offer.plan {
                says.extend(lines(&format!("Not now: {}.", clean(why).trim_end_matches('.')), Tone::Warn));
            }
            says
        });
        Overlay::Menu {
            title: self.title.clone(),
            items: self.offers.iter().map(item).collect(),
            selected: self.selected,
            says,
        }
    }
}
