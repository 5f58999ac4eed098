//! Carries events to the receivers, to each apart: a pass when something is due, or at once when asked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use reqwest::redirect::Policy;
use serde::Serialize;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;

use super::{Event, Target};
use crate::seed;
use crate::world::World;

/// Seconds that a receiver has for its answer (spec 21.2).
const PATIENCE: Duration = Duration::from_secs(10);

/// One at a time carries to a merchant's receiver, so that nothing is carried twice. A receiver that hangs keeps nobody
/// else's waiting.
pub(crate) struct Courier {
    client: reqwest::Client,
    /// By merchant.
    carrying: BTreeMap<&'static str, Mutex<()>>,
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
            carrying: seed::MERCHANTS
                .iter()
                .map(|merchant| (merchant.id, Mutex::default()))
                .collect(),
        })
    }

    /// Carries what is due until `stop`.
    pub(crate) fn work(world: &Arc<World>, stop: &CancellationToken) {
        for merchant in seed::MERCHANTS {
            tokio::spawn(Self::work_for(merchant.id, Arc::clone(world), stop.clone()));
        }
    }

    async fn work_for(merchant: &'static str, world: Arc<World>, stop: CancellationToken) {
        let mut moves = world.ahead.subscribe();
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                // The clock was moved: something may be due.
                _ = moves.changed() => {}
                () = tokio::time::sleep(Duration::from_secs(1)) => {}
            }
            let due = {
                let mut state = world.lock();
                // What time alone brings is told although nobody asks for anything: who waits for callbacks does not poll.
                if let Err(error) = state.pass_time() {
                    tracing::error!(%error, "the books of the simulator were not written");
                }
                let now = state.now();
                state.outgoing.is_due(merchant, now)
            };
            if due {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = carry_to(&world, merchant, false) => {}
                }
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

/// One pass over all that waits, whoever it is for.
pub(crate) async fn carry(world: &World) -> Vec<Delivery> {
    let all = seed::MERCHANTS
        .iter()
        .map(|merchant| carry_to(world, merchant.id, true));
    futures::future::join_all(all)
        .await
        .into_iter()
        .flatten()
        .collect()
}

/// One pass over what is due for a merchant's receiver, or over all that waits for it.
async fn carry_to(world: &World, merchant: &str, at_once: bool) -> Vec<Delivery> {
    let Some(line) = world.courier.carrying.get(merchant) else {
        return Vec::new();
    };
    let _alone = line.lock().await;
    let due = (!at_once).then(|| world.now());
    let requests = world.lock().outgoing.requests(merchant, due);
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
    let waiting = numbers
        .iter()
        .filter_map(|number| state.outgoing.events.get(number))
        .filter(|event| event.fate == super::Fate::Waiting);
    let mut tried: Vec<Event> = waiting.cloned().collect();
    for event in &mut tried {
        event.answered(taken, answer, now);
    }
    let books = &state.books;
    match books.together(|| tried.iter().try_for_each(|event| event.write(books))) {
        Ok(()) => state.outgoing.keep(tried),
        Err(error) => tracing::error!(%error, "what became of callbacks was not written"),
    }
}
