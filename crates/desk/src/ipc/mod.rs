//! What crosses to the window: plain views and inputs, in camelCase, with units in their docs.
//!
//! These types are the contract with the TypeScript side; `ui/src/bridge/generated.ts` is written from them.
//! Deliberately absent: tokens, secrets and anything that could hold one on its way out. Secrets only ever come *in*.

mod app;
mod callbacks;
mod checking;
mod clock;
mod connection;
mod consent;
mod customer;
mod draft;
mod event;
mod import;
mod invoice;
mod outbox;
mod outside;
mod overview;
mod phone;
mod reconciliation;
mod refusal;
mod run;
mod signin;
mod typescript;

pub use app::*;
pub use callbacks::*;
pub use checking::*;
pub use clock::*;
pub use connection::*;
pub use consent::*;
pub use customer::*;
pub use draft::*;
pub use event::*;
pub use import::*;
pub use invoice::*;
pub use outbox::*;
pub use outside::*;
pub use overview::*;
pub use phone::*;
pub use reconciliation::*;
pub use refusal::*;
pub use run::*;
pub use signin::*;
pub use typescript::typescript;

use ::invoice as trade;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// An exact amount for the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoneyView {
    /// Øre or cent.
    #[ts(type = "number")]
    pub minor: i64,
    /// `DKK` or `EUR`.
    pub currency: CurrencyCode,
}

/// The two currencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum CurrencyCode {
    /// Danish krone.
    Dkk,
    /// Euro.
    Eur,
}

/// The two countries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "UPPERCASE")]
pub enum CountryCode {
    /// Denmark.
    Dk,
    /// Finland.
    Fi,
}

impl From<trade::Money> for MoneyView {
    fn from(money: trade::Money) -> Self {
        Self {
            minor: money.minor,
            currency: money.currency.into(),
        }
    }
}

impl From<trade::Currency> for CurrencyCode {
    fn from(currency: trade::Currency) -> Self {
        match currency {
            trade::Currency::Dkk => Self::Dkk,
            trade::Currency::Eur => Self::Eur,
        }
    }
}

impl From<trade::Country> for CountryCode {
    fn from(country: trade::Country) -> Self {
        match country {
            trade::Country::Dk => Self::Dk,
            trade::Country::Fi => Self::Fi,
        }
    }
}

impl From<CountryCode> for trade::Country {
    fn from(country: CountryCode) -> Self {
        match country {
            CountryCode::Dk => Self::Dk,
            CountryCode::Fi => Self::Fi,
        }
    }
}

/// No input: `{}`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, TS)]
pub struct Nothing {}

/// A page of a longer list.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, TS)]
pub struct PageOf {
    /// Rows to skip.
    pub offset: u32,
    /// Rows to return, at most 500.
    pub limit: u32,
}
