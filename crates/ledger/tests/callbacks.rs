//! Events as they are pushed: twice, out of order, with gaps, too early, and about nobody.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::State;
use ledger::{Heard, Outcome, Said, Shown, Source, Taken};
use proptest::prelude::*;
use shop::{Bill, Shop, at, status};

fn heard(id: &str, word: &str, sequence: Option<u64>, seconds: i64) -> Heard {
    Heard {
        service_id: id.into(),
        state: State::parse(word),
        date: Some(at(seconds)),
        sequence,
        payment_date: None,
        error_code: None,
        words: None,
        link: None,
        raw: format!("{{\"Status\":\"{word}\"}}"),
        at: at(seconds + 1),
        today: shop::TODAY,
    }
}

fn shown(shop: &Shop) -> Shown {
    shop.books.invoice("a").unwrap().summary.shown
}

#[test]
fn a_delivery_that_comes_twice_changes_nothing_the_second_time() {
    for sequence in [Some(3), None] {
        let mut shop = Shop::new();
        shop.deliver("a", &Bill::default());
        let delivery = [heard("service-a", "Created", sequence, 10)];
        let first = shop.books.take_events(&delivery).unwrap();
        assert_eq!(first.changed, ["a"]);
        let rows = shop.books.evidence("a").unwrap();
        let again = Taken {
            repeated: 1,
            ..Taken::default()
        };
        assert_eq!(shop.books.take_events(&delivery).unwrap(), again);
        assert_eq!(shop.books.evidence("a").unwrap(), rows);
    }
}

#[test]
fn an_event_tells_the_day_of_a_payment_whose_details_could_not_be_had() {
    let paid_on = |shop: &Shop| shop.books.invoice("a").unwrap().summary.payment_date;
    let yesterday = shop::TODAY.yesterday().unwrap();
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    let without_its_day = Said {
        day_owed: true,
        ..status(State::Paid, 100)
    };
    shop.books.observe("a", &without_its_day).unwrap();
    assert_eq!(paid_on(&shop), Some(shop::TODAY));
    let of_yesterday = Heard {
        today: yesterday,
        ..heard("service-a", "Paid", Some(1), 90)
    };
    shop.books.take_events(&[of_yesterday]).unwrap();
    assert_eq!(paid_on(&shop), Some(yesterday));
    let again = heard("service-a", "Paid", Some(2), 200);
    shop.books.take_events(&[again]).unwrap();
    assert_eq!(paid_on(&shop), Some(yesterday));
    assert_eq!(shop.books.next_poll().unwrap(), None);
}

#[test]
fn an_event_of_a_payment_without_its_moment_leaves_the_day_to_the_details() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    let followed = shop.books.next_poll().unwrap();
    assert!(followed.is_some());
    let paid = Heard {
        date: None,
        ..heard("service-a", "Paid", None, 3)
    };
    shop.books.take_events(&[paid]).unwrap();
    assert_eq!(shop.books.next_poll().unwrap(), followed.min(Some(at(4))));
}

#[test]
fn an_event_that_overtakes_the_answer_is_kept_and_counts_once_the_id_is_known() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 6);
    let early = heard("service-a", "Accepted", Some(1), 10);
    let delivery = [early.clone(), early.clone(), heard("nobody", "Paid", Some(0), 10)];
    let taken = shop.books.take_events(&delivery).unwrap();
    assert_eq!((taken.kept_aside, taken.repeated), (2, 1));
    let mut shop = shop.reopen();
    assert_eq!(shop.books.strays(10).unwrap().len(), 2);
    shop.settle("a", &shop::accepted("a"), 12);
    assert_eq!(shown(&shop), Shown::Scheduled);
    assert_eq!(shop.books.strays(10).unwrap().len(), 1);
    let last = shop.books.evidence("a").unwrap().pop().unwrap();
    assert_eq!(
        (last.source, last.raw),
        (Source::Callback, Some(early.raw.clone()))
    );
}

#[test]
fn an_id_that_is_spelt_in_capitals_is_the_same_id() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    let delivery = [heard("SERVICE-A", "Accepted", Some(1), 10)];
    assert_eq!(shop.books.take_events(&delivery).unwrap().changed, ["a"]);
    // One that overtakes the answer is found as well.
    shop.send("b", &Bill::default());
    shop.begin("b", 16);
    let early = [heard("SERVICE-B", "Accepted", Some(1), 17)];
    assert_eq!(shop.books.take_events(&early).unwrap().kept_aside, 1);
    shop.settle("b", &shop::accepted("b"), 18);
    assert_eq!(shop.books.stray_count().unwrap(), 0);
    assert_eq!(shop.books.invoice("b").unwrap().summary.shown, Shown::Scheduled);
}

#[test]
fn the_link_of_a_batch_comes_by_event_and_a_known_link_stays() {
    let mut shop = Shop::new();
    let bill = Bill {
        phone: None,
        ..Bill::default()
    };
    shop.deliver("a", &bill);
    for (sequence, link) in [(0, "https://one"), (1, "https://two")] {
        let event = Heard {
            link: Some(link.into()),
            ..heard("service-a", "Created", Some(sequence), 10)
        };
        shop.books.take_events(&[event]).unwrap();
    }
    assert_eq!(
        shop.books.invoice("a").unwrap().link.as_deref(),
        Some("https://one")
    );
}

#[test]
fn the_words_of_an_invalid_invoice_are_kept() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    let event = Heard {
        error_code: Some(10_106),
        words: Some("Alias is not a user".into()),
        ..heard("service-a", "Invalid", Some(1), 10)
    };
    shop.books.take_events(&[event]).unwrap();
    assert_eq!(shown(&shop), Shown::Invalid);
    let last = shop.books.evidence("a").unwrap().pop().unwrap();
    assert_eq!(
        (last.error_code, last.words.as_deref()),
        (Some(10_106), Some("Alias is not a user"))
    );
}

#[test]
fn an_event_does_not_touch_an_invoice_whose_answer_is_unclear() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 6);
    shop.settle("a", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop.books
        .take_events(&[heard("service-a", "Paid", Some(1), 10)])
        .unwrap();
    assert_eq!(shown(&shop), Shown::InDoubt);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn in_any_order_with_gaps_and_repeats_the_invoice_ends_the_same(
        order in prop::collection::vec(0_usize..4, 0..8),
        shuffled in Just(vec![0_usize, 1, 2, 3]).prop_shuffle(),
        known_from in 0_usize..12,
    ) {
        // A gap at 2 and 4, and a last word that the state machine forbids.
        let events = [("Created", 0), ("Accepted", 1), ("Paid", 3), ("Rejected", 5)];
        let mut shop = Shop::new();
        shop.send("a", &Bill::default());
        shop.begin("a", 6);
        for (arrival, nth) in order.into_iter().chain(shuffled).enumerate() {
            if arrival == known_from {
                shop.settle("a", &shop::accepted("a"), 7);
            }
            let (word, sequence) = events[nth];
            let seconds = 10 + i64::try_from(nth).unwrap();
            shop.books.take_events(&[heard("service-a", word, Some(sequence), seconds)]).unwrap();
        }
        if shown(&shop) == Shown::Sending {
            shop.settle("a", &shop::accepted("a"), 50);
        }
        prop_assert_eq!(shown(&shop), Shown::Paid);
        let flags: Vec<bool> = shop.books.evidence("a").unwrap().iter()
            .filter(|row| row.state.is_some()).map(|row| row.flagged).collect();
        prop_assert_eq!(flags.len(), 4);
        prop_assert_eq!(flags.iter().filter(|flag| **flag).count(), 1);
        prop_assert!(shop.books.strays(10).unwrap().is_empty());
    }
}
