//! The company's gitlab server.

use axum::Router;

use super::world::Shared;

/// The server, ready to be put behind a port.
pub fn router(shared: Shared) -> Router {
    Router::new().with_state(shared)
}
