//! Who may speak to this port: only one who knows the bearer, and only as 127.0.0.1.
//!
//! A web page in the merchant's browser can reach a loopback port; it cannot read the bearer, and by checking `Host`
//! a name that was made to point here (DNS rebinding) is refused as well.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::ConstantTimeEq as _;

/// The one credential of a run: 32 random bytes in hex.
#[derive(Clone)]
pub struct Bearer(String);

impl Bearer {
    /// A new one from the operating system's randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// To be handed to the one who started this process, and to nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let given = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.strip_prefix("Bearer "))
            .unwrap_or_default();
        bool::from(given.as_bytes().ct_eq(self.0.as_bytes()))
    }
}

/// Refuses every request that does not carry the bearer.
pub(crate) async fn bearer_only(State(bearer): State<Bearer>, request: Request, next: Next) -> Response {
    if bearer.admits(request.headers()) {
        return next.run(request).await;
    }
    (
        StatusCode::UNAUTHORIZED,
        "The bearer of this run is missing or wrong.\n",
    )
        .into_response()
}

/// Refuses every request that names another host than this one.
pub(crate) async fn this_host_only(State(port): State<u16>, request: Request, next: Next) -> Response {
    let host = request
        .headers()
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if host == format!("127.0.0.1:{port}") || host == format!("localhost:{port}") {
        return next.run(request).await;
    }
    (
        StatusCode::MISDIRECTED_REQUEST,
        "This port answers to 127.0.0.1 only.\n",
    )
        .into_response()
}
