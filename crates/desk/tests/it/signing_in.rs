//! Sign-in as the merchant meets it: the doors, what does not belong to the attempt, and where secrets are kept.

use std::sync::Arc;

use crate::clock::Ahead;
use crate::shop::Shop;
use desk::ipc::{Event, RefusalCode, SigninReason};
use serde_json::json;
use simulator::visitor::{self, Person, Return};

#[tokio::test]
async fn the_pasted_address_is_a_door_of_its_own() {
    let shop = Shop::new().await;
    let begun = shop.call("signin_begin", json!({})).await;
    let authorize = begun["authorizeUrl"].as_str().unwrap();
    let Return::Fragment(address) = visitor::consent(authorize, Person::danish()).await.unwrap() else {
        panic!("the return page takes a fragment")
    };
    let status = shop
        .call("signin_paste", json!({ "address": format!("  {address}\n") }))
        .await;
    assert_eq!(status["session"]["state"], "signed_in");
    assert_eq!(status["issuers"][0]["name"], "Nordhavn Cykler");
    assert_eq!(status["business"]["name"], "Nordhavn Cykler");
}

#[tokio::test]
async fn an_answer_is_taken_once() {
    let shop = Shop::new().await;
    let link = shop.consent(Person::danish()).await;
    let mut events = shop.desk.events();
    shop.desk.receive_link(link.clone()).await;
    shop.desk.receive_link(link).await;
    let mut said = None;
    while let Ok(event) = events.try_recv() {
        if let Event::LinkRefused { refused } = event {
            said = Some(refused.reason);
        }
    }
    assert_eq!(said, Some(SigninReason::NoneInProgress));
}

#[tokio::test]
async fn a_foreign_answer_neither_signs_in_nor_ends_the_attempt() {
    let shop = Shop::new().await;
    let link = shop.consent(Person::danish()).await;
    let mut events = shop.desk.events();
    shop.desk
        .receive_link("dk.kvit.desktop://return/practice?code=c&id_token=t&state=foreign".into())
        .await;
    let said = events.try_recv();
    assert!(
        matches!(said, Ok(Event::LinkRefused { refused }) if refused.reason == SigninReason::AnotherSignin)
    );
    shop.desk.receive_link(link).await;
    assert_eq!(
        shop.call("connection_show", json!({})).await["session"]["state"],
        "signed_in"
    );
}

#[tokio::test]
async fn a_page_that_opens_link_after_link_is_told_of_once_and_does_not_keep_the_answer_out() {
    let shop = Shop::new().await;
    let link = shop.consent(Person::danish()).await;
    let mut events = shop.desk.events();
    for at in 0..200 {
        let foreign = format!("dk.kvit.desktop://return/practice?code=c&id_token=t&state=foreign{at}");
        shop.desk.receive_link(foreign).await;
    }
    shop.desk.receive_link(link).await;
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        told += u32::from(matches!(event, Event::LinkRefused { .. }));
    }
    assert!((1..200).contains(&told), "told {told} times");
    assert_eq!(
        shop.call("connection_show", json!({})).await["session"]["state"],
        "signed_in"
    );
}

#[tokio::test]
async fn saying_no_ends_the_attempt_with_its_own_word() {
    let shop = Shop::new().await;
    let link = shop.consent(Person::danish().who_refuses()).await;
    let mut events = shop.desk.events();
    shop.desk.receive_link(link).await;
    let Ok(Event::SigninEnded { end }) = events.try_recv() else {
        panic!("it ends")
    };
    assert_eq!(
        end.refused.map(|refused| refused.reason),
        Some(SigninReason::AccessDenied)
    );
    assert_eq!(
        shop.call("connection_show", json!({})).await["session"]["state"],
        "signed_out"
    );
}

#[tokio::test]
async fn signing_out_deletes_what_was_kept() {
    let mut shop = Shop::signed_in().await;
    let status = shop.call("session_end", json!({})).await;
    assert_eq!(status["session"]["state"], "signed_out");
    shop.reopen().await;
    assert_eq!(
        shop.call("connection_show", json!({})).await["session"]["state"],
        "signed_out"
    );
}

#[tokio::test]
async fn without_a_keychain_it_is_said_and_the_merchant_may_keep_it_for_this_run() {
    let folder = tempfile::tempdir().unwrap();
    let setup = desk::Setup {
        data: folder.path().join("data"),
        documents: folder.path().join("documents"),
        browser: Arc::new(crate::shop::Remembering::default()),
        secrets: Arc::new(NoKeychain),
        version: "test".into(),
        return_page: "",
    };
    let desk = desk::Desk::open_by(setup, Arc::new(Ahead::default()))
        .await
        .unwrap();
    let refusal = desk.call("signin_begin", json!({})).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::KeychainMissing);
    assert_eq!(refusal.next, desk::ipc::NextStep::KeepThisRunOnly);
    let status = desk.call("keychain_forgo", json!({})).await.unwrap();
    assert_eq!(status["keychain"], "this_run_only");
    assert!(desk.call("signin_begin", json!({})).await.is_ok());
}

/// A computer without a keychain.
struct NoKeychain;

#[async_trait::async_trait]
impl login::SecretStore for NoKeychain {
    async fn get(&self, _: &login::SecretName) -> Result<Option<secrecy::SecretString>, login::StoreError> {
        Err(login::StoreError::Missing)
    }
    async fn set(&self, _: &login::SecretName, _: secrecy::SecretString) -> Result<(), login::StoreError> {
        Err(login::StoreError::Missing)
    }
    async fn delete(&self, _: &login::SecretName) -> Result<(), login::StoreError> {
        Err(login::StoreError::Missing)
    }
    async fn state(&self) -> login::KeychainState {
        login::KeychainState::Missing
    }
}

#[tokio::test]
async fn an_unknown_command_and_another_shape_are_refused_and_not_a_panic() {
    let shop = Shop::new().await;
    for (name, input) in [
        ("no_such", json!({})),
        ("draft_show", json!({ "id": 7 })),
        ("draft_show", json!([])),
    ] {
        assert_eq!(
            shop.try_call(name, input).await.unwrap_err().code,
            RefusalCode::BadRequest
        );
    }
}
