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

/// `now`, moved by `offset` seconds.
pub(crate) fn moved(now: Timestamp, offset: i64) -> Timestamp {
    now.checked_add(SignedDuration::from_secs(offset)).unwrap_or(now)
}
