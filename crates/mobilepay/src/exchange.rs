//! One HTTP exchange: a request goes out once, its answer is read to an end or to a limit, and what went wrong
//! is put into the class that says what it proves (security 6.2, 6.4).

use std::{error::Error, io};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use reqwest::{Client, RequestBuilder, Response, Url};
use uuid::Uuid;

use crate::confidential::Confidential;
use crate::{Answer, ApiError, NotSentReason, Trace, UnclearReason, refusal};

/// No JSON answer of the service comes near this.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// How a PDF begins.
pub(crate) const PAPER: &[u8] = b"%PDF-";

/// How much of a body is kept for "technical details".
const KEPT: usize = 64 * 1024;

/// A complete answer with a status of 2xx.
pub(crate) struct Good {
    /// As it came: for a paper.
    pub(crate) body: Bytes,
    text: String,
    pub(crate) trace: Trace,
}

impl Good {
    /// What `read` finds in the text of the answer; an answer in which it finds nothing proves nothing.
    pub(crate) fn read<T>(self, read: impl FnOnce(&str) -> Option<T>) -> Result<Answer<T>, ApiError> {
        self.read_traced(|text, _| read(text))
    }

    /// The same, with the technical details at hand.
    pub(crate) fn read_traced<T>(
        self,
        read: impl FnOnce(&str, &Trace) -> Option<T>,
    ) -> Result<Answer<T>, ApiError> {
        match read(&self.text, &self.trace) {
            Some(value) => Ok(Answer {
                value,
                trace: self.trace,
            }),
            None => Err(self.unreadable()),
        }
    }

    fn unreadable(&self) -> ApiError {
        let trace = Box::new(self.trace.clone());
        let status = self.trace.status.unwrap_or_default();
        let envelope = refusal::Envelope::read(&self.text);
        // A 2xx that carries "exists already" still says that the invoice exists.
        match envelope.and_then(|envelope| envelope.is_exists().map(|code| (code, envelope.description))) {
            Some((code, description)) => ApiError::AlreadyExists {
                status,
                code,
                description,
                trace,
            },
            None => refusal::unclear(UnclearReason::Unreadable, None, trace),
        }
    }
}

/// A request with the headers of every call (spec 3), all but the credentials.
pub(crate) fn request(http: &Client, method: Method, url: Url, correlation_id: Uuid) -> RequestBuilder {
    http.request(method, url)
        .header(header::ACCEPT, "application/json")
        .header("CorrelationId", correlation_id.to_string())
}

/// Sends `request` once and reads its JSON answer.
pub(crate) async fn exchange(request: RequestBuilder, correlation_id: Uuid) -> Result<Good, ApiError> {
    exchange_up_to(LONGEST_ANSWER, request, correlation_id).await
}

/// The same for a request whose body holds `secret`, which is struck from what comes back.
pub(crate) async fn exchange_secret(
    request: RequestBuilder,
    correlation_id: Uuid,
    secret: &str,
) -> Result<Good, ApiError> {
    carry(LONGEST_ANSWER, request, correlation_id, Some(secret)).await
}

/// Sends `request` once and reads at most `limit` bytes of its answer.
pub(crate) async fn exchange_up_to(
    limit: usize,
    request: RequestBuilder,
    correlation_id: Uuid,
) -> Result<Good, ApiError> {
    carry(limit, request, correlation_id, None).await
}

async fn carry(
    limit: usize,
    request: RequestBuilder,
    correlation_id: Uuid,
    secret: Option<&str>,
) -> Result<Good, ApiError> {
    let mut trace = Trace {
        correlation_id,
        ..Trace::default()
    };
    let (http, request) = request.build_split();
    let request = match request {
        Ok(request) => request,
        Err(error) => return Err(unanswered(&error, trace)),
    };
    let confidential = Confidential::of(request.headers(), secret);
    let creates = request.method() == Method::POST;
    let response = match http.execute(request).await {
        Ok(response) => response,
        Err(error) => return Err(unanswered(&error, trace)),
    };
    let status = response.status();
    let headers = response.headers().clone();
    trace.status = Some(status.as_u16());
    let (body, end) = read_body(response, limit).await;
    // A paper is no text, and nothing of it is kept.
    let text = if body.starts_with(PAPER) {
        String::new()
    } else {
        confidential.strike(String::from_utf8_lossy(&body).into_owned())
    };
    text[..text.floor_char_boundary(KEPT)].clone_into(&mut trace.body);
    tracing::debug!(%correlation_id, status = status.as_u16(), bytes = body.len(), "answer");
    match end {
        Ok(()) if status.is_success() => Ok(Good { body, text, trace }),
        Ok(()) => Err(refusal::error_of(status.as_u16(), &headers, &text, trace)),
        // Of a create the rest of a 404 may have said that it exists already.
        Err(reason) if creates && status == StatusCode::NOT_FOUND => {
            Err(refusal::unclear(reason, None, Box::new(trace)))
        }
        Err(reason) => Err(unfinished(reason, status.as_u16(), &headers, &text, trace)),
    }
}

/// An answer whose body did not come whole. The status alone decides only where no body could change its meaning.
fn unfinished(reason: UnclearReason, status: u16, headers: &HeaderMap, text: &str, trace: Trace) -> ApiError {
    if matches!(status, 401 | 404 | 429) {
        return refusal::error_of(status, headers, text, trace);
    }
    refusal::unclear(reason, None, Box::new(trace))
}

async fn read_body(mut response: Response, limit: usize) -> (Bytes, Result<(), UnclearReason>) {
    let mut body = Vec::new();
    let end = loop {
        match response.chunk().await {
            Ok(None) => break Ok(()),
            Ok(Some(chunk)) if body.len() + chunk.len() <= limit => body.extend_from_slice(&chunk),
            Ok(Some(_)) => break Err(UnclearReason::TooLong),
            Err(error) if error.is_timeout() => break Err(UnclearReason::TimedOut),
            Err(_) => break Err(UnclearReason::Cut),
        }
    };
    (Bytes::from(body), end)
}

/// A call without an answer: not sent if no connection came about, and otherwise unclear.
fn unanswered(error: &reqwest::Error, trace: Trace) -> ApiError {
    let trace = Box::new(trace);
    tracing::debug!(correlation_id = %trace.correlation_id, connect = error.is_connect(), "no answer");
    if error.is_builder() {
        return ApiError::NotSent {
            reason: NotSentReason::Unwritable,
            trace,
        };
    }
    if error.is_connect() {
        return ApiError::NotSent {
            reason: not_connected(error),
            trace,
        };
    }
    let reason = if error.is_timeout() {
        UnclearReason::TimedOut
    } else {
        UnclearReason::ConnectionLost
    };
    refusal::unclear(reason, None, trace)
}

/// Words a missing connection. Only the words depend on this; that nothing was sent does not. `login::probe` tries an address by
/// the same walk, with verdicts of its own; neither crate may know the other, and a third one for a loop would cost more.
fn not_connected(error: &reqwest::Error) -> NotSentReason {
    if error.is_timeout() {
        return NotSentReason::ConnectTimedOut;
    }
    let mut cause: Option<&dyn Error> = error.source();
    while let Some(here) = cause {
        let text = here.to_string();
        if text.contains("dns error") {
            return NotSentReason::NameNotResolved;
        }
        match here.downcast_ref::<io::Error>().map(innermost) {
            Some(io::ErrorKind::ConnectionRefused) => return NotSentReason::ConnectionRefused,
            Some(io::ErrorKind::TimedOut) => return NotSentReason::ConnectTimedOut,
            Some(io::ErrorKind::InvalidData) => return NotSentReason::Tls,
            _ => {}
        }
        cause = here.source();
    }
    NotSentReason::NotConnected
}

/// An error of a handshake comes wrapped in another, and `source` steps over what it wraps.
fn innermost(error: &io::Error) -> io::ErrorKind {
    let mut error = error;
    while let Some(inner) = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<io::Error>())
    {
        error = inner;
    }
    error.kind()
}
