//! Paid invoices against what was reported, as it is kept.

mod shop;

use invoice::State;
use jiff::civil::date;
use ledger::{By, LedgerError, Outcome, Reported, Shown, Unmatched};
use shop::{Bill, Shop, TODAY, at};

fn payment(minor: i64, reference: Option<&str>) -> Reported {
    Reported {
        payment_id: None,
        kind: "Payment".into(),
        minor,
        day: TODAY,
        reference: reference.map(str::to_owned),
        transfer: None,
    }
}

#[test]
fn a_report_that_is_kept_twice_counts_once_and_equal_movements_stay_two() {
    let mut shop = Shop::new();
    let movements = [payment(100, None), payment(100, None), payment(200, None)];
    let days = (TODAY, TODAY);
    assert_eq!(shop.books.keep_report("r", days, &movements, at(0)).unwrap(), 3);
    assert_eq!(shop.books.keep_report("s", days, &movements, at(1)).unwrap(), 0);
    let shop = shop.reopen();
    assert_eq!(
        shop.books.reconciled(TODAY, TODAY).unwrap().reported,
        movements.to_vec()
    );
}

#[test]
fn a_movement_that_is_told_again_with_its_payout_is_the_same_movement() {
    let mut shop = Shop::new();
    let days = (TODAY, TODAY);
    let paid_out = Reported {
        transfer: Some("0400000000001231126X".into()),
        ..payment(100, None)
    };
    shop.books
        .keep_report("r", days, &[payment(100, None)], at(0))
        .unwrap();
    assert_eq!(
        shop.books
            .keep_report("s", days, std::slice::from_ref(&paid_out), at(1))
            .unwrap(),
        0
    );
    // An older answer does not take the payout away.
    shop.books
        .keep_report("t", days, &[payment(100, None)], at(2))
        .unwrap();
    assert_eq!(shop.books.reconciled(TODAY, TODAY).unwrap().reported, [paid_out]);
    let told = shop.books.reports_over(TODAY, TODAY).unwrap();
    assert_eq!(told.last(), Some(&(TODAY, TODAY, at(2))));
}

#[test]
fn paid_invoices_find_their_movements() {
    let mut shop = Shop::new();
    for (id, reference, minor) in [("a", "REF-A", 100), ("b", "REF-B", 200), ("c", "REF-C", 300)] {
        let bill = Bill {
            reference,
            minor,
            ..Bill::default()
        };
        shop.deliver(id, &bill);
        if id != "c" {
            shop.say(id, State::Paid, 10);
        }
    }
    shop.books.note_payment_id("b", "p-b").unwrap();
    assert!(matches!(
        shop.books.note_payment_id("x", "p"),
        Err(LedgerError::NotFound("invoice"))
    ));
    let by_id = Reported {
        payment_id: Some("P-B".into()),
        ..payment(200, None)
    };
    let movements = [payment(100, Some("ref-a")), by_id, payment(7, None)];
    shop.books
        .keep_report("r", (TODAY, TODAY), &movements, at(0))
        .unwrap();
    let statement = shop.books.reconciled(TODAY, TODAY).unwrap();
    assert_eq!(
        statement.found.matched,
        [(0, 0, By::Reference), (1, 1, By::PaymentId)]
    );
    assert_eq!(statement.found.reported, [(2, Unmatched::Nothing)]);
    let other_day = date(2026, 11, 22);
    assert!(
        shop.books
            .reconciled(other_day, other_day)
            .unwrap()
            .paid
            .is_empty()
    );
}

#[test]
fn a_payment_of_an_invoice_whose_id_is_not_known_names_it_and_does_not_make_it_paid() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 6);
    shop.settle("a", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop.begin("a", 60);
    shop.settle("a", &Outcome::Exists, 61);
    let content = shop.books.invoice("a").unwrap().content;
    let told = content.payment_reference.clone().unwrap_or_else(|| "1".into());
    let paid = payment(content.totals.gross.minor, Some(&told));
    shop.books
        .keep_report("r", (TODAY, TODAY), &[paid], at(100))
        .unwrap();
    let statement = shop.books.reconciled(TODAY, TODAY).unwrap();
    assert_eq!(statement.found.reported, [(0, Unmatched::Unsettled(0))]);
    assert_eq!(statement.unsettled[0].invoice_id, "a");
    assert_eq!(
        shop.books.invoice("a").unwrap().summary.shown,
        Shown::SentIdUnknown
    );
}
