//! The token endpoint: who asks, and for what (spec 6.1).

use std::sync::Arc;

use axum::Json;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::redeem::{redeem, refresh};
use crate::world::World;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TokenRequest {
    grant_type: Option<String>,
    pub(super) code: Option<String>,
    pub(super) redirect_uri: Option<String>,
    pub(super) code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    pub(super) refresh_token: Option<String>,
}

pub(super) async fn token(
    State(world): State<Arc<World>>,
    headers: HeaderMap,
    Form(request): Form<TokenRequest>,
) -> Response {
    let mut response = match granted(&world, &headers, &request) {
        Ok(body) => Json(body).into_response(),
        // Always 400, also for invalid_client (spec 6.8).
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-cache, max-age=0"),
    );
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    response
}

fn granted(world: &World, headers: &HeaderMap, request: &TokenRequest) -> Result<Value, &'static str> {
    let client = client_of(world, headers, request).ok_or("invalid_client")?;
    match request.grant_type.as_deref() {
        Some("authorization_code") => redeem(world, &client, request),
        Some("refresh_token") => refresh(world, &client, request),
        _ => Err("unsupported_grant_type"),
    }
}

/// The client by body or by Basic (spec 6.1).
fn client_of(world: &World, headers: &HeaderMap, request: &TokenRequest) -> Option<String> {
    let (id, secret) = match (&request.client_id, &request.client_secret) {
        (Some(id), Some(secret)) => (id.clone(), secret.clone()),
        _ => basic(headers)?,
    };
    let same = |known: &str| bool::from(known.as_bytes().ct_eq(secret.as_bytes()));
    world
        .config
        .clients
        .iter()
        .find(|client| client.id == id && same(&client.secret))
        .map(|client| client.id.clone())
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    use base64::Engine as _;
    let value = headers
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Basic ")?;
    let pair = String::from_utf8(base64::prelude::BASE64_STANDARD.decode(value).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    // Both are form-encoded first (RFC 6749, 2.3.1).
    let decoded = |text: &str| {
        url::form_urlencoded::parse(format!("v={text}").as_bytes())
            .next()
            .map(|(_, v)| v.into_owned())
    };
    Some((decoded(id)?, decoded(secret)?))
}
