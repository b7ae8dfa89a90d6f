//! Why the journal could not be read or written. While it cannot, nothing is changed anywhere.

use std::path::PathBuf;

use super::RunId;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("{}: {why}", .path.display())]
    File { path: PathBuf, why: String },
    /// SQLite's own words: they name tables and columns, and never a value.
    #[error("the journal cannot be used: {0}")]
    Database(#[from] rusqlite::Error),
    #[error("the journal {} was written by a newer keytrail (form {found})", .path.display())]
    Newer { path: PathBuf, found: i64 },
    #[error("there is no run {0}")]
    Unknown(RunId),
    /// Another process holds the run.
    #[error("run {0} is being run by another process")]
    Busy(RunId),
    /// A row that this keytrail cannot read.
    #[error("run {run}: its {what} cannot be read")]
    Unreadable { run: RunId, what: &'static str },
}
