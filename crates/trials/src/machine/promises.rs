//! What the merchant was promised: the answers to his commands, and nothing of how they came about.

use std::collections::{BTreeMap, BTreeSet};

use ledger::Shown;
use serde_json::Value;

use crate::judge::{Ground, Intent, Kept, There, Verdict, Way, judge};

/// The time to take back, seconds, as the merchant is told it.
const HOLD: i64 = 5;

/// One thing that the merchant wants paid, known on both sides by its amount.
#[derive(Debug)]
pub(super) struct Wish {
    pub(super) intent: Intent,
    /// What to send again: the draft as it was saved.
    pub(super) order: Option<Value>,
    /// The invoice's id, while it is said to be sent.
    pub(super) invoice: Option<String>,
    pub(super) number: Option<u64>,
    /// When that was said, seconds since the beginning.
    sent_at: i64,
    /// Of which run it is the row, and its place in the file.
    pub(super) row: Option<(usize, u64)>,
    /// The merchant gave it up: a link that nobody has, wherever it is.
    pub(super) given_up: bool,
}

impl Wish {
    pub(super) fn new(amount: i64, way: Way, order: Option<Value>, row: Option<(usize, u64)>) -> Self {
        Self {
            intent: Intent {
                amount,
                way,
                promised: false,
                story: Vec::new(),
            },
            order,
            invoice: None,
            number: None,
            sent_at: 0,
            row,
            given_up: false,
        }
    }

    /// The core said that it is sent, as this invoice.
    pub(super) fn promise(&mut self, row: &Value, now: i64) {
        self.sent_at = now;
        self.intent.promised = true;
        self.invoice = row["id"].as_str().map(str::to_owned);
        self.number = row["number"].as_u64();
    }

    /// Whether the merchant was promised that it can still be taken back.
    pub(super) fn is_held(&self, now: i64) -> bool {
        self.intent.promised && now < self.sent_at + HOLD
    }
}

/// All promises.
#[derive(Debug, Default)]
pub(super) struct Promises {
    pub(super) wishes: Vec<Wish>,
    /// Ids of the runs.
    pub(super) runs: Vec<String>,
    /// The runs that are paused, with the wishes that were seen to wait since: none of these may reach the service.
    pub(super) paused: BTreeMap<usize, BTreeSet<usize>>,
    /// Numbers that the merchant was told of and that came back: only these may be missing.
    given_back: BTreeSet<u64>,
}

impl Promises {
    /// The core said that this one was taken back.
    pub(super) fn take_back(&mut self, wish: usize) {
        let wish = &mut self.wishes[wish];
        wish.intent.promised = false;
        wish.invoice = None;
        self.given_back.extend(wish.number.take());
    }

    /// Everything is at rest: compares both books with what was promised. `open_doubts` are the numbers of those that are
    /// said to be in doubt still, because the repetition was refused and only the merchant could go on.
    pub(super) fn judge(self, mut kept: Vec<Kept>, there: &[There], open_doubts: &BTreeSet<u64>) -> Verdict {
        let mut more = Verdict::default();
        for row in &mut kept {
            let wish = self.wishes.iter().find(|wish| wish.intent.amount == row.amount);
            let Some(wish) = wish else {
                more.misclaimed.push(format!("nobody wanted {row:?}"));
                continue;
            };
            if !wish.intent.promised {
                let story = wish.intent.story.join(", ");
                more.misclaimed
                    .push(format!("{row:?} was never promised, or taken back; {story}"));
            }
            let at_the_service = there.iter().any(|there| there.amount == row.amount);
            let says_nothing = (row.shown == Shown::Replaced && wish.given_up)
                || (row.shown == Shown::InDoubt && open_doubts.contains(&row.number));
            if says_nothing {
                // Neither claims anything of the service: it may have it or not, but once at most.
                row.ground = Some(Ground::HeldBack);
                row.shown = if at_the_service {
                    Shown::SentIdUnknown
                } else {
                    Shown::Refused
                };
            }
        }
        let bound: BTreeSet<u64> = kept.iter().map(|row| row.number).collect();
        let last = bound.last().copied().unwrap_or(0);
        let missing = self
            .given_back
            .iter()
            .filter(|number| !bound.contains(number) && **number < last);
        let fillers: Vec<Kept> = missing.map(|number| filler(*number)).collect();
        kept.extend(fillers);
        let intents: Vec<Intent> = self.wishes.into_iter().map(|wish| wish.intent).collect();
        let mut verdict = judge(&intents, &kept, there);
        verdict.add(more);
        verdict
    }
}

/// Those of `held` that the service has.
pub(super) fn passed(held: impl Iterator<Item = usize>, promises: &Promises, there: &[There]) -> Vec<usize> {
    let is_there = |wish: &usize| {
        let amount = promises.wishes[*wish].intent.amount;
        there.iter().any(|row| row.amount == amount)
    };
    held.filter(is_there).collect()
}

/// Stands for a number that was taken back while a later one was in use. Its amount is nobody's.
fn filler(number: u64) -> Kept {
    Kept {
        number,
        amount: -1,
        shown: Shown::Refused,
        service_id: None,
        ground: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_waited_while_its_run_was_paused_may_not_be_there() {
        let way = Way {
            phone: None,
            link: true,
            due: "2026-12-07".into(),
        };
        let promises = Promises {
            wishes: vec![
                Wish::new(500, way.clone(), None, None),
                Wish::new(505, way.clone(), None, None),
            ],
            ..Promises::default()
        };
        let there = There {
            id: "id".into(),
            number: None,
            amount: 505,
            way,
            status: "created".into(),
        };
        assert_eq!(passed([0, 1].into_iter(), &promises, &[there]), [1]);
    }
}
