//! A large shop followed for a day: open invoices among ten times as many closed ones, customers who pay, a window that is
//! looked at from nine to five.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;

use super::measure::{self, Figures, trouble};
use super::shop::{Shop, Way};
use super::{LoadArguments, judged};
use crate::books;
use crate::judge::{Verdict, judge};
use crate::kill::process::bury;
use crate::kill::{tell, visit};

/// Between the sending and the day: what is open has lain for a while (seconds).
const LAIN: i64 = 10 * 86_400;

/// The length of a day (seconds).
const DAY: i64 = 86_400;

/// Of the open invoices, one in so many is paid during the day.
const ONE_PAYS: usize = 20;

/// How long the core may go on before it is looked at again. Only how soon the end is seen depends on it.
const LOOK_AGAIN: Duration = Duration::from_millis(2);

/// Without any look for so long, something else holds the rest back until time moves.
const HELD_BACK: Duration = Duration::from_millis(500);

/// So many looks the pace allows at once; the rest comes when time moves.
const AT_ONCE: u64 = 40;

/// In these seconds the pace allows what it allows at once.
const BURST: i64 = 4;

/// Copies the first invoice to closed ones with numbers after those of the open ones: most are paid, some are rejected.
const FILL: &str = "
    WITH RECURSIVE n (i) AS (SELECT ?1 + 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)
    INSERT INTO invoice (row, id, number, channel, customer_id, customer, customer_folded, phone, gross_minor, issue_date,
        due_date, sent_at, outbox, not_before, service_id, told, paid_on, payment_date, standing, needs_you, shown, changed_at)
    SELECT i, 'closed-' || i, i, channel, customer_id, customer || ' ' || (i % 997), customer_folded || ' ' || (i % 997), phone,
        i * 100, date('2021-11-23', '+' || (i / 54) || ' days'), date('2021-12-07', '+' || (i / 54) || ' days'), sent_at,
        'accepted', 0, 'service-' || i, CASE WHEN i % 33 = 0 THEN 'rejected' ELSE 'paid' END,
        CASE WHEN i % 33 = 0 THEN NULL ELSE date('2021-12-05', '+' || (i / 54) || ' days') END, NULL,
        CASE WHEN i % 33 = 0 THEN 'closed' ELSE 'paid' END, 0,
        CASE WHEN i % 33 = 0 THEN 'rejected' ELSE 'paid' END, sent_at
    FROM n, invoice WHERE invoice.number = 1;
    INSERT INTO frozen SELECT invoice.row, content, business, form, request FROM invoice, frozen
        WHERE frozen.row = (SELECT row FROM invoice WHERE number = 1) AND invoice.number > ?1;
    INSERT INTO invoice_words (rowid, words) SELECT row, ' ' || number || ' ' || customer_folded || ' kontingent'
        FROM invoice WHERE number > ?1;
    INSERT INTO evidence (invoice_id, at, what, source, state)
        SELECT id, sent_at + step, 'told', 'status_check', told FROM invoice, (SELECT 1 AS step UNION SELECT 2 UNION SELECT 3)
        WHERE number > ?1;
    ";

/// A customer paid.
struct Paid {
    invoice: String,
    at: Timestamp,
}

/// Sends what is open, fills the books, lets them lie, and follows them for a day.
pub(super) async fn all(core: &Path, arguments: &LoadArguments) -> Result<Verdict> {
    let mut shop = Shop::open(core).await?;
    let figures = Figures::begin(&shop.simulator, "links one by one, no faults", arguments.open);
    let sent = shop.send(arguments.open, Way::Link).await?;
    shop.until_rest(&sent).await?;
    tell(&figures.end(&shop)?);
    let figures = Figures::begin(&shop.simulator, "until each was asked for", arguments.open);
    while nothing_said(&shop.file())? {
        looked(&shop).await?;
        shop.pass(BURST).await?;
    }
    tell(&figures.end(&shop)?);
    let mut verdict = judged(&shop, &sent.intents).await?;
    fill(&shop.file(), arguments)?;

    let what = format!("first look after {} days, of {}", LAIN / DAY, arguments.invoices);
    let figures = Figures::begin(&shop.simulator, &what, arguments.open);
    shop.open_again(LAIN).await?;
    while !looked(&shop).await? {
        shop.pass(BURST).await?;
    }
    tell(&figures.end(&shop)?);

    let what = format!("followed for a day, {} % faults", arguments.faults);
    let figures = Figures::begin(&shop.simulator, &what, arguments.open);
    trouble(&shop.simulator, arguments.faults, arguments.seed);
    let paid = followed(&shop, arguments).await?;
    let row = figures.end(&shop)?;
    rest_of_the_looks(&shop, arguments).await?;
    let files = files(&shop, arguments).await?;
    bury(&shop.victim).await?;
    let (late, unseen) = seen(&shop.file(), &paid)?;
    tell(&format!(
        "{row}: {} paid, seen after {} min at most",
        paid.len(),
        late / 60
    ));
    tell(&files.join("\n"));
    verdict.lost.extend(unseen);

    let kept: Vec<_> = books::ours(&shop.file())?
        .kept
        .into_iter()
        .filter(|row| row.number <= arguments.open as u64)
        .collect();
    let there = books::there(&shop.http, &shop.simulator).await?;
    verdict.add(judge(&sent.intents, &kept, &there));
    shop.simulator.shutdown().await;
    Ok(verdict)
}

/// Writes every invoice to a file of each kind, as the merchant's bookkeeper asks for it; answers the rows of the table.
async fn files(shop: &Shop, arguments: &LoadArguments) -> Result<Vec<String>> {
    let mut rows = Vec::new();
    for format in ["csv", "xlsx"] {
        let figures = Figures::begin(
            &shop.simulator,
            &format!("all written as {format}"),
            arguments.invoices,
        );
        let order = json!({ "filter": "all", "text": "", "format": format, "language": "da" });
        let saved = shop.call("invoice_export", order).await?;
        let path = saved["path"].as_str().context("a file has a path")?;
        let bytes = std::fs::metadata(path)?.len();
        rows.push(format!("{}: {bytes} bytes", figures.end(shop)?));
    }
    Ok(rows)
}

fn fill(file: &Path, arguments: &LoadArguments) -> Result<()> {
    let db = Connection::open(file)?;
    db.execute_batch("BEGIN")?;
    let known = [i64::try_from(arguments.open)?, i64::try_from(arguments.invoices)?];
    for part in FILL.trim_end().split_inclusive(';') {
        let mut statement = db.prepare(part)?;
        let wanted = statement.parameter_count();
        statement.execute(rusqlite::params_from_iter(&known[..wanted]))?;
    }
    db.execute_batch("COMMIT")?;
    Ok(())
}

/// Waits until nobody is due to be asked for, or until the pace holds the rest back. Answers whether nobody was.
async fn looked(shop: &Shop) -> Result<bool> {
    shop.enter().await?;
    let db = Connection::open_with_flags(shop.file(), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut next = db.prepare("SELECT min(next_poll_at) FROM invoice WHERE next_poll_at IS NOT NULL")?;
    let looks = measure::looks(&shop.simulator);
    let (mut begun, mut before) = (Instant::now(), None);
    loop {
        let due: Option<i64> = next.query_row([], |row| row.get(0))?;
        if due.is_none_or(|due| due > shop.now().as_millisecond()) {
            return Ok(true);
        }
        if measure::looks(&shop.simulator) - looks >= AT_ONCE {
            return Ok(false);
        }
        if due != before {
            (begun, before) = (Instant::now(), due);
        }
        if begun.elapsed() > HELD_BACK {
            return Ok(false);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

/// Moves a day on, step by step; answers who paid.
async fn followed(shop: &Shop, arguments: &LoadArguments) -> Result<Vec<Paid>> {
    let mut dice = StdRng::seed_from_u64(arguments.seed);
    let mut links = open_links(&shop.file())?;
    let payers = links.len() / ONE_PAYS;
    let mut paid = Vec::new();
    let steps = DAY / arguments.step;
    let mut in_front = None;
    for nth in 0..steps {
        let hour = nth * arguments.step / 3_600;
        let looks = (9..17).contains(&hour);
        if in_front != Some(looks) {
            shop.call("window_focus", json!({ "inFront": looks })).await?;
            in_front = Some(looks);
        }
        // Payments are spread over the day; those that fall on this step.
        let until_now = usize::try_from((nth + 1) * i64::try_from(payers)? / steps)?;
        while paid.len() < until_now {
            let (invoice, href) = links.swap_remove(dice.random_range(0..links.len()));
            visit::pay_link(&shop.http, &href).await?;
            paid.push(Paid {
                invoice,
                at: shop.now(),
            });
        }
        shop.pass(arguments.step).await?;
        looked(shop).await?;
    }
    ensure!(paid.len() == payers, "{} of {payers} paid", paid.len());
    Ok(paid)
}

/// Lets everybody who paid late in the day be seen.
async fn rest_of_the_looks(shop: &Shop, arguments: &LoadArguments) -> Result<()> {
    shop.simulator.faults().clear();
    for _ in 0..6 * 3_600 / arguments.step {
        shop.pass(arguments.step).await?;
        looked(shop).await?;
    }
    Ok(())
}

/// Whether there is an invoice of which the service said nothing yet but that it has it.
fn nothing_said(file: &Path) -> Result<bool> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let sql = "SELECT EXISTS (SELECT 1 FROM invoice WHERE shown = 'accepted')";
    Ok(db.query_row(sql, [], |row| row.get(0))?)
}

fn open_links(file: &Path) -> Result<Vec<(String, String)>> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut rows = db.prepare("SELECT id, link FROM invoice WHERE shown = 'created' ORDER BY number")?;
    let found = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(found.collect::<Result<_, _>>()?)
}

/// How late the latest was seen (seconds), and who was not seen at all.
fn seen(file: &Path, paid: &[Paid]) -> Result<(i64, Vec<String>)> {
    let db = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut when = db.prepare("SELECT min(at) FROM evidence WHERE invoice_id = ?1 AND state = 'paid'")?;
    let (mut late, mut unseen) = (0, Vec::new());
    for Paid { invoice, at } in paid {
        let seen: Option<i64> = when.query_row([invoice], |row| row.get(0))?;
        match seen {
            Some(seen) => late = late.max((seen - at.as_millisecond()) / 1_000),
            None => unseen.push(format!("{invoice} is paid, and nobody saw it")),
        }
    }
    Ok((late, unseen))
}
