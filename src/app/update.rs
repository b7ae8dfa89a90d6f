//! The only writer of [`App`].

use super::{Effect, Msg, state::App};

/// Takes in one message; returns what others should do about it. Afterwards [`App::dirty_screen`] tells whether a new
/// frame would differ.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    let _ = (app, msg);
    Vec::new()
}
