//! Where a merchant's callbacks go, and what they show there (spec 11.1): Basic or a key. A later call of either kind
//! replaces the former. Reading and deleting are in no document: 405.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use url::{Host, Url};

use super::draft::INVALID;
use super::found;
use super::reader::Reader;
use crate::callbacks::Target;
use crate::gateway;
use crate::json::Members;
use crate::world::World;

/// `PUT …/auth/basic`.
pub(crate) async fn basic(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    configure(&world, &merchant, &headers, &body, |reader| {
        let pair = format!("{}:{}", reader.needed("Username"), reader.needed("Password"));
        format!("Basic {}", BASE64_STANDARD.encode(pair))
    })
    .unwrap_or_else(|refused| refused)
}

/// `PUT …/auth/apikey`: the key stands in the header by itself, without a scheme.
pub(crate) async fn api_key(
    State(world): State<Arc<World>>,
    Path(merchant): Path<String>,
    headers: HeaderMap,
    body: String,
) -> Response {
    configure(&world, &merchant, &headers, &body, |reader| {
        let key = reader.needed("ApiKey");
        if !key.is_empty() && !is_token68(&key) {
            reader.fault("ApiKey", "The key cannot be used as an Authorization header");
        }
        key
    })
    .unwrap_or_else(|refused| refused)
}

/// Letters, digits, `-._~+/`, and `=` at the end (RFC 9110 11.2).
fn is_token68(key: &str) -> bool {
    let core = key.trim_end_matches('=');
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
    !core.is_empty() && core.bytes().all(fits)
}

fn configure(
    world: &World,
    merchant: &str,
    headers: &HeaderMap,
    body: &str,
    authorization: impl FnOnce(&mut Reader) -> String,
) -> Result<Response, Response> {
    let (caller, merchant) = found(world, merchant, headers)?;
    let refuse = |problems: &[_]| gateway::input_error(problems, &caller.correlation);
    let members = Members::of(body)
        .ok_or_else(|| refuse(&[(String::new(), "A non-empty request body is required.")]))?;
    let mut reader = Reader::of(&members);
    let authorization = authorization(&mut reader);
    let target = Target {
        url: address(&mut reader),
        authorization,
    };
    let problems = reader.into_problems();
    if !problems.is_empty() {
        return Err(refuse(&problems));
    }
    let mut state = world.lock();
    let state = &mut *state;
    state
        .outgoing
        .configure(&state.books, merchant.id, target)
        .map_err(|_| gateway::server_error(&caller.correlation))?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// https, or http to this computer only (spec 21 item 28). A name and password in it would be a second `Authorization`.
fn address(reader: &mut Reader) -> String {
    let text = reader.needed("CallbackUrl");
    if reader.is_faulty("CallbackUrl") {
        return text;
    }
    match Url::parse(&text) {
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            reader.fault("CallbackUrl", INVALID);
        }
        Ok(url) if url.scheme() == "https" || (url.scheme() == "http" && is_here(&url)) => {}
        Ok(_) => reader.fault("CallbackUrl", "The URL must be https"),
        Err(_) => reader.fault("CallbackUrl", INVALID),
    }
    text
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
