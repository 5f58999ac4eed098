//! Fills books with 100,000 invoices and prints how long each page takes. Not a test: it measures and asserts nothing.
//!
//! `cargo run --release -p ledger --example hundred_thousand`

#![expect(clippy::print_stdout, reason = "printing is what it is for")]

#[path = "../tests/shop/mod.rs"]
mod shop;

use std::time::Instant;

use ledger::{Filter, Ledger, Query, Sort};
use shop::{Bill, Shop, TODAY, query};

const ROWS: u32 = 100_000;

/// Copies the first invoice with other numbers, days, amounts and standings: 2 of 100 open, 3 closed, the rest paid. One of ten
/// stands in the outbox too: far more than a shop will ever see.
const FILL: &str = "
    WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < ?1)
    INSERT INTO invoice (row, id, number, channel, customer_id, customer, customer_folded, phone, gross_minor, issue_date,
        due_date, sent_at, outbox, not_before, service_id, told, paid_on, payment_date, standing, needs_you, shown, changed_at)
    SELECT i, 'id-' || i, i, channel, customer_id, customer || ' ' || (i % 997), customer_folded || ' ' || (i % 997), phone,
        (i * 7919) % 1500000 + 100, date('2021-11-23', '+' || (i / 54) || ' days'),
        date('2021-12-07', '+' || (i / 54) || ' days'), sent_at + i, CASE WHEN i % 10 = 0 THEN 'waiting' ELSE 'accepted' END, CASE WHEN i % 10 = 0 THEN 9000000000000 ELSE 0 END, 'service-' || i,
        CASE WHEN i % 50 = 0 THEN 'created' WHEN i % 33 = 0 THEN 'rejected' ELSE 'paid' END,
        CASE WHEN i % 50 = 0 OR i % 33 = 0 THEN NULL ELSE date('2021-12-05', '+' || (i / 54) || ' days') END, NULL,
        CASE WHEN i % 50 = 0 THEN 'open' WHEN i % 33 = 0 THEN 'closed' ELSE 'paid' END, i % 4950 = 33,
        CASE WHEN i % 50 = 0 THEN 'created' WHEN i % 33 = 0 THEN 'rejected' ELSE 'paid' END, sent_at
    FROM n, invoice WHERE invoice.row = 1;
    ";

fn main() -> anyhow::Result<()> {
    let mut shop = Shop::new();
    shop.deliver("first", &Bill::default());
    let path = shop.path();
    let Shop { folder, books } = shop;
    drop(books);
    let db = rusqlite::Connection::open(&path)?;
    db.execute_batch("BEGIN")?;
    db.execute(FILL, [ROWS])?;
    db.execute_batch(
        "INSERT INTO frozen SELECT invoice.row, content, business, form, request FROM invoice, frozen
             WHERE frozen.row = 1 AND invoice.row > 1;
         INSERT INTO invoice_words (rowid, words)
             SELECT row, ' ' || number || ' ' || (gross_minor / 100) || ',' || printf('%02d', gross_minor % 100) || ' '
                 || customer_folded || ' +4531122334 31122334 ref-' || number || ' eftersyn af cykel'
             FROM invoice WHERE row > 1;
         INSERT INTO evidence (invoice_id, at, what, source, state)
             SELECT id, sent_at + step, 'told', 'status_check', told FROM invoice, (SELECT 1 AS step UNION SELECT 2 UNION SELECT 3);
         COMMIT",
    )?;
    drop(db);
    timed("open", || Ledger::open(&path).map(drop))?;
    let books = Ledger::open(&path)?;
    println!("{:>9} MB", std::fs::metadata(&path)?.len() / 1_000_000);
    timed("overview", || books.overview(TODAY).map(drop))?;
    timed("counts", || books.counts(TODAY).map(drop))?;
    for filter in [
        Filter::All,
        Filter::Waiting,
        Filter::Overdue,
        Filter::Paid,
        Filter::PaidThisMonth,
        Filter::Closed,
    ] {
        for sort in [Sort::Number, Sort::Customer, Sort::Due, Sort::Amount, Sort::State] {
            for (offset, where_) in [(0, "first"), (1_500, "deep")] {
                let asked = Query {
                    sort,
                    offset,
                    ascending: false,
                    ..query(filter, "")
                };
                timed(&format!("{filter:?} by {sort:?}, {where_}"), || {
                    books.invoices(&asked).map(drop)
                })?;
            }
        }
    }
    searches(&books)?;
    timed("next to send", || {
        books.next_to_send(shop::at(0), ledger::Among::All).map(drop)
    })?;
    timed("next wake", || books.next_wake().map(drop))?;
    timed("outbox, first page", || books.waiting(None, 50).map(drop))?;
    timed("outbox, deep", || books.waiting(Some(90_000), 50).map(drop))?;
    timed("number gaps", || books.number_gaps().map(drop))?;
    timed("one month against its reports", || {
        books
            .reconciled(jiff::civil::date(2026, 10, 1), jiff::civil::date(2026, 10, 31))
            .map(drop)
    })?;
    timed("one invoice", || books.invoice("id-50000").map(drop))?;
    timed("due for poll", || books.due_for_poll(shop::at(0), 50).map(drop))?;
    drop(folder);
    Ok(())
}

fn searches(books: &Ledger) -> anyhow::Result<()> {
    for text in [
        "7",
        "31",
        "cykler 77",
        "ref-99",
        "eftersyn",
        "1.234,5",
        "nothing like it",
    ] {
        timed(&format!("search {text:?}"), || {
            books.invoices(&query(Filter::All, text)).map(drop)
        })?;
        let asked = Query {
            sort: Sort::Due,
            ..query(Filter::Waiting, text)
        };
        timed(&format!("search {text:?}, waiting by due"), || {
            books.invoices(&asked).map(drop)
        })?;
    }
    Ok(())
}

fn timed<E>(what: &str, job: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
    let begun = Instant::now();
    job()?;
    println!("{:>9.2} ms  {what}", begun.elapsed().as_secs_f64() * 1e3);
    Ok(())
}
