//! A shop whose `MobilePay` is another server: its faults, its port and the time of both sides are in the test's hands.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use desk::ipc::{Event, SigninRefused};
use desk::{Browser, BrowserRefused, Desk, Setup};
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};
use simulator::{Config, Country, Simulator};

use crate::clock::Ahead;
use crate::shop::Shop;

const BACK: &str = "https://shop.example/sandbox/return";
pub(crate) const CREATE: &str = "/merchants/{merchant}/invoices";
pub(crate) const STATUS: &str = "/merchants/{merchant}/invoices/{invoice}/status";
pub(crate) const DETAILS: &str = "/merchants/{merchant}/invoices/{invoice}";
pub(crate) const CREATE_LINK: &str = "/merchants/{merchant}/invoices/link";

struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserRefused> {
        Ok(())
    }
}

/// The service: where it keeps its books, and itself while it runs.
pub(crate) struct Service {
    books: tempfile::TempDir,
    port: u16,
    clock: Arc<Ahead>,
    running: Option<Simulator>,
}

impl Service {
    pub(crate) async fn start() -> Self {
        let mut service = Self {
            books: tempfile::tempdir().unwrap(),
            port: 0,
            clock: Arc::default(),
            running: None,
        };
        service.open().await;
        service
    }

    /// Opens the port, the same one each time.
    pub(crate) async fn open(&mut self) {
        let config = Config {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            clock: Arc::clone(&self.clock) as Arc<dyn simulator::Clock>,
            consents_per_page: 2,
            // One of the sign-ins is by somebody with two shops.
            switches: simulator::Switches::default().with(simulator::Reading::MerchantChoice),
            ..Config::practice(Some(self.books.path().to_owned()))
        };
        let running = simulator::start(config).await.unwrap();
        running.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, BACK);
        self.port = running.port();
        self.running = Some(running);
    }

    /// Closes the port: nobody answers there.
    pub(crate) async fn close(&mut self) {
        self.running.take().unwrap().shutdown().await;
    }

    pub(crate) fn running(&self) -> &Simulator {
        self.running.as_ref().expect("the port is open")
    }

    /// The merchant withdraws in the portal what was allowed to Kvit; an access token lives on to its end.
    pub(crate) async fn withdraw_sign_ins(&self) {
        let base = self.running().base_url();
        let state: Value = reqwest::get(format!("{base}/__practice/state"))
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        for merchant in state["merchants"].as_array().unwrap() {
            let id = merchant["id"].as_str().unwrap();
            let url = format!("{base}/__practice/sign-ins/{id}");
            reqwest::Client::new().delete(url).send().await.unwrap();
        }
    }

    /// No fault is in force any more.
    pub(crate) fn mend(&self) {
        self.running().faults().clear();
    }

    pub(crate) fn strike(&self, fault: simulator::Fault) {
        self.running().faults().add(fault);
    }

    /// How many calls the faults have struck.
    pub(crate) fn struck(&self) -> u32 {
        self.running()
            .faults()
            .list()
            .iter()
            .map(|rule| rule.struck)
            .sum()
    }

    pub(crate) fn heal(&self) {
        self.running().faults().clear();
    }

    /// An address of its own prefix, e.g. `callbacks/flush`.
    pub(crate) fn practice(&self, path: &str) -> String {
        format!(
            "{}/__practice/{path}",
            self.running().base_url().trim_end_matches('/')
        )
    }

    /// What it keeps, in the order in which it was made: number and id.
    pub(crate) async fn invoices(&self) -> Vec<(String, String)> {
        let url = format!("{}/__practice/state", self.running().base_url());
        let state: Value = reqwest::get(url).await.unwrap().json().await.unwrap();
        let mut kept: Vec<Value> = state["invoices"].as_array().unwrap().clone();
        kept.sort_by_key(|invoice| {
            invoice["createdAt"]
                .as_str()
                .unwrap()
                .parse::<jiff::Timestamp>()
                .unwrap()
        });
        let text = |invoice: &Value, name: &str| invoice[name].as_str().unwrap().to_owned();
        kept.iter()
            .map(|invoice| (text(invoice, "number"), text(invoice, "id")))
            .collect()
    }

    /// One that asks for payments and payouts, too.
    pub(crate) fn form_with_reports(&self) -> Value {
        let mut form = self.form();
        form["transactions"] = json!(true);
        form
    }

    pub(crate) fn form(&self) -> Value {
        let running = self.running();
        json!({
            "name": "Away", "world": "sandbox", "country": "DK",
            "clientId": simulator::PRACTICE_CLIENT_ID, "clientSecret": simulator::PRACTICE_CLIENT_SECRET,
            "gatewayId": simulator::PRACTICE_GATEWAY_ID, "gatewaySecret": simulator::PRACTICE_GATEWAY_SECRET,
            "redirectUri": BACK, "discoveryUrl": running.discovery_url(Country::Dk), "issuer": running.issuer(),
            "apiBaseUrl": running.api_base_url(),
        })
    }

    /// A shop that is signed in here and lives by the same time.
    pub(crate) async fn shop(&self) -> Shop {
        let shop = self.shop_with(self.form()).await;
        sign_in(&shop).await;
        shop
    }

    /// Where its API is.
    pub(crate) fn api_base_url(&self) -> String {
        self.running().api_base_url()
    }

    /// A shop that is signed in here, whose calls of the API go to another address.
    pub(crate) async fn shop_through(&self, api_base_url: &str) -> Shop {
        let mut form = self.form();
        form["apiBaseUrl"] = json!(api_base_url);
        let shop = self.shop_with(form).await;
        sign_in(&shop).await;
        shop
    }

    /// A shop with this connection, in which nobody is signed in, and which lives by the same time.
    pub(crate) async fn shop_with(&self, form: Value) -> Shop {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Arc::new(login::SessionOnly::default());
        let desk = self.desk(folder.path(), &secrets).await;
        let shop = Shop {
            desk,
            secrets,
            folder,
        };
        let added = shop.call("connection_add", form).await;
        shop.call("connection_choose", json!({ "id": added["id"] })).await;
        shop
    }

    /// A core on `folder` that lives by the same time.
    async fn desk(&self, folder: &std::path::Path, secrets: &Arc<login::SessionOnly>) -> Arc<Desk> {
        let setup = Setup {
            data: folder.join("data"),
            documents: folder.join("documents"),
            browser: Arc::new(NoBrowser),
            secrets: Arc::clone(secrets) as Arc<dyn login::SecretStore>,
            version: "test".into(),
            return_page: "<!doctype html><title>return</title>",
        };
        let clock = Arc::clone(&self.clock) as Arc<dyn login::Clock>;
        Desk::open_by(setup, clock).await.unwrap()
    }

    /// Closes the core and opens it again.
    pub(crate) async fn reopen(&self, shop: &mut Shop) {
        shop.desk.close().await;
        shop.desk = self.desk(shop.folder.path(), &shop.secrets).await;
    }

    /// Lets time pass on both sides.
    pub(crate) fn pass(&self, shop: &Shop, seconds: i64) {
        self.clock.pass(seconds);
        shop.desk.time_leapt();
    }

    /// Sends one and lets its time to undo pass.
    pub(crate) async fn send(&self, shop: &Shop, channel: &str) -> Value {
        let draft = shop.draft(|_| {}).await;
        let sent = shop.send(&draft, channel).await;
        self.pass(shop, 6);
        sent
    }
}

/// Until when nothing is sent, because the service does not answer; null while it is time to look.
pub(crate) async fn shut_until(shop: &Shop) -> Value {
    let outbox = shop.call("outbox_list", json!({})).await;
    assert_eq!(outbox["standstill"]["why"], "not_answering", "{outbox}");
    outbox["standstill"]["until"].clone()
}

/// Waits until the service was looked at once more since `before` and did not answer, driven by events.
pub(crate) async fn looked_in_vain(shop: &Shop, before: &Value) -> Value {
    let mut events = shop.desk.events();
    let looked = async {
        loop {
            let until = shut_until(shop).await;
            if until.is_string() && until != *before {
                return until;
            }
            let _ = events.recv().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_mins(1), looked)
        .await
        .expect("nobody looked")
}

/// Consents and comes back by deep link.
pub(crate) async fn sign_in(shop: &Shop) {
    sign_in_as(shop, Person::danish()).await;
}

/// Consents as `person` and answers the deep link that brings them back.
pub(crate) async fn consent(shop: &Shop, person: Person) -> String {
    let begun = shop.call("signin_begin", json!({})).await;
    let authorize = begun["authorizeUrl"].as_str().unwrap();
    let Return::Fragment(address) = visitor::consent(authorize, person).await.unwrap() else {
        panic!("the return page takes a fragment");
    };
    let fragment = address.split_once('#').unwrap().1;
    format!("dk.kvit.desktop://return/sandbox?{fragment}")
}

/// Consents as `person` and comes back by deep link.
pub(crate) async fn sign_in_as(shop: &Shop, person: Person) {
    assert_eq!(sign_in_ends(shop, person).await, None);
}

/// Consents as `person` and comes back by deep link. Answers why it was refused, if it was.
pub(crate) async fn sign_in_ends(shop: &Shop, person: Person) -> Option<SigninRefused> {
    let link = consent(shop, person).await;
    let mut events = shop.desk.events();
    shop.desk.receive_link(link).await;
    loop {
        if let Event::SigninEnded { end } = events.recv().await.unwrap() {
            return end.refused;
        }
    }
}
