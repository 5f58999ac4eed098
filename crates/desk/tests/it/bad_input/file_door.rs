//! The door for many: the same values as cells of a file, a row each.

use std::collections::HashMap;
use std::fmt::Write as _;

use desk::ipc::FileTrouble;
use jiff::ToSpan;
use serde_json::{Value, json};

use super::hostile::huge;
use super::members::{Ground, rows as table_rows};
use super::request::{Relay, literal};
use super::table::{Typed, Verdict};
use crate::away::Service;
use crate::many_files::{read, rows};
use crate::shop::Shop;

/// The columns, and the boxes that they fill.
const COLUMNS: [(&str, &str); 19] = [
    ("name", "recipient.name"),
    ("phone", "recipient.phone"),
    ("street", "recipient.address.street"),
    ("postal_code", "recipient.address.postalCode"),
    ("city", "recipient.address.city"),
    ("description", "lines.0.description"),
    ("item_number", "lines.0.itemNumber"),
    ("quantity", "lines.0.quantity"),
    ("unit", "lines.0.unit"),
    ("unit_price", "lines.0.unitPrice"),
    ("vat_rate", "lines.0.vatRate"),
    ("discount", "lines.0.discount"),
    ("due_date", "dueDate"),
    ("issue_date", "issueDate"),
    ("payment_reference", "paymentReference"),
    ("comment", "comment"),
    ("merchant_order_number", "merchantOrderNumber"),
    ("buyer_order_number", "buyerOrderNumber"),
    ("delivery_date", "deliveryDate"),
];

/// A cell of the table: its member, its column, and what is typed in it.
struct Cell<'a> {
    member: &'static str,
    column: usize,
    typed: &'a Typed,
}

/// An empty cell asks for the plan's value, a NUL makes a file no CSV, and a cell of more than 10,000 characters is
/// refused with its file: each has its own test. A file may write the month first and a day as its midnight, a box may not.
fn fits(typed: &Typed) -> bool {
    !["month first", "with time"].contains(&typed.name.as_str())
        && !typed.text.trim().is_empty()
        && !typed.text.contains('\0')
        && typed.text.len() <= 9_000
}

/// A file of these cells in rows that are right otherwise.
fn file(cells: &[Cell<'_>], due: &str) -> Vec<u8> {
    let mut file = csv::WriterBuilder::new().delimiter(b';').from_writer(Vec::new());
    file.write_record(COLUMNS.map(|(name, _)| name)).unwrap();
    for cell in cells {
        let mut record = [""; COLUMNS.len()];
        for (name, text) in [("description", "Vare"), ("unit_price", "100"), ("due_date", due)] {
            record[COLUMNS.iter().position(|column| column.0 == name).unwrap()] = text;
        }
        record[cell.column] = &cell.typed.text;
        file.write_record(record).unwrap();
    }
    file.into_inner().unwrap()
}

/// A run of the file, with each column as it is meant.
async fn run(shop: &Shop, bytes: &[u8]) -> Value {
    let view = read(shop, "rows.csv", bytes).await.unwrap();
    let mut plan = view["plan"].clone();
    plan["columns"] = json!(COLUMNS.map(|(name, _)| name));
    plan["hasHeadings"] = json!(true);
    plan["decimal"] = json!("unknown");
    shop.call("import_keep", plan).await
}

async fn all_rows(shop: &Shop, run: &Value) -> Vec<Value> {
    let rows = rows(shop, run, "all", "link").await;
    assert!(rows.len() < 500, "one page");
    rows
}

async fn open() -> (Service, Relay, Shop, Ground) {
    let service = Service::start().await;
    let relay = Relay::before(&service.api_base_url(), None).await;
    let shop = service.shop_through(&relay.url).await;
    let connection = shop.call("connection_show", json!({})).await;
    let draft = shop.call("draft_create", json!({})).await;
    let ground = Ground {
        today: draft["reading"]["issueDate"].as_str().unwrap().parse().unwrap(),
        issuer: connection["issuers"][0]["id"].as_str().unwrap().to_owned(),
    };
    (service, relay, shop, ground)
}

fn cells<'a>(table: &'a [super::table::Row], wanted: fn(&Verdict) -> bool) -> Vec<Cell<'a>> {
    let of_row = |row: &'a super::table::Row| {
        row.boxes
            .iter()
            .filter_map(|path| COLUMNS.iter().position(|(_, known)| known == path))
            .flat_map(move |column| row.typed.iter().map(move |typed| (row.member, column, typed)))
    };
    let cells = table.iter().flat_map(of_row);
    cells
        .filter(|(_, _, typed)| fits(typed) && wanted(&typed.verdict))
        .map(|(member, column, typed)| Cell {
            member,
            column,
            typed,
        })
        .collect()
}

fn name(cell: &Cell<'_>) -> String {
    format!("{} {}, {}", cell.member, COLUMNS[cell.column].0, cell.typed.name)
}

#[tokio::test]
async fn every_bad_cell_is_named_in_its_row_and_no_row_is_sent() {
    let (service, relay, shop, ground) = open().await;
    let table = table_rows(&ground);
    let cells = cells(&table, |verdict| !matches!(verdict, Verdict::Sent(_)));
    let due = ground.today.saturating_add(30.days()).to_string();
    let run = run(&shop, &file(&cells, &due)).await;
    let rows = all_rows(&shop, &run).await;
    assert_eq!(rows.len(), cells.len());
    let mut wrong = String::new();
    for (row, cell) in rows.iter().zip(&cells) {
        let expected = match cell.typed.verdict {
            Verdict::RefusedAt(field, code) => (field, code),
            Verdict::Refused(code) => (COLUMNS[cell.column].1, code),
            Verdict::Sent(_) => continue,
        };
        let problems = row["problems"].as_array().unwrap();
        let said = |problem: &Value| problem["field"] == expected.0 && problem["code"] == expected.1;
        if !problems.iter().any(said) {
            writeln!(wrong, "{}: {problems:?}", name(cell)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert_eq!(
        (&run["asLink"]["count"], &run["toPhone"]["count"]),
        (&json!(0), &json!(0))
    );
    assert!(relay.bodies().is_empty());
    assert!(service.invoices().await.is_empty());
}

#[tokio::test]
async fn every_good_cell_is_sent_and_arrives_to_the_byte() {
    let (service, relay, shop, ground) = open().await;
    let table = table_rows(&ground);
    let cells = cells(&table, |verdict| matches!(verdict, Verdict::Sent(_)));
    let due = ground.today.saturating_add(30.days()).to_string();
    let run = run(&shop, &file(&cells, &due)).await;
    let offer = &run["asLink"];
    let unready: Vec<String> = all_rows(&shop, &run)
        .await
        .iter()
        .zip(&cells)
        .filter(|(row, _)| {
            row["problems"]
                .as_array()
                .unwrap()
                .iter()
                .any(|problem| problem["code"] != "phone_missing")
        })
        .map(|(row, cell)| format!("{} {}", name(cell), row["problems"]))
        .collect();
    assert_eq!(unready, Vec::<String>::new());
    assert_eq!(offer["count"], cells.len());
    let order = json!({ "id": run["run"]["id"], "channel": "link", "count": offer["count"], "totalMinor": offer["total"]["minor"] });
    shop.call("run_send", order).await;
    let mut events = shop.desk.events();
    service.pass(&shop, 6);
    let sent = async {
        let asked = json!({ "id": run["run"]["id"] });
        while shop.call("run_show", asked.clone()).await["run"]["progress"]["sent"] != cells.len() {
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(2), sent)
        .await
        .unwrap();
    let bodies: HashMap<String, Vec<u8>> = relay
        .bodies()
        .into_iter()
        .map(|body| (literal(&body, "InvoiceNumber").unwrap(), body))
        .collect();
    let mut wrong = String::new();
    for (row, cell) in all_rows(&shop, &run).await.iter().zip(&cells) {
        let Verdict::Sent(expected) = &cell.typed.verdict else {
            continue;
        };
        let number = format!("\"{}\"", row["invoice"]["number"]);
        let found = literal(&bodies[&number], cell.member);
        if found != *expected {
            writeln!(wrong, "{}: {found:?}, not {expected:?}", name(cell)).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

#[tokio::test]
async fn a_file_with_a_megabyte_in_a_cell_is_refused_with_its_row() {
    let shop = Shop::signed_in().await;
    let bytes = format!("Navn;Pris\nEn;1\n{};2\n", huge("å"));
    let refusal = read(&shop, "rows.csv", bytes.as_bytes()).await.unwrap_err();
    assert_eq!(
        (refusal.file, refusal.detail.as_deref()),
        (Some(FileTrouble::CellTooLong), Some("3"))
    );
}

#[tokio::test]
async fn a_file_with_a_nul_in_it_is_no_table() {
    let shop = Shop::signed_in().await;
    let refusal = read(&shop, "rows.csv", b"Navn;Pris\nE\0n;1\n").await.unwrap_err();
    assert_eq!(refusal.file, Some(FileTrouble::NotATable));
}
