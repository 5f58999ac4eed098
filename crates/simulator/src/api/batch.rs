//! Creating up to two thousand invoices in one call (spec 9.3, 9.5): an outcome for each row, and one write for all.
//!
//! A row is rejected where the answer can tell why: members that cannot be read, an invoice that exists, a total of zero.
//! Every other rule is told afterwards: the row is accepted, and its invoice is then invalid. The addresses of links are
//! told by callbacks only.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Serialize;

use super::draft::{Draft, INVALID, Problems};
use super::rules::{self, BadTotal, Counts, Told};
use super::{codes, found};
use crate::gateway;
use crate::invoice::{Invoice, Status, Wrong};
use crate::json::{Members, items};
use crate::readings::Reading;
use crate::seed::Merchant;
use crate::state::State as Books;
use crate::world::World;

/// The most rows of one call (spec 9.3).
const MOST: usize = 2_000;

/// `POST …/invoices/batch` (spec 9.3).
pub(crate) async fn direct(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, false).unwrap_or_else(|refused| refused)
}

/// `POST …/invoices/link/batch` (spec 9.5).
pub(crate) async fn link(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, true).unwrap_or_else(|refused| refused)
}

/// Members in the order of the documents.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Outcome {
    accepted: Vec<Accepted>,
    rejected: Vec<Rejected>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Accepted {
    invoice_number: Option<String>,
    invoice_id: String,
}

/// Both shapes (spec 21 item 7).
#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "PascalCase")]
enum Rejected {
    Nested {
        invoice_number: Option<String>,
        errors: Vec<RowError>,
    },
    Flat {
        invoice_number: Option<String>,
        error_text: String,
        error_code: Option<u32>,
    },
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct RowError {
    error_text: String,
    error_code: Option<u32>,
}

impl From<Wrong> for RowError {
    fn from(wrong: Wrong) -> Self {
        Self {
            error_text: wrong.text,
            error_code: Some(wrong.code),
        }
    }
}

impl Rejected {
    fn of(world: &World, invoice_number: Option<String>, errors: Vec<RowError>) -> Self {
        if !world.readings.has(Reading::FlatRejections) {
            return Self::Nested {
                invoice_number,
                errors,
            };
        }
        let error_code = errors.iter().find_map(|error| error.error_code);
        let texts: Vec<String> = errors.into_iter().map(|error| error.error_text).collect();
        Self::Flat {
            invoice_number,
            error_text: texts.join("; "),
            error_code,
        }
    }
}

/// One row as it was read.
struct Row {
    /// As it was sent, also of a row that cannot be read otherwise.
    number: Option<String>,
    invoice: Result<Invoice, Problems>,
}

/// What becomes of a row.
enum Verdict {
    Rejected(Vec<RowError>),
    Accepted,
    Invalid(Wrong),
}

fn create(
    world: &World,
    merchant: &str,
    headers: &HeaderMap,
    body: &str,
    as_link: bool,
) -> Result<Response, Response> {
    let (caller, merchant) = found(world, merchant, headers)?;
    let today = world.today(merchant.country);
    let refuse = |text| gateway::input_error(&[(String::new(), text)], &caller.correlation);
    let rows: Vec<Row> = match items(body) {
        None => return Err(refuse(INVALID)),
        // Undocumented; the default of spec 21.2.
        Some(items) if items.is_empty() => return Err(refuse("At least one element is required")),
        Some(items) if items.len() > MOST => return Err(refuse("No more than 2000 elements are allowed")),
        Some(items) => items
            .iter()
            .map(|item| row(world, merchant, item.get(), today, as_link))
            .collect(),
    };
    let mut state = world.lock();
    let verdicts = verdicts(world, merchant, &state, &rows, today);
    let mut outcome = Outcome::default();
    let mut invoices = Vec::new();
    for (row, verdict) in rows.into_iter().zip(verdicts) {
        settle(world, row, verdict, &mut outcome, &mut invoices);
    }
    state
        .put_all(invoices)
        .map_err(|_| gateway::server_error(&caller.correlation))?;
    Ok((StatusCode::ACCEPTED, axum::Json(outcome)).into_response())
}

fn row(world: &World, merchant: &Merchant, text: &str, today: Date, as_link: bool) -> Row {
    let invoice = Draft::read(world, text, as_link, merchant.country).map(|draft| {
        let mut invoice = draft.into_invoice(world, merchant, today, as_link);
        invoice.from_batch = true;
        invoice
    });
    Row {
        number: Members::of(text).and_then(|members| members.text("invoicenumber").ok().flatten()),
        invoice,
    }
}

/// Judges the rows in their order: each counts for those that follow.
fn verdicts(world: &World, merchant: &Merchant, books: &Books, rows: &[Row], today: Date) -> Vec<Verdict> {
    let mut counts = Counts::default();
    let mut within = HashSet::new();
    let judge = |row| {
        let invoice = match invoice_of(row) {
            Ok(invoice) => invoice,
            Err(errors) => return Verdict::Rejected(errors),
        };
        if books.invoices.has_equal(invoice) {
            return Verdict::Rejected(vec![codes::wrong(gateway::duplicate_code(world)).into()]);
        }
        match rules::total(world, invoice) {
            Ok(()) => {}
            Err(BadTotal::Rule(code)) => return Verdict::Rejected(vec![codes::wrong(code).into()]),
            Err(BadTotal::Input) => {
                return Verdict::Rejected(vec![unreadable("TotalAmount", INVALID)]);
            }
        }
        // The same row twice: the books did not have it when the request came (spec 21 item 25).
        if within.contains(invoice.canonical.as_str()) {
            return Verdict::Invalid(codes::wrong(10301));
        }
        let sent = books.invoices.sent_with(invoice) + counts.of(invoice);
        if let Err(code) = rules::second_stage(world, merchant, invoice, today, sent, Told::Later) {
            return Verdict::Invalid(codes::wrong(code));
        }
        within.insert(invoice.canonical.as_str());
        counts.add(invoice);
        Verdict::Accepted
    };
    rows.iter().map(judge).collect()
}

fn invoice_of(row: &Row) -> Result<&Invoice, Vec<RowError>> {
    row.invoice.as_ref().map_err(|problems| {
        let errors = problems.iter().map(|(field, text)| unreadable(field, text));
        errors.collect()
    })
}

/// The words of an input error (spec 13.1); it has no code.
fn unreadable(field: &str, text: &str) -> RowError {
    RowError {
        error_text: format!("input.{field} : {text}"),
        error_code: None,
    }
}

fn settle(world: &World, row: Row, verdict: Verdict, outcome: &mut Outcome, invoices: &mut Vec<Invoice>) {
    let wrong = match verdict {
        Verdict::Rejected(errors) => {
            outcome.rejected.push(Rejected::of(world, row.number, errors));
            return;
        }
        Verdict::Accepted => None,
        Verdict::Invalid(wrong) => Some(wrong),
    };
    let Ok(mut invoice) = row.invoice else { return };
    if wrong.is_some() {
        invoice.status = Status::Invalid;
        invoice.wrong = wrong;
    }
    outcome.accepted.push(Accepted {
        invoice_number: row.number,
        invoice_id: invoice.id.clone(),
    });
    invoices.push(invoice);
}
