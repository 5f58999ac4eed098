//! Callbacks: what a merchant's receiver gets, and what it does not (spec 11).

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, ensure};
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode as Code};
use axum::routing::post;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Switches;
use simulator::visitor::Person;
use tokio::sync::mpsc;

use crate::shop::{EXPIRED_CARD, Shop, Still, TODAY, USER, world, world_at};

/// The value of `Authorization`, and the body as it came.
type Got = (String, String);

#[derive(Clone)]
struct Inbox {
    tell: mpsc::UnboundedSender<Got>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

/// A receiver on its own port. It answers 200, or first what is told to it.
pub(crate) struct Receiver {
    pub(crate) url: String,
    pub(crate) got: mpsc::UnboundedReceiver<Got>,
    answers: Arc<Mutex<VecDeque<u16>>>,
}

async fn take(State(inbox): State<Inbox>, headers: HeaderMap, body: String) -> Code {
    let authorization = headers["authorization"].to_str().unwrap_or_default().to_owned();
    let _ = inbox.tell.send((authorization, body));
    let answer = inbox
        .answers
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front();
    Code::from_u16(answer.unwrap_or(200)).unwrap_or(Code::OK)
}

impl Receiver {
    pub(crate) async fn open() -> Result<Self> {
        let (tell, got) = mpsc::unbounded_channel();
        let answers = Arc::<Mutex<VecDeque<u16>>>::default();
        let inbox = Inbox {
            tell,
            answers: Arc::clone(&answers),
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/callbacks", listener.local_addr()?);
        let app = Router::new().route("/callbacks", post(take)).with_state(inbox);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, got, answers })
    }

    fn will_answer(&self, answers: &[u16]) {
        *self.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers.iter().copied().collect();
    }

    /// The requests that have come so far: status and sequence of each event.
    fn requests(&mut self) -> Vec<Vec<(String, i64)>> {
        std::iter::from_fn(|| self.got.try_recv().ok())
            .map(|(_, body)| short(&body))
            .collect()
    }
}

pub(crate) fn short(body: &str) -> Vec<(String, i64)> {
    let events: Vec<Value> = serde_json::from_str(body).unwrap_or_default();
    events
        .iter()
        .map(|event| {
            (
                event["Status"].as_str().unwrap_or_default().to_owned(),
                event["Sequence"].as_i64().unwrap_or_default(),
            )
        })
        .collect()
}

async fn practice(shop: &Shop, method: Method, path: &str, body: &Value) -> Result<Value> {
    let url = format!("{}/__practice/callbacks{path}", shop.simulator.base_url());
    let answer = shop.http.request(method, url).json(body).send().await?;
    ensure!(answer.status().is_success(), "{}", answer.status());
    Ok(serde_json::from_str(&answer.text().await?).unwrap_or(Value::Null))
}

pub(crate) async fn listening(shop: &Shop) -> Result<Receiver> {
    let receiver = Receiver::open().await?;
    let target = json!({ "url": receiver.url, "authorization": "SomeSecretApiKey123" });
    practice(
        shop,
        Method::PUT,
        &format!("/receivers/{}", shop.merchant),
        &target,
    )
    .await?;
    Ok(receiver)
}

pub(crate) async fn flush(shop: &Shop) -> Result<()> {
    practice(shop, Method::POST, "/flush", &Value::Null)
        .await
        .map(drop)
}

pub(crate) fn events(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected
        .iter()
        .map(|(status, sequence)| ((*status).to_owned(), *sequence))
        .collect()
}

#[tokio::test]
async fn a_receiver_hears_of_creation_and_payment_in_one_array() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.accept(&id, USER, TODAY).await?;
    flush(&shop).await?;
    let (authorization, told) = receiver.got.recv().await.context("nothing came")?;
    assert_eq!(authorization, "SomeSecretApiKey123");
    assert_eq!(
        short(&told),
        events(&[("Created", 1), ("Accepted", 2), ("Paid", 3)])
    );
    let told: Value = serde_json::from_str(&told)?;
    assert_eq!(told[0]["InvoiceId"], id.as_str());
    assert_eq!(told[0]["Date"], "2026-03-02T11:00:00.0000000+00:00");
    assert_eq!(
        (&told[1]["PaymentDate"], &told[2]["PaymentDate"]),
        (&json!(TODAY), &Value::Null)
    );
    flush(&shop).await?;
    assert!(receiver.requests().is_empty());
    Ok(())
}

#[tokio::test]
async fn a_batch_goes_out_when_its_five_seconds_are_over() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    shop.create(&shop.body("1")).await?;
    let clock = format!("{}/__practice/clock", shop.simulator.base_url());
    let move_on = async |seconds: i64| -> Result<()> {
        let moved = shop.http.post(&clock).json(&json!({ "advanceSeconds": seconds }));
        moved.send().await?.error_for_status()?;
        Ok(())
    };
    move_on(4).await?;
    // Time enough for who would carry it now: a look at the events is as long a way as a delivery.
    for _ in 0..20 {
        let seen = practice(&shop, Method::GET, "", &Value::Null).await?;
        assert_eq!(
            (&seen["events"][0]["due"], &seen["events"][0]["fate"]),
            (&json!("2026-03-02T11:00:05Z"), &json!("waiting"))
        );
    }
    assert!(receiver.requests().is_empty());
    move_on(1).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    assert_eq!(short(&told), events(&[("Created", 1)]));
    Ok(())
}

/// Rows for as many people as there are.
fn crowd(shop: &Shop, count: usize) -> Vec<Value> {
    let row = |nth: usize| {
        let mut body = shop.body(&nth.to_string());
        body["ConsumerAlias"]["Alias"] = json!(format!("+4557370{nth:03}"));
        body
    };
    (0..count).map(row).collect()
}

#[tokio::test]
async fn a_request_carries_a_hundred_events_at_most() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    shop.batch(&crowd(&shop, 101)).await?;
    flush(&shop).await?;
    let sizes: Vec<usize> = receiver.requests().iter().map(Vec::len).collect();
    assert_eq!(sizes, [100, 1]);
    Ok(())
}

#[tokio::test]
async fn a_redirect_is_a_failure_and_is_not_followed() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut elsewhere = Receiver::open().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}/callbacks", listener.local_addr()?);
    // 302, after which many clients call the target with GET, and 307, after which they repeat the POST.
    let found = (Code::FOUND, [("location", elsewhere.url.clone())]);
    let moved = (Code::TEMPORARY_REDIRECT, [("location", elsewhere.url.clone())]);
    let app = Router::new()
        .route("/callbacks", post(async move || found))
        .route("/callbacks/moved", post(async move || moved));
    tokio::spawn(async move { axum::serve(listener, app).await });
    for (number, (path, answer)) in [("", "302 Found"), ("/moved", "307 Temporary Redirect")]
        .into_iter()
        .enumerate()
    {
        let target = json!({ "url": format!("{url}{path}"), "authorization": "K" });
        let receiver = format!("/receivers/{}", shop.merchant);
        practice(&shop, Method::PUT, &receiver, &target).await?;
        shop.create(&shop.body(&number.to_string())).await?;
        flush(&shop).await?;
        let seen = practice(&shop, Method::GET, "", &Value::Null).await?;
        let event = &seen["events"][number];
        assert_eq!(
            (&event["answer"], &event["fate"], &event["attempts"]),
            (&json!(answer), &json!("waiting"), &json!(1))
        );
    }
    assert!(elsewhere.requests().is_empty());
    Ok(())
}

/// The ten seconds are real ones: a receiver's time is no time of trade.
#[tokio::test]
async fn a_receiver_has_ten_seconds_and_one_that_hangs_keeps_nobody_elses_waiting() -> Result<()> {
    let mut shop = Shop::danish().await?;
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let target = json!({ "url": format!("http://{}/", silent.local_addr()?), "authorization": "K" });
    let path = format!("/receivers/{}", shop.merchant);
    practice(&shop, Method::PUT, &path, &target).await?;
    shop.create(&shop.body("1")).await?;
    let flush_url = format!("{}/__practice/callbacks/flush", shop.simulator.base_url());
    let begun = std::time::Instant::now();
    let given_up = tokio::spawn(shop.http.post(flush_url).send());
    let _held = silent.accept().await?;

    // Another merchant, whose receiver answers, while the first one's hangs.
    shop.open_for(Person::finnish()).await?;
    let mut receiver = listening(&shop).await?;
    let mut body = shop.body("1");
    body["ConsumerAlias"]["Alias"] = json!("+358121161343");
    shop.create(&body).await?;
    shop.days_pass(1).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    assert_eq!(short(&told), events(&[("Created", 1)]));
    assert!(!given_up.is_finished(), "the first one is still waited for");

    let made: Value = given_up.await??.json().await?;
    assert_eq!(made["deliveries"][0]["answer"], "no answer in time");
    let waited = begun.elapsed().as_secs_f64();
    assert!((9.9..20.0).contains(&waited), "{waited}");
    Ok(())
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_eight_times_on_the_table_and_then_lost() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    receiver.will_answer(&[500; 9]);
    shop.create(&shop.body("1")).await?;
    flush(&shop).await?;
    let mut waits = Vec::new();
    for _ in 0..8 {
        let seen = practice(&shop, Method::GET, "", &Value::Null).await?;
        let event = &seen["events"][0];
        let read =
            |name: &str| -> Result<jiff::Timestamp> { Ok(event[name].as_str().context("none")?.parse()?) };
        waits.push(read("due")?.duration_since(read("at")?).as_secs());
        assert_eq!(event["answer"], "500 Internal Server Error");
        flush(&shop).await?;
    }
    assert_eq!(waits, [5, 1140, 2340, 4740, 9540, 19_140, 38_340, 76_740]);
    flush(&shop).await?;
    assert_eq!(receiver.requests().len(), 9);
    let seen = practice(&shop, Method::GET, "", &Value::Null).await?;
    assert_eq!(seen["events"][0]["fate"], "lost");
    Ok(())
}

#[tokio::test]
async fn deliveries_are_reordered_doubled_gapped_and_withheld_on_demand() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let cases = [
        (
            json!({"reorder": true}),
            vec![events(&[("Canceled", 2)]), events(&[("Created", 1)])],
        ),
        (
            json!({"duplicates": 1}),
            vec![events(&[
                ("Created", 1),
                ("Created", 1),
                ("Canceled", 2),
                ("Canceled", 2),
            ])],
        ),
        (
            json!({"gaps": 1}),
            vec![events(&[("Created", 2), ("Canceled", 4)])],
        ),
        (json!({"lost": 1}), vec![]),
    ];
    for (number, (worse, told)) in cases.iter().enumerate() {
        practice(&shop, Method::POST, "", worse).await?;
        let id = shop.create(&shop.body(&number.to_string())).await?;
        shop.cancel(&id).await?;
        flush(&shop).await?;
        assert_eq!(&receiver.requests(), told, "{worse}");
    }
    Ok(())
}

#[tokio::test]
async fn every_twentieth_event_leaves_a_number_out_unless_it_is_the_first_of_its_invoice() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let rows = crowd(&shop, 39);
    let (_, answer) = shop.batch(&rows[..19]).await?;
    let first = answer["Accepted"][0]["InvoiceId"].as_str().context("an id")?;
    // Event 20 is the second of its invoice, event 40 the first of its own.
    shop.cancel(first).await?;
    shop.batch(&rows[19..]).await?;
    flush(&shop).await?;
    let told: Vec<_> = receiver.requests().into_iter().flatten().collect();
    let mut expected = events(&[("Created", 1); 39]);
    expected.insert(19, ("Canceled".to_owned(), 3));
    assert_eq!(told, expected);
    Ok(())
}

#[tokio::test]
async fn a_failing_card_and_time_alone_are_told_too() -> Result<()> {
    let shop = Shop::danish().await?;
    let mut receiver = listening(&shop).await?;
    let mut body = shop.body("1");
    body["ConsumerAlias"]["Alias"] = json!(EXPIRED_CARD.2);
    let id = shop.create(&body).await?;
    // Pay later with a card that will fail: it stays accepted on the day, and expires in the end (spec 14.2).
    shop.accept(&id, EXPIRED_CARD, "2026-03-10").await?;
    shop.days_pass(9).await?;
    assert_eq!(shop.status(&id).await?, "accepted");
    shop.days_pass(33).await?;
    assert_eq!(shop.status(&id).await?, "expired");
    flush(&shop).await?;
    let told: Vec<_> = receiver.requests().into_iter().flatten().collect();
    assert_eq!(told, events(&[("Created", 1), ("Accepted", 2), ("Expired", 3)]));
    Ok(())
}

/// Who waits for callbacks asks for nothing, so nothing may wait for a request.
#[tokio::test]
async fn what_time_alone_brings_is_told_although_nobody_asks() -> Result<()> {
    let clock = Arc::<Still>::default();
    let simulator = world_at(Arc::clone(&clock), None, Switches::default()).await?;
    let shop = Shop::over(simulator, Person::danish()).await?;
    let mut receiver = listening(&shop).await?;
    shop.create(&shop.body("1")).await?;
    flush(&shop).await?;
    let (_, told) = receiver.got.recv().await.context("nothing came")?;
    assert_eq!(short(&told), events(&[("Created", 1)]));
    // The computer's clock goes on, and no request is made.
    clock.pass(60 * 86_400);
    let told = async {
        loop {
            tokio::select! {
                told = receiver.got.recv() => return told,
                () = tokio::time::sleep(std::time::Duration::from_millis(100)) => clock.pass(5),
            }
        }
    };
    // A deadline, so that a fault ends the test instead of hanging it.
    let told = tokio::time::timeout(std::time::Duration::from_mins(1), told).await?;
    assert_eq!(short(&told.context("nothing came")?.1), events(&[("Expired", 2)]));
    Ok(())
}

#[tokio::test]
async fn without_a_receiver_nothing_is_kept_and_a_receiver_that_hangs_holds_nobody_up() -> Result<()> {
    let shop = Shop::danish().await?;
    shop.create(&shop.body("1")).await?;
    assert_eq!(
        practice(&shop, Method::GET, "", &Value::Null).await?["events"],
        json!([])
    );
    // It takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let target = json!({ "url": format!("http://{}/", silent.local_addr()?), "authorization": "Basic eA==" });
    practice(
        &shop,
        Method::PUT,
        &format!("/receivers/{}", shop.merchant),
        &target,
    )
    .await?;
    let id = shop.create(&shop.body("2")).await?;
    shop.days_pass(1).await?;
    let _held = silent.accept().await?;
    assert_eq!(shop.status(&id).await?, "created");
    Ok(())
}

#[tokio::test]
async fn what_waits_survives_a_restart() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let data = Some(folder.path().to_owned());
    let mut shop = Shop::over(world(data.clone(), Switches::default()).await?, Person::danish()).await?;
    let mut receiver = listening(&shop).await?;
    let id = shop.create(&shop.body("1")).await?;
    shop.simulator.shutdown().await;
    shop.simulator = world(data, Switches::default()).await?;
    shop.cancel(&id).await?;
    flush(&shop).await?;
    let told: Vec<_> = receiver.requests().into_iter().flatten().collect();
    assert_eq!(told, events(&[("Created", 1), ("Canceled", 2)]));
    Ok(())
}
