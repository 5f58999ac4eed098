//! What the real service lacks, under its own prefix: a look at everything as JSON, and a clock that can be moved.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::ClockError;
use crate::keys::SigningKey;
use crate::openid;
use crate::seed;
use crate::server::StartError;
use crate::world::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__practice/state", get(state))
        .route("/__practice/clock", get(clock).post(move_clock))
        .route("/__practice/sign-ins/{merchant}", delete(withdraw))
        .route("/__practice/keys", post(rotate))
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
async fn withdraw(State(world): State<Arc<World>>, Path(merchant): Path<String>) -> Response {
    match openid::withdraw(&world, &merchant) {
        Ok(withdrawn) => Json(json!({ "withdrawn": withdrawn })).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

async fn rotate(State(world): State<Arc<World>>) -> StatusCode {
    match rotate_key(&world) {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// From now on a new key signs; what the former ones signed stays good to its end (spec 21.2).
pub(crate) fn rotate_key(world: &World) -> Result<(), StartError> {
    let (key, kept) = SigningKey::generate()?;
    // Under the lock, so that two at once have two names; they are read in the order of these.
    let state = world.lock();
    let name = format!("signing-{:06}", world.keys.count());
    state.books.put("key", &name, &kept)?;
    world.keys.rotate(key);
    Ok(())
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
        (None, Some(to)) => whole_seconds(to.duration_since(world.now())),
        _ => return (StatusCode::BAD_REQUEST, "Either advanceSeconds or to.\n").into_response(),
    };
    if ahead < 0 {
        return (StatusCode::BAD_REQUEST, "Time does not go back.\n").into_response();
    }
    match advance(&world, ahead) {
        Ok(now) => Json(json!({ "now": now.to_string() })).into_response(),
        Err(error @ ClockError::TooFar) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
        Err(ClockError::Books(_)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Up to the next one, so that the clock does not stop short of the moment that was asked for.
fn whole_seconds(duration: SignedDuration) -> i64 {
    let begun = i64::from(duration.subsec_nanos() > 0);
    duration.as_secs().saturating_add(begun)
}

/// Moves time forward by seconds, does what time does, and tells who waits for it. Answers the new time.
pub(crate) fn advance(world: &World, seconds: i64) -> Result<Timestamp, ClockError> {
    let mut state = world.lock();
    let now = state.advance(seconds)?;
    world.ahead.send_replace(state.offset);
    Ok(now)
}
