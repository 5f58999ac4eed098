//! The way to the service: its address, the gateway's credentials, the headers of every call (spec 3).
//!
//! Deliberately absent: a second host, redirects and repeats. A call goes to the base address or nowhere.

use std::{fmt, net::IpAddr, time::Duration};

use http::{HeaderValue, Method, header};
use reqwest::{Client, RequestBuilder, Url, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;
use url::Host;
use uuid::Uuid;

use crate::{ApiError, NotSentReason, Trace, exchange, json::is_id};

/// The `x-ibm-*` credentials of the developer portal's app (spec 3).
#[derive(Clone)]
pub struct GatewayCredentials {
    /// `x-ibm-client-id`.
    pub id: String,
    /// `x-ibm-client-secret`.
    pub secret: SecretString,
}

/// Neither is printed: the id too is to be kept in a secure place (spec 2.1).
impl fmt::Debug for GatewayCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GatewayCredentials").finish_non_exhaustive()
    }
}

/// A bearer token with scope `invoice`.
#[derive(Clone, Debug)]
pub struct AccessToken(SecretString);

impl AccessToken {
    /// Wraps a token as the token endpoint gave it.
    pub const fn new(token: SecretString) -> Self {
        Self(token)
    }
}

/// How calls are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ApiHttp {
    /// Whether plain http to this machine is allowed: the practice world. Anywhere else it never is.
    pub loopback_http: bool,
    /// Time for a connection.
    pub connect_timeout: Duration,
    /// Time for a whole call.
    pub total_timeout: Duration,
    /// Time for a call with a batch, which carries up to two thousand invoices.
    pub batch_timeout: Duration,
}

impl Default for ApiHttp {
    /// https only, 10 s and 30 s (security 6.4), and 120 s for a batch.
    fn default() -> Self {
        Self {
            loopback_http: false,
            connect_timeout: Duration::from_secs(10),
            total_timeout: Duration::from_secs(30),
            batch_timeout: Duration::from_mins(2),
        }
    }
}

impl ApiHttp {
    /// The default with plain http to this machine allowed.
    pub fn practice() -> Self {
        Self {
            loopback_http: true,
            ..Self::default()
        }
    }
}

/// Why no [`Api`] can be made.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SetupError {
    /// Neither https nor allowed plain http to this machine.
    #[error("the address of the service must begin with https")]
    NotHttps,
    /// A query, fragment, user name or no host in the base address.
    #[error("the address of the service is not a plain base address")]
    NotABase,
    /// Credentials that cannot stand in a header.
    #[error("the gateway credentials hold characters that no header may hold")]
    BadCredentials,
    /// The TLS roots or the like could not be loaded.
    #[error("no HTTP client could be made: {0}")]
    Http(String),
}

/// A base address with a set of gateway credentials.
#[derive(Clone, Debug)]
pub(crate) struct Gateway {
    base: Url,
    /// Creates and cancels: each over a fresh connection, so that no dead one swallows it.
    effects: Client,
    /// Reads may share connections.
    reads: Client,
    client_id: HeaderValue,
    client_secret: HeaderValue,
    /// How long a batch may take.
    pub(crate) batch_timeout: Duration,
    /// Whether calls go over plain http to this machine.
    pub(crate) is_plain: bool,
}

impl Gateway {
    pub(crate) fn new(base: Url, gateway: &GatewayCredentials, http: ApiHttp) -> Result<Self, SetupError> {
        let plain = check_base(&base, http.loopback_http)?;
        // The id is no name to be shown either: it is to be kept in a secure place (spec 2.1).
        let mut client_id = HeaderValue::from_str(&gateway.id).map_err(|_| SetupError::BadCredentials)?;
        client_id.set_sensitive(true);
        let mut client_secret =
            HeaderValue::from_str(gateway.secret.expose_secret()).map_err(|_| SetupError::BadCredentials)?;
        client_secret.set_sensitive(true);
        Ok(Self {
            effects: client(http, plain, 0)?,
            reads: client(http, plain, 2)?,
            base,
            client_id,
            client_secret,
            batch_timeout: http.batch_timeout,
            is_plain: plain,
        })
    }

    /// A call that only looks.
    pub(crate) fn look(
        &self,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<RequestBuilder, ApiError> {
        self.call(&self.reads, Method::GET, token, correlation_id, path)
    }

    /// A call that changes something: over a fresh connection.
    pub(crate) fn effect(
        &self,
        method: Method,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<RequestBuilder, ApiError> {
        self.call(&self.effects, method, token, correlation_id, path)
    }

    /// The same without a body, which is said: a PUT that tells no length is refused by servers that demand one (411;
    /// RFC 9110 8.6).
    pub(crate) fn bare_effect(
        &self,
        method: Method,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<RequestBuilder, ApiError> {
        let call = self.effect(method, token, correlation_id, path)?;
        Ok(call.header(header::CONTENT_LENGTH, 0))
    }

    fn call(
        &self,
        http: &Client,
        method: Method,
        token: &AccessToken,
        correlation_id: Uuid,
        path: &[&str],
    ) -> Result<RequestBuilder, ApiError> {
        // Ids come from files and answers: only what cannot change the path may stand in it.
        if !path.iter().all(|segment| is_id(segment)) {
            return Err(unwritable(correlation_id));
        }
        let mut url = self.base.clone();
        url.path_segments_mut()
            .map_err(|()| unwritable(correlation_id))?
            .pop_if_empty()
            .extend(path);
        tracing::debug!(%correlation_id, %method, path = url.path(), "call");
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", token.0.expose_secret()))
            .map_err(|_| unwritable(correlation_id))?;
        bearer.set_sensitive(true);
        Ok(exchange::request(http, method, url, correlation_id)
            .header("x-ibm-client-id", &self.client_id)
            .header("x-ibm-client-secret", &self.client_secret)
            .header(header::AUTHORIZATION, bearer))
    }
}

fn client(http: ApiHttp, plain: bool, idle: usize) -> Result<Client, SetupError> {
    let client = Client::builder()
        .user_agent(concat!("Kvit/", env!("CARGO_PKG_VERSION")))
        .https_only(!plain)
        .http1_only()
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .connect_timeout(http.connect_timeout)
        .timeout(http.total_timeout)
        .pool_max_idle_per_host(idle);
    // A proxy must not carry what is meant for this machine, and a machine without root certificates
    // can still practise: the client of a plain world trusts no host at all.
    let client = if plain {
        client.no_proxy().tls_certs_only([])
    } else {
        client
    };
    client
        .build()
        .map_err(|error| SetupError::Http(error.to_string()))
}

pub(crate) fn unwritable(correlation_id: Uuid) -> ApiError {
    let trace = Box::new(Trace {
        correlation_id,
        ..Trace::default()
    });
    ApiError::NotSent {
        reason: NotSentReason::Unwritable,
        trace,
    }
}

/// Whether calls go over plain http.
fn check_base(base: &Url, loopback_http: bool) -> Result<bool, SetupError> {
    let is_bare = base.username().is_empty()
        && base.password().is_none()
        && base.query().is_none()
        && base.fragment().is_none();
    if !is_bare || !base.has_host() {
        return Err(SetupError::NotABase);
    }
    match base.scheme() {
        "https" => Ok(false),
        "http" if loopback_http && is_loopback(base) => Ok(true),
        _ => Err(SetupError::NotHttps),
    }
}

pub(crate) fn is_loopback(base: &Url) -> bool {
    match base.host() {
        Some(Host::Ipv4(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Ipv6(address)) => IpAddr::from(address).is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(base: &str, loopback_http: bool) -> Result<(), SetupError> {
        let gateway = GatewayCredentials {
            id: "id".to_owned(),
            secret: "s3cret".into(),
        };
        let http = ApiHttp {
            loopback_http,
            ..ApiHttp::default()
        };
        Gateway::new(base.parse().unwrap(), &gateway, http).map(|_| ())
    }

    #[test]
    fn plain_http_is_for_this_machine_and_only_when_allowed() {
        assert_eq!(made("https://api.mobilepay.dk/invoice-restapi", false), Ok(()));
        assert_eq!(made("http://127.0.0.1:8080/invoice-restapi", true), Ok(()));
        assert_eq!(made("http://[::1]:8080", true), Ok(()));
        assert_eq!(made("http://localhost:8080", true), Ok(()));
        assert_eq!(made("http://127.0.0.1:8080", false), Err(SetupError::NotHttps));
        assert_eq!(made("http://api.mobilepay.dk", true), Err(SetupError::NotHttps));
        assert_eq!(made("http://localhost.evil.dk", true), Err(SetupError::NotHttps));
        assert_eq!(made("ftp://127.0.0.1", true), Err(SetupError::NotHttps));
    }

    #[test]
    fn a_base_address_is_nothing_but_a_base() {
        for base in [
            "https://u:p@api.dk",
            "https://api.dk?x=1",
            "https://api.dk#x",
            "mailto:a@b.dk",
        ] {
            assert_eq!(made(base, false), Err(SetupError::NotABase), "{base}");
        }
    }

    #[test]
    fn nothing_secret_is_printed() {
        let gateway = GatewayCredentials {
            id: "an-1d".to_owned(),
            secret: "s3cret".into(),
        };
        let api = Gateway::new("https://api.dk".parse().unwrap(), &gateway, ApiHttp::default()).unwrap();
        let token = AccessToken::new("t0ken".into());
        let printed = format!("{gateway:?} {api:?} {token:?}");
        for secret in ["s3cret", "t0ken", "an-1d"] {
            assert!(!printed.contains(secret), "{printed}");
        }
    }
}
