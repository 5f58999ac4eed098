//! No secret of the practice world in any file, log, command or event; and what an earlier version left in a file is moved.
//!
//! The whole program with a provider that echoes secrets is searched from outside in `crates/webhost/tests/leaks`.

//! A program of its own: other tests' threads without a listener would silence the log's most talkative levels.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

#[path = "../it/clock.rs"]
#[expect(dead_code, reason = "the clock of the other tests can be moved")]
mod clock;
#[path = "../it/shop.rs"]
#[expect(dead_code, reason = "the other tests use the rest of it")]
mod shop;
#[path = "../../../webhost/tests/leaks/traces.rs"]
mod traces;

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use login::{SecretKind, SecretName, SecretStore as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use simulator::visitor::Person;
use traces::{Secret, Traces};
use tracing_subscriber::filter::LevelFilter;

use shop::Shop;

/// A log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Everything that this test's thread, which runs all its tasks, has to say.
    fn listen(&self) -> (tracing::subscriber::DefaultGuard, tracing::Dispatch) {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        // While there is only one listener, `tracing` asks the thread that comes by first whether a place in the code is
        // listened to, and that may be another test's. With two it asks the listeners.
        let another = tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_writer(io::sink)
            .finish();
        let another = tracing::Dispatch::new(another);
        (tracing::subscriber::set_default(subscriber), another)
    }
}

fn bytes_below(folder: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        if entry.file_type().unwrap().is_dir() {
            bytes.extend(bytes_below(&entry.path()));
        } else {
            bytes.extend(fs::read(entry.path()).unwrap());
        }
    }
    bytes
}

async fn kept(shop: &Shop, kind: SecretKind) -> String {
    let name = SecretName {
        connection: "practice-dk".into(),
        kind,
    };
    let found = shop.secrets.get(&name).await.unwrap().unwrap();
    let kept: Value = serde_json::from_str(found.expose_secret()).unwrap();
    kept["refresh_token"].as_str().unwrap().to_owned()
}

fn secret(name: &str, value: &str) -> Secret {
    Secret {
        name: name.into(),
        value: value.into(),
    }
}

#[tokio::test]
async fn what_comes_by_deep_link_and_what_it_is_redeemed_for_stays_inside() {
    let log = Log::default();
    let listening = log.listen();
    let shop = Shop::new().await;
    let mut events = shop.desk.events();
    let link = shop.consent(Person::danish()).await;
    let url = url::Url::parse(&link).unwrap();
    let mut secrets: Vec<Secret> = url
        .query_pairs()
        .filter(|(name, _)| ["code", "id_token", "state"].contains(&name.as_ref()))
        .map(|(name, value)| secret(&name, &value))
        .collect();
    assert_eq!(secrets.len(), 3);
    // A foreign one first, then ours, then ours again.
    shop.desk.receive_link(link.replace("state=", "state=x")).await;
    shop.desk.receive_link(link.clone()).await;
    shop.desk.receive_link(link).await;
    secrets.push(secret(
        "refresh token",
        &kept(&shop, SecretKind::RefreshToken).await,
    ));

    let draft = shop.draft(|_| {}).await;
    let sent = shop.send(&draft, "phone").await;
    let mut shown = vec![shop.until(&sent, "created").await];
    for name in [
        "app_show",
        "connection_show",
        "overview_show",
        "invoice_list",
        "phone_show",
    ] {
        shown.push(shop.call(name, json!({})).await);
    }
    let mut messages = json!(shown).to_string().into_bytes();
    while let Ok(event) = events.try_recv() {
        messages.extend(serde_json::to_vec(&event).unwrap());
    }
    shop.desk.close().await;
    drop(listening);

    let traces = Traces::of(&secrets);
    let said = log.0.lock().unwrap().clone();
    let told = String::from_utf8_lossy(&said);
    for talkative in ["TRACE hyper_util", "DEBUG mobilepay"] {
        assert!(
            told.contains(talkative),
            "the log is not at its most talkative: {told}"
        );
    }
    for (place, bytes) in [
        ("log", said),
        ("files", bytes_below(shop.folder.path())),
        ("messages", messages),
    ] {
        assert_eq!(traces.in_bytes(&bytes), BTreeSet::new(), "{place}");
    }
}

#[tokio::test]
async fn a_gateway_id_of_an_earlier_version_s_file_moves_to_the_keychain() {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(login::SessionOnly::default());
    let gateway_id = "f6e1a3c0-2b1d-4f60-9d43-an-old-gateway-id";
    let named = |kind| SecretName {
        connection: "c1".into(),
        kind,
    };
    for kind in [SecretKind::ClientSecret, SecretKind::GatewaySecret] {
        secrets.set(&named(kind), "s3cret".into()).await.unwrap();
    }
    let saved = json!({
        "id": "c1", "name": "Mine", "world": "sandbox", "country": "DK", "clientId": "a.client", "issuer": "https://issuer.example",
        "redirectUri": "https://shop.example/return", "door": "return_page", "discoveryUrl": "https://issuer.example/x",
        "apiBaseUrl": "https://api.example/", "merchantVat": null, "gatewayId": gateway_id,
    });
    fs::create_dir(folder.path().join("data")).unwrap();
    let file = folder.path().join("data/kvit.json");
    fs::write(&file, json!({ "connections": [saved] }).to_string()).unwrap();

    let desk = shop::open(folder.path(), &secrets).await;
    assert!(!fs::read_to_string(&file).unwrap().contains(gateway_id));
    let kept = secrets.get(&named(SecretKind::GatewayId)).await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), gateway_id);
    let chosen = desk
        .call("connection_choose", json!({ "id": "c1" }))
        .await
        .unwrap();
    assert_eq!(chosen["connection"]["name"], "Mine");
    desk.call("connection_remove", json!({ "id": "c1" }))
        .await
        .unwrap();
    assert!(
        secrets
            .get(&named(SecretKind::GatewayId))
            .await
            .unwrap()
            .is_none()
    );
    desk.close().await;
}
