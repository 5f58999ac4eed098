//! Connecting: what a check says of each piece, changing a connection, and what leads out of the window.

use std::sync::Arc;

use crate::clock::Ahead;
use crate::shop::Shop;
use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return};
use simulator::{Config, Country, GatewayApp, OauthClient, Simulator};

const BACK: &str = "https://shop.example/sandbox/return";

/// Somebody else's MobilePay, with one client and one app that it knows.
pub(crate) async fn provider() -> Simulator {
    let config = Config {
        clients: vec![OauthClient {
            id: "nordhavn.client".into(),
            secret: "client-secret".into(),
            redirect_uris: vec![BACK.into()],
        }],
        gateway: vec![GatewayApp {
            id: "app-id".into(),
            secret: "app-secret".into(),
        }],
        clock: Arc::new(Ahead::default()),
        ..Config::practice(None)
    };
    simulator::start(config).await.unwrap()
}

pub(crate) fn form(provider: &Simulator) -> Value {
    json!({
        "name": "Nordhavn", "world": "sandbox", "country": "DK",
        "clientId": "nordhavn.client", "clientSecret": "client-secret",
        "gatewayId": "app-id", "gatewaySecret": "app-secret", "redirectUri": BACK,
        "discoveryUrl": provider.discovery_url(Country::Dk), "issuer": provider.issuer(),
        "apiBaseUrl": provider.api_base_url(),
    })
}

/// `piece verdict finding`, a line each.
fn lines(checked: &Value) -> Vec<String> {
    let word = |piece: &Value, name: &str| piece[name].as_str().unwrap().to_owned();
    checked["pieces"]
        .as_array()
        .unwrap()
        .iter()
        .map(|piece| {
            ["piece", "verdict", "finding"]
                .map(|name| word(piece, name))
                .join(" ")
        })
        .collect()
}

async fn check(shop: &Shop, form: Value) -> Vec<String> {
    lines(&shop.call("connection_check", json!({ "form": form })).await)
}

#[tokio::test]
async fn a_right_connection_is_right_as_far_as_can_be_told_before_signing_in() {
    let (shop, provider) = (Shop::new().await, provider().await);
    assert_eq!(
        check(&shop, form(&provider)).await,
        [
            "network good answers",
            "tls good on_this_computer",
            "provider good provider_fits",
            "oauth good oauth_known",
            "redirect good redirect_known",
            "gateway open after_sign_in",
            "merchant open after_sign_in",
            "issuer open after_sign_in",
        ]
    );
}

#[tokio::test]
async fn each_wrong_piece_is_named_and_no_other() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let cases = [
        ("clientSecret", json!("wrong"), "oauth bad oauth_refused"),
        ("clientId", json!("nobody"), "oauth bad oauth_refused"),
        (
            "redirectUri",
            json!("https://shop.example/other/sandbox/return"),
            "redirect bad redirect_refused",
        ),
        ("gatewayId", json!("wrong"), "gateway bad gateway_refused"),
        ("gatewaySecret", json!("wrong"), "gateway bad gateway_refused"),
        (
            "issuer",
            json!("https://other.example"),
            "provider bad issuer_other",
        ),
        (
            "discoveryUrl",
            json!(provider.base_url()),
            "provider bad provider_unreadable",
        ),
        (
            "discoveryUrl",
            json!("https://no-such-host.invalid/.well-known/openid-configuration"),
            "network bad name_not_resolved",
        ),
        (
            "apiBaseUrl",
            json!("http://127.0.0.1:9/"),
            "gateway bad api_unreachable",
        ),
    ];
    for (name, value, wrong) in cases {
        let mut form = form(&provider);
        form[name] = value;
        let said = check(&shop, form).await;
        let bad: Vec<&String> = said.iter().filter(|line| line.contains(" bad ")).collect();
        assert_eq!(bad, [wrong], "{name}: {said:?}");
    }
}

#[tokio::test]
async fn after_signing_in_the_merchant_and_the_issuer_are_known() {
    let shop = Shop::signed_in().await;
    let checked = shop.call("connection_check", json!({})).await;
    assert!(
        lines(&checked).iter().all(|line| line.contains(" good ")),
        "{:?}",
        lines(&checked)
    );
    assert_eq!(checked["pieces"][7]["about"], "Nordhavn Cykler");
}

#[tokio::test]
async fn a_check_tells_no_secret() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let checked = shop
        .call("connection_check", json!({ "form": form(&provider) }))
        .await;
    for secret in ["client-secret", "app-secret", "app-id"] {
        assert!(!checked.to_string().contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn a_change_keeps_what_is_not_typed_again() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let mut first = form(&provider);
    first["clientSecret"] = json!("mistyped");
    let id = shop.call("connection_add", first).await["id"].clone();
    let mut change = form(&provider);
    for untouched in ["gatewayId", "gatewaySecret"] {
        change[untouched] = json!("");
    }
    change["name"] = json!("Nordhavn 2");
    let typed = shop
        .call("connection_check", json!({ "form": change, "id": id }))
        .await;
    assert!(lines(&typed).contains(&"oauth good oauth_known".to_owned()));
    let changed = shop
        .call("connection_change", json!({ "id": id, "form": change }))
        .await;
    assert_eq!((&changed["id"], &changed["name"]), (&id, &json!("Nordhavn 2")));

    shop.call("connection_choose", json!({ "id": id })).await;
    let checked = lines(&shop.call("connection_check", json!({})).await);
    assert!(
        checked.contains(&"oauth good oauth_known".to_owned()),
        "{checked:?}"
    );
    assert!(
        checked.contains(&"gateway open after_sign_in".to_owned()),
        "{checked:?}"
    );
}

#[tokio::test]
async fn a_vat_number_is_taken_as_people_write_it_and_refused_when_it_is_none() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let mut form = form(&provider);
    form["merchantVat"] = json!("25 31 37 63");
    let added = shop.call("connection_add", form.clone()).await;
    assert_eq!(added["merchantVat"], "DK25313763");
    form["merchantVat"] = json!("2531376");
    let refusal = shop.try_call("connection_add", form).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::ConnectionInvalid);
    assert_eq!(refusal.detail.as_deref(), Some("merchant_vat"));
}

#[tokio::test]
async fn the_window_names_a_portal_and_never_an_address() {
    let shop = Shop::new().await;
    let page = json!({ "portal": "developer", "world": "sandbox", "country": "FI" });
    let opened = shop.call("portal_open", page).await;
    assert_eq!(opened["address"], "https://sandbox-developer.mobilepay.dk/");
    let stage = json!({ "portal": "merchant", "world": "practice", "country": "DK" });
    let opened = shop.call("portal_open", stage).await;
    assert!(opened["address"].as_str().unwrap().ends_with("/__practice/"));
    let practice = json!({ "portal": "developer", "world": "practice", "country": "DK" });
    let refusal = shop.try_call("portal_open", practice).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotInThisWorld);
}

#[tokio::test]
async fn the_return_page_is_saved_beside_the_papers() {
    let shop = Shop::new().await;
    let saved = shop.call("return_page_save", json!({})).await;
    let path = std::path::Path::new(saved["path"].as_str().unwrap());
    assert_eq!(path.file_name().unwrap(), "return.html");
    let page = std::fs::read_to_string(path).unwrap();
    assert!(page.starts_with("<!doctype html>"));
    // Saved once more it is the same file; another one of that name is not touched.
    assert_eq!(shop.call("return_page_save", json!({})).await, saved);
    std::fs::write(path, "mine").unwrap();
    assert_ne!(shop.call("return_page_save", json!({})).await, saved);
    assert_eq!(std::fs::read_to_string(path).unwrap(), "mine");
}

/// Changes `connection` by `form` and answers what is wrong, if it is refused.
async fn change(shop: &Shop, id: &Value, form: Value) -> Result<Value, Option<String>> {
    let change = json!({ "id": id, "form": form });
    shop.try_call("connection_change", change)
        .await
        .map_err(|refusal| refusal.detail)
}

fn without(mut form: Value, boxes: &[&str]) -> Value {
    for name in boxes {
        form.as_object_mut().unwrap().remove(*name);
    }
    form
}

#[tokio::test]
async fn a_change_of_the_name_leaves_ones_own_provider_where_it_is() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let added = shop.call("connection_add", form(&provider)).await;
    let mut named = without(form(&provider), &["discoveryUrl", "issuer", "apiBaseUrl"]);
    named["name"] = json!("Nordhavn 2");
    for secret in ["clientSecret", "gatewayId", "gatewaySecret"] {
        named[secret] = json!("");
    }
    let changed = change(&shop, &added["id"], named.clone()).await.unwrap();
    for kept in ["discoveryUrl", "issuer", "apiBaseUrl"] {
        assert_eq!(changed[kept], added[kept], "{kept}");
    }
    let checked = shop
        .call("connection_check", json!({ "form": named, "id": added["id"] }))
        .await;
    assert!(lines(&checked).contains(&"oauth good oauth_known".to_owned()));
}

#[tokio::test]
async fn a_secret_that_is_not_typed_again_goes_nowhere_else() {
    let (shop, provider) = (Shop::new().await, provider().await);
    let id = shop.call("connection_add", form(&provider)).await["id"].clone();
    let elsewhere = wiremock::MockServer::start().await;
    let cases = [
        (
            "discoveryUrl",
            "/.well-known/openid-configuration",
            "client_secret",
        ),
        ("issuer", "", "client_secret"),
        ("apiBaseUrl", "/invoice-restapi", "gateway_id"),
    ];
    for (name, path, wanted) in cases {
        let mut form = form(&provider);
        form[name] = json!(format!("{}{path}", elsewhere.uri()));
        for secret in ["clientSecret", "gatewayId", "gatewaySecret"] {
            form[secret] = json!("");
        }
        let refused = change(&shop, &id, form.clone()).await.unwrap_err();
        assert_eq!(refused.as_deref(), Some(wanted), "{name}");
        let check = json!({ "id": id, "form": form });
        let refused = shop.try_call("connection_check", check).await.unwrap_err();
        assert_eq!(refused.detail.as_deref(), Some(wanted), "{name}");
    }
    assert!(elsewhere.received_requests().await.unwrap().is_empty());
}

/// Signed in at one's own provider.
async fn signed_in_at(provider: &Simulator) -> (Shop, Value) {
    let shop = Shop::new().await;
    let id = shop.call("connection_add", form(provider)).await["id"].clone();
    shop.call("connection_choose", json!({ "id": id })).await;
    let begun = shop.call("signin_begin", json!({})).await;
    let authorize = begun["authorizeUrl"].as_str().unwrap();
    let Return::Fragment(address) = visitor::consent(authorize, Person::danish()).await.unwrap() else {
        panic!("the return page takes a fragment")
    };
    let status = shop.call("signin_paste", json!({ "address": address })).await;
    assert_eq!(status["session"]["state"], "signed_in");
    (shop, id)
}

#[tokio::test]
async fn a_change_of_whose_sign_in_it_is_needs_a_new_one() {
    for (name, value, stays) in [
        ("name", json!("Nordhavn 2"), true),
        ("redirectUri", json!(BACK), true),
        ("merchantVat", json!("DK25313763"), false),
        ("clientId", json!("another.client"), false),
    ] {
        let provider = provider().await;
        let (mut shop, id) = signed_in_at(&provider).await;
        let mut form = form(&provider);
        form[name] = value;
        change(&shop, &id, form).await.unwrap();
        let expected = if stays { "signed_in" } else { "signed_out" };
        for _ in 0..2 {
            let status = shop.call("connection_show", json!({})).await;
            assert_eq!(status["session"]["state"], expected, "{name}");
            shop.reopen().await;
        }
    }
}

/// The page tells the worlds apart by its path, and an answer takes the place after it.
#[tokio::test]
async fn a_return_address_by_which_no_answer_can_come_is_refused_before_anybody_is_written_to() {
    let (shop, provider) = (Shop::new().await, provider().await);
    for (world, door, address, refused) in [
        ("sandbox", "return_page", BACK, None),
        (
            "sandbox",
            "return_page",
            "https://shop.example/kvit/sandbox/return.html",
            None,
        ),
        ("sandbox", "loopback", "http://127.0.0.1:7890/", None),
        ("production", "return_page", "https://shop.example/return", None),
        (
            "production",
            "return_page",
            "https://shop.example/kvit.html",
            None,
        ),
        (
            "sandbox",
            "return_page",
            "https://shop.example/return",
            Some("redirect_uri.world"),
        ),
        (
            "sandbox",
            "return_page",
            "https://shop.example/sandbox/kvit-return.html",
            Some("redirect_uri.world"),
        ),
        (
            "sandbox",
            "return_page",
            "https://shop.example/practice/return",
            Some("redirect_uri.world"),
        ),
        ("production", "return_page", BACK, Some("redirect_uri.world")),
        (
            "sandbox",
            "return_page",
            "https://shop.example/sandbox/return?shop=1",
            Some("redirect_uri.query"),
        ),
        (
            "sandbox",
            "return_page",
            "https://shop.example/sandbox/return#",
            Some("redirect_uri.query"),
        ),
        (
            "sandbox",
            "loopback",
            "http://127.0.0.1:7890/?a",
            Some("redirect_uri.query"),
        ),
        (
            "sandbox",
            "return_page",
            "http://shop.example/sandbox/return",
            Some("redirect_uri"),
        ),
        ("sandbox", "return_page", "", Some("redirect_uri")),
    ] {
        let asked = json!({ "world": world, "door": door, "address": address });
        let said = shop.try_call("return_address_check", asked).await.err();
        let detail = said.and_then(|refusal| refusal.detail);
        assert_eq!(detail.as_deref(), refused, "{world} {address}");

        let mut form = form(&provider);
        for (name, value) in [("world", world), ("door", door), ("redirectUri", address)] {
            form[name] = json!(value);
        }
        if world == "production" {
            // A provider on this computer is none for production.
            for name in ["discoveryUrl", "issuer", "apiBaseUrl"] {
                form[name] = json!("");
            }
        }
        let said = shop.try_call("connection_add", form).await.err();
        let detail = said.and_then(|refusal| refusal.detail);
        assert_eq!(detail.as_deref(), refused, "{world} {address}");
    }
}

#[tokio::test]
async fn what_was_typed_of_an_unfinished_connection_is_there_after_a_restart_and_holds_no_secret() {
    let (mut shop, provider) = (Shop::new().await, provider().await);
    let none = shop.call("unfinished_show", json!({})).await;
    assert_eq!(none["form"], Value::Null);
    let mut typed = form(&provider);
    typed["merchantVat"] = json!("25 31");
    typed["door"] = json!("return_page");
    shop.call("unfinished_keep", json!({ "form": typed })).await;
    shop.reopen().await;
    let kept = shop.call("unfinished_show", json!({})).await["form"].clone();
    for name in [
        "name",
        "world",
        "clientId",
        "redirectUri",
        "discoveryUrl",
        "merchantVat",
    ] {
        assert_eq!(kept[name], typed[name], "{name}");
    }
    let file = std::fs::read_to_string(shop.folder.path().join("data/kvit.json")).unwrap();
    for secret in ["client-secret", "app-secret", "app-id"] {
        assert!(!file.contains(secret), "{secret}");
    }
    shop.call("unfinished_keep", json!({ "form": null })).await;
    shop.reopen().await;
    let none = shop.call("unfinished_show", json!({})).await;
    assert_eq!(none["form"], Value::Null);
}

#[tokio::test]
async fn the_usual_vat_rate_stands_in_its_box_with_a_comma_and_is_saved_as_it_stands() {
    let shop = Shop::new().await;
    let there = shop
        .call("connection_choose", json!({ "id": "practice-fi" }))
        .await;
    assert_eq!(there["business"]["defaultVatRate"], "25,5");
    let mut change = there["business"].clone();
    change["shownNumber"] = change["nextNumber"].clone();
    let saved = shop.call("business_save", change).await;
    let wrong = saved["problems"].as_array().unwrap();
    assert!(
        wrong.iter().all(|problem| problem["field"] != "defaultVatRate"),
        "{saved}"
    );
    assert_eq!(saved["business"]["defaultVatRate"], "25,5");
}
