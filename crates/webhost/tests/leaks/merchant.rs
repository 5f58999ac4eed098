//! A merchant who connects, signs in, writes and sends, all through the program's commands.

use serde_json::{Value, json};

use crate::program::{Planted, Program, connection_form};
use crate::provider::Provider;

/// A merchant at the program, with a connection to the talkative provider.
pub(crate) struct Merchant {
    pub(crate) program: Program,
    pub(crate) provider: Provider,
    pub(crate) return_address: String,
}

impl Merchant {
    pub(crate) async fn connects() -> Self {
        let (program, provider) = (Program::start(Planted::default()).await, Provider::start().await);
        let port = free_port();
        let kinds = ["client secret", "gateway id", "gateway secret"].map(|kind| provider.issue(kind));
        let form = connection_form(provider.url(), port, (&kinds[0], &kinds[1], &kinds[2]));
        for (field, secret) in [
            ("world", &kinds[0]),
            ("clientSecret", &kinds[1]),
            ("door", &kinds[2]),
        ] {
            let mut other = form.clone();
            other[field] = json!({ secret: secret });
            program.call_unheard("connection_add", other.clone()).await;
            other[field] = json!(format!(", expected {secret}"));
            other["redirectUri"] = json!("no address");
            program.call_unheard("connection_add", other).await;
        }
        let added = program.call_unheard("connection_add", form).await;
        let chosen = program
            .call("connection_choose", json!({ "id": added["id"] }))
            .await;
        assert_eq!(chosen["session"]["state"], "signed_out", "{chosen}");
        Self {
            program,
            provider,
            return_address: format!("http://127.0.0.1:{port}/"),
        }
    }

    /// Signs in by the loopback door. Answers the code of the refusal, if there is one.
    pub(crate) async fn signs_in(&mut self) -> Option<String> {
        let begun = self.program.call("signin_begin", json!({})).await;
        let Some(authorize_url) = begun["authorizeUrl"].as_str() else {
            return Some(begun["detail"].as_str().unwrap().to_owned());
        };
        let answer = self.provider.answer_to(authorize_url);
        self.comes_back(answer).await;
        self.sign_in_ends().await
    }

    /// What the browser posts to the listener.
    pub(crate) async fn comes_back(&self, form: String) {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let post = http.post(&self.return_address).body(form);
        let post = post.header("content-type", "application/x-www-form-urlencoded");
        post.send().await.unwrap();
    }

    pub(crate) async fn sign_in_ends(&mut self) -> Option<String> {
        let end = self
            .program
            .event(|event| (event["type"] == "signin_ended").then(|| event["end"].clone()));
        end.await["refused"]["code"].as_str().map(str::to_owned)
    }

    /// Writes one invoice and sends it. Answers its id.
    pub(crate) async fn sends(&self, channel: &str) -> Value {
        let draft = self.program.call("draft_create", json!({})).await;
        let mut form = draft["form"].clone();
        form["recipient"] = json!({ "name": "Mads Krogh", "phone": "57 37 32 59" });
        form["lines"] = json!([{ "description": "Stort serviceeftersyn", "unitPrice": "1.000,00" }]);
        let save = json!({ "id": draft["id"], "revision": draft["revision"], "form": form });
        let saved = self.program.call("draft_save", save).await;
        let order = json!({ "id": saved["id"], "revision": saved["revision"], "channel": channel });
        let sent = self.program.call("draft_send", order).await;
        assert_eq!(sent["row"]["state"], "held", "{sent}");
        sent["row"]["id"].clone()
    }

    /// Waits until the invoice shows `state`, driven by events.
    pub(crate) async fn until(&mut self, id: &Value, state: &str) -> Value {
        loop {
            let shown = self.program.call("invoice_show", json!({ "id": id })).await;
            if shown["row"]["state"] == state {
                return shown;
            }
            self.program.event(|_| Some(())).await;
        }
    }

    pub(crate) fn nothing_is_found(&self, when: &str) {
        let found = self.program.search(&self.provider.secrets());
        assert!(found.is_empty(), "{when}:\n{}", found.join("\n"));
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
