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

/// Both clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    wall: Timestamp,
    monotonic: u64,
}

/// When the clocks went apart by more than this (seconds), the computer slept or somebody set the wall clock: a monotonic
/// clock may stand still in sleep, so an age by it says nothing any more.
const LARGEST_GAP: u64 = 30;

impl Reading {
    pub(crate) fn of(clock: &dyn Clock) -> Self {
        Self {
            wall: clock.now(),
            monotonic: clock.monotonic_seconds(),
        }
    }

    /// Seconds from this moment to `later` by the monotonic clock; `None` when that cannot be trusted.
    pub(crate) fn age_at(self, later: Self) -> Option<u64> {
        let passed = later.monotonic.saturating_sub(self.monotonic);
        let by_wall = later.wall.as_second().saturating_sub(self.wall.as_second());
        let gap = i128::from(by_wall).abs_diff(i128::from(passed));
        (gap <= u128::from(LARGEST_GAP)).then_some(passed)
    }
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
