//! What every handler shares: the settings of this simulator, its keys, and the state under its lock.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use axum::http::HeaderValue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::callbacks::Courier;
use crate::config::{Config, Country};
use crate::faults::Faults;
use crate::invoice::Invoice;
use crate::keys::Keys;
use crate::openid::Door;
use crate::readings::{Reading, Readings};
use crate::state::State;

/// What every handler sees.
pub(crate) struct World {
    pub(crate) config: Config,
    pub(crate) keys: Keys,
    pub(crate) base: String,
    pub(crate) redirect_uris: RwLock<Vec<(String, String)>>,
    pub(crate) faults: Faults,
    pub(crate) readings: Readings,
    pub(crate) courier: Courier,
    /// Seconds by which trade is ahead of the computer.
    pub(crate) ahead: watch::Sender<i64>,
    pub(crate) state: Mutex<State>,
}

impl World {
    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, as it was moved.
    pub(crate) fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// The computer's own time, for everything of sign-in: a client checks tokens by its own clock, and moving the
    /// practice clock to a due date must not make every token one from the future.
    pub(crate) fn unmoved(&self) -> Timestamp {
        self.config.clock.now()
    }

    pub(crate) fn today(&self, country: Country) -> Date {
        Self::date(country, self.now())
    }

    pub(crate) fn date(country: Country, now: Timestamp) -> Date {
        let zone = TimeZone::get(country.zone()).unwrap_or(TimeZone::UTC);
        now.to_zoned(zone).date()
    }

    pub(crate) fn api_base(&self) -> String {
        format!("{}/invoice-restapi", self.base)
    }

    /// Audience of access tokens (spec 6.3).
    pub(crate) fn audience(&self, door: Door) -> String {
        format!("{}/resources", self.issuer(door))
    }

    /// Differs from the discovery address on purpose (spec 1.2; 21 item 12).
    pub(crate) fn issuer(&self, door: Door) -> String {
        if self.readings.has(Reading::ConformingIssuer) {
            format!("{}{}", self.base, door.path())
        } else {
            "https://api.mobilepay.dk/merchant".to_owned()
        }
    }

    /// The landing form of a link (spec 9.4; 21 item 29), on our own host.
    pub(crate) fn landing(&self, token: &str, country: Country) -> String {
        format!(
            "{}/usersettings-landing-website/?token={token}&countryCode={}&product=Invoice",
            self.base,
            country.code()
        )
    }

    /// The address of a link, as its creation tells it (spec 21 item 29).
    pub(crate) fn href(&self, invoice: &Invoice) -> Option<String> {
        let token = invoice.link.as_ref()?;
        if self.readings.has(Reading::ApiLinks) {
            let base = self.api_base();
            return Some(format!(
                "{base}/api/v1/consumers/me/invoices/invoices/{}/link",
                invoice.id
            ));
        }
        Some(self.landing(token, invoice.country()))
    }

    /// Data of an expired link is deleted (spec 9.4; 21 item 40).
    pub(crate) fn is_gone(&self, invoice: &Invoice) -> bool {
        invoice.is_gone() && !self.readings.has(Reading::KeptLinks)
    }

    /// Largest total in whole units (spec 12.1; 21 item 9).
    pub(crate) fn limit(&self, country: Country) -> i64 {
        if country == Country::Dk && self.readings.has(Reading::Limit300000) {
            return 300_000;
        }
        country.limit()
    }

    /// As `LogoUrl` names it (spec 10.2).
    pub(crate) fn logo(&self, issuer: &str) -> String {
        format!("{}/api/v1/invoiceissuers/{issuer}/logo", self.api_base())
    }

    pub(crate) fn knows_redirect(&self, client: &str, uri: &str) -> bool {
        let known = self.redirect_uris.read().unwrap_or_else(PoisonError::into_inner);
        known
            .iter()
            .any(|(id, registered)| id == client && registered == uri)
    }
}

/// A date as HTTP writes it (RFC 9110 5.6.7).
pub(crate) fn http_date(at: Timestamp) -> Option<HeaderValue> {
    let date = jiff::fmt::rfc2822::DateTimePrinter::new()
        .timestamp_to_rfc9110_string(&at)
        .ok()?;
    HeaderValue::from_str(&date).ok()
}
