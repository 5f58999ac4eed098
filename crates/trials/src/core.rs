//! The core as webhost serves it, with a clock that the harness moves and secrets in a folder of the trial.
//!
//! It ends with its standard input, so that a harness that dies leaves nothing running.

use std::io::{Read as _, Write as _};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::Context as _;
use async_trait::async_trait;
use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use clap::Parser;
use desk::{Browser, BrowserRefused, Desk, Setup};
use jiff::{SignedDuration, Timestamp};
use login::{Clock, KeychainState, SecretName, SecretStore, StoreError, SystemClock};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::net::TcpListener;
use webhost::{Bearer, Place, router};

/// The core of Kvit, to be killed.
#[derive(Parser)]
struct Arguments {
    /// Folder of the books.
    #[arg(long)]
    data: PathBuf,
    /// Seconds by which the clock is ahead at the start.
    #[arg(long, default_value_t = 0)]
    ahead: i64,
}

/// Serves until the standard input ends; prints one line of JSON with the address and the bearer first.
///
/// # Errors
/// When the desk cannot be opened or no port is free.
pub async fn host() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    end_with_the_harness();
    let Arguments { data, ahead } = Arguments::parse();
    let clock = Arc::new(Ahead::by(ahead));
    let setup = Setup {
        documents: data.join("documents"),
        browser: Arc::new(NoBrowser),
        secrets: Arc::new(Drawer(data.join("secrets"))),
        version: "trial".to_owned(),
        return_page: "<!doctype html><title>return</title>",
        data,
    };
    let desk = Desk::open_by(setup, Arc::clone(&clock) as Arc<dyn Clock>).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let port = listener.local_addr()?.port();
    let bearer = Bearer::generate()?;
    let line = serde_json::json!({ "url": format!("http://127.0.0.1:{port}"), "bearer": bearer.reveal() });
    let place = Place {
        port,
        ui: PathBuf::from("."),
    };
    let app = Router::new()
        .route("/trial/clock", post(move_clock))
        .with_state((Arc::clone(&clock), Arc::clone(&desk)))
        .merge(router(desk, bearer, place));
    {
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}")?;
        out.flush()?;
    }
    axum::serve(listener, app).await.context("the host ended")
}

/// Sets by how many seconds the clock is ahead, and wakes what waits for a moment.
async fn move_clock(State((clock, desk)): State<(Arc<Ahead>, Arc<Desk>)>, Json(seconds): Json<i64>) {
    clock.seconds.store(seconds, Ordering::SeqCst);
    desk.time_leapt();
}

fn end_with_the_harness() {
    std::thread::spawn(|| {
        let mut rest = Vec::new();
        let _ = std::io::stdin().read_to_end(&mut rest);
        std::process::exit(0);
    });
}

/// The computer's clock, ahead by a number of seconds. The monotonic one is not moved.
struct Ahead {
    own: SystemClock,
    seconds: AtomicI64,
}

impl Ahead {
    fn by(seconds: i64) -> Self {
        Self {
            own: SystemClock::default(),
            seconds: AtomicI64::new(seconds),
        }
    }
}

impl Clock for Ahead {
    fn now(&self) -> Timestamp {
        let ahead = SignedDuration::from_secs(self.seconds.load(Ordering::SeqCst));
        self.own.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    fn monotonic_seconds(&self) -> u64 {
        self.own.monotonic_seconds()
    }
}

/// The harness opens the address that `signin_begin` answers with.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _url: &str) -> Result<(), BrowserRefused> {
        Err(BrowserRefused::Absent)
    }

    fn is_there(&self) -> bool {
        false
    }
}

/// One file a secret in a folder of the trial, written whole or not at all, as a keychain does. The secrets in it open
/// nothing but a simulator that ends with the trial.
struct Drawer(PathBuf);

impl Drawer {
    fn file(&self, name: &SecretName) -> PathBuf {
        self.0.join(format!("{}.{:?}", name.connection, name.kind))
    }
}

fn failed(error: std::io::Error) -> StoreError {
    StoreError::Failed(error.to_string())
}

fn write_whole(folder: &Path, file: &Path, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let beside = file.with_extension("new");
    std::fs::write(&beside, text)?;
    std::fs::rename(&beside, file)
}

#[async_trait]
impl SecretStore for Drawer {
    async fn get(&self, name: &SecretName) -> Result<Option<SecretString>, StoreError> {
        match std::fs::read_to_string(self.file(name)) {
            Ok(text) => Ok(Some(text.into())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed(error)),
        }
    }

    async fn set(&self, name: &SecretName, value: SecretString) -> Result<(), StoreError> {
        write_whole(&self.0, &self.file(name), value.expose_secret()).map_err(failed)
    }

    async fn delete(&self, name: &SecretName) -> Result<(), StoreError> {
        match std::fs::remove_file(self.file(name)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(failed(error)),
            _ => Ok(()),
        }
    }

    async fn state(&self) -> KeychainState {
        KeychainState::Available
    }
}
