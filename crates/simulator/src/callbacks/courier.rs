//! Carries events to the receivers: a pass when something is due, or at once when asked.

use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use serde::Serialize;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use super::Target;
use crate::world::World;

/// Seconds that a receiver has for its answer (spec 21.2).
const PATIENCE: Duration = Duration::from_secs(10);

/// One at a time carries, so that nothing is carried twice.
pub(crate) struct Courier {
    client: reqwest::Client,
    carrying: Mutex<()>,
    woken: Notify,
}

/// A request that was made.
#[derive(Serialize)]
pub(crate) struct Delivery {
    url: String,
    events: usize,
    answer: String,
}

impl Courier {
    pub(crate) fn new() -> Result<Self, reqwest::Error> {
        // Redirects are not followed (spec 21.2). Receivers are on this computer or named in full: no proxy.
        let client = reqwest::Client::builder()
            .timeout(PATIENCE)
            .redirect(Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self {
            client,
            carrying: Mutex::default(),
            woken: Notify::new(),
        })
    }

    /// The clock was moved: something may be due.
    pub(crate) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Carries what is due until `stop`.
    pub(crate) async fn work(world: Arc<World>, stop: CancellationToken) {
        let mut minute = world.now().as_second().div_euclid(60);
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = world.courier.woken.notified() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            let now = world.now();
            // What time alone brings is told although nobody asks for anything: who waits for callbacks does not poll.
            let current = now.as_second().div_euclid(60);
            if current != minute {
                minute = current;
                let passed = world.lock().pass_time(|country| World::date(country, now));
                if let Err(error) = passed {
                    tracing::error!(%error, "the books of the simulator were not written");
                }
            }
            if !world.lock().outgoing.is_due(now) {
                continue;
            }
            tokio::select! {
                () = stop.cancelled() => return,
                _ = carry(&world, false) => {}
            }
        }
    }

    async fn post(&self, target: &Target, body: String) -> (bool, String) {
        let request = self
            .client
            .post(&target.url)
            .header(AUTHORIZATION, &target.authorization)
            .header(CONTENT_TYPE, "application/json")
            .body(body);
        match request.send().await {
            Ok(answer) => (answer.status().is_success(), answer.status().to_string()),
            Err(error) if error.is_timeout() => (false, "no answer in time".to_owned()),
            Err(error) if error.is_connect() => (false, "no connection".to_owned()),
            Err(_) => (false, "the connection broke".to_owned()),
        }
    }
}

/// One pass over what is due, or over all that waits.
pub(crate) async fn carry(world: &World, at_once: bool) -> Vec<Delivery> {
    let _alone = world.courier.carrying.lock().await;
    let due = (!at_once).then(|| world.now());
    let requests = world.lock().outgoing.requests(due);
    let mut made = Vec::new();
    for (target, numbers) in requests {
        let body = body(world, &numbers);
        let (taken, answer) = world.courier.post(&target, body).await;
        let events = numbers.len();
        settle(world, numbers, taken, &answer);
        made.push(Delivery {
            url: target.url,
            events,
            answer,
        });
    }
    made
}

/// The array of these events; an event that is in it twice stays twice.
fn body(world: &World, numbers: &[u64]) -> String {
    let state = world.lock();
    let found = numbers
        .iter()
        .filter_map(|number| state.outgoing.events.get(number));
    let events: Vec<_> = found
        .map(|event| event.payload(world, state.invoices.get(&event.invoice)))
        .collect();
    serde_json::to_string(&events).expect("texts and numbers are JSON")
}

/// Writes what became of the events of a request; an event that is in it twice was tried once.
fn settle(world: &World, mut numbers: Vec<u64>, taken: bool, answer: &str) {
    numbers.dedup();
    let now = world.now();
    let mut state = world.lock();
    let state = &mut *state;
    for number in numbers {
        let Some(mut event) = state.outgoing.events.get(&number).cloned() else {
            continue;
        };
        if event.fate != super::Fate::Waiting {
            continue;
        }
        event.answered(taken, answer, now);
        if let Err(error) = state.outgoing.put(&state.books, event) {
            tracing::error!(%error, "what became of a callback was not written");
        }
    }
}
