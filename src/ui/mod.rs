//! Floor 6: the only floor that knows ratatui: it draws what `app` shows and decodes what is typed.

pub mod depth;
pub mod glyphs;
pub mod theme;

mod pen;

mod bar;
mod charts;
mod detail;
mod footer;
mod map;
mod menu;
mod overlay;
mod overview;
mod page;
mod table;
mod timeline;
mod tree;
pub mod view;

pub mod display;
pub mod hit;
pub mod input;
pub mod look;
pub mod terminal;

pub use self::{
    display::Display,
    hit::hit,
    input::{Input, inputs},
    look::Look,
    terminal::Terminal,
    view::draw,
};

#[cfg(test)]
mod acts;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod shot;
#[cfg(test)]
mod ways;
