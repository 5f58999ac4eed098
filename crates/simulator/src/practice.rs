//! What the real service lacks, under its own prefix: a look at everything as JSON, and a clock that can be moved.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get};
use axum::{Json, Router};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::openid;
use crate::seed;
use crate::world::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__practice/state", get(state))
        .route("/__practice/clock", get(clock).post(move_clock))
        .route("/__practice/sign-ins/{merchant}", delete(withdraw))
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
        json!({ "now": world.now().to_string(), "merchants": merchants, "users": users, "unavailable": seed::UNAVAILABLE, "invoices": invoices }),
    )
}

/// What a merchant does in the portal: every program that was allowed is allowed no longer.
async fn withdraw(State(world): State<Arc<World>>, Path(merchant): Path<String>) -> Json<Value> {
    Json(json!({ "ended": openid::withdraw(&world, &merchant) }))
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
    match advance(&world, ahead) {
        Ok(now) => Json(json!({ "now": now.to_string() })).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Moves time forward by seconds, does what time does, and wakes who waits for it. Answers the new time.
pub(crate) fn advance(world: &World, seconds: i64) -> Result<Timestamp, rusqlite::Error> {
    let now = {
        let mut state = world.lock();
        let offset = state.offset.saturating_add(seconds);
        state.books.put("clock", "offset", &offset)?;
        state.offset = offset;
        world.ahead.send_replace(offset);
        let now = state.now();
        state.pass_time(|country| World::date(country, now))?;
        now
    };
    world.courier.wake();
    Ok(now)
}
