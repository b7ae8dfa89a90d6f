//! Who may run a run: one process at a time. The system lets go of the lock when the process ends, however it ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use super::{RunId, StoreError};

/// Held until dropped.
#[derive(Debug)]
pub(super) struct Lease {
    _file: File,
}

impl Lease {
    /// The lock file stays behind: to remove it would let two processes lock two files of one name.
    pub(super) fn take(folder: &Path, run: RunId) -> Result<Self, StoreError> {
        let path = folder.join(format!("run-{run}.lock"));
        let wrong = |why: std::io::Error| StoreError::File { path: path.clone(), why: why.to_string() };
        let file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(&path)
            .map_err(wrong)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Busy(run)),
            Err(TryLockError::Error(error)) => Err(wrong(error)),
        }
    }
}
