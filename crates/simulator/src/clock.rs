//! The simulator's own time: the computer's clock and how far it was moved.

use jiff::{SignedDuration, Timestamp};

/// Where time comes from before it is moved.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The clock could not be moved. It stands where it stood.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The disk of the simulator failed.
    #[error("the books of the simulator cannot be written: {0}")]
    Books(#[from] rusqlite::Error),
    /// There is no such date.
    #[error("that is further ahead than there are dates")]
    TooFar,
}

/// `now`, moved by `offset` seconds.
pub(crate) fn moved(now: Timestamp, offset: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(offset)).unwrap_or(now)
}

/// The time to which it may be moved: none so far ahead that what is reckoned from it (a retry, a due date) has no date.
pub(crate) fn ahead(now: Timestamp, offset: i64) -> Option<Timestamp> {
    let moved = now.checked_add(SignedDuration::from_secs(offset)).ok()?;
    moved
        .checked_add(SignedDuration::from_hours(500 * 24))
        .is_ok()
        .then_some(moved)
}
