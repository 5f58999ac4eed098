//! The second door: a listener on this computer's loopback address, for sandbox and practice (spec 2.2, 6.11).
//!
//! It takes the browser's form, or hands out a page that posts the fragment back. It answers to its own address only, one
//! small body at a time, and what it takes goes to the one parser.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;
use url::{Host, Url};

use crate::answer::{AnswerError, LONGEST, ReturnedAnswer};
use crate::http::is_loopback;

/// A running listener; dropping it frees the port.
pub struct Loopback {
    deliveries: mpsc::Receiver<Delivery>,
    stop: CancellationToken,
}

/// Something that arrived.
pub struct Delivery {
    /// What it says.
    pub answer: Result<ReturnedAnswer, AnswerError>,
    /// Tells the browser whether it was taken for the sign-in in progress.
    pub taken: oneshot::Sender<bool>,
}

/// Why there is no listener.
#[derive(Debug, Error)]
pub enum LoopbackError {
    /// The return address is none of this computer.
    #[error("the return address is not one of this computer")]
    NotLoopback,
    /// Another program has the port. It cannot be another one: the address is matched character for character.
    #[error("port {0} is in use by another program")]
    PortTaken(u16),
    /// The system refused.
    #[error("the listener could not be started: {0}")]
    Failed(std::io::Error),
}

const BIND_TRIES: u32 = 10;
const BIND_PAUSE: Duration = Duration::from_millis(50);

#[derive(Clone)]
struct Door {
    deliveries: mpsc::Sender<Delivery>,
    hosts: Arc<[String]>,
}

impl Loopback {
    /// Listens at `redirect_uri`, whose port and path are fixed by its registration.
    pub async fn listen(redirect_uri: &str) -> Result<Self, LoopbackError> {
        let url = Url::parse(redirect_uri).map_err(|_| LoopbackError::NotLoopback)?;
        let port = url
            .port_or_known_default()
            .filter(|_| url.scheme() == "http" && is_loopback(&url));
        let port = port.ok_or(LoopbackError::NotLoopback)?;
        let listener = bind(address_of(&url, port)).await?;
        let (sender, deliveries) = mpsc::channel(4);
        let hosts = hosts_of(port);
        let app = Router::new()
            // Any registered path is taken as it is written, also one that begins with a colon.
            .without_v07_checks()
            .route(url.path(), get(page).post(form))
            .layer(DefaultBodyLimit::max(LONGEST))
            .with_state(Door {
                deliveries: sender,
                hosts,
            });
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        tokio::spawn(async move {
            // It ends when it is stopped; an error of the socket itself ends it as well, and then nothing arrives.
            let _ = axum::serve(listener, app).with_graceful_shutdown(stopped).await;
        });
        Ok(Self { deliveries, stop })
    }

    /// The next thing that arrives.
    pub async fn next(&mut self) -> Option<Delivery> {
        self.deliveries.recv().await
    }
}

/// The registered address, on this computer and nowhere else.
fn address_of(url: &Url, port: u16) -> SocketAddr {
    let address = match url.host() {
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        _ => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    SocketAddr::new(address, port)
}

fn hosts_of(port: u16) -> Arc<[String]> {
    let names = ["127.0.0.1", "localhost", "[::1]"];
    let mut hosts: Vec<String> = names.iter().map(|name| format!("{name}:{port}")).collect();
    // Browsers leave out the port that http has anyway.
    if port == 80 {
        hosts.extend(names.map(str::to_owned));
    }
    hosts.into()
}

/// Binds. A sign-in that was just given up may still be closing our own listener, so a taken port is tried for a moment.
async fn bind(address: SocketAddr) -> Result<TcpListener, LoopbackError> {
    let mut tries = 0;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() != std::io::ErrorKind::AddrInUse => {
                return Err(LoopbackError::Failed(error));
            }
            Err(_) if tries == BIND_TRIES => return Err(LoopbackError::PortTaken(address.port())),
            Err(_) => tries += 1,
        }
        tokio::time::sleep(BIND_PAUSE).await;
    }
}

impl Drop for Loopback {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Posts the fragment back and wipes it from the address bar. The fragment never reaches a server by itself.
const SCRIPT: &str = "const f=location.hash.slice(1);history.replaceState(null,'',location.pathname);\
if(f){const b=document.createElement('form');b.method='post';for(const[n,v]of new URLSearchParams(f)){\
const i=document.createElement('input');i.type='hidden';i.name=n;i.value=v;b.append(i)}\
document.body.append(b);HTMLFormElement.prototype.submit.call(b)}";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;display:grid;place-content:center;min-height:90vh;\
margin:0 1.5rem;text-align:center;color-scheme:light dark}h1{font-size:1.5rem}p{max-width:32rem}";

async fn page(State(door): State<Door>, headers: HeaderMap) -> Response {
    if !door.is_here(&headers) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let body = format!(
        "<h1>Kvit</h1><p>Denne side bringer et login tilbage til Kvit.<br>Tämä sivu palauttaa kirjautumisen Kvitiin.<br>\
         This page takes a sign-in back to Kvit.</p><script>{SCRIPT}</script>"
    );
    html(StatusCode::OK, &body)
}

async fn form(State(door): State<Door>, headers: HeaderMap, body: Bytes) -> Response {
    if !door.is_here(&headers) {
        return StatusCode::MISDIRECTED_REQUEST.into_response();
    }
    let (taken, verdict) = oneshot::channel();
    let delivery = Delivery {
        answer: ReturnedAnswer::from_form(&body),
        taken,
    };
    if door.deliveries.send(delivery).await.is_err() || !verdict.await.unwrap_or(false) {
        let body = "<h1>Kvit</h1><p>Denne side hører ikke til et login, der er i gang.<br>\
             Tämä sivu ei kuulu käynnissä olevaan kirjautumiseen.<br>\
             This page does not belong to a sign-in that is in progress.</p>";
        return html(StatusCode::CONFLICT, body);
    }
    let body = "<h1>Kvit</h1><p>Du kan lukke denne side og gå tilbage til Kvit.<br>\
         Voit sulkea tämän sivun ja palata Kvitiin.<br>You can close this page and go back to Kvit.</p>";
    html(StatusCode::OK, body)
}

impl Door {
    /// A name that was made to point here is refused (DNS rebinding).
    fn is_here(&self, headers: &HeaderMap) -> bool {
        let host = headers
            .get(header::HOST)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        self.hosts.iter().any(|ours| ours == host)
    }
}

fn html(status: StatusCode, body: &str) -> Response {
    let hash = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'",
        hash(SCRIPT),
        hash(STYLE)
    );
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Kvit</title><style>{STYLE}</style><body>{body}</body>"
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
