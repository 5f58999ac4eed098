//! The client against the practice world: the calls of the main job one after the other, with real frozen bytes.
//!
//! The simulator was written from the documents by other hands, and shares no type with the client.

#[path = "common/practice.rs"]
mod practice;

use anyhow::{Context as _, Result};
use invoice::{Channel, State};
use jiff::civil::date;
use mobilepay::{AccessToken, ApiError, Meaning, Proof, meaning, proves};
use practice::{CARD, Shop, api_of};
use rust_decimal::Decimal;
use simulator::{Fault, Trouble};
use uuid::Uuid;

#[tokio::test]
async fn an_invoice_goes_to_a_phone_and_is_paid() -> Result<()> {
    let shop = Shop::open().await?;
    let bytes = shop.bytes("301", "0,10", Channel::Phone)?;
    let invoice = shop.direct(&bytes).await?;
    assert_eq!(shop.state(&invoice).await?, State::Created);
    let details = shop
        .api
        .details(&shop.token, Uuid::from_u128(6), &shop.merchant, &invoice)
        .await?
        .value;
    // 0.10 and a quarter of it, which is 0.025: the service has the cents that were sent.
    assert_eq!(details.total_amount, Some(Decimal::new(13, 2)));
    assert_eq!(details.total_vat_amount, Some(Decimal::new(3, 2)));
    assert_eq!(details.invoice_number.as_deref(), Some("301"));
    assert_eq!(details.issuer_id.as_deref(), Some(shop.issuer.as_str()));
    let paper = shop.payer().pdf(Uuid::from_u128(7), &invoice).await?.value;
    assert!(paper.starts_with(b"%PDF-"));
    let today = date(2026, 3, 2);
    let accepted = shop
        .payer()
        .accept(Uuid::from_u128(8), &invoice, today, CARD)
        .await?;
    assert_eq!(accepted.value.invoice_id, invoice);
    assert_eq!(shop.state(&invoice).await?, State::Paid);
    let Err(ApiError::Refused { code: Some(code), .. }) = shop.cancel(&invoice).await else {
        panic!("a paid invoice was cancelled");
    };
    assert_eq!(meaning(code), Meaning::AlreadyPaid);
    shop.world.shutdown().await;
    Ok(())
}

#[tokio::test]
async fn the_same_bytes_are_one_invoice_and_other_bytes_another() -> Result<()> {
    let shop = Shop::open().await?;
    let bytes = shop.bytes("301", "288", Channel::Phone)?;
    let first = shop.direct(&bytes).await?;
    let again = shop.direct(&bytes).await;
    assert_eq!(again.as_ref().map_err(proves), Err(Proof::ExistsAlready));
    let second = shop.direct(&shop.bytes("302", "288", Channel::Phone)?).await?;
    assert_ne!(first, second);
    Ok(())
}

#[tokio::test]
async fn a_link_has_an_address_and_is_cancelled() -> Result<()> {
    let shop = Shop::open().await?;
    let bytes = shop.bytes("303", "288", Channel::Link)?;
    let created = shop
        .api
        .create_link(&shop.token, Uuid::from_u128(3), &shop.merchant, &bytes)
        .await?
        .value;
    let address: url::Url = created.href.context("no address")?.parse()?;
    assert_eq!(address.host_str(), Some("127.0.0.1"));
    shop.cancel(&created.invoice_id).await?;
    assert_eq!(shop.state(&created.invoice_id).await?, State::Canceled);
    Ok(())
}

#[tokio::test]
async fn what_is_refused_says_why() -> Result<()> {
    let shop = Shop::open().await?;
    let good = String::from_utf8(shop.bytes("304", "288", Channel::Phone)?)?;
    for (from, to, expected) in [
        (
            "\"TotalAmount\":360.00",
            "\"TotalAmount\":15000.01",
            Meaning::TotalAboveLimit,
        ),
        (
            "\"TotalAmount\":360.00",
            "\"TotalAmount\":0",
            Meaning::TotalNotPositive,
        ),
        ("2026-03-12", "2026-03-01", Meaning::DueDateInPast),
        ("2026-03-12", "2027-04-06", Meaning::DueDateTooFar),
        ("+4557373259", "+4511111111", Meaning::UserNotFound),
    ] {
        let bad = good.replace(from, to);
        assert_ne!(bad, good);
        let Err(ApiError::Refused { code: Some(code), .. }) = shop.direct(bad.as_bytes()).await else {
            panic!("{to} went through");
        };
        assert_eq!(meaning(code), expected, "{to}");
    }
    let missing = shop.state("00000000-0000-4000-8000-000000000000").await;
    assert!(matches!(missing, Err(ApiError::NotFound { .. })), "{missing:?}");
    Ok(())
}

#[tokio::test]
async fn a_wrong_credential_proves_that_nothing_was_done() -> Result<()> {
    let shop = Shop::open().await?;
    let bytes = shop.bytes("305", "288", Channel::Phone)?;
    let stranger = api_of(&shop.world, "another secret")?;
    let forged = AccessToken::new("a.b.c".into());
    for (api, token) in [(&stranger, &shop.token), (&shop.api, &forged)] {
        let refused = api
            .create_direct(token, Uuid::from_u128(3), &shop.merchant, &bytes)
            .await;
        assert_eq!(
            refused.map(|_| ()).map_err(|error| proves(&error)),
            Err(Proof::NotCarriedOut)
        );
    }
    assert!(shop.direct(&bytes).await.is_ok());
    Ok(())
}

#[tokio::test]
async fn after_every_trouble_the_same_bytes_show_what_became_of_the_first() -> Result<()> {
    let status = |status, handled| Trouble::Status {
        status,
        retry_after: Some(30),
        as_date: false,
        handled,
    };
    let shop = Shop::open().await?;
    // Ten, for an eleventh invoice of a day would be refused (spec 12.5).
    // What the attempt proves, and whether the invoice was made all the same.
    let cases = [
        (Trouble::DropBefore, Proof::Nothing, false),
        (Trouble::DropMiddle, Proof::Nothing, true),
        (Trouble::DropAfter, Proof::Nothing, true),
        (Trouble::Truncated, Proof::Nothing, true),
        (Trouble::Garbage, Proof::Nothing, true),
        (status(500, false), Proof::Nothing, false),
        (status(500, true), Proof::Nothing, true),
        (status(401, false), Proof::NotCarriedOut, false),
        (status(403, false), Proof::NotCarriedOut, false),
        (status(429, false), Proof::NotCarriedOut, false),
    ];
    for (number, (trouble, proof, made)) in cases.into_iter().enumerate() {
        let bytes = shop.bytes(&format!("4{number:02}"), "288", Channel::Link)?;
        let send = || {
            let call = Uuid::from_u128(3);
            shop.api.create_link(&shop.token, call, &shop.merchant, &bytes)
        };
        let fault = Fault::new(trouble).method("POST");
        shop.world
            .faults()
            .add(fault.on("/merchants/{merchant}/invoices/link").once());
        let error = send().await.expect_err("the call was struck");
        assert_eq!(proves(&error), proof, "{trouble:?}");
        if let ApiError::Throttled { retry_after, .. } = &error {
            assert_eq!(retry_after.map(|wait| wait.as_secs()), Some(30));
        }
        let again = send().await.map(|_| ()).map_err(|error| proves(&error));
        let expected = if made { Err(Proof::ExistsAlready) } else { Ok(()) };
        assert_eq!(again, expected, "{trouble:?}");
    }
    Ok(())
}
