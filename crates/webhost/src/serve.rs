//! The routes: `POST /commands/NAME`, `GET /events`, and the files of the UI.

use std::convert::Infallible;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{self, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use desk::Desk;
use desk::ipc::{Event, Refusal, RefusalCode};
use futures::{Stream, StreamExt as _};
use serde_json::Value;
use tokio_stream::wrappers::BroadcastStream;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::Bearer;
use crate::guard::{bearer_only, this_host_only};

/// The window's own policy (src-tauri/tauri.conf.json), with `connect-src` for this host instead of the IPC.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
     font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Inputs larger than this (bytes) are refused; the largest real one is a long draft.
const LARGEST_INPUT: usize = 4 * 1024 * 1024;

/// Where this host lives.
pub struct Place {
    /// The port it listens on, for the check of `Host`.
    pub port: u16,
    /// Folder of the built UI (`ui/dist`).
    pub ui: PathBuf,
}

/// Everything this host answers.
pub fn router(desk: Arc<Desk>, bearer: Bearer, place: Place) -> Router {
    let core = Router::new()
        .route("/commands/{name}", post(command))
        .route("/events", get(events))
        .layer(DefaultBodyLimit::max(LARGEST_INPUT))
        .layer(middleware::from_fn_with_state(bearer, bearer_only))
        .with_state(desk);
    let index = ServeFile::new(place.ui.join("index.html"));
    let files = ServeDir::new(&place.ui).fallback(index);
    Router::new()
        .merge(core)
        .fallback_service(files)
        .layer(SetResponseHeaderLayer::overriding(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(POLICY),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::REFERRER_POLICY,
            HeaderValue::from_static("no-referrer"),
        ))
        .layer(SetResponseHeaderLayer::overriding(
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ))
        .layer(middleware::from_fn_with_state(place.port, this_host_only))
}

async fn command(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    input: axum::body::Bytes,
) -> Response {
    let input: Value = if input.is_empty() {
        Value::Object(serde_json::Map::new())
    } else {
        match serde_json::from_slice(&input) {
            Ok(input) => input,
            Err(error) => {
                return refused(&Refusal::new(
                    RefusalCode::BadRequest,
                    format!("Not JSON: {error}"),
                ));
            }
        }
    };
    match desk.call(&name, input).await {
        Ok(output) => Json(output).into_response(),
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Response {
    let status = match refusal.code {
        RefusalCode::BadRequest => StatusCode::BAD_REQUEST,
        RefusalCode::NotFound => StatusCode::NOT_FOUND,
        RefusalCode::Unexpected => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::CONFLICT,
    };
    (status, Json(refusal)).into_response()
}

async fn events(State(desk): State<Arc<Desk>>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let stream = BroadcastStream::new(desk.events()).map(|event| {
        // A listener that fell behind reads everything again instead of missing something.
        let event = event.unwrap_or(Event::EverythingChanged);
        let data = serde_json::to_string(&event).unwrap_or_default();
        Ok(sse::Event::default().data(data))
    });
    // The first event tells the listener that it listens; what changed before is read by its first commands.
    let hello = futures::stream::once(async { Ok(sse::Event::default().comment("listening")) });
    Sse::new(hello.chain(stream)).keep_alive(KeepAlive::default())
}
