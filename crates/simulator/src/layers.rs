//! What holds for every request: whose name it may bear, and that time passes before it.

use std::sync::Arc;

use axum::extract::{Request, State as Shared};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use crate::world::{World, http_date};

/// Only addresses, `localhost` and the name that it was given as `Host`, so that no foreign name can be pointed at this server
/// (DNS rebinding).
pub(crate) async fn plain_host(Shared(world): Shared<Arc<World>>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok());
    let url = url::Url::parse(&format!("http://{}/", host.unwrap_or_default()));
    let plain = url.is_ok_and(|url| match url.host() {
        Some(url::Host::Domain(name)) => {
            let own = world.config.base_url.as_ref().and_then(url::Url::host_str);
            name == "localhost" || own == Some(name)
        }
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => true,
        None => false,
    });
    // The stage has buttons; no page from elsewhere may press them.
    let foreign = request
        .headers()
        .get("sec-fetch-site")
        .is_some_and(|site| site == "cross-site" || site == "same-site");
    if foreign && request.method() != Method::GET && request.uri().path().starts_with("/__practice") {
        return StatusCode::FORBIDDEN.into_response();
    }
    if plain {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    }
}

/// Before each request everything happens that time alone brings; afterwards the correlation id is echoed (spec 21.2).
pub(crate) async fn time_passes(Shared(world): Shared<Arc<World>>, request: Request, next: Next) -> Response {
    let correlation = request.headers().get("correlationid").cloned();
    let passed = world.lock().pass_time();
    if let Err(error) = passed {
        tracing::error!(%error, "the books of the simulator were not written");
    }
    let mut response = next.run(request).await;
    // The clock that this world was given, so that a `Retry-After` that is a date agrees with it.
    if let Some(date) = http_date(world.unmoved()) {
        response.headers_mut().insert(header::DATE, date);
    }
    if let Some(correlation) = correlation {
        response.headers_mut().insert("correlationid", correlation);
    }
    response
}

/// A PUT or POST of the API that does not say how long its body is gets 411, as `http.sys` and IIS answer (RFC 9110 8.6).
/// Inferred: no document names the server behind the gateway.
pub(crate) async fn length_is_told(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let told =
        headers.contains_key(header::CONTENT_LENGTH) || headers.contains_key(header::TRANSFER_ENCODING);
    let is_api = request.uri().path().starts_with("/invoice-restapi");
    if is_api && !told && matches!(*request.method(), Method::PUT | Method::POST) {
        return StatusCode::LENGTH_REQUIRED.into_response();
    }
    next.run(request).await
}
