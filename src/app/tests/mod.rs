//! Messages in, state and effects out: what a user would notice, without a terminal.

mod acting;
mod charts;
mod journey;
mod list;
mod pace;
mod panes;
mod runs;
mod typing;
mod ways;
mod wishes;
