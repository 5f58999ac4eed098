//! Whom we trust: the discovery document by hand, with the issuer pinned.
//!
//! MobilePay's document lies under the portal's address and names another issuer on purpose (spec 1.2), so the rule of
//! OpenID Connect Discovery 4.3 cannot hold. Instead the expected issuer is given for each world and any other refused.

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use openidconnect::core::CoreJsonWebKeySet;
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::clock::{Clock, Reading};
use crate::http::{Fetched, HttpClient, HttpError};
use crate::provider::Provider;

/// What the provider says of itself, checked.
#[derive(Debug)]
pub struct Discovery {
    pub(crate) issuer: String,
    provider: Provider,
    known: Mutex<Known>,
}

/// What may be learnt anew.
#[derive(Debug)]
struct Known {
    document: Document,
    keys: CoreJsonWebKeySet,
    fetched: Reading,
    /// When they were fetched again for an unknown key, in seconds of the monotonic clock.
    renewed_at: Option<u64>,
    /// Keys that were not there when they were fetched again for them.
    missing: Vec<Missing>,
    /// Seconds by which our clock is ahead of the provider's.
    offset: Option<i64>,
}

/// A key that tokens name and the provider does not list.
#[derive(Debug)]
struct Missing {
    key: String,
    /// When it was last asked for, in seconds of the monotonic clock.
    asked: u64,
    /// Whether it had been asked for before too, and long enough before.
    twice: bool,
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

#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Document {
    issuer: String,
    authorization_endpoint: Url,
    token_endpoint: Url,
    jwks_uri: Url,
    #[serde(default)]
    response_types_supported: Option<Vec<String>>,
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

/// Document and keys are fetched again for an unknown `kid` at most once in this many seconds (OIDC Core 10.1.1; never
/// a loop).
const AGAIN_AFTER: u64 = 60;

/// A document is used for this many seconds; its keys are asked for sooner when one is unknown.
const LONGEST_USE: u64 = 24 * 3600;

/// A key that was missing is asked for again after this many seconds: a list of keys may be handed out by a cache that
/// lags behind the rotation.
const LAG: u64 = 300;

/// As many keys are remembered as missing.
const MOST_MISSING: usize = 64;

impl Discovery {
    /// Fetches and checks the document and the keys.
    pub async fn fetch(
        http: &HttpClient,
        provider: &Provider,
        clock: &dyn Clock,
    ) -> Result<Self, DiscoveryError> {
        let (document, keys, date) = learn(http, provider).await?;
        let discovery = Self {
            issuer: document.issuer.clone(),
            provider: provider.clone(),
            known: Mutex::new(Known {
                document,
                keys,
                fetched: Reading::of(clock),
                renewed_at: None,
                missing: Vec::new(),
                offset: None,
            }),
        };
        discovery.note_date(date, clock);
        Ok(discovery)
    }

    /// Whether it was fetched more than a day ago, or nobody can say.
    pub(crate) fn is_old(&self, clock: &dyn Clock) -> bool {
        let age = self.known().fetched.age_at(Reading::of(clock));
        age.is_none_or(|age| age > LONGEST_USE)
    }

    pub(crate) fn authorization_endpoint(&self) -> Url {
        self.known().document.authorization_endpoint.clone()
    }

    pub(crate) fn token_endpoint(&self) -> Url {
        self.known().document.token_endpoint.clone()
    }

    /// RFC 9207: whether answers must carry `iss`.
    pub(crate) fn iss_in_answers(&self) -> bool {
        self.known()
            .document
            .authorization_response_iss_parameter_supported
    }

    pub(crate) fn keys(&self) -> CoreJsonWebKeySet {
        self.known().keys.clone()
    }

    /// Seconds by which our clock is ahead of the provider's, as last measured.
    pub fn clock_offset(&self) -> Option<i64> {
        self.known().offset
    }

    /// Takes down what the provider took the time to be, just now.
    pub(crate) fn note_date(&self, date: Option<Timestamp>, clock: &dyn Clock) {
        if let Some(date) = date {
            self.known().offset = Some(clock.now().as_second().saturating_sub(date.as_second()));
        }
    }

    /// Fetches the document and the keys again because of the unknown `key`. Answers whether that was done: once in five
    /// minutes for each key, and at most once a minute for all.
    pub(crate) async fn renew_keys(&self, http: &HttpClient, clock: &dyn Clock, key: &str) -> bool {
        let now = clock.monotonic_seconds();
        {
            let mut known = self.known();
            let soon = known
                .renewed_at
                .is_some_and(|at| now.saturating_sub(at) < AGAIN_AFTER);
            if soon || known.missing.iter().any(|missing| missing.lasts(key, now)) {
                return false;
            }
            // Counted before it is tried: a provider that does not answer is not asked in a loop either.
            known.renewed_at = Some(now);
        }
        let Ok((document, keys, date)) = learn(http, &self.provider).await else {
            return false;
        };
        self.note_date(date, clock);
        let mut known = self.known();
        known.document = document;
        known.keys = keys;
        known.fetched = Reading::of(clock);
        true
    }

    /// Takes down that `key` was not there although the keys were just fetched again for it.
    pub(crate) fn note_missing(&self, clock: &dyn Clock, key: &str) {
        let mut known = self.known();
        let before = known.missing.iter().position(|missing| missing.key == key);
        let twice = before.map(|at| known.missing.remove(at)).is_some();
        if known.missing.len() == MOST_MISSING {
            known.missing.remove(0);
        }
        known.missing.push(Missing {
            key: key.to_owned(),
            asked: clock.monotonic_seconds(),
            twice,
        });
    }

    /// Whether `key` was asked for twice, five minutes apart, and was not there: no list lags behind for so long. Until
    /// then nobody can say that a token is not the provider's.
    pub(crate) fn does_not_list(&self, key: &str) -> bool {
        let known = self.known();
        known
            .missing
            .iter()
            .any(|missing| missing.key == key && missing.twice)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Missing {
    /// Whether this is `key`, and it need not be asked for again yet.
    fn lasts(&self, key: &str, now: u64) -> bool {
        self.key == key && now.saturating_sub(self.asked) < LAG
    }
}

async fn learn(
    http: &HttpClient,
    provider: &Provider,
) -> Result<(Document, CoreJsonWebKeySet, Option<Timestamp>), DiscoveryError> {
    let fetched = http
        .get(&provider.discovery_url)
        .await
        .map_err(DiscoveryError::Unreachable)?;
    if fetched.status != 200 {
        return Err(DiscoveryError::Status(fetched.status));
    }
    let document = read_document(&fetched.body)?;
    check(http, provider, &document)?;
    let fetched = http
        .get(&document.jwks_uri)
        .await
        .map_err(DiscoveryError::Unreachable)?;
    let keys = read_keys(&fetched)?;
    Ok((document, keys, fetched.date))
}

pub(crate) fn read_document(body: &[u8]) -> Result<Document, DiscoveryError> {
    serde_json::from_slice(body).map_err(|_| DiscoveryError::Unreadable)
}

pub(crate) fn read_keys(fetched: &Fetched) -> Result<CoreJsonWebKeySet, DiscoveryError> {
    let keys: CoreJsonWebKeySet =
        serde_json::from_slice(&fetched.body).map_err(|_| DiscoveryError::KeysUnreadable)?;
    if fetched.status != 200 || keys.keys().is_empty() {
        return Err(DiscoveryError::KeysUnreadable);
    }
    Ok(keys)
}

pub(crate) fn check(
    http: &HttpClient,
    provider: &Provider,
    document: &Document,
) -> Result<(), DiscoveryError> {
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
