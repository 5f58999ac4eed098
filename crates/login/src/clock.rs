//! Time as a parameter: the wall clock for claims and records, a monotonic one for lifetimes.

use std::time::Instant;

use jiff::Timestamp;

/// Where time comes from.
pub trait Clock: Send + Sync {
    /// The wall clock.
    fn now(&self) -> Timestamp;

    /// Seconds since an arbitrary start, never going back: the lifetime of a token must not depend on a clock that the
    /// merchant may set.
    fn monotonic_seconds(&self) -> u64;
}

/// The computer's own clocks.
#[derive(Debug)]
pub struct SystemClock {
    started: Instant,
}

impl Default for SystemClock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
        }
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn monotonic_seconds(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}
