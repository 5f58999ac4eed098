//! The `MobilePay` Invoice API: one function an endpoint, exact bytes out, tolerant reading in.
//!
//! Deliberately absent: retries, queues, clocks and tokens' lifetimes. A call is made once and says what its
//! outcome proves ([`proves`]); what follows from that is decided by whoever keeps the outbox.

mod answers;
mod api;
mod batch;
mod callback_auth;
mod codes;
mod confidential;
mod consents;
mod errors;
mod escapes;
mod events;
mod exchange;
mod frozen;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod gateway;
mod json;
mod refusal;
pub mod reporting;
pub mod user_simulation;

pub use answers::{
    Article, Created, CreatedLink, Details, Issuer, IssuerStatus, Issuers, Me, Status, VatTotal,
};
pub use api::Api;
pub use batch::{BatchError, BatchOutcome, FrozenBatch, MOST_IN_BATCH};
pub use callback_auth::{CallbackCredentials, CallbackError};
pub use codes::{Meaning, meaning};
pub use consents::{Consent, ConsentPage, ConsentState};
pub use errors::{Answer, ApiError, FieldError, NotSentReason, Proof, Trace, UnclearReason, proves};
pub use events::{Event, Events, EventsError, LONGEST_CALLBACK, read_events};
pub use frozen::{FreezeError, FrozenRequest, create_request};
pub use gateway::{AccessToken, ApiHttp, GatewayCredentials, SetupError};
