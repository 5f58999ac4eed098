//! What the keychain holds of a session, and the order in which it is written.

use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};

use super::{Held, SessionState, Shared};
use crate::secrets::{SecretKind, SecretName, StoreError};

/// One entry of the keychain.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    pub(super) refresh_token: String,
    pub(super) subject: String,
    pub(super) nonce: String,
    pub(super) last_used: Timestamp,
}

impl Shared {
    pub(super) fn name(&self, kind: SecretKind) -> SecretName {
        SecretName {
            connection: self.connection.clone(),
            kind,
        }
    }

    pub(super) async fn read_kept(&self, held: &mut Held) -> Result<(), StoreError> {
        if held.read {
            return Ok(());
        }
        let text = self.store.get(&self.name(SecretKind::RefreshToken)).await?;
        let kept: Option<Kept> = text.and_then(|text| serde_json::from_str(text.expose_secret()).ok());
        let same = |ours: &Kept, theirs: &Kept| ours.refresh_token == theirs.refresh_token;
        if !matches!((&held.kept, &kept), (Some(ours), Some(theirs)) if same(ours, theirs)) {
            // Somebody rotated or ended it meanwhile: an access token of before is superseded.
            held.access = None;
        }
        held.kept = kept;
        held.read = true;
        if let Some(kept) = &held.kept {
            self.state.send_replace(SessionState::SignedIn {
                last_used: kept.last_used,
            });
        } else if matches!(*self.state.borrow(), SessionState::SignedIn { .. }) {
            self.state.send_replace(SessionState::SignedOut);
        }
        Ok(())
    }

    pub(super) async fn keep(&self, kind: SecretKind, kept: &Kept) -> Result<(), StoreError> {
        let text = serde_json::to_string(kept).map_err(|error| StoreError::Failed(error.to_string()))?;
        let name = self.name(kind);
        self.store.set(&name, text.clone().into()).await?;
        // Read back: some keychains say yes and keep nothing.
        match self.store.get(&name).await? {
            Some(read) if read.expose_secret() == text => Ok(()),
            _ => Err(StoreError::Failed("what was stored cannot be read back".into())),
        }
    }

    pub(super) async fn forget(&self) -> Result<(), StoreError> {
        self.store
            .delete(&self.name(SecretKind::FormerRefreshToken))
            .await?;
        self.store.delete(&self.name(SecretKind::RefreshToken)).await
    }

    /// The one before `kept`, which a server that reuses tokens still takes if `kept` got lost on its side.
    pub(super) async fn former(&self, kept: &Kept) -> Option<Kept> {
        let text = self
            .store
            .get(&self.name(SecretKind::FormerRefreshToken))
            .await
            .ok()??;
        let former: Kept = serde_json::from_str(text.expose_secret()).ok()?;
        (former.subject == kept.subject && former.refresh_token != kept.refresh_token).then_some(former)
    }

    /// Durable before use. The former one stays beside it until the new one has worked, for servers that reuse tokens.
    pub(super) async fn store_rotated(&self, former: &Kept, renewed: &Kept) -> Result<(), StoreError> {
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

    pub(super) async fn store_unsaved(&self, held: &mut Held) {
        if let (Some(_), Some(kept)) = (&held.unsaved, &held.kept) {
            held.unsaved = self.keep(SecretKind::RefreshToken, kept).await.err();
        }
    }
}
