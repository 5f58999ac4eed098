//! How fast the service may be asked: one allowance for all invoices and connections of a world, and the pause that the
//! service itself asks for.
//!
//! No rate limit is published (spec 7), so the pace is moderate by our choice and a 429 is law for everything that goes out.
//! Time is a parameter.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::ipc::World;

/// A pause that was asked for without a length.
const UNSAID: SignedDuration = SignedDuration::from_mins(1);

/// The shortest pause after a 429: one that asks for none would be asked again at once, and so without end.
const SHORTEST: SignedDuration = SignedDuration::from_secs(1);

/// The longest pause that is believed; the client cuts longer ones to it too. It also bounds what a clock that was set
/// back can do.
const LONGEST: SignedDuration = SignedDuration::from_hours(1);

/// What may be asked when. Calls are evenly spread, after a first burst (the "virtual scheduling" of ATM's GCRA).
#[derive(Debug)]
struct Allowance {
    /// Between two calls, in the long run.
    apart: SignedDuration,
    /// By how much calls may run ahead of that.
    burst: SignedDuration,
    /// When the next call would come, were they evenly spread.
    even: Timestamp,
    /// The service asked to wait until then.
    shut_until: Timestamp,
}

impl Allowance {
    const fn new(apart: SignedDuration, burst: SignedDuration) -> Self {
        Self {
            apart,
            burst,
            even: Timestamp::MIN,
            shut_until: Timestamp::MIN,
        }
    }

    /// Takes one call out of the allowance, or says when to come again.
    fn take(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        if let Some(until) = self.shut(now) {
            return Err(until);
        }
        // A clock that was set back leaves `even` far ahead: never further than the burst.
        self.even = self.even.clamp(now, after(now, self.burst));
        if self.even > after(now, self.burst.saturating_sub(self.apart)) {
            return Err(after(now, self.apart));
        }
        self.even = after(self.even, self.apart);
        Ok(())
    }

    /// Takes a call out of the allowance that belongs to one just made, ahead of the others. Answers whether it may be made:
    /// not while the service asked to wait.
    fn charge(&mut self, now: Timestamp) -> bool {
        if self.shut(now).is_some() {
            return false;
        }
        self.even = after(self.even.clamp(now, after(now, self.burst)), self.apart);
        true
    }

    fn shut(&self, now: Timestamp) -> Option<Timestamp> {
        (self.shut_until > now && self.shut_until <= after(now, LONGEST)).then_some(self.shut_until)
    }

    fn wait(&mut self, now: Timestamp, asked: Option<Duration>) -> Timestamp {
        let asked = asked.and_then(|pause| SignedDuration::try_from(pause).ok());
        let until = after(now, asked.unwrap_or(UNSAID).clamp(SHORTEST, LONGEST));
        self.shut_until = self.shut(now).map_or(until, |before| before.max(until));
        self.shut_until
    }
}

fn after(moment: Timestamp, pause: SignedDuration) -> Timestamp {
    moment.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// The allowance of one service, shared by all that call it.
#[derive(Clone, Debug)]
pub(crate) struct Pace(Arc<Mutex<Allowance>>);

impl Pace {
    fn new(apart: SignedDuration, burst: SignedDuration) -> Self {
        Self(Arc::new(Mutex::new(Allowance::new(apart, burst))))
    }

    fn lock(&self) -> MutexGuard<'_, Allowance> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes one status check out of the allowance, or says when to come again.
    pub(crate) fn take(&self, now: Timestamp) -> Result<(), Timestamp> {
        self.lock().take(now)
    }

    /// Takes a call that belongs to one just made, ahead of the others. Answers whether it may be made.
    pub(crate) fn charge(&self, now: Timestamp) -> bool {
        self.lock().charge(now)
    }

    /// Until when the service asked to wait, if it did.
    pub(crate) fn shut(&self, now: Timestamp) -> Option<Timestamp> {
        self.lock().shut(now)
    }

    /// The service asked to wait (429, or 503 with a time). Answers until when.
    pub(crate) fn wait(&self, now: Timestamp, asked: Option<Duration>) -> Timestamp {
        self.lock().wait(now, asked)
    }
}

/// The allowances of all worlds.
#[derive(Debug)]
pub(crate) struct Paces {
    practice: Pace,
    mobilepay: Pace,
}

impl Default for Paces {
    /// `MobilePay`: ten a second, forty at once. The practice world is on this computer and bears more.
    fn default() -> Self {
        Self {
            practice: Pace::new(SignedDuration::from_millis(10), SignedDuration::from_secs(2)),
            mobilepay: Pace::new(SignedDuration::from_millis(100), SignedDuration::from_secs(4)),
        }
    }
}

impl Paces {
    /// Of `world`. Sandbox and production are one: they share the gateway's door.
    pub(crate) fn of(&self, world: World) -> Pace {
        match world {
            World::Practice => self.practice.clone(),
            World::Sandbox | World::Production => self.mobilepay.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: i64) -> Timestamp {
        Timestamp::from_millisecond(1_800_000_000_000 + milliseconds).unwrap()
    }

    fn three_at_once_then_one_a_second() -> Allowance {
        Allowance::new(SignedDuration::from_secs(1), SignedDuration::from_secs(3))
    }

    #[test]
    fn a_burst_is_let_through_and_then_one_by_one() {
        let mut allowance = three_at_once_then_one_a_second();
        let taken = (0..5).filter(|_| allowance.take(at(0)).is_ok()).count();
        assert_eq!(taken, 3);
        assert_eq!(allowance.take(at(0)), Err(at(1_000)));
        assert_eq!(allowance.take(at(1_000)), Ok(()));
        assert!(allowance.take(at(1_500)).is_err());
        let taken = (0..9).filter(|_| allowance.take(at(60_000)).is_ok()).count();
        assert_eq!(taken, 3, "a rest gives no more than a burst");
    }

    #[test]
    fn a_busy_service_is_left_alone_as_long_as_it_asked_and_the_longer_pause_wins() {
        let mut allowance = three_at_once_then_one_a_second();
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(allowance.wait(at(0), seconds(30)), at(30_000));
        assert_eq!(allowance.wait(at(0), seconds(5)), at(30_000));
        assert_eq!(allowance.take(at(29_999)), Err(at(30_000)));
        assert_eq!(allowance.take(at(30_000)), Ok(()));
        assert_eq!(allowance.wait(at(40_000), None), at(100_000));
    }

    #[test]
    fn a_busy_service_that_asks_for_no_pause_is_left_alone_for_a_second() {
        let mut allowance = three_at_once_then_one_a_second();
        assert_eq!(allowance.wait(at(0), Some(Duration::ZERO)), at(1_000));
        assert_eq!(allowance.take(at(999)), Err(at(1_000)));
    }

    #[test]
    fn a_call_that_belongs_to_another_counts_ahead_of_the_rest_and_waits_while_the_door_is_shut() {
        let mut allowance = three_at_once_then_one_a_second();
        let charged = (0..3).filter(|_| allowance.take(at(0)).is_ok()).count();
        assert_eq!((charged, allowance.charge(at(0))), (3, true));
        assert!(
            allowance.take(at(1_000)).is_err(),
            "the one ahead has taken its place"
        );
        assert_eq!(allowance.take(at(2_000)), Ok(()));
        allowance.wait(at(2_000), None);
        assert!(!allowance.charge(at(2_001)));
    }

    #[test]
    fn a_clock_that_went_back_does_not_shut_the_door_for_ever() {
        let mut allowance = three_at_once_then_one_a_second();
        allowance.wait(at(0), None);
        let back = at(-86_400_000);
        assert_eq!(allowance.shut(back), None);
        assert_eq!(allowance.take(at(120_000)), Ok(()));
        assert_eq!(
            allowance.take(back),
            Err(after(back, SignedDuration::from_secs(1)))
        );
        assert_eq!(allowance.take(after(back, SignedDuration::from_secs(9))), Ok(()));
    }

    #[test]
    fn sandbox_and_production_share_one_door_and_practice_has_its_own() {
        let paces = Paces::default();
        paces.of(World::Sandbox).wait(at(0), None);
        assert!(paces.of(World::Production).take(at(1)).is_err());
        assert!(paces.of(World::Practice).take(at(1)).is_ok());
    }
}
