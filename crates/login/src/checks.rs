//! Every check of an ID token. The crate does signature, issuer, audience, expiry and nonce; the rest is ours.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use openidconnect::core::{
    CoreGenderClaim, CoreJsonWebKey, CoreJsonWebKeySet, CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
};
use openidconnect::{
    AccessToken, AccessTokenHash, AdditionalClaims, AuthorizationCode, AuthorizationCodeHash,
    ClaimsVerificationError, ClientId, IdToken, IdTokenClaims, IdTokenVerifier, IssuerUrl, Nonce,
    SignatureVerificationError,
};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use thiserror::Error;

/// Clocks may differ by this many seconds without anybody having measured it.
const LEEWAY: i64 = 60;

/// Nor may they differ by more than this (seconds) when somebody has (spec 5.6: five minutes).
const LARGEST_LEEWAY: i64 = 300;

/// A token issued longer ago than this (seconds) is stale, whatever it says of its end (FAPI: iat-is-week-in-past).
const OLDEST: i64 = 600;

/// The claim that the crate does not know.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Further {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<f64>,
}

impl AdditionalClaims for Further {}

type Token = IdToken<Further, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;
type Claims = IdTokenClaims<Further, CoreGenderClaim>;

/// Why an ID token was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum IdTokenRefused {
    /// Not a JWT with claims of the right shape.
    #[error("it cannot be read")]
    Unreadable,
    /// Signed with another algorithm than RS256, or not at all.
    #[error("its algorithm is not RS256")]
    Algorithm,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// No key of the provider fits.
    #[error("its key is unknown")]
    UnknownKey,
    /// Another issuer, or none.
    #[error("its issuer is another")]
    Issuer,
    /// Not for us, not for us alone, or for nobody (OIDC Core 3.1.3.7, 3).
    #[error("its audience is another")]
    Audience,
    /// `azp` is another client (OIDC Core 3.1.3.7, 5).
    #[error("its authorized party is another")]
    AuthorizedParty,
    /// Its end has passed, or it names none.
    #[error("it has expired")]
    Expired,
    /// Issued in the future, too long ago, or nobody knows when.
    #[error("its time of issue is implausible")]
    IssuedAt,
    /// Not valid yet.
    #[error("it is not valid yet")]
    NotBefore,
    /// The nonce is missing or another (OIDC Core 3.1.3.7, 11).
    #[error("its nonce is another")]
    Nonce,
    /// The subject is missing or empty.
    #[error("it names nobody")]
    Subject,
    /// Header members that must be understood and are not.
    #[error("its header is not understood")]
    Header,
    /// Its times do not fit, and this computer's clock is off by this many seconds (negative: behind).
    #[error("this computer's clock is off by {0} seconds")]
    ClockOff(i64),
}

impl IdTokenRefused {
    /// A stable code for words and logs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "id_token_unreadable",
            Self::Algorithm => "id_token_algorithm",
            Self::Signature => "id_token_signature",
            Self::UnknownKey => "id_token_unknown_key",
            Self::Issuer => "id_token_issuer",
            Self::Audience => "id_token_audience",
            Self::AuthorizedParty => "id_token_authorized_party",
            Self::Expired => "id_token_expired",
            Self::IssuedAt => "id_token_issued_at",
            Self::NotBefore => "id_token_not_before",
            Self::Nonce => "id_token_nonce",
            Self::Subject => "id_token_subject",
            Self::Header => "id_token_header",
            Self::ClockOff(_) => "id_token_clock_off",
        }
    }
}

/// Which nonce an ID token must carry.
#[derive(Clone, Copy)]
pub(crate) enum NonceRule<'a> {
    /// This one (the two tokens of a sign-in).
    Exactly(&'a str),
    /// None, or this one (after a refresh, OIDC Core 12.2).
    NoneOr(&'a str),
}

/// What a token is held to.
#[derive(Clone, Copy)]
pub(crate) struct Expectation<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) nonce: NonceRule<'a>,
    pub(crate) now: Timestamp,
    /// Seconds by which our clock is ahead of the provider's, as last measured.
    pub(crate) offset: Option<i64>,
}

impl Expectation<'_> {
    fn leeway(self) -> i64 {
        let measured = self.offset.map_or(0, i64::saturating_abs);
        LEEWAY.saturating_add(measured).min(LARGEST_LEEWAY)
    }

    /// A refusal for the time alone is our clock's fault when that is known to be off.
    pub(crate) fn blames(self, refused: IdTokenRefused) -> IdTokenRefused {
        use IdTokenRefused as R;
        match (refused, self.offset) {
            (R::Expired | R::IssuedAt | R::NotBefore, Some(offset)) if offset.saturating_abs() > LEEWAY => {
                R::ClockOff(offset)
            }
            _ => refused,
        }
    }
}

/// A token that passed.
pub(crate) struct Verified {
    pub(crate) subject: String,
    claims: Claims,
    key: CoreJsonWebKey,
}

/// Holds `text` to `expected` with the keys `keys`.
pub(crate) fn verify(
    text: &str,
    keys: &CoreJsonWebKeySet,
    expected: Expectation<'_>,
) -> Result<Verified, IdTokenRefused> {
    let token: Token = text.parse().map_err(|_| missing(text))?;
    let issuer = IssuerUrl::new(expected.issuer.to_owned()).map_err(|_| IdTokenRefused::Issuer)?;
    let client_id = ClientId::new(expected.client_id.to_owned());
    let clock = std::time::SystemTime::from(shifted(expected.now, -expected.leeway()));
    // A public-client verifier, so that a token signed with our own secret (HS256) can never pass.
    let verifier = IdTokenVerifier::new_public_client(client_id, issuer, keys.clone())
        .set_allowed_algs([CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256])
        .set_time_fn(move || clock.into());
    let nonce = |nonce: Option<&Nonce>| check_nonce(expected.nonce, nonce);
    token.claims(&verifier, nonce).map_err(refused)?;
    let key = token
        .signing_key(&verifier)
        .map_err(|error| refused_signature(&error))?
        .clone();
    let claims = token.into_claims(&verifier, nonce).map_err(refused)?;
    check_rest(&claims, expected)?;
    Ok(Verified {
        subject: claims.subject().as_str().to_owned(),
        claims,
        key,
    })
}

impl Verified {
    /// Whether `code` belongs to this token; `None` when the token does not say (OIDC Core 3.3.2.10).
    pub(crate) fn binds_code(&self, code: &str) -> Option<bool> {
        let told = self.claims.code_hash()?;
        let code = AuthorizationCode::new(code.to_owned());
        let right = AuthorizationCodeHash::from_code(
            &code,
            &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
            &self.key,
        );
        Some(right.is_ok_and(|right| same(right.as_str(), told.as_str())))
    }

    /// Whether `access_token` belongs to this token; `None` when the token does not say (OIDC Core 3.1.3.8).
    pub(crate) fn binds_access_token(&self, access_token: &str) -> Option<bool> {
        let told = self.claims.access_token_hash()?;
        let token = AccessToken::new(access_token.to_owned());
        let right =
            AccessTokenHash::from_token(&token, &CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, &self.key);
        Some(right.is_ok_and(|right| same(right.as_str(), told.as_str())))
    }
}

fn check_nonce(rule: NonceRule<'_>, told: Option<&Nonce>) -> Result<(), String> {
    let fits = match (rule, told) {
        (NonceRule::Exactly(ours) | NonceRule::NoneOr(ours), Some(told)) => same(ours, told.secret()),
        (NonceRule::Exactly(_), None) => false,
        (NonceRule::NoneOr(_), None) => true,
    };
    if fits { Ok(()) } else { Err(String::new()) }
}

fn check_rest(claims: &Claims, expected: Expectation<'_>) -> Result<(), IdTokenRefused> {
    let now = expected.now.as_second();
    let leeway = expected.leeway();
    // OIDC Core 3.1.3.7, 10: the window of `iat`.
    let issued = claims.issue_time().timestamp();
    if issued > now + leeway || issued < now - OLDEST {
        return Err(IdTokenRefused::IssuedAt);
    }
    // RFC 7519, 4.1.5.
    #[expect(
        clippy::cast_precision_loss,
        reason = "seconds since 1970 fit a double for the next 285 million years"
    )]
    if claims
        .additional_claims()
        .nbf
        .is_some_and(|nbf| nbf > (now + leeway) as f64)
    {
        return Err(IdTokenRefused::NotBefore);
    }
    // OIDC Core 3.1.3.7, 4 and 5. The crate already refuses every further audience, so `azp` is never required.
    if claims
        .authorized_party()
        .is_some_and(|party| party.as_str() != expected.client_id)
    {
        return Err(IdTokenRefused::AuthorizedParty);
    }
    if claims.audiences().len() != 1 {
        return Err(IdTokenRefused::Audience);
    }
    if claims.subject().as_str().trim().is_empty() {
        return Err(IdTokenRefused::Subject);
    }
    Ok(())
}

/// The `kid` that a token names, unverified: for asking about it once.
pub(crate) fn key_named_by(text: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Header {
        kid: Option<String>,
    }
    let header = BASE64_URL_SAFE_NO_PAD.decode(text.split('.').next()?).ok()?;
    serde_json::from_slice::<Header>(&header).ok()?.kid
}

/// Which claim that must be there is not (OIDC Core 2). Only names the refusal: nothing here is verified or used.
fn missing(text: &str) -> IdTokenRefused {
    let payload = text.split('.').nth(1).unwrap_or_default();
    let claims: Option<serde_json::Map<String, serde_json::Value>> = BASE64_URL_SAFE_NO_PAD
        .decode(payload)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Some(claims) = claims else {
        return IdTokenRefused::Unreadable;
    };
    let required = [
        ("iss", IdTokenRefused::Issuer),
        ("sub", IdTokenRefused::Subject),
        ("aud", IdTokenRefused::Audience),
        ("exp", IdTokenRefused::Expired),
        ("iat", IdTokenRefused::IssuedAt),
    ];
    let absent = required.into_iter().find(|(name, _)| !claims.contains_key(*name));
    absent.map_or(IdTokenRefused::Unreadable, |(_, refused)| refused)
}

fn refused(error: ClaimsVerificationError) -> IdTokenRefused {
    use ClaimsVerificationError as E;
    match error {
        E::Expired(_) => IdTokenRefused::Expired,
        E::InvalidAudience(_) => IdTokenRefused::Audience,
        E::InvalidIssuer(_) => IdTokenRefused::Issuer,
        E::InvalidNonce(_) => IdTokenRefused::Nonce,
        E::InvalidSubject(_) => IdTokenRefused::Subject,
        E::SignatureVerification(error) => refused_signature(&error),
        E::Unsupported(_) => IdTokenRefused::Header,
        _ => IdTokenRefused::Unreadable,
    }
}

fn refused_signature(error: &SignatureVerificationError) -> IdTokenRefused {
    use SignatureVerificationError as E;
    match error {
        E::NoMatchingKey | E::AmbiguousKeyId(_) => IdTokenRefused::UnknownKey,
        E::DisallowedAlg(_) | E::NoSignature | E::UnsupportedAlg(_) => IdTokenRefused::Algorithm,
        _ => IdTokenRefused::Signature,
    }
}

fn same(ours: &str, theirs: &str) -> bool {
    bool::from(ours.as_bytes().ct_eq(theirs.as_bytes()))
}

fn shifted(moment: Timestamp, seconds: i64) -> Timestamp {
    moment
        .checked_add(jiff::SignedDuration::from_secs(seconds))
        .unwrap_or(moment)
}
