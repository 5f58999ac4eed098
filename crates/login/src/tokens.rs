//! The token endpoint: a code for tokens, and a refresh token for new ones (spec 6.1, 6.5).

use oauth2::basic::{BasicErrorResponse, BasicTokenType};
use oauth2::{
    AuthType, AuthorizationCode, Client, ClientId, ClientSecret, EndpointNotSet, EndpointSet,
    ExtraTokenFields, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, StandardRevocableToken,
    StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, Reading};
use crate::discovery::Discovery;
use crate::error::{SigninError, oauth_word};
use crate::http::{Call, HttpClient, HttpError};
use crate::provider::Registration;

/// Lifetime that is assumed when the provider does not say (seconds; spec 6.4).
const USUAL_LIFETIME: u64 = 300;

/// Tokens of one sign-in or refresh.
pub struct Tokens {
    /// For the API; short-lived, in memory only.
    pub access_token: SecretString,
    /// For new tokens; `None` when the answer did not bring one (then the former stays, spec 21 item 16).
    pub refresh_token: Option<SecretString>,
    /// Seconds from its receipt.
    pub lifetime: u64,
    /// When it was received.
    pub(crate) received: Reading,
}

/// An answer of the token endpoint.
pub(crate) struct Granted {
    pub(crate) tokens: Tokens,
    pub(crate) id_token: Option<SecretString>,
}

#[derive(Debug, Deserialize, Serialize)]
struct Further {
    #[serde(default)]
    id_token: Option<String>,
}

impl ExtraTokenFields for Further {}

type Answer = StandardTokenResponse<Further, BasicTokenType>;
type TokenClient = Client<
    BasicErrorResponse,
    Answer,
    oauth2::basic::BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    oauth2::basic::BasicRevocationErrorResponse,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
type Failure = RequestTokenError<HttpError, BasicErrorResponse>;

/// Redeems the code. It is gone after the first presentation, so this is never repeated (spec 6.8).
pub(crate) async fn redeem(
    http: &HttpClient,
    discovery: &Discovery,
    registration: &Registration,
    code: SecretString,
    verifier: PkceCodeVerifier,
    clock: &dyn Clock,
) -> Result<Granted, SigninError> {
    let redirect = RedirectUrl::new(registration.redirect_uri.clone())
        .map_err(|_| SigninError::TokenAnswerUnreadable)?;
    let client = client(discovery, registration).set_redirect_uri(redirect);
    let call = Call::by(http);
    let answer = client
        .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
        .set_pkce_verifier(verifier)
        .request_async(&call)
        .await;
    discovery.note_date(call.date(), clock);
    let answer = answer.map_err(failed)?;
    let granted = read(&answer, clock)?;
    // Spec 5.4: the consented scopes may be fewer than requested; silence means all (RFC 6749, 5.1).
    let lacks =
        |scopes: &Vec<oauth2::Scope>| registration.lacks_invoicing(scopes.iter().map(|scope| scope.as_str()));
    if answer.scopes().is_some_and(lacks) {
        return Err(SigninError::ScopeMissing);
    }
    Ok(granted)
}

/// Asks for new tokens. Neither a scope nor the verifier is sent (spec 6.5; 21 item 20).
pub(crate) async fn refresh(
    http: &HttpClient,
    discovery: &Discovery,
    registration: &Registration,
    refresh_token: &SecretString,
    clock: &dyn Clock,
) -> Result<Granted, SigninError> {
    let client = client(discovery, registration);
    let token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let call = Call::by(http);
    let answer = client.exchange_refresh_token(&token).request_async(&call).await;
    discovery.note_date(call.date(), clock);
    let answer = answer.map_err(failed)?;
    read(&answer, clock)
}

fn client(discovery: &Discovery, registration: &Registration) -> TokenClient {
    Client::new(ClientId::new(registration.client_id.clone()))
        .set_client_secret(ClientSecret::new(
            registration.client_secret.expose_secret().to_owned(),
        ))
        // client_secret_post is what the documents and the sample use (spec 6.1).
        .set_auth_type(AuthType::RequestBody)
        .set_token_uri(TokenUrl::from_url(discovery.token_endpoint()))
}

/// Reads an answer without asking for one.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn read_text(body: &[u8], clock: &dyn Clock) {
    if let Ok(answer) = serde_json::from_slice::<Answer>(body) {
        let _ = read(&answer, clock);
    }
    let _ = serde_json::from_slice::<BasicErrorResponse>(body);
}

fn read(answer: &Answer, clock: &dyn Clock) -> Result<Granted, SigninError> {
    if *answer.token_type() != BasicTokenType::Bearer {
        return Err(SigninError::TokenType);
    }
    // RFC 6749, A.12: a token has at least one character.
    if answer.access_token().secret().is_empty() {
        return Err(SigninError::TokenAnswerUnreadable);
    }
    let refresh_token = answer.refresh_token().map(|token| token.secret().as_str());
    let lifetime = answer
        .expires_in()
        .map_or(USUAL_LIFETIME, |lifetime| lifetime.as_secs());
    Ok(Granted {
        tokens: Tokens {
            access_token: answer.access_token().secret().clone().into(),
            refresh_token: refresh_token
                .filter(|token| !token.is_empty())
                .map(SecretString::from),
            lifetime,
            received: Reading::of(clock),
        },
        id_token: answer.extra_fields().id_token.clone().map(SecretString::from),
    })
}

/// The crate's errors hold raw bodies, which hold tokens: they end here, before anything could log them.
fn failed(failure: Failure) -> SigninError {
    match failure {
        RequestTokenError::ServerResponse(said) => {
            SigninError::TokenRefused(oauth_word(said.error().as_ref()))
        }
        RequestTokenError::Request(error) => SigninError::TokenEndpoint(error),
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => SigninError::TokenAnswerUnreadable,
    }
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tokens")
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}
