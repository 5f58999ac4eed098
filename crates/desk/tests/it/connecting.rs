//! Connecting: what a check says of each piece, changing a connection, and what leads out of the window.

use crate::shop::Shop;
use desk::ipc::RefusalCode;
use serde_json::{Value, json};
use simulator::{Config, Country, GatewayApp, OauthClient, Simulator};

const BACK: &str = "https://shop.example/return";

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
            json!("https://shop.example/other"),
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
    let practice = json!({ "portal": "merchant", "world": "practice", "country": "DK" });
    let refusal = shop.try_call("portal_open", practice).await.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::NotInThisWorld);
}

#[tokio::test]
async fn the_return_page_is_saved_beside_the_papers() {
    let shop = Shop::new().await;
    let saved = shop.call("return_page_save", json!({})).await;
    let page = std::fs::read_to_string(saved["path"].as_str().unwrap()).unwrap();
    assert!(page.starts_with("<!doctype html>"));
}
