//! The API gateway in front of everything: its headers, the bearer, and its own error shape (spec 3, 13).

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

use crate::openid::Door;
use crate::readings::Reading;
use crate::world::World;

/// Whose call it is.
pub(crate) struct Caller {
    pub(crate) merchant: String,
    pub(crate) correlation: String,
}

/// The correlation id of the call, or a new one (spec 21.2: used in envelopes if it is a GUID).
pub(crate) fn correlation(headers: &HeaderMap) -> String {
    let given = headers.get("correlationid").and_then(|value| value.to_str().ok());
    given
        .and_then(|text| Uuid::parse_str(text).ok())
        .unwrap_or_else(Uuid::new_v4)
        .to_string()
}

/// The two headers of the developer portal's app.
pub(crate) fn check_app(world: &World, headers: &HeaderMap) -> Result<(), Response> {
    // Spec 21 item 8.
    if world.readings.has(Reading::NoGatewayHeaders) {
        return Ok(());
    }
    let header = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let (id, secret) = (header("x-ibm-client-id"), header("x-ibm-client-secret"));
    let known = world
        .config
        .gateway
        .iter()
        .any(|app| app.id == id && app.secret == secret);
    if known {
        Ok(())
    } else {
        Err(unauthorized("Invalid client id or secret."))
    }
}

/// All of section 3: app, bearer, scope, merchant.
pub(crate) fn check(world: &World, headers: &HeaderMap) -> Result<Caller, Response> {
    check_app(world, headers)?;
    let correlation = correlation(headers);
    match bearer(world, headers, "invoice") {
        Ok(merchant) => Ok(Caller {
            merchant,
            correlation,
        }),
        Err(Denied::Bearer) => Err(not_allowed()),
        Err(Denied::Scope) => Err(forbidden(&correlation)),
    }
}

/// Why a bearer is not enough.
pub(crate) enum Denied {
    /// It is missing, forged, too old or revoked.
    Bearer,
    /// It lacks the scope, or names no merchant.
    Scope,
}

/// The merchant of a good bearer with `scope` (spec 6.3).
pub(crate) fn bearer(world: &World, headers: &HeaderMap, scope: &str) -> Result<String, Denied> {
    let bearer = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(Denied::Bearer)?;
    let claims = world.keys.verify(bearer).ok_or(Denied::Bearer)?;
    let now = world.unmoved().as_second();
    let state = world.lock();
    let revoked = claims["grant"]
        .as_str()
        .is_none_or(|grant| state.revoked.contains(grant));
    let is_access_token = Door::ALL
        .iter()
        .any(|door| claims["aud"].as_str() == Some(&world.audience(*door)));
    if revoked || !is_access_token || claims["exp"].as_i64().is_none_or(|exp| exp <= now) {
        return Err(Denied::Bearer);
    }
    let scopes = claims["scope"].as_array().cloned().unwrap_or_default();
    if !scopes.iter().any(|known| known == scope) {
        return Err(Denied::Scope);
    }
    let merchant = claims["merchant_id"].as_str().ok_or(Denied::Scope)?;
    Ok(merchant.to_owned())
}

/// A path that names another merchant (spec 21.2).
pub(crate) fn check_merchant(caller: &Caller, merchant: &str) -> Result<(), Response> {
    if caller.merchant == merchant {
        Ok(())
    } else {
        Err(forbidden(&caller.correlation))
    }
}

/// The bearer was not accepted; intentionally vague (spec 3).
fn not_allowed() -> Response {
    unauthorized("Not allowed to access this resource")
}

/// IBM API Connect's shape and, for an app that it does not know, its words (spec 3: inferred).
fn unauthorized(more: &str) -> Response {
    let body = json!({ "httpCode": "401", "httpMessage": "Unauthorized", "moreInformation": more });
    (StatusCode::UNAUTHORIZED, axum::Json(body)).into_response()
}

pub(crate) fn forbidden(correlation: &str) -> Response {
    envelope(
        StatusCode::FORBIDDEN,
        "DomainError",
        None,
        Some("Access denied"),
        correlation,
    )
}

pub(crate) fn not_found(correlation: &str) -> Response {
    envelope(
        StatusCode::NOT_FOUND,
        "DomainError",
        None,
        Some("Not found"),
        correlation,
    )
}

/// 400, one line a problem: `input.Field : text` (spec 13.1).
pub(crate) fn input_error(problems: &[(String, &str)], correlation: &str) -> Response {
    let lines: String = problems
        .iter()
        .map(|(field, text)| format!("input.{field} : {text}\r\n"))
        .collect();
    envelope(
        StatusCode::BAD_REQUEST,
        "InputError",
        None,
        Some(&lines),
        correlation,
    )
}

/// 409 (spec 13.1).
pub(crate) fn domain_error(code: Option<u32>, text: &str, correlation: &str) -> Response {
    envelope(StatusCode::CONFLICT, "DomainError", code, Some(text), correlation)
}

/// The code of an identical body (spec 21 item 25).
pub(crate) fn duplicate_code(world: &World) -> u32 {
    if world.readings.has(Reading::Duplicate10301) {
        10301
    } else {
        10104
    }
}

/// An identical body once more: 409 and 10104, or as the documents also show it (spec 21 item 25).
pub(crate) fn duplicate(world: &World, correlation: &str) -> Response {
    let status = if world.readings.has(Reading::Duplicate400) {
        StatusCode::BAD_REQUEST
    } else {
        StatusCode::CONFLICT
    };
    let text = "Invoice already exists";
    let code = Some(duplicate_code(world));
    envelope(status, "DomainError", code, Some(text), correlation)
}

/// 500, when the simulator's own disk fails.
pub(crate) fn server_error(correlation: &str) -> Response {
    let text = "The books of the simulator could not be written.";
    envelope(
        StatusCode::INTERNAL_SERVER_ERROR,
        "ServerError",
        None,
        Some(text),
        correlation,
    )
}

/// Members in the order of the documents (spec 13.1).
#[derive(Serialize)]
struct Envelope<'a> {
    correlation_id: &'a str,
    error: &'a str,
    error_code: Option<String>,
    error_description: Option<&'a str>,
    error_context: &'a str,
}

fn envelope(
    status: StatusCode,
    error: &str,
    code: Option<u32>,
    text: Option<&str>,
    correlation: &str,
) -> Response {
    let body = Envelope {
        correlation_id: correlation,
        error,
        error_code: code.map(|code| code.to_string()),
        error_description: text,
        error_context: "Invoices",
    };
    (status, axum::Json(body)).into_response()
}
