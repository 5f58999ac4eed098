//! The client against the practice world: the calls of the main job one after the other, with real frozen bytes.
//!
//! The simulator was written from the documents by other hands, and shares no type with the client.

use std::sync::Arc;

use anyhow::{Context as _, Result};
use invoice::{
    AddressForm, Channel, Country, DraftForm, Limits, LineForm, RecipientForm, Rulebook, State, read,
};
use jiff::{Timestamp, civil::date};
use mobilepay::{
    AccessToken, Api, ApiError, ApiHttp, GatewayCredentials, IssuerStatus, Meaning, Proof, create_request,
    meaning, proves, user_simulation::Payer,
};
use rust_decimal::Decimal;
use simulator::{
    Fault, Trouble,
    visitor::{self, Person, Return},
};
use uuid::{Uuid, uuid};

const BACK: &str = "http://127.0.0.1:7890/";
/// The published pair of spec 5.1.
const VERIFIER: &str = "0396f08effbfdc95e803fd2d855bf8743f9f03097b6aaf6864eaa4081ed3e172";
const CHALLENGE: &str = "Ge5p0wzlM_2SrxcCy9WAplP_CupB2xu2uiwFq_BBUmY";
/// Spec 16.1.
const USER: Uuid = uuid!("f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba");
const CARD: Uuid = uuid!("6956b1ae-be59-4d7c-ba1c-8aa188db83b7");

/// Noon of 2 March 2026 in Denmark.
struct Noon;

impl simulator::Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_772_449_200).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

struct Shop {
    world: simulator::Simulator,
    api: Api,
    token: AccessToken,
    merchant: String,
    issuer: String,
}

fn api_of(world: &simulator::Simulator, secret: &str) -> Result<Api> {
    let gateway = GatewayCredentials {
        id: simulator::PRACTICE_GATEWAY_ID.to_owned(),
        secret: secret.into(),
    };
    Ok(Api::new(
        world.api_base_url().parse()?,
        &gateway,
        ApiHttp::practice(),
    )?)
}

/// Signs in as the documents say, with the simulator's own visitor as the browser.
async fn signed_in(world: &simulator::Simulator) -> Result<AccessToken> {
    let portal = world
        .discovery_url(simulator::Country::Dk)
        .replace("/.well-known/openid-configuration", "/connect/authorize");
    let fields = [
        ("response_type", "code id_token"),
        ("response_mode", "fragment"),
        ("client_id", simulator::PRACTICE_CLIENT_ID),
        ("redirect_uri", BACK),
        ("scope", "openid invoice offline_access"),
        ("state", "the state"),
        ("nonce", "the nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let address = url::Url::parse_with_params(&portal, fields)?;
    let Return::Fragment(back) = visitor::consent(address.as_str(), Person::danish()).await? else {
        anyhow::bail!("asked for a fragment");
    };
    let (_, fragment) = back.split_once('#').context("no fragment")?;
    let code = url::form_urlencoded::parse(fragment.as_bytes())
        .find_map(|(name, value)| (name == "code").then(|| value.into_owned()))
        .context("no code")?;
    let answer = reqwest::Client::new()
        .post(format!(
            "{}/merchant-authentication-openidconnect/connect/token",
            world.base_url()
        ))
        .form(&[
            ("client_id", simulator::PRACTICE_CLIENT_ID),
            ("client_secret", simulator::PRACTICE_CLIENT_SECRET),
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", BACK),
            ("code_verifier", VERIFIER),
        ])
        .send()
        .await?;
    let tokens: serde_json::Value = answer.json().await?;
    let token = tokens["access_token"].as_str().context("no token")?;
    Ok(AccessToken::new(token.into()))
}

impl Shop {
    async fn open() -> Result<Self> {
        let config = simulator::Config {
            clock: Arc::new(Noon),
            ..simulator::Config::practice(None)
        };
        let world = simulator::start(config).await?;
        world.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, BACK);
        let api = api_of(&world, simulator::PRACTICE_GATEWAY_SECRET)?;
        let token = signed_in(&world).await?;
        let merchant = api.me(&token, Uuid::from_u128(1)).await?.value.merchant_id;
        let issuers = api.issuers(&token, Uuid::from_u128(2), &merchant).await?.value;
        let issuer = issuers
            .issuers
            .into_iter()
            .find(|issuer| issuer.status == IssuerStatus::Enabled)
            .context("no issuer")?;
        Ok(Self {
            world,
            api,
            token,
            merchant,
            issuer: issuer.id,
        })
    }

    fn bytes(&self, number: &str, price: &str, channel: Channel) -> Result<Vec<u8>> {
        let today = date(2026, 3, 2);
        let rulebook = Rulebook {
            country: Country::Dk,
            today,
            limits: Limits::of(Country::Dk),
            default_vat_rate: Country::Dk.standard_vat_rate(today),
            issuers: vec![self.issuer.clone()],
            sent_to_phone_today: 0,
        };
        let form = DraftForm {
            recipient: RecipientForm {
                name: "Test name".to_owned(),
                phone: "+4557373259".to_owned(),
                address: AddressForm {
                    street: "Paradisæblevej 13".to_owned(),
                    postal_code: "1234".to_owned(),
                    city: "Andeby".to_owned(),
                    ..AddressForm::default()
                },
                ..RecipientForm::default()
            },
            due_date: "2026-03-12".to_owned(),
            lines: vec![LineForm {
                description: "Brake cable".to_owned(),
                unit_price: price.to_owned(),
                ..LineForm::default()
            }],
            ..DraftForm::default()
        };
        let content = read(&form, &rulebook).content.context("a good form")?;
        Ok(create_request(&content, number, channel)?.bytes)
    }

    async fn direct(&self, bytes: &[u8]) -> Result<String, ApiError> {
        let answer = self
            .api
            .create_direct(&self.token, Uuid::from_u128(3), &self.merchant, bytes)
            .await?;
        Ok(answer.value.invoice_id)
    }

    async fn state(&self, invoice: &str) -> Result<State, ApiError> {
        let answer = self
            .api
            .status(&self.token, Uuid::from_u128(4), &self.merchant, invoice)
            .await?;
        Ok(answer.value.state)
    }

    async fn cancel(&self, invoice: &str) -> Result<(), ApiError> {
        let answer = self
            .api
            .cancel(&self.token, Uuid::from_u128(5), &self.merchant, invoice)
            .await;
        answer.map(|answer| answer.value)
    }

    fn payer(&self) -> Payer<'_> {
        Payer {
            api: &self.api,
            token: &self.token,
            user: USER,
        }
    }
}

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
        (status(403, false), Proof::Refused, false),
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
