//! A frame from the state.

use super::{
    show::{Bar, Body, Footer, Screen},
    state::App,
};

impl App {
    /// What a frame looks like now.
    pub fn show(&self) -> Screen {
        Screen {
            bar: Bar::default(),
            tabs: Vec::new(),
            body: Body::TooSmall(String::new()),
            footer: Footer::default(),
            overlay: None,
        }
    }
}
