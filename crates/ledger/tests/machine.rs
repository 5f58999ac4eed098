//! Random sequences of what the sender, the network, the merchant and a power cut do, against a small model of the service.
//!
//! The service of the model knows what really happened. Whatever the order: no invoice is lost, none is created twice at
//! the service (the identical bytes are one), and none claims what is not so.

#![expect(clippy::unwrap_used, reason = "a failed step is a failed test")]

mod shop;

use std::collections::{BTreeMap, BTreeSet};

use invoice::{Country, Money, State};
use ledger::{Answered, Heard, LedgerError, Outcome, Shown, Verified};
use proptest::prelude::*;
use shop::{Bill, Shop, accepted, answer, any_day, at, status};

#[derive(Clone, Copy, Debug)]
enum Fate {
    Taken,
    TakenAnswerLost,
    LostOnTheWay,
    Offline,
    Refused,
    PowerCut { reached: bool },
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Send { link: bool },
    Attempt(Fate),
    Restart,
    RetryNow(u8),
    NameId(u8, u8),
    Replace(u8),
    Undo(u8),
    Event(u8),
}

fn act() -> impl Strategy<Value = Act> {
    let fate = prop_oneof![
        3 => Just(Fate::Taken),
        3 => Just(Fate::TakenAnswerLost),
        2 => Just(Fate::LostOnTheWay),
        1 => Just(Fate::Offline),
        1 => Just(Fate::Refused),
        2 => any::<bool>().prop_map(|reached| Fate::PowerCut { reached }),
    ];
    prop_oneof![
        3 => any::<bool>().prop_map(|link| Act::Send { link }),
        8 => fate.prop_map(Act::Attempt),
        1 => Just(Act::Restart),
        2 => (0_u8..6).prop_map(Act::RetryNow),
        2 => (0_u8..6, 0_u8..6).prop_map(|(one, other)| Act::NameId(one, other)),
        2 => (0_u8..6).prop_map(Act::Replace),
        1 => (0_u8..6).prop_map(Act::Undo),
        2 => (0_u8..6).prop_map(Act::Event),
    ]
}

/// What is true, whatever the books say.
#[derive(Default)]
struct Service {
    /// Bytes that the service has, and the id it gave them.
    has: BTreeMap<Vec<u8>, String>,
    /// Creations, so that a second one shows.
    created: Vec<Vec<u8>>,
}

impl Service {
    /// The service's rule (spec 12.4): identical bytes exist once.
    fn take(&mut self, invoice_id: &str, request: &[u8]) -> Outcome {
        if self.has.contains_key(request) {
            return Outcome::Exists;
        }
        self.created.push(request.to_vec());
        self.has.insert(request.to_vec(), format!("service-{invoice_id}"));
        accepted(invoice_id)
    }
}

struct World {
    shop: Option<Shop>,
    service: Service,
    seconds: i64,
    sent: Vec<(String, bool)>,
    undone: BTreeSet<String>,
}

impl World {
    fn shop(&mut self) -> &mut Shop {
        self.shop.as_mut().unwrap()
    }

    fn nth(&self, nth: u8) -> Option<String> {
        self.sent.get(usize::from(nth)).map(|(id, _)| id.clone())
    }

    fn restart(&mut self) {
        let mut shop = self.shop.take().unwrap().reopen();
        shop.books.recover(at(self.seconds)).unwrap();
        self.shop = Some(shop);
    }

    fn attempt(&mut self, fate: Fate) {
        let now = at(self.seconds);
        let Some(item) = self.shop().next_to_send(now) else {
            return;
        };
        let id = item.invoice_id.clone();
        let begun = self
            .shop()
            .books
            .begin_sending(&id, "correlation", &any_day(), now);
        assert!(begun.unwrap());
        let retry_at = at(self.seconds + 45);
        let outcome = match fate {
            Fate::Taken => self.service.take(&id, &item.request),
            Fate::TakenAnswerLost => {
                self.service.take(&id, &item.request);
                Outcome::Unclear { retry_at }
            }
            Fate::LostOnTheWay => Outcome::Unclear { retry_at },
            Fate::Offline => Outcome::NotSent { retry_at },
            Fate::Refused => Outcome::Refused,
            Fate::PowerCut { reached } => {
                if reached {
                    self.service.take(&id, &item.request);
                }
                return self.restart();
            }
        };
        self.shop().books.settle(&id, &outcome, answer(), now).unwrap();
    }

    /// The merchant names the id that the service gave `other`; its details are what the service has.
    fn name_id(&mut self, one: u8, other: u8) {
        let (Some(one), Some(other)) = (self.nth(one), self.nth(other)) else {
            return;
        };
        let Ok(record) = self.shop().books.invoice(&other) else {
            return;
        };
        let Some(service_id) = self.service.has.get(&record.request).cloned() else {
            return;
        };
        let verified = Verified {
            service_id,
            invoice_number: Some(record.summary.number.to_string()),
            total: Some(Money::of_minor(
                record.summary.gross_minor,
                Country::Dk.currency(),
            )),
            said: status(State::Created, self.seconds),
        };
        if self.shop().books.settle_by_id(&one, &verified).is_ok() {
            assert_eq!(one, other, "an id of another invoice was taken");
        }
    }

    fn event(&mut self, nth: u8) {
        let Some(id) = self.nth(nth) else { return };
        let event = Heard {
            service_id: format!("service-{id}"),
            state: State::Created,
            date: None,
            sequence: Some(0),
            payment_date: None,
            error_code: None,
            words: None,
            link: None,
            raw: "{}".into(),
            at: at(self.seconds),
            today: shop::TODAY,
        };
        // The service speaks only of what it has.
        if self
            .service
            .has
            .values()
            .any(|service_id| *service_id == event.service_id)
        {
            self.shop().books.take_events(&[event]).unwrap();
        }
    }

    fn act(&mut self, act: Act) {
        self.seconds += 20;
        match act {
            Act::Send { link } => {
                let id = format!("i{}", self.sent.len());
                let bill = Bill {
                    phone: (!link).then_some("31122334"),
                    ..Bill::default()
                };
                self.shop().send(&id, &bill);
                self.sent.push((id, link));
            }
            Act::Attempt(fate) => self.attempt(fate),
            Act::Restart => self.restart(),
            Act::RetryNow(nth) => {
                if let Some(id) = self.nth(nth) {
                    let now = at(self.seconds);
                    drop(self.shop().books.retry_now(&id, now));
                }
            }
            Act::NameId(one, other) => self.name_id(one, other),
            Act::Replace(nth) => {
                if let Some(id) = self.nth(nth) {
                    let (now, draft) = (at(self.seconds), format!("again-{id}"));
                    let replaced = self.shop().books.replace_doubted(&id, &draft, now);
                    let link = self.sent[usize::from(nth)].1;
                    assert!(
                        link || replaced.is_err(),
                        "an invoice that may lie on a phone was replaced"
                    );
                }
            }
            Act::Undo(nth) => {
                if let Some(id) = self.nth(nth) {
                    let (now, draft) = (at(self.seconds), format!("undone-{id}"));
                    match self.shop().books.undo(&id, &draft, now) {
                        Ok(_) => drop(self.undone.insert(id)),
                        Err(LedgerError::WrongState { .. } | LedgerError::NotFound(_)) => {}
                        Err(other) => panic!("{other}"),
                    }
                }
            }
            Act::Event(nth) => self.event(nth),
        }
    }

    fn check(&mut self) {
        let requests: BTreeSet<_> = self.service.created.iter().collect();
        assert_eq!(requests.len(), self.service.created.len(), "doubled");
        for (id, _) in self.sent.clone() {
            let found = self.shop().books.invoice(&id);
            if self.undone.contains(&id) {
                assert!(found.is_err());
                assert!(self.shop().books.draft(&format!("undone-{id}")).is_ok(), "lost");
                continue;
            }
            let record = found.expect("lost");
            let there = self.service.has.get(&record.request);
            match record.summary.shown {
                Shown::Accepted | Shown::Created => {
                    assert_eq!(record.service_id.as_ref(), there, "misclaimed");
                }
                Shown::SentIdUnknown => assert!(there.is_some(), "misclaimed: it is not there"),
                Shown::Refused | Shown::Held | Shown::Queued | Shown::Waiting => {
                    assert!(there.is_none(), "misclaimed: it is there");
                }
                Shown::Replaced => assert!(self.shop().books.draft(&format!("again-{id}")).is_ok(), "lost"),
                Shown::InDoubt => {}
                other => panic!("nothing leads to {other:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn nothing_is_lost_doubled_or_misclaimed(acts in prop::collection::vec(act(), 1..40)) {
        let mut world = World {
            shop: Some(Shop::new()),
            service: Service::default(),
            seconds: 10,
            sent: Vec::new(),
            undone: BTreeSet::new(),
        };
        for act in acts {
            world.act(act);
            world.check();
        }
        // Left alone with a working network, everything comes to an end that is known.
        for _ in 0..world.sent.len() * 2 {
            world.seconds += 100_000;
            world.attempt(Fate::Taken);
        }
        world.check();
        prop_assert_eq!(world.shop().books.outbox_waiting().unwrap(), 0);
    }
}

#[test]
fn a_duplicate_of_somebody_else_is_a_refusal_and_no_claim() {
    let mut shop = Shop::new();
    shop.send("a", &Bill::default());
    shop.begin("a", 6);
    shop.books
        .settle("a", &Outcome::Exists, Answered::default(), at(7))
        .unwrap();
    assert_eq!(shop.books.invoice("a").unwrap().summary.shown, Shown::Refused);
}
