//! A disk that fails: what was not written has not happened, on disk or in memory (spec 11, 14).

use std::path::Path;

use anyhow::{Context as _, Result};
use reqwest::{Method, StatusCode};
use rusqlite::Connection;
use serde_json::{Value, json};
use simulator::Switches;
use simulator::visitor::Person;

use crate::callbacks::{Receiver, flush, listening, short};
use crate::shop::{Shop, TODAY, USER, world};

/// A shop whose books can be made to fail, and its receiver.
struct Kept {
    folder: tempfile::TempDir,
    shop: Shop,
    receiver: Receiver,
}

impl Kept {
    async fn open() -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let shop = Shop::over(at(folder.path()).await?, Person::danish()).await?;
        let receiver = listening(&shop).await?;
        Ok(Self {
            folder,
            shop,
            receiver,
        })
    }

    fn books(&self) -> Result<Connection> {
        Ok(Connection::open(self.folder.path().join("simulator.db"))?)
    }

    /// From now on the event after so many fails to be written.
    fn fails_after(&self, events: u32) -> Result<()> {
        let trigger = format!(
            "CREATE TRIGGER full BEFORE INSERT ON document
             WHEN NEW.kind = 'event' AND (SELECT count(*) FROM document WHERE kind = 'event') >= {events}
             BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        );
        Ok(self.books()?.execute_batch(&trigger)?)
    }

    fn heals(&self) -> Result<()> {
        Ok(self.books()?.execute_batch("DROP TRIGGER full")?)
    }

    fn count(&self, kind: &str) -> Result<u32> {
        let asked = "SELECT count(*) FROM document WHERE kind = ?1";
        Ok(self.books()?.query_row(asked, [kind], |row| row.get(0))?)
    }

    async fn told(&mut self) -> Result<Vec<String>> {
        flush(&self.shop).await?;
        let told = std::iter::from_fn(|| self.receiver.got.try_recv().ok());
        Ok(told
            .flat_map(|(_, body)| short(&body))
            .map(|(status, _)| status)
            .collect())
    }
}

async fn at(folder: &Path) -> Result<simulator::Simulator> {
    world(Some(folder.to_owned()), Switches::default()).await
}

async fn post(shop: &Shop, kind: &str, body: &Value) -> Result<StatusCode> {
    Ok(shop.call(Method::POST, &shop.path(kind), Some(body)).await?.0)
}

#[tokio::test]
async fn an_invoice_whose_event_is_not_written_is_none_and_its_repetition_makes_one() -> Result<()> {
    let mut kept = Kept::open().await?;
    kept.fails_after(0)?;
    let body = kept.shop.body("1");
    for (kind, sent) in [("/invoices", &body), ("/invoices/batch", &json!([body]))] {
        let status = post(&kept.shop, kind, sent).await?;
        assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!((kept.count("invoice")?, kept.count("event")?), (0, 0), "{kind}");
    }
    kept.heals()?;
    assert_eq!(post(&kept.shop, "/invoices", &body).await?, StatusCode::OK);
    assert_eq!((kept.count("invoice")?, kept.count("event")?), (1, 1));
    assert_eq!(kept.told().await?, ["Created"]);
    Ok(())
}

#[tokio::test]
async fn a_payment_is_written_with_all_its_events_or_not_at_all() -> Result<()> {
    let mut kept = Kept::open().await?;
    let id = kept.shop.create(&kept.shop.body("1")).await?;
    // Accepted could be written, Paid could not.
    kept.fails_after(2)?;
    let path = format!("/consumers/me/invoices/{id}/accept");
    let asked = kept.shop.request(Method::PUT, &path);
    let asked = asked.header("AuthenticatedUser", USER.0);
    let body = json!({"paymentDate": TODAY, "ConsumerCard": USER.1});
    let status = asked.json(&body).send().await?.status();
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(kept.shop.status(&id).await?, "created");
    assert_eq!(kept.count("event")?, 1);
    kept.heals()?;
    kept.shop.accept(&id, USER, TODAY).await?;
    assert_eq!(kept.told().await?, ["Created", "Accepted", "Paid"]);
    Ok(())
}

#[tokio::test]
async fn a_jump_of_the_clock_is_written_whole_or_the_clock_stands_where_it_stood() -> Result<()> {
    let mut kept = Kept::open().await?;
    let mut ids = Vec::new();
    for number in 1..=3 {
        ids.push(kept.shop.create(&kept.shop.body(&number.to_string())).await?);
    }
    kept.shop.accept(&ids[0], USER, "2026-03-10").await?;
    // Four are written; the payment and one expiry could be, the other could not.
    kept.fails_after(6)?;
    let refused = kept.shop.days_pass(60).await;
    assert!(refused.unwrap_err().to_string().starts_with("500"));
    kept.heals()?;
    let clock = format!("{}/__practice/clock", kept.shop.simulator.base_url());
    assert!(reqwest::get(clock).await?.text().await?.contains(TODAY));
    kept.shop.simulator.shutdown().await;
    kept.shop.simulator = at(kept.folder.path()).await?;
    for (id, status) in ids.iter().zip(["accepted", "created", "created"]) {
        assert_eq!(kept.shop.status(id).await?, status);
    }
    kept.shop.days_pass(60).await?;
    for (id, status) in ids.iter().zip(["paid", "expired", "expired"]) {
        assert_eq!(kept.shop.status(id).await?, status);
    }
    let told = kept.told().await?;
    let ends = told.get(4..).context("what the jump brought")?;
    assert_eq!(ends, ["Paid", "Expired", "Expired"]);
    Ok(())
}
