//! Who lives in the practice world. Everyone here is fictitious; the consumers with names on the stage are the published
//! test users (spec 16.1), and the crowd around them is ours: ten invoices a day to a person (spec 12.3) would otherwise end a
//! batch of two thousand after the fiftieth.

use std::sync::LazyLock;

use crate::config::Country;

/// OAuth client id of the practice world.
pub const PRACTICE_CLIENT_ID: &str = "kvit.practice.client";
/// Its secret: openly fictitious, worth nothing anywhere.
pub const PRACTICE_CLIENT_SECRET: &str = "practice-world-client-secret-not-a-secret";
/// `x-ibm-client-id` of the practice world.
pub const PRACTICE_GATEWAY_ID: &str = "practice-world-gateway-id";
/// Its secret: openly fictitious.
pub const PRACTICE_GATEWAY_SECRET: &str = "practice-world-gateway-secret-not-a-secret";

/// The password of every portal user; the login page fills it in.
pub(crate) const PASSWORD: &str = "practice";

pub(crate) struct Merchant {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) vat: &'static str,
    pub(crate) country: Country,
    pub(crate) issuers: &'static [Issuer],
}

pub(crate) struct Issuer {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) status: &'static str,
    pub(crate) address: &'static str,
    pub(crate) zip: &'static str,
    pub(crate) city: &'static str,
    pub(crate) payout: Payout,
}

/// When money goes to the bank; set in the portal (spec 18.1).
#[derive(Clone, Copy)]
pub(crate) enum Payout {
    /// Right after each payment.
    Instant,
    /// In the night after the day of the payment.
    Daily,
}

pub(crate) struct PortalUser {
    pub(crate) subject: &'static str,
    pub(crate) email: &'static str,
    pub(crate) merchants: &'static [&'static str],
}

pub(crate) struct Consumer {
    pub(crate) id: &'static str,
    pub(crate) card: &'static str,
    pub(crate) phone: &'static str,
    pub(crate) card_expired: bool,
}

impl Consumer {
    /// The published name (spec 16.1).
    pub(crate) fn name(&self) -> &'static str {
        if self.phone.starts_with("+358") {
            "FI Test name"
        } else {
            "Test name"
        }
    }
}

const NORDHAVN: &str = "e3465d75-8fd4-4ea4-8881-304c464f1d24";
const HAVNEKAFFE: &str = "0b1f6a52-5d0c-4f6e-9d0e-6f1f5a3c7b21";
const KALLIO: &str = "5a0c6c1e-2a7b-4c6f-8f51-7d1e0f9b2c33";

pub(crate) const MERCHANTS: &[Merchant] = &[
    Merchant {
        id: NORDHAVN,
        name: "Nordhavn Cykler",
        vat: "DK25313763",
        country: Country::Dk,
        issuers: &[
            Issuer {
                id: "6a33d969-fa86-44af-a23b-731da0e4d50d",
                name: "Nordhavn Cykler",
                status: "enabled",
                address: "Havnegade 3",
                zip: "2150",
                city: "Nordhavn",
                payout: Payout::Daily,
            },
            Issuer {
                id: "238fe387-f4a4-40e7-ae8a-4c107da2c0ad",
                name: "Nordhavn Cykeludlejning",
                status: "pending",
                address: "Havnegade 5",
                zip: "2150",
                city: "Nordhavn",
                payout: Payout::Daily,
            },
        ],
    },
    Merchant {
        id: HAVNEKAFFE,
        name: "Havnekaffe",
        vat: "DK12345678",
        country: Country::Dk,
        issuers: &[Issuer {
            id: "efd08c19-24cf-4833-a4a4-bfa7bd58fbb2",
            name: "Havnekaffe",
            status: "enabled",
            address: "Sundkaj 9",
            zip: "2150",
            city: "Nordhavn",
            payout: Payout::Instant,
        }],
    },
    Merchant {
        id: KALLIO,
        name: "Kallion Kukka",
        vat: "FI01120389",
        country: Country::Fi,
        issuers: &[Issuer {
            id: "9f0d4f3c-0a1b-4d0e-8f43-2f4c3b6a7d18",
            name: "Kallion Kukka",
            status: "enabled",
            address: "Fleminginkatu 12",
            zip: "00530",
            city: "Helsinki",
            payout: Payout::Daily,
        }],
    },
];

pub(crate) const PORTAL_USERS: &[PortalUser] = &[
    PortalUser {
        subject: "2f2a3a0e-3a55-4d57-9f6c-4a5b8f1f0d01",
        email: "mette@nordhavn.example",
        merchants: &[NORDHAVN],
    },
    PortalUser {
        subject: "7c0f4a1b-6d1e-4a39-8a57-0f2f6a9b5e02",
        email: "anders@to-butikker.example",
        merchants: &[NORDHAVN, HAVNEKAFFE],
    },
    PortalUser {
        subject: "b1d7e6f4-9c2a-4b0d-bd8e-5c3e2a1f7c03",
        email: "aino@kallionkukka.example",
        merchants: &[KALLIO],
    },
];

const fn consumer(id: &'static str, card: &'static str, phone: &'static str) -> Consumer {
    Consumer {
        id,
        card,
        phone,
        card_expired: false,
    }
}

pub(crate) const CONSUMERS: &[Consumer] = &[
    consumer(
        "f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba",
        "6956b1ae-be59-4d7c-ba1c-8aa188db83b7",
        "+4557373259",
    ),
    Consumer {
        card_expired: true,
        ..consumer(
            "4f474aa2-6161-4094-97fd-62616ff3d21e",
            "a6d8044d-176b-4639-a55f-d14d1ae11e28",
            "+4599592431",
        )
    },
    consumer(
        "d5e4e229-b482-4304-80f1-237d2a3abc48",
        "d77db24c-f078-4eaf-8026-fbaa8411a8fe",
        "+4522509895",
    ),
    consumer(
        "40b881f7-ac3d-43bb-81e6-2ac9ef279d89",
        "6cdf304d-d4c5-4126-9775-a286ce16838b",
        "+4554048573",
    ),
    consumer(
        "147a8bbd-6a87-40e7-9980-937d1b8d0de4",
        "9c55892e-66dc-41c8-b256-13bf599ac377",
        "+4585155935",
    ),
    consumer(
        "439d1721-0a36-499f-b236-8bfc61c6cbb7",
        "b5f78182-e2ff-402e-a646-46c7da8459a0",
        "+358121161343",
    ),
    consumer(
        "f5588bb0-d90d-419f-9ec5-7ef138c23f83",
        "d7328e72-7d21-4f7d-b7f4-9a6861551b70",
        "+358121161892",
    ),
];

/// Phones of users who exist and cannot receive invoices (code 10102). None was published; these are ours.
pub(crate) const UNAVAILABLE: [&str; 2] = ["+4500010102", "+358000010102"];

pub(crate) fn merchant(id: &str) -> Option<&'static Merchant> {
    MERCHANTS.iter().find(|merchant| merchant.id == id)
}

/// People of a country in the crowd.
const CROWD: usize = 1_000;

/// The first digits of the crowd's phones; three digits follow.
const CROWD_BEGINS: [&str; 2] = ["+4557370", "+358121160"];

/// A thousand in Denmark, then a thousand in Finland; made when the first of them is asked for.
static NEIGHBOURS: LazyLock<Vec<Consumer>> = LazyLock::new(|| {
    let both = CROWD_BEGINS.iter().zip([45, 358]);
    both.flat_map(|(begin, code)| (0..CROWD).map(move |nth| neighbour(begin, code, nth)))
        .collect()
});

/// One of the crowd. Its texts live as long as the program, as those of the published users do.
fn neighbour(begin: &str, code: u32, nth: usize) -> Consumer {
    let id = |kind: u32| format!("{code:08}-{kind:04}-4000-8000-{nth:012}");
    consumer(id(1).leak(), id(2).leak(), format!("{begin}{nth:03}").leak())
}

fn neighbour_by_phone(phone: &str) -> Option<&'static Consumer> {
    CROWD_BEGINS.iter().zip(0..).find_map(|(begin, country)| {
        let digits = |sign: &str| sign.len() == 3 && sign.bytes().all(|digit| digit.is_ascii_digit());
        let nth = phone.strip_prefix(begin).filter(|rest| digits(rest))?;
        let nth: usize = nth.parse().ok()?;
        NEIGHBOURS.get(country * CROWD + nth)
    })
}

pub(crate) fn consumer_by_phone(phone: &str) -> Option<&'static Consumer> {
    CONSUMERS
        .iter()
        .find(|consumer| consumer.phone == phone)
        .or_else(|| neighbour_by_phone(phone))
}

pub(crate) fn consumer_by_id(id: &str) -> Option<&'static Consumer> {
    CONSUMERS
        .iter()
        .chain(NEIGHBOURS.iter())
        .find(|consumer| consumer.id == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_crowd_answers_to_their_own_phone_and_id() {
        for consumer in NEIGHBOURS.iter() {
            let by_phone = consumer_by_phone(consumer.phone).unwrap();
            let by_id = consumer_by_id(consumer.id).unwrap();
            assert_eq!((by_phone.id, by_id.phone), (consumer.id, consumer.phone));
        }
        let last = consumer_by_phone("+358121160999").unwrap();
        assert_eq!(last.id, "00000358-0001-4000-8000-000000000999");
    }

    #[test]
    fn nobody_answers_to_a_phone_like_theirs() {
        for phone in [
            "+455737",
            "+455737000",
            "+45573700000",
            "+45573700x0",
            "+4557371000",
            "+4557370+01",
        ] {
            assert!(consumer_by_phone(phone).is_none(), "{phone}");
        }
    }
}
