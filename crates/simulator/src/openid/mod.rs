//! The OpenID provider (spec 4–6): its document and keys; authorize with its pages, logins and consents; its tokens.

mod authorize;
mod claims;
mod door;
mod login;
mod redeem;
mod request;
mod tokens;

use std::sync::Arc;

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Json, Router};
use jiff::{Span, Timestamp};
use serde_json::{Value, json};

use crate::readings::Reading;
use crate::world::World;

pub(crate) use door::Door;
pub(crate) use redeem::withdraw;
pub(crate) use request::Request;

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new()
        .route(
            "/dk/account/.well-known/openid-configuration",
            get(|world| discovery(world, Door::Dk)),
        )
        .route(
            "/fi/account/.well-known/openid-configuration",
            get(|world| discovery(world, Door::Fi)),
        )
        // The older host served the same document (spec 21 item 11).
        .route(
            "/merchant-authentication-openidconnect/.well-known/openid-configuration",
            get(|world| discovery(world, Door::Older)),
        )
        .route(
            "/merchant-authentication-openidconnect/.well-known/openid-configuration/jwks",
            get(jwks),
        )
        .route(
            "/merchant-authentication-openidconnect/connect/token",
            post(tokens::token),
        )
        .route(
            "/dk/account/connect/authorize",
            get(authorize::authorize).post(authorize::answer),
        )
        .route(
            "/fi/account/connect/authorize",
            get(authorize::authorize).post(authorize::answer),
        )
        .route(
            "/merchant-authentication-openidconnect/connect/authorize",
            get(authorize::authorize).post(authorize::answer),
        )
}

#[expect(clippy::unused_async, reason = "axum's handlers are asynchronous")]
async fn discovery(State(world): State<Arc<World>>, door: Door) -> Json<Value> {
    let conforms = world.readings.has(Reading::ConformingIssuer);
    let portal = match door {
        // The same document as in Denmark, unless the issuer has to be told apart.
        Door::Older if !conforms => Door::Dk.path(),
        door => door.path(),
    };
    let portal = format!("{}{portal}", world.base);
    let service = format!("{}/merchant-authentication-openidconnect", world.base);
    Json(json!({
        "issuer": world.issuer(door),
        "jwks_uri": format!("{service}/.well-known/openid-configuration/jwks"),
        "authorization_endpoint": format!("{portal}/connect/authorize"),
        "token_endpoint": format!("{service}/connect/token"),
        "scopes_supported": ["openid", "offline_access", "invoice", "transactionreporting"],
        "response_types_supported": ["code id_token"],
        "response_modes_supported": ["form_post", "fragment"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
    }))
}

async fn jwks(State(world): State<Arc<World>>) -> Json<Value> {
    Json(world.keys.jwks())
}

fn thirteen_months_after(now: Timestamp) -> Timestamp {
    let zoned = now.to_zoned(jiff::tz::TimeZone::UTC);
    zoned
        .checked_add(Span::new().months(13))
        .map_or(now, |later| later.timestamp())
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system has randomness");
    bytes
}
