//! Secrets of connections: on their way into the keychain, and out of it into a session. Never to the window.
//!
//! Where there is no keychain nothing is kept anywhere else behind the merchant's back: they are asked, and may choose to
//! keep secrets in memory for this run.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use login::{
    Clock, HttpClient, Keychain, KeychainState, Provider, Registration, ResponseMode, SecretKind, SecretName,
    SecretStore, Session, SessionError, SessionOnly, StoreError,
};
use mobilepay::GatewayCredentials;
use secrecy::{ExposeSecret as _, SecretString};
use tokio::sync::Mutex;
use url::Url;

use crate::connection::session_refusal;
use crate::connection_form::TypedSecrets;
use crate::ipc::{Door, KeychainView, Refusal, RefusalCode, World};
use crate::refuse::Outcome;
use crate::settings::SavedConnection;
use crate::worlds;

/// The operating system's keychain under the service name `service`, e.g. `dk.kvit.desktop`.
pub fn keychain(service: &str) -> Arc<dyn SecretStore> {
    Arc::new(Keychain::new(service))
}

/// Where secrets are kept in this run.
pub(crate) struct Credentials {
    place: Arc<Place>,
    /// As it was last found. Looking again writes an entry and may prompt, so it is done at sign-in and not at each glance.
    found: Mutex<Option<KeychainState>>,
}

/// What a connection is opened with.
pub(crate) struct Kept {
    pub(crate) session: Session,
    pub(crate) gateway: GatewayCredentials,
    /// Why the secrets cannot be read, if they cannot: the books can be opened all the same.
    pub(crate) wanting: Option<Refusal>,
}

/// The keychain, or memory once the merchant chose that. Sessions hold it, so that the choice reaches them at once.
struct Place {
    keychain: Arc<dyn SecretStore>,
    memory: SessionOnly,
    this_run_only: AtomicBool,
}

impl Credentials {
    pub(crate) fn new(keychain: Arc<dyn SecretStore>) -> Self {
        let memory = SessionOnly::default();
        let place = Place {
            keychain,
            memory,
            this_run_only: AtomicBool::new(false),
        };
        Self {
            place: Arc::new(place),
            found: Mutex::new(None),
        }
    }

    /// From now on, and until the program ends, secrets live in memory.
    pub(crate) fn keep_for_this_run_only(&self) {
        self.place.this_run_only.store(true, Ordering::SeqCst);
    }

    /// Whether the merchant chose that.
    pub(crate) fn this_run_only(&self) -> bool {
        self.place.this_run_only.load(Ordering::SeqCst)
    }

    /// Where secrets are kept now, for the window.
    pub(crate) async fn keychain(&self) -> KeychainView {
        let known = *self.found.lock().await;
        match known {
            Some(state) => self.view(state),
            None => self.look_at_keychain().await,
        }
    }

    /// Looks at the keychain itself.
    pub(crate) async fn look_at_keychain(&self) -> KeychainView {
        let mut found = self.found.lock().await;
        let state = self.place.keychain.state().await;
        *found = Some(state);
        self.view(state)
    }

    fn view(&self, state: KeychainState) -> KeychainView {
        match state {
            _ if self.this_run_only() => KeychainView::ThisRunOnly,
            KeychainState::Available => KeychainView::Kept,
            KeychainState::Missing => KeychainView::Missing,
            KeychainState::Locked => KeychainView::Locked,
        }
    }

    /// Stores the secrets that were typed.
    pub(crate) async fn keep(&self, connection: &str, typed: TypedSecrets) -> Outcome<()> {
        for (kind, secret) in [
            (SecretKind::ClientSecret, typed.client),
            (SecretKind::GatewaySecret, typed.gateway),
        ] {
            let Some(secret) = secret else { continue };
            self.place
                .set(&name(connection, kind), secret)
                .await
                .map_err(store_refusal)?;
        }
        Ok(())
    }

    /// Takes the gateway id of `saved` into the keychain, if it is not there yet: no file holds it.
    pub(crate) async fn take_gateway_id(&self, saved: &mut SavedConnection) -> Outcome<()> {
        if saved.gateway_id.is_empty() {
            return Ok(());
        }
        let id = SecretString::from(saved.gateway_id.clone());
        self.place
            .set(&name(&saved.view.id, SecretKind::GatewayId), id)
            .await
            .map_err(store_refusal)?;
        saved.gateway_id.clear();
        Ok(())
    }

    /// The client's secret and the gateway's credentials: as typed, or else as kept.
    pub(crate) async fn typed_or_kept(
        &self,
        saved: &SavedConnection,
        typed: TypedSecrets,
    ) -> Outcome<(SecretString, GatewayCredentials)> {
        let client = match typed.client {
            Some(secret) => secret,
            None => self.read(&saved.view.id, SecretKind::ClientSecret).await?,
        };
        let secret = match typed.gateway {
            Some(secret) => secret,
            None => self.read(&saved.view.id, SecretKind::GatewaySecret).await?,
        };
        let gateway = self.gateway(saved, secret).await?;
        Ok((client, gateway))
    }

    /// The gateway's credentials; the id lies in the keychain once the connection is saved.
    async fn gateway(&self, saved: &SavedConnection, secret: SecretString) -> Outcome<GatewayCredentials> {
        let id = match saved.gateway_id.as_str() {
            "" => self.read(&saved.view.id, SecretKind::GatewayId).await?,
            id => id.into(),
        };
        Ok(GatewayCredentials {
            id: id.expose_secret().to_owned(),
            secret,
        })
    }

    /// Deletes everything that is kept of a connection.
    pub(crate) async fn forget(&self, connection: &str) -> Outcome<()> {
        self.forget_session(connection).await?;
        let kinds = [
            SecretKind::ClientSecret,
            SecretKind::GatewayId,
            SecretKind::GatewaySecret,
            SecretKind::CallbackSecret,
            SecretKind::SecondCallbackSecret,
            SecretKind::ThirdCallbackSecret,
        ];
        self.delete(connection, &kinds).await
    }

    /// Deletes the tokens of a connection that is not open.
    pub(crate) async fn forget_session(&self, connection: &str) -> Outcome<()> {
        let kinds = [SecretKind::FormerRefreshToken, SecretKind::RefreshToken];
        self.delete(connection, &kinds).await
    }

    async fn delete(&self, connection: &str, kinds: &[SecretKind]) -> Outcome<()> {
        for kind in kinds {
            let name = name(connection, *kind);
            self.place.delete(&name).await.map_err(store_refusal)?;
        }
        Ok(())
    }

    /// Stores what `MobilePay` shall show at the callbacks receiver.
    pub(crate) async fn keep_callback_secret(
        &self,
        connection: &str,
        kind: SecretKind,
        secret: SecretString,
    ) -> Outcome<()> {
        self.place
            .set(&name(connection, kind), secret)
            .await
            .map_err(store_refusal)
    }

    /// What was stored so; `None` when there is none.
    pub(crate) async fn callback_secret(
        &self,
        connection: &str,
        kind: SecretKind,
    ) -> Outcome<Option<SecretString>> {
        self.place
            .get(&name(connection, kind))
            .await
            .map_err(store_refusal)
    }

    /// What is needed to open `saved`. The practice world's credentials are no secrets and come with the program.
    pub(crate) async fn of(&self, saved: &SavedConnection, clock: Arc<dyn Clock>) -> Outcome<Kept> {
        // An unreadable keychain is no reason not to open the books: it is said where the secrets are needed.
        let (client_secret, gateway, wanting) = match self.secrets_of(saved).await {
            Ok((client_secret, gateway)) => (client_secret, gateway, None),
            Err(refusal) => (SecretString::default(), nobody(), Some(refusal)),
        };
        let provider = provider(saved)?;
        let http = http(saved, &provider)?;
        let place: Arc<dyn SecretStore> = Arc::clone(&self.place) as Arc<dyn SecretStore>;
        let session = Session::new(
            &saved.view.id,
            provider,
            registration(saved, client_secret),
            place,
            http,
            clock,
        );
        if let Err(error) = session.restore().await {
            tracing::warn!(%error, "the session could not be read from the keychain");
        }
        Ok(Kept {
            session,
            gateway,
            wanting,
        })
    }

    async fn secrets_of(&self, saved: &SavedConnection) -> Outcome<(SecretString, GatewayCredentials)> {
        let typed = match saved.view.world {
            World::Practice => TypedSecrets {
                client: Some(simulator::PRACTICE_CLIENT_SECRET.into()),
                gateway: Some(simulator::PRACTICE_GATEWAY_SECRET.into()),
            },
            World::Sandbox | World::Production => TypedSecrets {
                client: None,
                gateway: None,
            },
        };
        self.typed_or_kept(saved, typed).await
    }

    async fn read(&self, connection: &str, kind: SecretKind) -> Outcome<SecretString> {
        let found = self
            .place
            .get(&name(connection, kind))
            .await
            .map_err(store_refusal)?;
        found.ok_or_else(|| {
            Refusal::new(
                RefusalCode::ConnectionInvalid,
                "The secrets of this connection are no longer in the keychain.",
            )
            .with_detail("secrets_missing")
        })
    }
}

#[async_trait]
impl SecretStore for Place {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        self.now().get(name).await
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        self.now().set(name, value).await
    }

    /// From memory, and from the keychain also after the merchant chose memory: what an earlier run kept there is not
    /// gone because this run does not look at it.
    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.memory.delete(name).await?;
        match self.keychain.delete(name).await {
            // Where there is no keychain there is nothing in it. A former token alone is of no use, and a new sign-in
            // deletes it first: that must not fail while this run goes without the keychain.
            Err(StoreError::Missing) if self.this_run_only.load(Ordering::SeqCst) => Ok(()),
            Err(_)
                if self.this_run_only.load(Ordering::SeqCst)
                    && name.kind == SecretKind::FormerRefreshToken =>
            {
                Ok(())
            }
            other => other,
        }
    }

    async fn state(&self) -> KeychainState {
        self.now().state().await
    }
}

impl Place {
    fn now(&self) -> &dyn SecretStore {
        if self.this_run_only.load(Ordering::SeqCst) {
            &self.memory
        } else {
            self.keychain.as_ref()
        }
    }
}

/// In place of credentials that cannot be read. Nothing is called with them: see [`Kept::wanting`].
fn nobody() -> GatewayCredentials {
    GatewayCredentials {
        id: "unread".to_owned(),
        secret: "unread".into(),
    }
}

fn name(connection: &str, kind: SecretKind) -> SecretName {
    SecretName {
        connection: connection.to_owned(),
        kind,
    }
}

/// The client that speaks to the provider of a connection.
pub(crate) fn http(saved: &SavedConnection, provider: &Provider) -> Outcome<HttpClient> {
    HttpClient::new(worlds::may_be_plain(saved.view.world, &provider.discovery_url))
        .map_err(|error| Refusal::unexpected(&error))
}

/// The provider of a connection, as pinned.
pub(crate) fn provider(saved: &SavedConnection) -> Outcome<Provider> {
    let discovery_url: Url = saved.view.discovery_url.parse().map_err(|_| {
        Refusal::new(
            RefusalCode::ConnectionInvalid,
            "The address of the provider cannot be read.",
        )
        .with_detail("discovery_url")
    })?;
    // MobilePay's own document may name MobilePay's own hosts only; another provider's is trusted for itself.
    Ok(Provider::at(discovery_url, saved.view.issuer.clone()))
}

/// Our registration with it.
pub(crate) fn registration(saved: &SavedConnection, client_secret: SecretString) -> Registration {
    Registration {
        client_id: saved.view.client_id.clone(),
        client_secret,
        redirect_uri: saved.view.redirect_uri.clone(),
        response_mode: match saved.view.door {
            // A static page can only read the fragment; a listener takes the form that MobilePay recommends.
            Door::ReturnPage => ResponseMode::Fragment,
            Door::Loopback => ResponseMode::FormPost,
        },
        scopes: Registration::usual_scopes(saved.view.transactions),
        merchant_vat: saved.view.merchant_vat.clone(),
        prompt: None,
    }
}

/// The keychain's refusal in the window's terms.
pub(crate) fn store_refusal(error: StoreError) -> Refusal {
    match error {
        StoreError::Missing => Refusal::new(
            RefusalCode::KeychainMissing,
            "This computer has no keychain, so Kvit cannot keep the sign-in safely.",
        ),
        StoreError::Locked => Refusal::new(
            RefusalCode::KeychainLocked,
            "The keychain of this computer is locked.",
        ),
        StoreError::TooLong => Refusal::new(
            RefusalCode::KeychainFailed,
            "A secret is longer than a keychain can hold.",
        )
        .with_detail("too_long"),
        StoreError::HeldElsewhere => session_refusal(SessionError::HeldElsewhere),
        StoreError::Failed(reason) => Refusal::new(
            RefusalCode::KeychainFailed,
            format!("The keychain failed: {reason}"),
        ),
    }
}
