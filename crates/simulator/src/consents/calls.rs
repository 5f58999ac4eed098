//! The merchant's three calls (spec 15.1 to 15.3). The merchant is the token's; none stands in the address.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Consent, Refused, Reply};
use crate::gateway::{self, Caller};
use crate::json::Members;
use crate::readings::Reading;
use crate::seed;
use crate::world::World;

/// The routes under the API base.
pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route("/directinvoiceconsents", post(ask).get(granted))
        .route("/directinvoiceconsents/{consent}", get(one))
}

/// Members of spec 15.1 to 15.3. `GrantedOn` is not in the answer to the request.
fn told(world: &World, consent: &Consent) -> Value {
    // Spec 21 item 6.
    let state = if world.readings.has(Reading::ConsentNumbers) {
        json!(consent.reply as u8 + 1)
    } else {
        json!(consent.reply.word())
    };
    json!({
        "ConsentId": consent.id, "InvoiceId": consent.invoice, "PhoneNumber": consent.phone, "State": state,
    })
}

fn told_with_day(world: &World, consent: &Consent) -> Value {
    let mut told = told(world, consent);
    // As in the sample, before anybody agreed (spec 21 item 41).
    if consent.reply == Reply::Pending && world.readings.has(Reading::PendingPhone) {
        told["PhoneNumber"] = json!("+4577007700");
    }
    let day = consent.granted_on;
    told["GrantedOn"] = json!(day.map(|day| day.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()));
    told
}

async fn ask(State(world): State<Arc<World>>, headers: HeaderMap, body: String) -> Response {
    asked(&world, &headers, &body).unwrap_or_else(|refused| refused)
}

fn asked(world: &World, headers: &HeaderMap, body: &str) -> Result<Response, Response> {
    let caller = gateway::check(world, headers)?;
    let bad = |text| gateway::input_error(&[("InvoiceId".to_owned(), text)], &caller.correlation);
    let members = Members::of(body).ok_or_else(|| bad("Value is required"))?;
    let id = match members.text("invoiceid") {
        Ok(Some(id)) => id,
        Ok(None) => return Err(bad("Value is required")),
        Err(()) => return Err(bad("Invalid input")),
    };
    let id = Uuid::parse_str(&id).map_err(|_| bad("Invalid input"))?;
    let consent = world
        .lock()
        .ask_consent(&caller.merchant, &id.to_string())
        .map_err(|refused| refusal(&refused, &caller.correlation))?;
    // Spec 21 item 2.
    let status = if world.readings.has(Reading::Consent200) {
        StatusCode::OK
    } else {
        StatusCode::CREATED
    };
    Ok((status, axum::Json(told(world, &consent))).into_response())
}

/// No codes are published for consents (spec 15.1): 409 in words.
pub(super) fn refusal(refused: &Refused, correlation: &str) -> Response {
    match refused {
        Refused::Rule(text) => gateway::domain_error(None, text, correlation),
        Refused::Books => gateway::server_error(correlation),
    }
}

async fn one(State(world): State<Arc<World>>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    let caller = match gateway::check(&world, &headers) {
        Ok(caller) => caller,
        Err(refused) => return refused,
    };
    let state = world.lock();
    let found = state.agreements.get(&id.to_lowercase());
    match found.filter(|consent| consent.merchant == caller.merchant) {
        Some(consent) => axum::Json(told_with_day(&world, consent)).into_response(),
        // This call documents no 404 (spec 7.1).
        None => gateway::domain_error(None, "Consent not found", &caller.correlation),
    }
}

async fn granted(
    State(world): State<Arc<World>>,
    Query(query): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Response {
    page(&world, &query, &headers).unwrap_or_else(|refused| refused)
}

fn page(world: &World, query: &[(String, String)], headers: &HeaderMap) -> Result<Response, Response> {
    let caller = gateway::check(world, headers)?;
    let asked = Asked::read(query, &caller)?;
    let own = seed::merchant(&caller.merchant)
        .is_some_and(|merchant| merchant.issuers.iter().any(|issuer| issuer.id == asked.issuer));
    if !own {
        let text = "Invoice issuer not found";
        return Err(gateway::domain_error(Some(10202), text, &caller.correlation));
    }
    let size = world.config.consents_per_page.max(1);
    let state = world.lock();
    let mut rest = state
        .granted(&asked.issuer)
        .into_iter()
        .filter(|consent| asked.after.as_ref().is_none_or(|after| place(consent) > *after));
    let shown: Vec<&Consent> = rest.by_ref().take(size).collect();
    let next = rest.next().and(shown.last()).map(|last| {
        let (granted_on, id) = place(last);
        BASE64_STANDARD.encode(format!("{granted_on}>{id}"))
    });
    let shown: Vec<Value> = shown
        .into_iter()
        .map(|consent| told_with_day(world, consent))
        .collect();
    Ok(axum::Json(json!({ "GrantedConsents": shown, "PagingState": next })).into_response())
}

/// Where a consent stands in the list. What is granted or taken back between two pages moves nothing.
fn place(consent: &Consent) -> (Timestamp, String) {
    (consent.granted_on.unwrap_or_default(), consent.id.clone())
}

struct Asked {
    issuer: String,
    after: Option<(Timestamp, String)>,
}

impl Asked {
    /// Both are required, and only `granted` is supported (spec 15.2).
    fn read(query: &[(String, String)], caller: &Caller) -> Result<Self, Response> {
        let bad = |field: &str, text| gateway::input_error(&[(field.to_owned(), text)], &caller.correlation);
        let given = |name: &str| {
            let named = query
                .iter()
                .rev()
                .find(|(known, _)| known.eq_ignore_ascii_case(name));
            named
                .map(|(_, value)| value.as_str())
                .filter(|value| !value.is_empty())
        };
        let issuer = given("invoiceIssuerId").ok_or_else(|| bad("InvoiceIssuerId", "Value is required"))?;
        let issuer = Uuid::parse_str(issuer).map_err(|_| bad("InvoiceIssuerId", "Invalid input"))?;
        match given("state") {
            None => return Err(bad("State", "Value is required")),
            Some(state) if !state.eq_ignore_ascii_case("granted") => {
                return Err(bad("State", "Allowed values are \"granted\""));
            }
            Some(_) => {}
        }
        let after = given("pagingState")
            .map(|text| after(text).ok_or_else(|| bad("PagingState", "Invalid input")))
            .transpose()?;
        Ok(Self {
            issuer: issuer.to_string(),
            after,
        })
    }
}

fn after(text: &str) -> Option<(Timestamp, String)> {
    let text = String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()?;
    let (granted_on, id) = text.split_once('>')?;
    Some((granted_on.parse().ok()?, id.to_owned()))
}
