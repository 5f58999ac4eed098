//! The stage: the whole practice world on one page, with everything that can be done to it. Works without script; the script
//! only keeps it fresh. In English, because it is a tool for those who build and test.

mod acts;
mod agreements;
mod payouts;
mod switches;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::world::World;

const STYLE: &str = include_str!("stage.css");
const SCRIPT: &str = include_str!("stage.js");

pub(crate) fn routes() -> Router<Arc<World>> {
    Router::new().route("/__practice/", get(page).post(acts::act))
}

/// What the last act led to.
#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    said: String,
}

async fn page(State(world): State<Arc<World>>, Query(said): Query<Said>) -> Response {
    let html = format!(
        "<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>The stage – practice world</title><style>{STYLE}</style><body>\
         <p class=band>Practice world. This is not MobilePay; nothing here reaches a real customer.</p>\
         <main class=stage>{}</main><script>{SCRIPT}</script></body></html>",
        view::stage(&world, &said.said)
    );
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    let mut response = Html(html).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
