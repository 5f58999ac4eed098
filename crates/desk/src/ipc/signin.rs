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
    /// `null`: signed in.
    pub refused: Option<SigninRefused>,
}

/// What was refused of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SigninRefused {
    /// What the window says about it.
    pub reason: SigninReason,
    /// The exact check, for support: `front_id_token_audience`, `c_hash_mismatch`, `token_invalid_client` ...
    pub code: String,
}

/// What stands in the way of a sign-in, as far as it makes a difference to the merchant. A variant exists only because the
/// window has a sentence and a next step of its own for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SigninReason {
    /// The answer belongs to another sign-in.
    AnotherSignin,
    /// No sign-in is in progress: none was begun, it was given up, or its answer has come already.
    NoneInProgress,
    /// It was cancelled, another was begun, or another connection was opened.
    GivenUp,
    /// Too late.
    TimeOver,

    /// The merchant said no.
    AccessDenied,
    /// The portal wants a log-in first.
    LoginRequired,
    /// The portal wants the consent again.
    ConsentRequired,
    /// The portal wants something of the merchant on its own pages.
    InteractionRequired,
    /// The portal wants the merchant to pick an account.
    AccountSelectionRequired,
    /// The request was not understood.
    InvalidRequest,
    /// Client id or secret is wrong.
    InvalidClient,
    /// The code or refresh token is no longer good, or the return address differs.
    InvalidGrant,
    /// The client may not ask for invoicing.
    InvalidScope,
    /// The client may not ask for invoicing, or not for payments and payouts; it was asked for both.
    InvalidScopeOfTwo,
    /// The client may not sign in this way.
    UnauthorizedClient,
    /// The token endpoint does not do this grant.
    UnsupportedGrantType,
    /// The provider does not do the hybrid flow for this client.
    UnsupportedResponseType,
    /// The provider failed.
    ServerError,
    /// The provider is busy.
    TemporarilyUnavailable,
    /// A word that no document lists.
    UnknownError,

    /// The answer names another issuer.
    AnswerIssuerMismatch,
    /// The answer names no issuer though it must.
    AnswerIssuerMissing,
    /// An ID token cannot be read.
    IdTokenUnreadable,
    /// It is signed in another way than RS256, or not at all.
    IdTokenAlgorithm,
    /// Its signature is wrong.
    IdTokenSignature,
    /// No key of the provider fits.
    IdTokenUnknownKey,
    /// It comes from another issuer.
    IdTokenIssuer,
    /// It is made out to another client.
    IdTokenAudience,
    /// It was made for another party.
    IdTokenAuthorizedParty,
    /// It has expired.
    IdTokenExpired,
    /// Its time of issue cannot be right: often this computer's clock.
    IdTokenIssuedAt,
    /// It is not valid yet: often this computer's clock.
    IdTokenNotBefore,
    /// It answers another request.
    IdTokenNonce,
    /// It names nobody.
    IdTokenSubject,
    /// Its header asks for what Kvit does not know.
    IdTokenHeader,
    /// This computer's clock is off; `code` names by how much.
    ClockOff,
    /// The code is not bound to the ID token.
    CodeHashMissing,
    /// The code was exchanged for another.
    CodeHashMismatch,
    /// The access token was exchanged for another.
    AccessTokenHashMismatch,
    /// The two ID tokens name different people.
    SubjectChanged,
    /// The token endpoint did not answer.
    TokenEndpointUnreachable,
    /// Its answer cannot be read.
    TokenAnswerUnreadable,
    /// It gave no second ID token.
    BackIdTokenMissing,
    /// It gave a token of another type.
    TokenType,
    /// It gave no refresh token.
    RefreshTokenMissing,
    /// Invoicing was not allowed.
    ScopeMissing,

    /// The pasted or returned address is longer than any right one.
    AnswerTooLong,
    /// It holds no answer.
    AnswerMissing,
    /// It is an address of another place, or of another world.
    AnswerForAnotherPlace,
    /// A parameter stands in it twice.
    AnswerRepeated,
    /// It is not text.
    AnswerNotText,
    /// It has no `state`.
    StateMissing,
    /// It has no code: a part is missing.
    CodeMissing,
    /// It has no ID token: a part is missing.
    IdTokenMissing,
    /// It carries an access token, which may never travel by the browser.
    AccessTokenInFront,

    /// The provider did not answer.
    ProviderUnreachable,
    /// What answered is no provider.
    ProviderUnreadable,
    /// The provider names another issuer than the expected.
    IssuerMismatch,
    /// The provider names an address that is not trusted.
    EndpointNotTrusted,
    /// The provider does not offer the hybrid flow.
    FlowNotOffered,
    /// The provider's keys cannot be read.
    KeysUnreadable,

    /// Signed in as another merchant than the one whose books these are; the sign-in of before stays.
    OtherMerchant,
    /// Signed in, but for no merchant.
    NoMerchant,
    /// Signed in, but MobilePay could not be asked who the merchant is.
    MerchantNotAsked,
    /// Signed in, but the API did not take the gateway credentials or the token.
    ApiRefused,
    /// The sign-in could not be kept.
    NotKept,
}
