//! The session of one connection: it alone holds tokens, and refreshes them one at a time.
//!
//! A rotated refresh token is stored and read back before the new access token is handed out. What happens between the
//! provider's answer and that store cannot be undone (the former token is dead); it ends as *sign in again*, never as a
//! lost invoice. `invalid_grant` ends the session; no network does not.

use std::sync::Arc;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use tokio::sync::{Mutex, OwnedMutexGuard, watch};

use crate::attempt::{Judge, SignedIn, check_binding};
use crate::checks::{IdTokenRefused, NonceRule};
use crate::clock::Clock;
use crate::discovery::{Discovery, Provider, Registration};
use crate::error::{RefreshError, SigninError};
use crate::http::HttpClient;
use crate::secrets::{SecretKind, SecretName, SecretStore, StoreError};
use crate::tokens::{self, Tokens};

/// How the session stands, for whoever shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SessionState {
    /// Nobody yet, or signed out.
    SignedOut,
    /// A merchant; `last_used` is when the refresh token was last given (its 13 months slide, spec 6.4).
    SignedIn {
        /// When.
        last_used: Timestamp,
    },
    /// It ended by itself; a stable word says why (`revoked`, `client_refused`, `lost`).
    SignInNeeded {
        /// Why.
        reason: &'static str,
    },
}

/// Why there is no access token.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SessionError {
    /// Nobody is signed in (any more).
    #[error("sign-in needed")]
    SignInNeeded,
    /// The provider does not answer; the session stands.
    #[error("the provider does not answer")]
    Unreachable,
}

/// A handle to the session of one connection.
#[derive(Clone)]
pub struct Session {
    shared: Arc<Shared>,
}

struct Shared {
    connection: String,
    provider: Provider,
    registration: Registration,
    store: Arc<dyn SecretStore>,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    /// The lock is the single flight: whoever refreshes holds it, and the others find a fresh token behind it.
    held: Arc<Mutex<Held>>,
    state: watch::Sender<SessionState>,
}

#[derive(Default)]
struct Held {
    discovery: Option<Arc<Discovery>>,
    access: Option<Tokens>,
    kept: Option<Kept>,
    read: bool,
    /// A rotated refresh token that could not be stored: tried again before each later use.
    unsaved: Option<StoreError>,
}

/// What the keychain holds of a session.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    refresh_token: String,
    subject: String,
    nonce: String,
    last_used: Timestamp,
}

impl Session {
    /// A session over `store`. Nothing is read before it is needed.
    pub fn new(
        connection: &str,
        provider: Provider,
        registration: Registration,
        store: Arc<dyn SecretStore>,
        http: HttpClient,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (state, _) = watch::channel(SessionState::SignedOut);
        let held = Arc::new(Mutex::new(Held::default()));
        let connection = connection.to_owned();
        Self {
            shared: Arc::new(Shared {
                connection,
                provider,
                registration,
                store,
                http,
                clock,
                held,
                state,
            }),
        }
    }

    /// Reads what is kept, so that [`Session::state`] tells the truth from the start.
    ///
    /// # Errors
    /// When the keychain cannot be read.
    pub async fn restore(&self) -> Result<SessionState, StoreError> {
        let mut held = self.shared.held.lock().await;
        self.shared.read_kept(&mut held).await?;
        drop(held);
        Ok(self.state())
    }

    /// How it stands.
    pub fn state(&self) -> SessionState {
        self.shared.state.borrow().clone()
    }

    /// Told at each change.
    pub fn watch(&self) -> watch::Receiver<SessionState> {
        self.shared.state.subscribe()
    }

    /// The provider's document, fetched once and kept.
    pub async fn discovery(&self) -> Result<Arc<Discovery>, crate::DiscoveryError> {
        let mut held = self.shared.held.lock().await;
        self.shared.discovery(&mut held).await
    }

    /// How this connection is registered.
    pub fn registration(&self) -> &Registration {
        &self.shared.registration
    }

    /// The client that speaks to the provider.
    pub fn http(&self) -> &HttpClient {
        &self.shared.http
    }

    /// Takes over the tokens of a completed sign-in: stored first, then used.
    ///
    /// # Errors
    /// When they cannot be stored; then nobody is signed in.
    pub async fn begin(&self, signed_in: SignedIn) -> Result<(), StoreError> {
        let SignedIn {
            tokens,
            subject,
            nonce,
        } = signed_in;
        let refresh_token = tokens
            .refresh_token
            .as_ref()
            .map(|token| token.expose_secret().to_owned());
        let kept = Kept {
            refresh_token: refresh_token.unwrap_or_default(),
            subject,
            nonce,
            last_used: self.shared.clock.now(),
        };
        let mut held = self.shared.held.lock().await;
        // First, since it may be another user's, and no later refresh may fall back to that.
        self.shared
            .store
            .delete(&self.shared.name(SecretKind::FormerRefreshToken))
            .await?;
        self.shared.keep(SecretKind::RefreshToken, &kept).await?;
        held.access = Some(tokens);
        held.read = true;
        held.unsaved = None;
        self.shared.state.send_replace(SessionState::SignedIn {
            last_used: kept.last_used,
        });
        held.kept = Some(kept);
        Ok(())
    }

    /// A fresh access token; refreshes when the one at hand is about to end. Callers wait behind one refresh.
    pub async fn access_token(&self) -> Result<SecretString, SessionError> {
        // On a task of its own: a caller that goes away in the middle must not lose the rotated token.
        let shared = Arc::clone(&self.shared);
        let held = Arc::clone(&shared.held).lock_owned().await;
        let task = tokio::spawn(shared.fresh(held));
        task.await.unwrap_or(Err(SessionError::Unreachable))
    }

    /// Why the refresh token in use is in memory only, if it is: after this run the merchant would sign in again. It is
    /// tried again before each later use.
    pub async fn unsaved(&self) -> Option<StoreError> {
        self.shared.held.lock().await.unsaved.clone()
    }

    /// The API answered 401 to `token`: the next call refreshes, unless that was done meanwhile.
    pub async fn rejected(&self, token: &SecretString) {
        let mut held = self.shared.held.lock().await;
        let same = held.access.as_ref().is_some_and(|tokens| {
            let (ours, theirs) = (tokens.access_token.expose_secret(), token.expose_secret());
            bool::from(ours.as_bytes().ct_eq(theirs.as_bytes()))
        });
        if same {
            held.access = None;
        }
    }

    /// Deletes every token of this connection. The consent itself is withdrawn in MobilePay's portal (spec 6.9).
    pub async fn sign_out(&self) -> Result<(), StoreError> {
        let mut held = self.shared.held.lock().await;
        // First: if the keychain does not let go, nothing else may say that the merchant is signed out.
        self.shared.forget().await?;
        held.access = None;
        held.kept = None;
        held.read = true;
        held.unsaved = None;
        self.shared.state.send_replace(SessionState::SignedOut);
        Ok(())
    }

    /// Waits for a refresh that is on its way, so that its rotated token is stored before the program ends.
    pub async fn close(&self) {
        drop(self.shared.held.lock().await);
    }
}

impl Shared {
    fn name(&self, kind: SecretKind) -> SecretName {
        SecretName {
            connection: self.connection.clone(),
            kind,
        }
    }

    async fn read_kept(&self, held: &mut Held) -> Result<(), StoreError> {
        if held.read {
            return Ok(());
        }
        let text = self.store.get(&self.name(SecretKind::RefreshToken)).await?;
        held.kept = text.and_then(|text| serde_json::from_str(text.expose_secret()).ok());
        held.read = true;
        if let Some(kept) = &held.kept {
            self.state.send_replace(SessionState::SignedIn {
                last_used: kept.last_used,
            });
        }
        Ok(())
    }

    async fn keep(&self, kind: SecretKind, kept: &Kept) -> Result<(), StoreError> {
        let text = serde_json::to_string(kept).map_err(|error| StoreError::Failed(error.to_string()))?;
        let name = self.name(kind);
        self.store.set(&name, text.clone().into()).await?;
        // Read back: some keychains say yes and keep nothing.
        match self.store.get(&name).await? {
            Some(read) if read.expose_secret() == text => Ok(()),
            _ => Err(StoreError::Failed("what was stored cannot be read back".into())),
        }
    }

    async fn forget(&self) -> Result<(), StoreError> {
        self.store
            .delete(&self.name(SecretKind::FormerRefreshToken))
            .await?;
        self.store.delete(&self.name(SecretKind::RefreshToken)).await
    }

    async fn discovery(&self, held: &mut Held) -> Result<Arc<Discovery>, crate::DiscoveryError> {
        if let Some(discovery) = &held.discovery {
            return Ok(Arc::clone(discovery));
        }
        let discovery = Arc::new(Discovery::fetch(&self.http, &self.provider).await?);
        held.discovery = Some(Arc::clone(&discovery));
        Ok(discovery)
    }

    async fn fresh(self: Arc<Self>, mut held: OwnedMutexGuard<Held>) -> Result<SecretString, SessionError> {
        if self.read_kept(&mut held).await.is_err() {
            return Err(SessionError::SignInNeeded);
        }
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
                    RefreshError::Unreachable => RefreshError::Unreachable,
                    _ => RefreshError::Ended,
                });
        }
        match refreshed.map(|()| held.access.as_ref().map(|tokens| tokens.access_token.clone())) {
            Ok(Some(token)) => Ok(token),
            Ok(None) | Err(RefreshError::Unreachable) => Err(SessionError::Unreachable),
            Err(error) => {
                tracing::warn!(%error, "the session ended");
                self.end(&mut held, &error).await;
                Err(SessionError::SignInNeeded)
            }
        }
    }

    /// Whether a token can still carry a call: margin is the smaller of 60 s and a fifth of its lifetime.
    fn lasts(&self, tokens: &Tokens) -> bool {
        let margin = 60.min(tokens.lifetime / 5);
        let age = self.clock.monotonic_seconds().saturating_sub(tokens.received_at);
        age + margin < tokens.lifetime
    }

    /// The one before `kept`, which a server that reuses tokens still takes if `kept` got lost on its side.
    async fn former(&self, kept: &Kept) -> Option<Kept> {
        let text = self
            .store
            .get(&self.name(SecretKind::FormerRefreshToken))
            .await
            .ok()??;
        let former: Kept = serde_json::from_str(text.expose_secret()).ok()?;
        (former.subject == kept.subject && former.refresh_token != kept.refresh_token).then_some(former)
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
        // The provider's new keys could not be had: the access token is not used, but the grant must not be lost for it.
        let uncheckable = checked == Err(RefreshError::Unreachable);
        if !uncheckable {
            checked?;
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
        if uncheckable {
            return Err(RefreshError::Unreachable);
        }
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
        let verified = judge
            .verify(id_token, NonceRule::NoneOr(&kept.nonce))
            .await
            .map_err(|error| match error {
                IdTokenRefused::UnknownKey if discovery.keys_are_outdated() => RefreshError::Unreachable,
                error => refused(SigninError::BackIdToken(error)),
            })?;
        check_binding(&verified, tokens).map_err(refused)?;
        if verified.subject != kept.subject {
            return Err(refused(SigninError::SubjectChanged));
        }
        Ok(())
    }

    /// Durable before use. The former one stays beside it until the new one has worked, for servers that reuse tokens.
    async fn store_rotated(&self, former: &Kept, renewed: &Kept) -> Result<(), StoreError> {
        kill_point::pass("rotated.before");
        if former.refresh_token != renewed.refresh_token
            && let Err(error) = self.keep(SecretKind::FormerRefreshToken, former).await
        {
            tracing::warn!(%error, "the former refresh token was not kept");
        }
        kill_point::pass("rotated.between");
        let kept = self.keep(SecretKind::RefreshToken, renewed).await;
        kill_point::pass("rotated.after");
        if let Err(error) = &kept {
            // In memory it works on; after this run the merchant signs in again.
            tracing::error!(%error, "the refresh token was not stored");
        }
        kept
    }

    async fn store_unsaved(&self, held: &mut Held) {
        if let (Some(_), Some(kept)) = (&held.unsaved, &held.kept) {
            held.unsaved = self.keep(SecretKind::RefreshToken, kept).await.err();
        }
    }

    async fn end(&self, held: &mut Held, error: &RefreshError) {
        let reason = match error {
            RefreshError::ClientRefused => "client_refused",
            RefreshError::Refused(_) => "lost",
            RefreshError::Ended | RefreshError::Unreachable => "revoked",
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
