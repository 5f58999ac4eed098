//! OpenID Connect for Kvit: a confidential client of the hybrid flow `code id_token` with PKCE (spec 4–6).
//!
//! `oauth2` and `openidconnect` carry the wire and the token checks that they know; what the flow needs beyond them
//! (state, `c_hash`, the returned address, key rotation, one session) is here, each check with an error of its own.
//! Deliberately absent: any page, any knowledge of invoices, any place for secrets but the keychain and memory.

mod answer;
mod attempt;
mod checks;
mod clock;
mod discovery;
mod error;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod http;
mod lease;
mod loopback;
pub mod probe;
mod provider;
mod secrets;
mod session;
mod tokens;

pub use answer::{AnswerError, ReturnedAnswer};
pub use attempt::{Attempt, SignedIn};
pub use checks::IdTokenRefused;
pub use clock::{Clock, SystemClock};
pub use discovery::{Discovery, DiscoveryError};
pub use error::{RefreshError, SigninError};
pub use http::{HttpClient, HttpError};
pub use loopback::{Delivery, Loopback, LoopbackError};
pub use provider::{Environment, Provider, Registration, ResponseMode};
pub use secrets::{Keychain, KeychainState, SecretKind, SecretName, SecretStore, SessionOnly, StoreError};
pub use session::{Session, SessionError, SessionState};
pub use tokens::Tokens;
