//! What a simulator is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::clock::{Clock, SystemClock};
use crate::readings::Switches;
use crate::seed;

/// Everything that can be chosen.
#[derive(Clone)]
pub struct Config {
    /// Where to listen; port 0 takes a free one.
    pub bind: SocketAddr,
    /// The address under which clients reach it, where that is not the one that it listens on: behind a proxy with TLS, or by
    /// a container's name.
    pub base_url: Option<url::Url>,
    /// Folder of the books; `None` keeps them in memory only.
    pub data: Option<PathBuf>,
    /// Pages of the merchant's own web site, under `/merchant/` or `/__practice/`.
    pub pages: Vec<StaticPage>,
    /// Registered OAuth clients.
    pub clients: Vec<OauthClient>,
    /// Apps of the developer portal.
    pub gateway: Vec<GatewayApp>,
    /// Time before it is moved.
    pub clock: Arc<dyn Clock>,
    /// Readings of the documents from the start.
    pub switches: Switches,
    /// Decides which calls a fault of some chance strikes, where it names no seed of its own.
    pub seed: u64,
    /// Consents on one page of their list; the documents name no number (spec 21.2).
    pub consents_per_page: usize,
}

impl Config {
    /// The practice world: one client and one app with openly fictitious credentials, on a free loopback port.
    pub fn practice(data: Option<PathBuf>) -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            base_url: None,
            data,
            pages: Vec::new(),
            clients: vec![OauthClient {
                id: seed::PRACTICE_CLIENT_ID.to_owned(),
                secret: seed::PRACTICE_CLIENT_SECRET.to_owned(),
                redirect_uris: Vec::new(),
            }],
            gateway: vec![GatewayApp {
                id: seed::PRACTICE_GATEWAY_ID.to_owned(),
                secret: seed::PRACTICE_GATEWAY_SECRET.to_owned(),
            }],
            clock: Arc::new(SystemClock),
            switches: Switches::default(),
            seed: 0,
            consents_per_page: 100,
        }
    }
}

/// An OAuth client (spec 2.1, step 5).
#[derive(Clone, Debug)]
pub struct OauthClient {
    /// Client id.
    pub id: String,
    /// Client secret; fictitious, as everything here.
    pub secret: String,
    /// Whitelisted return addresses, matched character for character (spec 2.2).
    pub redirect_uris: Vec<String>,
}

/// An app of the developer portal (spec 2.1, step 3).
#[derive(Clone, Debug)]
pub struct GatewayApp {
    /// `x-ibm-client-id`.
    pub id: String,
    /// `x-ibm-client-secret`.
    pub secret: String,
}

/// A page of the merchant's own site.
#[derive(Clone, Debug)]
pub struct StaticPage {
    pub(crate) path: String,
    pub(crate) body: &'static str,
}

impl StaticPage {
    /// An HTML page at `path`.
    pub fn html(path: &str, body: &'static str) -> Self {
        Self {
            path: path.to_owned(),
            body,
        }
    }
}

/// A country of the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Country {
    /// Denmark: DKK, 15,000.
    #[serde(rename = "DK")]
    Dk,
    /// Finland: EUR, 2,000.
    #[serde(rename = "FI")]
    Fi,
}

impl Country {
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Dk => "DK",
            Self::Fi => "FI",
        }
    }

    pub(crate) const fn currency(self) -> &'static str {
        match self {
            Self::Dk => "DKK",
            Self::Fi => "EUR",
        }
    }

    /// Zone of "today" (spec 21.2).
    pub(crate) const fn zone(self) -> &'static str {
        match self {
            Self::Dk => "Europe/Copenhagen",
            Self::Fi => "Europe/Helsinki",
        }
    }

    /// Six in the morning of a day, when scheduled payments are made. The hour is in no document.
    pub(crate) fn morning(self, day: Date) -> Timestamp {
        self.at(day, 6)
    }

    /// The first moment of a day.
    pub(crate) fn midnight(self, day: Date) -> Timestamp {
        self.at(day, 0)
    }

    fn at(self, day: Date, hour: i8) -> Timestamp {
        let zone = TimeZone::get(self.zone()).unwrap_or(TimeZone::UTC);
        day.at(hour, 0, 0, 0)
            .to_zoned(zone)
            .map_or(Timestamp::MAX, |moment| moment.timestamp())
    }

    /// Largest total in whole units (spec 12.1; 21 item 9).
    pub(crate) const fn limit(self) -> i64 {
        match self {
            Self::Dk => 15_000,
            Self::Fi => 2_000,
        }
    }
}
