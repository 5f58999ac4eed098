//! From the checks of sign-in to what the window says about them. No arm is left to chance: a new check does not compile
//! until it has a reason, and a reason not until it has a sentence in each language.

use login::{AnswerError, DiscoveryError, IdTokenRefused, Registration, SigninError};

use crate::ipc::{Refusal, RefusalCode, SigninReason as Reason, SigninRefused};

impl From<&SigninError> for SigninRefused {
    fn from(error: &SigninError) -> Self {
        use IdTokenRefused::ClockOff;
        if let SigninError::FrontIdToken(ClockOff(seconds)) | SigninError::BackIdToken(ClockOff(seconds)) =
            error
        {
            return Self::clock_off(*seconds);
        }
        Self {
            reason: of_signin(error),
            code: error.code(),
        }
    }
}

impl SigninRefused {
    /// This computer's clock is ahead by `seconds` (negative: behind).
    pub(crate) fn clock_off(seconds: i64) -> Self {
        Self {
            reason: Reason::ClockOff,
            code: format!("clock_off_{seconds}_s"),
        }
    }
}

impl From<&AnswerError> for SigninRefused {
    fn from(error: &AnswerError) -> Self {
        Self {
            reason: of_answer(*error),
            code: error.code().to_owned(),
        }
    }
}

impl From<&DiscoveryError> for SigninRefused {
    fn from(error: &DiscoveryError) -> Self {
        Self {
            reason: of_discovery(error),
            code: error.code().to_owned(),
        }
    }
}

/// What came after the checks: keeping the session, asking whose it is.
impl From<&Refusal> for SigninRefused {
    fn from(refusal: &Refusal) -> Self {
        use RefusalCode as C;
        let reason = refusal.signin.unwrap_or(match refusal.code {
            C::NoMerchant => Reason::NoMerchant,
            C::SignInNeeded | C::RefusedByService => Reason::ApiRefused,
            C::KeychainMissing | C::KeychainLocked | C::KeychainFailed => Reason::NotKept,
            _ => Reason::MerchantNotAsked,
        });
        Self {
            reason,
            code: refusal.detail.clone().unwrap_or_else(|| refusal.code.word()),
        }
    }
}

/// No sign-in is in progress.
pub(super) fn none_in_progress() -> SigninRefused {
    SigninRefused {
        reason: Reason::NoneInProgress,
        code: "no_signin_in_progress".to_owned(),
    }
}

/// It was cancelled, another was begun, or the connection was left.
pub(super) fn given_up() -> SigninRefused {
    SigninRefused {
        reason: Reason::GivenUp,
        code: "signin_given_up".to_owned(),
    }
}

/// The answer is for another attempt.
pub(super) fn another_signin() -> SigninRefused {
    SigninRefused::from(&SigninError::StateMismatch)
}

/// Nobody answered in time.
pub(super) fn time_over() -> SigninRefused {
    SigninRefused::from(&SigninError::Expired)
}

/// How a sign-in ended in which `asked` was asked for: a scope that is refused may be the one besides invoicing.
pub(super) fn of_attempt(error: &SigninError, asked: &Registration) -> SigninRefused {
    let mut refused = SigninRefused::from(error);
    if refused.reason == Reason::InvalidScope && asked.asks_for_transactions() {
        refused.reason = Reason::InvalidScopeOfTwo;
    }
    refused
}

fn of_signin(error: &SigninError) -> Reason {
    use SigninError as E;
    match error {
        E::StateMismatch => Reason::AnotherSignin,
        E::Expired => Reason::TimeOver,
        E::Provider(word) | E::TokenRefused(word) => of_oauth(word),
        E::AnswerIssuerMismatch => Reason::AnswerIssuerMismatch,
        E::AnswerIssuerMissing => Reason::AnswerIssuerMissing,
        E::FrontIdToken(refused) | E::BackIdToken(refused) => of_id_token(*refused),
        E::CodeHashMissing => Reason::CodeHashMissing,
        E::CodeHashMismatch => Reason::CodeHashMismatch,
        E::AccessTokenHashMismatch => Reason::AccessTokenHashMismatch,
        E::SubjectChanged => Reason::SubjectChanged,
        E::TokenEndpoint(_) => Reason::TokenEndpointUnreachable,
        E::TokenAnswerUnreadable => Reason::TokenAnswerUnreadable,
        E::BackIdTokenMissing => Reason::BackIdTokenMissing,
        E::TokenType => Reason::TokenType,
        E::RefreshTokenMissing => Reason::RefreshTokenMissing,
        E::ScopeMissing => Reason::ScopeMissing,
    }
}

/// The error words of spec 5.7 and 6.8.
fn of_oauth(word: &str) -> Reason {
    match word {
        "access_denied" => Reason::AccessDenied,
        "login_required" => Reason::LoginRequired,
        "consent_required" => Reason::ConsentRequired,
        "interaction_required" => Reason::InteractionRequired,
        "account_selection_required" => Reason::AccountSelectionRequired,
        "invalid_request" => Reason::InvalidRequest,
        "invalid_client" => Reason::InvalidClient,
        "invalid_grant" => Reason::InvalidGrant,
        "invalid_scope" => Reason::InvalidScope,
        "unauthorized_client" => Reason::UnauthorizedClient,
        "unsupported_grant_type" => Reason::UnsupportedGrantType,
        "unsupported_response_type" => Reason::UnsupportedResponseType,
        "server_error" => Reason::ServerError,
        "temporarily_unavailable" => Reason::TemporarilyUnavailable,
        _ => Reason::UnknownError,
    }
}

const fn of_id_token(refused: IdTokenRefused) -> Reason {
    use IdTokenRefused as T;
    match refused {
        T::Unreadable => Reason::IdTokenUnreadable,
        T::Algorithm => Reason::IdTokenAlgorithm,
        T::Signature => Reason::IdTokenSignature,
        T::UnknownKey => Reason::IdTokenUnknownKey,
        T::Issuer => Reason::IdTokenIssuer,
        T::Audience => Reason::IdTokenAudience,
        T::AuthorizedParty => Reason::IdTokenAuthorizedParty,
        T::Expired => Reason::IdTokenExpired,
        T::IssuedAt => Reason::IdTokenIssuedAt,
        T::NotBefore => Reason::IdTokenNotBefore,
        T::Nonce => Reason::IdTokenNonce,
        T::Subject => Reason::IdTokenSubject,
        T::Header => Reason::IdTokenHeader,
        T::ClockOff(_) => Reason::ClockOff,
    }
}

const fn of_answer(error: AnswerError) -> Reason {
    use AnswerError as E;
    match error {
        E::TooLong => Reason::AnswerTooLong,
        E::NoAnswer => Reason::AnswerMissing,
        E::OtherPlace => Reason::AnswerForAnotherPlace,
        E::Repeated => Reason::AnswerRepeated,
        E::NotText => Reason::AnswerNotText,
        E::StateMissing => Reason::StateMissing,
        E::CodeMissing => Reason::CodeMissing,
        E::IdTokenMissing => Reason::IdTokenMissing,
        E::AccessTokenInFront => Reason::AccessTokenInFront,
    }
}

const fn of_discovery(error: &DiscoveryError) -> Reason {
    use DiscoveryError as E;
    match error {
        E::Unreachable(_) => Reason::ProviderUnreachable,
        E::Status(_) | E::Unreadable => Reason::ProviderUnreadable,
        E::IssuerMismatch => Reason::IssuerMismatch,
        E::EndpointNotTrusted(_) => Reason::EndpointNotTrusted,
        E::FlowNotOffered => Reason::FlowNotOffered,
        E::KeysUnreadable => Reason::KeysUnreadable,
    }
}
