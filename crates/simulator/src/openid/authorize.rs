//! The authorize endpoint: login, merchant, consent, and the way back with a code and an ID token.

use std::sync::Arc;

use axum::extract::{Form, OriginalUri, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::SignedDuration;
use uuid::Uuid;

use super::claims::id_token;
use super::login::{logged_in, login, suggested, world_now};
use super::request::{Answer, Request};
use super::{Door, random, thirteen_months_after};
use crate::keys::{half_hash, s256};
use crate::pages::{self, Words};
use crate::readings::Reading;
use crate::seed::{self, PortalUser};
use crate::state::{Code, Grant};
use crate::world::World;

pub(super) async fn authorize(
    State(world): State<Arc<World>>,
    OriginalUri(address): OriginalUri,
    headers: HeaderMap,
    Query(mut request): Query<Request>,
) -> Response {
    request.door = Door::behind(address.path());
    if !request.is_right(&world) {
        return pages::unauthorized(Words::of(&headers, &request));
    }
    // The server remembers a nonce and refuses it a second time (spec 5.1).
    if world.lock().nonces.contains(&s256(&request.nonce)) {
        return pages::unauthorized(Words::of(&headers, &request));
    }
    match logged_in(&world, &headers) {
        Some((user, _)) => choose_or_consent(&world, &headers, &request, user, None),
        None => pages::login(
            Words::of(&headers, &request),
            &request,
            suggested(&request),
            false,
        ),
    }
}

pub(super) async fn answer(
    State(world): State<Arc<World>>,
    OriginalUri(address): OriginalUri,
    headers: HeaderMap,
    Form(mut answer): Form<Answer>,
) -> Response {
    answer.request.door = Door::behind(address.path());
    let words = Words::of(&headers, &answer.request);
    if !answer.request.is_right(&world) || world.lock().nonces.contains(&s256(&answer.request.nonce)) {
        return pages::unauthorized(words);
    }
    if answer.step == "login" {
        let Some((user, cookie)) = login(&world, &answer) else {
            return pages::login(words, &answer.request, answer.email.trim(), true);
        };
        let mut response = choose_or_consent(&world, &headers, &answer.request, user, None);
        response.headers_mut().insert(header::SET_COOKIE, cookie);
        return response;
    }
    let Some((user, auth_time)) = logged_in(&world, &headers) else {
        return pages::login(words, &answer.request, suggested(&answer.request), false);
    };
    match (answer.step.as_str(), answer.decision.as_str()) {
        ("merchant", _) => choose_or_consent(&world, &headers, &answer.request, user, Some(&answer.merchant)),
        ("consent", "allow") => {
            let merchant = Some(answer.merchant.as_str()).filter(|id| user.merchants.contains(id));
            remember_consent(&world, &answer.request, user, merchant);
            finish(&world, &answer.request, user, merchant, auth_time)
        }
        ("consent", _) => {
            let parameters = vec![
                ("error", "access_denied".to_owned()),
                ("state", answer.request.state.clone()),
            ];
            back(&answer.request, &parameters)
        }
        _ => pages::unauthorized(words),
    }
}

/// The merchant by its VAT number, the only one, by choice, or none; then consent, unless it was given (spec 5.3).
fn choose_or_consent(
    world: &World,
    headers: &HeaderMap,
    request: &Request,
    user: &'static PortalUser,
    chosen: Option<&str>,
) -> Response {
    let words = Words::of(headers, request);
    let own = || user.merchants.iter().filter_map(|id| seed::merchant(id));
    let merchant = match (
        request.merchant_vat.as_deref().filter(|vat| !vat.is_empty()),
        chosen,
    ) {
        // A VAT number that does not belong to the user makes the flow fail (spec 5.7).
        (Some(vat), _) => match own().find(|merchant| merchant.vat == vat) {
            Some(merchant) => Some(merchant),
            None => return pages::unauthorized(words),
        },
        (None, Some("")) => None,
        (None, Some(id)) => own().find(|merchant| merchant.id == id),
        (None, None) if user.merchants.len() == 1 => own().next(),
        (None, None) if world.readings.has(Reading::MerchantChoice) => {
            return pages::choose(words, request, &own().collect::<Vec<_>>());
        }
        // A token with no merchant bound to it, to which the API says 403 (spec 5.7; 21 item 14).
        (None, None) => None,
    };
    let id = merchant.map(|merchant| merchant.id);
    let given = world.lock().consents.contains(&consent_key(request, user, id));
    if given {
        let auth_time = logged_in(world, headers).map_or_else(|| world_now(world), |(_, at)| at);
        return finish(world, request, user, id, auth_time);
    }
    pages::consent(words, request, merchant)
}

fn consent_key(request: &Request, user: &PortalUser, merchant: Option<&str>) -> String {
    // Other scopes later need a new consent (spec 5.2).
    format!(
        "{}|{}|{}",
        request.client_id,
        merchant.unwrap_or(user.subject),
        request.scope
    )
}

/// Whether a key of above is of this merchant.
pub(super) fn is_consent_of(key: &str, merchant: &str) -> bool {
    key.split('|').nth(1) == Some(merchant)
}

fn remember_consent(world: &World, request: &Request, user: &PortalUser, merchant: Option<&str>) {
    let key = consent_key(request, user, merchant);
    let mut state = world.lock();
    if let Err(error) = state.books.put("consent", &key, &()) {
        tracing::error!(%error, "a consent was not written");
    }
    state.consents.insert(key);
}

/// Issues the code and the front-channel ID token (spec 5.4, 5.5).
fn finish(
    world: &World,
    request: &Request,
    user: &PortalUser,
    merchant: Option<&str>,
    auth_time: i64,
) -> Response {
    let now = world.unmoved();
    let code = hex::encode(random::<32>());
    let grant = Grant {
        id: Uuid::new_v4().to_string(),
        client: request.client_id.clone(),
        subject: user.subject.to_owned(),
        merchant: merchant.map(str::to_owned),
        scopes: request.scopes(),
        auth_time,
        door: request.door,
        expires_at: thirteen_months_after(now),
    };
    let binding = [("nonce", request.nonce.clone()), ("c_hash", half_hash(&code))];
    let Ok(id_token) = id_token(world, &grant, now, &binding) else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    {
        let mut state = world.lock();
        if state.books.put("nonce", &s256(&request.nonce), &()).is_err() {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        state.nonces.insert(s256(&request.nonce));
        let issued = Code {
            grant,
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.code_challenge.clone(),
            nonce: request.nonce.clone(),
            expires_at: now + SignedDuration::from_mins(5),
            used: false,
        };
        // Long after its end nobody presents a code again.
        state
            .codes
            .retain(|_, code| now < code.expires_at + SignedDuration::from_hours(24));
        state.codes.insert(code.clone(), issued);
    }
    let parameters = vec![
        ("code", code),
        ("id_token", id_token),
        ("scope", request.scope.clone()),
        ("state", request.state.clone()),
    ];
    back(request, &parameters)
}

/// Back to the merchant: by form or by fragment (spec 5.4; absent means fragment, 21 item 13).
fn back(request: &Request, parameters: &[(&str, String)]) -> Response {
    if request.response_mode.as_deref() == Some("form_post") {
        return pages::form_post(&request.redirect_uri, parameters);
    }
    let fragment: String = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    // Serializer writes `+` for a blank; in a fragment both are read the same by form decoding.
    Redirect::to(&format!("{}#{fragment}", request.redirect_uri)).into_response()
}
