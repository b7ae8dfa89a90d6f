//! The log file. It takes keytrail's own lines only: the HTTP and SDK crates log bodies and headers when asked, and secrets are in those.

use std::{fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path, sync::Mutex};

use anyhow::Context;
use tracing_subscriber::{Layer, filter::Targets, fmt, layer::SubscriberExt, util::SubscriberInitExt};

/// Appends to this file from now on; only its owner may read it.
pub(super) fn open(path: &Path) -> anyhow::Result<()> {
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("opening the log {}", path.display()))?;
    let ours = Targets::new().with_target("keytrail", tracing::Level::DEBUG);
    let lines = fmt::layer().with_ansi(false).with_writer(Mutex::new(file)).with_filter(ours);
    tracing_subscriber::registry().with(lines).init();
    Ok(())
}
