//! MobilePay with marked secrets, which echoes what it was sent in everything that it answers, as a careless gateway or a
//! debugging proxy would. Real HTTP, a real signing key; it shares no code with the program.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use aws_lc_rs::{rand, signature};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post, put};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use crate::traces::Secret;

pub(crate) const ISSUER: &str = "https://issuer.example/merchant";
const MERCHANT: &str = "e3465d75-8fd4-4ea4-8881-304c464f1d24";
const ISSUER_OF_INVOICES: &str = "efd08c2f-6e56-4d1a-9d1c-07ab4b3a5b1e";

/// A body from what was sent.
pub(crate) type Saying = fn(&str) -> String;

#[derive(Default)]
struct Trouble {
    /// What the token endpoint answers instead, once.
    token: Option<(u16, Saying)>,
    /// What the document says instead, once.
    document: Option<Saying>,
    /// Whether the ID token in the browser has a broken signature, once.
    broken: bool,
    /// What the next creates answer; 202 afterwards.
    creates: VecDeque<(u16, Option<u32>)>,
    /// What the next reads and cancels answer; 200 afterwards.
    reads: VecDeque<u16>,
    /// Seconds for which an access token is good.
    lifetime: u64,
}

struct World {
    address: String,
    key: KeyPair,
    secrets: Mutex<Vec<Secret>>,
    trouble: Mutex<Trouble>,
    /// State, nonce and code of the sign-in that the browser came with last.
    asked: Mutex<(String, String)>,
}

pub(crate) struct Provider {
    world: Arc<World>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Provider {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let trouble = Trouble {
            lifetime: 300,
            ..Trouble::default()
        };
        let world = Arc::new(World {
            address: format!("http://{}", listener.local_addr().unwrap()),
            key: KeyPair::generate(KeySize::Rsa2048).unwrap(),
            secrets: Mutex::default(),
            trouble: Mutex::new(trouble),
            asked: Mutex::default(),
        });
        let merchant = "/invoice-restapi/api/v1/merchants/{merchant}";
        let at = |path: &str| format!("{merchant}{path}");
        let app = Router::new()
            .route("/account/.well-known/openid-configuration", get(document))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/invoice-restapi/api/v1/merchants/me", get(me))
            .route(&at("/invoiceissuers"), get(issuers))
            .route(&at("/invoices"), post(create))
            .route(&at("/invoices/link"), post(create))
            .route(&at("/invoices/{invoice}"), get(status))
            .route(&at("/invoices/{invoice}/status"), get(status))
            .route(&at("/invoices/{invoice}/cancel"), put(cancel))
            .fallback(lost)
            .with_state(Arc::clone(&world));
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { world, server }
    }

    pub(crate) fn url(&self) -> &str {
        &self.world.address
    }

    /// A new secret, of whose kind this is `name`.
    pub(crate) fn issue(&self, name: &str) -> String {
        self.world.issue(name)
    }

    /// Every secret there has been until now.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        self.world.secrets.lock().unwrap().clone()
    }

    pub(crate) fn next_token_answer(&self, status: u16, saying: Saying) {
        self.world.trouble.lock().unwrap().token = Some((status, saying));
    }

    pub(crate) fn next_document(&self, saying: Saying) {
        self.world.trouble.lock().unwrap().document = Some(saying);
    }

    pub(crate) fn next_signature_is_broken(&self) {
        self.world.trouble.lock().unwrap().broken = true;
    }

    pub(crate) fn next_creates(&self, answers: &[(u16, Option<u32>)]) {
        self.world.trouble.lock().unwrap().creates.extend(answers);
    }

    pub(crate) fn next_reads(&self, answers: &[u16]) {
        self.world.trouble.lock().unwrap().reads.extend(answers);
    }

    /// From now on access tokens are good for so many seconds.
    pub(crate) fn lifetime(&self, seconds: u64) {
        self.world.trouble.lock().unwrap().lifetime = seconds;
    }

    /// What the browser brings back for `authorize_url` after the merchant said yes.
    pub(crate) fn answer_to(&self, authorize_url: &str) -> String {
        let url = url::Url::parse(authorize_url).unwrap();
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let (state, nonce) = (asked["state"].clone(), asked["nonce"].clone());
        self.world.keep("state", &state);
        self.world.keep("nonce", &nonce);
        *self.world.asked.lock().unwrap() = (state.clone(), nonce);
        let code = self.issue("code");
        let mut id_token = self
            .world
            .id_token("front", &json!({ "c_hash": half_hash(&code) }));
        if std::mem::take(&mut self.world.trouble.lock().unwrap().broken) {
            id_token.truncate(id_token.len() - 8);
        }
        url::form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("id_token", &id_token)
            .append_pair("scope", &asked["scope"])
            .append_pair("state", &state)
            .finish()
    }
}

impl World {
    fn issue(&self, name: &str) -> String {
        // Every kind of character that an encoding might change, and nothing that a header could not carry.
        let value = format!(
            "{}/+={}&~%-{}",
            name.replace(' ', "-"),
            Uuid::new_v4(),
            Uuid::new_v4()
        );
        self.keep(name, &value);
        value
    }

    fn keep(&self, name: &str, value: &str) {
        let mut secrets = self.secrets.lock().unwrap();
        if !secrets.iter().any(|secret| secret.value == value) {
            let name = format!("{name} ({})", secrets.len());
            secrets.push(Secret {
                name,
                value: value.to_owned(),
            });
        }
    }

    fn id_token(&self, which: &str, further: &Value) -> String {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let mut claims = json!({
            "iss": ISSUER, "sub": "user-1", "aud": "kvit.leaks", "iat": now, "nbf": now, "exp": now + 300,
            "nonce": self.asked.lock().unwrap().1,
        });
        claims
            .as_object_mut()
            .unwrap()
            .extend(further.as_object().unwrap().clone());
        let head = json!({ "alg": "RS256", "kid": "first", "typ": "JWT" });
        let text = format!(
            "{}.{}",
            BASE64.encode(head.to_string()),
            BASE64.encode(claims.to_string())
        );
        let mut bytes = vec![0; self.key.public_modulus_len()];
        let chance = rand::SystemRandom::new();
        self.key
            .sign(&signature::RSA_PKCS1_SHA256, &chance, text.as_bytes(), &mut bytes)
            .unwrap();
        let signature = BASE64.encode(bytes);
        self.keep(
            &format!("{which} ID token's claims"),
            text.split_once('.').unwrap().1,
        );
        self.keep(&format!("{which} ID token's signature"), &signature);
        format!("{text}.{signature}")
    }

    /// What the API's next read or cancel answers, if not what it should.
    fn refuses(&self, headers: &HeaderMap) -> Option<Response> {
        let status = self
            .trouble
            .lock()
            .unwrap()
            .reads
            .pop_front()
            .filter(|status| *status != 200)?;
        Some(refusal(status, None, headers))
    }
}

fn half_hash(text: &str) -> String {
    BASE64.encode(&Sha256::digest(text)[..16])
}

fn say(status: u16, body: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "application/json"),
        (header::LOCATION, "/elsewhere"),
        // With 429: the journey need not wait the minute that an unsaid pause lasts.
        (header::RETRY_AFTER, "0"),
    ];
    (StatusCode::from_u16(status).unwrap(), headers, body).into_response()
}

/// All credentials of a request, in every form that a talkative server might choose.
fn echo(headers: &HeaderMap) -> Value {
    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    };
    let sent = format!(
        "Authorization: {}, x-ibm-client-id: {}, x-ibm-client-secret: {}.",
        value("authorization"),
        value("x-ibm-client-id"),
        value("x-ibm-client-secret")
    );
    json!({
        "sent": sent,
        "base64": BASE64_STANDARD.encode(&sent),
        "base64url": BASE64.encode(format!("x{sent}")),
        "form": url::form_urlencoded::byte_serialize(sent.as_bytes()).collect::<String>(),
        "hex": sent.bytes().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "bytes": sent.as_bytes(),
    })
}

/// An error of spec 13.1, or of the gateway.
fn refusal(status: u16, code: Option<u32>, headers: &HeaderMap) -> Response {
    let echo = echo(headers);
    let words = format!("Not so. You sent {}", echo["sent"].as_str().unwrap());
    let body = json!({
        "correlation_id": "x", "error": "DomainError", "error_code": code, "error_description": words, "debug": echo,
    });
    // Some libraries write a slash as `\/`.
    say(status, body.to_string().replace('/', "\\/"))
}

async fn document(State(world): State<Arc<World>>) -> Response {
    let saying = world.trouble.lock().unwrap().document.take();
    if let Some(saying) = saying {
        return say(200, saying(&world.issue("word of a document")));
    }
    let at = |path: &str| format!("{}{path}", world.address);
    let document = json!({
        "issuer": ISSUER, "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "jwks_uri": at("/jwks"), "response_types_supported": ["code id_token"],
    });
    say(200, document.to_string())
}

async fn jwks(State(world): State<Arc<World>>) -> Response {
    let public = world.key.public_key();
    let key = json!({
        "kty": "RSA", "use": "sig", "kid": "first", "alg": "RS256",
        "n": BASE64.encode(public.modulus().big_endian_without_leading_zero()),
        "e": BASE64.encode(public.exponent().big_endian_without_leading_zero()),
    });
    say(200, json!({ "keys": [key] }).to_string())
}

async fn token(State(world): State<Arc<World>>, body: Bytes) -> Response {
    let form: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    if let Some(verifier) = form.get("code_verifier") {
        world.keep("PKCE verifier", verifier);
    }
    let trouble = world.trouble.lock().unwrap().token.take();
    if let Some((status, saying)) = trouble {
        let sent = format!("{} and {}", String::from_utf8_lossy(&body), json!(form));
        return say(status, saying(&sent));
    }
    let access_token = world.issue("access token");
    let id_token = world.id_token("back", &json!({ "at_hash": half_hash(&access_token) }));
    let answer = json!({
        "id_token": id_token, "access_token": access_token, "refresh_token": world.issue("refresh token"),
        "expires_in": world.trouble.lock().unwrap().lifetime, "token_type": "Bearer", "echo": form,
    });
    say(200, answer.to_string())
}

async fn me(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let good = json!({ "MerchantId": MERCHANT, "debug": echo(&headers) });
    world
        .refuses(&headers)
        .unwrap_or_else(|| say(200, good.to_string()))
}

async fn issuers(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let issuer = json!({
        "Id": ISSUER_OF_INVOICES, "Name": "Nordhavn Cykler", "Status": "Enabled", "AccountType": "Account",
    });
    let good = json!({ "InvoiceIssuers": [issuer], "debug": echo(&headers) });
    world
        .refuses(&headers)
        .unwrap_or_else(|| say(200, good.to_string()))
}

async fn create(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    let next = world.trouble.lock().unwrap().creates.pop_front();
    let (status, code) = next.unwrap_or((202, None));
    if status != 202 {
        return refusal(status, code, &headers);
    }
    let id = Uuid::new_v4();
    let link = format!("https://open.example/{id}");
    let good = json!({
        "InvoiceId": id, "Links": [{ "Rel": "user-redirect", "Href": link }], "debug": echo(&headers),
    });
    say(202, good.to_string())
}

async fn status(
    State(world): State<Arc<World>>,
    Path(place): Path<HashMap<String, String>>,
    headers: HeaderMap,
) -> Response {
    let good = json!({ "InvoiceId": place["invoice"], "Status": "created", "debug": echo(&headers) });
    world
        .refuses(&headers)
        .unwrap_or_else(|| say(200, good.to_string()))
}

async fn cancel(State(world): State<Arc<World>>, headers: HeaderMap) -> Response {
    world.refuses(&headers).unwrap_or_else(|| say(204, String::new()))
}

/// Everything else, the user simulation among it.
async fn lost(headers: HeaderMap) -> Response {
    refusal(400, None, &headers)
}
