//! Where secrets are kept: the operating system's keychain, or this process's memory. There is no third place.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// Windows refuses blobs of more than this many bytes (`CRED_MAX_CREDENTIAL_BLOB_SIZE`); held to everywhere.
const LONGEST_SECRET: usize = 2_560;

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// The refresh token in use.
    RefreshToken,
    /// The one before, until the new one has worked once.
    FormerRefreshToken,
    /// The OAuth client secret.
    ClientSecret,
    /// `x-ibm-client-id`, which is to be kept in a secure place like its secret (spec 2.1).
    GatewayId,
    /// `x-ibm-client-secret`.
    GatewaySecret,
    /// What `MobilePay` shows at the callbacks receiver (spec 11.2).
    CallbackSecret,
    /// A second place for one: while one is being exchanged, the former and the new are valid.
    SecondCallbackSecret,
    /// A third place, for when an answer about the second was lost.
    ThirdCallbackSecret,
}

impl SecretKind {
    const fn word(self) -> &'static str {
        match self {
            Self::RefreshToken => "refresh-token",
            Self::FormerRefreshToken => "former-refresh-token",
            Self::ClientSecret => "client-secret",
            Self::GatewayId => "gateway-id",
            Self::GatewaySecret => "gateway-secret",
            Self::CallbackSecret => "callback-secret",
            Self::SecondCallbackSecret => "second-callback-secret",
            Self::ThirdCallbackSecret => "third-callback-secret",
        }
    }
}

/// Names one secret of one connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretName {
    /// Id of the connection.
    pub connection: String,
    /// Which one.
    pub kind: SecretKind,
}

/// Why a secret was not stored or read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// This computer has no keychain.
    #[error("there is no keychain on this computer")]
    Missing,
    /// The keychain is locked, or its owner said no.
    #[error("the keychain is locked")]
    Locked,
    /// Longer than every keychain can hold.
    #[error("the secret is too long for a keychain")]
    TooLong,
    /// Another process has the session.
    #[error("another Kvit is using this session")]
    HeldElsewhere,
    /// Anything else; the text names no secret.
    #[error("the keychain failed: {0}")]
    Failed(String),
}

/// How a keychain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeychainState {
    /// Open.
    Available,
    /// Not there.
    Missing,
    /// Locked.
    Locked,
}

/// A place for secrets.
#[async_trait]
pub trait SecretStore: Send + Sync {
    /// Reads; `None` when there is none of that name.
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError>;
    /// Writes, over what was there.
    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError>;
    /// Deletes; fine when there was none.
    async fn delete(&self, name: &SecretName) -> Result<(), StoreError>;
    /// Whether it can be used now.
    async fn state(&self) -> KeychainState;
}

type Job = Box<dyn FnOnce() + Send>;

/// The operating system's keychain. All calls go through one thread: Windows does not order calls of several (and a call
/// may take half a second, which no other thread should wait for).
pub struct Keychain {
    service: String,
    jobs: mpsc::Sender<Job>,
}

impl Keychain {
    /// The keychain under the service name `service`.
    pub fn new(service: &str) -> Self {
        let (jobs, inbox) = mpsc::channel::<Job>();
        let spawned = thread::Builder::new()
            .name("keychain".into())
            .spawn(move || inbox.into_iter().for_each(|job| job()));
        if let Err(error) = spawned {
            tracing::error!(%error, "no thread for the keychain");
        }
        Self {
            service: service.to_owned(),
            jobs,
        }
    }

    async fn with<T: Send + 'static>(
        &self,
        name: &SecretName,
        job: impl FnOnce(&keyring::Entry) -> keyring::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let (service, user) = (
            self.service.clone(),
            format!("{}.{}", name.connection, name.kind.word()),
        );
        let job: Job = Box::new(move || {
            let done = keyring::Entry::new(&service, &user).and_then(|entry| job(&entry));
            let _ = answer.send(done.map_err(|error| classified(&error)));
        });
        let gone = || StoreError::Failed("its thread has ended".into());
        self.jobs.send(job).map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

#[async_trait]
impl SecretStore for Keychain {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        let read = self.with(name, |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        });
        let Some(bytes) = read.await? else { return Ok(None) };
        let text =
            std::str::from_utf8(&bytes).map_err(|_| StoreError::Failed("a secret is no text".into()))?;
        Ok(Some(text.into()))
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        if value.expose_secret().len() > LONGEST_SECRET {
            return Err(StoreError::TooLong);
        }
        // The binary call: the text call stores UTF-16 on Windows and halves the room.
        self.with(name, move |entry| {
            entry.set_secret(value.expose_secret().as_bytes())
        })
        .await
    }

    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.with(name, |entry| match entry.delete_credential() {
            Err(keyring::Error::NoEntry) => Ok(()),
            other => other,
        })
        .await
    }

    /// Writes, reads and deletes an entry of its own: a locked keychain answers a mere search as if it were empty.
    async fn state(&self) -> KeychainState {
        let probe = SecretName {
            connection: "probe".into(),
            kind: SecretKind::ClientSecret,
        };
        let written = self.set(&probe, "probe".into()).await;
        let read = match written {
            Ok(()) => self.get(&probe).await.map(|read| read.is_some()),
            Err(error) => Err(error),
        };
        if let Err(error) = self.delete(&probe).await {
            tracing::debug!(%error, "the probe of the keychain was not deleted");
        }
        match read {
            Ok(true) => KeychainState::Available,
            Err(StoreError::Locked) => KeychainState::Locked,
            Ok(false) | Err(_) => KeychainState::Missing,
        }
    }
}

/// The Secret Service API's name for it. The crate hands it on as a failure of the platform when an item is made.
const IS_LOCKED: &str = "org.freedesktop.Secret.Error.IsLocked";

/// Seen on Linux: no D-Bus gives `PlatformFailure`, a never unlocked keyring `NoStorageAccess`, one that was locked again
/// either of them.
fn classified(error: &keyring::Error) -> StoreError {
    match error {
        keyring::Error::NoStorageAccess(_) => StoreError::Locked,
        keyring::Error::PlatformFailure(error) if format!("{error:?}").contains(IS_LOCKED) => {
            StoreError::Locked
        }
        keyring::Error::PlatformFailure(_) => StoreError::Missing,
        keyring::Error::TooLong(..) => StoreError::TooLong,
        keyring::Error::BadEncoding(_) => StoreError::Failed("a secret is no text".into()),
        other => StoreError::Failed(other.to_string()),
    }
}

/// Memory, for a merchant who chose to keep secrets for this run only, and for practice credentials.
#[derive(Default)]
pub struct SessionOnly {
    kept: Mutex<HashMap<SecretName, SecretString>>,
}

#[async_trait]
impl SecretStore for SessionOnly {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        Ok(self
            .kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned())
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(name.clone(), value);
        Ok(())
    }

    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.kept
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(name);
        Ok(())
    }

    async fn state(&self) -> KeychainState {
        KeychainState::Available
    }
}
