//! One process at a time: who refreshes holds a lock on a file until it is done with the session.
//!
//! A provider that gives each refresh token once, and calls an access token superseded when it has given a newer one, can
//! serve one holder only. The lock ends with its process, however that ends; the file stays and holds nothing.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

/// The lock, while it is held.
#[derive(Debug)]
pub(crate) struct Lease {
    _file: File,
}

impl Lease {
    /// Takes the lock at `path`; `None` when another session has it, here or in another process, or when it cannot be
    /// had at all: then nobody can promise to be alone.
    pub(crate) fn take(path: &Path) -> Option<Self> {
        let opened = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path);
        let file = opened
            .inspect_err(|error| tracing::error!(%error, "no lock file for the session"))
            .ok()?;
        match file.try_lock() {
            Ok(()) => Some(Self { _file: file }),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Error(error)) => {
                tracing::error!(%error, "the session's lock file cannot be locked");
                None
            }
        }
    }
}
