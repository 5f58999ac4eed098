//! Starting and stopping, and which address leads to what.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Html;
use axum::routing::get;
use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::books::Books;
use crate::callbacks::{self, Courier};
use crate::clock::ClockError;
use crate::config::{Config, Country, OauthClient};
use crate::faults::{self, Cut, Faults, Lines};
use crate::keys::{KeyFault, Keys, SigningKey};
use crate::openid::Door;
use crate::readings::{self, Readings};
use crate::state::State;
use crate::world::World;
use crate::{api, consents, landing, layers, openid, practice, reporting, simulation, stage};

/// A running simulator. Dropping it ends it; [`Simulator::shutdown`] waits for the end.
pub struct Simulator {
    world: Arc<World>,
    address: SocketAddr,
    stop: CancellationToken,
    serving: Mutex<Option<JoinHandle<()>>>,
}

/// Why it did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address is taken or may not be used.
    #[error("{address} cannot be used: {reason}")]
    Address {
        /// Which address.
        address: SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The folder of the books cannot be made.
    #[error("the folder of the books cannot be made: {0}")]
    Folder(io::Error),
    /// The books cannot be opened now: the disk, or another program, is in the way.
    #[error("the books of the simulator cannot be used: {0}")]
    Books(rusqlite::Error),
    /// What lies in [`BOOKS_FILE`](crate::BOOKS_FILE) cannot be read, now or later: it is damaged, or of another version.
    /// No document of it was changed.
    #[error("the books of the simulator cannot be read: {0}")]
    Unreadable(String),
    /// The signing key cannot be made.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The client that carries callbacks cannot be made.
    #[error("callbacks cannot be carried: {0}")]
    Courier(reqwest::Error),
}

impl From<rusqlite::Error> for StartError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode as Code;
        match error.sqlite_error_code() {
            // No SQLite file, a torn one, one with other tables; or, without a code, a document that is none of ours.
            Some(Code::NotADatabase | Code::DatabaseCorrupt | Code::Unknown) | None => {
                Self::Unreadable(error.to_string())
            }
            Some(_) => Self::Books(error),
        }
    }
}

/// Starts a simulator with `config`.
pub async fn start(config: Config) -> Result<Simulator, StartError> {
    let readings = Readings::new(config.switches);
    let (state, keys) = recall(&config, &readings)?;
    let bind = config.bind;
    let taken = |reason| StartError::Address {
        address: bind,
        reason,
    };
    let listener = TcpListener::bind(bind).await.map_err(taken)?;
    let address = listener.local_addr().map_err(taken)?;
    let world = Arc::new(World {
        base: config.base_url.as_ref().map_or_else(
            || format!("http://{address}"),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        ),
        keys: Keys::new(keys),
        redirect_uris: RwLock::new(registered(&config.clients)),
        faults: Faults::default(),
        readings,
        courier: Courier::new().map_err(StartError::Courier)?,
        ahead: watch::Sender::new(state.offset),
        state: Mutex::new(state),
        config,
    });
    let stop = CancellationToken::new();
    let stopped = stop.clone().cancelled_owned();
    Courier::work(&world, &stop);
    let app = router(&world).into_make_service_with_connect_info::<Cut>();
    let serving = tokio::spawn(async move {
        if let Err(error) = axum::serve(Lines(listener), app)
            .with_graceful_shutdown(stopped)
            .await
        {
            tracing::error!(%error, "the simulator ended");
        }
    });
    Ok(Simulator {
        world,
        address,
        stop,
        serving: Mutex::new(Some(serving)),
    })
}

/// What the books hold, and the keys that sign tokens.
fn recall(config: &Config, readings: &Readings) -> Result<(State, Vec<SigningKey>), StartError> {
    if let Some(folder) = &config.data {
        std::fs::create_dir_all(folder).map_err(StartError::Folder)?;
    }
    let books = Books::open(config.data.as_deref())?;
    let kept = books.all::<String>("key")?;
    let keys: Result<Vec<SigningKey>, KeyFault> =
        kept.iter().map(|(_, kept)| SigningKey::restore(kept)).collect();
    let mut keys = keys.map_err(|fault| StartError::Unreadable(fault.to_string()))?;
    let state = State::load(books, Arc::clone(&config.clock), readings.clone())?;
    // Written last: books that cannot be read are left as they are.
    if keys.is_empty() {
        let (key, kept) = SigningKey::generate()?;
        state.books.put("key", "signing", &kept)?;
        keys.push(key);
    }
    Ok((state, keys))
}

/// Every client with each of its return addresses.
fn registered(clients: &[OauthClient]) -> Vec<(String, String)> {
    let addresses = |client: &OauthClient| {
        let id = client.id.clone();
        let pairs = client
            .redirect_uris
            .iter()
            .map(move |uri| (id.clone(), uri.clone()));
        pairs.collect::<Vec<_>>()
    };
    clients.iter().flat_map(addresses).collect()
}

fn router(world: &Arc<World>) -> Router {
    let base = Router::new()
        .merge(api::routes())
        .merge(simulation::routes())
        .merge(consents::merchant_routes())
        .merge(consents::payer_routes())
        .merge(landing::api_form())
        .layer(middleware::from_fn_with_state(
            Arc::clone(world),
            readings::respell,
        ));
    let mut app = Router::new()
        .nest("/invoice-restapi/api/v1", base)
        .merge(openid::routes())
        .merge(landing::routes())
        .merge(reporting::routes())
        .merge(practice::routes())
        .merge(faults::routes())
        .merge(callbacks::routes())
        .merge(readings::routes())
        .merge(stage::routes());
    for page in &world.config.pages {
        let body = page.body;
        app = app.route(&page.path, get(move || async move { static_page(body) }));
    }
    app.layer(DefaultBodyLimit::max(8 * 1024 * 1024))
        .layer(middleware::from_fn_with_state(Arc::clone(world), faults::strike))
        .layer(middleware::from_fn(layers::length_is_told))
        .layer(middleware::from_fn_with_state(
            Arc::clone(world),
            layers::plain_host,
        ))
        .layer(middleware::from_fn_with_state(
            Arc::clone(world),
            layers::time_passes,
        ))
        .with_state(Arc::clone(world))
}

/// A page of the merchant's own site, with the headers that a careful merchant sets.
fn static_page(body: &'static str) -> ([(header::HeaderName, HeaderValue); 3], Html<&'static str>) {
    let headers = [
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    (headers, Html(body))
}

impl Simulator {
    /// `http://127.0.0.1:PORT` or the address that it was given, without a slash at the end.
    pub fn base_url(&self) -> String {
        self.world.base.clone()
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The discovery document of a country's portal (spec 1.1).
    pub fn discovery_url(&self, country: Country) -> String {
        let portal = country.code().to_lowercase();
        format!(
            "{}/{portal}/account/.well-known/openid-configuration",
            self.world.base
        )
    }

    /// The issuer that tokens name; by the reading `conforming-issuer` the Danish portal's.
    pub fn issuer(&self) -> String {
        self.issuer_of(Country::Dk)
    }

    /// The issuer that the discovery document of this country names.
    pub fn issuer_of(&self, country: Country) -> String {
        self.world.issuer(Door::of(country))
    }

    /// Base of the Invoice API.
    pub fn api_base_url(&self) -> String {
        self.world.api_base()
    }

    /// Base of Transaction Reporting, a host of its own in the documents (spec 18.3).
    pub fn reporting_base_url(&self) -> String {
        self.world.base.clone()
    }

    /// The faults in force; rules are added and cleared through it.
    pub fn faults(&self) -> Faults {
        self.world.faults.clone()
    }

    /// The readings of the documents in force; they can be changed at any time.
    pub fn readings(&self) -> Readings {
        self.world.readings.clone()
    }

    /// Whitelists a return address.
    pub fn register_redirect_uri(&self, client: &str, uri: &str) {
        let mut known = self
            .world
            .redirect_uris
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        known.push((client.to_owned(), uri.to_owned()));
    }

    /// Seconds by which trade is ahead of the computer's clock. Every move is told, whoever made it.
    pub fn ahead(&self) -> watch::Receiver<i64> {
        self.world.ahead.subscribe()
    }

    /// Moves the clock of trade forward by `seconds` and does what that time does: payments, expiry, callbacks.
    /// Answers the new time.
    ///
    /// # Errors
    /// The clock stands where it stood, and nothing has changed.
    pub fn advance(&self, seconds: u64) -> Result<Timestamp, ClockError> {
        let seconds = i64::try_from(seconds).unwrap_or(i64::MAX);
        practice::advance(&self.world, seconds)
    }

    /// Stops listening and waits for requests that are being answered.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        let serving = self.serving.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(serving) = serving {
            // A browser may keep an idle connection open for ever; it is not waited for.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(1), serving).await;
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
