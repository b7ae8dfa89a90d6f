//! Floor 1: what a value or a shell script shows about AWS, as pure functions over text: public names in values, and what the commands of
//! a script do. CI configurations, runner files and CI/CD variables are all read with it. It keeps no value and never knows where a text
//! came from.

mod clue;
mod prints;
mod settings;
mod shell;
mod sight;
mod tool;

pub use clue::clues;
pub use settings::settings;
pub use sight::{look, shown, written};
