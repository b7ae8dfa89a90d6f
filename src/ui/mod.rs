//! Floor 6: the only floor that knows ratatui: it draws what `app` shows and decodes what is typed.

pub mod depth;
pub mod glyphs;
pub mod theme;

mod pen;

mod bar;
mod charts;
mod detail;
mod footer;
mod overlay;
mod overview;
mod table;
pub mod view;

pub mod display;
pub mod input;
pub mod terminal;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod shot;
