//! What is opened outside the window: MobilePay's portals, and a letter in the merchant's own mail program. The window names
//! a place and never an address.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CountryCode, World};

/// A page of MobilePay's.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct PortalPage {
    /// Which portal.
    pub portal: Portal,
    /// Of which world.
    pub world: World,
    /// Of which country.
    pub country: CountryCode,
}

/// The two portals of spec 1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Portal {
    /// Where apps are made and subscribed to APIs.
    Developer,
    /// Where the merchant keeps issuers and consents; in practice, the stage of the practice world.
    Merchant,
}

/// A letter to be written in the merchant's mail program; they send it, or do not.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Letter {
    /// To whom: one address, or empty for the merchant to fill in.
    pub to: String,
    /// Subject, one line.
    pub subject: String,
    /// Text.
    pub body: String,
}

/// What came of opening something outside the window.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Opened {
    /// Whether it was opened; if not, the window shows the address.
    pub opened: bool,
    /// The address.
    pub address: String,
}
