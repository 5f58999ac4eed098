//! A clock that was two hours ahead when it wrote, and was set right.

mod shop;

use invoice::State;
use ledger::{Outcome, Shown};
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
