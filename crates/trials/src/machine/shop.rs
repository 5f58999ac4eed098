//! One merchant with the real core, in this process, and the service beside it. Time stands still unless it is moved.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk::ipc::Refusal;
use desk::{Browser, BrowserRefused, Desk, OpenError, Setup};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};
use simulator::{Config, Country, Fault, Simulator, Trouble};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::act::Deed;
use crate::books;
use crate::judge::{Kept, There};

const BACK: &str = "https://nordhavn.example/sandbox/return";

/// How often it is looked whether the core has done what can be done now. Beyond that the sequence goes on beside it,
/// which the claims must bear as well.
const LOOKS: u32 = 40;

/// How long to wait for an event until it is looked again. Only how soon that is depends on it.
const LOOK_AGAIN: Duration = Duration::from_millis(4);

/// A clock that stands still until it is moved.
struct Still {
    begun: Timestamp,
    seconds: AtomicI64,
}

impl login::Clock for Still {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.seconds.load(Ordering::SeqCst));
        self.begun.checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    fn monotonic_seconds(&self) -> u64 {
        1_000 + self.seconds.load(Ordering::SeqCst).unsigned_abs()
    }
}

impl simulator::Clock for Still {
    fn now(&self) -> Timestamp {
        login::Clock::now(self)
    }
}

/// The trial opens the address that `signin_begin` answers with.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _: &str) -> Result<(), BrowserRefused> {
        Err(BrowserRefused::Absent)
    }

    fn is_there(&self) -> bool {
        false
    }
}

/// The shop and the service.
pub(super) struct Shop {
    /// The core lives in a runtime of its own, so that it can end without warning; `None` only while it does.
    core: Option<Core>,
    secrets: Arc<login::SessionOnly>,
    folder: tempfile::TempDir,
    clock: Arc<Still>,
    pub(super) service: Simulator,
    http: reqwest::Client,
    connection: String,
}

impl Shop {
    /// Starts both and signs in.
    pub(super) async fn begin() -> Result<Self> {
        let clock = Arc::new(Still {
            begun: Timestamp::now(),
            seconds: AtomicI64::new(0),
        });
        let service = simulator::start(Config {
            clock: Arc::clone(&clock) as Arc<dyn simulator::Clock>,
            ..Config::practice(None)
        })
        .await?;
        service.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, BACK);
        let folder = tempfile::tempdir()?;
        let secrets = Arc::new(login::SessionOnly::default());
        let core = Core::open(&folder, &secrets, &clock).await?;
        let http = reqwest::Client::builder()
            .no_proxy()
            .tls_certs_only([])
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let mut shop = Self {
            core: Some(core),
            secrets,
            folder,
            clock,
            service,
            http,
            connection: String::new(),
        };
        let added = shop.must("connection_add", shop.form()).await?;
        shop.must("connection_choose", json!({ "id": added["id"] }))
            .await?;
        added["id"]
            .as_str()
            .context("a connection has an id")?
            .clone_into(&mut shop.connection);
        if !shop.sign_in().await? {
            bail!("the first sign-in failed");
        }
        Ok(shop)
    }

    fn form(&self) -> Value {
        let service = &self.service;
        json!({
            "name": "Trial", "world": "sandbox", "country": "DK",
            "clientId": simulator::PRACTICE_CLIENT_ID, "clientSecret": simulator::PRACTICE_CLIENT_SECRET,
            "gatewayId": simulator::PRACTICE_GATEWAY_ID, "gatewaySecret": simulator::PRACTICE_GATEWAY_SECRET,
            "redirectUri": BACK, "door": "return_page", "merchantVat": "DK25313763",
            "discoveryUrl": service.discovery_url(Country::Dk), "issuer": service.issuer(),
            "apiBaseUrl": service.api_base_url(),
        })
    }

    /// A command, and what it answers.
    pub(super) async fn call(&self, name: &str, input: Value) -> Result<Value, Refusal> {
        self.core().call(name, input).await
    }

    fn core(&self) -> &Core {
        self.core
            .as_ref()
            .expect("a core that ended is opened again at once")
    }

    /// A command that nothing stands in the way of.
    pub(super) async fn must(&self, name: &str, input: Value) -> Result<Value> {
        self.call(name, input)
            .await
            .map_err(|refusal| anyhow!("{name} was refused: {refusal:?}"))
    }

    /// Closes the core and opens it again on the same files.
    pub(super) async fn reopen(&mut self) -> Result<()> {
        if let Some(core) = self.core.take() {
            core.close().await?;
        }
        self.core = Some(Core::open(&self.folder, &self.secrets, &self.clock).await?);
        Ok(())
    }

    /// Lets what waits go out, and ends the core while the service has not answered yet. Answers how many calls that struck.
    pub(super) async fn cut(&mut self) -> Result<u64> {
        let faults = self.service.faults();
        let late = faults.add(Fault::new(Trouble::Late { ms: 1_000 }).on("api").method("POST"));
        self.pass(61);
        let mut struck = 0;
        let mut events = self.core().desk.events();
        for _ in 0..LOOKS {
            let rules = faults.list();
            struck = rules
                .iter()
                .filter(|rule| rule.id == late)
                .map(|rule| u64::from(rule.struck))
                .sum();
            if struck > 0 {
                break;
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, events.recv()).await;
        }
        faults.remove(late);
        if let Some(core) = self.core.take() {
            core.end_without_warning().await?;
        }
        self.core = Some(Core::open(&self.folder, &self.secrets, &self.clock).await?);
        Ok(struck)
    }

    /// Signs in unless that is done. Answers false if something stood in the way.
    pub(super) async fn sign_in(&self) -> Result<bool> {
        let status = self.must("connection_show", json!({})).await?;
        if status["session"]["state"] == "signed_in" {
            return Ok(true);
        }
        let Ok(begun) = self.call("signin_begin", json!({})).await else {
            return Ok(false);
        };
        let address = begun["authorizeUrl"]
            .as_str()
            .context("a sign-in has an address")?;
        let answer = match visitor::consent(address, Person::danish()).await {
            Ok(Return::Fragment(answer)) => answer,
            Ok(Return::Form { .. }) => bail!("the return page takes a fragment"),
            Err(_) => return Ok(false),
        };
        let pasted = self.call("signin_paste", json!({ "address": answer })).await;
        Ok(pasted.is_ok())
    }

    /// The merchant ends in the portal what was allowed to Kvit; its access token is good for five minutes more, which may
    /// pass in this sequence or not.
    pub(super) async fn withdraw(&self) -> Result<()> {
        let state = self.state().await?;
        for merchant in state["merchants"].as_array().into_iter().flatten() {
            let id = merchant["id"].as_str().unwrap_or_default();
            let url = format!("{}/__practice/sign-ins/{id}", self.service.base_url());
            self.http.delete(url).send().await?;
        }
        Ok(())
    }

    async fn state(&self) -> Result<Value> {
        let url = format!("{}/__practice/state", self.service.base_url());
        Ok(self.http.get(url).send().await?.json().await?)
    }

    /// A customer presses a button; it may be too late for that, which is theirs to bear.
    pub(super) async fn customer(&self, id: &str, does: Deed) -> Result<()> {
        let url = format!("{}/__practice/", self.service.base_url());
        let form = [("act", does.word()), ("invoice", id), ("phone", "+4557373259")];
        self.http
            .post(url)
            .form(&form)
            .send()
            .await?
            .error_for_status_ref()?;
        Ok(())
    }

    /// Lets time pass on both sides.
    pub(super) fn pass(&self, seconds: i64) {
        self.clock.seconds.fetch_add(seconds, Ordering::SeqCst);
        self.core().desk.time_leapt();
    }

    /// Seconds since the beginning.
    pub(super) fn seconds(&self) -> i64 {
        self.clock.seconds.load(Ordering::SeqCst)
    }

    /// The day on which both sides are.
    pub(super) fn today(&self) -> jiff::civil::Date {
        self.now().to_zoned(jiff::tz::TimeZone::UTC).date()
    }

    /// What both sides take for the present.
    pub(super) fn now(&self) -> Timestamp {
        login::Clock::now(&*self.clock)
    }

    /// Waits until nothing is on its way and nothing is due, as long as that comes to be soon.
    pub(super) async fn calm(&self) -> Result<()> {
        let mut events = self.core().desk.events();
        for _ in 0..LOOKS {
            if self.is_calm().await? {
                return Ok(());
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, events.recv()).await;
        }
        Ok(())
    }

    async fn is_calm(&self) -> Result<bool> {
        let now = self.now();
        let page = self.must("outbox_list", json!({ "limit": 500 })).await?;
        let still = page["standstill"].is_object();
        let calm = |row: &Value| {
            let due = row["nextTry"]
                .as_str()
                .and_then(|at| at.parse::<Timestamp>().ok())
                .is_some_and(|at| at <= now);
            row["why"] != "on_its_way" && (still || !due)
        };
        Ok(page["rows"].as_array().into_iter().flatten().all(calm))
    }

    /// Hands a file over as the window does, and makes a run of it.
    pub(super) async fn import(&self, file: &str) -> Result<Value> {
        let begin = json!({ "name": "kunder.csv", "size": file.len() });
        let id = self.must("import_begin", begin).await?["id"].clone();
        let piece = json!({ "id": id, "base64": STANDARD.encode(file) });
        self.must("import_piece", piece).await?;
        let read = self.must("import_read", json!({ "id": id })).await?;
        self.must("import_keep", read["plan"].clone()).await
    }

    /// Every invoice that the core shows.
    pub(super) async fn shown(&self) -> Result<Vec<Value>> {
        let page = self.must("invoice_list", json!({ "limit": 500 })).await?;
        Ok(page["rows"].as_array().cloned().unwrap_or_default())
    }

    /// Every invoice of the service.
    pub(super) async fn there(&self) -> Result<Vec<There>> {
        books::there(&self.http, &self.service).await
    }

    /// Closes everything and reads both books.
    pub(super) async fn end(mut self) -> Result<(Vec<Kept>, Vec<There>)> {
        if let Some(core) = self.core.take() {
            core.close().await?;
        }
        let file = books::file(&self.folder.path().join("data"), &self.connection);
        let both = (books::ours(&file)?.kept, self.there().await?);
        self.service.shutdown().await;
        Ok(both)
    }
}

/// A running core.
struct Core {
    desk: Arc<Desk>,
    runtime: Own,
}

/// A runtime that may be dropped anywhere; nothing waits for what is left in it then.
struct Own(Option<Runtime>);

impl Own {
    fn start() -> Result<Self> {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        Ok(Self(Some(builder.worker_threads(1).enable_all().build()?)))
    }

    fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.0.as_ref().expect("it runs until it is ended").spawn(work)
    }

    /// Ends it and waits until its threads are gone.
    fn end(mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_timeout(Duration::from_secs(20));
        }
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Core {
    async fn open(
        folder: &tempfile::TempDir,
        secrets: &Arc<login::SessionOnly>,
        clock: &Arc<Still>,
    ) -> Result<Self> {
        let setup = || Setup {
            data: folder.path().join("data"),
            documents: folder.path().join("documents"),
            browser: Arc::new(NoBrowser),
            secrets: Arc::clone(secrets) as Arc<dyn login::SecretStore>,
            version: "trial".into(),
            return_page: "<!doctype html><title>return</title>",
        };
        let clock = Arc::clone(clock) as Arc<dyn login::Clock>;
        let runtime = Own::start()?;
        let mut looks = 0;
        loop {
            match runtime.spawn(Desk::open_by(setup(), Arc::clone(&clock))).await? {
                Ok(desk) => return Ok(Self { desk, runtime }),
                // The thread that had the books lets go of them when it has done what it was given; a kill is as quick.
                Err(OpenError::Books(_)) if looks < 1_000 => {
                    looks += 1;
                    tokio::time::sleep(LOOK_AGAIN).await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn call(&self, name: &str, input: Value) -> Result<Value, Refusal> {
        let (desk, name) = (Arc::clone(&self.desk), name.to_owned());
        let said = self.runtime.spawn(async move { desk.call(&name, input).await });
        said.await.expect("a command answers and does not panic")
    }

    /// As the window does when it is closed.
    async fn close(self) -> Result<()> {
        let desk = Arc::clone(&self.desk);
        self.runtime.spawn(async move { desk.close().await }).await?;
        self.end_without_warning().await
    }

    /// Everything stops where it waits: no answer is stored any more.
    async fn end_without_warning(self) -> Result<()> {
        let Self { desk, runtime } = self;
        let ended = tokio::task::spawn_blocking(move || {
            // What SQLite was given in this moment is still written, as the system would after a kill.
            runtime.end();
            drop(desk);
        });
        Ok(ended.await?)
    }
}
