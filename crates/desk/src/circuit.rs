//! Whether the service answers at all. After five lost answers in a row nothing more is sent into the dark: what is queued
//! stays queued instead of getting into doubt, until a read was answered (security 6.4; Nygard's *circuit breaker*).
//!
//! Time is a parameter. Deliberately absent: what proves what (`mobilepay::proves`), and the pause that a service asks for
//! (`pace`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

/// So many lost answers in a row open the circuit.
const LOST_IN_A_ROW: u32 = 5;

/// The first pause before a look, doubled each time.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(15);

/// The longest pause. It also bounds what a clock that was set back can do.
const LONGEST_PAUSE: SignedDuration = SignedDuration::from_mins(5);

/// What may go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// Everything.
    Closed,
    /// Nothing before this moment.
    Open(Timestamp),
    /// A look, and then one.
    HalfOpen,
}

/// Answers one after another.
#[derive(Debug, Default)]
pub(crate) struct Breaker {
    lost: u32,
    look_at: Timestamp,
}

impl Breaker {
    /// The service said something, whatever it was.
    pub(crate) fn answered(&mut self) {
        self.lost = 0;
    }

    /// An answer got lost at `now`, or was none.
    pub(crate) fn lost(&mut self, now: Timestamp) {
        self.lost = self.lost.saturating_add(1);
        if let Some(looks) = self.lost.checked_sub(LOST_IN_A_ROW) {
            let pause = FIRST_PAUSE.saturating_mul(1 << looks.min(8)).min(LONGEST_PAUSE);
            self.look_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
        }
    }

    /// The next look comes at `now`: somebody asked for it.
    pub(crate) fn look_now(&mut self, now: Timestamp) {
        self.look_at = self.look_at.min(now);
    }

    pub(crate) fn flow(&self, now: Timestamp) -> Flow {
        let latest = now.checked_add(LONGEST_PAUSE).unwrap_or(Timestamp::MAX);
        if self.lost < LOST_IN_A_ROW {
            Flow::Closed
        } else if (self.look_at > now) && (self.look_at <= latest) {
            Flow::Open(self.look_at)
        } else {
            Flow::HalfOpen
        }
    }
}

/// The answers to everything that is sent, from the sender and the runs alike.
#[derive(Debug, Default)]
pub(crate) struct Circuit(Mutex<Breaker>);

impl Circuit {
    pub(crate) fn breaker(&self) -> MutexGuard<'_, Breaker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn flow(&self, now: Timestamp) -> Flow {
        self.breaker().flow(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn open() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..LOST_IN_A_ROW {
            assert_eq!(breaker.flow(at(0)), Flow::Closed);
            breaker.lost(at(0));
        }
        breaker
    }

    #[test]
    fn five_lost_answers_in_a_row_open_it_and_one_answer_closes_it() {
        let mut breaker = open();
        assert_eq!(breaker.flow(at(0)), Flow::Open(at(15)));
        assert_eq!(breaker.flow(at(15)), Flow::HalfOpen);
        breaker.answered();
        assert_eq!(breaker.flow(at(15)), Flow::Closed);
        for _ in 0..9 {
            breaker.lost(at(20));
            breaker.answered();
        }
        assert_eq!(breaker.flow(at(20)), Flow::Closed, "not in a row");
    }

    #[test]
    fn each_look_in_vain_doubles_the_pause_up_to_five_minutes() {
        let mut breaker = open();
        let pauses = [30, 60, 120, 240, 300, 300].map(|pause| {
            breaker.lost(at(1_000));
            (breaker.flow(at(1_000)), Flow::Open(at(1_000 + pause)))
        });
        for (found, expected) in pauses {
            assert_eq!(found, expected);
        }
        for _ in 0..1_000 {
            breaker.lost(at(1_000));
        }
        assert_eq!(breaker.flow(at(1_000)), Flow::Open(at(1_300)));
    }

    #[test]
    fn who_asks_for_it_gets_a_look_at_once() {
        let mut breaker = open();
        breaker.look_now(at(3));
        assert_eq!(breaker.flow(at(3)), Flow::HalfOpen);
    }

    #[test]
    fn a_clock_that_went_back_does_not_keep_it_open_for_ever() {
        assert_eq!(open().flow(at(-86_400)), Flow::HalfOpen);
    }
}
