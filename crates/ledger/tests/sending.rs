//! From draft to invoice and through the outbox: what each outcome leaves, and what is refused.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use invoice::{Channel, DraftForm};
use jiff::SignedDuration;
use ledger::{
    Answered, Filter, Gap, GapReason, LedgerError, NextNumber, Outcome, SendOrder, Shown, Tier, TradeDay,
    What,
};
use shop::{Bill, Shop, accepted, answer, any_day, at, bytes, form};

fn shown(shop: &Shop, id: &str) -> Shown {
    shop.books.invoice(id).unwrap().summary.shown
}

#[test]
fn sending_freezes_number_content_and_bytes_and_takes_the_draft() {
    let mut shop = Shop::new();
    let bill = Bill::default();
    assert_eq!(shop.send("a", &bill), 1);
    let shop = shop.reopen();
    let record = shop.books.invoice("a").unwrap();
    assert_eq!(record.content, bill.content());
    assert_eq!(record.business, shop::business());
    assert_eq!(record.request, bytes("a", 1));
    assert_eq!(
        (record.summary.shown, record.summary.channel),
        (Shown::Held, Channel::Phone)
    );
    assert!(matches!(
        shop.books.draft("draft-of-a"),
        Err(LedgerError::NotFound("draft"))
    ));
    assert_eq!(shop.books.form_of_invoice("a").unwrap(), form(bill.name));
}

#[test]
fn a_draft_that_changed_meanwhile_is_not_sent() {
    let mut shop = Shop::new();
    shop.draft("d", "Jens");
    shop.books
        .save_draft("d", 1, &form("Jens Hansen"), 100, at(1))
        .unwrap();
    let refused = shop::send(&mut shop.books, "d", 1, "a", &Bill::default()).unwrap_err();
    assert!(matches!(
        refused,
        LedgerError::ChangedMeanwhile {
            expected: 1,
            found: 2
        }
    ));
    assert_eq!(shop.books.next_number().unwrap(), 1);
    assert_eq!(shop.list(Filter::All, "").total, 0);
    assert_eq!(shop.books.draft("d").unwrap().form.recipient.name, "Jens Hansen");
}

/// Sends the draft `d`, whose request cannot be made, and answers how it is refused.
fn refused_for_its_body(shop: &mut Shop, why: &'static str) -> LedgerError {
    let (content, business) = (Bill::default().content(), shop::business());
    let order = SendOrder {
        invoice_id: "a",
        channel: Channel::Phone,
        content: &content,
        business: &business,
        hold_until: at(5),
        now: at(0),
    };
    shop.books.send("d", 1, &order, |_| Err(why)).unwrap_err()
}

#[test]
fn a_body_that_cannot_be_made_gives_no_number_away() {
    let mut shop = Shop::new();
    shop.draft("d", "Jens");
    refused_for_its_body(&mut shop, "too long");
    assert_eq!(shop.books.next_number().unwrap(), 1);
    assert!(shop.books.draft("d").is_ok());
}

#[test]
fn one_draft_is_sent_once() {
    let mut shop = Shop::new();
    shop.draft("d", "Jens");
    shop::send(&mut shop.books, "d", 1, "a", &Bill::default()).unwrap();
    let again = shop::send(&mut shop.books, "d", 1, "b", &Bill::default()).unwrap_err();
    assert!(matches!(again, LedgerError::NotFound("draft")));
    assert_eq!(shop.list(Filter::All, "").total, 1);
}

#[test]
fn undo_gives_the_draft_back_and_leaves_no_gap() {
    let mut shop = Shop::new();
    let bill = Bill::default();
    shop.send("a", &bill);
    let draft = shop.books.undo("a", "d2", at(3)).unwrap();
    assert_eq!((draft.form, draft.revision), (form(bill.name), 1));
    assert_eq!(shop.books.drafts().unwrap()[0].total_minor, bill.minor);
    assert_eq!(shop.list(Filter::All, "eftersyn").total, 0);
    assert!(shop.books.evidence("a").unwrap().is_empty());
    assert_eq!(shop.send("b", &bill), 1);
}

#[test]
fn a_number_taken_back_out_of_order_is_burnt_and_the_gap_says_why() {
    let mut shop = Shop::new();
    for id in ["a", "b", "c"] {
        shop.send(id, &Bill::default());
    }
    shop.books.undo("b", "d", at(1)).unwrap();
    assert_eq!(shop.books.burnt_numbers().unwrap(), [2]);
    assert_eq!(
        shop.books.number_gaps().unwrap(),
        [Gap {
            first: 2,
            last: 2,
            why: GapReason::TakenBack
        }]
    );
    assert_eq!(shop.send("d", &Bill::default()), 4);
    let series = shop.books.series().unwrap();
    assert_eq!((series.first, series.last, series.count), (Some(1), Some(4), 3));
}

#[test]
fn burnt_numbers_come_back_when_everything_after_them_is_taken_back_too() {
    let mut shop = Shop::new();
    for id in ["a", "b", "c"] {
        shop.send(id, &Bill::default());
    }
    shop.books.undo("b", "d1", at(1)).unwrap();
    shop.books.undo("c", "d2", at(2)).unwrap();
    assert_eq!(shop.books.burnt_numbers().unwrap(), [0_u64; 0]);
    assert_eq!(shop.send("d", &Bill::default()), 2);
    assert_eq!(shop.books.number_gaps().unwrap(), []);
}

fn record() -> ledger::BusinessRecord {
    ledger::BusinessRecord {
        business: shop::business(),
        default_vat_rate: 25.into(),
        default_due_days: 14,
        paper_language: "da".into(),
        default_channel: Channel::Phone,
    }
}

#[test]
fn the_series_may_start_and_jump_forward_but_never_back() {
    let mut shop = Shop::new();
    let record = record();
    let to = |shown, wanted| Some(NextNumber { shown, wanted });
    shop.books.save_business(&record, to(1, 1_000)).unwrap();
    assert_eq!(shop.books.business().unwrap(), Some(record.clone()));
    assert_eq!(shop.send("a", &Bill::default()), 1_000);
    let refused = shop.books.save_business(&record, to(1_001, 1_000)).unwrap_err();
    assert!(matches!(refused, LedgerError::NumberTaken(1_000)));
    assert!(shop.books.save_business(&record, to(1_001, 0)).is_err());
    for too_large in [2_026_000_000_001, u64::MAX] {
        let refused = shop
            .books
            .save_business(&record, to(1_001, too_large))
            .unwrap_err();
        assert!(
            matches!(refused, LedgerError::NumberTooLarge(number) if number == too_large),
            "{refused}"
        );
    }
    shop.books.save_business(&record, to(1_001, 2_000)).unwrap();
    assert_eq!(shop.send("b", &Bill::default()), 2_000);
    assert_eq!(
        shop.books.number_gaps().unwrap(),
        [Gap {
            first: 1_001,
            last: 1_999,
            why: GapReason::SeriesMoved
        }]
    );
}

#[test]
fn a_held_invoice_waits_for_its_time_and_then_goes_out_verbatim() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    assert_eq!(shop.next_to_send(at(4)), None);
    assert_eq!(shop.books.next_wake().unwrap(), Some(at(5)));
    let item = shop.next_to_send(at(5)).unwrap();
    assert_eq!(
        (item.request, item.attempts, item.was_in_doubt),
        (bytes("a", 1), 0, false)
    );
    shop.begin("a", 5);
    assert_eq!(shown(&shop, "a"), Shown::Sending);
    assert_eq!(shop.next_to_send(at(99)), None);
    shop.settle(
        "a",
        &Outcome::Accepted {
            service_id: "s".into(),
            link: Some("https://pay".into()),
        },
        6,
    );
    let record = shop.books.invoice("a").unwrap();
    assert_eq!(
        (record.service_id.as_deref(), record.link.as_deref()),
        (Some("s"), Some("https://pay"))
    );
    assert_eq!(record.summary.shown, Shown::Accepted);
    assert_eq!(
        shop.books.due_for_poll(at(6), 9).unwrap(),
        [("a".into(), "s".into(), at(6))]
    );
    assert_eq!(shop.books.outbox_waiting().unwrap(), 0);
}

#[test]
fn once_queued_or_on_its_way_it_cannot_be_taken_back() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    assert_eq!(shop.books.release_due(at(4)).unwrap(), [""; 0]);
    assert_eq!(shop.books.release_due(at(5)).unwrap(), ["a"]);
    assert_eq!(shown(&shop, "a"), Shown::Queued);
    let undo = |shop: &mut Shop| shop.books.undo("a", "d", at(9)).unwrap_err();
    assert!(matches!(undo(&mut shop), LedgerError::WrongState { .. }));
    shop.begin("a", 6);
    assert!(matches!(undo(&mut shop), LedgerError::WrongState { .. }));
    shop.settle("a", &accepted("a"), 7);
    assert!(matches!(undo(&mut shop), LedgerError::WrongState { .. }));
}

#[test]
fn illegal_moves_are_errors_and_change_nothing() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    let settle = shop
        .books
        .settle("a", &accepted("a"), answer(), at(1))
        .unwrap_err();
    assert!(matches!(settle, LedgerError::WrongState { .. }));
    shop.begin("a", 5);
    assert!(matches!(
        shop.books.begin_sending("a", "twice", &any_day(), at(5)),
        Err(LedgerError::WrongState { .. })
    ));
    shop.settle("a", &accepted("a"), 6);
    assert!(matches!(
        shop.books.begin_sending("a", "again", &any_day(), at(7)),
        Err(LedgerError::WrongState { .. })
    ));
    assert!(matches!(
        shop.books.settle("a", &Outcome::Refused, answer(), at(8)),
        Err(LedgerError::WrongState { .. })
    ));
    assert!(matches!(
        shop.books.begin_sending("no such", "x", &any_day(), at(8)),
        Err(LedgerError::NotFound("invoice"))
    ));
    assert_eq!(shown(&shop, "a"), Shown::Accepted);
    assert_eq!(shop.books.evidence("a").unwrap().len(), 3);
}

/// The table of security 6.2: what an attempt's outcome leaves, first without and then after a doubt.
#[test]
fn each_outcome_leaves_what_it_proves() {
    let retry_at = at(60);
    let table = [
        (accepted("x"), Shown::Accepted, Shown::Accepted),
        (Outcome::Exists, Shown::Refused, Shown::SentIdUnknown),
        (Outcome::Refused, Shown::Refused, Shown::InDoubt),
        (Outcome::NotSent { retry_at }, Shown::Waiting, Shown::InDoubt),
        (Outcome::Unclear { retry_at }, Shown::InDoubt, Shown::InDoubt),
    ];
    for (outcome, first, after_doubt) in table {
        let mut shop = Shop::new();
        shop.send("a", &Bill::default());
        shop.begin("a", 5);
        shop.settle("a", &outcome, 6);
        assert_eq!(shown(&shop, "a"), first, "{outcome:?} at first");

        let mut shop = Shop::new();
        shop.send("a", &Bill::default());
        shop.begin("a", 5);
        shop.settle("a", &Outcome::Unclear { retry_at: at(50) }, 6);
        shop.begin("a", 50);
        shop.settle("a", &outcome, 51);
        assert_eq!(shown(&shop, "a"), after_doubt, "{outcome:?} after doubt");
    }
}

/// A 429 is assumed to mean *not carried out*. Where the identical invoice exists afterwards it was carried out all the same,
/// and calling it refused would let the merchant bill twice.
#[test]
fn what_exists_after_it_was_turned_away_is_ours_and_not_refused() {
    let turned_away = Answered {
        status: Some(429),
        ..Answered::default()
    };
    for (said, expected) in [
        (turned_away, Shown::SentIdUnknown),
        (Answered::default(), Shown::Refused),
    ] {
        let mut shop = Shop::new();
        shop.send("a", &Bill::default());
        shop.begin("a", 6);
        let later = Outcome::NotSent { retry_at: at(60) };
        shop.books.settle("a", &later, said, at(7)).unwrap();
        shop.begin("a", 60);
        shop.settle("a", &Outcome::Exists, 61);
        assert_eq!(shown(&shop, "a"), expected);
    }
}

/// A refusal of the whole batch proves that nothing of it was made: an identical one that exists afterwards is a twin that
/// somebody else made, and the day is looked at again like before any first attempt.
#[test]
fn after_a_batch_that_was_refused_as_a_whole_each_is_as_one_that_was_never_out() {
    let refused = Answered {
        status: Some(400),
        ..Answered::default()
    };
    let apart = |shop: &mut Shop| {
        shop.send("a", &Bill::default());
        shop.begin("a", 6);
        shop.books
            .settle("a", &Outcome::Apart, refused.clone(), at(7))
            .unwrap();
        assert_eq!(shown(shop, "a"), Shown::Queued);
        assert_eq!(shop.next_to_send(at(7)).map(|next| next.number), Some(1));
    };
    let mut shop = Shop::new();
    apart(&mut shop);
    shop.begin("a", 8);
    shop.settle("a", &Outcome::Exists, 9);
    assert_eq!(shown(&shop, "a"), Shown::Refused);

    let mut shop = Shop::new();
    apart(&mut shop);
    let late = TradeDay {
        date: jiff::civil::date(2027, 1, 1),
        ..shop::day()
    };
    assert!(!shop.books.begin_sending("a", "c", &late, at(8)).unwrap());
}

#[test]
fn after_a_doubt_a_batch_that_was_refused_as_a_whole_leaves_the_doubt() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 6);
    shop.settle("a", &Outcome::Unclear { retry_at: at(60) }, 7);
    shop.begin("a", 60);
    shop.settle("a", &Outcome::Apart, 61);
    assert_eq!(shown(&shop, "a"), Shown::InDoubt);
    assert_eq!(shop.next_to_send(at(61)).map(|next| next.number), Some(1));
}

/// The number that a page showed is the one that may be changed: an undo that came between gave it back.
#[test]
fn a_next_number_that_has_moved_since_it_was_shown_is_not_set() {
    let mut shop = Shop::new();
    let record = record();
    shop.send("a", &Bill::default());
    let shown = shop.books.next_number().unwrap();
    shop.books.undo("a", "d", at(1)).unwrap();
    let change = NextNumber { shown, wanted: 10 };
    let refused = shop.books.save_business(&record, Some(change)).unwrap_err();
    assert!(matches!(refused, LedgerError::NumberMoved(1)), "{refused}");
    assert_eq!(shop.books.next_number().unwrap(), 1);
    assert_eq!(shop.books.business().unwrap(), None, "nothing is saved then");
    shop.books.save_business(&record, None).unwrap();
    assert_eq!(shop.books.next_number().unwrap(), 1);
}

#[test]
fn a_body_that_cannot_be_made_is_no_damage_of_the_books() {
    let mut shop = Shop::new();
    shop.draft("d", "Kunde");
    let refused = refused_for_its_body(&mut shop, "no body");
    assert!(matches!(refused, LedgerError::NotMade(_)), "{refused}");
    assert_eq!(shop.books.next_number().unwrap(), 1);
}

#[test]
fn what_is_in_doubt_goes_out_again_with_the_same_bytes_after_its_pause() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 5);
    shop.settle("a", &Outcome::Unclear { retry_at: at(50) }, 6);
    // Not before the attempt has surely ended, whoever asks for it.
    assert_eq!(shop.next_to_send(at(50)), None);
    let item = shop.next_to_send(at(51)).unwrap();
    assert_eq!(
        (item.request, item.attempts, item.was_in_doubt),
        (bytes("a", 1), 1, true)
    );
}

#[test]
fn one_that_could_not_get_through_keeps_those_after_it_in_their_order_and_a_doubt_keeps_nobody() {
    let mut shop = Shop::new();
    for id in ["a", "b", "c"] {
        shop.send(id, &Bill::default());
    }
    shop.begin("a", 6);
    shop.settle("a", &Outcome::NotSent { retry_at: at(90) }, 7);
    assert_eq!(shop.next_to_send(at(89)), None);
    assert_eq!(shop.books.next_wake().unwrap(), Some(at(90)));
    // Their time to undo ends all the same.
    assert_eq!(shop.books.next_release().unwrap(), Some(at(5)));
    let order = |shop: &mut Shop, seconds: i64| {
        let item = shop.next_to_send(at(seconds)).unwrap();
        shop.begin(&item.invoice_id, seconds);
        item.number
    };
    assert_eq!(order(&mut shop, 90), 1);
    shop.settle("a", &Outcome::Unclear { retry_at: at(200) }, 91);
    assert_eq!(order(&mut shop, 91), 2);
    assert_eq!(order(&mut shop, 92), 3);
}

#[test]
fn looking_sooner_brings_forward_and_never_puts_off() {
    let mut shop = Shop::new();
    for id in ["a", "b"] {
        shop.deliver(id, &Bill::default());
        shop.books.set_next_poll(id, at(9_000)).unwrap();
    }
    shop.books.set_next_poll("b", at(70)).unwrap();
    let seconds = SignedDuration::from_secs;
    let tier = |from, to: Option<i64>, pause| Tier {
        quiet_from: seconds(from),
        quiet_to: to.map(seconds),
        pause: seconds(pause),
    };
    let tiers = [tier(0, Some(3_600), 600), tier(3_600, None, 5_000)];
    shop.books.poll_sooner(at(100), &tiers).unwrap();
    let due = |shop: &Shop, seconds| shop.books.due_for_poll(at(seconds), 9).unwrap().len();
    assert_eq!((due(&shop, 69), due(&shop, 70), due(&shop, 9_000)), (0, 1, 2));
    let looked = shop.books.next_poll().unwrap();
    assert_eq!(looked, Some(at(70)));
    shop.books.set_next_poll("b", at(9_000)).unwrap();
    // Long quiet and long not looked at: now, not in the past.
    shop.books.poll_sooner(at(8_000), &tiers).unwrap();
    assert_eq!(shop.books.next_poll().unwrap().unwrap().max(at(8_000)), at(8_000));
    assert_eq!(due(&shop, 8_000), 2);
}

#[test]
fn an_interrupted_attempt_is_in_doubt_and_waits_until_it_has_surely_ended() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 5);
    let mut shop = shop.reopen();
    assert_eq!(shop.books.recover(at(20)).unwrap(), 1);
    assert_eq!(shop.books.recover(at(20)).unwrap(), 0);
    assert_eq!(shown(&shop, "a"), Shown::InDoubt);
    assert_eq!(shop.books.next_wake().unwrap(), Some(at(50)));
    shop.begin("a", 50);
    shop.settle("a", &Outcome::Exists, 51);
    assert_eq!(shown(&shop, "a"), Shown::SentIdUnknown);
}

#[test]
fn a_clock_that_went_back_does_not_hold_a_doubt_for_long() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 100_000);
    shop.books.recover(at(0)).unwrap();
    assert_eq!(shop.books.next_wake().unwrap(), Some(at(45)));
}

#[test]
fn every_attempt_leaves_its_row_with_the_raw_answer() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 5);
    let said = Answered {
        status: Some(400),
        error_code: Some(10_201),
        words: Some("Total amount too large".into()),
        correlation_id: Some("correlation-5".into()),
        raw: Some("{\"Code\":\"10201\"}".into()),
    };
    shop.books.settle("a", &Outcome::Refused, said, at(6)).unwrap();
    let rows = shop.books.evidence("a").unwrap();
    assert_eq!(
        rows.iter().map(|row| row.what).collect::<Vec<_>>(),
        [What::Sent, What::Attempted, What::Refused]
    );
    assert_eq!(rows[1].correlation_id.as_deref(), Some("correlation-5"));
    assert_eq!((rows[2].status, rows[2].error_code), (Some(400), Some(10_201)));
    assert_eq!(rows[2].raw.as_deref(), Some("{\"Code\":\"10201\"}"));
}

#[test]
fn an_answer_is_kept_even_if_it_names_an_id_that_is_known_already() {
    let mut shop = Shop::new();
    shop.deliver("a", &Bill::default());
    shop.send("b", &Bill::default());
    shop.begin("b", 6);
    shop.settle("b", &accepted("a"), 7);
    assert_eq!(shown(&shop, "b"), Shown::Accepted);
}

#[test]
fn the_daily_count_of_a_phone_leaves_out_what_was_refused_or_taken_back() {
    let mut shop = Shop::new();
    let bill = Bill::default();
    for id in ["a", "b", "c"] {
        shop.send(id, &bill);
    }
    shop.books.undo("c", "d", at(1)).unwrap();
    shop.begin("b", 5);
    shop.settle("b", &Outcome::Refused, 6);
    let phone = bill.content().recipient.phone.unwrap();
    assert_eq!(shop.books.sent_to_phone_since(&phone, at(-100)).unwrap(), 1);
    assert_eq!(shop.books.sent_to_phone_since(&phone, at(1)).unwrap(), 0);
}

#[test]
fn a_draft_saved_twice_over_the_same_revision_keeps_the_first() {
    let mut shop = Shop::new();
    shop.draft("d", "Jens");
    assert_eq!(
        shop.books.save_draft("d", 1, &form("Første"), 5, at(1)).unwrap(),
        2
    );
    let refused = shop
        .books
        .save_draft("d", 1, &form("Anden"), 5, at(2))
        .unwrap_err();
    assert!(matches!(
        refused,
        LedgerError::ChangedMeanwhile {
            expected: 1,
            found: 2
        }
    ));
    assert_eq!(shop.books.draft("d").unwrap().form.recipient.name, "Første");
    shop.books.discard_draft("d").unwrap();
    assert!(matches!(
        shop.books.discard_draft("d"),
        Err(LedgerError::NotFound("draft"))
    ));
    let gone = shop
        .books
        .save_draft("d", 2, &DraftForm::default(), 0, at(3))
        .unwrap_err();
    assert!(matches!(gone, LedgerError::NotFound("draft")));
}
