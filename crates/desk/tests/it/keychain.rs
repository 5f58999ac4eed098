//! A keychain that comes and goes: the books open without it, and nothing is said to be deleted that is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use crate::clock::Ahead;
use crate::connecting::{form, provider};
use crate::shop::Remembering;
use desk::ipc::{Event, NextStep, RefusalCode};
use desk::{Desk, Setup};
use login::{KeychainState, SecretKind, SecretName, SecretStore, SessionOnly, StoreError};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};

#[derive(Clone, Copy)]
enum Now {
    Open,
    Locked,
    Missing,
}

/// A keychain that a test opens, locks or takes away.
#[derive(Default)]
struct ComesAndGoes {
    kept: SessionOnly,
    now: AtomicU8,
}

impl ComesAndGoes {
    fn is(&self, now: Now) {
        self.now.store(now as u8, Ordering::SeqCst);
    }

    fn asked(&self) -> Result<(), StoreError> {
        match self.now.load(Ordering::SeqCst) {
            0 => Ok(()),
            1 => Err(StoreError::Locked),
            _ => Err(StoreError::Missing),
        }
    }

    async fn holds(&self, connection: &str, kind: SecretKind) -> bool {
        let name = SecretName {
            connection: connection.to_owned(),
            kind,
        };
        self.kept.get(&name).await.unwrap().is_some()
    }
}

#[async_trait::async_trait]
impl SecretStore for ComesAndGoes {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        self.asked()?;
        self.kept.get(name).await
    }
    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        self.asked()?;
        self.kept.set(name, value).await
    }
    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.asked()?;
        self.kept.delete(name).await
    }
    async fn state(&self) -> KeychainState {
        match self.asked() {
            Ok(()) => KeychainState::Available,
            Err(StoreError::Locked) => KeychainState::Locked,
            Err(_) => KeychainState::Missing,
        }
    }
}

struct Place {
    folder: tempfile::TempDir,
    keychain: Arc<ComesAndGoes>,
    desk: Arc<Desk>,
}

impl Place {
    async fn new(now: Now) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let keychain = Arc::new(ComesAndGoes::default());
        keychain.is(now);
        let desk = open(&folder, &keychain).await;
        Self {
            folder,
            keychain,
            desk,
        }
    }

    async fn reopen(&mut self) {
        self.desk.close().await;
        self.desk = open(&self.folder, &self.keychain).await;
    }

    async fn call(&self, name: &str, input: Value) -> Value {
        let answer = self.desk.call(name, input).await;
        answer.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    async fn session(&self) -> String {
        let status = self.call("connection_show", json!({})).await;
        status["session"]["state"].as_str().unwrap().to_owned()
    }

    async fn sign_in(&self) {
        let begun = self.call("signin_begin", json!({})).await;
        let authorize = begun["authorizeUrl"].as_str().unwrap();
        let Return::Fragment(address) = visitor::consent(authorize, Person::danish()).await.unwrap() else {
            panic!("the return page takes a fragment")
        };
        self.call("signin_paste", json!({ "address": address })).await;
        assert_eq!(self.session().await, "signed_in");
    }
}

async fn open(folder: &tempfile::TempDir, keychain: &Arc<ComesAndGoes>) -> Arc<Desk> {
    let setup = Setup {
        data: folder.path().join("data"),
        documents: folder.path().join("documents"),
        browser: Arc::new(Remembering::default()),
        secrets: Arc::clone(keychain) as Arc<dyn SecretStore>,
        version: "test".into(),
        return_page: "",
    };
    Desk::open_by(setup, Arc::new(Ahead::default())).await.unwrap()
}

#[tokio::test]
async fn a_connection_kept_for_one_run_opens_in_the_next_and_asks_for_its_secrets() {
    let provider = provider().await;
    let mut place = Place::new(Now::Missing).await;
    place.call("keychain_forgo", json!({})).await;
    let id = place.call("connection_add", form(&provider)).await["id"].clone();
    place.call("connection_choose", json!({ "id": id })).await;
    place.call("draft_create", json!({})).await;

    place.reopen().await;
    let app = place.call("app_show", json!({})).await;
    assert_eq!(app["current"], id);
    assert_eq!(place.session().await, "signed_out");
    let drafts = place.call("draft_list", json!({})).await;
    assert_eq!(drafts["drafts"].as_array().unwrap().len(), 1);

    let refusal = place.desk.call("signin_begin", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::KeychainMissing);
    assert_eq!(refusal.next, NextStep::KeepThisRunOnly);
    place.call("keychain_forgo", json!({})).await;
    let refusal = place.desk.call("signin_begin", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::ConnectionInvalid);
    assert_eq!(refusal.detail.as_deref(), Some("secrets_missing"));
    let again = json!({ "id": id, "form": form(&provider) });
    place.call("connection_change", again).await;
    place.call("signin_begin", json!({})).await;
}

#[tokio::test]
async fn a_keychain_that_is_opened_after_the_start_brings_the_session_back() {
    let provider = provider().await;
    let mut place = Place::new(Now::Open).await;
    let id = place.call("connection_add", form(&provider)).await["id"].clone();
    place.call("connection_choose", json!({ "id": id })).await;
    place.keychain.is(Now::Locked);
    place.reopen().await;
    assert_eq!(place.session().await, "signed_out");
    let status = place.call("connection_show", json!({})).await;
    assert_eq!(status["trouble"]["trouble"], "keychain_locked");
    let refusal = place.desk.call("connection_check", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::KeychainLocked);
    place.keychain.is(Now::Open);
    let mut events = place.desk.events();
    place.call("connection_check", json!({})).await;
    assert!(matches!(events.try_recv(), Ok(Event::EverythingChanged)));
}

#[tokio::test]
async fn signing_out_during_a_run_without_the_keychain_deletes_what_an_earlier_run_kept() {
    let mut place = Place::new(Now::Open).await;
    place.sign_in().await;
    place.keychain.is(Now::Locked);
    place.reopen().await;
    place.call("keychain_forgo", json!({})).await;
    place.sign_in().await;

    let refusal = place.desk.call("session_end", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::KeychainLocked);
    assert_eq!(place.session().await, "signed_in", "it is not said to be gone");
    place.keychain.is(Now::Open);
    place.call("session_end", json!({})).await;
    for kind in [SecretKind::RefreshToken, SecretKind::FormerRefreshToken] {
        assert!(!place.keychain.holds("practice-dk", kind).await);
    }
    place.reopen().await;
    assert_eq!(place.session().await, "signed_out");
}

#[tokio::test]
async fn removing_a_connection_during_a_run_without_the_keychain_leaves_no_secret_in_it() {
    let provider = provider().await;
    let mut place = Place::new(Now::Open).await;
    let added = place.call("connection_add", form(&provider)).await;
    let id = added["id"].as_str().unwrap();
    assert!(place.keychain.holds(id, SecretKind::ClientSecret).await);
    place.reopen().await;
    place.call("keychain_forgo", json!({})).await;
    place.call("connection_remove", json!({ "id": id })).await;
    for kind in [
        SecretKind::ClientSecret,
        SecretKind::GatewayId,
        SecretKind::GatewaySecret,
    ] {
        assert!(!place.keychain.holds(id, kind).await, "{kind:?}");
    }
}
