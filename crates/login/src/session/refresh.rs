//! A fresh access token: the one at hand, or a refresh with everything that an answer is held to.

use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::OwnedMutexGuard;

use super::{Held, Kept, SessionError, SessionState, Shared};
use crate::attempt::{Judge, check_binding};
use crate::checks::{self, IdTokenRefused, NonceRule};
use crate::clock::Reading;
use crate::discovery::Discovery;
use crate::error::{RefreshError, SigninError};
use crate::tokens::{self, Tokens};

impl Shared {
    pub(super) async fn fresh(
        self: Arc<Self>,
        mut held: OwnedMutexGuard<Held>,
    ) -> Result<SecretString, SessionError> {
        if !self.is_alone(&mut held) {
            return Err(SessionError::HeldElsewhere);
        }
        self.read_kept(&mut held).await.map_err(SessionError::Store)?;
        self.store_unsaved(&mut held).await;
        if let Some(tokens) = held.access.as_ref().filter(|tokens| self.lasts(tokens)) {
            return Ok(tokens.access_token.clone());
        }
        let Some(kept) = held.kept.clone() else {
            return Err(SessionError::SignInNeeded);
        };
        let mut refreshed = self.refresh(&mut held, &kept).await;
        if refreshed == Err(RefreshError::Ended)
            && let Some(former) = self.former(&kept).await
        {
            tracing::info!("the refresh token was refused; the former one is tried once");
            refreshed = self
                .refresh(&mut held, &former)
                .await
                .map_err(|error| match error {
                    // The one in use is dead in any case.
                    RefreshError::Unreachable | RefreshError::ClockOff(_) => error,
                    _ => RefreshError::Ended,
                });
        }
        match refreshed.map(|()| held.access.as_ref().map(|tokens| tokens.access_token.clone())) {
            Ok(Some(token)) => Ok(token),
            Ok(None) | Err(RefreshError::Unreachable) => Err(SessionError::Unreachable),
            Err(RefreshError::ClockOff(seconds)) => Err(SessionError::ClockOff(seconds)),
            Err(error) => {
                tracing::warn!(%error, "the session ended");
                self.end(&mut held, &error).await;
                Err(match error {
                    RefreshError::ClientRefused => SessionError::ClientRefused,
                    _ => SessionError::SignInNeeded,
                })
            }
        }
    }

    /// Whether a token can still carry a call: margin is the smaller of 60 s and a fifth of its lifetime. After a sleep
    /// none can.
    fn lasts(&self, tokens: &Tokens) -> bool {
        let margin = 60.min(tokens.lifetime / 5);
        let age = tokens.received.age_at(Reading::of(self.clock.as_ref()));
        age.is_some_and(|age| age + margin < tokens.lifetime)
    }

    async fn refresh(&self, held: &mut Held, kept: &Kept) -> Result<(), RefreshError> {
        let discovery = self
            .discovery(held)
            .await
            .map_err(|_| RefreshError::Unreachable)?;
        let former = SecretString::from(kept.refresh_token.clone());
        let granted = tokens::refresh(
            &self.http,
            &discovery,
            &self.registration,
            &former,
            self.clock.as_ref(),
        )
        .await
        .map_err(classified)?;
        let checked = match &granted.id_token {
            Some(id_token) => {
                self.check_refreshed(&discovery, id_token, &granted.tokens, kept)
                    .await
            }
            None => Ok(()),
        };
        // The provider's new keys could not be had, or our clock is off: the access token is not used, but the grant must
        // not be lost for it.
        let uncheckable = matches!(
            checked,
            Err(RefreshError::Unreachable | RefreshError::ClockOff(_))
        );
        if !uncheckable {
            checked.clone()?;
        }
        let rotated = granted
            .tokens
            .refresh_token
            .as_ref()
            .map(|token| token.expose_secret().to_owned());
        let renewed = Kept {
            refresh_token: rotated.unwrap_or_else(|| kept.refresh_token.clone()),
            subject: kept.subject.clone(),
            nonce: kept.nonce.clone(),
            last_used: self.clock.now(),
        };
        held.unsaved = self.store_rotated(kept, &renewed).await.err();
        self.state.send_replace(SessionState::SignedIn {
            last_used: renewed.last_used,
        });
        held.kept = Some(renewed);
        checked?;
        held.access = Some(granted.tokens);
        Ok(())
    }

    /// OIDC Core 12.2: same issuer, audience and subject; a nonce only if it is the same.
    async fn check_refreshed(
        &self,
        discovery: &Discovery,
        id_token: &SecretString,
        tokens: &Tokens,
        kept: &Kept,
    ) -> Result<(), RefreshError> {
        let judge = Judge {
            http: &self.http,
            discovery,
            registration: &self.registration,
            clock: self.clock.as_ref(),
        };
        let refused = |error| RefreshError::Refused(error);
        let key = checks::key_named_by(id_token.expose_secret()).unwrap_or_default();
        let verified = judge
            .verify(id_token, NonceRule::NoneOr(&kept.nonce))
            .await
            .map_err(|error| match error {
                // The list may not be had, not be asked for again yet, or lag behind the rotation.
                IdTokenRefused::UnknownKey if !discovery.does_not_list(&key) => RefreshError::Unreachable,
                IdTokenRefused::ClockOff(seconds) => RefreshError::ClockOff(seconds),
                error => refused(SigninError::BackIdToken(error)),
            })?;
        check_binding(&verified, tokens).map_err(refused)?;
        if verified.subject != kept.subject {
            return Err(refused(SigninError::SubjectChanged));
        }
        Ok(())
    }

    async fn end(&self, held: &mut Held, error: &RefreshError) {
        let reason = match error {
            RefreshError::ClientRefused => "client_refused",
            RefreshError::Refused(_) => "lost",
            RefreshError::Ended | RefreshError::Unreachable | RefreshError::ClockOff(_) => "revoked",
        };
        held.access = None;
        // Wrong credentials do not make the consent invalid: it stays for when they are corrected.
        if *error != RefreshError::ClientRefused {
            held.kept = None;
            if let Err(error) = self.forget().await {
                tracing::warn!(%error, "a dead refresh token was not deleted");
            }
        }
        self.state.send_replace(SessionState::SignInNeeded { reason });
    }
}

fn classified(error: SigninError) -> RefreshError {
    match error {
        SigninError::TokenEndpoint(_) | SigninError::TokenAnswerUnreadable => RefreshError::Unreachable,
        SigninError::TokenRefused(word) => match word.as_str() {
            "invalid_grant" => RefreshError::Ended,
            "invalid_client" | "unauthorized_client" => RefreshError::ClientRefused,
            _ => RefreshError::Unreachable,
        },
        other => RefreshError::Refused(other),
    }
}
