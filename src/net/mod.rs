//! Floor 2: one HTTP client: timeouts, no redirects, same-origin paging, retry, rate budget, response cap.
//! It knows nothing of GitLab's meaning: which call says what, and who may make it, is `source`'s.

mod adapter;
mod answer;
mod base;
mod client;
mod error;
mod hints;
mod pace;
mod page;
mod retry;

pub use answer::Answer;
pub use client::{Client, Counts, Settings};
pub use error::Error;
pub use page::{Page, Place};
pub use retry::Patience;

#[cfg(test)]
mod tests;
