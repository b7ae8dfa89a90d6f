//! What can be done to a thing, or to all that is marked: every action for its kind, with its plan or the reason why not. Plans are made
//! away from the screen, for they look through everything that is known.

use std::sync::Arc;

use super::{Errand, Form, Preview};
use crate::{
    act::{ACTIONS, Plan, Takes, Wish, Wishes, action::Ground, together},
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

/// An order for a menu, or for the plan of one action as somebody wished it.
#[derive(Clone, Debug)]
pub struct ProposeRequest {
    pub world: Arc<World>,
    /// Of one kind.
    pub targets: Vec<Id>,
    /// This action alone, with these wishes.
    pub wished: Option<(&'static str, Wishes)>,
    pub generation: u64,
}

/// Every action for the targets' kind, or the one that was wished.
#[derive(Clone, Debug)]
pub struct Proposed {
    pub targets: Vec<Id>,
    pub is_wished: bool,
    pub generation: u64,
    pub offers: Vec<Offer>,
}

#[derive(Clone, Debug)]
pub struct Offer {
    pub action: &'static str,
    pub about: &'static str,
    /// What may be wished of it.
    pub asks: Vec<Asks>,
    /// One plan for all targets, or why there is none.
    pub plan: Result<Arc<Plan>, String>,
}

/// A wish, and what can be chosen for it: known of every target.
#[derive(Clone, Debug)]
pub struct Asks {
    pub wish: &'static Wish,
    pub choices: Vec<String>,
}

impl Asks {
    fn of(wish: &'static Wish, ground: &Ground<'_>, targets: &[Id]) -> Self {
        let mut choices = Vec::new();
        if let (Takes::OneOf(known), Some((first, others))) = (wish.takes, targets.split_first()) {
            choices = known(ground, first);
            for other in others {
                let own = known(ground, other);
                choices.retain(|choice| own.contains(choice));
            }
        }
        Self { wish, choices }
    }

    /// Must it be said, and can it be?
    fn is_open(&self) -> bool {
        self.wish.must && (!matches!(self.wish.takes, Takes::OneOf(_)) || !self.choices.is_empty())
    }
}

/// Makes every plan there is for the targets. Takes a while for large worlds.
pub fn propose(request: &ProposeRequest) -> Proposed {
    let world = &request.world;
    let ground = Ground { estate: &world.estate, linked: &world.linked, now: world.now };
    let kind = request.targets.first().map(Id::kind);
    let nothing = Wishes::default();
    let (only, wishes) = match &request.wished {
        Some((name, wishes)) => (Some(*name), wishes),
        None => (None, &nothing),
    };
    let offered = |name: &str| only.is_none_or(|only| only == name);
    let actions = ACTIONS.into_iter().filter(|action| Some(action.kind) == kind && offered(action.name));
    let offers = actions.map(|action| {
        let plans = request.targets.iter().map(|target| action.plan(&ground, target, wishes));
        let plan = plans.collect::<Result<Vec<Plan>, _>>().and_then(together);
        Offer {
            action: action.name,
            about: action.about,
            asks: action.wishes.iter().map(|wish| Asks::of(wish, &ground, &request.targets)).collect(),
            plan: plan.map(Arc::new).map_err(|why| why.to_string()),
        }
    });
    Proposed {
        targets: request.targets.clone(),
        is_wished: only.is_some(),
        generation: request.generation,
        offers: offers.collect(),
    }
}

impl Offer {
    /// Wishes without which there is no plan yet.
    fn unsaid(&self) -> impl Iterator<Item = &'static str> {
        self.asks.iter().filter(|asks| asks.is_open()).map(|asks| asks.wish.name)
    }
}

/// Columns of what is said below the menu: a line that is longer is hard to read.
const WIDEST: usize = 84;

/// The menu, open.
#[derive(Clone, Debug)]
pub(in crate::app) struct Menu {
    title: String,
    targets: Vec<Id>,
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
        vec![Effect::Propose(ProposeRequest {
            world,
            targets: chosen,
            wished: None,
            generation: self.proposals,
        })]
    }

    /// Opens the menu, unless something else was opened or asked for meanwhile.
    pub(in crate::app) fn proposed(&mut self, proposed: Proposed) {
        if proposed.generation != self.proposals || self.typing.is_some() {
            return;
        }
        if proposed.is_wished {
            return self.proposed_as_wished(proposed);
        }
        if self.layer.is_some() {
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
        let Proposed { targets, offers, .. } = proposed;
        self.layer = Some(Layer::Menu(Menu { title, targets, offers, selected }));
        self.dirty = true;
    }

    pub(in crate::app) fn step_menu(&mut self, by: i64) {
        match &mut self.layer {
            Some(Layer::Menu(menu)) => {
                menu.selected = moved(menu.selected, by, menu.offers.len().saturating_sub(1));
            }
            Some(Layer::Form(form)) => form.step(by),
            Some(Layer::Answers(answers)) => answers.step(by),
            _ => {}
        }
    }

    /// Enter: the plan's preview, or first the form for what may be wished. An action that does not apply says why, and the menu stays.
    pub(in crate::app) fn choose_action(&mut self) {
        let Some(Layer::Menu(menu)) = &self.layer else { return };
        let Some(offer) = menu.offers.get(menu.selected) else { return };
        match &offer.plan {
            plan if !offer.asks.is_empty() && (plan.is_ok() || offer.unsaid().next().is_some()) => {
                let form = Form::new(menu.clone(), offer, menu.targets.clone());
                self.layer = Some(Layer::Form(form));
            }
            Ok(plan) => {
                let plan = Plan::clone(plan);
                self.layer = None;
                self.chart = Some(Chart::Preview(Preview::new(plan, Errand::Begin)));
            }
            Err(why) => {
                let why = format!("Not now: {}.", clean(why).trim_end_matches('.'));
                self.say(Span::new(why, Tone::Warn));
            }
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
            Err(_) if offer.unsaid().next().is_some() => {
                let open: Vec<&str> = offer.unsaid().collect();
                vec![
                    Span::new(format!("{:<widest$}", offer.action), Tone::Strong),
                    Span::new(format!("  asks for {}", open.join(", ")), Tone::Dim),
                ]
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
            if let Err(why) = &offer.plan
                && offer.unsaid().next().is_none()
            {
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
