//! Real processes with the real keychain of Linux: two at once refresh once, and one that is killed at any point of a
//! rotation leaves a session that goes on, or says that a sign-in is needed.
#![expect(clippy::unwrap_used, reason = "what fails to be prepared fails the test")]
#![cfg(target_os = "linux")]

mod keyring;
mod provider;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::Arc;

use async_trait::async_trait;
use keyring::{UNLOCKED, inside, with_keyring};
use login::{
    HttpClient, Keychain, KeychainState, SecretKind, SecretName, SecretStore, Session, SessionError,
    StoreError,
};
use provider::{FakeProvider, TestClock};
use secrecy::{ExposeSecret as _, SecretString};

const ADDRESS: &str = "KVIT_TEST_PROVIDER";
const LOCK_FILE: &str = "KVIT_TEST_LOCK";
const STOPS_AT: &str = "KVIT_TEST_STOPS_AT";

/// The keychain, which stops for ever before or after one of its writes.
struct Stopping {
    keychain: Keychain,
    at: Option<String>,
}

impl Stopping {
    async fn pass(&self, moment: &str, name: &SecretName) {
        if self.at.as_deref() == Some(&format!("{moment} {:?}", name.kind)) {
            say("stopped");
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl SecretStore for Stopping {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        self.keychain.get(name).await
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        self.pass("before", name).await;
        self.keychain.set(name, value).await?;
        self.pass("after", name).await;
        Ok(())
    }

    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        self.keychain.delete(name).await
    }

    async fn state(&self) -> KeychainState {
        self.keychain.state().await
    }
}

fn say(what: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "said: {what}").unwrap();
}

fn session_at(address: &str, lock: PathBuf, stops_at: Option<String>) -> Session {
    let store = Stopping {
        keychain: Keychain::new("dk.kvit.test"),
        at: stops_at,
    };
    let session = Session::new(
        "c1",
        provider::config_at(address),
        provider::registration(),
        Arc::new(store),
        HttpClient::new(true).unwrap(),
        Arc::new(TestClock::new()),
    );
    session.alone_by(lock);
    session
}

/// A process that asks for a token for each line that it is given, and says what it got.
#[tokio::test]
async fn program_that_asks_for_tokens() {
    let (Some(address), Some(lock)) = (std::env::var_os(ADDRESS), std::env::var_os(LOCK_FILE)) else {
        return;
    };
    let stops_at = std::env::var(STOPS_AT).ok();
    let session = session_at(address.to_str().unwrap(), lock.into(), stops_at);
    let mut lines = std::io::stdin().lock().lines();
    while let Some(Ok(_)) = lines.next() {
        match session.access_token().await {
            Ok(token) => say(token.expose_secret()),
            Err(SessionError::HeldElsewhere) => say("held elsewhere"),
            Err(error) => say(&error.to_string()),
        }
    }
    session.close().await;
}

struct Process {
    child: Child,
    asks: ChildStdin,
    says: BufReader<ChildStdout>,
}

impl Process {
    fn start(provider: &FakeProvider, lock: &Path, stops_at: Option<&str>) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command
            .args(["--exact", "program_that_asks_for_tokens", "--nocapture"])
            .env(ADDRESS, provider.address())
            .env(LOCK_FILE, lock)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(stops_at) = stops_at {
            command.env(STOPS_AT, stops_at);
        }
        let mut child = command.spawn().unwrap();
        let asks = child.stdin.take().unwrap();
        let says = BufReader::new(child.stdout.take().unwrap());
        Self { child, asks, says }
    }

    fn ask(&mut self) {
        writeln!(self.asks, "again").unwrap();
    }

    /// What it says next. Waits on a thread of its own, so that the provider goes on answering.
    async fn said(mut self) -> (Self, String) {
        tokio::task::spawn_blocking(move || {
            loop {
                let mut line = String::new();
                assert!(
                    self.says.read_line(&mut line).unwrap() > 0,
                    "it ended and said nothing"
                );
                if let Some((_, said)) = line.trim_end().split_once("said: ") {
                    return (self, said.to_owned());
                }
            }
        })
        .await
        .unwrap()
    }

    async fn answered(mut self) -> (Self, String) {
        self.ask();
        self.said().await
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn end(self) {
        let Self {
            mut child,
            asks,
            says,
        } = self;
        drop(asks);
        // Nobody reads on: what it still says must not keep it.
        std::io::copy(&mut says.into_inner(), &mut std::io::sink()).unwrap();
        assert!(child.wait().unwrap().success());
    }
}

/// A merchant who has signed in, and whose session nobody holds.
async fn signed_in(lock: &Path, gives_once: bool) -> FakeProvider {
    let provider = FakeProvider::start().await;
    let session = session_at(&provider.address(), lock.to_owned(), None);
    let discovery = session.discovery().await.unwrap();
    let signed_in = provider.sign_in(&discovery).await.unwrap();
    session.begin(signed_in).await.unwrap();
    session.close().await;
    if gives_once {
        provider.give_once("marked-refresh-1");
    }
    provider
}

fn refreshes(provider: &FakeProvider) -> Vec<String> {
    let requests = provider.token_requests();
    let refreshes = requests
        .iter()
        .filter_map(|form| form.get("refresh_token").cloned());
    refreshes.collect()
}

#[test]
fn two_processes_at_once_refresh_once() {
    with_keyring(UNLOCKED, "program_with_two_processes");
}

#[tokio::test]
async fn program_with_two_processes() {
    if !inside() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("c1.session");
    let provider = signed_in(&lock, true).await;
    let bell = provider.hold();
    let (mut one, mut two) = (
        Process::start(&provider, &lock, None),
        Process::start(&provider, &lock, None),
    );
    one.ask();
    two.ask();
    // One of them has its request on the wire, and the other gives up before that is answered.
    provider.arrived().await;
    let (mut one, mut two) = (tokio::spawn(one.said()), tokio::spawn(two.said()));
    let (given_up, refreshing) = tokio::select! {
        said = &mut one => (said.unwrap(), two),
        said = &mut two => (said.unwrap(), one),
    };
    let (second, said) = given_up;
    assert_eq!(said, "held elsewhere");
    provider.release(&bell);
    let (first, said) = refreshing.await.unwrap();
    assert_eq!(said, "marked-access-2");
    let (second, said) = second.answered().await;
    assert_eq!(said, "held elsewhere");
    assert_eq!(refreshes(&provider), ["marked-refresh-1"], "one on the wire");
    // The first ends: the second finds the rotated token, and the provider takes it.
    first.end();
    let (second, said) = second.answered().await;
    assert_eq!(said, "marked-access-3");
    assert_eq!(refreshes(&provider), ["marked-refresh-1", "marked-refresh-2"]);
    second.end();
}

#[test]
fn a_process_killed_while_it_rotates_leaves_a_session_or_says_so() {
    with_keyring(UNLOCKED, "program_that_is_killed_at_each_point");
}

#[tokio::test]
async fn program_that_is_killed_at_each_point() {
    if !inside() {
        return;
    }
    let (needed, third) = ("sign-in needed", "marked-access-3");
    // The point, and what the next process gets from a provider that gives tokens once, and from one that reuses them.
    let points = [
        ("before FormerRefreshToken", needed, third),
        ("after FormerRefreshToken", needed, third),
        ("before RefreshToken", needed, third),
        ("after RefreshToken", third, third),
    ];
    for (point, once, reused) in points {
        for (gives_once, expected) in [(true, once), (false, reused)] {
            let folder = tempfile::tempdir().unwrap();
            let lock = folder.path().join("c1.session");
            let provider = signed_in(&lock, gives_once).await;
            let (killed, said) = Process::start(&provider, &lock, Some(point)).answered().await;
            assert_eq!(said, "stopped", "{point}");
            killed.kill();
            let (next, said) = Process::start(&provider, &lock, None).answered().await;
            assert_eq!(said, expected, "{point}, once: {gives_once}");
            let newest = if point == "after RefreshToken" {
                "marked-refresh-2"
            } else {
                "marked-refresh-1"
            };
            assert_eq!(refreshes(&provider)[1], newest, "{point}");
            next.end();
            let left = Keychain::new("dk.kvit.test")
                .get(&SecretName {
                    connection: "c1".into(),
                    kind: SecretKind::RefreshToken,
                })
                .await
                .unwrap();
            assert_eq!(left.is_some(), expected == third, "{point}");
        }
    }
}
