//! One error for each refused thing. None carries a token, a secret or a body.

use thiserror::Error;

use crate::checks::IdTokenRefused;
use crate::http::HttpError;

/// Why a sign-in ended without a session.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SigninError {
    /// The answer belongs to another attempt (OIDC Core 3.3.2.8).
    #[error("the answer belongs to another sign-in")]
    StateMismatch,
    /// Too late.
    #[error("the time for this sign-in is over")]
    Expired,
    /// The merchant said no, or the provider ended it; the OAuth error word, or `other`.
    #[error("the provider answered {0:?}")]
    Provider(String),
    /// `iss` of the answer is another issuer (RFC 9207).
    #[error("the answer names another issuer")]
    AnswerIssuerMismatch,
    /// `iss` is missing though the provider promised it (RFC 9207).
    #[error("the answer does not name its issuer")]
    AnswerIssuerMissing,
    /// The ID token that came through the browser was refused.
    #[error("the first ID token was refused: {0}")]
    FrontIdToken(IdTokenRefused),
    /// The ID token of the token endpoint was refused.
    #[error("the second ID token was refused: {0}")]
    BackIdToken(IdTokenRefused),
    /// `c_hash` is missing in the front-channel token (OIDC Core 3.3.2.11: required).
    #[error("the code is not bound to the ID token")]
    CodeHashMissing,
    /// `c_hash` does not fit the code (OIDC Core 3.3.2.10).
    #[error("the code does not belong to the ID token")]
    CodeHashMismatch,
    /// `at_hash` does not fit the access token (OIDC Core 3.1.3.8).
    #[error("the access token does not belong to the ID token")]
    AccessTokenHashMismatch,
    /// The two ID tokens name different users (OIDC Core 3.3.3.6).
    #[error("the two ID tokens name different users")]
    SubjectChanged,
    /// The token endpoint did not answer.
    #[error("the token endpoint did not answer: {0}")]
    TokenEndpoint(HttpError),
    /// The token endpoint refused; the OAuth error word, or `other`.
    #[error("the token endpoint answered {0:?}")]
    TokenRefused(String),
    /// The token endpoint's answer cannot be read.
    #[error("the token endpoint's answer cannot be read")]
    TokenAnswerUnreadable,
    /// No second ID token (OIDC Core 3.3.3.3).
    #[error("the second ID token is missing")]
    BackIdTokenMissing,
    /// Not a bearer token.
    #[error("the access token is of another type")]
    TokenType,
    /// No refresh token: `offline_access` was not granted.
    #[error("no refresh token was given")]
    RefreshTokenMissing,
    /// The scope `invoice` was not granted (spec 5.4).
    #[error("invoicing was not allowed")]
    ScopeMissing,
}

impl SigninError {
    /// A stable code for words and logs.
    pub fn code(&self) -> String {
        let code = match self {
            Self::StateMismatch => "state_mismatch",
            Self::Expired => "expired",
            Self::Provider(word) => return coded_word("provider", word),
            Self::AnswerIssuerMismatch => "answer_issuer_mismatch",
            Self::AnswerIssuerMissing => "answer_issuer_missing",
            Self::FrontIdToken(refused) => return format!("front_{}", refused.code()),
            Self::BackIdToken(refused) => return format!("back_{}", refused.code()),
            Self::CodeHashMissing => "c_hash_missing",
            Self::CodeHashMismatch => "c_hash_mismatch",
            Self::AccessTokenHashMismatch => "at_hash_mismatch",
            Self::SubjectChanged => "subject_changed",
            Self::TokenEndpoint(_) => "token_endpoint_unreachable",
            Self::TokenRefused(word) => return coded_word("token", word),
            Self::TokenAnswerUnreadable => "token_answer_unreadable",
            Self::BackIdTokenMissing => "back_id_token_missing",
            Self::TokenType => "token_type",
            Self::RefreshTokenMissing => "refresh_token_missing",
            Self::ScopeMissing => "scope_missing",
        };
        code.to_owned()
    }
}

/// A word of OAuth passes; anything else that a provider might write (it may echo what it was sent) does not reach
/// words or logs.
pub(crate) fn oauth_word(word: &str) -> String {
    const KNOWN: &[&str] = &[
        "access_denied",
        "login_required",
        "consent_required",
        "interaction_required",
        "account_selection_required",
        "invalid_request",
        "invalid_client",
        "invalid_grant",
        "invalid_scope",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "server_error",
        "temporarily_unavailable",
    ];
    let known = KNOWN.contains(&word);
    if known { word } else { "other" }.to_owned()
}

fn coded_word(prefix: &str, word: &str) -> String {
    if prefix == "provider" && word == "access_denied" {
        return word.to_owned();
    }
    format!("{prefix}_{}", oauth_word(word))
}

/// Why a refresh gave no token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RefreshError {
    /// Network or the provider's own trouble: the session stands, try again later.
    #[error("the token endpoint did not answer")]
    Unreachable,
    /// `invalid_grant`: revoked, expired or already used. Sign in again.
    #[error("the session was ended by the provider")]
    Ended,
    /// `invalid_client`, `unauthorized_client`: the credentials are wrong.
    #[error("the provider did not accept the credentials")]
    ClientRefused,
    /// This computer's clock is off by this many seconds (negative: behind), so nothing can be checked.
    #[error("this computer's clock is off by {0} seconds")]
    ClockOff(i64),
    /// The answer was refused by a check of ours.
    #[error("the answer was refused: {0}")]
    Refused(SigninError),
}
