//! The Invoice User Simulation API (spec 16): what the app would do. S1 to S3; S4 and S5 are with consents.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, put};
use jiff::civil::Date;
use serde_json::json;

use crate::gateway;
use crate::invoice::Invoice;
use crate::json::Members;
use crate::pdf;
use crate::readings::Reading;
use crate::receipt::{Accepted, Receipt};
use crate::seed::{self, Consumer};
use crate::state::Payment;
use crate::world::World;

/// The routes under the API base.
pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/consumers/me/invoices/{invoice}/pdf", get(pdf))
        .route("/consumers/me/invoices/{invoice}/accept", put(accept))
        .route("/consumers/me/invoices/{invoice}/reject", put(reject))
}

/// The acting user. The bearer is not demanded here (spec 21 item 44), the app's headers are.
pub(crate) fn acting(world: &World, headers: &HeaderMap) -> Result<(&'static Consumer, String), Response> {
    gateway::check_app(world, headers)?;
    let correlation = gateway::correlation(headers);
    if world.readings.has(Reading::PayerBearer) {
        gateway::check(world, headers)?;
    }
    let user = headers
        .get("authenticateduser")
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let consumer = seed::consumer_by_id(&user.to_lowercase());
    let consumer = consumer.ok_or_else(|| gateway::forbidden(&correlation))?;
    Ok((consumer, correlation))
}

/// The acting user and the invoice.
fn act(
    world: &World,
    id: &str,
    headers: &HeaderMap,
) -> Result<(&'static Consumer, Invoice, String), Response> {
    let (consumer, correlation) = acting(world, headers)?;
    let invoice = world
        .lock()
        .invoices
        .get(&id.to_lowercase())
        .filter(|invoice| !world.is_gone(invoice))
        .cloned();
    let invoice = invoice.ok_or_else(|| gateway::domain_error(None, "Invoice not found", &correlation))?;
    // The acting user must be the one whose number was used; a link may be opened by anybody (spec 16, 14.4).
    if invoice.link.is_none() && invoice.phone.as_deref() != Some(consumer.phone) {
        return Err(gateway::domain_error(
            None,
            "The invoice belongs to another user",
            &correlation,
        ));
    }
    Ok((consumer, invoice, correlation))
}

async fn accept(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (consumer, invoice, correlation) = match act(&world, &id, &headers) {
        Ok(acting) => acting,
        Err(refused) => return refused,
    };
    let today = world.today(invoice.country());
    let on = match read_acceptance(&body, consumer) {
        Ok(on) => on.unwrap_or(today),
        Err(field) => return gateway::input_error(&[(field.to_owned(), "Invalid input")], &correlation),
    };
    // Not more than 30 days past the due date (spec 9.6), and not in the past.
    if on > invoice.last_day() || on < today {
        return gateway::domain_error(None, "The payment date is not allowed", &correlation);
    }
    let outcome = world.lock().accept(&invoice.id, on, today, consumer);
    answer(&world, &invoice, consumer, outcome, &correlation)
}

fn answer(
    world: &World,
    invoice: &Invoice,
    consumer: &Consumer,
    outcome: Result<Payment, rusqlite::Error>,
    correlation: &str,
) -> Response {
    let status = match outcome {
        Ok(Payment::Paid) => "paid",
        Ok(Payment::Scheduled) => "accepted",
        Ok(Payment::CardRefused) => {
            // Spec 21 item 18.
            let changed = !world.readings.has(Reading::FailedCardChangesNothing);
            let state = if changed {
                "accepted"
            } else {
                invoice.status.word()
            };
            let body = json!({
                "InvoiceId": invoice.id, "InvoicePaymentStatus": state, "ErrorText": "The card has expired",
            });
            return (StatusCode::BAD_REQUEST, axum::Json(body)).into_response();
        }
        Ok(Payment::TooLate) => {
            return gateway::domain_error(None, "The invoice cannot be accepted", correlation);
        }
        Err(_) => return gateway::server_error(correlation),
    };
    let redirect = invoice
        .redirect_url
        .as_deref()
        .map(|url| with_status(url, status));
    let after = world.lock().invoices.get(&invoice.id).cloned();
    let receipt = after.and_then(|invoice| Receipt::of(world, &invoice, consumer));
    let accepted = Accepted {
        invoice_id: invoice.id.clone(),
        invoice_payment_status: status,
        receipt,
        redirect_url: redirect,
    };
    axum::Json(accepted).into_response()
}

/// `?status=` joined properly to a URL that may have a query of its own (spec 21.2).
pub(crate) fn with_status(url: &str, status: &str) -> String {
    match url::Url::parse(url) {
        Ok(mut parsed) => {
            parsed.query_pairs_mut().append_pair("status", status);
            parsed.into()
        }
        Err(_) => url.to_owned(),
    }
}

/// The payment date, and a card that must be the user's own.
fn read_acceptance(body: &str, consumer: &Consumer) -> Result<Option<Date>, &'static str> {
    let members = Members::of(body).ok_or("")?;
    let card = ["consumercard", "payercard"]
        .iter()
        .find_map(|name| members.text(name).ok().flatten());
    if card.is_some_and(|card| !card.eq_ignore_ascii_case(consumer.card)) {
        return Err("ConsumerCard");
    }
    let text = members.text("paymentdate").map_err(|()| "PaymentDate")?;
    text.map(|text| {
        text.get(..10)
            .and_then(|date| date.parse().ok())
            .ok_or("PaymentDate")
    })
    .transpose()
}

async fn reject(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let (_, invoice, correlation) = match act(&world, &id, &headers) {
        Ok(acting) => acting,
        Err(refused) => return refused,
    };
    match world.lock().reject(&invoice.id) {
        Ok(true) => axum::Json(json!({ "InvoiceId": invoice.id })).into_response(),
        Ok(false) => gateway::domain_error(None, "The invoice cannot be rejected", &correlation),
        Err(_) => gateway::server_error(&correlation),
    }
}

async fn pdf(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    match act(&world, &id, &headers) {
        Ok((_, invoice, _)) => {
            ([(header::CONTENT_TYPE, "application/pdf")], pdf::of(&invoice)).into_response()
        }
        Err(refused) => refused,
    }
}
