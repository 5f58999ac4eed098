//! The session of one connection: it alone holds tokens, and refreshes them one at a time.
//!
//! A rotated refresh token is stored and read back before the new access token is handed out. What happens between the
//! provider's answer and that store cannot be undone (the former token is dead); it ends as *sign in again*, never as a
//! lost invoice. `invalid_grant` ends the session; no network does not.
//!
//! A session that is told of a lock file is alone with its tokens: see [`Session::alone_by`].

mod kept;
mod refresh;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::ConstantTimeEq as _;
use thiserror::Error;
use tokio::sync::{Mutex, watch};

use crate::attempt::SignedIn;
use crate::clock::Clock;
use crate::discovery::Discovery;
use crate::http::HttpClient;
use crate::lease::Lease;
use crate::provider::{Provider, Registration};
use crate::secrets::{SecretKind, SecretStore, StoreError};
use crate::tokens::Tokens;
use kept::Kept;

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
    /// The keychain cannot be read, so nobody knows whether somebody is signed in; the session stands.
    #[error("the session cannot be read: {0}")]
    Store(StoreError),
    /// `invalid_client`: the OAuth credentials are wrong; the consent stands for when they are right.
    #[error("the provider did not accept the credentials")]
    ClientRefused,
    /// This computer's clock is off by this many seconds (negative: behind), so nothing can be checked; the session stands.
    #[error("this computer's clock is off by {0} seconds")]
    ClockOff(i64),
    /// Another session of this connection is at work, usually in another process.
    #[error("another Kvit is using this session")]
    HeldElsewhere,
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
    /// The file whose lock says that this session is alone.
    lock: OnceLock<PathBuf>,
}

#[derive(Default)]
struct Held {
    discovery: Option<Arc<Discovery>>,
    access: Option<Tokens>,
    kept: Option<Kept>,
    read: bool,
    /// A rotated refresh token that could not be stored: tried again before each later use.
    unsaved: Option<StoreError>,
    lease: Option<Lease>,
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
                lock: OnceLock::new(),
            }),
        }
    }

    /// From now on tokens are asked for, stored and deleted only under the lock of the file `lock`, which this session
    /// keeps from its first use of it until [`Session::close`]: of two processes with this connection one refreshes, and
    /// the other is told [`SessionError::HeldElsewhere`] without a request. Whoever gets the lock reads the keychain again, so that a token that was rotated meanwhile is never presented twice.
    ///
    /// The first file that is named counts.
    pub fn alone_by(&self, lock: PathBuf) {
        self.shared.lock.get_or_init(|| lock);
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

    /// The provider's document, kept and fetched again after a day.
    ///
    /// # Errors
    /// When it never could be fetched.
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
        if !self.shared.is_alone(&mut held) {
            return Err(StoreError::HeldElsewhere);
        }
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
        if !self.shared.is_alone(&mut held) {
            return Err(StoreError::HeldElsewhere);
        }
        // First: if the keychain does not let go, nothing else may say that the merchant is signed out.
        self.shared.forget().await?;
        held.access = None;
        held.kept = None;
        held.read = true;
        held.unsaved = None;
        self.shared.state.send_replace(SessionState::SignedOut);
        Ok(())
    }

    /// Waits for a refresh that is on its way, so that its rotated token is stored before the program ends, and lets
    /// another process have the session.
    pub async fn close(&self) {
        let mut held = self.shared.held.lock().await;
        held.lease = None;
    }
}

impl Shared {
    /// Whether this session may use its tokens, now and until it lets go. What was read before is read again then.
    fn is_alone(&self, held: &mut Held) -> bool {
        let Some(lock) = self.lock.get() else { return true };
        if held.lease.is_none() {
            held.lease = Lease::take(lock);
            if held.unsaved.is_none() {
                held.read = false;
            }
        }
        held.lease.is_some()
    }

    async fn discovery(&self, held: &mut Held) -> Result<Arc<Discovery>, crate::DiscoveryError> {
        let clock = self.clock.as_ref();
        if let Some(discovery) = held.discovery.as_ref().filter(|known| !known.is_old(clock)) {
            return Ok(Arc::clone(discovery));
        }
        match (
            Discovery::fetch(&self.http, &self.provider, clock).await,
            &held.discovery,
        ) {
            (Ok(fetched), _) => {
                let fetched = Arc::new(fetched);
                held.discovery = Some(Arc::clone(&fetched));
                Ok(fetched)
            }
            // Old, but it was checked; a provider that is ill for a moment is no reason to stop.
            (Err(crate::DiscoveryError::Unreachable(error)), Some(known)) => {
                tracing::info!(%error, "the provider's document is an old one");
                Ok(Arc::clone(known))
            }
            (Err(error), _) => Err(error),
        }
    }
}
