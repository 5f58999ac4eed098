//! The two countries of the service, and what follows from a merchant's country.

use serde::{Deserialize, Serialize};

/// A merchant's country. It decides currency, limits, time zone and the language of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Country {
    /// Denmark.
    Dk,
    /// Finland.
    Fi,
}

impl Country {
    /// The one currency that `MobilePay` takes from a merchant of this country (spec 9.1).
    pub const fn currency(self) -> Currency {
        match self {
            Self::Dk => Currency::Dkk,
            Self::Fi => Currency::Eur,
        }
    }

    /// ISO 3166 code, upper case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dk => "DK",
            Self::Fi => "FI",
        }
    }

    /// IANA name of the zone in which the merchant's day begins (spec 12.3, 21.2).
    pub const fn time_zone(self) -> &'static str {
        match self {
            Self::Dk => "Europe/Copenhagen",
            Self::Fi => "Europe/Helsinki",
        }
    }
}

/// A currency of the service. Both have two decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Currency {
    /// Danish krone.
    Dkk,
    /// Euro.
    Eur,
}

impl Currency {
    /// ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dkk => "DKK",
            Self::Eur => "EUR",
        }
    }
}
