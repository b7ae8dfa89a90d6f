//! The company while it is open.

use tokio_util::sync::CancellationToken;

use super::world::Shared;

/// Runs until the token is cancelled.
pub(super) async fn live(shared: Shared, seed: u64, stop: CancellationToken) {
    let _ = (shared, seed);
    stop.cancelled().await;
}
