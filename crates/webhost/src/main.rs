//! `cargo run -p webhost -- --data DIR`: prints one line of JSON with the address and the bearer, then serves.

use std::io::Write as _;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use clap::Parser;
use desk::{Browser, BrowserRefused, Desk, Setup};
use tokio::net::TcpListener;
use webhost::{Bearer, Place, router};

/// The core of Kvit over HTTP on this computer, for tests and for work on the UI.
#[derive(Parser)]
struct Arguments {
    /// Folder of the books; made when it does not exist.
    #[arg(long)]
    data: PathBuf,
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// Folder of the built UI.
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/dist"))]
    ui: PathBuf,
    /// Name under which secrets are kept in the keychain.
    #[arg(long, default_value = "dk.kvit.webhost")]
    keychain: String,
}

/// Whoever drives this host opens the address that `signin_begin` answers with.
struct NoBrowser;

impl Browser for NoBrowser {
    fn open(&self, _url: &str) -> Result<(), BrowserRefused> {
        Err(BrowserRefused::Absent)
    }

    fn is_there(&self) -> bool {
        false
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let desk = Desk::open(Setup {
        documents: arguments.data.join("documents"),
        data: arguments.data,
        browser: Arc::new(NoBrowser),
        secrets: desk::keychain(&arguments.keychain),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        return_page: include_str!("../../../ui/return-page/index.html"),
    })
    .await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port))
        .await
        .with_context(|| format!("port {} of 127.0.0.1 cannot be used", arguments.port))?;
    let port = listener.local_addr()?.port();
    let bearer = Bearer::generate()?;
    announce(port, &bearer)?;
    let place = Place {
        port,
        ui: arguments.ui,
    };
    let serving = axum::serve(listener, router(Arc::clone(&desk), bearer, place));
    tokio::select! {
        ended = serving.into_future() => ended?,
        // Whoever listens to events would listen for ever: they are not waited for.
        () = interrupted(desk) => {}
    }
    Ok(())
}

/// The first line of the output: all that a driver needs.
fn announce(port: u16, bearer: &Bearer) -> anyhow::Result<()> {
    let url = format!("http://127.0.0.1:{port}");
    let line = serde_json::json!({
        "url": url,
        "bearer": bearer.reveal(),
        "ui": format!("{url}/#bearer={}", bearer.reveal()),
    });
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()?;
    Ok(())
}

async fn interrupted(desk: Arc<Desk>) {
    // Without a signal handler the process ends by the signal itself, which the books survive.
    let _ = tokio::signal::ctrl_c().await;
    desk.close().await;
}
