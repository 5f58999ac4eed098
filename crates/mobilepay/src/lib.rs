//! The `MobilePay` Invoice API: one function an endpoint, exact bytes out, tolerant reading in.
//!
//! Deliberately absent: retries, queues, clocks and tokens' lifetimes. A call is made once and says what its
//! outcome proves ([`proves`]); what follows from that is decided by whoever keeps the outbox.

mod answers;
mod api;
mod codes;
mod confidential;
mod errors;
mod exchange;
mod frozen;
mod json;
mod refusal;
pub mod user_simulation;

pub use answers::{
    Article, Created, CreatedLink, Details, Issuer, IssuerStatus, Issuers, Me, Status, VatTotal,
};
pub use api::{AccessToken, Api, ApiHttp, GatewayCredentials, SetupError};
pub use codes::{Meaning, meaning};
pub use errors::{Answer, ApiError, FieldError, NotSentReason, Proof, Trace, UnclearReason, proves};
pub use frozen::{FreezeError, FrozenRequest, create_request};
