//! The time of trade: the computer's clock, and in the practice world how far that world's clock was moved forward.
//!
//! Due dates, ageing, polls and the outbox go by it. Deliberately absent: sign-in and the age of tokens, which stay on
//! the computer's own time, as MobilePay's do.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use login::Clock;
use tokio::sync::watch;

/// The clock of one connection.
pub(crate) struct TradeClock {
    computer: Arc<dyn Clock>,
    ahead: Option<watch::Receiver<i64>>,
}

impl TradeClock {
    /// `ahead` tells the seconds by which trade is ahead; there is none outside the practice world.
    pub(crate) const fn new(computer: Arc<dyn Clock>, ahead: Option<watch::Receiver<i64>>) -> Self {
        Self { computer, ahead }
    }

    /// Now.
    pub(crate) fn now(&self) -> Timestamp {
        moved(self.computer.now(), self.ahead())
    }

    /// Seconds by which trade is ahead of the computer.
    pub(crate) fn ahead(&self) -> i64 {
        self.ahead.as_ref().map_or(0, |ahead| *ahead.borrow())
    }

    /// When a moment of trade comes, by the computer's clock.
    pub(crate) fn on_this_computer(&self, moment: Timestamp) -> Timestamp {
        moved(moment, -self.ahead())
    }

    /// Tells each move since the connection was opened; there is none in a world whose clock cannot be.
    pub(crate) fn moves(&self) -> Option<watch::Receiver<i64>> {
        self.ahead.clone()
    }
}

fn moved(moment: Timestamp, seconds: i64) -> Timestamp {
    moment
        .checked_add(SignedDuration::from_secs(seconds))
        .unwrap_or(moment)
}
