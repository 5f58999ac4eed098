//! What days and restarts do (spec 14).

use anyhow::Result;
use reqwest::{Method, StatusCode};
use serde_json::json;
use simulator::Switches;
use simulator::visitor::Person;

use crate::shop::{EXPIRED_CARD, Shop, USER, fields, redeem, renew, said, visit, world};

#[tokio::test]
async fn a_scheduled_payment_happens_on_its_day() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    let (status, answer) = shop.accept(&id, USER, "2026-03-10").await?;
    assert_eq!(
        (status, said(&answer, "InvoicePaymentStatus")?),
        (StatusCode::OK, "accepted")
    );
    shop.days_pass(7).await?;
    assert_eq!(shop.status(&id).await?, "accepted");
    shop.days_pass(1).await?;
    assert_eq!(shop.status(&id).await?, "paid");
    Ok(())
}

#[tokio::test]
async fn a_scheduled_payment_whose_card_fails_waits_for_the_payer() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut body = shop.body("1");
    body["ConsumerAlias"] = json!({"Alias": EXPIRED_CARD.2, "AliasType": "Phone"});
    let direct = shop.create(&body).await?;
    assert_eq!(
        shop.accept(&direct, EXPIRED_CARD, "2026-03-10").await?.0,
        StatusCode::OK
    );
    // A link may be paid by another in the end.
    let (link, _) = shop.link(&shop.body("2")).await?;
    shop.accept(&link, EXPIRED_CARD, "2026-03-10").await?;
    shop.days_pass(9).await?;
    for id in [&direct, &link] {
        assert_eq!(shop.status(id).await?, "accepted");
    }
    assert_eq!(shop.accept(&link, USER, "2026-03-11").await?.0, StatusCode::OK);
    assert_eq!(shop.status(&link).await?, "paid");
    shop.days_pass(32).await?;
    assert_eq!(shop.status(&direct).await?, "expired");
    Ok(())
}

#[tokio::test]
async fn a_cancelled_schedule_is_not_paid() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.accept(&id, USER, "2026-03-10").await?;
    shop.cancel(&id).await?;
    shop.days_pass(9).await?;
    assert_eq!(shop.status(&id).await?, "canceled");
    Ok(())
}

#[tokio::test]
async fn thirty_days_past_due_it_expires_and_a_link_is_gone() -> Result<()> {
    let shop = Shop::danish().await?;
    let direct = shop.create(&shop.body("1")).await?;
    let (link, href) = shop.link(&shop.body("1")).await?;
    shop.days_pass(40).await?;
    assert_eq!(shop.status(&direct).await?, "created");
    shop.days_pass(1).await?;
    assert_eq!(shop.status(&direct).await?, "expired");
    for rest in ["", "/status"] {
        let path = shop.path(&format!("/invoices/{link}{rest}"));
        assert_eq!(
            shop.call(Method::GET, &path, None).await?.0,
            StatusCode::NOT_FOUND
        );
    }
    assert!(!shop.http.get(&href).send().await?.text().await?.contains("360"));
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_invoices_key_refresh_token_and_clock() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    shop.days_pass(3).await?;
    let id = shop.create(&shop.body("1")).await?;
    let back = fields(&visit(&shop.simulator, Person::danish(), &[("nonce", "before")]).await?);
    let (_, tokens) = redeem(&shop.simulator, said(&back, "code")?).await?;
    shop.simulator.shutdown().await;
    shop.simulator = world(data, Switches::default()).await?;
    // The access token from before still verifies: the key is the same one.
    assert_eq!(shop.status(&id).await?, "created");
    let (_, answer) = shop
        .call(Method::POST, &shop.path("/invoices"), Some(&shop.body("1")))
        .await?;
    assert_eq!(answer["error_code"], "10104");
    assert_eq!(
        renew(&shop.simulator, said(&tokens, "refresh_token")?).await?.0,
        StatusCode::OK
    );
    let clock = format!("{}/__practice/clock", shop.simulator.base_url());
    assert!(reqwest::get(clock).await?.text().await?.contains("2026-03-05"));
    assert!(
        visit(&shop.simulator, Person::danish(), &[("nonce", "before")])
            .await
            .is_err()
    );
    Ok(())
}

#[tokio::test]
async fn a_taken_port_is_an_error_and_not_a_panic() -> Result<()> {
    let first = world(None, Switches::default()).await?;
    let mut config = simulator::Config::practice(None);
    config.bind.set_port(first.port());
    assert!(simulator::start(config).await.is_err());
    Ok(())
}
