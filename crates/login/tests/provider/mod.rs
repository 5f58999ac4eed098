//! A provider that misbehaves exactly as a test tells it to, over real HTTP. It shares no code with the client.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    reason = "each test program uses its own part of the provider"
)]

use std::collections::{BTreeSet, HashMap};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use aws_lc_rs::{hmac, rand, signature};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use jiff::{SignedDuration, Timestamp};
use login::{
    Attempt, Clock, Discovery, HttpClient, Registration, ResponseMode, ReturnedAnswer, SignedIn, SigninError,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::sync::Notify;

pub const ISSUER: &str = "https://issuer.example/merchant";
pub const CLIENT: &str = "kvit.test";
pub const CLIENT_SECRET: &str = "marked-client-secret";
pub const RETURN: &str = "http://127.0.0.1:7890/";

/// Three signing keys; making them takes a moment, so every test of a program shares them.
static KEYS: LazyLock<Vec<KeyPair>> = LazyLock::new(|| {
    (0..3)
        .map(|_| KeyPair::generate(KeySize::Rsa2048).unwrap())
        .collect()
});

/// A clock that moves when a test moves it.
pub struct TestClock {
    now: Mutex<Timestamp>,
    monotonic: AtomicU64,
}

impl TestClock {
    pub fn new() -> Self {
        Self {
            now: Mutex::new("2026-11-23T08:00:00Z".parse().unwrap()),
            monotonic: AtomicU64::new(1_000),
        }
    }

    /// The wall clock alone moves: a sleeping computer, or somebody who sets it.
    pub fn jump(&self, seconds: i64) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(SignedDuration::from_secs(seconds)).unwrap();
    }

    pub fn pass(&self, seconds: u64) {
        let mut now = self.now.lock().unwrap();
        *now = now
            .checked_add(SignedDuration::from_secs(i64::try_from(seconds).unwrap()))
            .unwrap();
        self.monotonic.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn monotonic_seconds(&self) -> u64 {
        self.monotonic.load(Ordering::SeqCst)
    }
}

/// How a token is signed.
#[derive(Clone, Copy)]
pub enum Signing {
    /// With the key of this number.
    Key(usize),
    /// With that key, and then one bit turned.
    Broken,
    /// With the client secret, as HS256 would.
    ClientSecret,
    /// Not at all.
    Nothing,
}

pub struct Jwt {
    pub header: Value,
    pub claims: Value,
    pub signing: Signing,
}

pub struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    pub fn set(&mut self, name: &str, value: &str) {
        self.drop(name);
        self.0.push((name.into(), value.into()));
    }

    pub fn drop(&mut self, name: &str) {
        self.0.retain(|(had, _)| had != name);
    }
}

type Change<T> = Option<Arc<dyn Fn(&mut T) + Send + Sync>>;

/// What is wrong; nothing by default.
#[derive(Clone, Default)]
pub struct Faults {
    pub discovery: Change<Value>,
    pub front: Change<Jwt>,
    pub parameters: Change<Parameters>,
    pub back: Change<Jwt>,
    pub answer: Change<Value>,
    pub refused: Option<(u16, Value)>,
    /// Raw body instead of everything else, by path.
    pub raw: HashMap<&'static str, (u16, String)>,
}

#[derive(Default)]
struct Seen {
    tokens: Vec<HashMap<String, String>>,
    paths: Vec<String>,
    answers: u64,
    nonce: String,
}

struct World {
    address: Mutex<String>,
    clock: Arc<TestClock>,
    faults: Mutex<Faults>,
    keys: Mutex<Vec<(String, usize)>>,
    seen: Mutex<Seen>,
    held: Mutex<Option<Arc<Notify>>>,
    arrived: Notify,
    /// Seconds by which the provider's clock is ahead of the test's.
    ahead: AtomicI64,
    /// The refresh token that alone is taken, of a provider that gives each one once.
    one_time: Mutex<Option<String>>,
}

pub struct FakeProvider {
    world: Arc<World>,
    server: tokio::task::JoinHandle<()>,
    pub http: HttpClient,
    pub clock: Arc<TestClock>,
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[expect(clippy::unnecessary_wraps, reason = "a fault is optional, and this is one")]
pub fn change<T>(change: impl Fn(&mut T) + Send + Sync + 'static) -> Change<T> {
    Some(Arc::new(change))
}

impl FakeProvider {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let clock = Arc::new(TestClock::new());
        let world = Arc::new(World {
            address: Mutex::new(format!("http://{}", listener.local_addr().unwrap())),
            clock: Arc::clone(&clock),
            faults: Mutex::default(),
            keys: Mutex::new(vec![("first".into(), 0)]),
            seen: Mutex::default(),
            held: Mutex::default(),
            arrived: Notify::new(),
            ahead: AtomicI64::new(0),
            one_time: Mutex::default(),
        });
        let app = Router::new()
            .route("/account/.well-known/openid-configuration", get(document))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/moved/token", post(moved_token))
            .layer(map_response_with_state(Arc::clone(&world), dated))
            .with_state(Arc::clone(&world));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self {
            world,
            server,
            http: HttpClient::new(true).unwrap(),
            clock,
        }
    }

    pub fn config(&self) -> login::Provider {
        config_at(&self.address())
    }

    pub fn set(&self, faults: Faults) {
        *self.world.faults.lock().unwrap() = faults;
    }

    /// From now on the provider's clock is ahead of the test's by `seconds`.
    pub fn is_ahead(&self, seconds: i64) {
        self.world.ahead.store(seconds, Ordering::SeqCst);
    }

    /// From now on each refresh token is taken once, beginning with `first` (spec 6.6).
    pub fn give_once(&self, first: &str) {
        *self.world.one_time.lock().unwrap() = Some(first.to_owned());
    }

    pub fn address(&self) -> String {
        self.world.address.lock().unwrap().clone()
    }

    /// Publishes these keys (kid, number) from now on; the first signs.
    pub fn publish(&self, keys: &[(&str, usize)]) {
        *self.world.keys.lock().unwrap() = keys.iter().map(|(kid, at)| ((*kid).into(), *at)).collect();
    }

    pub fn token_requests(&self) -> Vec<HashMap<String, String>> {
        self.world.seen.lock().unwrap().tokens.clone()
    }

    pub fn fetches(&self, path: &str) -> usize {
        self.world
            .seen
            .lock()
            .unwrap()
            .paths
            .iter()
            .filter(|seen| *seen == path)
            .count()
    }

    /// Holds every token answer back until the returned bell rings.
    pub fn hold(&self) -> Arc<Notify> {
        let bell = Arc::new(Notify::new());
        *self.world.held.lock().unwrap() = Some(Arc::clone(&bell));
        bell
    }

    /// Lets the answer that is held back go, and holds none back from now on.
    pub fn release(&self, bell: &Notify) {
        *self.world.held.lock().unwrap() = None;
        bell.notify_one();
    }

    /// Until a token request has arrived that is held back.
    pub async fn arrived(&self) {
        self.world.arrived.notified().await;
    }

    pub async fn discovery(&self) -> Discovery {
        Discovery::fetch(&self.http, &self.config(), self.clock.as_ref())
            .await
            .unwrap()
    }

    /// What the browser posts back for `authorize_url`.
    pub fn answer_to(&self, authorize_url: &url::Url) -> String {
        let asked: HashMap<String, String> = authorize_url.query_pairs().into_owned().collect();
        self.world.seen.lock().unwrap().nonce.clone_from(&asked["nonce"]);
        let code = "marked-code-0123456789abcdef";
        let mut jwt = self.world.jwt(&asked["nonce"]);
        jwt.claims["c_hash"] = half_hash(code).into();
        let faults = self.world.faults.lock().unwrap().clone();
        if let Some(change) = &faults.front {
            change(&mut jwt);
        }
        let mut parameters = Parameters(vec![
            ("code".into(), code.into()),
            ("id_token".into(), signed(&jwt)),
            ("scope".into(), asked["scope"].clone()),
            ("state".into(), asked["state"].clone()),
        ]);
        if let Some(change) = &faults.parameters {
            change(&mut parameters);
        }
        url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&parameters.0)
            .finish()
    }

    /// A whole sign-in.
    pub async fn sign_in(&self, discovery: &Discovery) -> Result<SignedIn, SigninError> {
        let registration = registration();
        let attempt = Attempt::begin(discovery, &registration, self.clock.now()).unwrap();
        let form = self.answer_to(attempt.authorize_url());
        let answer = ReturnedAnswer::from_form(form.as_bytes()).unwrap();
        attempt
            .complete(answer, &self.http, discovery, &registration, self.clock.as_ref())
            .await
    }
}

/// How a client is told of the provider at `address`.
pub fn config_at(address: &str) -> login::Provider {
    login::Provider {
        discovery_url: format!("{address}/account/.well-known/openid-configuration")
            .parse()
            .unwrap(),
        issuer: ISSUER.into(),
        hosts: Some(BTreeSet::from(["127.0.0.1".into()])),
    }
}

pub fn registration() -> Registration {
    Registration {
        client_id: CLIENT.into(),
        client_secret: CLIENT_SECRET.into(),
        redirect_uri: RETURN.into(),
        response_mode: ResponseMode::FormPost,
        scopes: vec!["invoice".into(), "offline_access".into()],
        merchant_vat: Some("DK12345678".into()),
        prompt: None,
    }
}

impl World {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.ahead.load(Ordering::SeqCst));
        self.clock.now().checked_add(ahead).unwrap()
    }

    fn jwt(&self, nonce: &str) -> Jwt {
        let now = self.now().as_second();
        let (kid, at) = self.keys.lock().unwrap()[0].clone();
        Jwt {
            header: json!({"alg": "RS256", "kid": kid, "typ": "JWT", "x5t": "eA"}),
            claims: json!({
                "iss": ISSUER, "sub": "user-1", "aud": CLIENT, "nonce": nonce,
                "iat": now, "nbf": now, "exp": now + 300, "auth_time": now, "idp": "local", "amr": ["x"],
            }),
            signing: Signing::Key(at),
        }
    }

    fn raw(&self, path: &'static str) -> Option<Response> {
        self.seen.lock().unwrap().paths.push(path.into());
        let (status, body) = self.faults.lock().unwrap().raw.get(path).cloned()?;
        let status = StatusCode::from_u16(status).unwrap();
        let headers = [
            (header::CONTENT_TYPE, "application/json"),
            (header::LOCATION, "/elsewhere"),
        ];
        Some((status, headers, body).into_response())
    }
}

pub fn half_hash(text: &str) -> String {
    BASE64.encode(&Sha256::digest(text)[..16])
}

fn signed(jwt: &Jwt) -> String {
    let part = |value: &Value| BASE64.encode(value.to_string());
    let text = format!("{}.{}", part(&jwt.header), part(&jwt.claims));
    let rsa = |at: usize| {
        let key = &KEYS[at];
        let mut bytes = vec![0; key.public_modulus_len()];
        let chance = rand::SystemRandom::new();
        key.sign(&signature::RSA_PKCS1_SHA256, &chance, text.as_bytes(), &mut bytes)
            .unwrap();
        bytes
    };
    let bytes = match jwt.signing {
        Signing::Key(at) => rsa(at),
        Signing::Broken => {
            let mut bytes = rsa(0);
            bytes[40] ^= 1;
            bytes
        }
        Signing::ClientSecret => {
            let key = hmac::Key::new(hmac::HMAC_SHA256, CLIENT_SECRET.as_bytes());
            hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
        }
        Signing::Nothing => Vec::new(),
    };
    format!("{text}.{}", BASE64.encode(bytes))
}

/// Every answer says what the provider takes the time to be.
async fn dated(State(world): State<Arc<World>>, mut response: Response) -> Response {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&world.now())
        .unwrap();
    response
        .headers_mut()
        .insert(header::DATE, date.try_into().unwrap());
    response
}

async fn document(State(world): State<Arc<World>>) -> Response {
    if let Some(raw) = world.raw("/account/.well-known/openid-configuration") {
        return raw;
    }
    let address = world.address.lock().unwrap().clone();
    let mut document = json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{address}/authorize"),
        "token_endpoint": format!("{address}/token"),
        "jwks_uri": format!("{address}/jwks"),
        "response_types_supported": ["code", "id_token code", "token"],
        "a_member_nobody_knows": {"x": 1},
    });
    let change = world.faults.lock().unwrap().discovery.clone();
    if let Some(change) = change {
        change(&mut document);
    }
    axum::Json(document).into_response()
}

async fn jwks(State(world): State<Arc<World>>) -> Response {
    if let Some(raw) = world.raw("/jwks") {
        return raw;
    }
    let keys: Vec<Value> = world
        .keys
        .lock()
        .unwrap()
        .iter()
        .map(|(kid, at)| {
            let public = KEYS[*at].public_key();
            let number = |bytes: &[u8]| BASE64.encode(bytes);
            json!({
                "kty": "RSA", "use": "sig", "kid": kid, "alg": "RS256",
                "n": number(public.modulus().big_endian_without_leading_zero()),
                "e": number(public.exponent().big_endian_without_leading_zero()),
            })
        })
        .collect();
    axum::Json(json!({ "keys": keys })).into_response()
}

/// The same endpoint at another address.
async fn moved_token(State(world): State<Arc<World>>, body: Bytes) -> Response {
    world.seen.lock().unwrap().paths.push("/moved/token".into());
    token(State(world), body).await
}

async fn token(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let is_refresh = form["grant_type"] == "refresh_token";
    let presented = form.get("refresh_token").cloned();
    let number = {
        let mut seen = world.seen.lock().unwrap();
        seen.tokens.push(form);
        seen.answers += 1;
        seen.answers
    };
    let held = world.held.lock().unwrap().clone();
    if let Some(bell) = held {
        world.arrived.notify_one();
        bell.notified().await;
    }
    if let Some(raw) = world.raw("/token") {
        return raw;
    }
    let faults = world.faults.lock().unwrap().clone();
    if let Some((status, body)) = faults.refused {
        return (StatusCode::from_u16(status).unwrap(), axum::Json(body)).into_response();
    }
    {
        let mut one_time = world.one_time.lock().unwrap();
        if one_time.is_some() && presented.is_some() {
            if *one_time != presented {
                let body = axum::Json(json!({"error": "invalid_grant"}));
                return (StatusCode::BAD_REQUEST, body).into_response();
            }
            *one_time = Some(format!("marked-refresh-{number}"));
        }
    }
    let access_token = format!("marked-access-{number}");
    let nonce = world.seen.lock().unwrap().nonce.clone();
    let mut jwt = world.jwt(&nonce);
    jwt.claims["at_hash"] = half_hash(&access_token).into();
    if is_refresh {
        jwt.claims.as_object_mut().unwrap().remove("nonce");
    }
    if let Some(change) = &faults.back {
        change(&mut jwt);
    }
    let mut answer = json!({
        "id_token": signed(&jwt), "access_token": access_token, "expires_in": 300,
        "token_type": "Bearer", "refresh_token": format!("marked-refresh-{number}"),
    });
    if let Some(change) = &faults.answer {
        change(&mut answer);
    }
    axum::Json(answer).into_response()
}
