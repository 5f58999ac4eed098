//! The program dies between any two steps of sending. What the next start finds is either before the step or after it.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use std::process::Command;

use ledger::{Ledger, Shown};
use shop::{Bill, Shop, accepted, answer, at, bytes};

const BOOKS: &str = "KVIT_TEST_BOOKS";
const STEP: &str = "KVIT_TEST_DIES_AFTER";

/// Not a fact of its own: the program that [`kill_after`] lets die. Without the variables it does nothing.
#[test]
fn the_victim() {
    let (Ok(path), Ok(step)) = (std::env::var(BOOKS), std::env::var(STEP)) else {
        return;
    };
    let mut books = Ledger::open(path.as_ref()).unwrap();
    let die = |here: &str| {
        if step == here {
            // No destructor runs, nothing is flushed or rolled back: the same as being killed.
            std::process::abort();
        }
    };
    books.create_draft("d", &shop::form("Jens"), at(0)).unwrap();
    die("draft");
    let (content, business) = (Bill::default().content(), shop::business());
    let order = ledger::SendOrder {
        invoice_id: "a",
        channel: invoice::Channel::Phone,
        content: &content,
        business: &business,
        hold_until: at(5),
        now: at(0),
    };
    let freeze = |number| {
        die("freeze");
        Ok::<_, std::convert::Infallible>(bytes("a", number))
    };
    books.send("d", 1, &order, freeze).unwrap();
    die("send");
    books
        .begin_sending("a", "correlation", &shop::any_day(), at(5))
        .unwrap();
    die("begin");
    books.settle("a", &accepted("a"), answer(), at(6)).unwrap();
    die("settle");
    run_dies(&mut books, &die);
}

/// A run of three from the import to the answer of its one call.
fn run_dies(books: &mut Ledger, die: &dyn Fn(&str)) {
    let forms = ["Jens", "Aino", "Åse"].map(shop::form);
    books.create_run("r", "kunder.csv", None, &forms, at(10)).unwrap();
    die("import");
    let (content, business) = (Bill::default().content(), shop::business());
    let ids = ["r1", "r2", "r3"].map(String::from);
    let orders: Vec<ledger::RunOrder<'_>> = (1..)
        .zip(&ids)
        .map(|(position, invoice_id)| ledger::RunOrder {
            position,
            order: ledger::SendOrder {
                invoice_id,
                channel: invoice::Channel::Phone,
                content: &content,
                business: &business,
                hold_until: at(10),
                now: at(10),
            },
        })
        .collect();
    let freeze = |order: &ledger::SendOrder<'_>, number| {
        if number == 3 {
            die("within the chunk");
        }
        Ok::<_, std::convert::Infallible>(bytes(order.invoice_id, number))
    };
    books.queue_chunk("r", &orders, freeze).unwrap();
    die("chunk");
    let day = shop::any_day();
    let load = books.take_for_run(invoice::Channel::Phone, "batch", &day, at(10), shop::part(9));
    assert_eq!(load.unwrap().items.len(), ids.len());
    die("batch begun");
    let ends = ids.map(|id| ledger::Settled {
        outcome: accepted(&id),
        invoice_id: id,
        answered: answer(),
    });
    books.settle_batch(&ends, at(11)).unwrap();
    die("batch settled");
}

fn kill_after(step: &str) -> Shop {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("books.kvit");
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["the_victim", "--exact", "--test-threads=1"])
        .env(BOOKS, &path)
        .env(STEP, step)
        .output()
        .unwrap();
    assert!(!ended.status.success(), "the victim lived: {ended:?}");
    // The lock is the operating system's and died with the process.
    let mut books = Ledger::open(&path).unwrap();
    books.recover(at(10)).unwrap();
    Shop { folder, books }
}

fn shown(shop: &Shop) -> Shown {
    shop.books.invoice("a").unwrap().summary.shown
}

#[test]
fn killed_before_or_within_the_sending_transaction_the_draft_is_there_and_no_number_is_gone() {
    for step in ["draft", "freeze"] {
        let shop = kill_after(step);
        assert_eq!(shop.books.draft("d").unwrap().revision, 1, "{step}");
        assert_eq!(shop.books.next_number().unwrap(), 1, "{step}");
        assert!(shop.books.invoice("a").is_err(), "{step}");
    }
}

#[test]
fn killed_after_it_was_sent_the_invoice_waits_with_its_bytes() {
    let shop = kill_after("send");
    assert!(shop.books.draft("d").is_err());
    assert_eq!(shown(&shop), Shown::Held);
    assert_eq!(shop.next_to_send(at(10)).unwrap().request, bytes("a", 1));
}

#[test]
fn killed_while_on_its_way_the_invoice_is_in_doubt() {
    let shop = kill_after("begin");
    assert_eq!(shown(&shop), Shown::InDoubt);
    let again = shop.next_to_send(at(50)).unwrap();
    assert_eq!((again.request, again.was_in_doubt), (bytes("a", 1), true));
}

#[test]
fn killed_after_the_answer_was_stored_nothing_goes_out_again() {
    let shop = kill_after("settle");
    assert_eq!(shown(&shop), Shown::Accepted);
    assert_eq!(shop.next_to_send(at(1_000_000)), None);
    assert_eq!(
        shop.books.invoice("a").unwrap().service_id.as_deref(),
        Some("service-a")
    );
}

fn counts(shop: &Shop) -> ledger::RunCounts {
    shop.books.run("r").unwrap().counts
}

#[test]
fn killed_before_or_within_a_chunk_every_row_is_ready_and_no_number_is_gone() {
    for step in ["import", "within the chunk"] {
        let shop = kill_after(step);
        assert_eq!((counts(&shop).ready, counts(&shop).total()), (3, 3), "{step}");
        assert_eq!(shop.books.next_number().unwrap(), 2, "{step}");
    }
}

#[test]
fn killed_after_the_chunk_the_whole_of_it_waits_with_its_bytes() {
    let shop = kill_after("chunk");
    assert_eq!(counts(&shop).held, 3);
    let batch = shop.books.next_batch(invoice::Channel::Phone, at(10), 9).unwrap();
    assert_eq!((batch.len(), batch[2].request.clone()), (3, bytes("r3", 4)));
}

#[test]
fn killed_while_the_one_call_is_on_its_way_all_of_it_is_in_doubt() {
    let shop = kill_after("batch begun");
    assert_eq!(counts(&shop).in_doubt, 3);
    assert!(
        shop.books
            .next_batch(invoice::Channel::Phone, at(54), 9)
            .unwrap()
            .is_empty()
    );
    let again = shop
        .books
        .next_batch(invoice::Channel::Phone, at(150), 9)
        .unwrap();
    assert!(again.len() == 3 && again.iter().all(|item| item.was_in_doubt));
}

#[test]
fn killed_after_the_answer_of_the_call_was_stored_nothing_goes_out_again() {
    let shop = kill_after("batch settled");
    assert_eq!(counts(&shop).accepted, 3);
    assert_eq!(shop.next_to_send(at(1_000_000)), None);
}
