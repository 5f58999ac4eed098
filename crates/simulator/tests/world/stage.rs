//! The stage: what a person sees and presses in the browser.

use std::sync::Arc;

use anyhow::Result;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{Country, Switches};

use crate::shop::{
    EXPIRED_CARD, Shop, Still, USER, authorize_url, fields, redeem, renew, said, visit, world, world_at,
};

/// Presses a button; the page that follows.
async fn press(shop: &Shop, fields: &[(&str, &str)]) -> Result<String> {
    let url = format!("{}/__practice/", shop.simulator.base_url());
    let answer = reqwest::Client::new().post(url).form(fields).send().await?;
    Ok(answer.error_for_status()?.text().await?)
}

async fn look(shop: &Shop) -> Result<String> {
    let url = format!("{}/__practice/", shop.simulator.base_url());
    Ok(reqwest::get(url).await?.error_for_status()?.text().await?)
}

#[tokio::test]
async fn it_shows_the_world_under_a_strict_policy() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut body = shop.body("7001");
    body["InvoiceNumber"] = json!("<b>7001</b>");
    shop.create(&body).await?;
    let url = format!("{}/__practice/", shop.simulator.base_url());
    let answer = reqwest::get(url).await?;
    let policy = answer.headers()["content-security-policy"].to_str()?.to_owned();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"));
    let page = answer.text().await?;
    for shown in [
        "Nordhavn Cykler",
        "Kallion Kukka",
        USER.2,
        "card expired",
        "&lt;b&gt;7001",
        "2 March 2026",
        "360",
    ] {
        assert!(page.contains(shown), "{shown}");
    }
    assert!(!page.contains("<b>7001") && !page.contains(" style="));
    Ok(())
}

#[tokio::test]
async fn its_phones_pay_now_later_and_decline() -> Result<()> {
    let shop = Shop::danish().await?;
    for (act, said, state) in [
        ("now", "Paid.", "paid"),
        ("later", "Will be paid on 2026-03-05.", "accepted"),
        ("reject", "Declined.", "rejected"),
    ] {
        let id = shop.create(&shop.body(act)).await?;
        let page = press(&shop, &[("act", act), ("invoice", &id), ("phone", USER.2)]).await?;
        assert!(page.contains(said), "{act}");
        assert_eq!(shop.status(&id).await?, state);
    }
    let id = shop.create(&shop.body("card")).await?;
    let page = press(
        &shop,
        &[("act", "now"), ("invoice", &id), ("phone", EXPIRED_CARD.2)],
    )
    .await?;
    assert!(page.contains("accepted, not paid"));
    Ok(())
}

#[tokio::test]
async fn a_link_can_be_opened_and_paid_whoever_it_was_made_for() -> Result<()> {
    let shop = Shop::danish().await?;
    // A stranger, one of the crowd, and nobody; a direct invoice cannot be made for a stranger.
    for (phone, prefilled) in [
        (json!("+4511111111"), USER.2),
        (json!("+4557370017"), "+4557370017"),
        (Value::Null, USER.2),
    ] {
        let mut body = shop.body(&phone.to_string());
        if phone.is_null() {
            body["ConsumerAlias"] = Value::Null;
        } else {
            body["ConsumerAlias"]["Alias"] = phone.clone();
        }
        let (id, href) = shop.link(&body).await?;
        let page = look(&shop).await?;
        let row = page
            .split("<tr>")
            .find(|row| row.contains(&id))
            .unwrap_or_default();
        assert!(row.contains(&href.replace('&', "&amp;")), "{phone}");
        assert!(!row.contains("nobody has this number"), "{phone}");
        assert!(
            row.contains(&format!("name=phone value=\"{prefilled}\"")),
            "{phone}"
        );
        let bill = reqwest::get(&href).await?.text().await?;
        let chosen = "<option selected>+4557370017</option>";
        assert_eq!(bill.contains(chosen), prefilled == "+4557370017", "{phone}");
        press(&shop, &[("act", "now"), ("invoice", &id), ("phone", prefilled)]).await?;
        assert_eq!(shop.status(&id).await?, "paid");
    }
    Ok(())
}

#[tokio::test]
async fn its_clock_moves_forward_and_brings_what_is_due() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.create(&shop.body("1")).await?;
    press(&shop, &[("act", "later"), ("invoice", &id), ("phone", USER.2)]).await?;
    let page = press(&shop, &[("act", "clock"), ("seconds", "604800")]).await?;
    assert!(page.contains("9 March 2026"));
    let page = press(&shop, &[("act", "clock"), ("seconds", "400000000000")]).await?;
    assert!(page.contains("Not moved: ") && page.contains("9 March 2026"));
    assert_eq!(shop.status(&id).await?, "paid");
    Ok(())
}

#[tokio::test]
async fn its_faults_strike_and_are_taken_away() -> Result<()> {
    let shop = Shop::danish().await?;
    let page = press(&shop, &[("act", "fault"), ("kind", "503"), ("route", "api")]).await?;
    assert!(page.contains("In force: 503"));
    let answer = shop.request(Method::GET, "/merchants/me").send().await?;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(look(&shop).await?.contains("1 struck"));
    press(&shop, &[("act", "mend"), ("id", "1")]).await?;
    assert_eq!(
        shop.call(Method::GET, "/merchants/me", None).await?.0,
        StatusCode::OK
    );
    Ok(())
}

#[tokio::test]
async fn a_fault_of_it_can_strike_one_invoice_alone() -> Result<()> {
    let shop = Shop::danish().await?;
    let fields = [
        ("act", "fault"),
        ("kind", "503"),
        ("times", ""),
        ("holding", "\"InvoiceNumber\":\"7\""),
    ];
    press(&shop, &fields).await?;
    assert!(look(&shop).await?.contains("only “&quot;InvoiceNumber"));
    for (number, status) in [
        ("6", StatusCode::OK),
        ("7", StatusCode::SERVICE_UNAVAILABLE),
        ("8", StatusCode::OK),
    ] {
        let body = shop.body(number);
        let (found, _) = shop
            .call(Method::POST, &shop.path("/invoices"), Some(&body))
            .await?;
        assert_eq!(found, status, "{number}");
    }
    Ok(())
}

#[tokio::test]
async fn a_page_from_elsewhere_cannot_press_its_buttons() -> Result<()> {
    let shop = Shop::danish().await?;
    for path in ["/", "/faults", "/clock", "/callbacks/flush"] {
        let url = format!("{}/__practice{path}", shop.simulator.base_url());
        let foreign = shop.http.post(url).header("sec-fetch-site", "cross-site");
        assert_eq!(foreign.send().await?.status(), StatusCode::FORBIDDEN, "{path}");
    }
    Ok(())
}

#[tokio::test]
async fn the_page_of_a_link_speaks_the_language_that_its_address_names() -> Result<()> {
    let shop = Shop::danish().await?;
    let (_, href) = shop.link(&shop.body("1")).await?;
    for (lang, words) in [
        ("", "Betal nu"),
        ("&lang=fi", "Maksa nyt"),
        ("&lang=en", "Pay now"),
    ] {
        let page = reqwest::get(format!("{href}{lang}")).await?.text().await?;
        assert!(page.contains(words), "{lang}");
    }
    Ok(())
}

#[tokio::test]
async fn a_login_survives_a_restart_and_its_cookie_is_not_in_the_books() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let first = world(data.clone(), Switches::default()).await?;
    let mut fields: Vec<(String, String)> = url::Url::parse(&authorize_url(&first, Country::Dk, &[])?)?
        .query_pairs()
        .into_owned()
        .collect();
    for (name, value) in [
        ("step", "login"),
        ("email", "mette@nordhavn.example"),
        ("password", "practice"),
    ] {
        fields.push((name.to_owned(), value.to_owned()));
    }
    let portal = format!("{}/dk/account/connect/authorize", first.base_url());
    let answer = reqwest::Client::new().post(portal).form(&fields).send().await?;
    let cookie = answer.headers()["set-cookie"].to_str()?.to_owned();
    let cookie = cookie.split(';').next().unwrap_or_default();
    first.shutdown().await;
    drop(first);
    let again = world(data, Switches::default()).await?;
    let asked = reqwest::Client::new().get(authorize_url(&again, Country::Dk, &[])?);
    let page = asked.header("cookie", cookie).send().await?.text().await?;
    // The consent, not the login.
    assert!(page.contains("Nordhavn Cykler") && !page.contains("name=password"));
    let secret = cookie.split_once('=').map_or("", |(_, secret)| secret).as_bytes();
    for file in std::fs::read_dir(folder.path())? {
        let bytes = std::fs::read(file?.path())?;
        assert!(!bytes.windows(secret.len()).any(|part| part == secret));
    }
    Ok(())
}

#[tokio::test]
async fn what_a_merchant_withdraws_ends_with_the_access_token_and_is_asked_for_again() -> Result<()> {
    let clock = Arc::new(Still::default());
    let simulator = world_at(Arc::clone(&clock), None, Switches::default()).await?;
    let mut shop = Shop::over(simulator, Person::danish()).await?;
    // One that can be renewed, one that cannot, and one whose code is still on its way.
    let online = [("scope", "openid invoice")];
    let (first, once) = (sign_in(&shop, &[]).await?, sign_in(&shop, &online).await?);
    assert_eq!(once["refresh_token"], Value::Null);
    let on_its_way = fields(&visit(&shop.simulator, Person::danish(), &[]).await?);

    let page = press(&shop, &[("act", "withdraw"), ("merchant", &shop.merchant)]).await?;
    assert!(page.contains("Withdrawn: 2."), "both sets of scopes");
    assert_eq!(
        renew(&shop.simulator, said(&first, "refresh_token")?).await?.1["error"],
        "invalid_grant"
    );
    let (_, refused) = redeem(&shop.simulator, said(&on_its_way, "code")?).await?;
    assert_eq!(refused["error"], "invalid_grant");
    // Who says no is heard, so the question was put again.
    for scope in [&[][..], &online] {
        let back = visit(&shop.simulator, Person::danish().who_refuses(), scope).await?;
        assert_eq!(fields(&back)["error"], "access_denied");
    }

    // Nobody takes the access tokens back (spec 6.4).
    clock.pass(299);
    for (passed, status) in [(0, StatusCode::OK), (1, StatusCode::UNAUTHORIZED)] {
        clock.pass(passed);
        for tokens in [&first, &once] {
            said(tokens, "access_token")?.clone_into(&mut shop.token);
            let (found, _) = shop.call(Method::GET, "/merchants/me", None).await?;
            assert_eq!(found, status);
        }
    }
    let page = press(&shop, &[("act", "withdraw"), ("merchant", &shop.merchant)]).await?;
    assert!(page.contains("No program was allowed anything."));
    Ok(())
}

#[tokio::test]
async fn another_merchants_consent_stays_when_one_withdraws() -> Result<()> {
    let shop = Shop::danish().await?;
    let tokens = sign_in(&shop, &[]).await?;
    press(
        &shop,
        &[
            ("act", "withdraw"),
            ("merchant", "0b1f6a52-5d0c-4f6e-9d0e-6f1f5a3c7b21"),
        ],
    )
    .await?;
    let renewed = renew(&shop.simulator, said(&tokens, "refresh_token")?).await?;
    assert_eq!(renewed.0, StatusCode::OK);
    // Not asked again: who would refuse is not heard.
    let back = visit(&shop.simulator, Person::danish().who_refuses(), &[]).await?;
    assert_eq!(fields(&back)["error"], Value::Null);
    Ok(())
}

async fn sign_in(shop: &Shop, changes: &[(&str, &str)]) -> Result<Value> {
    let back = fields(&visit(&shop.simulator, Person::danish(), changes).await?);
    Ok(redeem(&shop.simulator, said(&back, "code")?).await?.1)
}
