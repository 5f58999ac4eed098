//! What the real service lacks, under its own prefix: a look at everything, and a clock that can be moved.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::pages::{self, escape};
use crate::seed;
use crate::server::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__practice/", get(stage))
        .route("/__practice/state", get(state))
        .route("/__practice/clock", get(clock).post(move_clock))
}

async fn state(State(world): State<Arc<World>>) -> Json<Value> {
    let merchants: Vec<Value> = seed::MERCHANTS
        .iter()
        .map(|merchant| json!({ "id": merchant.id, "name": merchant.name, "vat": merchant.vat, "country": merchant.country.code() }))
        .collect();
    let users: Vec<Value> = seed::CONSUMERS
        .iter()
        .map(|user| json!({ "user": user.id, "card": user.card, "phone": user.phone, "cardExpired": user.card_expired }))
        .collect();
    let invoices: Vec<Value> = world
        .lock()
        .invoices
        .values()
        .map(|invoice| {
            json!({
                "id": invoice.id, "merchant": invoice.merchant, "number": invoice.number, "phone": invoice.phone,
                "total": invoice.total.to_string(), "status": invoice.status.word(), "link": invoice.link.is_some(),
                "createdAt": invoice.created_at.to_string(), "dueDate": invoice.due_date.to_string(),
            })
        })
        .collect();
    Json(
        json!({ "now": world.now().to_string(), "merchants": merchants, "users": users, "invoices": invoices }),
    )
}

async fn clock(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({ "now": world.now().to_string() }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Move {
    advance_seconds: Option<i64>,
    to: Option<Timestamp>,
}

/// Moves time forward; it never goes back, because what time did is not undone.
async fn move_clock(State(world): State<Arc<World>>, Json(wanted): Json<Move>) -> Response {
    let ahead = match (wanted.advance_seconds, wanted.to) {
        (Some(seconds), None) => seconds,
        (None, Some(to)) => to.duration_since(world.now()).as_secs(),
        _ => return (StatusCode::BAD_REQUEST, "Either advanceSeconds or to.\n").into_response(),
    };
    if ahead < 0 {
        return (StatusCode::BAD_REQUEST, "Time does not go back.\n").into_response();
    }
    {
        let mut state = world.lock();
        state.offset = state.offset.saturating_add(ahead);
        let offset = state.offset;
        if state.books.put("clock", "offset", &offset).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    }
    let now = world.now();
    let passed = world.lock().pass_time(|country| World::date(country, now));
    match passed {
        Ok(()) => {
            world.courier.wake();
            Json(json!({ "now": now.to_string() })).into_response()
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Everything at a glance, for a person.
async fn stage(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let words = pages::words_for(&headers, "DK");
    let rows: String = world
        .lock()
        .invoices
        .values()
        .map(|invoice| {
            format!(
                "<tr><td>{}<td>{}<td>{}<td>{} {}",
                escape(invoice.number.as_deref().unwrap_or_default()),
                escape(invoice.phone.as_deref().unwrap_or("—")),
                invoice.status.word(),
                invoice.total,
                invoice.country().currency()
            )
        })
        .collect();
    let body = format!(
        "<h1>Simulator</h1><p class=soft>{}</p><table>{rows}</table>",
        world.now()
    );
    pages::page(words, "Simulator", &body, None)
}
