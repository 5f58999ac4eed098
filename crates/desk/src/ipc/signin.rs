//! Signing in: begin, wait for the browser, come back by one of three doors.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Door;

/// How to begin.
#[derive(Clone, Copy, Debug, Default, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct SigninBegin {
    /// Another door than the connection's own (practice and sandbox).
    #[ts(optional)]
    pub door: Option<Door>,
}

/// A sign-in in progress. There is at most one; beginning again ends the one before.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SigninView {
    /// Names this attempt in events.
    pub attempt: String,
    /// What the browser opens. Holds no secret; state and nonce are worth nothing without this run's verifier.
    pub authorize_url: String,
    /// Where the browser comes back.
    pub redirect_uri: String,
    /// By which door.
    pub door: Door,
    /// After this the answer is refused, ISO timestamp.
    pub expires_at: String,
    /// Whether the system browser was opened; if not, show the address.
    pub browser_opened: bool,
}

/// An address copied from the browser.
#[derive(Clone, Deserialize, TS)]
pub struct SigninPaste {
    /// The whole address.
    pub address: String,
}

/// How an attempt ended; also sent as an event.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SigninEnd {
    /// Which attempt.
    pub attempt: String,
    /// `null`: signed in. Otherwise a stable code of what was refused (`state_mismatch`, `access_denied`, `c_hash_mismatch` ...).
    pub refused: Option<String>,
}
