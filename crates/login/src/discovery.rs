//! Whom we trust: the discovery document by hand, with the issuer pinned.
//!
//! MobilePay's document lies under the portal's address and names another issuer on purpose (spec 1.2), so the rule of
//! OpenID Connect Discovery 4.3 cannot hold. Instead the expected issuer is given for each world and any other refused.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use openidconnect::core::CoreJsonWebKeySet;
use secrecy::SecretString;
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::http::{HttpClient, HttpError};

/// A provider as it is configured.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The discovery document.
    pub discovery_url: Url,
    /// The issuer that the document and every token must name, character for character.
    pub issuer: String,
    /// Hosts that endpoints may lie on; `None`: wherever the document says, https or allowed loopback only.
    pub hosts: Option<BTreeSet<String>>,
}

/// Our registration with the provider.
#[derive(Clone)]
pub struct Registration {
    /// OAuth client id.
    pub client_id: String,
    /// OAuth client secret.
    pub client_secret: SecretString,
    /// The whitelisted return address, character for character (spec 2.2).
    pub redirect_uri: String,
    /// How the answer comes back.
    pub response_mode: ResponseMode,
    /// Scopes besides `openid`.
    pub scopes: Vec<String>,
    /// Picks the merchant among several of one user (spec 5.1).
    pub merchant_vat: Option<String>,
}

impl Registration {
    /// Whether invoicing was asked for and is not among `granted`.
    pub(crate) fn lacks_invoicing<'s>(&self, mut granted: impl Iterator<Item = &'s str>) -> bool {
        self.scopes.iter().any(|scope| scope == "invoice") && !granted.any(|scope| scope == "invoice")
    }
}

/// How the answer comes back (spec 5.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResponseMode {
    /// In the fragment of the return address: what a static page needs.
    Fragment,
    /// As a form that the browser posts.
    FormPost,
}

impl ResponseMode {
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Fragment => "fragment",
            Self::FormPost => "form_post",
        }
    }
}

/// What the provider says of itself, checked.
#[derive(Debug)]
pub struct Discovery {
    pub(crate) issuer: String,
    pub(crate) authorization_endpoint: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) jwks_uri: Url,
    /// RFC 9207: whether answers must carry `iss`.
    pub(crate) iss_in_answers: bool,
    keys: Mutex<Keys>,
}

#[derive(Clone, Debug)]
struct Keys {
    set: CoreJsonWebKeySet,
    /// When they were fetched again, in seconds of the monotonic clock; `None` for the first set.
    renewed_at: Option<u64>,
    /// Whether the last try to fetch them again failed, so that a key may be unknown only for that.
    outdated: bool,
}

/// Why a provider cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum DiscoveryError {
    /// Nothing usable came back.
    #[error("the provider did not answer: {0}")]
    Unreachable(HttpError),
    /// Another status than 200.
    #[error("the provider answered {0}")]
    Status(u16),
    /// Not a discovery document.
    #[error("the provider's document cannot be read")]
    Unreadable,
    /// Another issuer than the pinned one (rp-discovery-issuer-not-matching-config).
    #[error("the provider names another issuer")]
    IssuerMismatch,
    /// An endpoint that is not https, or on a host that is not trusted.
    #[error("the provider's {0} is not trusted")]
    EndpointNotTrusted(&'static str),
    /// The provider says that it does not do `code id_token`.
    #[error("the provider does not offer this way of signing in")]
    FlowNotOffered,
    /// The key set cannot be read or is empty.
    #[error("the provider's keys cannot be read")]
    KeysUnreadable,
}

impl DiscoveryError {
    /// A stable code for words and logs.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "provider_unreachable",
            Self::Status(_) | Self::Unreadable => "provider_unreadable",
            Self::IssuerMismatch => "issuer_mismatch",
            Self::EndpointNotTrusted(_) => "endpoint_not_trusted",
            Self::FlowNotOffered => "flow_not_offered",
            Self::KeysUnreadable => "keys_unreadable",
        }
    }
}

#[derive(Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Keys are fetched again for an unknown `kid` at most once in this many seconds (OIDC Core 10.1.1; never a loop).
const KEYS_AGAIN_AFTER: u64 = 60;

impl Discovery {
    /// Fetches and checks the document and the keys.
    pub async fn fetch(http: &HttpClient, provider: &Provider) -> Result<Self, DiscoveryError> {
        let fetched = http
            .get(&provider.discovery_url)
            .await
            .map_err(DiscoveryError::Unreachable)?;
        if fetched.status != 200 {
            return Err(DiscoveryError::Status(fetched.status));
        }
        let document: Document =
            serde_json::from_slice(&fetched.body).map_err(|_| DiscoveryError::Unreadable)?;
        check(http, provider, &document)?;
        let set = fetch_keys(http, &document.jwks_uri).await?;
        Ok(Self {
            issuer: document.issuer,
            authorization_endpoint: document.authorization_endpoint,
            token_endpoint: document.token_endpoint,
            jwks_uri: document.jwks_uri,
            iss_in_answers: document.authorization_response_iss_parameter_supported,
            keys: Mutex::new(Keys {
                set,
                renewed_at: None,
                outdated: false,
            }),
        })
    }

    pub(crate) fn keys(&self) -> CoreJsonWebKeySet {
        self.locked().set.clone()
    }

    /// Fetches the keys again for an unknown `kid`. Answers whether that was done: at most once a minute, except that
    /// the first set may be older than the signature by a moment.
    pub(crate) async fn renew_keys(&self, http: &HttpClient, monotonic: u64) -> bool {
        {
            let mut keys = self.locked();
            if keys
                .renewed_at
                .is_some_and(|at| monotonic.saturating_sub(at) < KEYS_AGAIN_AFTER)
            {
                return false;
            }
            // Counted before it is tried: a provider that does not answer is not asked in a loop either.
            keys.renewed_at = Some(monotonic);
            keys.outdated = true;
        }
        let Ok(set) = fetch_keys(http, &self.jwks_uri).await else {
            return false;
        };
        let mut keys = self.locked();
        keys.set = set;
        keys.outdated = false;
        true
    }

    /// Whether the keys could not be fetched again when they should have been.
    pub(crate) fn keys_are_outdated(&self) -> bool {
        self.locked().outdated
    }

    fn locked(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(http: &HttpClient, provider: &Provider, document: &Document) -> Result<(), DiscoveryError> {
    // rp-discovery-issuer-not-matching-config: the pinned one and no other.
    if document.issuer != provider.issuer {
        return Err(DiscoveryError::IssuerMismatch);
    }
    for (name, endpoint) in [
        ("authorization endpoint", &document.authorization_endpoint),
        ("token endpoint", &document.token_endpoint),
        ("key set", &document.jwks_uri),
    ] {
        let trusted = provider
            .hosts
            .as_ref()
            .is_none_or(|hosts| endpoint.host_str().is_some_and(|host| hosts.contains(host)));
        if !http.may_call(endpoint) || !trusted {
            return Err(DiscoveryError::EndpointNotTrusted(name));
        }
    }
    let offered = document.response_types_supported.as_ref();
    if offered.is_some_and(|offered| !offered.iter().any(|words| is_hybrid(words))) {
        return Err(DiscoveryError::FlowNotOffered);
    }
    Ok(())
}

/// `code id_token`, in any order: response types are sets of words (OAuth 2.0 Multiple Response Types, 3).
fn is_hybrid(words: &str) -> bool {
    let words: BTreeSet<&str> = words.split(' ').collect();
    words == BTreeSet::from(["code", "id_token"])
}

async fn fetch_keys(http: &HttpClient, url: &Url) -> Result<CoreJsonWebKeySet, DiscoveryError> {
    let fetched = http.get(url).await.map_err(DiscoveryError::Unreachable)?;
    let set: CoreJsonWebKeySet =
        serde_json::from_slice(&fetched.body).map_err(|_| DiscoveryError::KeysUnreadable)?;
    if fetched.status != 200 || set.keys().is_empty() {
        return Err(DiscoveryError::KeysUnreadable);
    }
    Ok(set)
}
