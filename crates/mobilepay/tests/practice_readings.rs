//! The client's consents, reporting and the payer's calls against the practice world, under each reading of the
//! documents (spec 21.1), and under all of them at once. What a merchant learns is the same in every world.

#[path = "common/practice.rs"]
mod practice;

use anyhow::{Context as _, Result, ensure};
use invoice::{Channel, State};
use jiff::civil::date;
use mobilepay::{
    ApiError, ApiHttp, CallbackCredentials, ConsentState, CreatedLink, Event, FrozenBatch,
    GatewayCredentials, Meaning, Proof, meaning, proves, read_events,
    reporting::{Reporting, Span},
    user_simulation::Payer,
};
use practice::{CARD, Shop, USER};
use rust_decimal::Decimal;
use simulator::{Reading, Switches};
use uuid::{Uuid, uuid};
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

const CALL: Uuid = Uuid::from_u128(7);
const KEY: &str = "SomeSecretApiKey123";
const PHONE: &str = "+4557373259";
/// Spec 16.1: the one with the expired card.
const POOR: (Uuid, Uuid) = (
    uuid!("4f474aa2-6161-4094-97fd-62616ff3d21e"),
    uuid!("a6d8044d-176b-4639-a55f-d14d1ae11e28"),
);

/// The default, each reading, and all at once (without the one that has no reports).
fn worlds() -> Vec<(String, Switches)> {
    let each = Reading::all()
        .iter()
        .map(|reading| (reading.name(), Switches::default().with(*reading)));
    let all = Reading::all().iter().copied();
    let all = all.filter(|reading| *reading != Reading::NoReporting).collect();
    let ends = [
        ("the defaults".to_owned(), Switches::default()),
        ("all".to_owned(), all),
    ];
    ends.into_iter().chain(each).collect()
}

impl Shop {
    async fn link(&self, number: &str) -> Result<CreatedLink> {
        let bytes = self.bytes(number, "288", Channel::Link)?;
        let made = self
            .api
            .create_link(&self.token, CALL, &self.merchant, &bytes)
            .await?;
        Ok(made.value)
    }

    async fn practice(&self, path: &str, body: &serde_json::Value) -> Result<()> {
        let url = format!("{}/__practice/{path}", self.world.base_url());
        reqwest::Client::new()
            .post(url)
            .json(body)
            .send()
            .await?
            .error_for_status()?;
        Ok(())
    }

    fn reporting(&self) -> Result<Reporting> {
        let gateway = GatewayCredentials {
            id: simulator::PRACTICE_GATEWAY_ID.to_owned(),
            secret: simulator::PRACTICE_GATEWAY_SECRET.into(),
        };
        let base = self.world.reporting_base_url().parse()?;
        Ok(Reporting::new(base, &gateway, ApiHttp::practice())?)
    }

    async fn consent(&self, id: &str) -> Result<mobilepay::Consent> {
        Ok(self.api.consent(&self.token, CALL, id).await?.value)
    }

    /// A request for consent with a link that is paid.
    async fn asked(&self, number: &str) -> Result<String> {
        let link = self.link(number).await?;
        let asked = self
            .api
            .ask_consent(&self.token, CALL, &link.invoice_id)
            .await?
            .value;
        ensure!(asked.state == ConsentState::Pending && asked.phone.is_none());
        ensure!(asked.invoice_id.as_ref() == Some(&link.invoice_id));
        let pending = self.consent(&asked.consent_id).await?;
        ensure!(pending == asked, "{pending:?}");
        let today = date(2026, 3, 2);
        let paid = self
            .payer()
            .accept(CALL, &link.invoice_id, today, CARD)
            .await?
            .value;
        ensure!(paid.payment_status.as_deref() == Some("paid"));
        Ok(asked.consent_id)
    }
}

/// Asked, agreed, listed, taken back; asked, declined.
async fn consents(shop: &Shop) -> Result<()> {
    let listed = async || {
        let page = shop
            .api
            .granted_consents(&shop.token, CALL, &shop.issuer, None)
            .await?;
        ensure!(page.value.next.is_none());
        Ok(page.value.consents)
    };
    let id = shop.asked("601").await?;
    ensure!(listed().await?.is_empty());
    shop.payer().answer_consent(CALL, &id, true).await?;
    let granted = shop.consent(&id).await?;
    ensure!((&granted.state, granted.phone.as_deref()) == (&ConsentState::Granted, Some(PHONE)));
    let noon = "2026-03-02T11:00:00Z".parse()?;
    ensure!(granted.granted_on == Some(noon) && listed().await? == [granted]);
    let again = shop.payer().answer_consent(CALL, &id, false).await;
    ensure!(again.map_err(|error| proves(&error)).err() == Some(Proof::Refused));
    shop.payer().delete_consent(CALL, &id).await?;
    let deleted = shop.consent(&id).await?;
    ensure!((&deleted.state, &deleted.phone) == (&ConsentState::Deleted, &None));
    ensure!(listed().await?.is_empty());
    let id = shop.asked("602").await?;
    shop.payer().answer_consent(CALL, &id, false).await?;
    ensure!(shop.consent(&id).await?.state == ConsentState::Denied);
    let unknown = shop.api.consent(&shop.token, CALL, &CALL.to_string()).await;
    ensure!(unknown.map_err(|error| proves(&error)).err() == Some(Proof::Refused));
    Ok(())
}

/// The paper, a card that fails, a payment on another day, a rejection, and the same bytes twice.
async fn payer(shop: &Shop) -> Result<()> {
    let bytes = shop.bytes("611", "288", Channel::Phone)?;
    let invoice = shop.direct(&bytes).await?;
    ensure!(shop.state(&invoice).await? == State::Created);
    let twice = shop.direct(&bytes).await.map_err(|error| proves(&error));
    ensure!(twice == Err(Proof::ExistsAlready), "{twice:?}");
    ensure!(
        shop.payer()
            .pdf(CALL, &invoice)
            .await?
            .value
            .starts_with(b"%PDF-")
    );
    shop.payer().reject(CALL, &invoice).await?;
    ensure!(shop.state(&invoice).await? == State::Rejected);
    let link = shop.link("612").await?;
    let page = reqwest::get(link.href.context("no address")?).await?;
    ensure!(page.status().is_success() && page.text().await?.contains("360"));
    let poor = Payer {
        user: POOR.0,
        ..shop.payer()
    };
    let failed = poor
        .accept(CALL, &link.invoice_id, date(2026, 3, 2), POOR.1)
        .await;
    let Err(ApiError::Refused { description, .. }) = failed else {
        anyhow::bail!("{failed:?}");
    };
    ensure!(description.as_deref() == Some("The card has expired"));
    let planned = shop
        .payer()
        .accept(CALL, &link.invoice_id, date(2026, 3, 9), CARD)
        .await?;
    ensure!(planned.value.payment_status.as_deref() == Some("accepted"));
    let details = shop
        .api
        .details(&shop.token, CALL, &shop.merchant, &link.invoice_id)
        .await?;
    ensure!(details.value.payment_date == Some(date(2026, 3, 9)));
    ensure!(details.value.state == Some(State::Accepted));
    shop.cancel(&link.invoice_id).await?;
    ensure!(shop.state(&link.invoice_id).await? == State::Canceled);
    let too_much = String::from_utf8(shop.bytes("613", "288", Channel::Phone)?)?
        .replace("\"TotalAmount\":360.00", "\"TotalAmount\":300000.01");
    match shop.direct(too_much.as_bytes()).await {
        Err(ApiError::Refused { code: Some(code), .. }) => {
            ensure!(meaning(code) == Meaning::TotalAboveLimit);
        }
        // Spec 21.1 item 38: told afterwards, and as final.
        Ok(invalid) => ensure!(shop.state(&invalid).await? == State::Invalid),
        Err(other) => anyhow::bail!("{other:?}"),
    }
    Ok(())
}

/// Two of a batch are made, and the one that was there is known again, row by row.
async fn batch(shop: &Shop) -> Result<()> {
    let there = shop.frozen("641", "288", Channel::Phone)?;
    shop.direct(&there.bytes).await?;
    let two = ["642", "643"].map(|number| shop.frozen(number, "288", Channel::Phone));
    let [one, other] = two;
    let rows = FrozenBatch::of(&[one?, there, other?])?;
    let outcome = shop
        .api
        .create_batch(&shop.token, CALL, &shop.merchant, &rows)
        .await?;
    ensure!(outcome.strangers.is_empty());
    let [Ok(first), Err(known), Ok(last)] = outcome.items.as_slice() else {
        anyhow::bail!("{outcome:?}");
    };
    ensure!(proves(known) == Proof::ExistsAlready);
    for made in [first, last] {
        ensure!(shop.state(&made.value.invoice_id).await? == State::Created);
    }
    Ok(())
}

/// What the receiver of the callbacks was told, in order.
async fn told(receiver: &MockServer) -> Result<Vec<Event>> {
    let requests = receiver.received_requests().await.context("requests are kept")?;
    let mut events = Vec::new();
    for request in requests {
        ensure!(request.headers["authorization"] == KEY);
        let read = read_events(&request.body)?;
        ensure!(read.unreadable.is_empty());
        events.extend(read.events);
    }
    Ok(events)
}

/// A payment is told by callback and in the details; its transaction id.
async fn paid_and_told(shop: &Shop) -> Result<String> {
    let receiver = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200))
        .mount(&receiver)
        .await;
    let address = format!("{}/callbacks", receiver.uri()).parse()?;
    let key = CallbackCredentials::api_key(KEY.into())?;
    shop.api
        .set_callbacks(&shop.token, CALL, &shop.merchant, &address, &key)
        .await?;
    let invoice = shop.direct(&shop.bytes("621", "0,10", Channel::Phone)?).await?;
    shop.payer()
        .accept(CALL, &invoice, date(2026, 3, 2), CARD)
        .await?;
    shop.practice("callbacks/flush", &serde_json::Value::Null).await?;
    let events = told(&receiver).await?;
    let last = events.last().context("nothing was told")?;
    ensure!((last.invoice_id.as_str(), &last.state) == (invoice.as_str(), &State::Paid));
    ensure!(events.is_sorted_by_key(|event| event.sequence) && events[0].sequence.is_some());
    let details = shop
        .api
        .details(&shop.token, CALL, &shop.merchant, &invoice)
        .await?
        .value;
    details.payment_transaction_id.context("no transaction")
}

/// The same payment is in the reports, with its transfer the day after.
async fn reports(shop: &Shop, can_report: bool) -> Result<()> {
    let transaction = paid_and_told(shop).await?;
    let reporting = shop.reporting()?;
    let points = reporting.payment_points(&shop.token, CALL, 1).await;
    if !can_report {
        ensure!(matches!(points, Err(ApiError::NotFound { .. })), "{points:?}");
        return Ok(());
    }
    let points = points?.value.entries;
    ensure!(
        points
            .iter()
            .any(|point| point.id == shop.issuer && point.is_for_invoices())
    );
    let span = Span {
        payment_point_id: &shop.issuer,
        from: "2026-03-02T00:00:00Z".parse()?,
        to: "2026-03-03T00:00:00Z".parse()?,
    };
    let payment = async || {
        let page = reporting.transactions(&shop.token, CALL, span, 1).await?.value;
        ensure!(page.unreadable == 0 && page.next.is_none());
        let mut entries = page.entries.into_iter();
        let found = entries.find(|entry| {
            entry.payment_id.as_ref() == Some(&transaction) && entry.kind.as_deref() == Some("Payment")
        });
        found.context("not in the report")
    };
    let fresh = payment().await?;
    ensure!(fresh.amount == Some(Decimal::new(13, 2)) && fresh.transfer_reference.is_none());
    ensure!(fresh.currency_code.as_deref() == Some("DKK"));
    shop.practice("clock", &serde_json::json!({ "advanceSeconds": 86_400 }))
        .await?;
    let sent = payment().await?;
    let days = (date(2026, 3, 3), date(2026, 3, 3));
    let page = reporting
        .transfers(&shop.token, CALL, &shop.issuer, days, 1)
        .await?
        .value;
    let [transfer] = page.entries.as_slice() else {
        anyhow::bail!("{page:?}");
    };
    ensure!(sent.transfer_reference == transfer.reference && sent.transfer_date == transfer.date);
    let all = reporting
        .transactions(&shop.token, CALL, span, 1)
        .await?
        .value
        .entries;
    let sum: Decimal = all.iter().filter_map(|entry| entry.amount).sum();
    ensure!(transfer.total == Some(sum), "{transfer:?} {sum}");
    Ok(())
}

#[tokio::test]
async fn a_merchant_learns_the_same_under_every_reading() -> Result<()> {
    for (name, switches) in worlds() {
        let shop = Shop::under(switches).await.with_context(|| name.clone())?;
        consents(&shop)
            .await
            .with_context(|| format!("consents, {name}"))?;
        payer(&shop).await.with_context(|| format!("payer, {name}"))?;
        batch(&shop).await.with_context(|| format!("batch, {name}"))?;
        let can_report = name != Reading::NoReporting.name();
        reports(&shop, can_report)
            .await
            .with_context(|| format!("reports, {name}"))?;
        shop.world.shutdown().await;
    }
    Ok(())
}

#[tokio::test]
async fn pages_of_consents_are_followed_to_the_end() -> Result<()> {
    let shop = Shop::with_pages_of(1).await?;
    let others = [
        (USER, CARD),
        (
            uuid!("d5e4e229-b482-4304-80f1-237d2a3abc48"),
            uuid!("d77db24c-f078-4eaf-8026-fbaa8411a8fe"),
        ),
        (
            uuid!("40b881f7-ac3d-43bb-81e6-2ac9ef279d89"),
            uuid!("6cdf304d-d4c5-4126-9775-a286ce16838b"),
        ),
    ];
    for (number, (user, card)) in others.into_iter().enumerate() {
        let link = shop.link(&format!("63{number}")).await?;
        let asked = shop
            .api
            .ask_consent(&shop.token, CALL, &link.invoice_id)
            .await?
            .value;
        let payer = Payer { user, ..shop.payer() };
        payer
            .accept(CALL, &link.invoice_id, date(2026, 3, 2), card)
            .await?;
        payer.answer_consent(CALL, &asked.consent_id, true).await?;
    }
    let (mut phones, mut next) = (Vec::new(), None);
    loop {
        let page = shop
            .api
            .granted_consents(&shop.token, CALL, &shop.issuer, next.as_deref())
            .await?
            .value;
        assert_eq!(page.consents.len(), 1);
        phones.extend(page.consents.into_iter().filter_map(|consent| consent.phone));
        next = page.next;
        if next.is_none() {
            break;
        }
    }
    phones.sort();
    assert_eq!(phones, ["+4522509895", "+4554048573", PHONE]);
    Ok(())
}

#[tokio::test]
async fn reports_want_their_scope() -> Result<()> {
    for (switches, forbidden) in [
        (Switches::default(), false),
        (Switches::default().with(Reading::Reporting403), true),
    ] {
        let shop = Shop::under(switches).await?;
        let token = practice::signed_in(&shop.world, "openid invoice").await?;
        let error = shop
            .reporting()?
            .payment_points(&token, CALL, 1)
            .await
            .expect_err("no scope");
        let said = match error {
            ApiError::Unauthorized { .. } => false,
            ApiError::Forbidden { .. } => true,
            other => panic!("{other:?}"),
        };
        assert_eq!(said, forbidden);
    }
    Ok(())
}
