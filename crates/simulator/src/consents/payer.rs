//! The payer's side (spec 16): S4 answers a request, S5 takes a granted consent back.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{delete, put};
use serde::Deserialize;

use super::Refused;
use super::calls::refusal;
use crate::gateway;
use crate::seed::Consumer;
use crate::simulation::acting;
use crate::world::World;

/// The routes under the API base.
pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route(
            "/consumers/me/invoices/directinvoiceconsent/{consent}",
            put(answer),
        )
        .route("/directinvoiceconsents/{consent}", delete(take_back))
}

/// `{ "isConsentGranted": true }`; the casing of requests does not count (spec 7).
#[derive(Deserialize)]
struct Said {
    #[serde(rename = "isconsentgranted")]
    granted: bool,
}

impl Said {
    fn read(body: &str) -> Option<Self> {
        let members: serde_json::Map<String, serde_json::Value> = serde_json::from_str(body).ok()?;
        let lower: serde_json::Map<_, _> = members
            .into_iter()
            .map(|(name, value)| (name.to_lowercase(), value))
            .collect();
        serde_json::from_value(lower.into()).ok()
    }
}

async fn answer(
    State(world): State<Arc<World>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (consumer, correlation) = match acting(&world, &headers) {
        Ok(acting) => acting,
        Err(refused) => return refused,
    };
    let Some(said) = Said::read(&body) else {
        let problem = ("IsConsentGranted".to_owned(), "Value is required");
        return gateway::input_error(&[problem], &correlation);
    };
    let done = world.lock().reply_to_consent(&id, consumer.phone, said.granted);
    ended(done, &correlation)
}

/// Of the simulated calls only this one lists the bearer (spec 21 item 44), and its merchant must be the asking one.
async fn take_back(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    taken_back(&world, &id, &headers).unwrap_or_else(|refused| refused)
}

fn taken_back(world: &World, id: &str, headers: &HeaderMap) -> Result<Response, Response> {
    let caller = gateway::check(world, headers)?;
    let (consumer, correlation): (&Consumer, String) = acting(world, headers)?;
    let mut state = world.lock();
    let asked = state.agreements.get(&id.to_lowercase());
    let done = match asked.filter(|consent| consent.merchant == caller.merchant) {
        Some(_) => state.take_consent_back(id, consumer.phone),
        None => Err(Refused::Rule("Consent not found")),
    };
    drop(state);
    Ok(ended(done, &correlation))
}

fn ended(done: Result<(), Refused>, correlation: &str) -> Response {
    match done {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refused) => refusal(&refused, correlation),
    }
}
