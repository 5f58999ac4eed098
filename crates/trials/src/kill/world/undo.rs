//! Taking back: what the merchant sent a moment ago is a draft again, or it is not. After a death in between it must be one of
//! both, and never both or none.

use anyhow::{Context as _, Result};
use rand::Rng as _;
use serde_json::{Value, json};

use super::super::process::{Core, Said};
use super::super::visit;
use super::{Wish, World};

/// Every draft that the core shows. `None`: it died.
async fn drafts(core: &Core) -> Result<Option<Vec<Value>>> {
    match core.call("draft_list", json!({})).await? {
        Said::Dead => Ok(None),
        said => {
            let list = visit::must(said, "draft_list")?;
            Ok(Some(list["drafts"].as_array().context("a list")?.clone()))
        }
    }
}

impl World {
    /// The merchant sends an invoice and thinks better of it at once.
    pub(super) async fn take_back(&mut self, core: &Core) -> Result<bool> {
        let by_phone = self.dice.random_bool(0.5);
        let Some(before) = drafts(core).await? else {
            return Ok(false);
        };
        if !self.send_by(core, by_phone).await? {
            return Ok(false);
        }
        let wish = self.wishes.last_mut().context("just sent")?;
        match core.call("invoice_undo", json!({ "id": wish.invoice })).await? {
            Said::Yes(draft) => wish.is_a_draft_again(&draft),
            // A slow machine: the time for it is over.
            Said::No(word) => wish.intent.story.push(format!("not taken back: {word}")),
            Said::Dead => {
                let ids = before.iter().filter_map(|draft| draft["id"].as_str());
                wish.taking_back = Some(ids.map(str::to_owned).collect());
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// After a death in the middle the merchant looks where the invoice is.
    pub(super) async fn look_at_what_was_taken_back(&mut self, core: &Core) -> Result<bool> {
        for place in 0..self.wishes.len() {
            let Some(before) = self.wishes[place].taking_back.clone() else {
                continue;
            };
            let id = json!({ "id": self.wishes[place].invoice });
            let sent = match core.call("invoice_show", id).await? {
                Said::Dead => return Ok(false),
                said => matches!(said, Said::Yes(_)),
            };
            let Some(drafts) = drafts(core).await? else {
                return Ok(false);
            };
            let amount = self.wishes[place].intent.amount;
            let is_it = |draft: &&Value| {
                let is_new = !before.iter().any(|known| draft["id"] == known.as_str());
                is_new && draft["total"]["minor"] == amount
            };
            let again = match drafts.iter().find(is_it) {
                None => None,
                Some(draft) => match core.call("draft_show", json!({ "id": draft["id"] })).await? {
                    Said::Dead => return Ok(false),
                    said => Some(visit::must(said, "draft_show")?),
                },
            };
            let wish = &mut self.wishes[place];
            wish.taking_back = None;
            let story = wish.intent.story.join(", ");
            match (sent, again) {
                (true, None) => wish.intent.story.push("was not taken back".to_owned()),
                (false, Some(draft)) => wish.is_a_draft_again(&draft),
                (true, Some(_)) => {
                    let both = format!("{amount} is an invoice and a draft; {story}");
                    self.verdict.misclaimed.push(both);
                }
                (false, None) => {
                    let none = format!("{amount} is neither an invoice nor a draft; {story}");
                    self.verdict.lost.push(none);
                    // There is nothing left that could be sent or looked at.
                    (wish.invoice, wish.order, wish.intent.promised) = (None, Value::Null, false);
                }
            }
        }
        Ok(true)
    }
}

impl Wish {
    fn is_a_draft_again(&mut self, draft: &Value) {
        self.order["id"] = draft["id"].clone();
        self.order["revision"] = draft["revision"].clone();
        self.invoice = None;
        self.intent.promised = false;
        self.intent.story.push("is a draft again".to_owned());
    }
}
