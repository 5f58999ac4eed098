//! What the core says at this moment, held against the service's books and against its own evidence.
//!
//! The core works on meanwhile, so only that is compared which no order of events excuses: what was claimed before the
//! service's books were read must be so in them, and what they have must not be denied afterwards.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;
use serde_json::{Value, json};

use super::promises::Promises;
use super::shop::Shop;
use crate::judge::{Ground, There, Verdict};

/// What each invoice was last seen as.
#[derive(Default)]
pub(super) struct Claims {
    states: BTreeMap<String, String>,
    numbers: BTreeMap<String, u64>,
}

impl Claims {
    /// Compares, and takes down what is not so.
    pub(super) async fn check(
        &mut self,
        shop: &Shop,
        promises: &Promises,
        verdict: &mut Verdict,
    ) -> Result<()> {
        let before = shop.shown().await?;
        let there = shop.there().await?;
        let after = shop.shown().await?;
        let mut wrong = Vec::new();
        twice(&there, verdict);
        for row in &before {
            wrong.extend(not_there(row, &there));
            wrong.extend(self.renumbered(row));
        }
        wrong.extend(same_number(&after));
        for row in &there {
            wrong.extend(denied(row, &after, promises));
        }
        for row in &before {
            let (id, state) = (word(row, "id"), word(row, "state"));
            if self.states.get(id).map(String::as_str) != Some(state) {
                let shown = shop.must("invoice_show", json!({ "id": id })).await;
                // It may have been taken back with its run meanwhile.
                if let Ok(shown) = shown {
                    wrong.extend(without_evidence(&shown));
                    wrong.extend(other_id(&shown, &there));
                }
                self.states.insert(id.to_owned(), state.to_owned());
            }
        }
        let told = |what: String| {
            let amount = what.split_whitespace().next().and_then(|word| word.parse().ok());
            let wish = promises
                .wishes
                .iter()
                .find(|wish| Some(wish.intent.amount) == amount);
            let story = wish.map(|wish| wish.intent.story.join(", "));
            format!("{what}; {}", story.unwrap_or_default())
        };
        verdict.misclaimed.extend(wrong.into_iter().map(told));
        Ok(())
    }

    /// An invoice keeps its number.
    fn renumbered(&mut self, row: &Value) -> Option<String> {
        let number = row["number"].as_u64()?;
        let known = *self.numbers.entry(word(row, "id").to_owned()).or_insert(number);
        (known != number).then(|| format!("{} had the number {known} and now {number}", amount(row)))
    }
}

fn word<'a>(row: &'a Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

fn amount(row: &Value) -> i64 {
    row["amount"]["minor"].as_i64().unwrap_or_default()
}

fn twice(there: &[There], verdict: &mut Verdict) {
    let mut seen = BTreeSet::new();
    for row in there {
        if !seen.insert(row.amount) {
            verdict
                .doubled
                .push(format!("the service has {row:?} besides another"));
        }
    }
}

fn same_number(rows: &[Value]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    rows.iter()
        .filter(|row| !seen.insert(row["number"].as_u64()))
        .map(|row| format!("{} bears the number {} of another", amount(row), row["number"]))
        .collect()
}

/// A claim that the service has it, and in a state that is final.
fn not_there(row: &Value, there: &[There]) -> Option<String> {
    let state = word(row, "state");
    let known = there.iter().find(|there| there.amount == amount(row));
    let so = match state {
        "held" | "queued" | "sending" | "waiting" | "in_doubt" | "refused" | "replaced" => true,
        "paid" | "rejected" | "expired" | "canceled" => known.is_some_and(|there| there.status == state),
        _ => known.is_some(),
    };
    (!so).then(|| format!("{} is said to be {state}, but is {known:?}", amount(row)))
}

/// An id that the service gave to another, or to none.
fn other_id(shown: &Value, there: &[There]) -> Option<String> {
    let id = shown["technical"]["serviceId"].as_str()?;
    let amount = amount(&shown["row"]);
    let known = there.iter().find(|there| there.amount == amount)?;
    (known.id != id).then(|| format!("{amount} is said to be {id}, but is {known:?}"))
}

/// What the service has had for a while is not denied.
fn denied(there: &There, rows: &[Value], promises: &Promises) -> Option<String> {
    let Some(row) = rows.iter().find(|row| amount(row) == there.amount) else {
        let known = promises
            .wishes
            .iter()
            .any(|wish| wish.intent.amount == there.amount && wish.given_up);
        return (!known).then(|| format!("{} is not in the books: {there:?}", there.amount));
    };
    let state = word(row, "state");
    matches!(state, "held" | "queued" | "waiting" | "refused")
        .then(|| format!("{} is said to be {state}, but is {there:?}", there.amount))
}

/// What the timeline has to show for a refusal: the last word about it.
fn ground(said: &[&Value]) -> Option<Ground> {
    let number = |entry: &Value, name: &str| entry[name].as_u64();
    said.iter().rev().find_map(|entry| match word(entry, "what") {
        "due_date_passed" => Some(Ground::HeldBack),
        "refused" => Some(Ground::Answer {
            status: number(entry, "status")?.try_into().ok()?,
            code: number(entry, "errorCode").and_then(|code| code.try_into().ok()),
        }),
        _ => None,
    })
}

/// Each state has evidence of its own, and a doubt never turns into *not sent*.
fn without_evidence(shown: &Value) -> Vec<String> {
    let state = word(&shown["row"], "state");
    let said: Vec<&Value> = shown["timeline"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|entry| entry["flagged"] != true)
        .collect();
    let has = |what: &str| said.iter().any(|entry| entry["what"] == what);
    let told = |what: &str| {
        said.iter()
            .any(|entry| entry["what"] == what && entry["source"] != "this_computer")
    };
    let doubted = has("answer_lost") || has("interrupted");
    let named = match state {
        "held" | "queued" => has("sent"),
        "sending" => has("attempted"),
        "waiting" => has("not_sent"),
        "in_doubt" => doubted,
        "sent_id_unknown" => told("exists_already"),
        "refused" => ground(&said).is_some_and(Ground::refuses),
        "accepted" => told("taken_by_service"),
        "scheduled" => told("accepted"),
        "replaced" => has("replaced") && doubted,
        "created" | "paid" | "rejected" | "expired" | "canceled" | "invalid" => told(state),
        _ => false,
    };
    let line = amount(&shown["row"]);
    let story: Vec<&str> = said.iter().map(|entry| word(entry, "what")).collect();
    let mut wrong = Vec::new();
    if !named {
        wrong.push(format!(
            "{line} is said to be {state} without evidence: {story:?}"
        ));
    }
    if doubted && matches!(state, "held" | "queued" | "waiting" | "refused") {
        wrong.push(format!("{line} was in doubt and is now {state}: {story:?}"));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_answer_that_refuses_is_evidence_of_a_refusal() {
        let shown = |entry: Value| {
            json!({
                "row": { "state": "refused", "amount": { "minor": 500 } },
                "timeline": [{ "what": "sent" }, { "what": "attempted" }, entry],
            })
        };
        let answer = |status: u16| json!({ "what": "refused", "source": "answer", "status": status, "errorCode": null });
        for true_one in [answer(400), answer(403), json!({ "what": "due_date_passed" })] {
            assert_eq!(without_evidence(&shown(true_one.clone())), [""; 0], "{true_one}");
        }
        for false_one in [
            answer(401),
            answer(429),
            answer(500),
            json!({ "what": "refused" }),
            json!({ "what": "not_sent" }),
        ] {
            assert_eq!(
                without_evidence(&shown(false_one.clone())).len(),
                1,
                "{false_one}"
            );
        }
    }
}
