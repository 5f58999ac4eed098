//! What the service says, in any order, as often as it likes.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::State;
use jiff::civil::date;
use ledger::{Evidence, LedgerError, Said, Shown, Source, What};
use proptest::prelude::*;
use shop::{Bill, Shop, at, callback, status};

fn delivered() -> Shop {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    shop
}

fn shown(shop: &Shop) -> Shown {
    shop.books.invoice("a").unwrap().summary.shown
}

fn told(shop: &Shop) -> Vec<(String, bool)> {
    let rows = shop.books.evidence("a").unwrap();
    rows.into_iter()
        .filter_map(|row| row.state.map(|state| (state.word().to_owned(), row.flagged)))
        .collect()
}

#[test]
fn the_same_status_again_adds_no_row_but_says_when_it_was_checked() {
    let mut shop = delivered();
    assert!(shop.say("a", State::Created, 10));
    for seconds in 11..20 {
        assert!(!shop.say("a", State::Created, seconds));
    }
    assert_eq!(told(&shop).len(), 1);
    let record = shop.books.invoice("a").unwrap();
    assert_eq!(
        (record.last_checked_at, record.changed_at),
        (Some(at(19)), at(10))
    );
}

#[test]
fn a_forbidden_status_that_is_repeated_is_flagged_once() {
    let mut shop = delivered();
    shop.say("a", State::Accepted, 10);
    assert!(shop.say("a", State::Created, 11));
    assert!(!shop.say("a", State::Created, 12));
    assert_eq!(
        told(&shop),
        [("accepted".into(), false), ("created".into(), true)]
    );
    assert_eq!(shown(&shop), Shown::Scheduled);
}

#[test]
fn a_callback_that_comes_twice_is_taken_once() {
    let mut shop = delivered();
    assert!(shop.books.observe("a", &callback(State::Created, 0, 10)).unwrap());
    assert!(!shop.books.observe("a", &callback(State::Created, 0, 11)).unwrap());
    assert_eq!(told(&shop).len(), 1);
}

#[test]
fn a_paid_invoice_is_no_longer_followed_and_stays_paid() {
    let mut shop = delivered();
    shop.say("a", State::Paid, 10);
    assert_eq!(shop.books.next_poll().unwrap(), None);
    shop.books.set_next_poll("a", at(20)).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), None);
    shop.books
        .observe("a", &callback(State::Rejected, 1, 30))
        .unwrap();
    assert_eq!(shown(&shop), Shown::Paid);
    assert_eq!(told(&shop), [("paid".into(), false), ("rejected".into(), true)]);
}

/// A check that heard *paid* and could not have the day.
fn without_its_day(seconds: i64) -> Said {
    Said {
        day_owed: true,
        ..status(State::Paid, seconds)
    }
}

#[test]
fn a_paid_invoice_whose_day_is_owed_is_followed_on_until_it_is_known() {
    let mut shop = delivered();
    assert!(shop.books.observe("a", &without_its_day(10)).unwrap());
    shop.books.set_next_poll("a", at(30)).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), Some(at(30)));
    let with_its_day = Said {
        payment_date: Some(date(2026, 11, 20)),
        ..status(State::Paid, 30)
    };
    assert!(shop.books.observe("a", &with_its_day).unwrap());
    assert_eq!(
        shop.books.invoice("a").unwrap().summary.payment_date,
        Some(date(2026, 11, 20))
    );
    assert_eq!(shop.books.next_poll().unwrap(), None);
    assert!(!shop.books.observe("a", &without_its_day(40)).unwrap());
    assert_eq!(shop.books.next_poll().unwrap(), None, "the day is known");
}

#[test]
fn a_payment_whose_day_nobody_knows_is_not_asked_for_for_ever() {
    let mut shop = delivered();
    shop.books.observe("a", &without_its_day(10)).unwrap();
    shop.say("a", State::Paid, 20);
    assert_eq!(shop.books.next_poll().unwrap(), None, "the details name none");
    let mut shop = delivered();
    let week = 7 * 86_400;
    for seconds in [10, week, week + 10] {
        shop.books.observe("a", &without_its_day(seconds)).unwrap();
        assert_eq!(shop.books.next_poll().unwrap(), Some(at(seconds)));
    }
    shop.books.observe("a", &without_its_day(week + 11)).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), None, "a week is enough");
}

#[test]
fn a_cancelled_invoice_owes_no_day() {
    let mut shop = delivered();
    shop.say("a", State::Canceled, 10);
    shop.books.observe("a", &without_its_day(20)).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), None);
}

#[test]
fn a_check_that_began_before_a_payment_was_heard_contradicts_nothing_and_changes_nothing() {
    let mut shop = delivered();
    shop.books.observe("a", &callback(State::Paid, 3, 20)).unwrap();
    let before = shop.books.invoice("a").unwrap().changed_at;
    assert!(shop.books.observe("a", &status(State::Created, 19)).unwrap());
    assert_eq!(told(&shop), [("paid".into(), false), ("created".into(), false)]);
    assert_eq!(shop.books.invoice("a").unwrap().changed_at, before);
}

#[test]
fn a_new_payment_day_is_news_although_the_state_is_the_same() {
    let mut shop = delivered();
    let on = |day| Said {
        payment_date: Some(day),
        ..status(State::Accepted, 10)
    };
    assert!(shop.books.observe("a", &on(date(2026, 12, 1))).unwrap());
    assert!(!shop.books.observe("a", &on(date(2026, 12, 1))).unwrap());
    assert!(!shop.say("a", State::Accepted, 11));
    assert!(shop.books.observe("a", &on(date(2026, 12, 5))).unwrap());
    assert_eq!(
        shop.books.invoice("a").unwrap().summary.payment_date,
        Some(date(2026, 12, 5))
    );
    // Paid by hand before the planned day: the planned day is not the day of payment.
    shop.say("a", State::Paid, 20);
    assert_eq!(
        shop.books.invoice("a").unwrap().summary.payment_date,
        Some(shop::TODAY)
    );
}

#[test]
fn an_unknown_word_is_kept_as_it_came_and_asks_for_the_merchant() {
    let mut shop = delivered();
    shop.say("a", State::parse("Parked"), 10);
    assert_eq!(shown(&shop), Shown::Unknown);
    assert_eq!(told(&shop.reopen()), [("Parked".into(), false)]);
}

/// Otherwise anything could follow the unknown word, and a paid invoice would leave the books of what was paid.
#[test]
fn a_paid_invoice_stays_paid_whatever_word_nobody_knows_comes_after() {
    let mut shop = delivered();
    for (sequence, word) in [(1, "Created"), (2, "Paid"), (3, "Refunded"), (4, "Created")] {
        shop.books
            .observe("a", &callback(State::parse(word), sequence, 10 * sequence))
            .unwrap();
    }
    assert_eq!(shown(&shop), Shown::Paid);
    let told = told(&shop);
    assert_eq!(told[2..], [("Refunded".into(), true), ("created".into(), true)]);
}

#[test]
fn asking_to_cancel_is_taken_down_before_and_its_refusal_after() {
    let mut shop = delivered();
    shop.say("a", State::Created, 8);
    shop.books.note_cancel_asked("a", at(10)).unwrap();
    let refusal = Evidence {
        at: at(11),
        what: What::CancelRefused,
        source: Source::Answer,
        state: None,
        sequence: None,
        date: None,
        until: None,
        status: Some(409),
        error_code: Some(10_106),
        words: Some("Invoice is paid".into()),
        correlation_id: None,
        raw: None,
        flagged: false,
    };
    shop.books.note_cancel_failed("a", &refusal).unwrap();
    let rows = shop.books.evidence("a").unwrap();
    assert_eq!(rows[rows.len() - 2].what, What::CancelAsked);
    assert_eq!(rows.last(), Some(&refusal));
    assert_eq!(shown(&shop), Shown::Created);
    shop.books
        .observe(
            "a",
            &Said {
                source: Source::Answer,
                ..status(State::Canceled, 12)
            },
        )
        .unwrap();
    assert_eq!(shown(&shop), Shown::Canceled);
}

#[test]
fn after_a_cancel_that_was_refused_or_lost_the_state_is_asked_for_at_once() {
    let mut shop = delivered();
    shop.say("a", State::Created, 10);
    shop.books.set_next_poll("a", at(14_400)).unwrap();
    shop.books.note_cancel_asked("a", at(20)).unwrap();
    // Also if the program ends before an answer comes.
    assert_eq!(shop.books.next_poll().unwrap(), Some(at(65)));
    let lost = Evidence {
        at: at(50),
        what: What::CancelLost,
        ..shop.books.evidence("a").unwrap()[0].clone()
    };
    shop.books.note_cancel_failed("a", &lost).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), Some(at(50)));
    // One that has come to its end is not followed again.
    shop.say("a", State::Paid, 60);
    shop.books.note_cancel_failed("a", &lost).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), None);
}

#[test]
fn evidence_of_an_invoice_that_does_not_exist_is_refused() {
    let mut shop = Shop::new();
    let refused = shop.books.observe("a", &status(State::Paid, 1)).unwrap_err();
    assert!(matches!(refused, LedgerError::NotFound("invoice")));
    assert!(matches!(
        shop.books.note_cancel_asked("a", at(1)),
        Err(LedgerError::NotFound("invoice"))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn callbacks_in_any_order_and_number_lead_to_the_same_invoice(
        order in prop::collection::vec(0_usize..4, 0..6),
        shuffled in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
    ) {
        let words = [State::Created, State::Accepted, State::Accepted, State::Paid];
        let mut shop = delivered();
        for (arrival, nth) in order.into_iter().chain(shuffled).enumerate() {
            let said = callback(words[nth].clone(), i64::try_from(nth).unwrap(), 10 + i64::try_from(arrival).unwrap());
            shop.books.observe("a", &said).unwrap();
        }
        prop_assert_eq!(shown(&shop), Shown::Paid);
        let told = told(&shop);
        prop_assert_eq!(told.len(), 4);
        prop_assert!(told.iter().all(|(_, flagged)| !flagged));
    }
}
