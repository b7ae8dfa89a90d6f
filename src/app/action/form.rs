//! What may be wished of an action, before its plan is shown: a line for each wish, chosen from what is known or typed.

use std::sync::Arc;

use super::{Asks, Errand, Menu, Offer, Preview, ProposeRequest, Proposed};
use crate::{
    act::{Plan, Takes, Wish, Wishes},
    app::{
        Effect,
        detail::wrap,
        perform::moved,
        prompt::{Purpose, Typing},
        show::{Line, Overlay, Span, Tone},
        state::{App, Chart, Layer},
    },
    base::text::{clean, plural},
    model::id::Id,
};

/// Columns of what is said below the lines.
const WIDEST: usize = 84;

/// The form, open over the menu it came from.
#[derive(Clone, Debug)]
pub(in crate::app) struct Form {
    /// What esc goes back to.
    menu: Menu,
    action: &'static str,
    about: &'static str,
    targets: Vec<Id>,
    asks: Vec<Asks>,
    wishes: Wishes,
    /// A wish, or, below them all, the plan.
    selected: usize,
    /// The choice under the cursor while one is chosen for the selected wish.
    choosing: Option<usize>,
}

impl Form {
    pub(super) fn new(menu: Menu, offer: &Offer, targets: Vec<Id>) -> Self {
        let mut form = Self {
            menu,
            action: offer.action,
            about: offer.about,
            targets,
            asks: offer.asks.clone(),
            wishes: Wishes::default(),
            selected: 0,
            choosing: None,
        };
        form.selected = form.missing().unwrap_or(form.asks.len());
        form
    }

    /// The first wish that must be said and was not.
    fn missing(&self) -> Option<usize> {
        let unsaid = |asks: &Asks| asks.wish.must && self.wishes.text(asks.wish).is_none();
        self.asks.iter().position(unsaid)
    }

    fn here(&self) -> Option<&Asks> {
        self.asks.get(self.selected)
    }

    pub(in crate::app) fn step(&mut self, by: i64) {
        let choices = self.here().map_or(0, |asks| asks.choices.len());
        match &mut self.choosing {
            Some(choice) => *choice = moved(*choice, by, choices.saturating_sub(1)),
            None => self.selected = moved(self.selected, by, self.asks.len()),
        }
    }

    fn set(&mut self, wish: &Wish, text: &str) -> Result<(), String> {
        self.wishes.set(wish, text)?;
        self.choosing = None;
        self.selected = self.missing().unwrap_or(self.asks.len());
        Ok(())
    }

    /// `columns`: how long a line may be.
    pub(in crate::app) fn shown(&self, columns: usize) -> Overlay {
        let about = |text: &str| -> Vec<Line> {
            let lines = wrap(&clean(text), columns.min(WIDEST));
            lines.into_iter().map(|line| vec![Span::plain(line)]).collect()
        };
        if let (Some(choice), Some(asks)) = (self.choosing, self.here()) {
            let choices = asks.choices.iter().map(|choice| vec![Span::plain(clean(choice))]);
            return Overlay::Menu {
                title: format!("{}: {}", self.action, asks.wish.name),
                items: choices.collect(),
                selected: choice,
                says: about(asks.wish.about),
            };
        }
        let widest = self.asks.iter().map(|asks| asks.wish.name.len()).max().unwrap_or(0);
        let line = |asks: &Asks| {
            let (value, tone) = match (self.wishes.text(asks.wish), asks.wish.takes) {
                (Some(text), _) => (clean(text).into_owned(), Tone::Plain),
                (None, _) if !asks.wish.must => ("as is usual".into(), Tone::Dim),
                (None, Takes::Text(example)) => (format!("say it, such as {example}"), Tone::Warn),
                (None, _) => {
                    (format!("choose one of {}", plural(asks.choices.len(), "choice", "choices")), Tone::Warn)
                }
            };
            vec![
                Span::new(format!("{:<widest$}", asks.wish.name), Tone::Strong),
                Span::new(format!("  {value}"), tone),
            ]
        };
        let plan = vec![Span::new("show the plan", Tone::Accent)];
        Overlay::Menu {
            title: clean(&format!("{}: what it is to be", self.action)).into_owned(),
            items: self.asks.iter().map(line).chain([plan]).collect(),
            selected: self.selected,
            says: about(self.here().map_or(self.about, |asks| asks.wish.about)),
        }
    }
}

impl App {
    fn form(&mut self) -> Option<&mut Form> {
        match &mut self.layer {
            Some(Layer::Form(form)) => Some(form),
            _ => None,
        }
    }

    /// Esc: from the choices to the form, from the form to the menu.
    pub(in crate::app) fn leave_form(&mut self) {
        let Some(form) = self.form() else { return };
        if form.choosing.take().is_none() {
            let menu = form.menu.clone();
            self.layer = Some(Layer::Menu(menu));
        }
    }

    /// Enter: a choice is made, a wish is chosen or typed, the plan is asked for.
    pub(in crate::app) fn enter_form(&mut self) -> Vec<Effect> {
        let Some(form) = self.form() else { return Vec::new() };
        let Some(asks) = form.here().cloned() else { return self.ask_for_plan() };
        if let Some(choice) = form.choosing.and_then(|choice| asks.choices.get(choice)) {
            if let Err(why) = form.set(asks.wish, choice) {
                self.say(Span::new(clean(&why).into_owned(), Tone::Warn));
            }
            return Vec::new();
        }
        let known = form.wishes.text(asks.wish).unwrap_or_default().to_owned();
        match asks.wish.takes {
            Takes::OneOf(_) if asks.choices.is_empty() => {
                let text = format!("Nothing is known to choose as {}.", asks.wish.name);
                self.say(Span::new(text, Tone::Notice));
            }
            Takes::OneOf(_) => {
                form.choosing = Some(asks.choices.iter().position(|one| *one == known).unwrap_or(0));
            }
            Takes::Time(_) | Takes::Text(_) => {
                self.typing = Some(Typing::new(Purpose::Wish(asks.wish), &known));
            }
        }
        Vec::new()
    }

    /// A wish was typed; the line was found to be one that can be wished.
    pub(in crate::app) fn wished(&mut self, wish: &Wish, text: &str) {
        let said = self.form().map_or(Ok(()), |form| form.set(wish, text));
        if let Err(why) = said {
            self.say(Span::new(clean(&why).into_owned(), Tone::Warn));
        }
    }

    fn ask_for_plan(&mut self) -> Vec<Effect> {
        let Some(form) = self.form() else { return Vec::new() };
        if let Some(missing) = form.missing() {
            form.selected = missing;
            let text = format!("First say {}.", form.asks[missing].wish.name);
            self.say(Span::new(text, Tone::Notice));
            return Vec::new();
        }
        let (targets, wished) = (form.targets.clone(), Some((form.action, form.wishes.clone())));
        self.proposals += 1;
        let world = Arc::clone(&self.world);
        vec![Effect::Propose(ProposeRequest { world, targets, wished, generation: self.proposals })]
    }

    /// The plan with what was wished, or why there is none; then the form stays.
    pub(super) fn proposed_as_wished(&mut self, proposed: Proposed) {
        if self.form().is_none() {
            return;
        }
        match proposed.offers.into_iter().next().map(|offer| offer.plan) {
            Some(Ok(plan)) => {
                self.layer = None;
                self.chart = Some(Chart::Preview(Preview::new(Plan::clone(&plan), Errand::Begin)));
            }
            Some(Err(why)) => {
                let why = format!("Not so: {}.", clean(&why).trim_end_matches('.'));
                self.say(Span::new(why, Tone::Warn));
            }
            None => {}
        }
        self.dirty = true;
    }
}
