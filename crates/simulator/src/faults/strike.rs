//! Striking a call: between the wire and the handlers.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures::StreamExt as _;
use futures::stream;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::line::Cut;
use super::{Call, Trouble};
use crate::gateway;
use crate::reporting;
use crate::world::{World, http_date};

/// Larger than any body of ours.
const LARGEST: usize = 64 * 1024 * 1024;
/// Into the status line: what a client sees of an answer without a body that is cut in the middle.
const MID_HEAD: usize = 12;

/// Lets the call through, or does to it what the rules say.
pub(crate) async fn strike(
    State(world): State<Arc<World>>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/__practice") {
        return next.run(request).await;
    }
    let Ok((request, body)) = with_body(request, world.faults.read_bodies()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let troubles = world.faults.befall(Call {
        method: request.method().as_str(),
        path: &path,
        body: &body,
    });
    rest(&troubles, false).await;
    let trouble = troubles
        .iter()
        .copied()
        .find(|trouble| !matches!(trouble, Trouble::Delay { .. } | Trouble::Late { .. }));
    let correlation = gateway::correlation(request.headers());
    let place = Place::of(&path);
    let instead = |now| match trouble {
        Some(Trouble::Status {
            status,
            retry_after,
            as_date,
            ..
        }) => {
            let mut answer = refusal(status, place, &correlation);
            if let Some(value) = retry_after.and_then(|seconds| later(now, seconds, as_date)) {
                answer.headers_mut().insert(header::RETRY_AFTER, value);
            }
            answer
        }
        _ => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    };
    let handled = match trouble {
        Some(Trouble::DropBefore) => {
            cut.after(0);
            return instead(world.unmoved());
        }
        Some(Trouble::Status { handled: false, .. }) => instead(world.unmoved()),
        Some(Trouble::Status { handled: true, .. }) => {
            next.run(request).await;
            instead(world.unmoved())
        }
        _ => next.run(request).await,
    };
    rest(&troubles, true).await;
    spoil(handled, trouble, &cut).await
}

/// The request as it was, with its body read beside it if a rule looks into bodies.
async fn with_body(request: Request, read: bool) -> Result<(Request, Bytes), axum::Error> {
    if !read {
        return Ok((request, Bytes::new()));
    }
    let (head, body) = request.into_parts();
    let body = to_bytes(body, LARGEST).await?;
    Ok((Request::from_parts(head, Body::from(body.clone())), body))
}

/// Waits as long as the rules say before the call is handled, or (`late`) after.
async fn rest(troubles: &[Trouble], late: bool) {
    let times = troubles.iter().map(|trouble| match trouble {
        Trouble::Delay { ms } if !late => *ms,
        Trouble::Late { ms } if late => *ms,
        _ => 0,
    });
    let wait = Duration::from_millis(times.fold(0, u64::saturating_add));
    if !wait.is_zero() {
        tokio::time::sleep(wait).await;
    }
}

/// Does to the answer what is done to answers.
async fn spoil(answer: Response, trouble: Option<Trouble>, cut: &Cut) -> Response {
    match trouble {
        Some(Trouble::DropAfter) => {
            cut.after(0);
            answer
        }
        Some(Trouble::DropMiddle) => {
            cut.with_reset();
            broken(answer, cut, |length| length / 2).await
        }
        Some(Trouble::Truncated) => broken(answer, cut, |length| length - (length / 4).max(1)).await,
        Some(Trouble::Slow { bytes, ms }) => dripped(answer, bytes.max(1), ms).await,
        Some(Trouble::Garbage) => garbled(answer),
        _ => answer,
    }
}

async fn whole(answer: Response) -> (Response, Bytes) {
    let (head, body) = answer.into_parts();
    let bytes = to_bytes(body, LARGEST).await.unwrap_or_default();
    let mut empty = Response::from_parts(head, Body::empty());
    if !bytes.is_empty() {
        empty
            .headers_mut()
            .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    (empty, bytes)
}

/// Only so many bytes of the body as `kept` says of its length, though the head promises all.
async fn broken(answer: Response, cut: &Cut, kept: impl Fn(usize) -> usize) -> Response {
    let (mut answer, bytes) = whole(answer).await;
    if bytes.is_empty() {
        cut.after(MID_HEAD);
        return answer;
    }
    let part = bytes.slice(..kept(bytes.len()));
    let pieces = stream::once(async { Ok::<_, io::Error>(part) }).chain(stream::once(async {
        // Once around, so that the head and the part are on the wire before the end comes.
        tokio::task::yield_now().await;
        Err(io::ErrorKind::ConnectionReset.into())
    }));
    *answer.body_mut() = Body::from_stream(pieces);
    answer
}

async fn dripped(answer: Response, at_a_time: usize, ms: u64) -> Response {
    let (mut answer, bytes) = whole(answer).await;
    let pieces = stream::unfold(bytes, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(ms)).await;
        let piece = rest.split_to(at_a_time.min(rest.len()));
        Some((Ok::<_, Infallible>(piece), rest))
    });
    *answer.body_mut() = Body::from_stream(pieces);
    answer
}

fn garbled(answer: Response) -> Response {
    let (mut head, _) = answer.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers
        .insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    if head.status == StatusCode::NO_CONTENT {
        head.status = StatusCode::OK;
    }
    Response::from_parts(head, Body::from("{\"InvoiceId\": \"\u{fffd}\u{0}, ]]<html>"))
}

/// Whose errors have which shape.
#[derive(Clone, Copy)]
enum Place {
    Api,
    Reporting,
    Provider,
}

impl Place {
    fn of(path: &str) -> Self {
        if path.starts_with("/invoice-restapi") {
            Self::Api
        } else if path.starts_with("/v3/reporting") {
            Self::Reporting
        } else {
            Self::Provider
        }
    }
}

/// The service's own shapes where they are known; elsewhere OAuth's.
fn refusal(status: u16, place: Place, correlation: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let reason = status.canonical_reason().unwrap_or_default();
    match place {
        Place::Provider => {
            let body = json!({ "error": "temporarily_unavailable", "error_description": reason });
            return (status, axum::Json(body)).into_response();
        }
        Place::Reporting => {
            let text = "A fault on demand of the simulator.";
            return reporting::error(status, &reason.replace(' ', ""), text, correlation);
        }
        Place::Api => {}
    }
    match status {
        StatusCode::FORBIDDEN => gateway::forbidden(correlation),
        StatusCode::INTERNAL_SERVER_ERROR => gateway::server_error(correlation),
        _ => {
            let body = json!({
                "httpCode": status.as_str(), "httpMessage": reason,
                "moreInformation": "A fault on demand of the simulator",
            });
            (status, axum::Json(body)).into_response()
        }
    }
}

/// RFC 9110 10.2.3: seconds, or a date by the clock of the answer's own `Date`.
fn later(now: Timestamp, seconds: u32, as_date: bool) -> Option<HeaderValue> {
    if !as_date {
        return Some(HeaderValue::from(seconds));
    }
    http_date(now.checked_add(SignedDuration::from_secs(seconds.into())).ok()?)
}
