//! Just before a first attempt the due date and the daily limit are looked at again; after one in doubt never.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::Channel;
use jiff::civil::date;
use ledger::{Answered, Evidence, Load, Outcome, RunOrder, SendOrder, Shown, Source, TradeDay, What};
use shop::{Bill, Shop, accepted, at, bytes, day, form};

const TEN: usize = 10;

fn tomorrow() -> TradeDay {
    TradeDay {
        date: date(2026, 11, 24),
        began: day().ends,
        ends: "2026-11-24T23:00:00Z".parse().unwrap(),
        ..day()
    }
}

fn due_today() -> Bill {
    Bill {
        due: shop::TODAY,
        ..Bill::default()
    }
}

fn last(shop: &Shop, id: &str) -> Evidence {
    shop.books.evidence(id).unwrap().pop().unwrap()
}

fn shown(shop: &Shop, id: &str) -> Shown {
    shop.books.invoice(id).unwrap().summary.shown
}

#[test]
fn one_that_waited_past_its_due_date_does_not_go_out() {
    let mut shop = Shop::new();
    shop.send("a", &due_today());
    assert!(
        !shop
            .books
            .begin_sending("a", "c", &tomorrow(), at(90_000))
            .unwrap()
    );
    assert_eq!(shown(&shop, "a"), Shown::Refused);
    let why = last(&shop, "a");
    assert_eq!(
        (why.what, why.source, why.error_code),
        (What::HeldBack, Source::ThisComputer, Some(10_311))
    );
    assert_eq!(shop.next_to_send(at(1_000_000)), None);
    assert_eq!(shop.books.next_number().unwrap(), 2, "its number is used");
    assert_eq!(
        shop.books.overview(date(2026, 11, 24)).unwrap().needs_you.len(),
        1
    );
}

#[test]
fn on_its_due_date_it_still_goes() {
    let mut shop = Shop::new();
    shop.send("a", &due_today());
    assert!(shop.books.begin_sending("a", "c", &day(), at(6)).unwrap());
}

#[test]
fn an_attempt_that_reached_nobody_is_no_doubt() {
    let mut shop = Shop::new();
    shop.send("a", &due_today());
    shop.begin("a", 6);
    let unreached = Answered::default();
    let outcome = Outcome::NotSent { retry_at: at(60) };
    shop.books.settle("a", &outcome, unreached, at(7)).unwrap();
    assert!(
        !shop
            .books
            .begin_sending("a", "c", &tomorrow(), at(90_000))
            .unwrap()
    );
    assert_eq!(shown(&shop, "a"), Shown::Refused);
}

#[test]
fn after_a_doubt_the_identical_bytes_go_out_whatever_the_day() {
    let mut shop = Shop::new();
    shop.send("a", &due_today());
    shop.begin("a", 6);
    shop.settle("a", &Outcome::Unclear { retry_at: at(60) }, 7);
    assert!(
        shop.books
            .begin_sending("a", "c", &tomorrow(), at(90_000))
            .unwrap()
    );
}

#[test]
fn after_an_answer_that_claims_to_have_done_nothing_only_the_service_can_say() {
    let mut shop = Shop::new();
    shop.send("a", &due_today());
    shop.begin("a", 6);
    shop.settle("a", &Outcome::NotSent { retry_at: at(60) }, 7);
    assert!(
        shop.books
            .begin_sending("a", "c", &tomorrow(), at(90_000))
            .unwrap()
    );
}

#[test]
fn the_eleventh_of_a_day_waits_for_the_next_and_holds_up_nobody() {
    let mut shop = Shop::new();
    for nth in 0..TEN {
        shop.deliver(&format!("i{nth}"), &Bill::default());
    }
    shop.send("eleventh", &Bill::default());
    shop.send(
        "other",
        &Bill {
            phone: Some("20304050"),
            ..Bill::default()
        },
    );
    assert!(!shop.books.begin_sending("eleventh", "c", &day(), at(20)).unwrap());
    assert_eq!(shown(&shop, "eleventh"), Shown::Queued);
    let why = last(&shop, "eleventh");
    assert_eq!((why.what, why.error_code), (What::HeldBack, Some(10_314)));
    assert_eq!(why.until, Some(day().ends.to_string()));
    let next = shop.next_to_send(at(20)).unwrap();
    assert_eq!(next.invoice_id, "other");
    shop.begin("other", 21);
    assert_eq!(shop.books.next_wake().unwrap(), Some(day().ends));
    assert!(
        shop.books
            .begin_sending("eleventh", "d", &tomorrow(), day().ends)
            .unwrap()
    );
}

#[test]
fn the_eleventh_of_a_day_that_is_due_today_is_left_to_the_service() {
    let mut shop = Shop::new();
    for nth in 0..TEN {
        shop.deliver(&format!("i{nth}"), &Bill::default());
    }
    shop.send("eleventh", &due_today());
    assert!(shop.books.begin_sending("eleventh", "c", &day(), at(20)).unwrap());
}

#[test]
fn what_the_service_refused_or_may_not_have_does_not_count() {
    let mut shop = Shop::new();
    for nth in 0..TEN {
        shop.send(&format!("i{nth}"), &Bill::default());
        shop.begin(&format!("i{nth}"), 6);
    }
    shop.settle("i0", &Outcome::Refused, 7);
    shop.settle("i1", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop.settle("i2", &accepted("i2"), 7);
    for nth in ["a", "b"] {
        shop.send(nth, &Bill::default());
        assert!(
            shop.books.begin_sending(nth, "c", &day(), at(8)).unwrap(),
            "{nth}"
        );
    }
    shop.send("c", &Bill::default());
    assert!(!shop.books.begin_sending("c", "c", &day(), at(9)).unwrap());
}

#[test]
fn a_batch_leaves_out_what_may_not_go_and_counts_what_goes_with_it() {
    let mut shop = Shop::new();
    let rows: Vec<_> = (0..13).map(|row| form(&format!("Kunde {row}"))).collect();
    shop.books
        .create_run("r", "kunder.csv", None, &rows, at(0))
        .unwrap();
    let business = shop::business();
    // Twelve for one customer, and one whose day is over.
    let bill = |row: u32| {
        if row == 0 {
            due_today()
        } else {
            Bill {
                due: date(2026, 12, 7),
                ..Bill::default()
            }
        }
    };
    let contents: Vec<_> = (0..13)
        .map(|row| (format!("i{row}"), bill(row).content()))
        .collect();
    let orders: Vec<RunOrder<'_>> = contents
        .iter()
        .zip(1..)
        .map(|((invoice_id, content), position)| RunOrder {
            position,
            order: SendOrder {
                invoice_id,
                channel: Channel::Phone,
                content,
                business: &business,
                hold_until: at(0),
                now: at(0),
            },
        })
        .collect();
    shop.books
        .queue_chunk("r", &orders, |order, number| {
            Ok::<_, std::convert::Infallible>(bytes(order.invoice_id, number))
        })
        .unwrap();
    let now = day().ends;
    let load = shop
        .books
        .take_for_run(Channel::Phone, "c", &tomorrow(), now, shop::part(2_000))
        .unwrap();
    let ids: Vec<&str> = load.items.iter().map(|item| item.invoice_id.as_str()).collect();
    assert_eq!(ids, ["i1", "i2", "i3", "i4", "i5", "i6", "i7", "i8", "i9", "i10"]);
    assert_eq!(load.held_back, ["i0", "i11", "i12"]);
    let counts = shop.books.run("r").unwrap().counts;
    assert_eq!((counts.refused, counts.sending), (1, 10));
    let again = shop
        .books
        .take_for_run(Channel::Phone, "d", &tomorrow(), now, shop::part(2_000));
    assert_eq!(again.unwrap(), Load::default());
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(tomorrow().ends));
}
