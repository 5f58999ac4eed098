//! Consent to be sent invoices by phone (spec 15), and what the payer does with it (spec 16, S4 and S5).

use anyhow::{Context as _, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::Person;
use simulator::{Config, Switches};

use crate::shop::{EXPIRED_CARD, Shop, TODAY, USER, said, world};

const OTHER: (&str, &str, &str) = (
    "d5e4e229-b482-4304-80f1-237d2a3abc48",
    "d77db24c-f078-4eaf-8026-fbaa8411a8fe",
    "+4522509895",
);

impl Shop {
    pub(crate) async fn ask(&self, invoice: &str) -> Result<(StatusCode, Value)> {
        let body = json!({ "invoiceId": invoice });
        self.call(Method::POST, "/directinvoiceconsents", Some(&body))
            .await
    }

    pub(crate) async fn asked(&self, invoice: &str) -> Result<String> {
        let (status, answer) = self.ask(invoice).await?;
        ensure!(status == StatusCode::CREATED, "{status} {answer}");
        Ok(said(&answer, "ConsentId")?.to_owned())
    }

    pub(crate) async fn consent(&self, id: &str) -> Result<Value> {
        let (status, answer) = self
            .call(Method::GET, &format!("/directinvoiceconsents/{id}"), None)
            .await?;
        ensure!(status == StatusCode::OK, "{status} {answer}");
        Ok(answer)
    }

    /// S4.
    async fn answer(&self, id: &str, user: (&str, &str, &str), granted: bool) -> Result<StatusCode> {
        let path = format!("/consumers/me/invoices/directinvoiceconsent/{id}");
        let asked = self
            .request(Method::PUT, &path)
            .header("AuthenticatedUser", user.0)
            .json(&json!({ "isConsentGranted": granted }));
        Ok(asked.send().await?.status())
    }

    /// S5.
    async fn take_back(&self, id: &str, user: (&str, &str, &str)) -> Result<StatusCode> {
        let asked = self
            .request(Method::DELETE, &format!("/directinvoiceconsents/{id}"))
            .bearer_auth(&self.token)
            .header("AuthenticatedUser", user.0);
        Ok(asked.send().await?.status())
    }

    async fn granted(&self, more: &str) -> Result<Value> {
        let issuer = &self.issuers[0].0;
        let path = format!("/directinvoiceconsents?invoiceIssuerId={issuer}&state=granted{more}");
        let (status, answer) = self.call(Method::GET, &path, None).await?;
        ensure!(status == StatusCode::OK, "{status} {answer}");
        Ok(answer)
    }

    /// A link with a request, paid by `user` and agreed to.
    async fn agreed(&self, number: &str, user: (&str, &str, &str)) -> Result<String> {
        let (invoice, _) = self.link(&self.body(number)).await?;
        let id = self.asked(&invoice).await?;
        self.accept(&invoice, user, TODAY).await?;
        ensure!(self.answer(&id, user, true).await? == StatusCode::NO_CONTENT);
        Ok(id)
    }
}

#[tokio::test]
async fn a_payer_who_agrees_is_told_with_number_and_day() -> Result<()> {
    let shop = Shop::danish().await?;
    let (invoice, _) = shop.link(&shop.body("1")).await?;
    let (status, asked) = shop.ask(&invoice.to_uppercase()).await?;
    let id = said(&asked, "ConsentId")?.to_owned();
    let published = json!({ "ConsentId": id, "InvoiceId": invoice, "PhoneNumber": null, "State": "Pending" });
    assert_eq!((status, &asked), (StatusCode::CREATED, &published));
    let pending = shop.consent(&id).await?;
    assert_eq!(
        (&pending["State"], &pending["PhoneNumber"], &pending["GrantedOn"]),
        (&json!("Pending"), &Value::Null, &Value::Null)
    );
    assert_eq!(shop.granted("").await?["GrantedConsents"], json!([]));
    shop.accept(&invoice, USER, TODAY).await?;
    assert_eq!(shop.answer(&id, USER, true).await?, StatusCode::NO_CONTENT);
    let granted = json!({
        "ConsentId": id, "InvoiceId": invoice, "PhoneNumber": USER.2, "State": "Granted",
        "GrantedOn": "2026-03-02T11:00:00+00:00",
    });
    assert_eq!(shop.consent(&id).await?, granted);
    assert_eq!(
        shop.granted("").await?,
        json!({ "GrantedConsents": [granted], "PagingState": null })
    );
    Ok(())
}

#[tokio::test]
async fn only_who_paid_answers_and_only_once() -> Result<()> {
    let shop = Shop::danish().await?;
    let (invoice, _) = shop.link(&shop.body("1")).await?;
    let id = shop.asked(&invoice).await?;
    assert_eq!(shop.answer(&id, USER, true).await?, StatusCode::CONFLICT);
    shop.accept(&invoice, USER, TODAY).await?;
    assert_eq!(shop.answer(&id, OTHER, true).await?, StatusCode::CONFLICT);
    assert_eq!(shop.answer(&id, USER, false).await?, StatusCode::NO_CONTENT);
    assert_eq!(shop.answer(&id, USER, true).await?, StatusCode::CONFLICT);
    let denied = shop.consent(&id).await?;
    assert_eq!(
        (&denied["State"], &denied["PhoneNumber"]),
        (&json!("Denied"), &Value::Null)
    );
    let path = format!("/consumers/me/invoices/directinvoiceconsent/{id}");
    let empty = shop
        .request(Method::PUT, &path)
        .header("AuthenticatedUser", USER.0);
    assert_eq!(empty.body("{}").send().await?.status(), StatusCode::BAD_REQUEST);
    Ok(())
}

#[tokio::test]
async fn who_agreed_is_not_asked_again_until_it_is_taken_back() -> Result<()> {
    let shop = Shop::danish().await?;
    let first = shop.agreed("1", USER).await?;
    let (invoice, _) = shop.link(&shop.body("2")).await?;
    let second = shop.asked(&invoice).await?;
    shop.accept(&invoice, USER, TODAY).await?;
    assert_eq!(shop.answer(&second, USER, true).await?, StatusCode::CONFLICT);
    assert_eq!(shop.take_back(&first, OTHER).await?, StatusCode::CONFLICT);
    assert_eq!(shop.take_back(&first, USER).await?, StatusCode::NO_CONTENT);
    assert_eq!(shop.take_back(&first, USER).await?, StatusCode::CONFLICT);
    let taken = shop.consent(&first).await?;
    assert_eq!(
        (&taken["State"], &taken["PhoneNumber"]),
        (&json!("Deleted"), &Value::Null)
    );
    assert_eq!(shop.granted("").await?["GrantedConsents"], json!([]));
    assert_eq!(shop.answer(&second, USER, true).await?, StatusCode::NO_CONTENT);
    Ok(())
}

#[tokio::test]
async fn only_an_open_link_of_ones_own_can_ask() -> Result<()> {
    let shop = Shop::danish().await?;
    let direct = shop.create(&shop.body("1")).await?;
    let (paid, _) = shop.link(&shop.body("2")).await?;
    shop.accept(&paid, USER, TODAY).await?;
    let nobody = "00000000-0000-4000-8000-000000000000";
    for invoice in [direct.as_str(), &paid, nobody] {
        let (status, answer) = shop.ask(invoice).await?;
        assert_eq!(
            (status, &answer["error"], &answer["error_code"]),
            (StatusCode::CONFLICT, &json!("DomainError"), &Value::Null)
        );
    }
    for body in [json!({}), json!({ "invoiceId": "x" }), json!({ "invoiceId": 7 })] {
        let asked = shop
            .call(Method::POST, "/directinvoiceconsents", Some(&body))
            .await?;
        assert_eq!(asked.0, StatusCode::BAD_REQUEST, "{body}");
    }
    let (open, _) = shop.link(&shop.body("3")).await?;
    assert_eq!(shop.asked(&open).await?, shop.asked(&open).await?);
    let missing = format!("/directinvoiceconsents/{nobody}");
    assert_eq!(
        shop.call(Method::GET, &missing, None).await?.0,
        StatusCode::CONFLICT
    );
    Ok(())
}

#[tokio::test]
async fn a_foreign_merchant_sees_and_deletes_nothing() -> Result<()> {
    let mut shop = Shop::danish().await?;
    let id = shop.agreed("1", USER).await?;
    let (invoice, _) = shop.link(&shop.body("2")).await?;
    let issuer = shop.issuers[0].0.clone();
    shop.sign_in(Person::finnish()).await?;
    assert_eq!(shop.ask(&invoice).await?.0, StatusCode::CONFLICT);
    assert_eq!(shop.take_back(&id, USER).await?, StatusCode::CONFLICT);
    assert!(shop.consent(&id).await.is_err());
    let path = format!("/directinvoiceconsents?invoiceIssuerId={issuer}&state=granted");
    let (status, answer) = shop.call(Method::GET, &path, None).await?;
    assert_eq!(
        (status, &answer["error_code"]),
        (StatusCode::CONFLICT, &json!("10202"))
    );
    Ok(())
}

#[tokio::test]
async fn the_list_wants_an_issuer_and_the_one_state_that_it_knows() -> Result<()> {
    let shop = Shop::danish().await?;
    let issuer = &shop.issuers[0].0;
    for query in [
        String::new(),
        format!("?invoiceIssuerId={issuer}"),
        "?state=granted".to_owned(),
        "?invoiceIssuerId=x&state=granted".to_owned(),
        format!("?invoiceIssuerId={issuer}&state=pending"),
        format!("?invoiceIssuerId={issuer}&state=granted&pagingState=%21"),
        format!("?invoiceIssuerId={issuer}&state=granted&pagingState=YQ%3D%3D"),
    ] {
        let path = format!("/directinvoiceconsents{query}");
        let (status, answer) = shop.call(Method::GET, &path, None).await?;
        assert_eq!(
            (status, &answer["error"]),
            (StatusCode::BAD_REQUEST, &json!("InputError")),
            "{query}"
        );
    }
    let path = format!("/directinvoiceconsents?invoiceissuerid={issuer}&STATE=Granted");
    assert_eq!(shop.call(Method::GET, &path, None).await?.0, StatusCode::OK);
    Ok(())
}

#[tokio::test]
async fn pages_follow_each_other_whatever_is_taken_back_meanwhile() -> Result<()> {
    let config = Config {
        consents_per_page: 1,
        clock: std::sync::Arc::new(crate::shop::Still::default()),
        ..Config::practice(None)
    };
    let simulator = simulator::start(config).await?;
    simulator.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, crate::shop::BACK);
    let shop = Shop::over(simulator, Person::danish()).await?;
    let mut ids = Vec::new();
    for (number, user) in [("1", USER), ("2", OTHER)] {
        ids.push(shop.agreed(number, user).await?);
    }
    // Of one moment, so the ids decide; the list is the oldest first otherwise.
    let mut by_id = [(ids[0].clone(), USER), (ids[1].clone(), OTHER)];
    by_id.sort();
    let [(ids_first, user), (ids_second, _)] = by_id;
    let first = shop.granted("").await?;
    assert_eq!(first["GrantedConsents"][0]["ConsentId"], ids_first.as_str());
    let paging = said(&first, "PagingState")?.to_owned();
    shop.take_back(&ids_first, user).await?;
    let paging: String = url::form_urlencoded::byte_serialize(paging.as_bytes()).collect();
    let second = shop.granted(&format!("&pagingState={paging}")).await?;
    let all = second["GrantedConsents"].as_array().context("a list")?;
    assert_eq!(
        (all.len(), &all[0]["ConsentId"], &second["PagingState"]),
        (1, &json!(ids_second), &Value::Null)
    );
    Ok(())
}

#[tokio::test]
async fn the_calls_want_bearer_and_user() -> Result<()> {
    let shop = Shop::danish().await?;
    let id = shop.agreed("1", USER).await?;
    let own = format!("/directinvoiceconsents/{id}");
    let answer = format!("/consumers/me/invoices/directinvoiceconsent/{id}");
    let without = [
        shop.request(Method::GET, &own),
        shop.request(Method::POST, "/directinvoiceconsents")
            .json(&json!({})),
        shop.request(Method::DELETE, &own)
            .header("AuthenticatedUser", USER.0),
    ];
    for asked in without {
        assert_eq!(asked.send().await?.status(), StatusCode::UNAUTHORIZED);
    }
    let nobody = shop.request(Method::DELETE, &own).bearer_auth(&shop.token);
    assert_eq!(nobody.send().await?.status(), StatusCode::FORBIDDEN);
    let nobody = shop
        .request(Method::PUT, &answer)
        .json(&json!({ "isConsentGranted": true }));
    assert_eq!(nobody.send().await?.status(), StatusCode::FORBIDDEN);
    Ok(())
}

/// The landing page in the browser: pay, and what is shown next.
async fn pay(shop: &Shop, href: &str, decision: &str) -> Result<reqwest::Response> {
    let form = [("phone", USER.2), ("decision", decision)];
    Ok(shop.http.post(href).form(&form).send().await?)
}

#[tokio::test]
async fn a_person_is_asked_after_paying_in_the_browser_and_then_sent_on() -> Result<()> {
    let shop = Shop::danish().await?;
    for (number, press, state) in [("1", "notnow", "Denied"), ("2", "agree", "Granted")] {
        let mut body = shop.body(number);
        body["RedirectUrl"] = json!("https://shop.example/thanks");
        let (invoice, href) = shop.link(&body).await?;
        let id = shop.asked(&invoice).await?;
        let page = pay(&shop, &format!("{href}&lang=en"), "now").await?;
        assert_eq!(page.status(), StatusCode::OK);
        let page = page.text().await?;
        for shown in [
            "Yes - let me easily receive bills",
            "I agree",
            "Not now",
            "Nordhavn Cykler",
            USER.2,
        ] {
            assert!(page.contains(shown), "{shown}");
        }
        let on = pay(&shop, &href, press).await?;
        assert_eq!(
            on.headers()["location"],
            "https://shop.example/thanks?status=paid"
        );
        assert_eq!(shop.consent(&id).await?["State"], state);
    }
    // Who has agreed is not asked again, nor is anybody by a link that asks nothing.
    let (again, href) = shop.link(&shop.body("3")).await?;
    shop.asked(&again).await?;
    let (plain, other) = shop.link(&shop.body("4")).await?;
    for (invoice, href) in [(again, href), (plain, other)] {
        assert!(
            pay(&shop, &href, "now")
                .await?
                .text()
                .await?
                .contains("Regningen er betalt")
        );
        assert_eq!(shop.status(&invoice).await?, "paid");
    }
    Ok(())
}

#[tokio::test]
async fn the_stage_answers_and_takes_back() -> Result<()> {
    let shop = Shop::danish().await?;
    let stage = format!("{}/__practice/", shop.simulator.base_url());
    let (invoice, _) = shop.link(&shop.body("8123")).await?;
    let id = shop.asked(&invoice).await?;
    let look = || async { anyhow::Ok(reqwest::get(&stage).await?.text().await?) };
    assert!(look().await?.contains("asked after payment"));
    shop.accept(&invoice, USER, TODAY).await?;
    for (act, word, state) in [
        ("agree", "Agreed.", "Granted"),
        ("take-back", "Taken back.", "Deleted"),
    ] {
        assert!(look().await?.contains(&format!("value={act}")), "{act}");
        let form = [("act", act), ("consent", &id)];
        let page = reqwest::Client::new().post(&stage).form(&form).send().await?;
        assert!(page.text().await?.contains(word));
        assert_eq!(shop.consent(&id).await?["State"], state);
    }
    Ok(())
}

#[tokio::test]
async fn a_restart_keeps_what_was_asked_and_answered() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    let id = shop.agreed("1", USER).await?;
    let before = shop.consent(&id).await?;
    shop.simulator.shutdown().await;
    shop.simulator = world(data, Switches::default()).await?;
    assert_eq!(shop.consent(&id).await?, before);
    Ok(())
}

#[tokio::test]
async fn a_card_that_fails_does_not_lead_to_the_question() -> Result<()> {
    let shop = Shop::danish().await?;
    let (invoice, _) = shop.link(&shop.body("1")).await?;
    let id = shop.asked(&invoice).await?;
    shop.accept(&invoice, EXPIRED_CARD, TODAY).await?;
    assert_eq!(shop.answer(&id, EXPIRED_CARD, true).await?, StatusCode::CONFLICT);
    Ok(())
}
