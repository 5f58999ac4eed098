//! What the session and the API refuse, in the window's terms.

use login::SessionError;
use mobilepay::ApiError;

use crate::credentials::store_refusal;
use crate::ipc::{NextStep, Refusal, RefusalCode, SigninRefused};
use crate::sender;

/// The session's refusal in the window's terms.
pub(crate) fn session_refusal(error: SessionError) -> Refusal {
    match error {
        SessionError::SignInNeeded => {
            Refusal::new(RefusalCode::SignInNeeded, "Nobody is signed in to MobilePay.")
        }
        SessionError::Unreachable => Refusal::new(
            RefusalCode::Unreachable,
            "The sign-in service of MobilePay does not answer.",
        ),
        SessionError::Store(error) => store_refusal(error),
        SessionError::ClientRefused => Refusal::new(
            RefusalCode::ConnectionInvalid,
            "MobilePay did not accept the OAuth client id and secret.",
        )
        .with_detail("client_secret"),
        SessionError::ClockOff(seconds) => Refusal::new(
            RefusalCode::SigninRefused,
            format!("The clock of this computer is off by {seconds} seconds."),
        )
        .with_signin(SigninRefused::clock_off(seconds)),
        SessionError::HeldElsewhere => Refusal::new(
            RefusalCode::BooksInUse,
            "Another Kvit is using this connection's sign-in.",
        ),
    }
}

/// An API error in the window's terms, with MobilePay's words.
pub(crate) fn api_refusal(error: &ApiError) -> Refusal {
    let answered = sender::answered_of(error);
    let (code, message) = match error {
        ApiError::NotSent { .. } => (
            RefusalCode::Unreachable,
            "MobilePay could not be reached. Nothing was sent.",
        ),
        ApiError::Unauthorized { .. } => (RefusalCode::SignInNeeded, "MobilePay did not accept the sign-in."),
        ApiError::Forbidden { .. } | ApiError::Refused { status: 403, .. } => (
            RefusalCode::NoMerchant,
            "MobilePay does not let this sign-in act for this merchant.",
        ),
        ApiError::Refused { .. } | ApiError::AlreadyExists { .. } => {
            (RefusalCode::RefusedByService, "MobilePay refused.")
        }
        ApiError::Throttled { .. } => (RefusalCode::Throttled, "MobilePay asks to wait a little."),
        ApiError::NotFound { .. } => (RefusalCode::RefusedByService, "MobilePay does not know it."),
        ApiError::Unclear { .. } => (RefusalCode::Unclear, "MobilePay's answer was lost."),
    };
    let refusal = Refusal::new(code, message).with_upstream(crate::ipc::UpstreamView {
        status: answered.status,
        code: answered.error_code,
        meaning: answered.error_code.and_then(crate::ipc::MeaningKey::of),
        text: answered.words,
        correlation_id: answered.correlation_id,
    });
    if code == RefusalCode::NoMerchant {
        refusal.with_next(NextStep::OpenConnection)
    } else {
        refusal
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ipc::SigninReason;

    #[test]
    fn a_clock_that_is_off_is_said_by_its_own_sentence_and_by_how_much() {
        let refusal = session_refusal(SessionError::ClockOff(-3_600));
        assert_eq!(refusal.signin, Some(SigninReason::ClockOff));
        assert_eq!(refusal.detail.as_deref(), Some("clock_off_-3600_s"));
    }
}
