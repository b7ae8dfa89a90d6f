//! Floor 5: what the user is looking at. Synchronous, no terminal, no clock, no network.
//!
//! Messages come in, state changes, effects go out; [`show`] is what a frame looks like as data.

pub mod key;
pub mod layout;
pub mod show;
pub mod world;
