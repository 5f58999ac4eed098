//! Callbacks seen from the practice prefix: what was sent, send now, make it worse, and a receiver without the API.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use serde_json::{Value, json};

use super::courier::carry;
use super::{Mangle, Target};
use crate::seed;
use crate::world::World;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/__practice/callbacks", get(list).post(worsen))
        .route("/__practice/callbacks/flush", post(flush))
        .route("/__practice/callbacks/receivers/{merchant}", put(receiver))
}

async fn list(State(world): State<Arc<World>>) -> Json<Value> {
    let state = world.lock();
    let outgoing = &state.outgoing;
    let receivers: Vec<Value> = outgoing
        .targets
        .iter()
        .map(|(merchant, target)| json!({ "merchant": merchant, "url": target.url }))
        .collect();
    let events: Vec<Value> = outgoing
        .events
        .values()
        .map(|event| {
            json!({
                "invoice": event.invoice, "merchant": event.merchant, "status": event.status, "sequence": event.sequence,
                "at": event.at.to_string(), "due": event.due.to_string(), "attempts": event.attempts,
                "fate": event.fate, "answer": event.answer,
            })
        })
        .collect();
    Json(json!({ "receivers": receivers, "events": events, "worse": outgoing.mangle }))
}

async fn worsen(State(world): State<Arc<World>>, body: String) -> Response {
    match serde_json::from_str::<Mangle>(&body) {
        Ok(mangle) if mangle.is_sound() => {
            world.lock().outgoing.mangle = mangle;
            StatusCode::NO_CONTENT.into_response()
        }
        Ok(_) => (StatusCode::BAD_REQUEST, "Shares are from 0 to 1.\n").into_response(),
        Err(error) => (StatusCode::BAD_REQUEST, format!("{error}\n")).into_response(),
    }
}

async fn flush(State(world): State<Arc<World>>) -> Json<Value> {
    Json(json!({ "deliveries": carry(&world).await }))
}

async fn receiver(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    Json(target): Json<Target>,
) -> Response {
    let web = url::Url::parse(&target.url).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if seed::merchant(&merchant).is_none() || !web || HeaderValue::from_str(&target.authorization).is_err() {
        let reason = "A known merchant, an address, and the value of the Authorization header.\n";
        return (StatusCode::BAD_REQUEST, reason).into_response();
    }
    let mut state = world.lock();
    let state = &mut *state;
    match state.outgoing.configure(&state.books, &merchant, target) {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
