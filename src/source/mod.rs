//! Floor 3: collectors. Each turns one kind of page into observations, and every refusal into a gap.

pub mod aws;
pub mod files;
pub mod gitlab;
pub mod logs;
mod trouble;

pub use trouble::{Answer, Trouble};

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{base::time::Clock, model::observe::Report};

/// What every collector is given.
#[derive(Clone)]
pub struct Outlet {
    /// Bounded: a collector waits when the screen is behind.
    pub reports: mpsc::Sender<Report>,
    pub clock: Arc<dyn Clock>,
    /// Cancelled when the user stops the sweep or leaves.
    pub stop: CancellationToken,
    /// The number of this walk.
    pub run: u32,
}
