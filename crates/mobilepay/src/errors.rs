//! What a call gave: an answer with its technical details, or an error that says what the caller may do.
//!
//! The classes are those of the outbox's table (security 6.2): what an attempt proves, not which layer failed.

use std::{fmt, time::Duration};

use thiserror::Error;
use uuid::Uuid;

/// A good answer: what it says, and what it was.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer<T> {
    /// What the answer says.
    pub value: T,
    /// For "technical details".
    pub trace: Trace,
}

impl<T: fmt::Debug> fmt::Debug for Answer<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("value", &self.value)
            .field("trace", &self.trace)
            .finish()
    }
}

/// What passed over the wire, for support and for "technical details".
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// The `CorrelationId` that was sent (spec 3).
    pub correlation_id: Uuid,
    /// HTTP status, if an answer began to arrive.
    pub status: Option<u16>,
    /// Body of the answer as text, as far as it arrived and at most 64 KiB of it.
    pub body: String,
}

/// Bodies may hold link addresses, with which anybody can open an invoice, so they are not printed.
impl fmt::Debug for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trace")
            .field("correlation_id", &self.correlation_id)
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// Why a call gave no good answer, in the classes that decide what may be done next.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ApiError {
    /// Nothing left this machine: it may be tried again as if never tried.
    #[error("not sent: {reason}")]
    NotSent {
        /// What stood in the way.
        reason: NotSentReason,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// 401: not carried out. Refresh once, try once more (spec 3).
    #[error("the access token or the gateway credentials were not accepted")]
    Unauthorized {
        /// The gateway's words, if any.
        description: Option<String>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// 403 without a code: not carried out. It is about the token or the agreement and not about what was sent (spec 3, 13.2).
    #[error("this sign-in may not act for this merchant")]
    Forbidden {
        /// The words, if any.
        description: Option<String>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// The service looked at it and said no.
    #[error("refused with {status}: {}", description.as_deref().unwrap_or("no reason given"))]
    Refused {
        /// HTTP status.
        status: u16,
        /// Code of spec 13.3; see [`crate::meaning`].
        code: Option<u32>,
        /// The service's English words.
        description: Option<String>,
        /// Problems of single members, for `InputError`.
        fields: Vec<FieldError>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// 10104 or 10301 under any HTTP status: an invoice equal in all fields exists (spec 12.4).
    #[error("an identical invoice exists already")]
    AlreadyExists {
        /// HTTP status.
        status: u16,
        /// 10104 or 10301.
        code: u32,
        /// The service's English words.
        description: Option<String>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// 429: not carried out (assumed). The whole queue waits.
    #[error("the service asks to wait")]
    Throttled {
        /// How long, if it said so; never more than an hour.
        retry_after: Option<Duration>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// 404.
    #[error("not found")]
    NotFound {
        /// The service's English words, if any.
        description: Option<String>,
        /// Technical details.
        trace: Box<Trace>,
    },
    /// Nobody can tell whether it was carried out.
    #[error("outcome unknown: {reason}")]
    Unclear {
        /// What happened.
        reason: UnclearReason,
        /// How long to wait, if a 503 said so; never more than an hour.
        retry_after: Option<Duration>,
        /// Technical details.
        trace: Box<Trace>,
    },
}

impl ApiError {
    /// Correlation id, status and body of the call.
    pub fn trace(&self) -> &Trace {
        match self {
            Self::NotSent { trace, .. }
            | Self::Unauthorized { trace, .. }
            | Self::Forbidden { trace, .. }
            | Self::Refused { trace, .. }
            | Self::AlreadyExists { trace, .. }
            | Self::Throttled { trace, .. }
            | Self::NotFound { trace, .. }
            | Self::Unclear { trace, .. } => trace,
        }
    }
}

/// What stood in the way before anything was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotSentReason {
    /// The host's name was not resolved: usually no network.
    #[error("the host name could not be resolved")]
    NameNotResolved,
    /// The host did not take the connection.
    #[error("the connection was refused")]
    ConnectionRefused,
    /// No connection within the time allowed for it.
    #[error("the host could not be reached in time")]
    ConnectTimedOut,
    /// The host could not prove who it is.
    #[error("no secure connection could be made")]
    Tls,
    /// No connection for another reason.
    #[error("no connection could be made")]
    NotConnected,
    /// An id or token that cannot stand in a request.
    #[error("the request could not be written")]
    Unwritable,
}

/// Why nobody can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnclearReason {
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// The connection was lost before an answer came.
    #[error("the connection was lost")]
    ConnectionLost,
    /// 5xx (spec 7: after a 500 the outcome is unknown).
    #[error("the service failed with {0}")]
    ServerFailed(u16),
    /// The answer ended before its end.
    #[error("the answer was cut off")]
    Cut,
    /// The answer is longer than any answer of this call can be.
    #[error("the answer was too long")]
    TooLong,
    /// A refusal to create that does not tell whether the invoice exists.
    #[error("the service answered with a conflict and did not say which")]
    Unexplained,
    /// A complete answer which does not say what it must.
    #[error("the answer could not be read")]
    Unreadable,
    /// A status that no document gives, such as a redirect.
    #[error("the service answered with an unexpected status {0}")]
    UnexpectedStatus(u16),
}

/// A problem that an `InputError` names: `input.TotalAmount : Invalid input`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The member, without the `input.` before it; empty if the line names none.
    pub field: String,
    /// What is said of it.
    pub text: String,
}

/// What an attempt to create proves (security 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// It never left this machine.
    NotSent,
    /// It was looked at and refused.
    Refused,
    /// Nothing: the invoice may or may not exist.
    Nothing,
    /// An invoice with exactly these fields exists.
    ExistsAlready,
    /// It was turned away before it was looked at.
    NotCarriedOut,
}

/// What `error` proves about the attempt that gave it. Pure.
pub const fn proves(error: &ApiError) -> Proof {
    match error {
        ApiError::NotSent { .. } => Proof::NotSent,
        ApiError::Unauthorized { .. } | ApiError::Forbidden { .. } | ApiError::Throttled { .. } => {
            Proof::NotCarriedOut
        }
        ApiError::Refused { .. } | ApiError::NotFound { .. } => Proof::Refused,
        ApiError::AlreadyExists { .. } => Proof::ExistsAlready,
        ApiError::Unclear { .. } => Proof::Nothing,
    }
}
