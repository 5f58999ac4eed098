//! A merchant of the practice world, signed in with every scope that the client uses.
#![allow(dead_code, reason = "each test file uses some of it")]

use std::sync::Arc;

use anyhow::{Context as _, Result};
use invoice::{
    AddressForm, Channel, Country, DraftForm, Limits, LineForm, RecipientForm, Rulebook, State, read,
};
use jiff::{Timestamp, civil::date};
use mobilepay::{
    AccessToken, Api, ApiError, ApiHttp, FrozenRequest, GatewayCredentials, IssuerStatus, create_request,
    user_simulation::Payer,
};
use simulator::visitor::{self, Person, Return};
use uuid::{Uuid, uuid};

const BACK: &str = "http://127.0.0.1:7890/";
/// The published pair of spec 5.1.
const VERIFIER: &str = "0396f08effbfdc95e803fd2d855bf8743f9f03097b6aaf6864eaa4081ed3e172";
const CHALLENGE: &str = "Ge5p0wzlM_2SrxcCy9WAplP_CupB2xu2uiwFq_BBUmY";
/// Spec 16.1.
pub(crate) const USER: Uuid = uuid!("f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba");
pub(crate) const CARD: Uuid = uuid!("6956b1ae-be59-4d7c-ba1c-8aa188db83b7");

/// Noon of 2 March 2026 in Denmark.
struct Noon;

impl simulator::Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_772_449_200).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

pub(crate) struct Shop {
    pub(crate) world: simulator::Simulator,
    pub(crate) api: Api,
    pub(crate) token: AccessToken,
    pub(crate) merchant: String,
    pub(crate) issuer: String,
}

pub(crate) fn api_of(world: &simulator::Simulator, secret: &str) -> Result<Api> {
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
pub(crate) async fn signed_in(world: &simulator::Simulator, scope: &str) -> Result<AccessToken> {
    let portal = world
        .discovery_url(simulator::Country::Dk)
        .replace("/.well-known/openid-configuration", "/connect/authorize");
    let fields = [
        ("response_type", "code id_token"),
        ("response_mode", "fragment"),
        ("client_id", simulator::PRACTICE_CLIENT_ID),
        ("redirect_uri", BACK),
        ("scope", scope),
        ("state", "the state"),
        ("nonce", &Uuid::now_v7().to_string()),
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
    pub(crate) async fn open() -> Result<Self> {
        Self::under(simulator::Switches::default()).await
    }

    /// With these readings of the documents.
    pub(crate) async fn under(switches: simulator::Switches) -> Result<Self> {
        Self::over(simulator::Config {
            switches,
            ..simulator::Config::practice(None)
        })
        .await
    }

    /// With this many consents on a page.
    pub(crate) async fn with_pages_of(consents_per_page: usize) -> Result<Self> {
        Self::over(simulator::Config {
            consents_per_page,
            ..simulator::Config::practice(None)
        })
        .await
    }

    async fn over(config: simulator::Config) -> Result<Self> {
        let config = simulator::Config {
            clock: Arc::new(Noon),
            ..config
        };
        let world = simulator::start(config).await?;
        world.register_redirect_uri(simulator::PRACTICE_CLIENT_ID, BACK);
        let api = api_of(&world, simulator::PRACTICE_GATEWAY_SECRET)?;
        let token = signed_in(&world, "openid invoice transactionreporting offline_access").await?;
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

    pub(crate) fn bytes(&self, number: &str, price: &str, channel: Channel) -> Result<Vec<u8>> {
        Ok(self.frozen(number, price, channel)?.bytes)
    }

    pub(crate) fn frozen(&self, number: &str, price: &str, channel: Channel) -> Result<FrozenRequest> {
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
        Ok(create_request(&content, number, channel)?)
    }

    pub(crate) async fn direct(&self, bytes: &[u8]) -> Result<String, ApiError> {
        let answer = self
            .api
            .create_direct(&self.token, Uuid::from_u128(3), &self.merchant, bytes)
            .await?;
        Ok(answer.value.invoice_id)
    }

    pub(crate) async fn state(&self, invoice: &str) -> Result<State, ApiError> {
        let answer = self
            .api
            .status(&self.token, Uuid::from_u128(4), &self.merchant, invoice)
            .await?;
        Ok(answer.value.state)
    }

    pub(crate) async fn cancel(&self, invoice: &str) -> Result<(), ApiError> {
        let answer = self
            .api
            .cancel(&self.token, Uuid::from_u128(5), &self.merchant, invoice)
            .await;
        answer.map(|answer| answer.value)
    }

    pub(crate) fn payer(&self) -> Payer<'_> {
        Payer {
            api: &self.api,
            token: &self.token,
            user: USER,
        }
    }
}
