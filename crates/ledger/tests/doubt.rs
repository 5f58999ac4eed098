//! What the merchant may say of a doubt, and what nobody may.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::{Country, Money, State};
use jiff::civil::date;
use ledger::{Answered, Filter, LedgerError, Outcome, Shown, Verified, What};
use shop::{Bill, Shop, accepted, at, status};

fn verified(id: &str, number: u64, minor: i64) -> Verified {
    Verified {
        service_id: id.into(),
        invoice_number: Some(number.to_string()),
        total: Some(Money::of_minor(minor, Country::Dk.currency())),
        said: status(State::Created, 100),
    }
}

fn link() -> Bill {
    Bill {
        phone: None,
        ..Bill::default()
    }
}

fn doubted(bill: &Bill) -> Shop {
    let mut shop = Shop::new();
    shop.send("a", bill);
    shop.begin("a", 6);
    shop.settle("a", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop
}

fn id_unknown(bill: &Bill) -> Shop {
    let mut shop = doubted(bill);
    shop.begin("a", 60);
    shop.settle("a", &Outcome::Exists, 61);
    shop
}

fn shown(shop: &Shop) -> Shown {
    shop.books.invoice("a").unwrap().summary.shown
}

fn whats(shop: &Shop) -> Vec<What> {
    let rows = shop.books.evidence("a").unwrap();
    rows.iter().map(|row| row.what).collect()
}

#[test]
fn a_confirmed_id_ends_the_doubt_and_is_followed() {
    for mut shop in [doubted(&Bill::default()), id_unknown(&Bill::default())] {
        shop.books.settle_by_id("a", &verified("s-1", 1, 12_500)).unwrap();
        let shop = shop.reopen();
        assert_eq!(shown(&shop), Shown::Created);
        assert_eq!(
            shop.books.invoice("a").unwrap().service_id.as_deref(),
            Some("s-1")
        );
        assert!(whats(&shop).ends_with(&[What::IdGiven, What::Told]));
        assert_eq!(shop.next_to_send(at(1_000_000)), None);
        assert_eq!(shop.books.next_poll().unwrap(), Some(at(100)));
    }
}

#[test]
fn an_id_of_another_invoice_is_refused_and_nothing_is_written() {
    let mut shop = id_unknown(&Bill::default());
    shop.deliver("b", &Bill::default());
    let before = whats(&shop);
    let other = Verified {
        invoice_number: None,
        ..verified("s-1", 1, 12_500)
    };
    let amountless = Verified {
        total: None,
        ..verified("s-1", 1, 12_500)
    };
    let of = |verified: &Verified, shop: &mut Shop| {
        shop.books.settle_by_id("a", verified).unwrap_err().to_string()
    };
    for (given, words) in [
        (verified("service-b", 1, 12_500), "invoice 2 has this id already"),
        (
            verified("s-1", 2, 12_500),
            "the service's invoice has another number",
        ),
        (
            verified("s-1", 1, 12_501),
            "the service's invoice has another amount",
        ),
        (other, "the service's invoice has another number"),
        (amountless, "the service's invoice has another amount"),
    ] {
        assert_eq!(of(&given, &mut shop), words);
    }
    assert_eq!(whats(&shop), before);
    assert_eq!(shown(&shop), Shown::SentIdUnknown);
}

#[test]
fn an_id_is_taken_only_where_there_is_a_doubt() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    for step in 0..3 {
        let refused = shop.books.settle_by_id("a", &verified("s-1", 1, 12_500));
        assert!(
            matches!(refused, Err(LedgerError::WrongState { .. })),
            "step {step}"
        );
        match step {
            0 => shop.begin("a", 6),
            1 => shop.settle("a", &Outcome::Refused, 7),
            _ => {}
        }
    }
}

#[test]
fn a_link_in_doubt_is_replaced_by_its_draft_and_never_goes_out_again() {
    for mut shop in [doubted(&link()), id_unknown(&link())] {
        let draft = shop.books.replace_doubted("a", "again", at(100)).unwrap();
        assert_eq!(draft.form, shop::form("Østergade Cykler"));
        let mut shop = shop.reopen();
        assert_eq!(shown(&shop), Shown::Replaced);
        assert_eq!(whats(&shop).last(), Some(&What::Replaced));
        assert_eq!(shop.next_to_send(at(1_000_000)), None);
        assert_eq!(shop.books.outbox_waiting().unwrap(), 0);
        assert_eq!(shop.list(Filter::Closed, "").total, 1);
        assert!(shop.books.waiting(None, 10).unwrap().rows.is_empty());
        // Its number is never given again.
        assert_eq!(shop::send(&mut shop.books, "again", 1, "b", &link()).unwrap(), 2);
        assert!(matches!(
            shop.books.replace_doubted("a", "third", at(101)),
            Err(LedgerError::WrongState { .. })
        ));
        assert!(matches!(
            shop.books.settle_by_id("a", &verified("s-1", 1, 12_500)),
            Err(LedgerError::WrongState { .. })
        ));
    }
}

#[test]
fn an_invoice_for_a_phone_is_never_replaced() {
    for mut shop in [doubted(&Bill::default()), id_unknown(&Bill::default())] {
        let before = shown(&shop);
        let refused = shop.books.replace_doubted("a", "again", at(100));
        assert!(matches!(refused, Err(LedgerError::MayBeWithCustomer)));
        assert_eq!(shown(&shop), before);
        assert!(shop.books.drafts().unwrap().is_empty());
    }
}

#[test]
fn a_link_that_is_gone_is_expired_only_after_its_time() {
    let gone = Answered {
        status: Some(404),
        raw: Some("{}".into()),
        ..Answered::default()
    };
    for (channel, today, expired) in [
        (link(), date(2027, 1, 6), false),
        (link(), date(2027, 1, 7), true),
        (Bill::default(), date(2027, 1, 7), false),
    ] {
        let mut shop = Shop::new();
        shop.deliver("a", &channel);
        shop.say("a", State::Created, 10);
        assert_eq!(
            shop.books.observe_gone("a", &gone, at(20), today).unwrap(),
            expired
        );
        let expected = if expired { Shown::Expired } else { Shown::Created };
        assert_eq!(shown(&shop), expected, "{today}");
        assert_eq!(shop.books.next_poll().unwrap().is_none(), expired);
        if expired {
            let last = shop.books.evidence("a").unwrap().pop().unwrap();
            assert_eq!((last.state, last.status), (Some(State::Expired), Some(404)));
            assert!(!shop.books.observe_gone("a", &gone, at(21), today).unwrap());
        }
    }
}

#[test]
fn what_waits_says_why_since_when_and_until_when() {
    let mut shop = doubted(&Bill::default());
    shop.send("b", &Bill::default());
    shop.begin("b", 8);
    shop.settle("b", &Outcome::NotSent { retry_at: at(90) }, 9);
    shop.send("c", &Bill::default());
    shop.deliver("d", &Bill::default());
    let first = shop.books.waiting(None, 2).unwrap();
    let told: Vec<_> = first
        .rows
        .iter()
        .map(|row| {
            let why = row.why.as_ref().unwrap().what;
            (
                row.invoice.number,
                why,
                row.since,
                row.next_try,
                row.attempts,
                row.in_doubt,
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, What::AnswerLost, at(7), Some(at(60)), 1, true),
            (2, What::NotSent, at(0), Some(at(90)), 1, false)
        ]
    );
    assert_eq!(first.next, Some(2));
    let rest = shop.books.waiting(first.next, 2).unwrap();
    assert_eq!((rest.rows.len(), rest.next), (1, None));
    assert_eq!(rest.rows[0].invoice.id, "c");
}

#[test]
fn trying_now_does_not_overtake_an_attempt_that_may_still_be_on_its_way() {
    let mut shop = doubted(&Bill::default());
    assert_eq!(shop.books.retry_now("a", at(10)).unwrap(), at(52));
    assert_eq!(shop.next_to_send(at(51)), None);
    assert!(shop.next_to_send(at(52)).is_some());
}

#[test]
fn trying_all_now_leaves_out_what_is_held_and_what_is_on_its_way() {
    let mut shop = Shop::new();
    for id in ["a", "b", "c", "d"] {
        shop.send(id, &Bill::default());
    }
    shop.begin("a", 6);
    shop.settle("a", &Outcome::NotSent { retry_at: at(900) }, 7);
    shop.begin("b", 7);
    shop.settle("b", &Outcome::Unclear { retry_at: at(900) }, 8);
    shop.begin("c", 8);
    assert_eq!(shop.books.unsettled().unwrap(), 4);
    assert_eq!(shop.books.retry_all_now(at(100)).unwrap(), ["a", "b"]);
    assert_eq!(shop.next_to_send(at(100)).unwrap().invoice_id, "a");
    shop.begin("a", 100);
    shop.settle("a", &accepted("a"), 101);
    assert_eq!(shop.books.unsettled().unwrap(), 3);
}

#[test]
fn trying_now_honours_a_busy_service_and_leaves_the_hold_alone() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    assert!(matches!(
        shop.books.retry_now("a", at(1)),
        Err(LedgerError::WrongState { .. })
    ));
    shop.begin("a", 6);
    let busy = Answered {
        status: Some(429),
        ..Answered::default()
    };
    let later = Outcome::NotSent { retry_at: at(900) };
    shop.books.settle("a", &later, busy, at(7)).unwrap();
    assert_eq!(shop.books.retry_now("a", at(10)).unwrap(), at(900));
    shop.begin("a", 900);
    shop.books
        .settle(
            "a",
            &Outcome::NotSent { retry_at: at(9_000) },
            Answered::default(),
            at(901),
        )
        .unwrap();
    assert_eq!(shop.books.retry_now("a", at(910)).unwrap(), at(910));
    shop.begin("a", 910);
    shop.settle("a", &accepted("a"), 911);
    assert!(shop.books.retry_now("a", at(912)).is_err());
}
