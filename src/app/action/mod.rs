//! From a thing to a run: the menu of what can be done, the plan as a preview, its confirmation, the run as it goes, and runs of the past.
//! Nothing here changes anything outside: a confirmed plan leaves as an [`super::Effect::Start`].

mod again;
mod confirm;
mod fleet;
mod form;
mod kept;
mod live;
mod menu;
mod page;
mod preview;

pub(super) use self::{
    again::Answers,
    fleet::Fleet,
    form::Form,
    kept::{Fate, by, standing, steps_told},
    live::{Live, RunView},
    menu::Menu,
    page::Page,
    preview::Preview,
};
pub use self::{
    kept::{KeptRun, Told},
    live::{Errand, Order, RunNews},
    menu::{Asks, Offer, ProposeRequest, Proposed, propose},
};
