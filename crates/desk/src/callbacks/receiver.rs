//! The door through which `MobilePay` tells what happened (spec 11.2), on this computer's loopback address.
//!
//! It is for merchants who have a web address of their own: their server takes the call by https and hands it on. Whoever
//! shows the wrong credentials is answered before their body is read. Deliberately absent: TLS, paths, and what an event
//! means.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use axum::Router;
use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::service::TowerToHyperService;
use mobilepay::{Events, LONGEST_CALLBACK, read_events};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Slot;

/// Who listens behind the door.
#[async_trait]
pub(crate) trait Ear: Send + Sync + 'static {
    /// Which credentials these are, if they are any that were given out.
    fn knows(&self, authorization: Option<&[u8]>) -> Option<Slot>;
    /// Somebody came without them.
    fn stranger(&self);
    /// Stores the events. Answers whether they are on disk.
    async fn take(&self, shown: Slot, events: Events) -> bool;
}

/// What one caller may take of this computer.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    /// Connections at a time; others wait outside.
    pub(crate) connections: usize,
    /// For the head of a request.
    pub(crate) head: Duration,
    /// For a whole request and its answer.
    pub(crate) whole: Duration,
    /// For storing. Without an answer in this time the service comes again, and what is stored is known then.
    pub(crate) storing: Duration,
    /// Deliveries that may come at once.
    pub(crate) burst: u32,
    /// Deliveries a second after that.
    pub(crate) per_second: u32,
}

impl Limits {
    /// `MobilePay` begins a batch every five seconds (spec 11.2), so these are far from it.
    pub(crate) const USUAL: Self = Self {
        connections: 16,
        head: Duration::from_secs(3),
        whole: Duration::from_secs(5),
        storing: Duration::from_millis(900),
        burst: 200,
        per_second: 20,
    };
}

/// The longest head of a request, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// The most of a body that is read and thrown away, so that whoever sent too much hears the answer.
const LONGEST_REST: usize = 4 * LONGEST_CALLBACK;

const BIND_TRIES: u32 = 10;
const BIND_PAUSE: Duration = Duration::from_millis(50);

/// An open door.
pub(crate) struct Receiver {
    port: u16,
    stop: CancellationToken,
    callers: TaskTracker,
}

impl Receiver {
    /// Listens on `port`, or on any free one for 0.
    pub(crate) async fn listen(port: u16, ear: Arc<dyn Ear>, limits: Limits) -> std::io::Result<Self> {
        let listener = bind(port).await?;
        let (stop, callers) = (CancellationToken::new(), TaskTracker::new());
        let receiver = Self {
            port: listener.local_addr()?.port(),
            stop: stop.clone(),
            callers: callers.clone(),
        };
        let room = Room {
            ear,
            limits,
            pace: Arc::new(Pace::new(limits)),
        };
        callers.spawn(doorkeeper(listener, room, stop, callers.clone()));
        callers.close();
        Ok(receiver)
    }

    /// The port it listens on.
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    /// Ends it and waits until the port is free. A request that is not yet answered is dropped: the service comes again.
    pub(crate) async fn close(self) {
        self.stop.cancel();
        self.callers.wait().await;
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// A door that was just closed may still hold the port, so a taken one is tried for a moment.
async fn bind(port: u16) -> std::io::Result<TcpListener> {
    let mut tries = 0;
    loop {
        match TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await {
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && tries < BIND_TRIES => tries += 1,
            other => return other,
        }
        tokio::time::sleep(BIND_PAUSE).await;
    }
}

#[derive(Clone)]
struct Room {
    ear: Arc<dyn Ear>,
    limits: Limits,
    pace: Arc<Pace>,
}

async fn doorkeeper(listener: TcpListener, room: Room, stop: CancellationToken, callers: TaskTracker) {
    let places = Arc::new(Semaphore::new(room.limits.connections));
    loop {
        let next = async {
            // A place first: who finds none waits in the system's queue and costs nothing here.
            let place = Arc::clone(&places).acquire_owned().await;
            (place, listener.accept().await)
        };
        let (place, caller) = tokio::select! {
            () = stop.cancelled() => return,
            next = next => next,
        };
        let (Ok(place), Ok((caller, _))) = (place, caller) else {
            // No descriptor is free, or the caller is gone again.
            tokio::time::sleep(BIND_PAUSE).await;
            continue;
        };
        let (room, stop) = (room.clone(), stop.clone());
        callers.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = serve(caller, room) => {}
            }
            drop(place);
        });
    }
}

/// One request on one connection, within its time.
async fn serve(caller: TcpStream, room: Room) {
    let limits = room.limits;
    let app = Router::new().fallback(heard).with_state(room);
    let mut http = auto::Builder::new(TokioExecutor::new()).http1_only();
    http.http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head)
        .max_buf_size(LONGEST_HEAD)
        .keep_alive(false);
    let talk = http.serve_connection(TokioIo::new(caller), TowerToHyperService::new(app));
    match tokio::time::timeout(limits.whole, talk).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::debug!(%error, "a callback broke off"),
        Err(_) => tracing::debug!("a callback took too long"),
    }
}

async fn heard(State(room): State<Room>, request: Request) -> Response {
    if request.method() != Method::POST {
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST")]).into_response();
    }
    // Two headers of one name are a sign of somebody between who disagrees about which counts.
    let mut shown = request.headers().get_all(header::AUTHORIZATION).iter();
    let only = shown.next().filter(|_| shown.next().is_none());
    let Some(shown) = room.ear.knows(only.map(HeaderValue::as_bytes)) else {
        room.ear.stranger();
        return says(
            StatusCode::UNAUTHORIZED,
            header::WWW_AUTHENTICATE,
            "Basic realm=\"callbacks\"",
        );
    };
    if !room.pace.lets_pass() {
        return says(StatusCode::TOO_MANY_REQUESTS, header::RETRY_AFTER, "1");
    }
    if length(request.headers()).is_some_and(|length| length > LONGEST_REST) {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let Ok(body) = to_bytes(request.into_body(), LONGEST_REST).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    if body.len() > LONGEST_CALLBACK {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    }
    let Ok(events) = read_events(&body) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    // Answered once it is on disk and not before (spec 11.5 rule 5). Whoever is not waited for still ends it, so that the
    // window hears of what is stored too late for the answer.
    let ear = Arc::clone(&room.ear);
    let taking = tokio::spawn(async move { ear.take(shown, events).await });
    match tokio::time::timeout(room.limits.storing, taking).await {
        Ok(Ok(true)) => StatusCode::OK.into_response(),
        Ok(Ok(false) | Err(_)) | Err(_) => says(StatusCode::SERVICE_UNAVAILABLE, header::RETRY_AFTER, "5"),
    }
}

fn says(status: StatusCode, name: HeaderName, value: &'static str) -> Response {
    (status, [(name, HeaderValue::from_static(value))]).into_response()
}

fn length(headers: &HeaderMap) -> Option<usize> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// How many deliveries may still come. Only those with the right credentials count, so no stranger can use it up.
struct Pace {
    most: f64,
    per_second: f64,
    left: Mutex<(f64, Instant)>,
}

impl Pace {
    fn new(limits: Limits) -> Self {
        Self {
            most: f64::from(limits.burst),
            per_second: f64::from(limits.per_second),
            left: Mutex::new((f64::from(limits.burst), Instant::now())),
        }
    }

    fn lets_pass(&self) -> bool {
        let mut kept = self.left.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = *kept;
        let left = (left + since.elapsed().as_secs_f64() * self.per_second).min(self.most);
        let passes = left >= 1.0;
        *kept = (if passes { left - 1.0 } else { left }, Instant::now());
        passes
    }
}

#[cfg(test)]
mod tests;
