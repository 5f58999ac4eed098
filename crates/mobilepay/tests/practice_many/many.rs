//! Batches against the practice world: outcomes row by row, and what callbacks tell of them afterwards.

use anyhow::{Context as _, Result};
use invoice::{Channel, State};
use mobilepay::{
    ApiError, BatchOutcome, Event, FrozenBatch, FrozenRequest, Meaning, Proof, meaning, proves, read_events,
};
use reqwest::Url;
use simulator::{Fault, Reading, Trouble};
use uuid::Uuid;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

use crate::practice::Shop;
use crate::receiver::told;

impl Shop {
    /// The same bytes, but for one member.
    pub(crate) fn altered(
        &self,
        number: &str,
        channel: Channel,
        from: &str,
        to: &str,
    ) -> Result<FrozenRequest> {
        let frozen = self.frozen(number, "288", channel)?;
        let good = String::from_utf8(frozen.bytes)?;
        let bytes = good.replace(from, to);
        anyhow::ensure!(bytes != good, "{from} is not in {good}");
        Ok(FrozenRequest {
            bytes: bytes.into_bytes(),
            channel,
        })
    }

    pub(crate) async fn batch(&self, bodies: &[FrozenRequest]) -> Result<BatchOutcome, ApiError> {
        let batch = FrozenBatch::of(bodies).expect("these can be sent together");
        self.api
            .create_batch(&self.token, Uuid::from_u128(9), &self.merchant, &batch)
            .await
    }
}

/// Each row: its state by a call of its own, or what the refusal proves.
async fn rows(shop: &Shop, outcome: &BatchOutcome) -> Result<Vec<Result<State, Proof>>> {
    let mut rows = Vec::new();
    for item in &outcome.items {
        rows.push(match item {
            Ok(answer) => Ok(shop.state(&answer.value.invoice_id).await?),
            Err(error) => Err(proves(error)),
        });
    }
    assert!(outcome.strangers.is_empty());
    Ok(rows)
}

/// A receiver that the merchant configured, and that takes everything.
async fn listening(shop: &Shop) -> Result<MockServer> {
    let receiver = MockServer::start().await;
    let taken = Mock::given(any()).respond_with(ResponseTemplate::new(200));
    taken.mount(&receiver).await;
    let address: Url = receiver.uri().parse()?;
    let credentials = mobilepay::CallbackCredentials::api_key("SomeSecretApiKey123".into())?;
    shop.api
        .set_callbacks(
            &shop.token,
            Uuid::from_u128(10),
            &shop.merchant,
            &address,
            &credentials,
        )
        .await?;
    Ok(receiver)
}

async fn events(shop: &Shop, receiver: &MockServer) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    for request in told(shop, receiver).await? {
        let read = read_events(&request.body)?;
        assert!(read.unreadable.is_empty());
        events.extend(read.events);
    }
    Ok(events)
}

#[tokio::test]
async fn each_body_of_a_batch_has_its_own_outcome() -> Result<()> {
    let shop = Shop::open().await?;
    let known = shop.frozen("1", "288", Channel::Phone)?;
    shop.direct(&known.bytes).await?;
    let bodies = [
        shop.frozen("0", "0,10", Channel::Phone)?,
        known,
        shop.altered("2", Channel::Phone, "\"TotalAmount\":360.00", "\"TotalAmount\":0")?,
        shop.altered(
            "3",
            Channel::Phone,
            "\"TotalAmount\":360.00",
            "\"TotalAmount\":\"x\"",
        )?,
        shop.altered("4", Channel::Phone, "2026-03-12", "2026-03-01")?,
        shop.altered("5", Channel::Phone, "+4557373259", "+4511111111")?,
    ];
    for flat in [false, true] {
        shop.world.readings().set(Reading::FlatRejections, flat);
        let outcome = shop.batch(&bodies).await?;
        let first = if flat {
            Err(Proof::ExistsAlready)
        } else {
            Ok(State::Created)
        };
        let expected = [
            first,
            Err(Proof::ExistsAlready),
            Err(Proof::Refused),
            Err(Proof::Refused),
            Ok(State::Invalid),
            Ok(State::Invalid),
        ];
        assert_eq!(rows(&shop, &outcome).await?, expected);
        let Err(ApiError::Refused { code, .. }) = &outcome.items[2] else {
            panic!("a total of zero went through");
        };
        assert_eq!(code.map(meaning), Some(Meaning::TotalNotPositive));
        let Err(ApiError::Refused {
            code, description, ..
        }) = &outcome.items[3]
        else {
            panic!("a total that is no number went through");
        };
        assert_eq!(*code, None);
        assert!(
            description
                .as_deref()
                .is_some_and(|words| words.contains("TotalAmount"))
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_is_invalid_is_told_with_its_reason_and_what_is_good_without() -> Result<()> {
    let shop = Shop::open().await?;
    let receiver = listening(&shop).await?;
    let bodies = [
        shop.frozen("1", "288", Channel::Phone)?,
        shop.altered("2", Channel::Phone, "2026-03-12", "2027-04-06")?,
        shop.altered("3", Channel::Phone, "+4557373259", "+4511111111")?,
        shop.altered("4", Channel::Phone, "+4557373259", "+4500010102")?,
    ];
    let outcome = shop.batch(&bodies).await?;
    let expected = [
        (State::Created, None),
        (State::Invalid, Some(Meaning::DueDateTooFar)),
        (State::Invalid, Some(Meaning::UserNotFound)),
        (State::Invalid, Some(Meaning::UserNotAvailable)),
    ];
    let events = events(&shop, &receiver).await?;
    assert_eq!(events.len(), expected.len());
    for ((item, event), (state, reason)) in outcome.items.iter().zip(&events).zip(expected) {
        let id = &item.as_ref().map_err(Clone::clone)?.value.invoice_id;
        assert_eq!((&event.invoice_id, &event.state), (id, &state));
        assert_eq!(event.error_code.map(meaning), reason);
        assert_eq!(event.error_message.is_some(), reason.is_some());
        assert_eq!(shop.state(id).await?, state);
        let details = shop
            .api
            .details(&shop.token, Uuid::from_u128(6), &shop.merchant, id)
            .await?;
        assert_eq!(details.value.state, Some(state));
    }
    Ok(())
}

#[tokio::test]
async fn the_address_of_a_link_of_a_batch_comes_by_callback_and_opens_its_page() -> Result<()> {
    let shop = Shop::open().await?;
    let receiver = listening(&shop).await?;
    let bodies = [
        shop.frozen("1", "288", Channel::Link)?,
        shop.frozen("2", "288", Channel::Link)?,
    ];
    let outcome = shop.batch(&bodies).await?;
    let events = events(&shop, &receiver).await?;
    assert_eq!(events.len(), 2);
    for (item, event) in outcome.items.iter().zip(&events) {
        let answer = item.as_ref().map_err(Clone::clone)?;
        assert_eq!(event.invoice_id, answer.value.invoice_id);
        let page = reqwest::get(event.href.as_deref().context("no address")?).await?;
        assert!(page.status().is_success());
    }
    assert_ne!(events[0].href, events[1].href);
    Ok(())
}

#[tokio::test]
async fn after_every_trouble_the_same_batch_shows_what_became_of_the_first() -> Result<()> {
    let shop = Shop::open().await?;
    let cases = [
        (Trouble::DropBefore, false),
        (Trouble::DropMiddle, true),
        (Trouble::DropAfter, true),
        (Trouble::Truncated, true),
        (Trouble::Garbage, true),
    ];
    for (number, (trouble, made)) in cases.into_iter().enumerate() {
        let bodies = [
            shop.frozen(&format!("a{number}"), "288", Channel::Link)?,
            shop.frozen(&format!("b{number}"), "288", Channel::Link)?,
        ];
        let fault = Fault::new(trouble).on("/merchants/{merchant}/invoices/link/batch");
        shop.world.faults().add(fault.once());
        let error = shop.batch(&bodies).await.expect_err("the call was struck");
        assert_eq!(proves(&error), Proof::Nothing, "{trouble:?}");
        let again = shop.batch(&bodies).await?;
        for item in again.items {
            let now = item.map(|_| ()).map_err(|error| proves(&error));
            let expected = if made { Err(Proof::ExistsAlready) } else { Ok(()) };
            assert_eq!(now, expected, "{trouble:?}");
        }
        shop.world.faults().clear();
        shop.tomorrow().await?;
    }
    Ok(())
}

#[tokio::test]
async fn two_thousand_bodies_are_one_call() -> Result<()> {
    let shop = Shop::open().await?;
    let template = String::from_utf8(shop.frozen("301", "288", Channel::Link)?.bytes)?;
    // Without a phone no day has a limit.
    let (before, rest) = template.split_once("\"ConsumerAlias\":{").context("an alias")?;
    let (_, after) = rest.split_once("},").context("the end of an alias")?;
    let bodies: Vec<FrozenRequest> = (0..2000)
        .map(|number| FrozenRequest {
            bytes: format!("{before}{after}")
                .replace("\"301\"", &format!("\"n{number}\""))
                .into_bytes(),
            channel: Channel::Link,
        })
        .collect();
    let outcome = shop.batch(&bodies).await?;
    let mut ids: Vec<String> = outcome
        .items
        .into_iter()
        .map(|item| item.map(|answer| answer.value.invoice_id))
        .collect::<Result<_, _>>()?;
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2000);
    Ok(())
}
