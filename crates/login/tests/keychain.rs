//! The keychain of Linux, for real: each test runs one of the programs below under a D-Bus and a keyring of its own, in
//! a home of its own.
#![cfg(target_os = "linux")]

mod keyring;

use keyring::{LOCK, NEVER_UNLOCKED, UNLOCKED, alone, inside, passed, with_keyring};
use login::{Keychain, KeychainState, SecretKind, SecretName, SecretStore as _, StoreError};
use secrecy::ExposeSecret as _;

fn name(kind: SecretKind) -> SecretName {
    SecretName {
        connection: "c1".into(),
        kind,
    }
}

#[test]
fn secrets_are_kept_read_and_deleted() {
    with_keyring(UNLOCKED, "program_that_keeps_secrets");
}

#[tokio::test]
async fn program_that_keeps_secrets() {
    if !inside() {
        return;
    }
    let keychain = Keychain::new("dk.kvit.test");
    assert_eq!(keychain.state().await, KeychainState::Available);
    let (token, secret) = (name(SecretKind::RefreshToken), name(SecretKind::ClientSecret));
    assert!(keychain.get(&token).await.unwrap().is_none());
    keychain.delete(&token).await.unwrap();
    for value in ["first", "Æblegrød 🍎", &"x".repeat(2_560)] {
        keychain.set(&token, value.into()).await.unwrap();
        assert_eq!(
            keychain.get(&token).await.unwrap().unwrap().expose_secret(),
            value
        );
    }
    keychain.set(&secret, "another".into()).await.unwrap();
    assert_eq!(
        keychain.set(&token, "x".repeat(2_561).into()).await,
        Err(StoreError::TooLong)
    );
    assert_eq!(
        keychain.get(&token).await.unwrap().unwrap().expose_secret().len(),
        2_560
    );
    // Another program of ours, another connection: nothing is seen there.
    assert!(
        Keychain::new("dk.kvit.other")
            .get(&token)
            .await
            .unwrap()
            .is_none()
    );
    keychain.delete(&token).await.unwrap();
    assert!(keychain.get(&token).await.unwrap().is_none());
    assert_eq!(
        keychain.get(&secret).await.unwrap().unwrap().expose_secret(),
        "another"
    );
}

#[test]
fn a_keyring_that_nobody_unlocked_is_locked() {
    with_keyring(NEVER_UNLOCKED, "program_that_finds_it_locked");
}

#[test]
fn a_keyring_that_was_locked_again_is_locked() {
    with_keyring(&format!("{UNLOCKED} && {LOCK}"), "program_that_finds_it_locked");
}

#[tokio::test]
async fn program_that_finds_it_locked() {
    if !inside() {
        return;
    }
    let keychain = Keychain::new("dk.kvit.test");
    assert_eq!(keychain.state().await, KeychainState::Locked);
    let kept = keychain.set(&name(SecretKind::RefreshToken), "x".into()).await;
    assert_eq!(kept, Err(StoreError::Locked));
}

#[test]
fn a_computer_without_d_bus_has_no_keychain() {
    let home = tempfile::tempdir().unwrap();
    let exe = std::env::current_exe().unwrap();
    let mut command = alone(home.path(), exe.to_str().unwrap());
    command.env("DBUS_SESSION_BUS_ADDRESS", "disabled:");
    command.args(["--exact", "program_that_finds_none", "--nocapture"]);
    passed(command.output().unwrap());
}

#[tokio::test]
async fn program_that_finds_none() {
    if !inside() {
        return;
    }
    let keychain = Keychain::new("dk.kvit.test");
    let token = name(SecretKind::RefreshToken);
    assert_eq!(keychain.state().await, KeychainState::Missing);
    assert_eq!(keychain.get(&token).await.err(), Some(StoreError::Missing));
    assert_eq!(keychain.set(&token, "x".into()).await, Err(StoreError::Missing));
    assert_eq!(keychain.delete(&token).await, Err(StoreError::Missing));
}
