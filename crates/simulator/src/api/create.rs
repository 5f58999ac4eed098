//! Creating one invoice (spec 9.2, 9.4): read, judged by the rules, and on disk before the answer.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Serialize;

use super::draft::{Draft, INVALID};
use super::rules::{self, BadTotal, Told};
use super::{codes, found};
use crate::gateway::{self, Caller};
use crate::invoice::{Invoice, Status};
use crate::readings::Reading;
use crate::seed::Merchant;
use crate::world::World;

/// `POST …/invoices` (spec 9.2).
pub(crate) async fn direct(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, false).unwrap_or_else(|refused| refused)
}

/// `POST …/invoices/link` (spec 9.4).
pub(crate) async fn link(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    create(&world, &merchant, &headers, &body, true).unwrap_or_else(|refused| refused)
}

/// Members in the order of the documents.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Created {
    invoice_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<[Link; 1]>,
}

/// The one link of spec 9.4.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Link {
    rel: &'static str,
    href: String,
}

impl Link {
    pub(crate) fn to(href: String) -> [Self; 1] {
        [Self {
            rel: "user-redirect",
            href,
        }]
    }
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
    let draft = Draft::read(world, body, as_link, merchant.country)
        .map_err(|problems| gateway::input_error(&problems, &caller.correlation))?;
    let invoice = draft.into_invoice(world, merchant, today, as_link);
    let answer = Created {
        invoice_id: invoice.id.clone(),
        links: world.href(&invoice).map(Link::to),
    };
    store(world, &caller, merchant, invoice, today)?;
    // Spec 21 item 1.
    let status = if world.readings.has(Reading::Created202) {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    Ok((status, axum::Json(answer)).into_response())
}

/// The rules, and the write, under one lock: two equal requests at once give one invoice.
fn store(
    world: &World,
    caller: &Caller,
    merchant: &Merchant,
    mut invoice: Invoice,
    today: Date,
) -> Result<(), Response> {
    let refuse = |code| {
        let wrong = codes::wrong(code);
        gateway::domain_error(Some(code), &wrong.text, &caller.correlation)
    };
    let mut state = world.lock();
    // The code's hundreds put it before all other checks (spec 13.3): an identical repeat after midnight must say *exists*,
    // not *too late*.
    if state.invoices.has_equal(&invoice) {
        return Err(gateway::duplicate(world, &caller.correlation));
    }
    rules::total(world, &invoice).map_err(|bad| match bad {
        BadTotal::Rule(code) => refuse(code),
        BadTotal::Input => gateway::input_error(&[("TotalAmount".to_owned(), INVALID)], &caller.correlation),
    })?;
    let sent = state.invoices.sent_with(&invoice);
    // Spec 21 item 38: refused at once, or accepted and then invalid.
    let told = if world.readings.has(Reading::InvalidLater) {
        Told::Later
    } else {
        Told::AtOnce
    };
    if let Err(code) = rules::second_stage(world, merchant, &invoice, today, sent, told) {
        if told == Told::AtOnce {
            return Err(refuse(code));
        }
        invoice.status = Status::Invalid;
        invoice.wrong = Some(codes::wrong(code));
    }
    state
        .put(invoice)
        .map_err(|_| gateway::server_error(&caller.correlation))
}
