//! Whether the service answers at all. After the lost answers of five invoices in a row nothing more is sent into the dark: what is queued
//! stays queued instead of getting into doubt, until a read was answered (security 6.4; Nygard's *circuit breaker*).
//!
//! Time is a parameter. Deliberately absent: what proves what (`mobilepay::proves`), and the pause that a service asks for
//! (`pace`).

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use ledger::{Among, MOST_AT_ONCE};

/// The lost answers of so many invoices in a row open the circuit.
const LOST_IN_A_ROW: usize = 5;

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
    /// The invoices whose answers were lost since the last answer, five at most. One that the service always fails at says
    /// nothing of the others, so it counts once.
    lost: Vec<String>,
    /// Pauses since it opened.
    pauses: u32,
    look_at: Timestamp,
}

impl Breaker {
    /// The service said something, whatever it was.
    pub(crate) fn answered(&mut self) {
        self.lost.clear();
        self.pauses = 0;
    }

    /// The answer about `invoice` got lost at `now`, or was none.
    pub(crate) fn lost(&mut self, invoice: &str, now: Timestamp) {
        if !self.is_open() && !self.lost.iter().any(|known| known == invoice) {
            self.lost.push(invoice.to_owned());
        }
        self.looked_in_vain(now);
    }

    /// A look at `now` was not answered.
    pub(crate) fn looked_in_vain(&mut self, now: Timestamp) {
        if self.is_open() {
            let pause = FIRST_PAUSE
                .saturating_mul(1 << self.pauses.min(8))
                .min(LONGEST_PAUSE);
            self.look_at = now.checked_add(pause).unwrap_or(Timestamp::MAX);
            self.pauses = self.pauses.saturating_add(1);
        }
    }

    /// The next look comes at `now`: somebody asked for it.
    pub(crate) fn look_now(&mut self, now: Timestamp) {
        self.look_at = self.look_at.min(now);
    }

    /// Whether the last answer got lost, so that the next call better carries little.
    pub(crate) fn doubts(&self) -> bool {
        !self.lost.is_empty()
    }

    /// Whether one that was never out goes before those in doubt: every other time that one may go. A doubt costs nothing,
    /// but where the service fails at it and at no other, it must not keep the others back for ever.
    pub(crate) fn prefers_new(&self) -> bool {
        self.is_open() && self.pauses.is_multiple_of(2)
    }

    pub(crate) fn flow(&self, now: Timestamp) -> Flow {
        let latest = now.checked_add(LONGEST_PAUSE).unwrap_or(Timestamp::MAX);
        if !self.is_open() {
            Flow::Closed
        } else if (self.look_at > now) && (self.look_at <= latest) {
            Flow::Open(self.look_at)
        } else {
            Flow::HalfOpen
        }
    }

    const fn is_open(&self) -> bool {
        self.lost.len() >= LOST_IN_A_ROW
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

    /// Among which the next one is looked for first.
    pub(crate) fn among(&self) -> Among {
        if self.breaker().prefers_new() {
            Among::Undoubted
        } else {
            Among::All
        }
    }

    /// How many may go in one call: one, until the service has answered again.
    pub(crate) fn at_once(&self) -> usize {
        if self.breaker().doubts() { 1 } else { MOST_AT_ONCE }
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
        for invoice in ["a", "b", "c", "d", "e"] {
            assert_eq!(breaker.flow(at(0)), Flow::Closed);
            breaker.lost(invoice, at(0));
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
        for invoice in ["a", "b", "c", "d", "e", "f"] {
            breaker.lost(invoice, at(20));
            breaker.answered();
        }
        assert_eq!(breaker.flow(at(20)), Flow::Closed, "not in a row");
    }

    #[test]
    fn one_invoice_that_always_fails_does_not_open_it() {
        let mut breaker = Breaker::default();
        for _ in 0..20 {
            breaker.lost("a", at(0));
        }
        assert_eq!((breaker.flow(at(0)), breaker.doubts()), (Flow::Closed, true));
    }

    #[test]
    fn each_look_in_vain_doubles_the_pause_up_to_five_minutes() {
        let mut breaker = open();
        let pauses = [30, 60, 120, 240, 300, 300].map(|pause| {
            breaker.looked_in_vain(at(1_000));
            (breaker.flow(at(1_000)), Flow::Open(at(1_000 + pause)))
        });
        for (found, expected) in pauses {
            assert_eq!(found, expected);
        }
        for _ in 0..1_000 {
            breaker.lost("a", at(1_000));
        }
        assert_eq!(breaker.flow(at(1_000)), Flow::Open(at(1_300)));
    }

    #[test]
    fn every_other_time_a_new_one_goes_before_a_doubt() {
        let mut breaker = open();
        let turns = [(); 4].map(|()| {
            let prefers_new = breaker.prefers_new();
            breaker.lost("a", at(0));
            prefers_new
        });
        assert_eq!(turns, [false, true, false, true]);
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
