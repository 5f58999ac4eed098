//! Rows that repeat a bill: the same customer, amount, text and due date, in the same file or in an invoice of the last weeks.
//!
//! It is told beside the row and forbids nothing.

use std::collections::{BTreeMap, HashMap};

use ::invoice::{Content, Country, DraftForm};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use ledger::{Billed, Ledger, LedgerError, RunRow, fold_for_search};

use super::judged::phone_of;
use crate::ipc::{ProblemName, ProblemView};

/// How far back invoices are looked at. Their due date has to be the same, so that an older one is seldom meant.
const BACK: SignedDuration = SignedDuration::from_hours(31 * 24);

/// What a row repeats.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Again {
    /// An earlier row of the file.
    Row(u32),
    /// An invoice.
    Invoice {
        /// Its number.
        number: u64,
        /// When it was sent.
        at: Timestamp,
    },
}

impl Again {
    pub(super) fn warning(&self) -> ProblemView {
        let (code, params) = match self {
            Self::Row(row) => (ProblemName::RowRepeated, vec![("row", row.to_string())]),
            Self::Invoice { number, at } => (
                ProblemName::InvoiceRepeated,
                vec![("number", number.to_string()), ("at", at.to_string())],
            ),
        };
        ProblemView {
            field: String::new(),
            code,
            params: params
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect::<BTreeMap<_, _>>(),
            channel: None,
        }
    }
}

/// What one customer is billed at one time.
#[derive(PartialEq, Eq, Hash)]
struct Bill {
    who: String,
    minor: i64,
    due: Date,
    text: String,
}

impl Bill {
    fn of(who: &str, content: &Content) -> Self {
        let text = content.lines.first().map(|line| line.description.as_str());
        Self {
            who: who.to_owned(),
            minor: content.totals.gross.minor,
            due: content.due_date,
            text: fold_for_search(text.unwrap_or_default()),
        }
    }
}

/// The customers of the rows with what they were billed, and the rows that were looked at.
pub(super) struct Bills {
    /// Who the row at a position is for.
    who: HashMap<u32, String>,
    /// By phone as it is dialled, or by the name as it is compared.
    before: HashMap<String, Vec<Billed>>,
    rows: HashMap<Bill, u32>,
}

impl Bills {
    /// Looks up each customer of `rows` once.
    pub(super) fn before(
        books: &Ledger,
        rows: &[RunRow],
        country: Country,
        now: Timestamp,
    ) -> Result<Self, LedgerError> {
        let since = now.checked_sub(BACK).unwrap_or(Timestamp::MIN);
        let (mut who_of, mut before) = (HashMap::new(), HashMap::new());
        for row in rows {
            let Some(who) = who(&row.form, country) else {
                continue;
            };
            who_of.insert(row.position, who.clone());
            if before.contains_key(&who) {
                continue;
            }
            let billed = match phone_of(&row.form, country) {
                Some(phone) => books.billed_to_phone(&phone, since)?,
                None => books.billed_to_name(&row.form.recipient.name, since)?,
            };
            before.insert(who, billed);
        }
        Ok(Self {
            who: who_of,
            before,
            rows: HashMap::new(),
        })
    }

    /// What the row at `position` repeats. Rows are asked in their order.
    pub(super) fn repeated(&mut self, position: u32, content: &Content) -> Option<Again> {
        let who = self.who.get(&position)?;
        let bill = Bill::of(who, content);
        let same = |billed: &&Billed| {
            billed.gross_minor == bill.minor
                && billed.due_date == bill.due
                && fold_for_search(&billed.text) == bill.text
        };
        let invoice = self
            .before
            .get(who)
            .and_then(|billed| billed.iter().find(same))
            .map(|billed| Again::Invoice {
                number: billed.number,
                at: billed.sent_at,
            });
        let row = *self.rows.entry(bill).or_insert(position);
        invoice.or_else(|| (row != position).then_some(Again::Row(row)))
    }
}

fn who(form: &DraftForm, country: Country) -> Option<String> {
    let name = || fold_for_search(&form.recipient.name);
    let who = phone_of(form, country).map_or_else(name, |phone| phone.e164().to_owned());
    (!who.is_empty()).then_some(who)
}
