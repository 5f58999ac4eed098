//! When to ask for an invoice's state again. A pure function, so that its table can be read and tested.

use jiff::{SignedDuration, Timestamp};
use ledger::Tier;

/// What decides how soon an invoice is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Watched {
    /// Since when nothing has changed.
    pub(crate) unchanged_since: Timestamp,
    /// The window is in front, so somebody may be looking.
    pub(crate) in_front: bool,
    /// The practice world is on this computer and may be asked often.
    pub(crate) practice: bool,
    /// 0 to 255, spreads many invoices over time.
    pub(crate) jitter: u8,
}

/// When to ask again, never before `now`.
///
/// A fresh change is followed closely, because a customer who got a bill often pays at once; an invoice that has lain
/// for weeks is looked at a few times a day. No rate limit is published (spec 7), so the pace is moderate by our choice.
pub(crate) fn next_poll_at(now: Timestamp, watched: Watched) -> Timestamp {
    let quiet = now
        .duration_since(watched.unchanged_since)
        .max(SignedDuration::ZERO);
    let pause = pause_after(quiet, watched.in_front);
    let pause = if watched.practice {
        pause.min(SignedDuration::from_secs(2))
    } else {
        pause
    };
    // Up to a quarter more, so that invoices of one batch drift apart.
    let spread = pause.as_millis() * i128::from(watched.jitter) / (4 * 255);
    let spread = SignedDuration::from_millis(i64::try_from(spread).unwrap_or(0));
    now.checked_add(pause.saturating_add(spread))
        .unwrap_or(Timestamp::MAX)
}

/// How soon an invoice is looked at while the window is in front: a row for each span of quiet, in which nothing changed.
pub(crate) fn in_front() -> Vec<Tier> {
    let starts = [0, 60, 600, 3_600, 86_400].map(SignedDuration::from_secs);
    let ends = starts[1..].iter().copied().map(Some).chain([None]);
    let tier = |(from, to)| Tier {
        quiet_from: from,
        quiet_to: to,
        pause: pause_after(from, true),
    };
    starts.into_iter().zip(ends).map(tier).collect()
}

#[expect(clippy::match_same_arms, reason = "a table, read row by row")]
fn pause_after(quiet: SignedDuration, in_front: bool) -> SignedDuration {
    let seconds = match (quiet.as_secs(), in_front) {
        (..60, true) => 5,
        (..60, false) => 15,
        (60..600, true) => 15,
        (60..600, false) => 60,
        (600..3_600, true) => 60,
        (600..3_600, false) => 300,
        (3_600..86_400, true) => 300,
        (3_600..86_400, false) => 1_800,
        (_, true) => 3_600,
        (_, false) => 14_400,
    };
    SignedDuration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(quiet_seconds: i64, in_front: bool, expected_seconds: i64) {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let unchanged_since = now - SignedDuration::from_secs(quiet_seconds);
        let watched = Watched {
            unchanged_since,
            in_front,
            practice: false,
            jitter: 0,
        };
        let pause = next_poll_at(now, watched).duration_since(now).as_secs();
        assert_eq!(
            pause, expected_seconds,
            "quiet for {quiet_seconds} s, in front: {in_front}"
        );
    }

    #[test]
    fn a_fresh_invoice_is_followed_closely_and_an_old_one_seldom() {
        check(0, true, 5);
        check(59, false, 15);
        check(60, true, 15);
        check(7_200, true, 300);
        check(7_200, false, 1_800);
        check(30 * 86_400, false, 14_400);
    }

    #[test]
    fn the_table_of_a_window_in_front_is_the_function_row_by_row() {
        for tier in in_front() {
            let last = tier.quiet_to.map_or(99 * 86_400, |end| end.as_secs() - 1);
            check(tier.quiet_from.as_secs(), true, tier.pause.as_secs());
            check(last, true, tier.pause.as_secs());
        }
    }

    #[test]
    fn a_clock_that_went_back_does_not_stop_the_watch() {
        check(-500, true, 5);
    }

    #[test]
    fn jitter_adds_at_most_a_quarter() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let at = |jitter| {
            let watched = Watched {
                unchanged_since: now,
                in_front: false,
                practice: false,
                jitter,
            };
            next_poll_at(now, watched).duration_since(now).as_millis()
        };
        assert_eq!((at(0), at(255)), (15_000, 18_750));
    }

    #[test]
    fn practice_is_asked_every_two_seconds() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let unchanged_since = now - SignedDuration::from_hours(24 * 90);
        let watched = Watched {
            unchanged_since,
            in_front: false,
            practice: true,
            jitter: 0,
        };
        assert_eq!(next_poll_at(now, watched).duration_since(now).as_secs(), 2);
    }
}
