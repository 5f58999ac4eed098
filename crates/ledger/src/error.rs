//! What can go wrong with the record, by what the merchant can do about it.

use std::path::PathBuf;

use thiserror::Error;

/// Why the ledger refused or failed.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// Another Kvit has this file open.
    #[error("the books are open in another Kvit")]
    InUse,
    /// The file was written by a newer Kvit; opening it here could damage it.
    #[error("the books were written by a newer Kvit (version {found}, this one knows {known})")]
    TooNew {
        /// Schema version of the file.
        found: u32,
        /// Newest version that this program knows.
        known: u32,
    },
    /// The file is no ledger of Kvit.
    #[error("{} is not a file of Kvit", .0.display())]
    Foreign(PathBuf),
    /// The file is damaged.
    #[error("the books are damaged: {0}")]
    Damaged(String),
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The folder or file may not be written.
    #[error("the books cannot be written: {0}")]
    NotWritable(String),
    /// There is no such row.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Somebody saved another revision meanwhile.
    #[error("the draft changed meanwhile: revision {found} instead of {expected}")]
    ChangedMeanwhile {
        /// The revision that the caller saw.
        expected: u32,
        /// The one that is there.
        found: u32,
    },
    /// The row's state does not allow this.
    #[error("an invoice that is {found} cannot be {wanted}")]
    WrongState {
        /// The outbox state that was found.
        found: String,
        /// What was asked.
        wanted: &'static str,
    },
    /// Another invoice has this id of the service already.
    #[error("invoice {0} has this id already")]
    IdUsed(u64),
    /// What the service keeps under the given id is another invoice.
    #[error("the service's invoice has another {0}")]
    NotTheSame(&'static str),
    /// The customer may have it, so nothing may take its place.
    #[error("the customer may have this invoice already")]
    MayBeWithCustomer,
    /// The number is below one that was already given.
    #[error("numbers up to {0} are already given")]
    NumberTaken(u64),
    /// The series has moved on since the merchant saw it.
    #[error("the next number is {0} by now")]
    NumberMoved(u64),
    /// The number has more digits than a number may have.
    #[error("{0} is too large for an invoice number")]
    NumberTooLarge(u64),
    /// The bytes that were to go out could not be made.
    #[error("the request could not be made: {0}")]
    NotMade(String),
    /// There were books here, and now there is nothing, or an empty file.
    #[error("the books at {} are missing or empty", .0.display())]
    Missing(PathBuf),
    /// What was stored cannot be read back.
    #[error("a stored value cannot be read: {0}")]
    Unreadable(String),
    /// Anything else that SQLite says.
    #[error("the books failed: {0}")]
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for LedgerError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            Some(Code::DiskFull) => Self::DiskFull,
            Some(Code::ReadOnly | Code::CannotOpen | Code::PermissionDenied) => {
                Self::NotWritable(error.to_string())
            }
            Some(Code::DatabaseCorrupt | Code::NotADatabase) => Self::Damaged(error.to_string()),
            Some(Code::DatabaseBusy | Code::DatabaseLocked) => Self::InUse,
            _ => Self::Failed(error),
        }
    }
}

impl From<serde_json::Error> for LedgerError {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error.to_string())
    }
}

impl From<std::io::Error> for LedgerError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull => Self::DiskFull,
            _ => Self::NotWritable(error.to_string()),
        }
    }
}
