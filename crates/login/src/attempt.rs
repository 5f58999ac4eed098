//! One sign-in: from the authorize address to verified tokens, in the order of the specification.

use jiff::{SignedDuration, Timestamp};
use oauth2::{
    AuthUrl, ClientId, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, ResponseType, Scope,
};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::answer::{Content, ReturnedAnswer};
use crate::checks::{self, Expectation, IdTokenRefused, NonceRule, Verified};
use crate::clock::Clock;
use crate::discovery::Discovery;
use crate::error::{SigninError, oauth_word};
use crate::http::HttpClient;
use crate::provider::Registration;
use crate::tokens::{self, Tokens};

/// How long an answer is waited for.
const TIME_LIMIT: SignedDuration = SignedDuration::from_mins(10);

/// A sign-in in progress. It lives in memory only and accepts one answer.
pub struct Attempt {
    state: String,
    nonce: String,
    verifier: PkceCodeVerifier,
    authorize_url: Url,
    expires_at: Timestamp,
}

/// A sign-in that passed every check.
pub struct SignedIn {
    /// The tokens.
    pub tokens: Tokens,
    /// The portal user, as a pseudonym.
    pub subject: String,
    /// The nonce of this sign-in, which a refreshed ID token may repeat.
    pub(crate) nonce: String,
}

impl Attempt {
    /// Makes state, nonce and verifier, 32 random bytes each, and the address for the browser (spec 5.1).
    ///
    /// # Errors
    /// When the registration's return address is no address.
    pub fn begin(
        discovery: &Discovery,
        registration: &Registration,
        now: Timestamp,
    ) -> Result<Self, url::ParseError> {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let state = CsrfToken::new_random_len(32).into_secret();
        let nonce = CsrfToken::new_random_len(32).into_secret();
        let client = oauth2::basic::BasicClient::new(ClientId::new(registration.client_id.clone()))
            .set_auth_uri(AuthUrl::from_url(discovery.authorization_endpoint()))
            .set_redirect_uri(RedirectUrl::new(registration.redirect_uri.clone())?);
        let kept = state.clone();
        let mut request = client
            .authorize_url(move || CsrfToken::new(kept))
            .set_response_type(&ResponseType::new("code id_token".into()))
            .set_pkce_challenge(challenge)
            .add_scope(Scope::new("openid".into()))
            .add_scopes(registration.scopes.iter().cloned().map(Scope::new))
            .add_extra_param("response_mode", registration.response_mode.word())
            .add_extra_param("nonce", nonce.clone());
        if let Some(prompt) = &registration.prompt {
            request = request.add_extra_param("prompt", prompt.clone());
        }
        if let Some(vat) = &registration.merchant_vat {
            request = request.add_extra_param("merchant_vat", vat.clone());
        }
        let (mut authorize_url, _) = request.url();
        // Spec 5.1: a space is sent as `%20`. A plus sign of a value is `%2B` already.
        let query = authorize_url.query().map(|query| query.replace('+', "%20"));
        authorize_url.set_query(query.as_deref());
        let expires_at = now.checked_add(TIME_LIMIT).unwrap_or(Timestamp::MAX);
        Ok(Self {
            state,
            nonce,
            verifier,
            authorize_url,
            expires_at,
        })
    }

    /// What the browser opens.
    pub const fn authorize_url(&self) -> &Url {
        &self.authorize_url
    }

    /// After this every answer is refused.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// Whether `answer` is meant for this attempt. Nothing else of it may be looked at before.
    pub fn is_answered_by(&self, answer: &ReturnedAnswer) -> bool {
        answer.answers(&self.state)
    }

    /// Checks the answer, redeems the code, checks what that gave. Ends the attempt either way.
    ///
    /// No request leaves before every front-channel check has passed.
    pub async fn complete(
        self,
        answer: ReturnedAnswer,
        http: &HttpClient,
        discovery: &Discovery,
        registration: &Registration,
        clock: &dyn Clock,
    ) -> Result<SignedIn, SigninError> {
        // OIDC Core 3.3.2.8: state first.
        if !self.is_answered_by(&answer) {
            return Err(SigninError::StateMismatch);
        }
        if clock.now() > self.expires_at {
            return Err(SigninError::Expired);
        }
        check_answer_issuer(&answer, discovery)?;
        let (code, id_token, scope) = granted(answer.content)?;
        let judge = Judge {
            http,
            discovery,
            registration,
            clock,
        };
        let nonce = NonceRule::Exactly(&self.nonce);
        let front = judge
            .verify(&id_token, nonce)
            .await
            .map_err(SigninError::FrontIdToken)?;
        // OIDC Core 3.3.2.11 makes c_hash REQUIRED here; 3.3.2.10 says how it is compared.
        match front.binds_code(code.expose_secret()) {
            None => return Err(SigninError::CodeHashMissing),
            Some(false) => return Err(SigninError::CodeHashMismatch),
            Some(true) => {}
        }
        // Spec 5.4: the merchant may have allowed less; the token answer does not say so, this one does.
        if scope.is_some_and(|scope| registration.lacks_invoicing(scope.split(' '))) {
            return Err(SigninError::ScopeMissing);
        }
        let granted = tokens::redeem(http, discovery, registration, code, self.verifier, clock).await?;
        // OIDC Core 3.3.3.3: the token endpoint gives an ID token too.
        let id_token = granted.id_token.as_ref().ok_or(SigninError::BackIdTokenMissing)?;
        let back = judge
            .verify(id_token, nonce)
            .await
            .map_err(SigninError::BackIdToken)?;
        check_binding(&back, &granted.tokens)?;
        // OIDC Core 3.3.3.6: both name the same user (the issuer was held to the same pin in both).
        if front.subject != back.subject {
            return Err(SigninError::SubjectChanged);
        }
        if granted.tokens.refresh_token.is_none() {
            return Err(SigninError::RefreshTokenMissing);
        }
        Ok(SignedIn {
            tokens: granted.tokens,
            subject: back.subject,
            nonce: self.nonce,
        })
    }
}

/// What the provider gave: code, ID token and, if it says so, what was allowed.
fn granted(content: Content) -> Result<(SecretString, SecretString, Option<String>), SigninError> {
    match content {
        Content::Refused { error } => Err(SigninError::Provider(oauth_word(&error))),
        Content::Granted {
            code,
            id_token,
            scope,
        } => Ok((code, id_token, scope)),
    }
}

/// RFC 9207: an `iss` must be the pinned one, and must be there if the provider promised it.
fn check_answer_issuer(answer: &ReturnedAnswer, discovery: &Discovery) -> Result<(), SigninError> {
    match &answer.issuer {
        Some(issuer) if *issuer != discovery.issuer => Err(SigninError::AnswerIssuerMismatch),
        None if discovery.iss_in_answers() => Err(SigninError::AnswerIssuerMissing),
        _ => Ok(()),
    }
}

/// OIDC Core 3.1.3.8: `at_hash`, when present, must fit.
pub(crate) fn check_binding(token: &Verified, tokens: &Tokens) -> Result<(), SigninError> {
    match token.binds_access_token(tokens.access_token.expose_secret()) {
        Some(false) => Err(SigninError::AccessTokenHashMismatch),
        _ => Ok(()),
    }
}

/// Verifies tokens with the provider's keys, fetched again for an unknown one.
pub(crate) struct Judge<'a> {
    pub(crate) http: &'a HttpClient,
    pub(crate) discovery: &'a Discovery,
    pub(crate) registration: &'a Registration,
    pub(crate) clock: &'a dyn Clock,
}

impl Judge<'_> {
    pub(crate) async fn verify(
        &self,
        token: &SecretString,
        nonce: NonceRule<'_>,
    ) -> Result<Verified, IdTokenRefused> {
        let expected = Expectation {
            issuer: &self.discovery.issuer,
            client_id: &self.registration.client_id,
            nonce,
            now: self.clock.now(),
            offset: self.discovery.clock_offset(),
        };
        let verdict = match checks::verify(token.expose_secret(), &self.discovery.keys(), expected) {
            // OIDC Core 10.1.1: the signing keys may have been rotated since they were fetched.
            Err(IdTokenRefused::UnknownKey) => {
                let key = checks::key_named_by(token.expose_secret()).unwrap_or_default();
                if !self.discovery.renew_keys(self.http, self.clock, &key).await {
                    return Err(IdTokenRefused::UnknownKey);
                }
                let verdict = checks::verify(token.expose_secret(), &self.discovery.keys(), expected);
                if matches!(verdict, Err(IdTokenRefused::UnknownKey)) {
                    self.discovery.note_missing(self.clock, &key);
                }
                verdict
            }
            verdict => verdict,
        };
        verdict.map_err(|refused| {
            let refused = expected.blames(refused);
            if let IdTokenRefused::ClockOff(seconds) = refused {
                tracing::warn!(seconds, "this computer's clock is off");
            }
            refused
        })
    }
}
