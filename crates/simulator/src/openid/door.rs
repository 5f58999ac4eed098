//! The three discovery addresses (spec 1.1; 21 item 11). By the reading `conforming-issuer` each is an issuer of its own.

use serde::{Deserialize, Serialize};

use crate::config::Country;

/// By which of them a client came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Door {
    #[default]
    Dk,
    Fi,
    /// The host of both countries before there were portals.
    Older,
}

impl Door {
    pub(crate) const ALL: [Self; 3] = [Self::Dk, Self::Fi, Self::Older];

    pub(crate) const fn of(country: Country) -> Self {
        match country {
            Country::Dk => Self::Dk,
            Country::Fi => Self::Fi,
        }
    }

    /// What stands before `/.well-known` and `/connect/authorize`.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Dk => "/dk/account",
            Self::Fi => "/fi/account",
            Self::Older => "/merchant-authentication-openidconnect",
        }
    }

    /// The one that this path is behind.
    pub(crate) fn behind(path: &str) -> Self {
        let found = Self::ALL.into_iter().find(|door| path.starts_with(door.path()));
        found.unwrap_or_default()
    }
}
