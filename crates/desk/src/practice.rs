//! The practice world: MobilePay in a box, started in this process, with its own books beside ours.
//!
//! Kvit speaks to it over HTTP like to any other; only its addresses and its openly fictitious credentials come from here.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use login::Clock;
use simulator::{ClockError, Config, Country, Simulator, StartError, StaticPage};
use tokio::sync::watch;
use url::Url;

use crate::ipc::{ConnectionView, CountryCode, Door, Refusal, World};
use crate::refuse::Outcome;
use crate::settings::{SavedConnection, set_aside};

/// Where the practice merchant's own return page lies; its name ends as the page expects of the practice world.
const RETURN_PATH: &str = "/merchant/practice/return";

/// The loopback address of the official sample (spec 6.11); the second way back in the practice world.
pub(crate) const LOOPBACK_RETURN: &str = "http://127.0.0.1:7890/";

/// The program's clock, as the practice world takes it.
struct Unmoved(Arc<dyn Clock>);

impl simulator::Clock for Unmoved {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

/// The running practice world and its two connections.
pub(crate) struct Practice {
    simulator: Simulator,
    connections: [SavedConnection; 2],
    began_anew: bool,
}

impl Practice {
    /// Starts it with its books in `data`, on `port` if that is free, so that links it gave out stay good. Its time before it
    /// is moved is the program's.
    ///
    /// Books that cannot be read are set aside and new ones begun: nothing in Practice is worth a Kvit that does not open.
    pub(crate) async fn start(
        data: PathBuf,
        port: Option<u16>,
        return_page: &'static str,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let (simulator, began_anew) = match listening(&data, port, return_page, clock).await {
            Err(StartError::Unreadable(reason)) => {
                tracing::warn!(
                    reason,
                    "the books of the practice world are unreadable and are set aside"
                );
                set_aside(&data.join(simulator::BOOKS_FILE), &["-wal", "-shm"])
                    .map_err(StartError::Folder)?;
                (listening(&data, port, return_page, clock).await?, true)
            }
            started => (started?, false),
        };
        let connections = [CountryCode::Dk, CountryCode::Fi].map(|country| connection(&simulator, country));
        for redirect_uri in [&connections[0].view.redirect_uri, &LOOPBACK_RETURN.to_owned()] {
            simulator.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, redirect_uri);
        }
        Ok(Self {
            simulator,
            connections,
            began_anew,
        })
    }

    /// Whether its books could not be read and were set aside.
    pub(crate) const fn began_anew(&self) -> bool {
        self.began_anew
    }

    /// Seconds by which its trade is ahead of the computer.
    pub(crate) fn ahead(&self) -> watch::Receiver<i64> {
        self.simulator.ahead()
    }

    /// Moves its clock forward and does what that time does.
    pub(crate) fn advance(&self, seconds: u64) -> Result<Timestamp, ClockError> {
        self.simulator.advance(seconds)
    }

    /// The port it listens on.
    pub(crate) fn port(&self) -> u16 {
        self.simulator.port()
    }

    /// The page on which everything in it can be looked up.
    pub(crate) fn stage(&self) -> Outcome<Url> {
        let address = format!("{}/__practice/", self.simulator.base_url());
        Url::parse(&address).map_err(|error| Refusal::unexpected(&error))
    }

    /// Its connections: Denmark, then Finland.
    pub(crate) const fn connections(&self) -> &[SavedConnection; 2] {
        &self.connections
    }

    /// What the window sees of them.
    pub(crate) fn views(&self) -> Vec<ConnectionView> {
        self.connections.iter().map(|saved| saved.view.clone()).collect()
    }

    /// Ends it; its books are on disk.
    pub(crate) async fn close(&self) {
        self.simulator.shutdown().await;
    }
}

/// A simulator on `port`, or on a free one if that is taken.
async fn listening(
    data: &Path,
    port: Option<u16>,
    return_page: &'static str,
    clock: &Arc<dyn Clock>,
) -> Result<Simulator, StartError> {
    let config = |port| Config {
        clock: Arc::new(Unmoved(Arc::clone(clock))),
        bind: SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        pages: vec![StaticPage::html(RETURN_PATH, return_page)],
        ..Config::practice(Some(data.to_owned()))
    };
    match simulator::start(config(port.unwrap_or(0))).await {
        Err(error @ StartError::Address { .. }) if port.is_some() => {
            tracing::warn!(%error, port, "the practice world moves to another port");
            simulator::start(config(0)).await
        }
        started => started,
    }
}

fn connection(simulator: &Simulator, country: CountryCode) -> SavedConnection {
    let (id, name, vat, place) = match country {
        CountryCode::Dk => ("practice-dk", "Nordhavn Cykler", "DK25313763", Country::Dk),
        CountryCode::Fi => ("practice-fi", "Kallion Kukka", "FI01120389", Country::Fi),
    };
    SavedConnection {
        // These are no real books: where they are missing, new ones are begun.
        begun: false,
        view: ConnectionView {
            id: id.to_owned(),
            name: name.to_owned(),
            world: World::Practice,
            country,
            client_id: simulator::PRACTICE_CLIENT_ID.to_owned(),
            redirect_uri: format!("{}{RETURN_PATH}", simulator.base_url().trim_end_matches('/')),
            door: Door::ReturnPage,
            discovery_url: simulator.discovery_url(place),
            issuer: simulator.issuer(),
            api_base_url: simulator.api_base_url(),
            merchant_vat: Some(vat.to_owned()),
            transactions: true,
        },
        gateway_id: simulator::PRACTICE_GATEWAY_ID.to_owned(),
    }
}
