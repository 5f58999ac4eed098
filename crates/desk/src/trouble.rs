//! What stands between a session and its use, as last found, so that the window can say it without asking anybody.

use std::sync::{Mutex, MutexGuard, PoisonError};

use login::{SessionError, StoreError};
use mobilepay::ApiError;

use crate::ipc::{Refusal, RefusalCode, SessionTrouble, Trouble};

/// The trouble of one connection.
#[derive(Default)]
pub(crate) struct Troubles(Mutex<Found>);

#[derive(Default)]
struct Found {
    session: Option<SessionTrouble>,
    /// Calls in a row that were not accepted although the token before the last one was renewed.
    not_accepted: u32,
    /// The last answer was that this sign-in may not act (403).
    not_allowed: bool,
}

/// So many 401s in a row, each with another token, are no token's fault any more (spec 3: refresh once, try once more).
const TOO_OFTEN: u32 = 2;

impl Troubles {
    /// As opened: the secrets may be wanting.
    pub(crate) fn at_start(wanting: Option<&Refusal>) -> Self {
        let session = wanting.map(|refusal| {
            plain(match refusal.code {
                RefusalCode::KeychainMissing => Trouble::KeychainMissing,
                RefusalCode::KeychainLocked => Trouble::KeychainLocked,
                RefusalCode::ConnectionInvalid => Trouble::SecretsMissing,
                _ => Trouble::KeychainFailed,
            })
        });
        Self(Mutex::new(Found {
            session,
            not_accepted: 0,
            not_allowed: false,
        }))
    }

    /// What is to be said now.
    pub(crate) fn now(&self) -> Option<SessionTrouble> {
        let found = self.found();
        found
            .session
            .or_else(|| (found.not_accepted >= TOO_OFTEN).then(|| plain(Trouble::NotAccepted)))
            .or_else(|| found.not_allowed.then(|| plain(Trouble::NotAllowed)))
    }

    /// Takes down how asking for a token ended. Answers whether there is something new to say.
    pub(crate) fn note_session(&self, error: Option<&SessionError>) -> bool {
        self.changes(|found| found.session = error.and_then(of))
    }

    /// Takes down how a call ended. Answers whether there is something new to say.
    pub(crate) fn note_call(&self, error: Option<&ApiError>) -> bool {
        self.changes(|found| {
            let (not_accepted, not_allowed) = match error {
                Some(ApiError::Unauthorized { .. }) => {
                    (found.not_accepted.saturating_add(1), found.not_allowed)
                }
                Some(ApiError::Forbidden { .. }) => (0, true),
                // Without an answer nothing is known about the token.
                Some(ApiError::NotSent { .. }) => return,
                Some(ApiError::Unclear { trace, .. }) if trace.status.is_none() => return,
                _ => (0, false),
            };
            found.not_accepted = not_accepted;
            found.not_allowed = not_allowed;
        })
    }

    fn changes(&self, change: impl FnOnce(&mut Found)) -> bool {
        let before = self.now();
        change(&mut self.found());
        before != self.now()
    }

    fn found(&self) -> MutexGuard<'_, Found> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const fn plain(trouble: Trouble) -> SessionTrouble {
    SessionTrouble {
        trouble,
        seconds: None,
    }
}

/// What the session's state does not say by itself.
fn of(error: &SessionError) -> Option<SessionTrouble> {
    Some(match error {
        // It stands in the state, with its reason.
        SessionError::SignInNeeded | SessionError::ClientRefused => return None,
        SessionError::Unreachable => plain(Trouble::ProviderUnreachable),
        SessionError::Store(StoreError::Locked) => plain(Trouble::KeychainLocked),
        SessionError::Store(StoreError::Missing) => plain(Trouble::KeychainMissing),
        SessionError::Store(StoreError::HeldElsewhere) | SessionError::HeldElsewhere => {
            plain(Trouble::HeldElsewhere)
        }
        SessionError::Store(StoreError::TooLong | StoreError::Failed(_)) => plain(Trouble::KeychainFailed),
        SessionError::ClockOff(seconds) => SessionTrouble {
            trouble: Trouble::ClockOff,
            seconds: Some(*seconds),
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forbidden() -> ApiError {
        ApiError::Forbidden {
            description: None,
            trace: Box::default(),
        }
    }

    #[test]
    fn a_sign_in_that_may_not_act_is_said_until_an_answer_says_otherwise() {
        let troubles = Troubles::at_start(None);
        assert!(troubles.note_call(Some(&forbidden())));
        assert_eq!(troubles.now(), Some(plain(Trouble::NotAllowed)));
        assert!(!troubles.note_call(Some(&forbidden())), "it is no news");
        assert!(troubles.note_call(None));
        assert_eq!(troubles.now(), None);
    }
}
