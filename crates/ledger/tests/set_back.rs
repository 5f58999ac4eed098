//! A clock that was two hours ahead when it wrote, and was set right.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::State;
use jiff::civil::date;
use ledger::{Outcome, Shown, TradeDay, What};
use shop::{Bill, Shop, at};

/// The right time, in seconds of the clock that was ahead.
const RIGHT: i64 = -7_200;

#[test]
fn what_was_written_ahead_of_time_goes_out_by_the_right_clock() {
    let mut shop = Shop::new();
    shop.send("waiting", &Bill::default());
    shop.begin("waiting", 6);
    shop.settle("waiting", &Outcome::NotSent { retry_at: at(60) }, 7);
    shop.send("held", &Bill::default());
    assert_eq!(shop.books.heed_set_back(at(RIGHT)).unwrap(), 2);
    assert_eq!(shop.next_to_send(at(RIGHT + 44)), None);
    assert_eq!(shop.next_to_send(at(RIGHT + 45)).unwrap().invoice_id, "waiting");
    assert_eq!(shop.books.release_due(at(RIGHT + 45)).unwrap(), ["held"]);
    assert_eq!(shop.books.heed_set_back(at(RIGHT)).unwrap(), 0, "once is enough");
}

#[test]
fn what_is_followed_is_looked_at_at_once() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    shop.say("a", State::Created, 10);
    shop.books.set_next_poll("a", at(15)).unwrap();
    assert_eq!(shop.books.heed_set_back(at(RIGHT)).unwrap(), 1);
    assert_eq!(shop.books.next_poll().unwrap(), Some(at(RIGHT)));
}

#[test]
fn with_a_sound_clock_nothing_is_hurried() {
    let mut shop = Shop::new();
    shop.send("waiting", &Bill::default());
    shop.begin("waiting", 6);
    shop.settle("waiting", &Outcome::NotSent { retry_at: at(9_000) }, 7);
    shop.deliver("followed", &Bill::default());
    shop.books.set_next_poll("followed", at(9_000)).unwrap();
    assert_eq!(shop.books.heed_set_back(at(10)).unwrap(), 0);
    assert_eq!(
        shop.books.invoice("waiting").unwrap().summary.shown,
        Shown::Waiting
    );
}

/// A shop in which a clock that is a year ahead held back an invoice as late.
fn held_as_late() -> Shop {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    let in_a_year = TradeDay {
        date: date(2027, 11, 23),
        ..shop::day()
    };
    let goes = shop.books.begin_sending("a", "c", &in_a_year, at(31_000_000));
    assert!(!goes.unwrap());
    assert_eq!(shown(&shop), Shown::Refused);
    shop
}

fn shown(shop: &Shop) -> Shown {
    shop.books.invoice("a").unwrap().summary.shown
}

#[test]
fn what_a_clock_that_was_ahead_held_back_as_late_waits_for_its_turn_again() {
    let mut shop = held_as_late();
    assert_eq!(shop.books.heed_set_back(at(20)).unwrap(), 1);
    assert_eq!(shown(&shop), Shown::Queued);
    assert_eq!(
        shop.books.evidence("a").unwrap().last().map(|last| last.what),
        Some(What::BackInQueue)
    );
    assert!(shop.books.begin_sending("a", "d", &shop::day(), at(20)).unwrap());
}

#[test]
fn what_is_late_by_a_sound_clock_stays_where_it_is() {
    let mut shop = held_as_late();
    assert_eq!(shop.books.heed_set_back(at(31_000_010)).unwrap(), 0);
    assert_eq!(shown(&shop), Shown::Refused);
}

#[test]
fn what_the_merchant_may_have_written_anew_meanwhile_does_not_come_back() {
    let mut shop = held_as_late();
    shop.draft("anew", Bill::default().name);
    assert_eq!(shop.books.heed_set_back(at(20)).unwrap(), 0);
    assert_eq!(shown(&shop), Shown::Refused);

    let mut shop = held_as_late();
    shop.deliver("b", &Bill::default());
    shop.books.heed_set_back(at(20)).unwrap();
    assert_eq!(shown(&shop), Shown::Refused);
}
