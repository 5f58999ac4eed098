//! One session: one refresh at a time, what is rotated is stored before it is used, and only the provider's own word
//! ends it.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]

mod provider;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use login::{
    KeychainState, SecretKind, SecretName, SecretStore, Session, SessionError, SessionOnly, SessionState,
    StoreError,
};
use provider::{FakeProvider, Faults, Jwt, Signing, change};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};

/// A store that writes down what happens to it, and fails when it is told to.
#[derive(Default)]
struct Recording {
    kept: SessionOnly,
    done: Mutex<Vec<String>>,
    fails: AtomicBool,
    forgets: AtomicBool,
}

impl Recording {
    fn note(&self, what: String) -> Result<(), StoreError> {
        self.done.lock().unwrap().push(what);
        if self.fails.load(Ordering::SeqCst) {
            return Err(StoreError::Locked);
        }
        Ok(())
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.done.lock().unwrap())
    }

    async fn holds(&self, kind: SecretKind) -> Option<String> {
        let name = SecretName {
            connection: "c1".into(),
            kind,
        };
        let text = self.kept.get(&name).await.unwrap()?;
        let kept: Value = serde_json::from_str(text.expose_secret()).unwrap();
        Some(kept["refresh_token"].as_str().unwrap().to_owned())
    }
}

#[async_trait]
impl SecretStore for Recording {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        self.note(format!("get {:?}", name.kind))?;
        if self.forgets.load(Ordering::SeqCst) {
            return Ok(None);
        }
        self.kept.get(name).await
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        self.note(format!("set {:?}", name.kind))?;
        self.kept.set(name, value).await
    }

    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.note(format!("delete {:?}", name.kind))?;
        self.kept.delete(name).await
    }

    async fn state(&self) -> KeychainState {
        KeychainState::Available
    }
}

struct Shop {
    provider: FakeProvider,
    store: Arc<Recording>,
    session: Session,
}

fn session(provider: &FakeProvider, store: &Arc<Recording>) -> Session {
    let store: Arc<dyn SecretStore> = Arc::<Recording>::clone(store);
    let clock: Arc<dyn login::Clock> = Arc::<provider::TestClock>::clone(&provider.clock);
    let registration = provider::registration();
    Session::new(
        "c1",
        provider.config(),
        registration,
        store,
        provider.http.clone(),
        clock,
    )
}

impl Shop {
    /// Signed in, with `marked-access-1` for 300 seconds.
    async fn open() -> Self {
        let provider = FakeProvider::start().await;
        let store = Arc::new(Recording::default());
        let session = session(&provider, &store);
        let discovery = session.discovery().await.unwrap();
        session
            .begin(provider.sign_in(&discovery).await.unwrap())
            .await
            .unwrap();
        store.take();
        Self {
            provider,
            store,
            session,
        }
    }

    async fn token(&self) -> Result<String, SessionError> {
        let token = self.session.access_token().await?;
        Ok(token.expose_secret().to_owned())
    }

    /// Token requests after the sign-in.
    fn refreshes(&self) -> Vec<String> {
        let requests = self.provider.token_requests();
        let refreshes = requests
            .iter()
            .filter(|form| form["grant_type"] == "refresh_token");
        refreshes.map(|form| form["refresh_token"].clone()).collect()
    }

    fn refuse(&self, status: u16, word: &str) {
        let refused = Some((status, json!({ "error": word })));
        self.provider.set(Faults {
            refused,
            ..Faults::default()
        });
    }

    fn change_answer(&self, edit: impl Fn(&mut Value) + Send + Sync + 'static) {
        self.provider.set(Faults {
            answer: change(edit),
            ..Faults::default()
        });
    }

    fn change_token(&self, edit: impl Fn(&mut Jwt) + Send + Sync + 'static) {
        self.provider.set(Faults {
            back: change(edit),
            ..Faults::default()
        });
    }

    fn is_signed_in(&self) -> bool {
        matches!(self.session.state(), SessionState::SignedIn { .. })
    }
}

fn without(value: &mut Value, name: &str) {
    value.as_object_mut().unwrap().remove(name);
}

fn signed_with_the_second(token: &mut Jwt) {
    token.header["kid"] = "second".into();
    token.signing = Signing::Key(1);
}

const NEEDED: Result<String, SessionError> = Err(SessionError::SignInNeeded);
const UNREACHABLE: Result<String, SessionError> = Err(SessionError::Unreachable);

#[tokio::test]
async fn ten_callers_cause_one_refresh() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    let callers: Vec<_> = (0..10)
        .map(|_| {
            let session = shop.session.clone();
            tokio::spawn(async move { session.access_token().await })
        })
        .collect();
    for caller in callers {
        assert_eq!(caller.await.unwrap().unwrap().expose_secret(), "marked-access-2");
    }
    assert_eq!(shop.refreshes(), ["marked-refresh-1"]);
}

#[tokio::test]
async fn a_token_is_renewed_a_minute_before_its_end() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(239);
    assert_eq!(shop.token().await.unwrap(), "marked-access-1");
    shop.provider.clock.pass(1);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
}

#[tokio::test]
async fn a_short_token_is_renewed_a_fifth_before_its_end() {
    let shop = Shop::open().await;
    shop.change_answer(|answer| answer["expires_in"] = 100.into());
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    shop.provider.clock.pass(79);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    shop.provider.clock.pass(1);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
}

#[tokio::test]
async fn a_token_without_a_lifetime_lasts_five_minutes() {
    let shop = Shop::open().await;
    shop.change_answer(|answer| without(answer, "expires_in"));
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    shop.provider.clock.pass(239);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    shop.provider.clock.pass(1);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
}

#[tokio::test]
async fn a_refresh_sends_neither_scope_nor_verifier() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    shop.token().await.unwrap();
    let mut names: Vec<_> = shop.provider.token_requests()[1].keys().cloned().collect();
    names.sort();
    assert_eq!(
        names,
        ["client_id", "client_secret", "grant_type", "refresh_token"]
    );
}

#[tokio::test]
async fn a_rotated_token_is_stored_and_read_back_before_the_access_token_is_given() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    shop.token().await.unwrap();
    let expected = [
        "set FormerRefreshToken",
        "get FormerRefreshToken",
        "set RefreshToken",
        "get RefreshToken",
    ];
    assert_eq!(shop.store.take(), expected);
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-2"
    );
    assert_eq!(
        shop.store.holds(SecretKind::FormerRefreshToken).await.unwrap(),
        "marked-refresh-1"
    );
    shop.provider.clock.pass(300);
    shop.token().await.unwrap();
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

#[tokio::test]
async fn a_store_that_fails_leaves_the_session_in_memory_and_is_tried_again() {
    let shop = Shop::open().await;
    shop.store.fails.store(true, Ordering::SeqCst);
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    assert_eq!(shop.session.unsaved().await, Some(StoreError::Locked));
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
    shop.store.fails.store(false, Ordering::SeqCst);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.session.unsaved().await, None);
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-3"
    );
}

#[tokio::test]
async fn a_store_that_says_yes_and_keeps_nothing_is_found_out() {
    let shop = Shop::open().await;
    shop.store.forgets.store(true, Ordering::SeqCst);
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    assert!(shop.session.unsaved().await.is_some());
}

#[tokio::test]
async fn a_sign_in_that_cannot_be_stored_is_none() {
    let provider = FakeProvider::start().await;
    let store = Arc::new(Recording::default());
    let session = session(&provider, &store);
    let discovery = session.discovery().await.unwrap();
    let signed_in = provider.sign_in(&discovery).await.unwrap();
    store.fails.store(true, Ordering::SeqCst);
    assert_eq!(session.begin(signed_in).await, Err(StoreError::Locked));
    assert_eq!(session.state(), SessionState::SignedOut);
}

#[tokio::test]
async fn a_provider_that_reuses_tokens_keeps_the_old_one() {
    let shop = Shop::open().await;
    shop.change_answer(|answer| without(answer, "refresh_token"));
    for _ in 0..2 {
        shop.provider.clock.pass(300);
        shop.token().await.unwrap();
    }
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-1"]);
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-1"
    );
    assert_eq!(shop.store.holds(SecretKind::FormerRefreshToken).await, None);
}

#[tokio::test]
async fn invalid_grant_ends_the_session_and_deletes_the_token() {
    let shop = Shop::open().await;
    shop.refuse(400, "invalid_grant");
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, NEEDED);
    assert_eq!(
        shop.session.state(),
        SessionState::SignInNeeded { reason: "revoked" }
    );
    assert_eq!(shop.store.holds(SecretKind::RefreshToken).await, None);
    assert_eq!(shop.token().await, NEEDED);
    assert_eq!(shop.refreshes().len(), 1);
}

#[tokio::test]
async fn after_a_rotation_the_former_token_is_tried_once_before_the_session_ends() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    shop.token().await.unwrap();
    shop.refuse(400, "invalid_grant");
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, NEEDED);
    assert_eq!(
        shop.refreshes(),
        ["marked-refresh-1", "marked-refresh-2", "marked-refresh-1"]
    );
    assert_eq!(shop.store.holds(SecretKind::RefreshToken).await, None);
    assert_eq!(shop.store.holds(SecretKind::FormerRefreshToken).await, None);
}

#[tokio::test]
async fn trouble_of_the_provider_does_not_end_the_session() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    for (status, word) in [
        (500, "invalid_grant"),
        (503, "x"),
        (429, "invalid_grant"),
        (400, "temporarily_unavailable"),
    ] {
        shop.refuse(status, word);
        assert_eq!(shop.token().await, UNREACHABLE, "{status}");
        assert!(shop.is_signed_in());
    }
    for body in ["", "<html>", "{}"] {
        let raw = [("/token", (200, body.to_owned()))].into();
        shop.provider.set(Faults {
            raw,
            ..Faults::default()
        });
        assert_eq!(shop.token().await, UNREACHABLE, "{body}");
    }
    shop.provider.set(Faults::default());
    assert!(shop.token().await.is_ok());
    assert!(shop.refreshes().iter().all(|sent| sent == "marked-refresh-1"));
}

#[tokio::test]
async fn no_network_does_not_end_the_session() {
    let Shop {
        provider,
        store,
        session,
    } = Shop::open().await;
    let clock = Arc::clone(&provider.clock);
    drop(provider);
    clock.pass(300);
    assert_eq!(
        session.access_token().await.err(),
        Some(SessionError::Unreachable)
    );
    assert!(matches!(session.state(), SessionState::SignedIn { .. }));
    assert!(store.holds(SecretKind::RefreshToken).await.is_some());
}

#[tokio::test]
async fn wrong_credentials_leave_the_token_for_when_they_are_right() {
    for (status, word) in [
        (400, "invalid_client"),
        (401, "invalid_client"),
        (400, "unauthorized_client"),
    ] {
        let shop = Shop::open().await;
        shop.refuse(status, word);
        shop.provider.clock.pass(300);
        assert_eq!(shop.token().await, Err(SessionError::ClientRefused));
        assert_eq!(
            shop.session.state(),
            SessionState::SignInNeeded {
                reason: "client_refused"
            }
        );
        shop.provider.set(Faults::default());
        let corrected = session(&shop.provider, &shop.store);
        assert!(corrected.access_token().await.is_ok());
        assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-1"]);
    }
}

async fn refuses_the_refreshed(edit: impl Fn(&mut Jwt) + Send + Sync + 'static) {
    let shop = Shop::open().await;
    shop.change_token(edit);
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, NEEDED);
    assert_eq!(
        shop.session.state(),
        SessionState::SignInNeeded { reason: "lost" }
    );
    assert_eq!(shop.store.holds(SecretKind::RefreshToken).await, None);
}

#[tokio::test]
async fn oidcc_client_test_refresh_token_invalid_sub() {
    refuses_the_refreshed(|token| token.claims["sub"] = "user-2".into()).await;
}

#[tokio::test]
async fn oidcc_client_test_refresh_token_invalid_issuer() {
    refuses_the_refreshed(|token| token.claims["iss"] = "https://evil.example".into()).await;
}

#[tokio::test]
async fn a_refreshed_id_token_is_held_to_the_other_checks_too() {
    refuses_the_refreshed(|token| token.claims["aud"] = "another".into()).await;
    refuses_the_refreshed(|token| token.claims["nonce"] = "another".into()).await;
    refuses_the_refreshed(|token| token.claims["at_hash"] = provider::half_hash("x").into()).await;
    refuses_the_refreshed(|token| token.signing = Signing::Broken).await;
}

/// A cache hands out the old list for a while: the provider signs with a key that nobody can look up yet.
#[tokio::test]
async fn a_key_set_that_lags_behind_does_not_end_the_session() {
    let shop = Shop::open().await;
    shop.change_token(signed_with_the_second);
    shop.provider.clock.pass(300);
    for round in 2..4 {
        assert_eq!(shop.token().await, UNREACHABLE);
        assert!(shop.is_signed_in());
        assert_eq!(
            shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
            format!("marked-refresh-{round}")
        );
    }
    shop.provider.publish(&[("first", 0), ("second", 1)]);
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-4");
    assert_eq!(
        shop.refreshes(),
        ["marked-refresh-1", "marked-refresh-2", "marked-refresh-3"]
    );
}

/// The keys were fetched a moment ago for another one.
#[tokio::test]
async fn a_key_that_may_not_be_asked_for_yet_does_not_cost_the_rotated_token() {
    let shop = Shop::open().await;
    shop.change_token(|token| token.header["kid"] = "third".into());
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, UNREACHABLE);
    shop.provider.publish(&[("first", 0), ("second", 1)]);
    shop.change_token(signed_with_the_second);
    shop.provider.clock.pass(59);
    assert_eq!(shop.token().await, UNREACHABLE);
    assert_eq!(shop.provider.fetches("/jwks"), 2);
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-3"
    );
    shop.provider.clock.pass(1);
    assert_eq!(shop.token().await.unwrap(), "marked-access-4");
}

#[tokio::test]
async fn a_key_that_is_missing_at_two_looks_five_minutes_apart_ends_the_session() {
    let shop = Shop::open().await;
    shop.change_token(|token| token.header["kid"] = "nobody's".into());
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, UNREACHABLE);
    shop.provider.clock.pass(299);
    assert_eq!(shop.token().await, UNREACHABLE);
    shop.provider.clock.pass(1);
    assert_eq!(shop.token().await, NEEDED);
    assert_eq!(
        shop.session.state(),
        SessionState::SignInNeeded { reason: "lost" }
    );
    assert_eq!(shop.store.holds(SecretKind::RefreshToken).await, None);
}

#[tokio::test]
async fn a_refreshed_id_token_may_be_absent_or_repeat_the_nonce() {
    let shop = Shop::open().await;
    shop.change_answer(|answer| without(answer, "id_token"));
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    let nonce = Arc::new(Mutex::new(Value::Null));
    let seen = Arc::clone(&nonce);
    shop.change_token(move |token| *seen.lock().unwrap() = token.claims["nonce"].clone());
    let discovery = shop.session.discovery().await.unwrap();
    let signed_in = shop.provider.sign_in(&discovery).await.unwrap();
    shop.session.begin(signed_in).await.unwrap();
    let nonce = nonce.lock().unwrap().clone();
    shop.change_token(move |token| token.claims["nonce"] = nonce.clone());
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-4");
}

#[tokio::test]
async fn keys_that_cannot_be_fetched_do_not_cost_the_rotated_token() {
    let shop = Shop::open().await;
    shop.provider.publish(&[("second", 1)]);
    let raw = [("/jwks", (503, String::new()))].into();
    shop.provider.set(Faults {
        raw,
        ..Faults::default()
    });
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await, UNREACHABLE);
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-2"
    );
    shop.provider.set(Faults::default());
    shop.provider.clock.pass(60);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

#[tokio::test]
async fn a_restart_finds_the_session_in_the_store() {
    let shop = Shop::open().await;
    let again = session(&shop.provider, &shop.store);
    assert_eq!(again.state(), SessionState::SignedOut);
    assert!(matches!(
        again.restore().await.unwrap(),
        SessionState::SignedIn { .. }
    ));
    assert_eq!(
        again.access_token().await.unwrap().expose_secret(),
        "marked-access-2"
    );
    assert_eq!(shop.refreshes(), ["marked-refresh-1"]);
}

#[tokio::test]
async fn a_restart_without_a_session_needs_a_sign_in() {
    let provider = FakeProvider::start().await;
    let session = session(&provider, &Arc::new(Recording::default()));
    assert_eq!(session.restore().await.unwrap(), SessionState::SignedOut);
    assert_eq!(
        session.access_token().await.err(),
        Some(SessionError::SignInNeeded)
    );
    assert!(provider.token_requests().is_empty());
}

#[tokio::test]
async fn a_locked_store_has_an_error_of_its_own_and_is_asked_again_after_it_is_opened() {
    let shop = Shop::open().await;
    let again = session(&shop.provider, &shop.store);
    shop.store.fails.store(true, Ordering::SeqCst);
    assert_eq!(again.restore().await, Err(StoreError::Locked));
    // Not "sign in again": nobody knows yet, and signing in would meet the same lock.
    assert_eq!(
        again.access_token().await.err(),
        Some(SessionError::Store(StoreError::Locked))
    );
    assert!(shop.refreshes().is_empty());
    shop.store.fails.store(false, Ordering::SeqCst);
    assert!(again.access_token().await.is_ok());
}

#[tokio::test]
async fn a_rejected_token_leads_to_exactly_one_refresh() {
    let shop = Shop::open().await;
    let token = shop.session.access_token().await.unwrap();
    // Two calls that went out with the same token both come back with 401.
    shop.session.rejected(&token).await;
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    shop.session.rejected(&token).await;
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    assert_eq!(shop.refreshes().len(), 1);
    shop.session.rejected(&"marked-access-2".into()).await;
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

#[tokio::test]
async fn a_caller_that_goes_away_in_the_middle_loses_nothing() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    let bell = shop.provider.hold();
    let session = shop.session.clone();
    let caller = tokio::spawn(async move { session.access_token().await });
    shop.provider.arrived().await;
    caller.abort();
    assert!(caller.await.unwrap_err().is_cancelled());
    bell.notify_one();
    shop.session.close().await;
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-2"
    );
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    assert_eq!(shop.refreshes().len(), 1);
}

#[tokio::test]
async fn signing_out_deletes_every_token_and_says_so() {
    let shop = Shop::open().await;
    let mut watched = shop.session.watch();
    shop.provider.clock.pass(300);
    shop.token().await.unwrap();
    shop.session.sign_out().await.unwrap();
    assert_eq!(*watched.borrow_and_update(), SessionState::SignedOut);
    assert_eq!(shop.store.holds(SecretKind::RefreshToken).await, None);
    assert_eq!(shop.store.holds(SecretKind::FormerRefreshToken).await, None);
    assert_eq!(shop.token().await, NEEDED);
}

#[tokio::test]
async fn a_store_that_does_not_let_go_leaves_the_merchant_signed_in() {
    let shop = Shop::open().await;
    shop.store.fails.store(true, Ordering::SeqCst);
    assert_eq!(shop.session.sign_out().await, Err(StoreError::Locked));
    assert!(shop.is_signed_in());
    assert_eq!(shop.token().await.unwrap(), "marked-access-1");
}

/// Everything right: the session goes on.
#[tokio::test]
async fn oidcc_client_test_refresh_token() {
    let shop = Shop::open().await;
    shop.provider.give_once("marked-refresh-1");
    for round in 2..5 {
        shop.provider.clock.pass(300);
        assert_eq!(shop.token().await.unwrap(), format!("marked-access-{round}"));
    }
    assert_eq!(
        shop.refreshes(),
        ["marked-refresh-1", "marked-refresh-2", "marked-refresh-3"]
    );
}

#[tokio::test]
async fn after_a_sleep_no_token_is_fresh() {
    for (gap, refreshes) in [(30, 0), (31, 1), (8 * 3_600, 1), (-30, 0), (-31, 1)] {
        let shop = Shop::open().await;
        // The monotonic clock stood still.
        shop.provider.clock.jump(gap);
        shop.token().await.unwrap();
        assert_eq!(shop.refreshes().len(), refreshes, "{gap}");
        shop.token().await.unwrap();
        assert_eq!(shop.refreshes().len(), refreshes, "{gap}: once");
    }
}

#[tokio::test]
async fn a_clock_that_is_off_costs_neither_the_consent_nor_the_rotated_token() {
    let shop = Shop::open().await;
    shop.provider.clock.pass(300);
    shop.provider.is_ahead(3_600);
    assert_eq!(shop.token().await, Err(SessionError::ClockOff(-3_600)));
    assert!(shop.is_signed_in());
    assert_eq!(
        shop.store.holds(SecretKind::RefreshToken).await.unwrap(),
        "marked-refresh-2"
    );
    shop.provider.is_ahead(0);
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

#[tokio::test]
async fn the_document_is_kept_for_a_day_and_an_old_one_is_better_than_none() {
    const PATH: &str = "/account/.well-known/openid-configuration";
    let shop = Shop::open().await;
    shop.provider.clock.pass(24 * 3_600);
    shop.session.discovery().await.unwrap();
    assert_eq!(shop.provider.fetches(PATH), 1);
    shop.provider.clock.pass(1);
    shop.provider.set(Faults {
        raw: [(PATH, (302, String::new()))].into(),
        ..Faults::default()
    });
    assert!(shop.session.discovery().await.is_ok());
    assert_eq!(shop.provider.fetches(PATH), 2);
    shop.provider.set(Faults {
        discovery: change(|document: &mut Value| document["issuer"] = "https://evil.example".into()),
        ..Faults::default()
    });
    assert_eq!(
        shop.session.discovery().await.err(),
        Some(login::DiscoveryError::IssuerMismatch)
    );
    shop.provider.set(Faults::default());
    assert!(shop.session.discovery().await.is_ok());
    assert!(shop.session.discovery().await.is_ok());
    assert_eq!(shop.provider.fetches(PATH), 4);
}

/// Two sessions of one connection: the second neither refreshes nor signs in or out beside the first, and goes on with
/// the newest token when the first has let go.
#[tokio::test]
async fn of_two_sessions_one_is_alone_with_the_token() {
    let shop = Shop::open().await;
    shop.provider.give_once("marked-refresh-1");
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("c1.session");
    let second = session(&shop.provider, &shop.store);
    for session in [&shop.session, &second] {
        session.alone_by(lock.clone());
    }
    second.restore().await.unwrap();
    shop.provider.clock.pass(300);
    assert_eq!(shop.token().await.unwrap(), "marked-access-2");
    assert_eq!(
        second.access_token().await.err(),
        Some(SessionError::HeldElsewhere)
    );
    assert_eq!(second.sign_out().await, Err(StoreError::HeldElsewhere));
    let discovery = second.discovery().await.unwrap();
    let signed_in = shop.provider.sign_in(&discovery).await.unwrap();
    assert_eq!(second.begin(signed_in).await, Err(StoreError::HeldElsewhere));
    assert_eq!(shop.refreshes(), ["marked-refresh-1"]);
    shop.session.close().await;
    assert_eq!(
        second.access_token().await.unwrap().expose_secret(),
        "marked-access-4"
    );
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

#[tokio::test]
async fn a_lock_that_cannot_be_had_is_no_permission() {
    let shop = Shop::open().await;
    let folder = tempfile::tempdir().unwrap();
    shop.session
        .alone_by(folder.path().join("no such folder/c1.session"));
    assert_eq!(shop.token().await, Err(SessionError::HeldElsewhere));
    assert!(shop.refreshes().is_empty());
}

/// Signed out by another process: known as soon as this one has the session.
#[tokio::test]
async fn who_gets_the_session_reads_anew_whether_there_is_one() {
    let shop = Shop::open().await;
    let folder = tempfile::tempdir().unwrap();
    let second = session(&shop.provider, &shop.store);
    second.restore().await.unwrap();
    for session in [&shop.session, &second] {
        session.alone_by(folder.path().join("c1.session"));
    }
    shop.session.sign_out().await.unwrap();
    shop.session.close().await;
    assert_eq!(
        second.access_token().await.err(),
        Some(SessionError::SignInNeeded)
    );
    assert_eq!(second.state(), SessionState::SignedOut);
    assert!(shop.refreshes().is_empty());
}

/// Rotated by another process: the access token of before is superseded, however fresh it is.
#[tokio::test]
async fn an_access_token_of_before_another_process_rotated_is_not_used_again() {
    let shop = Shop::open().await;
    let folder = tempfile::tempdir().unwrap();
    let second = session(&shop.provider, &shop.store);
    for session in [&shop.session, &second] {
        session.alone_by(folder.path().join("c1.session"));
    }
    assert_eq!(shop.token().await.unwrap(), "marked-access-1");
    shop.session.close().await;
    let theirs = second.access_token().await.unwrap();
    assert_eq!(theirs.expose_secret(), "marked-access-2");
    second.close().await;
    assert_eq!(shop.token().await.unwrap(), "marked-access-3");
    assert_eq!(shop.refreshes(), ["marked-refresh-1", "marked-refresh-2"]);
}

/// A provider that moves while it rotates its keys: what is learnt for an unknown key is the whole document.
#[tokio::test]
async fn endpoints_learnt_with_an_unknown_key_are_the_ones_used_from_then_on() {
    let shop = Shop::open().await;
    let moved = format!("{}/moved/token", shop.provider.address());
    shop.provider.publish(&[("second", 1)]);
    shop.provider.set(Faults {
        discovery: change(move |document: &mut Value| document["token_endpoint"] = moved.clone().into()),
        back: change(|jwt: &mut Jwt| jwt.signing = Signing::Key(1)),
        ..Faults::default()
    });
    for (round, fetches) in [(2, 0), (3, 1)] {
        shop.provider.clock.pass(300);
        assert_eq!(shop.token().await.unwrap(), format!("marked-access-{round}"));
        assert_eq!(shop.provider.fetches("/moved/token"), fetches);
    }
}
