//! The day is the merchant's own (spec 21.2), and a moved clock tells the moments that lie between.

use anyhow::Result;
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use simulator::Switches;
use simulator::visitor::Person;

use crate::callbacks::{flush, listening};
use crate::shop::{Shop, Still, TODAY, USER, world, world_at};

type User = (&'static str, &'static str, &'static str);

const FINNISH_USER: User = (
    "439d1721-0a36-499f-b236-8bfc61c6cbb7",
    "b5f78182-e2ff-402e-a646-46c7da8459a0",
    "+358121161343",
);

/// A shop half an hour before midnight of its own day.
struct Evening {
    shop: Shop,
    user: User,
    day: Date,
}

impl Evening {
    async fn of(person: Person, user: User, at: &str) -> Result<Self> {
        let simulator = world_at(Still::at(at)?, None, Switches::default()).await?;
        let shop = Shop::over(simulator, person).await?;
        let day = at.parse::<Timestamp>()?.strftime("%F").to_string().parse()?;
        Ok(Self { shop, user, day })
    }

    /// So many days from the one that it begins on.
    fn day(&self, days: i64) -> String {
        (self.day + Span::new().days(days)).to_string()
    }

    fn body(&self, number: &str, issued: i64, due: i64) -> Value {
        let mut body = self.shop.body(number);
        body["ConsumerAlias"]["Alias"] = json!(self.user.2);
        body["IssueDate"] = json!(self.day(issued));
        body["DueDate"] = json!(self.day(due));
        body
    }

    /// The code that this is refused with, or nothing.
    async fn code(&self, body: &Value) -> Result<Value> {
        let path = self.shop.path("/invoices");
        let (_, answer) = self.shop.call(Method::POST, &path, Some(body)).await?;
        Ok(answer["error_code"].clone())
    }

    async fn hour_passes(&self) -> Result<()> {
        let (status, _) = clock(&self.shop, &json!({"advanceSeconds": 3600})).await?;
        assert_eq!(status, StatusCode::OK);
        Ok(())
    }

    async fn ends_at_its_own_midnight(&self) -> Result<()> {
        let paid = self.shop.create(&self.body("1", 0, 10)).await?;
        self.shop.accept(&paid, self.user, &self.day(1)).await?;
        let over = self.shop.create(&self.body("2", 0, 0)).await?;
        assert_eq!(self.code(&self.body("yesterday", 0, -1)).await?, "10311");
        assert_eq!(self.code(&self.body("tomorrow", 1, 10)).await?, "10312");
        for number in 3..=10 {
            self.shop.create(&self.body(&number.to_string(), 0, 10)).await?;
        }
        let eleventh = self.body("11", 0, 10);
        assert_eq!(self.code(&eleventh).await?, "10314");
        assert_eq!(self.shop.status(&paid).await?, "accepted");

        self.hour_passes().await?;
        assert_eq!(self.shop.status(&paid).await?, "paid");
        assert_eq!(self.code(&eleventh).await?, Value::Null);
        assert_eq!(self.code(&self.body("today", 0, 0)).await?, "10311");
        assert_eq!(self.code(&self.body("tomorrow", 1, 10)).await?, Value::Null);

        // Back to half past eleven in the evening, of the last day on which it can be paid.
        let (status, _) = clock(&self.shop, &json!({"advanceSeconds": 30 * 86_400 - 3600})).await?;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(self.shop.status(&over).await?, "created");
        self.hour_passes().await?;
        assert_eq!(self.shop.status(&over).await?, "expired");
        Ok(())
    }
}

async fn clock(shop: &Shop, moved: &Value) -> Result<(StatusCode, String)> {
    let url = format!("{}/__practice/clock", shop.simulator.base_url());
    let answer = shop.http.post(url).json(moved).send().await?;
    Ok((answer.status(), answer.text().await?))
}

macro_rules! evenings {
    ($($name:ident: $person:expr, $user:expr, $at:literal;)+) => {
        $(#[tokio::test]
        async fn $name() -> Result<()> {
            Evening::of($person, $user, $at).await?.ends_at_its_own_midnight().await
        })+
    };
}

evenings! {
    the_danish_day_ends_at_23_utc_in_winter: Person::danish(), USER, "2026-01-15T22:30:00Z";
    the_danish_day_ends_at_22_utc_in_summer: Person::danish(), USER, "2026-07-15T21:30:00Z";
    the_finnish_day_ends_at_22_utc_in_winter: Person::finnish(), FINNISH_USER, "2026-01-15T21:30:00Z";
    the_finnish_day_ends_at_21_utc_in_summer: Person::finnish(), FINNISH_USER, "2026-07-15T20:30:00Z";
}

#[tokio::test]
async fn what_a_jump_brings_is_told_with_its_own_moment_and_in_that_order() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let mut ids = Vec::new();
    // The later end first; the payment is between the two in the order of creation.
    for (number, due) in [("1", "2026-03-12"), ("2", "2026-03-12"), ("3", "2026-03-03")] {
        let mut body = shop.body(number);
        body["DueDate"] = json!(due);
        ids.push(shop.create(&body).await?);
    }
    shop.accept(&ids[1], USER, "2026-03-10").await?;
    flush(&shop).await?;
    while receiver.got.try_recv().is_ok() {}

    shop.days_pass(60).await?;
    flush(&shop).await?;
    let mut told = Vec::new();
    while let Ok((_, body)) = receiver.got.try_recv() {
        told.extend(serde_json::from_str::<Vec<Value>>(&body)?);
    }
    let told: Vec<[&str; 3]> = told
        .iter()
        .map(|event| ["InvoiceId", "Status", "Date"].map(|name| event[name].as_str().unwrap_or_default()))
        .collect();
    // Six in the morning, and two midnights of summer time.
    assert_eq!(
        told,
        [
            [ids[1].as_str(), "Paid", "2026-03-10T05:00:00.0000000+00:00"],
            [ids[2].as_str(), "Expired", "2026-04-02T22:00:00.0000000+00:00"],
            [ids[0].as_str(), "Expired", "2026-04-11T22:00:00.0000000+00:00"],
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_moved_beyond_all_dates_stands_where_it_stood() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    for far in [
        json!({"advanceSeconds": 400_000_000_000_i64}),
        json!({"advanceSeconds": i64::MAX}),
        json!({"to": "9999-12-30T00:00:00Z"}),
    ] {
        assert_eq!(clock(&shop, &far).await?.0, StatusCode::BAD_REQUEST, "{far}");
    }
    shop.simulator.shutdown().await;
    shop.simulator = world(data, Switches::default()).await?;
    let (status, now) = clock(&shop, &json!({"advanceSeconds": 60})).await?;
    assert_eq!(status, StatusCode::OK);
    assert!(now.contains(&format!("{TODAY}T11:01:00Z")), "{now}");
    Ok(())
}

#[tokio::test]
async fn a_clock_that_is_moved_to_a_part_of_a_second_goes_to_the_next_whole_one() -> Result<()> {
    let shop = Shop::danish().await?;
    let (status, now) = clock(&shop, &json!({"to": "2026-03-02T11:00:00.25Z"})).await?;
    assert_eq!(status, StatusCode::OK);
    assert!(now.contains("2026-03-02T11:00:01Z"), "{now}");
    let (status, _) = clock(&shop, &json!({"to": "2026-03-02T11:00:00Z"})).await?;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    Ok(())
}
