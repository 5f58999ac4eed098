//! Three doors back into the program, one rule: at most one answer, only for the sign-in in progress, only within its time.

use std::sync::Arc;

use crate::clock::Ahead;
use crate::shop::{Remembering, Shop};
use desk::ipc::{Event, SigninReason};
use desk::{Desk, Setup};
use login::Clock;
use serde_json::json;
use simulator::visitor::{self, Person, Return};

#[derive(Clone, Copy, Debug)]
enum Door {
    Link,
    Pasted,
    Loopback,
}

const DOORS: [Door; 3] = [Door::Link, Door::Pasted, Door::Loopback];

/// A shop, its clock, and an answer on its way back by one door.
struct Returning {
    shop: Shop,
    clock: Arc<Ahead>,
    door: Door,
    address: String,
    parameters: String,
}

impl Returning {
    async fn by(door: Door) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (secrets, clock) = (
            Arc::new(login::SessionOnly::default()),
            Arc::new(Ahead::default()),
        );
        let setup = Setup {
            data: folder.path().join("data"),
            documents: folder.path().join("documents"),
            browser: Arc::new(Remembering::default()),
            secrets: Arc::clone(&secrets) as Arc<dyn login::SecretStore>,
            version: "test".into(),
            return_page: "<!doctype html><title>return</title>",
        };
        let desk = Desk::open_by(setup, Arc::clone(&clock) as Arc<dyn Clock>)
            .await
            .unwrap();
        let shop = Shop {
            desk,
            secrets,
            folder,
        };
        let by_door = match door {
            Door::Loopback => json!({ "door": "loopback" }),
            Door::Link | Door::Pasted => json!({}),
        };
        let begun = shop.call("signin_begin", by_door).await;
        let authorize = begun["authorizeUrl"].as_str().unwrap();
        let (address, parameters) = match visitor::consent(authorize, Person::danish()).await.unwrap() {
            Return::Fragment(address) => {
                let (address, fragment) = address.split_once('#').unwrap();
                (address.to_owned(), fragment.to_owned())
            }
            Return::Form { action, body } => (action, body),
        };
        Self {
            shop,
            clock,
            door,
            address,
            parameters,
        }
    }

    /// Hands the answer over. Answers what the program said of it: `None` when it was taken and signed in.
    async fn hand_over(&self, parameters: &str) -> Option<SigninReason> {
        let mut events = self.shop.desk.events();
        match self.door {
            Door::Link => {
                let link = format!("dk.kvit.desktop://return/practice?{parameters}");
                self.shop.desk.receive_link(link).await;
            }
            Door::Pasted => {
                let pasted = json!({ "address": format!("{}#{parameters}", self.address) });
                let refused = self.shop.try_call("signin_paste", pasted).await.err();
                return refused.map(|refusal| refusal.signin.unwrap());
            }
            Door::Loopback => {
                let http = reqwest::Client::builder().no_proxy().build().unwrap();
                let form = http
                    .post(&self.address)
                    .header("content-type", "application/x-www-form-urlencoded")
                    .body(parameters.to_owned());
                if form.send().await.is_err() {
                    // Nobody listens any more: that door is shut with its sign-in.
                    return Some(SigninReason::NoneInProgress);
                }
            }
        }
        loop {
            match events.recv().await.unwrap() {
                Event::SigninEnded { end } => return end.refused.map(|refused| refused.reason),
                Event::LinkRefused { refused } => return Some(refused.reason),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn by_each_door_a_foreign_a_second_and_a_late_answer_are_refused_and_said() {
    for door in DOORS {
        let returning = Returning::by(door).await;
        let foreign = returning.parameters.replace("state=", "state=x");
        assert_eq!(
            returning.hand_over(&foreign).await,
            Some(SigninReason::AnotherSignin),
            "{door:?}"
        );
        // The foreign one has not ended the sign-in in progress.
        assert_eq!(returning.hand_over(&returning.parameters).await, None, "{door:?}");
        // Told of again only in another second.
        returning.clock.pass(2);
        assert_eq!(
            returning.hand_over(&returning.parameters).await,
            Some(SigninReason::NoneInProgress),
            "{door:?}"
        );
        returning.shop.desk.close().await;

        let late = Returning::by(door).await;
        late.clock.pass(601);
        assert_eq!(
            late.hand_over(&late.parameters).await,
            Some(SigninReason::TimeOver),
            "{door:?}"
        );
        assert_eq!(
            late.shop.call("connection_show", json!({})).await["session"]["state"],
            "signed_out"
        );
        late.shop.desk.close().await;
    }
}

#[tokio::test]
async fn a_program_that_posts_answer_after_answer_is_told_of_once_a_second() {
    let returning = Returning::by(Door::Loopback).await;
    let mut events = returning.shop.desk.events();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let before = returning.clock.monotonic_seconds();
    for at in 0..60 {
        let foreign = returning.parameters.replace("state=", &format!("state=x{at}"));
        let form = http
            .post(&returning.address)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(foreign);
        form.send().await.unwrap();
    }
    let seconds = returning.clock.monotonic_seconds() - before + 1;
    let mut told = 0;
    while let Ok(event) = events.try_recv() {
        told += u64::from(matches!(event, Event::LinkRefused { .. }));
    }
    assert!(
        (1..=seconds).contains(&told),
        "told {told} times in {seconds} seconds"
    );
    assert_eq!(returning.hand_over(&returning.parameters).await, None);
}
