//! The published fictitious users of the user simulation (spec 16.1): whose phones can be played.

use crate::ipc::CountryCode;

/// A test user: who they are to the simulation API, and their number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TestUser {
    /// `AuthenticatedUser` header.
    pub(crate) user: &'static str,
    /// `ConsumerCard` of an accept.
    pub(crate) card: &'static str,
    /// E.164.
    pub(crate) phone: &'static str,
    /// Their card has expired.
    pub(crate) card_expired: bool,
}

const fn user(user: &'static str, card: &'static str, phone: &'static str) -> TestUser {
    TestUser {
        user,
        card,
        phone,
        card_expired: false,
    }
}

const DENMARK: &[TestUser] = &[
    user(
        "f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba",
        "6956b1ae-be59-4d7c-ba1c-8aa188db83b7",
        "+4557373259",
    ),
    TestUser {
        card_expired: true,
        ..user(
            "4f474aa2-6161-4094-97fd-62616ff3d21e",
            "a6d8044d-176b-4639-a55f-d14d1ae11e28",
            "+4599592431",
        )
    },
    user(
        "d5e4e229-b482-4304-80f1-237d2a3abc48",
        "d77db24c-f078-4eaf-8026-fbaa8411a8fe",
        "+4522509895",
    ),
    user(
        "40b881f7-ac3d-43bb-81e6-2ac9ef279d89",
        "6cdf304d-d4c5-4126-9775-a286ce16838b",
        "+4554048573",
    ),
    user(
        "147a8bbd-6a87-40e7-9980-937d1b8d0de4",
        "9c55892e-66dc-41c8-b256-13bf599ac377",
        "+4585155935",
    ),
];

const FINLAND: &[TestUser] = &[
    user(
        "439d1721-0a36-499f-b236-8bfc61c6cbb7",
        "b5f78182-e2ff-402e-a646-46c7da8459a0",
        "+358121161343",
    ),
    user(
        "f5588bb0-d90d-419f-9ec5-7ef138c23f83",
        "d7328e72-7d21-4f7d-b7f4-9a6861551b70",
        "+358121161892",
    ),
];

/// The test users of `country`.
pub(crate) const fn of(country: CountryCode) -> &'static [TestUser] {
    match country {
        CountryCode::Dk => DENMARK,
        CountryCode::Fi => FINLAND,
    }
}

/// The test user with the number `phone` (E.164).
pub(crate) fn by_phone(country: CountryCode, phone: &str) -> Option<&'static TestUser> {
    of(country).iter().find(|user| user.phone == phone)
}
