//! Time in the tests of the desk: it runs, but from the same Monday morning on. What they show holds on any day and at any hour,
//! so no month may end and no midnight come while they run.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

/// Monday, 23 November 2026, ten in the morning in Copenhagen.
const BEGINNING: &str = "2026-11-23T09:00:00Z";

static RUNNING_SINCE: LazyLock<(Instant, Timestamp)> =
    LazyLock::new(|| (Instant::now(), BEGINNING.parse().unwrap()));

/// Now, for all shops of this run.
pub(crate) fn now() -> Timestamp {
    let (since, beginning) = *RUNNING_SINCE;
    beginning + SignedDuration::try_from(since.elapsed()).unwrap()
}

/// The computer's clock, ahead by as much as a test wants.
#[derive(Default)]
pub(crate) struct Ahead {
    seconds: AtomicI64,
    system: login::SystemClock,
}

impl Ahead {
    /// Moves it by so many seconds.
    pub(crate) fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl login::Clock for Ahead {
    fn now(&self) -> Timestamp {
        now() + SignedDuration::from_secs(self.seconds.load(Ordering::SeqCst))
    }

    fn monotonic_seconds(&self) -> u64 {
        let moved = self.seconds.load(Ordering::SeqCst);
        self.system.monotonic_seconds().saturating_add_signed(moved)
    }
}

impl simulator::Clock for Ahead {
    fn now(&self) -> Timestamp {
        login::Clock::now(self)
    }
}
