//! Floor 5: what the user is looking at. Synchronous, no terminal, no clock, no network.
//!
//! Messages come in, state changes, effects go out: [`update`] is the only writer of [`App`]. [`App::show`] is what a
//! frame looks like as data; it builds only the rows of the window.

pub mod action;
pub mod command;
pub mod effect;
pub mod export;
pub mod filter;
pub mod find;
pub mod glyph;
pub mod key;
pub mod keymap;
pub mod layout;
pub mod list;
pub mod map;
pub mod msg;
pub mod pane;
pub mod routes;
pub mod show;
pub mod state;
pub mod summary;
pub mod world;

mod around;
mod chains;
mod chart;
mod closer;
mod detail;
mod digest;
mod layer;
mod name;
mod palette;
mod perform;
mod policy;
mod prompt;
mod screen;
mod seen;
mod table;
mod take;
mod timeline;
mod trail;
mod tree;
mod update;
mod url;
mod verb;

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) mod trial;
#[cfg(test)]
pub(crate) mod trial_acts;
#[cfg(test)]
pub(crate) mod trial_ways;

pub use effect::Effect;
pub use keymap::BadKeys;
pub use msg::{Mouse, Msg};
pub use state::{App, Settings};
pub use update::update;
pub use world::World;
