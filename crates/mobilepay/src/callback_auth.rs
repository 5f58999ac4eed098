//! Where the service sends its events, and how it proves itself there (spec 11.1): both calls, and the check.
//!
//! Deliberately absent: reading and removing. No document has a call for either (spec 7.1); a later call of either
//! kind replaces what was set before, so the merchant's own copy is the only one that can be read.

use std::fmt;

use base64::{Engine, prelude::BASE64_STANDARD};
use http::Method;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use subtle::ConstantTimeEq;
use thiserror::Error;
use uuid::Uuid;

use crate::{AccessToken, Answer, Api, ApiError, exchange, gateway};

/// Shorter secrets can be guessed at the receiver, and cannot be struck from what a server echoes.
const SHORTEST_SECRET: usize = 12;

/// No document gives a limit (spec 21.2); this is far from any that a header has.
const LONGEST: usize = 255;

/// What the service shows at the receiver in `Authorization`.
#[derive(Clone)]
pub struct CallbackCredentials(Kind);

#[derive(Clone)]
enum Kind {
    Basic {
        username: String,
        password: SecretString,
    },
    ApiKey(SecretString),
}

/// Secrets are not printed.
impl fmt::Debug for CallbackCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Basic { .. } => "CallbackCredentials(Basic)",
            Kind::ApiKey(_) => "CallbackCredentials(ApiKey)",
        })
    }
}

/// Why credentials or an address cannot be used for callbacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// A user name must have something in it, and no colon or control character (RFC 7617, 2).
    #[error("a user name may hold neither a colon nor control characters")]
    BadUsername,
    /// Between 12 and 255 characters without control characters.
    #[error("the password must have 12 to 255 ordinary characters")]
    BadPassword,
    /// The key must be able to stand in a header by itself (spec 11.1: 400 otherwise).
    #[error("the key must have 12 to 255 letters, digits or -._~+/ and may end with =")]
    BadApiKey,
    /// The receiver must be https.
    #[error("the address for callbacks must begin with https")]
    NotHttps,
    /// A user name, a fragment or no host.
    #[error("the address for callbacks is not a plain address")]
    BadAddress,
}

impl CallbackCredentials {
    /// `Authorization: Basic …` (spec 11.2).
    pub fn basic(username: String, password: SecretString) -> Result<Self, CallbackError> {
        let plain = |text: &str| text.len() <= LONGEST && !text.chars().any(char::is_control);
        if username.is_empty() || username.contains(':') || !plain(&username) {
            return Err(CallbackError::BadUsername);
        }
        let secret = password.expose_secret();
        if secret.len() < SHORTEST_SECRET || !plain(secret) {
            return Err(CallbackError::BadPassword);
        }
        Ok(Self(Kind::Basic { username, password }))
    }

    /// `Authorization: <key>` without a scheme (spec 11.2). The alphabet is that of a token68, as the sister
    /// product demands.
    pub fn api_key(key: SecretString) -> Result<Self, CallbackError> {
        let text = key.expose_secret();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
        let core = text.trim_end_matches('=');
        let fits = (SHORTEST_SECRET..=LONGEST).contains(&text.len()) && core.bytes().all(is_token);
        if !fits || core.is_empty() {
            return Err(CallbackError::BadApiKey);
        }
        Ok(Self(Kind::ApiKey(key)))
    }

    /// Whether a request with this `Authorization` header comes from whom these credentials were given to.
    ///
    /// Pure. The secret is compared in a time that depends on its length alone.
    pub fn admit(&self, authorization: Option<&[u8]>) -> bool {
        let Some(shown) = authorization else {
            return false;
        };
        match &self.0 {
            Kind::Basic { username, password } => {
                let expected = format!("{username}:{}", password.expose_secret());
                decoded_basic(shown).is_some_and(|shown| expected.as_bytes().ct_eq(&shown).into())
            }
            Kind::ApiKey(key) => key.expose_secret().as_bytes().ct_eq(shown.trim_ascii()).into(),
        }
    }

    /// The secret part, for striking it from what a server says back.
    fn secret(&self) -> &str {
        match &self.0 {
            Kind::Basic { password, .. } => password.expose_secret(),
            Kind::ApiKey(key) => key.expose_secret(),
        }
    }
}

/// What stands after the scheme word, which is known in any casing (RFC 9110 11.1).
fn decoded_basic(shown: &[u8]) -> Option<Vec<u8>> {
    let (scheme, rest) = shown.trim_ascii().split_at_checked(6)?;
    if !scheme.eq_ignore_ascii_case(b"basic ") {
        return None;
    }
    BASE64_STANDARD.decode(rest.trim_ascii()).ok()
}

/// The member names of the machine-readable description (spec 21.1 item 28).
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Basic<'a> {
    username: &'a str,
    password: &'a str,
    callback_url: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ApiKey<'a> {
    api_key: &'a str,
    callback_url: &'a str,
}

impl Api {
    /// Whether `address` may be given to the service: https, or where the service itself is
    /// reached by plain http on this machine, that.
    pub fn check_callback_address(&self, address: &Url) -> Result<(), CallbackError> {
        let bare =
            address.username().is_empty() && address.password().is_none() && address.fragment().is_none();
        match address.scheme() {
            _ if !bare || !address.has_host() => Err(CallbackError::BadAddress),
            "https" => Ok(()),
            "http" if self.gateway.is_plain && gateway::is_loopback(address) => Ok(()),
            _ => Err(CallbackError::NotHttps),
        }
    }

    /// `PUT merchants/{id}/auth/basic` or `…/auth/apikey` (spec 11.1). It replaces what was set before.
    ///
    /// An `address` that [`Self::check_callback_address`] refuses is not sent.
    pub async fn set_callbacks(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        merchant_id: &str,
        address: &Url,
        credentials: &CallbackCredentials,
    ) -> Result<Answer<()>, ApiError> {
        if self.check_callback_address(address).is_err() {
            return Err(gateway::unwritable(correlation_id));
        }
        let kind = match credentials.0 {
            Kind::Basic { .. } => "basic",
            Kind::ApiKey(_) => "apikey",
        };
        let path = ["api", "v1", "merchants", merchant_id, "auth", kind];
        let call = self.gateway.effect(Method::PUT, token, correlation_id, &path)?;
        let callback_url = address.as_str();
        let call = match &credentials.0 {
            Kind::Basic { username, password } => call.json(&Basic {
                username,
                password: password.expose_secret(),
                callback_url,
            }),
            Kind::ApiKey(key) => call.json(&ApiKey {
                api_key: key.expose_secret(),
                callback_url,
            }),
        };
        exchange::exchange_secret(call, correlation_id, credentials.secret())
            .await?
            .read(|_| Some(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn basic(username: &str, password: &str) -> Result<CallbackCredentials, CallbackError> {
        CallbackCredentials::basic(username.to_owned(), password.into())
    }

    #[test]
    fn the_published_basic_header_is_admitted_and_no_other() {
        // spec 11.1: Username, MySecretPswd.
        let credentials = basic("Username", "MySecretPswd").unwrap();
        let shown = |text: &str| credentials.admit(Some(text.as_bytes()));
        assert!(shown("Basic VXNlcm5hbWU6TXlTZWNyZXRQc3dk"));
        assert!(shown("basic  VXNlcm5hbWU6TXlTZWNyZXRQc3dk "));
        for other in [
            "",
            "Basic",
            "Basic ",
            "Basic VXNlcm5hbWU6",
            "Basic VXNlcm5hbWU6TXlTZWNyZXRQc3dl",
            "Basic VXNlcm5hbWU6TXlTZWNyZXRQc3dkeA==",
            "Basic dXNlcm5hbWU6TXlTZWNyZXRQc3dk",
            "Bearer VXNlcm5hbWU6TXlTZWNyZXRQc3dk",
            "VXNlcm5hbWU6TXlTZWNyZXRQc3dk",
            "Basic Username:MySecretPswd",
            "Basic \u{e6}\u{e6}\u{e6}",
        ] {
            assert!(!shown(other), "{other}");
        }
        assert!(!credentials.admit(None));
    }

    #[test]
    fn the_published_key_is_admitted_raw_and_no_other() {
        let credentials = CallbackCredentials::api_key("SomeSecretApiKey123".into()).unwrap();
        let shown = |text: &str| credentials.admit(Some(text.as_bytes()));
        assert!(shown("SomeSecretApiKey123"));
        for other in [
            "",
            "SomeSecretApiKey12",
            "SomeSecretApiKey1234",
            "someSecretApiKey123",
            "Bearer SomeSecretApiKey123",
        ] {
            assert!(!shown(other), "{other}");
        }
    }

    #[test]
    fn what_cannot_stand_in_the_header_is_refused_before_it_is_sent() {
        let key = |text: &str| CallbackCredentials::api_key(text.into()).err();
        for bad in [
            "",
            "short",
            "============",
            "has a space in it",
            "æøåæøåæøåæøå",
            "a=bcdefghijklm",
            "line\nbreak00000",
        ] {
            assert_eq!(key(bad), Some(CallbackError::BadApiKey), "{bad}");
        }
        assert_eq!(key(&"a".repeat(256)), Some(CallbackError::BadApiKey));
        assert_eq!(key("-._~+/09azAZ=="), None);
        assert_eq!(basic("", "MySecretPswd").err(), Some(CallbackError::BadUsername));
        assert_eq!(
            basic("a:b", "MySecretPswd").err(),
            Some(CallbackError::BadUsername)
        );
        assert_eq!(
            basic("a", "My\rSecretPswd").err(),
            Some(CallbackError::BadPassword)
        );
        assert_eq!(basic("a", "short").err(), Some(CallbackError::BadPassword));
        assert!(basic("a", "with:colon:in:it æ").is_ok());
    }

    #[test]
    fn secrets_are_not_printed() {
        let printed = format!("{:?}", basic("Username", "MySecretPswd").unwrap());
        assert!(!printed.contains("MySecret") && !printed.contains("Username"));
    }
}
