//! A sign-in belongs to the connection that began it, and whatever gives it up ends it at any moment: while its provider is
//! slow, while it waits, and while its answer is being redeemed.

use std::sync::Arc;

use crate::clock::Ahead;
use crate::gate::Gate;
use crate::shop::{Remembering, Shop};
use desk::ipc::{Event, Refusal, SigninReason};
use desk::{Desk, Setup};
use login::{SecretKind, SecretName, SecretStore as _};
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};
use simulator::{Config, Country, GatewayApp, OauthClient, Simulator};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinHandle;

const BACK: &str = "https://shop.example/sandbox/return";
const DOCUMENT: &str = "openid-configuration";
const TOKEN: &str = "/connect/token";

/// A shop with two sandbox connections to one provider, the first through a gate and open.
struct Two {
    shop: Shop,
    browser: Arc<Remembering>,
    gate: Arc<Gate>,
    first: String,
    second: String,
    _provider: Simulator,
}

impl Two {
    async fn with(held: &'static str, back: &str, door: &str) -> Self {
        let provider = simulator::start(Config {
            clients: vec![OauthClient {
                id: "nordhavn.client".into(),
                secret: "client-secret".into(),
                redirect_uris: vec![back.into()],
            }],
            gateway: vec![GatewayApp {
                id: "app-id".into(),
                secret: "app-secret".into(),
            }],
            clock: Arc::new(Ahead::default()),
            ..Config::practice(None)
        });
        let provider = provider.await.unwrap();
        let gate = Gate::before(&provider, held).await;
        let (shop, browser) = shop().await;
        let document = provider.discovery_url(Country::Dk);
        let mut ids = Vec::new();
        for discovery in [gate.through(&document), document] {
            let form = json!({
                "name": "Nordhavn", "world": "sandbox", "country": "DK",
                "clientId": "nordhavn.client", "clientSecret": "client-secret",
                "gatewayId": "app-id", "gatewaySecret": "app-secret", "redirectUri": back, "door": door,
                "discoveryUrl": discovery, "issuer": provider.issuer(), "apiBaseUrl": provider.api_base_url(),
            });
            let added = shop.call("connection_add", form).await;
            ids.push(added["id"].as_str().unwrap().to_owned());
        }
        let [first, second] = ids.try_into().unwrap();
        shop.call("connection_choose", json!({ "id": first })).await;
        Self {
            shop,
            browser,
            gate,
            first,
            second,
            _provider: provider,
        }
    }

    fn begin(&self) -> JoinHandle<Result<Value, Refusal>> {
        let desk = Arc::clone(&self.shop.desk);
        tokio::spawn(async move { desk.call("signin_begin", json!({})).await })
    }

    async fn choose_second(&self) {
        self.shop
            .call("connection_choose", json!({ "id": self.second }))
            .await;
    }

    /// The deep link with which the sign-in `begun` comes back.
    async fn link(&self, begun: &Value) -> String {
        let authorize = begun["authorizeUrl"].as_str().unwrap();
        let Return::Fragment(address) = visitor::consent(authorize, Person::danish()).await.unwrap() else {
            panic!("the return page takes a fragment")
        };
        format!(
            "dk.kvit.desktop://return/sandbox?{}",
            address.split_once('#').unwrap().1
        )
    }

    async fn holds_a_token(&self, connection: &str) -> bool {
        let name = SecretName {
            connection: connection.to_owned(),
            kind: SecretKind::RefreshToken,
        };
        self.shop.secrets.get(&name).await.unwrap().is_some()
    }

    async fn nobody_is_signed_in(&self) {
        for connection in [&self.first, &self.second] {
            assert!(!self.holds_a_token(connection).await, "{connection}");
        }
    }
}

async fn shop() -> (Shop, Arc<Remembering>) {
    let folder = tempfile::tempdir().unwrap();
    let secrets = Arc::new(login::SessionOnly::default());
    let browser = Arc::new(Remembering::default());
    let setup = Setup {
        data: folder.path().join("data"),
        documents: folder.path().join("documents"),
        browser: Arc::clone(&browser) as Arc<dyn desk::Browser>,
        secrets: Arc::clone(&secrets) as Arc<dyn login::SecretStore>,
        version: "test".into(),
        return_page: "",
    };
    let shop = Shop {
        desk: Desk::open_by(setup, Arc::new(Ahead::default())).await.unwrap(),
        secrets,
        folder,
    };
    (shop, browser)
}

fn given_up(begun: &Result<Value, Refusal>) -> bool {
    let refusal = begun.as_ref().err();
    refusal.is_some_and(|refusal| refusal.signin == Some(SigninReason::GivenUp))
}

/// Why the next sign-in that ends was refused.
async fn ended(events: &mut Receiver<Event>) -> Option<SigninReason> {
    loop {
        if let Event::SigninEnded { end } = events.recv().await.unwrap() {
            return end.refused.map(|refused| refused.reason);
        }
    }
}

#[tokio::test]
async fn a_sign_in_that_is_cancelled_while_it_begins_opens_no_browser() {
    let two = Two::with(DOCUMENT, BACK, "return_page").await;
    let begun = two.begin();
    two.gate.arrived().await;
    two.shop.call("signin_cancel", json!({})).await;
    two.gate.open();
    let begun = begun.await.unwrap();
    assert!(given_up(&begun), "{begun:?}");
    assert_eq!(two.browser.opened(), 0);
    assert!(two.shop.try_call("signin_reopen", json!({})).await.is_err());
    // It can be begun again.
    assert!(two.begin().await.unwrap().is_ok());
    assert_eq!(two.browser.opened(), 1);
}

#[tokio::test]
async fn a_sign_in_that_begins_ends_when_another_connection_is_opened() {
    let two = Two::with(DOCUMENT, BACK, "return_page").await;
    let begun = two.begin();
    two.gate.arrived().await;
    let (begun, ()) = tokio::join!(begun, async {
        tokio::join!(two.choose_second(), async { two.gate.open() });
    });
    let begun = begun.unwrap();
    assert!(given_up(&begun), "{begun:?}");
    assert_eq!(two.browser.opened(), 0);
}

#[tokio::test]
async fn a_sign_in_that_waits_ends_when_another_connection_is_opened_and_its_answer_signs_nobody_in() {
    let two = Two::with(DOCUMENT, BACK, "return_page").await;
    two.gate.open();
    let begun = two.begin().await.unwrap().unwrap();
    let link = two.link(&begun).await;
    let mut events = two.shop.desk.events();
    two.choose_second().await;
    assert_eq!(ended(&mut events).await, Some(SigninReason::GivenUp));
    two.shop.desk.receive_link(link).await;
    two.nobody_is_signed_in().await;
}

#[tokio::test]
async fn an_answer_that_is_redeemed_while_another_connection_is_opened_signs_nobody_in() {
    let two = Two::with(TOKEN, BACK, "return_page").await;
    let begun = two.begin().await.unwrap().unwrap();
    let link = two.link(&begun).await;
    let mut events = two.shop.desk.events();
    let desk = Arc::clone(&two.shop.desk);
    let answered = tokio::spawn(async move { desk.receive_link(link).await });
    two.gate.arrived().await;
    two.choose_second().await;
    two.gate.open();
    answered.await.unwrap();
    assert_eq!(ended(&mut events).await, Some(SigninReason::GivenUp));
    two.nobody_is_signed_in().await;
}

#[tokio::test]
async fn an_answer_that_is_redeemed_while_it_is_cancelled_signs_nobody_in() {
    let two = Two::with(TOKEN, BACK, "return_page").await;
    let begun = two.begin().await.unwrap().unwrap();
    let link = two.link(&begun).await;
    let desk = Arc::clone(&two.shop.desk);
    let answered = tokio::spawn(async move { desk.receive_link(link).await });
    two.gate.arrived().await;
    two.shop.call("signin_cancel", json!({})).await;
    two.gate.open();
    answered.await.unwrap();
    two.nobody_is_signed_in().await;
}

#[tokio::test]
async fn of_two_that_begin_at_once_the_later_one_has_the_port() {
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let back = format!("http://{}/", free.local_addr().unwrap());
    drop(free);
    let two = Two::with(DOCUMENT, &back, "loopback").await;
    let earlier = two.begin();
    two.gate.arrived().await;
    let later = two.begin();
    two.gate.arrived().await;
    two.gate.open();
    let earlier = earlier.await.unwrap();
    assert!(given_up(&earlier), "{earlier:?}");
    let later = later.await.unwrap().unwrap();
    assert_eq!(two.browser.opened(), 1);

    let authorize = later["authorizeUrl"].as_str().unwrap();
    let Return::Form { action, body } = visitor::consent(authorize, Person::danish()).await.unwrap() else {
        panic!("the listener takes a form")
    };
    let mut events = two.shop.desk.events();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let form = http
        .post(action)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body);
    form.send().await.unwrap();
    assert_eq!(ended(&mut events).await, None);
    assert!(two.holds_a_token(&two.first).await);
}

#[tokio::test]
async fn a_sign_in_that_another_one_takes_the_place_of_is_told_to_have_ended() {
    let two = Two::with(DOCUMENT, BACK, "return_page").await;
    two.gate.open();
    let former = two.begin().await.unwrap().unwrap();
    let mut events = two.shop.desk.events();
    two.begin().await.unwrap().unwrap();
    let Ok(Event::SigninEnded { end }) = events.try_recv() else {
        panic!("it ends")
    };
    assert_eq!(end.attempt, former["attempt"].as_str().unwrap());
    assert_eq!(end.refused.unwrap().reason, SigninReason::GivenUp);
}
