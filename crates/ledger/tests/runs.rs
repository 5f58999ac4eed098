//! Many at once: chunks, batches, pause, stop, restart, and nothing twice.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use std::collections::HashSet;
use std::convert::Infallible;

use invoice::Channel;
use jiff::Timestamp;
use ledger::{
    Answered, LedgerError, Load, Outcome, RowState, RunCounts, RunOrder, RunState, SendOrder, Settled, Shown,
    What, until_released,
};
use shop::{Bill, Shop, accepted, any_day, at, bytes, form};

fn import(rows: usize) -> Shop {
    let mut shop = Shop::new();
    let forms: Vec<_> = (0..rows).map(|row| form(&format!("Kunde {row}"))).collect();
    shop.books
        .create_run("r", "kunder.csv", None, &forms, at(0))
        .unwrap();
    shop
}

/// Queues the next `limit` ready rows; row 7 becomes the invoice `i7-<number of tries>`.
fn queue(shop: &mut Shop, limit: u32, tag: &str) -> Result<Vec<u64>, LedgerError> {
    queue_until(shop, limit, tag, at(5))
}

fn queue_until(
    shop: &mut Shop,
    limit: u32,
    tag: &str,
    hold_until: Timestamp,
) -> Result<Vec<u64>, LedgerError> {
    let rows = shop.books.run_rows("r", RowState::Ready, 0, limit)?;
    let (content, business) = (Bill::default().content(), shop::business());
    let ids: Vec<String> = rows.iter().map(|row| format!("i{}{tag}", row.position)).collect();
    let orders: Vec<RunOrder<'_>> = rows
        .iter()
        .zip(&ids)
        .map(|(row, id)| RunOrder {
            position: row.position,
            order: SendOrder {
                invoice_id: id,
                channel: Channel::Phone,
                content: &content,
                business: &business,
                hold_until,
                now: at(0),
            },
        })
        .collect();
    shop.books.queue_chunk("r", &orders, |order, number| {
        Ok::<_, Infallible>(bytes(order.invoice_id, number))
    })
}

fn counts(shop: &Shop) -> RunCounts {
    shop.books.run("r").unwrap().counts
}

fn settled(id: &str, outcome: Outcome) -> Settled {
    Settled {
        invoice_id: id.into(),
        outcome,
        answered: Answered {
            status: Some(202),
            ..Answered::default()
        },
    }
}

fn take(shop: &mut Shop, correlation: &str, seconds: i64, limit: u32) -> Load {
    shop.books
        .take_for_run(
            Channel::Phone,
            correlation,
            &any_day(),
            at(seconds),
            shop::part(limit),
        )
        .unwrap()
}

fn begin(shop: &mut Shop, seconds: i64) -> Vec<String> {
    let load = take(shop, "batch", seconds, 2_000);
    assert!(load.held_back.is_empty());
    load.items.into_iter().map(|item| item.invoice_id).collect()
}

#[test]
fn a_chunk_of_two_thousand_is_numbered_sent_and_settled_with_exact_progress() {
    let mut shop = import(2_100);
    let numbers = queue(&mut shop, 2_000, "").unwrap();
    assert_eq!(numbers, (1..=2_000).collect::<Vec<u64>>());
    assert_eq!(
        counts(&shop),
        RunCounts {
            ready: 100,
            held: 2_000,
            ..RunCounts::default()
        }
    );
    let ids = begin(&mut shop, 6);
    assert_eq!(ids.len(), 2_000);
    assert_eq!(counts(&shop).sending, 2_000);
    let all: Vec<Settled> = ids
        .iter()
        .enumerate()
        .map(|(nth, id)| match nth % 4 {
            0 => settled(id, Outcome::Refused),
            1 => settled(id, Outcome::NotSent { retry_at: at(60) }),
            2 => settled(id, Outcome::Unclear { retry_at: at(60) }),
            _ => settled(id, accepted(id)),
        })
        .collect();
    shop.books.settle_batch(&all, at(7)).unwrap();
    let expected = RunCounts {
        ready: 100,
        accepted: 500,
        refused: 500,
        in_doubt: 500,
        failed: 500,
        ..RunCounts::default()
    };
    assert_eq!(counts(&shop), expected);
    let shop = shop.reopen();
    assert_eq!(counts(&shop), expected);
    assert_eq!(expected.total(), 2_100);
    // Each row has its own evidence, with the one call's id for support.
    let rows = shop.books.evidence(&ids[0]).unwrap();
    assert_eq!(
        rows.iter().map(|row| row.what).collect::<Vec<_>>(),
        [What::Sent, What::Attempted, What::Refused]
    );
    assert_eq!(rows[1].correlation_id.as_deref(), Some("batch"));
}

#[test]
fn more_than_one_call_takes_and_a_body_that_cannot_be_made_write_nothing() {
    let mut shop = import(2_001);
    assert!(matches!(
        queue(&mut shop, 2_001, ""),
        Err(LedgerError::WrongState { .. })
    ));
    let (content, business) = (Bill::default().content(), shop::business());
    let order = |id: &'static str, position| RunOrder {
        position,
        order: SendOrder {
            invoice_id: id,
            channel: Channel::Phone,
            content: &content,
            business: &business,
            hold_until: at(5),
            now: at(0),
        },
    };
    let refused = shop
        .books
        .queue_chunk("r", &[order("x", 1), order("y", 2)], |_, number| {
            if number == 2 { Err("no body") } else { Ok(vec![1]) }
        });
    assert!(refused.is_err());
    assert_eq!(counts(&shop).ready, 2_001);
    assert_eq!(shop.books.next_number().unwrap(), 1);
    assert!(shop.books.invoice("x").is_err());
}

#[test]
fn the_same_row_cannot_become_two_invoices() {
    let mut shop = import(1);
    let (content, business) = (Bill::default().content(), shop::business());
    let order = |id: &'static str| RunOrder {
        position: 1,
        order: SendOrder {
            invoice_id: id,
            channel: Channel::Phone,
            content: &content,
            business: &business,
            hold_until: at(5),
            now: at(0),
        },
    };
    let freeze = |_: &SendOrder<'_>, _| Ok::<_, Infallible>(vec![1]);
    assert!(
        shop.books
            .queue_chunk("r", &[order("x"), order("y")], freeze)
            .is_err()
    );
    shop.books.queue_chunk("r", &[order("x")], freeze).unwrap();
    assert!(shop.books.queue_chunk("r", &[order("y")], freeze).is_err());
    // Taken back alone it would go out by its draft and by the run.
    assert!(matches!(
        shop.books.undo("x", "d", at(1)),
        Err(LedgerError::WrongState { .. })
    ));
}

#[test]
fn a_paused_run_stays_paused_over_a_restart_and_wakes_nobody() {
    let mut shop = import(4);
    queue(&mut shop, 2, "").unwrap();
    let ids = begin(&mut shop, 6);
    queue(&mut shop, 1, "").unwrap();
    shop.books.pause_run("r").unwrap();
    shop.books
        .settle_batch(
            &[
                settled(&ids[0], Outcome::NotSent { retry_at: at(8) }),
                settled(&ids[1], accepted("s")),
            ],
            at(7),
        )
        .unwrap();
    let mut shop = shop.reopen();
    shop.books.recover(at(8)).unwrap();
    assert_eq!(shop.next_to_send(at(1_000_000)), None);
    assert_eq!(shop.books.next_wake().unwrap(), None);
    assert_eq!(shop.books.next_run_wake().unwrap(), None);
    assert_eq!(take(&mut shop, "c", 1_000_000, 9), Load::default());
    assert!(shop.books.release_due(at(1_000_000)).unwrap().is_empty());
    assert!(queue(&mut shop, 1, "").is_err());
    assert!(shop.books.retry_now(&ids[0], at(9)).is_err());
    assert!(
        shop.books
            .waiting(None, 10)
            .unwrap()
            .rows
            .iter()
            .all(|row| row.next_try.is_none())
    );
    shop.books.resume_run("r", at(20)).unwrap();
    assert_eq!(shop.books.next_batch(Channel::Phone, at(20), 9).unwrap().len(), 2);
    assert_eq!(counts(&shop).ready, 1);
}

#[test]
fn a_pause_also_holds_rows_that_wait_for_a_retry() {
    let mut shop = import(2);
    queue(&mut shop, 2, "").unwrap();
    let ids = begin(&mut shop, 6);
    let retry_at = at(8);
    let ends = [
        settled(&ids[0], Outcome::NotSent { retry_at }),
        settled(&ids[1], Outcome::NotSent { retry_at }),
    ];
    shop.books.settle_batch(&ends, at(7)).unwrap();
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(retry_at));
    shop.books.pause_run("r").unwrap();
    assert_eq!(shop.books.next_run_wake().unwrap(), None);
    assert_eq!(take(&mut shop, "c", 1_000_000, 9), Load::default());
    assert!(shop.books.retry_failed("r", at(9)).is_err());
    assert!(shop.books.retry_all_now(at(9)).unwrap().is_empty());
    assert_eq!(counts(&shop).failed, 2);
    shop.books.resume_run("r", at(20)).unwrap();
    assert_eq!(take(&mut shop, "c", 20, 9).items.len(), 2);
}

#[test]
fn a_stopped_run_takes_back_what_never_left_and_ends_what_was_begun() {
    let mut shop = import(3);
    queue(&mut shop, 1, "").unwrap();
    let ids = begin(&mut shop, 6);
    shop.books
        .settle_batch(&[settled(&ids[0], Outcome::NotSent { retry_at: at(8) })], at(7))
        .unwrap();
    queue(&mut shop, 2, "").unwrap();
    shop.books.stop_run("r", at(9)).unwrap();
    assert_eq!(shop.books.run("r").unwrap().state, RunState::Stopped);
    assert_eq!(
        counts(&shop),
        RunCounts {
            ready: 2,
            failed: 1,
            ..RunCounts::default()
        }
    );
    assert_eq!(shop.books.next_number().unwrap(), 2);
    assert!(shop.books.number_gaps().unwrap().is_empty());
    assert_eq!(shop.next_to_send(at(10)), None, "not one by one");
    let taken = shop.books.next_batch(Channel::Phone, at(10), 9).unwrap();
    assert_eq!(
        taken
            .iter()
            .map(|item| item.invoice_id.as_str())
            .collect::<Vec<_>>(),
        ["i1"]
    );
    shop.books.resume_run("r", at(11)).unwrap();
    assert_eq!(queue(&mut shop, 9, "-again").unwrap(), [2, 3]);
}

#[test]
fn killed_with_a_batch_on_its_way_all_of_it_is_in_doubt() {
    let mut shop = import(3);
    queue(&mut shop, 3, "").unwrap();
    begin(&mut shop, 6);
    let mut shop = shop.reopen();
    assert_eq!(shop.books.recover(at(10)).unwrap(), 3);
    assert_eq!(counts(&shop).in_doubt, 3);
    let again = shop.books.next_batch(Channel::Phone, at(150), 9).unwrap();
    assert!(again.iter().all(|item| item.was_in_doubt));
    assert_eq!(again[2].request, bytes("i3", 3));
}

#[test]
fn only_failed_rows_are_tried_again_and_a_refused_one_needs_a_correction() {
    let mut shop = import(3);
    queue(&mut shop, 3, "").unwrap();
    let ids = begin(&mut shop, 6);
    let ends = [
        settled(&ids[0], Outcome::NotSent { retry_at: at(900) }),
        settled(&ids[1], Outcome::Refused),
        settled(&ids[2], Outcome::Unclear { retry_at: at(900) }),
    ];
    shop.books.settle_batch(&ends, at(7)).unwrap();
    assert_eq!(shop.books.retry_failed("r", at(8)).unwrap(), 1);
    let batch = shop.books.next_batch(Channel::Phone, at(8), 9).unwrap();
    assert_eq!(
        batch
            .iter()
            .map(|item| item.invoice_id.as_str())
            .collect::<Vec<_>>(),
        ["i1"]
    );
    shop.books.correct_row("r", 2, &form("Rettet")).unwrap();
    for position in [1, 3] {
        assert!(shop.books.correct_row("r", position, &form("x")).is_err());
    }
    assert_eq!(queue(&mut shop, 9, "-again").unwrap(), [4]);
    assert_eq!(shop.books.invoice("i2").unwrap().summary.shown, Shown::Refused);
    assert_eq!(counts(&shop).total(), 3);
}

#[test]
fn runs_are_listed_newest_first() {
    let mut shop = import(1);
    shop.books.create_run("s", "flere.csv", None, &[], at(9)).unwrap();
    let first = shop.books.runs(None, 1).unwrap();
    assert_eq!(first[0].id, "s");
    let rest = shop.books.runs(first.last(), 9).unwrap();
    assert_eq!((rest.len(), rest[0].counts.ready), (1, 1));
    let ids: HashSet<_> = rest.iter().map(|run| run.id.as_str()).collect();
    assert!(ids.contains("r"));
}

#[test]
fn what_is_in_doubt_goes_again_without_what_is_new() {
    let mut shop = import(4);
    queue(&mut shop, 2, "").unwrap();
    let ids = begin(&mut shop, 6);
    let lost = ids
        .iter()
        .map(|id| settled(id, Outcome::Unclear { retry_at: at(60) }));
    shop.books.settle_batch(&lost.collect::<Vec<_>>(), at(7)).unwrap();
    queue(&mut shop, 2, "").unwrap();
    let mut taken = |seconds| {
        let load = take(&mut shop, "again", seconds, 9);
        load.items
            .into_iter()
            .map(|item| item.invoice_id)
            .collect::<Vec<_>>()
    };
    assert_eq!(taken(150), ["i1", "i2"]);
    assert_eq!(taken(150), ["i3", "i4"]);
    assert_eq!(taken(150), [""; 0], "what is on its way is not taken twice");
}

#[test]
fn a_single_one_written_after_a_run_does_not_wait_for_it() {
    let mut shop = import(3);
    queue(&mut shop, 3, "").unwrap();
    shop.send("single", &Bill::default());
    let next = shop.next_to_send(at(6)).unwrap();
    assert_eq!(
        (next.invoice_id.as_str(), next.number, next.run),
        ("single", 4, None)
    );
}

#[test]
fn a_ready_row_is_corrected_and_what_turned_invalid_stands_among_the_refused() {
    let mut shop = import(3);
    shop.books.correct_row("r", 3, &form("Rettet")).unwrap();
    queue(&mut shop, 3, "").unwrap();
    let ids = begin(&mut shop, 6);
    let ends: Vec<Settled> = ids.iter().map(|id| settled(id, accepted(id))).collect();
    shop.books.settle_batch(&ends, at(7)).unwrap();
    assert!(shop.books.correct_row("r", 1, &form("x")).is_err());
    assert!(shop.say(&ids[0], invoice::State::Invalid, 8));
    assert_eq!(shop.books.run_turned_invalid("r").unwrap(), 1);
    let refused = shop.books.run_results("r", &[RowState::Refused], 0, 9).unwrap();
    assert_eq!(
        refused
            .iter()
            .map(|result| result.row.position)
            .collect::<Vec<_>>(),
        [1]
    );
    assert_eq!(refused[0].why.as_ref().unwrap().what, What::Told);
    assert_eq!(
        shop.books
            .run_results("r", &[RowState::Accepted], 1, 9)
            .unwrap()
            .len(),
        2
    );
    shop.books.correct_row("r", 1, &form("Rettet")).unwrap();
    let row = shop.books.run_result("r", 1).unwrap();
    assert_eq!((row.row.state, row.invoice.is_none()), (RowState::Ready, true));
    assert_eq!(shop.books.run_turned_invalid("r").unwrap(), 0);
}

#[test]
fn a_run_is_forgotten_only_while_nothing_of_it_was_sent() {
    let mut shop = import(2);
    queue(&mut shop, 1, "").unwrap();
    assert!(shop.books.discard_run("r").is_err());
    shop.books.stop_run("r", at(1)).unwrap();
    shop.books.discard_run("r").unwrap();
    assert!(matches!(shop.books.run("r"), Err(LedgerError::NotFound(_))));
    assert!(matches!(
        shop.books.discard_run("r"),
        Err(LedgerError::NotFound(_))
    ));
}

#[test]
fn a_file_was_sent_once_one_of_its_rows_was_not_refused() {
    let mut shop = Shop::new();
    for (run, file) in [("r", "a"), ("s", "a"), ("t", "b")] {
        shop.books
            .create_run(run, "kunder.csv", Some(file), &[form("Kunde")], at(0))
            .unwrap();
    }
    assert_eq!(shop.books.file_sent("a", "s").unwrap(), None);
    queue(&mut shop, 1, "").unwrap();
    assert_eq!(shop.books.file_sent("a", "s").unwrap(), Some(at(0)));
    assert_eq!(shop.books.file_sent("a", "r").unwrap(), None);
    assert_eq!(shop.books.file_sent("b", "s").unwrap(), None);
    shop.books.stop_run("r", at(1)).unwrap();
    assert_eq!(shop.books.file_sent("a", "s").unwrap(), None);
}

#[test]
fn what_a_customer_was_billed_is_found_by_phone_and_by_name() {
    let mut shop = Shop::new();
    let bill = Bill::default();
    shop.deliver("i", &bill);
    let phone = invoice::Phone::parse("31 12 23 34", invoice::Country::Dk).unwrap();
    let by_phone = shop.books.billed_to_phone(&phone, at(-60)).unwrap();
    let found: Vec<_> = by_phone
        .iter()
        .map(|billed| {
            (
                billed.number,
                billed.gross_minor,
                billed.due_date,
                billed.text.as_str(),
            )
        })
        .collect();
    assert_eq!(found, [(1, bill.minor, bill.due, bill.text)]);
    assert_eq!(
        shop.books.billed_to_name("østergade  CYKLER", at(-60)).unwrap(),
        by_phone
    );
    assert_eq!(shop.books.billed_to_phone(&phone, at(60)).unwrap(), []);
    assert_eq!(shop.books.billed_to_name("Østergade", at(-60)).unwrap(), []);
}

#[test]
fn a_batch_in_doubt_waits_until_it_has_surely_ended_also_when_it_is_tried_by_hand() {
    let mut shop = import(3);
    queue(&mut shop, 3, "").unwrap();
    let ids = begin(&mut shop, 6);
    let lost = |id: &String| settled(id, Outcome::Unclear { retry_at: at(127) });
    let all: Vec<Settled> = ids.iter().map(lost).collect();
    // Its time-out is two minutes.
    shop.books.settle_batch(&all, at(126)).unwrap();
    let ended = 126 + 135;
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(at(ended)));
    assert_eq!(shop.books.retry_now(&ids[0], at(130)).unwrap(), at(ended));
    assert_eq!(take(&mut shop, "early", ended - 1, 9), Load::default());
    assert_eq!(take(&mut shop, "again", ended, 9).items.len(), 3);
}

#[test]
fn a_batch_that_was_interrupted_waits_longer_than_its_time_out() {
    let mut shop = import(1);
    queue(&mut shop, 1, "").unwrap();
    begin(&mut shop, 6);
    let mut shop = shop.reopen();
    shop.books.recover(at(20)).unwrap();
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(at(6 + 135)));
}

#[test]
fn a_clock_that_was_set_right_does_not_hurry_a_batch_in_doubt() {
    let mut shop = import(1);
    queue(&mut shop, 1, "").unwrap();
    let id = begin(&mut shop, 6).remove(0);
    let lost = settled(&id, Outcome::Unclear { retry_at: at(9) });
    shop.books.settle_batch(&[lost], at(8)).unwrap();
    assert_eq!(shop.books.heed_set_back(at(-7_200)).unwrap(), 1);
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(at(-7_200 + 135)));
    assert_eq!(shop.books.heed_set_back(at(-7_200)).unwrap(), 0, "once is enough");
}

/// Without an answer: the service was not reached.
fn unreached(id: &str, retry: i64) -> Settled {
    Settled {
        answered: Answered::default(),
        ..settled(id, Outcome::NotSent { retry_at: at(retry) })
    }
}

#[test]
fn a_stop_takes_back_what_could_not_get_through_and_nothing_that_was_answered_or_may_be_there() {
    let mut shop = import(4);
    queue(&mut shop, 4, "").unwrap();
    let ids = begin(&mut shop, 6);
    let ends = [
        settled(&ids[0], Outcome::NotSent { retry_at: at(900) }),
        unreached(&ids[1], 900),
        settled(&ids[2], Outcome::Unclear { retry_at: at(900) }),
        unreached(&ids[3], 900),
    ];
    shop.books.settle_batch(&ends, at(7)).unwrap();
    shop.books.stop_run("r", at(8)).unwrap();
    assert_eq!(
        counts(&shop),
        RunCounts {
            ready: 2,
            failed: 1,
            in_doubt: 1,
            ..RunCounts::default()
        }
    );
    let gap = &shop.books.number_gaps().unwrap()[0];
    assert_eq!((gap.first, gap.last), (2, 2), "a later one is in use");
    assert_eq!(shop.books.next_number().unwrap(), 4, "nothing later is in use");
    // What remains is paused, a doubt excepted, and goes on.
    let waiting = |shop: &Shop| {
        let found = shop.books.next_batch(Channel::Phone, at(1_000_000), 9).unwrap();
        found.into_iter().map(|item| item.invoice_id).collect::<Vec<_>>()
    };
    assert_eq!(waiting(&shop), ["i1", "i3"]);
    shop.books.pause_run("r").unwrap();
    assert_eq!(waiting(&shop), ["i3"]);
    shop.books.resume_run("r", at(9)).unwrap();
    assert_eq!(waiting(&shop), ["i1", "i3"]);
}

#[test]
fn a_run_that_is_stopped_again_takes_back_what_could_not_get_through_since() {
    let mut shop = import(1);
    queue(&mut shop, 1, "").unwrap();
    let ids = begin(&mut shop, 6);
    shop.books.stop_run("r", at(7)).unwrap();
    assert_eq!(counts(&shop).sending, 1);
    shop.books
        .settle_batch(&[unreached(&ids[0], 900)], at(8))
        .unwrap();
    assert_eq!(counts(&shop).failed, 1);
    shop.books.stop_run("r", at(9)).unwrap();
    assert_eq!(counts(&shop).ready, 1);
    assert_eq!(shop.books.next_number().unwrap(), 1);
}

#[test]
fn what_stays_in_doubt_after_an_answered_repetition_goes_alone_also_after_a_restart() {
    let mut shop = import(3);
    queue(&mut shop, 3, "").unwrap();
    let unclear = |ids: &[String], status, retry| {
        ids.iter()
            .map(|id| Settled {
                answered: Answered {
                    status,
                    ..Answered::default()
                },
                ..settled(id, Outcome::Unclear { retry_at: at(retry) })
            })
            .collect::<Vec<_>>()
    };
    let ids = begin(&mut shop, 6);
    shop.books
        .settle_batch(&unclear(&ids, Some(200), 150), at(7))
        .unwrap();
    // A repetition whose answer is lost says nothing of the batch.
    let again = take(&mut shop, "again", 150, 9);
    assert_eq!((again.items.len(), again.alone), (3, false));
    shop.books
        .settle_batch(&unclear(&ids, None, 300), at(151))
        .unwrap();
    let again = take(&mut shop, "again", 300, 9);
    assert_eq!((again.items.len(), again.alone), (3, false));
    shop.books
        .settle_batch(&unclear(&ids[1..], Some(200), 450), at(301))
        .unwrap();
    shop.books
        .settle_batch(&unclear(&ids[..1], None, 450), at(301))
        .unwrap();
    let mut shop = shop.reopen();
    let mut taken = || {
        let load = take(&mut shop, "alone", 450, 9);
        let ids: Vec<String> = load.items.into_iter().map(|item| item.invoice_id).collect();
        (ids.join(" "), load.alone)
    };
    assert_eq!(taken(), ("i1".into(), false));
    assert_eq!(taken(), ("i2".into(), true));
    assert_eq!(taken(), ("i3".into(), true));
}

#[test]
fn what_is_queued_in_chunks_leaves_together_once_it_is_released() {
    let mut shop = import(4);
    queue_until(&mut shop, 2, "", until_released()).unwrap();
    assert_eq!(take(&mut shop, "c", 1_000_000, 9), Load::default());
    assert_eq!(shop.books.next_run_wake().unwrap(), None);
    queue_until(&mut shop, 1, "", until_released()).unwrap();
    shop.books.release_chunks("r", at(20)).unwrap();
    assert_eq!(shop.books.next_run_wake().unwrap(), Some(at(20)));
    assert!(take(&mut shop, "c", 19, 9).items.is_empty());
    assert_eq!(take(&mut shop, "c", 20, 9).items.len(), 3);
    // A pause in the middle of it holds what was queued.
    queue_until(&mut shop, 1, "", until_released()).unwrap();
    shop.books.pause_run("r").unwrap();
    shop.books.release_chunks("r", at(30)).unwrap();
    assert!(take(&mut shop, "c", 1_000_000, 9).items.is_empty());
    shop.books.resume_run("r", at(40)).unwrap();
    assert_eq!(take(&mut shop, "c", 40, 9).items.len(), 1);
}

#[test]
fn what_was_queued_when_the_program_ended_goes_out_after_the_time_to_take_it_back() {
    let mut shop = import(3);
    queue_until(&mut shop, 2, "", until_released()).unwrap();
    let mut shop = shop.reopen();
    shop.books.recover(at(100)).unwrap();
    assert!(take(&mut shop, "c", 104, 9).items.is_empty());
    assert_eq!(take(&mut shop, "c", 105, 9).items.len(), 2);
    assert_eq!(counts(&shop).ready, 1);
}
