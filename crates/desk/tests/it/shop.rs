//! A shop for tests: the whole core on a temporary folder, its practice world, and a person who consents over HTTP.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk::ipc::{Event, Refusal};
use desk::{Browser, BrowserRefused, Desk, Setup};
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};

use crate::clock::Ahead;

/// A browser that only remembers what it was asked to open.
#[derive(Default)]
pub(crate) struct Remembering(Mutex<Vec<String>>);

impl Remembering {
    /// How many addresses it was asked to open.
    pub(crate) fn opened(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

impl Browser for Remembering {
    fn open(&self, url: &str) -> Result<(), BrowserRefused> {
        self.0.lock().unwrap().push(url.to_owned());
        Ok(())
    }
}

/// A shop whose core can be closed and opened again on the same folder and the same keychain.
pub(crate) struct Shop {
    pub desk: Arc<Desk>,
    pub secrets: Arc<login::SessionOnly>,
    pub folder: tempfile::TempDir,
}

const RETURN_PAGE: &str = "<!doctype html><title>return</title>";

pub(crate) async fn open(folder: &Path, secrets: &Arc<login::SessionOnly>) -> Arc<Desk> {
    let setup = Setup {
        data: folder.join("data"),
        documents: folder.join("documents"),
        browser: Arc::new(Remembering::default()),
        secrets: Arc::clone(secrets) as Arc<dyn login::SecretStore>,
        version: "test".into(),
        return_page: RETURN_PAGE,
    };
    Desk::open_by(setup, Arc::new(Ahead::default())).await.unwrap()
}

impl Shop {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(login::SessionOnly::default());
        let desk = open(folder.path(), &secrets).await;
        Self {
            desk,
            secrets,
            folder,
        }
    }

    /// A shop that is signed in by deep link.
    pub(crate) async fn signed_in() -> Self {
        let shop = Self::new().await;
        shop.sign_in(Person::danish()).await;
        shop
    }

    /// Closes the core and opens it again.
    pub(crate) async fn reopen(&mut self) {
        self.desk.close().await;
        self.desk = open(self.folder.path(), &self.secrets).await;
    }

    pub(crate) async fn call(&self, name: &str, input: Value) -> Value {
        self.try_call(name, input)
            .await
            .unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    pub(crate) async fn try_call(&self, name: &str, input: Value) -> Result<Value, Refusal> {
        self.desk.call(name, input).await
    }

    /// Consents as `person` and comes back by deep link.
    pub(crate) async fn sign_in(&self, person: Person) {
        let link = self.consent(person).await;
        let mut events = self.desk.events();
        self.desk.receive_link(link).await;
        let end = loop {
            if let Event::SigninEnded { end } = events.recv().await.unwrap() {
                break end;
            }
        };
        assert_eq!(end.refused, None);
    }

    /// Begins a sign-in and answers the deep link that the return page would open.
    pub(crate) async fn consent(&self, person: Person) -> String {
        let begun = self.call("signin_begin", json!({})).await;
        let authorize = begun["authorizeUrl"].as_str().unwrap();
        match visitor::consent(authorize, person).await.unwrap() {
            Return::Fragment(address) => {
                let fragment = address.split_once('#').unwrap().1;
                format!("dk.kvit.desktop://return/practice?{fragment}")
            }
            Return::Form { .. } => panic!("the return page takes a fragment"),
        }
    }

    /// A draft with one line, to the practice phone; `change` may alter the form.
    pub(crate) async fn draft(&self, change: impl FnOnce(&mut Value)) -> Value {
        let draft = self.call("draft_create", json!({})).await;
        let mut form = draft["form"].clone();
        form["recipient"] = json!({ "name": "Mads Krogh", "phone": "57 37 32 59" });
        form["lines"] = json!([{ "description": "Stort serviceeftersyn", "unitPrice": "1.000,00" }]);
        change(&mut form);
        let save = json!({ "id": draft["id"], "revision": draft["revision"], "form": form });
        self.call("draft_save", save).await
    }

    /// Sends a draft and waits until `state` is shown.
    pub(crate) async fn send(&self, draft: &Value, channel: &str) -> Value {
        let order = json!({ "id": draft["id"], "revision": draft["revision"], "channel": channel });
        self.call("draft_send", order).await
    }

    /// Waits until the invoice shows `state`, driven by events and not by time.
    pub(crate) async fn until(&self, invoice: &Value, state: &str) -> Value {
        let id = invoice["row"]["id"].clone();
        let mut events = self.desk.events();
        let reached = async {
            loop {
                let shown = self.call("invoice_show", json!({ "id": id })).await;
                if shown["row"]["state"] == state {
                    return shown;
                }
                let _ = events.recv().await;
            }
        };
        // A deadline, so that a fault ends the test instead of hanging it.
        tokio::time::timeout(Duration::from_mins(1), reached)
            .await
            .unwrap_or_else(|_| panic!("never {state}"))
    }
}
