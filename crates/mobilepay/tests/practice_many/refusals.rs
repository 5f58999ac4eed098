//! Refusals of the practice world in every form that the documents give them, and what the client makes of each.

use anyhow::Result;
use invoice::{Channel, State};
use mobilepay::{ApiError, Meaning, Proof, meaning, proves};
use simulator::{Fault, Reading, Trouble};

use crate::practice::Shop;

const ALIAS: &str = "+4557373259";

#[tokio::test]
async fn every_code_of_a_creation_has_its_meaning() -> Result<()> {
    let shop = Shop::open().await?;
    let nobody = "00000000-0000-4000-8000-000000000000";
    let pending = "238fe387-f4a4-40e7-ae8a-4c107da2c0ad";
    let issuer = shop.issuer.clone();
    for (from, to, code, expected) in [
        (
            "\"TotalAmount\":360.00",
            "\"TotalAmount\":-1",
            10008,
            Meaning::TotalNotPositive,
        ),
        (
            "\"TotalAmount\":360.00",
            "\"TotalAmount\":1e5",
            10201,
            Meaning::TotalAboveLimit,
        ),
        ("2026-03-12", "2026-03-01", 10311, Meaning::DueDateInPast),
        ("2026-03-12", "2027-04-06", 10310, Meaning::DueDateTooFar),
        (&issuer, nobody, 10202, Meaning::IssuerNotFound),
        (&issuer, pending, 10203, Meaning::AccountUnusable),
        (ALIAS, "+4511111111", 10101, Meaning::UserNotFound),
        (ALIAS, "+4500010102", 10102, Meaning::UserNotAvailable),
        (ALIAS, "+4500010103", 10103, Meaning::UserNotFound),
        (ALIAS, "+4500010105", 10105, Meaning::Technical),
        (ALIAS, "+4500010204", 10204, Meaning::AccountUnusable),
        (ALIAS, "+4500010205", 10205, Meaning::Technical),
        (ALIAS, "+4500010302", 10302, Meaning::MerchantNotFound),
        (ALIAS, "+4500010303", 10303, Meaning::IssuerNotFound),
        (ALIAS, "+4500010304", 10304, Meaning::UserNotFound),
        (ALIAS, "+4500010305", 10305, Meaning::UserNotFound),
        (ALIAS, "+4500010306", 10306, Meaning::UserNotFound),
        (ALIAS, "+4500010312", 10312, Meaning::IssueDateInFuture),
        (ALIAS, "+4500010314", 10314, Meaning::DailyLimitReached),
    ] {
        let bad = shop.altered("1", Channel::Phone, from, to)?;
        let error = shop.direct(&bad.bytes).await.expect_err(to);
        assert_eq!(proves(&error), Proof::Refused, "{to}");
        let ApiError::Refused {
            status,
            code: told,
            description,
            ..
        } = error
        else {
            panic!("{error:?}");
        };
        assert_eq!((status, told), (409, Some(code)), "{to}");
        assert_eq!(meaning(code), expected);
        assert!(description.is_some_and(|words| !words.is_empty()));
    }
    Ok(())
}

#[tokio::test]
async fn an_input_error_names_its_members_in_both_spellings() -> Result<()> {
    let shop = Shop::open().await?;
    let bad = shop.altered(
        "1",
        Channel::Phone,
        "\"TotalAmount\":360.00",
        "\"TotalAmount\":\"x\"",
    )?;
    for spelling in [false, true] {
        shop.world.readings().set(Reading::CamelCaseErrors, spelling);
        let error = shop.direct(&bad.bytes).await.expect_err("no number");
        let ApiError::Refused {
            status: 400,
            code: None,
            fields,
            ..
        } = error
        else {
            panic!("{error:?}");
        };
        let named: Vec<_> = fields.iter().map(|field| format!("{field:?}")).collect();
        assert!(named.len() == 1 && named[0].contains("TotalAmount"), "{named:?}");
    }
    Ok(())
}

#[tokio::test]
async fn exists_already_is_known_under_every_reading() -> Result<()> {
    let shop = Shop::open().await?;
    let bytes = shop.bytes("1", "288", Channel::Phone)?;
    shop.direct(&bytes).await?;
    let readings = [
        Reading::Duplicate10301,
        Reading::Duplicate400,
        Reading::CamelCaseErrors,
    ];
    for taken in 0..=readings.len() {
        for reading in &readings[..taken] {
            shop.world.readings().set(*reading, true);
        }
        let again = shop.direct(&bytes).await.expect_err("the same bytes");
        assert_eq!(proves(&again), Proof::ExistsAlready, "{taken}");
    }
    Ok(())
}

#[tokio::test]
async fn an_invoice_that_is_invalid_later_was_created_and_is_then_seen_as_invalid() -> Result<()> {
    let shop = Shop::open().await?;
    shop.world.readings().set(Reading::InvalidLater, true);
    let late = shop.altered("1", Channel::Phone, "2026-03-12", "2026-03-01")?;
    let invoice = shop.direct(&late.bytes).await?;
    assert_eq!(shop.state(&invoice).await?, State::Invalid);
    // It is none, so the same bytes are not one that exists.
    assert_ne!(shop.direct(&late.bytes).await?, invoice);
    Ok(())
}

#[tokio::test]
async fn a_date_to_come_back_at_is_so_many_seconds_away() -> Result<()> {
    let shop = Shop::open().await?;
    for as_date in [false, true] {
        let busy = Trouble::Status {
            status: 429,
            retry_after: Some(30),
            as_date,
            handled: false,
        };
        shop.world.faults().add(Fault::new(busy).once());
        let error = shop.state("x").await.expect_err("struck");
        let ApiError::Throttled { retry_after, .. } = error else {
            panic!("{error:?}");
        };
        assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(30), "{as_date}");
    }
    Ok(())
}
