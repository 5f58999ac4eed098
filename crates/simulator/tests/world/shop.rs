//! A merchant with a signed-in program: what the other tests begin from.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};

use anyhow::{Context as _, Result, ensure};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::visitor::{self, Person, Return, VisitError};
use simulator::{
    Clock, Config, Country, PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, PRACTICE_GATEWAY_ID,
    PRACTICE_GATEWAY_SECRET, Simulator, Switches,
};
use url::Url;

/// Today in every test.
pub(crate) const TODAY: &str = "2026-03-02";
/// Noon of that day in Denmark.
const NOON: i64 = 1_772_449_200;
pub(crate) const BACK: &str = "http://127.0.0.1:7890/";
/// The published pair of spec 5.1.
pub(crate) const VERIFIER: &str = "0396f08effbfdc95e803fd2d855bf8743f9f03097b6aaf6864eaa4081ed3e172";
pub(crate) const CHALLENGE: &str = "Ge5p0wzlM_2SrxcCy9WAplP_CupB2xu2uiwFq_BBUmY";

pub(crate) const USER: (&str, &str, &str) = (
    "f1a75bb4-c8a6-41f8-8603-4cf9278cd5ba",
    "6956b1ae-be59-4d7c-ba1c-8aa188db83b7",
    "+4557373259",
);
pub(crate) const EXPIRED_CARD: (&str, &str, &str) = (
    "4f474aa2-6161-4094-97fd-62616ff3d21e",
    "a6d8044d-176b-4639-a55f-d14d1ae11e28",
    "+4599592431",
);

/// The computer's own time, which sign-in goes by: noon, until seconds pass.
#[derive(Default)]
pub(crate) struct Still(AtomicI64);

impl Still {
    /// Not noon of that day but this moment.
    pub(crate) fn at(moment: &str) -> Result<Arc<Self>> {
        let moment: Timestamp = moment.parse()?;
        Ok(Arc::new(Self(AtomicI64::new(moment.as_second() - NOON))))
    }

    pub(crate) fn pass(&self, seconds: i64) {
        self.0.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        let passed = self.0.load(Ordering::SeqCst);
        Timestamp::from_second(NOON + passed).unwrap_or(Timestamp::UNIX_EPOCH)
    }
}

pub(crate) async fn world(data: Option<PathBuf>, switches: Switches) -> Result<Simulator> {
    world_at(Arc::default(), data, switches).await
}

/// With a clock that the test holds on to.
pub(crate) async fn world_at(
    clock: Arc<Still>,
    data: Option<PathBuf>,
    switches: Switches,
) -> Result<Simulator> {
    let config = Config {
        clock,
        switches,
        ..Config::practice(data)
    };
    let simulator = simulator::start(config).await?;
    simulator.register_redirect_uri(PRACTICE_CLIENT_ID, BACK);
    Ok(simulator)
}

/// A good authorize request of this country's portal, with `changes` laid over it; an empty value takes one out.
pub(crate) fn authorize_url(
    simulator: &Simulator,
    country: Country,
    changes: &[(&str, &str)],
) -> Result<String> {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    let nonce = format!("nonce-{}", ASKED.fetch_add(1, Ordering::SeqCst));
    let mut fields = vec![
        ("response_type", "code id_token"),
        ("response_mode", "fragment"),
        ("client_id", PRACTICE_CLIENT_ID),
        ("redirect_uri", BACK),
        ("scope", "openid invoice offline_access"),
        ("state", "the state"),
        ("nonce", &nonce),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        if !value.is_empty() {
            fields.push((name, value));
        }
    }
    let portal = simulator.discovery_url(country);
    let portal = portal.replace("/.well-known/openid-configuration", "/connect/authorize");
    Ok(Url::parse_with_params(&portal, fields)?.into())
}

/// The fields of what came back, whichever way.
pub(crate) fn fields(back: &Return) -> Value {
    let text = match back {
        Return::Fragment(address) => address.split_once('#').map_or("", |(_, fragment)| fragment),
        Return::Form { body, .. } => body,
    };
    url::form_urlencoded::parse(text.as_bytes())
        .map(|(name, value)| (name.into_owned(), Value::from(value.into_owned())))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

pub(crate) async fn visit(
    simulator: &Simulator,
    person: Person,
    changes: &[(&str, &str)],
) -> Result<Return, VisitError> {
    let url = authorize_url(simulator, Country::Dk, changes)
        .map_err(|error| VisitError::NoAnswer(error.to_string()))?;
    visitor::consent(&url, person).await
}

/// Asks the token endpoint; `fields` come after the client's credentials and win.
pub(crate) async fn token(simulator: &Simulator, fields: &[(&str, &str)]) -> Result<(StatusCode, Value)> {
    let mut all = vec![
        ("client_id", PRACTICE_CLIENT_ID),
        ("client_secret", PRACTICE_CLIENT_SECRET),
    ];
    for (name, value) in fields {
        all.retain(|(known, _)| known != name);
        if !value.is_empty() {
            all.push((name, value));
        }
    }
    let url = format!(
        "{}/merchant-authentication-openidconnect/connect/token",
        simulator.base_url()
    );
    let answer = reqwest::Client::new().post(url).form(&all).send().await?;
    Ok((answer.status(), answer.json().await?))
}

pub(crate) async fn redeem(simulator: &Simulator, code: &str) -> Result<(StatusCode, Value)> {
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", BACK),
        ("code_verifier", VERIFIER),
    ];
    token(simulator, &fields).await
}

pub(crate) async fn renew(simulator: &Simulator, refresh: &str) -> Result<(StatusCode, Value)> {
    token(
        simulator,
        &[("grant_type", "refresh_token"), ("refresh_token", refresh)],
    )
    .await
}

pub(crate) fn said<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value[name].as_str().with_context(|| format!("{name} in {value}"))
}

/// A signed-in program of one merchant.
pub(crate) struct Shop {
    pub(crate) simulator: Simulator,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
    pub(crate) merchant: String,
    pub(crate) issuers: Vec<(String, String)>,
}

impl Shop {
    pub(crate) async fn danish() -> Result<Self> {
        Self::over(world(None, Switches::default()).await?, Person::danish()).await
    }

    pub(crate) async fn over(simulator: Simulator, person: Person) -> Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let mut shop = Self {
            simulator,
            http,
            token: String::new(),
            merchant: String::new(),
            issuers: Vec::new(),
        };
        shop.open_for(person).await?;
        Ok(shop)
    }

    /// From now on it is the shop of this person.
    pub(crate) async fn open_for(&mut self, person: Person) -> Result<()> {
        self.sign_in(person).await?;
        let (_, me) = self.call(Method::GET, "/merchants/me", None).await?;
        said(&me, "MerchantId")?.clone_into(&mut self.merchant);
        let (_, all) = self
            .call(Method::GET, &self.path("/invoiceissuers"), None)
            .await?;
        self.issuers.clear();
        for issuer in all["InvoiceIssuers"].as_array().context("issuers")? {
            self.issuers
                .push((said(issuer, "Id")?.to_owned(), said(issuer, "Status")?.to_owned()));
        }
        Ok(())
    }

    pub(crate) async fn sign_in(&mut self, person: Person) -> Result<()> {
        let back = fields(&visit(&self.simulator, person, &[]).await?);
        let (_, tokens) = redeem(&self.simulator, said(&back, "code")?).await?;
        said(&tokens, "access_token")?.clone_into(&mut self.token);
        Ok(())
    }

    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/merchants/{}{rest}", self.merchant)
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http
            .request(method, format!("{}/api/v1{path}", self.simulator.api_base_url()))
            .header("x-ibm-client-id", PRACTICE_GATEWAY_ID)
            .header("x-ibm-client-secret", PRACTICE_GATEWAY_SECRET)
    }

    /// One call with everything that the gateway wants.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<(StatusCode, Value)> {
        let mut request = self.request(method, path).bearer_auth(&self.token);
        request = match body {
            Some(body) => request.json(body),
            None => request.header("Content-Length", 0),
        };
        let answer = request.send().await?;
        let status = answer.status();
        let text = answer.text().await?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
    }

    /// A good request with this number.
    pub(crate) fn body(&self, number: &str) -> Value {
        let issuer = self
            .issuers
            .iter()
            .find(|(_, status)| status == "enabled")
            .map(|(id, _)| id);
        json!({
            "InvoiceIssuer": issuer, "ConsumerAlias": {"Alias": USER.2, "AliasType": "Phone"}, "TotalAmount": 360,
            "TotalVATAmount": 72, "InvoiceNumber": number, "IssueDate": TODAY, "DueDate": "2026-03-12",
            "InvoiceArticles": [{"ArticleDescription": "Brake cable", "VATRate": 25, "TotalVATAmount": 72,
                "TotalPriceIncludingVat": 360, "Quantity": 1, "PricePerUnit": 288}],
        })
    }

    pub(crate) async fn create(&self, body: &Value) -> Result<String> {
        let (status, answer) = self
            .call(Method::POST, &self.path("/invoices"), Some(body))
            .await?;
        ensure!(status.is_success(), "{status} {answer}");
        Ok(said(&answer, "InvoiceId")?.to_owned())
    }

    /// Id and address of a fresh link.
    pub(crate) async fn link(&self, body: &Value) -> Result<(String, String)> {
        let (status, answer) = self
            .call(Method::POST, &self.path("/invoices/link"), Some(body))
            .await?;
        ensure!(status.is_success(), "{status} {answer}");
        let href = said(&answer["Links"][0], "Href")?.to_owned();
        Ok((said(&answer, "InvoiceId")?.to_owned(), href))
    }

    pub(crate) async fn status(&self, id: &str) -> Result<String> {
        let (status, answer) = self
            .call(Method::GET, &self.path(&format!("/invoices/{id}/status")), None)
            .await?;
        ensure!(status.is_success(), "{status}");
        Ok(said(&answer, "Status")?.to_owned())
    }

    pub(crate) async fn cancel(&self, id: &str) -> Result<(StatusCode, Value)> {
        self.call(Method::PUT, &self.path(&format!("/invoices/{id}/cancel")), None)
            .await
    }

    /// The phone app of `user` accepts with this payment day.
    pub(crate) async fn accept(
        &self,
        id: &str,
        user: (&str, &str, &str),
        day: &str,
    ) -> Result<(StatusCode, Value)> {
        let answer = self
            .request(Method::PUT, &format!("/consumers/me/invoices/{id}/accept"))
            .header("AuthenticatedUser", user.0)
            .json(&json!({"paymentDate": format!("{day}T00:00:00Z"), "ConsumerCard": user.1}))
            .send()
            .await?;
        Ok((answer.status(), answer.json().await?))
    }

    pub(crate) async fn reject(&self, id: &str) -> Result<StatusCode> {
        let path = format!("/consumers/me/invoices/{id}/reject");
        Ok(self
            .request(Method::PUT, &path)
            .header("AuthenticatedUser", USER.0)
            .header("Content-Length", 0)
            .send()
            .await?
            .status())
    }

    /// Moves the clock of trade.
    pub(crate) async fn days_pass(&self, days: i64) -> Result<()> {
        let url = format!("{}/__practice/clock", self.simulator.base_url());
        let moved = json!({"advanceSeconds": days * 86_400});
        let answer = self.http.post(url).json(&moved).send().await?;
        ensure!(answer.status().is_success(), "{}", answer.status());
        Ok(())
    }
}
