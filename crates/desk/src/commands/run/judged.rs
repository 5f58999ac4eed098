//! The rows that are not sent, each read by the same rules as the composer's form.
//!
//! The daily limit of a customer counts the rows before it in the same run too (spec 12.5).

use std::collections::HashMap;

use ::invoice::{Channel, DraftForm, Limits, Phone, Reading, Rulebook, read};
use ledger::{LedgerError, RowState, RunRow};

use super::again::{Again, Bills};
use crate::commands::business;
use crate::connection::Connection;
use crate::ipc::Refusal;
use crate::readings::sendable;
use crate::refuse::Outcome;

/// A row that is not sent, as it is read now.
pub(super) struct Judged {
    pub(super) position: u32,
    pub(super) form: DraftForm,
    pub(super) reading: Reading,
    /// What it repeats, if it may go at all.
    pub(super) again: Option<Again>,
}

impl Judged {
    pub(super) fn may_go(&self, channel: Channel) -> bool {
        sendable(&self.reading, channel)
    }
}

/// Reads all rows of `run` that are not sent.
pub(super) async fn all(connection: &Connection, run: String) -> Outcome<Vec<Judged>> {
    let (country, since, now) = (connection.country, connection.start_of_today(), connection.now());
    let (rows, sent, bills) = connection
        .books
        .with(move |books| {
            let rows = books.run_rows(&run, RowState::Ready, 0, u32::MAX)?;
            let mut sent = HashMap::new();
            for phone in rows.iter().filter_map(|row| phone_of(&row.form, country)) {
                if !sent.contains_key(phone.e164()) {
                    let count = books.sent_to_phone_since(&phone, since)?;
                    sent.insert(phone.e164().to_owned(), count);
                }
            }
            let bills = Bills::before(books, &rows, country, now)?;
            Ok::<_, LedgerError>((rows, sent, bills))
        })
        .await??;
    let rules = rules(connection).await?;
    // Thousands of rows take their time; nothing else may wait for it.
    tokio::task::spawn_blocking(move || judge(rows, sent, bills, rules))
        .await
        .map_err(|error| Refusal::unexpected(&error))
}

/// The rules of the moment, before anybody's daily count.
pub(super) async fn rules(connection: &Connection) -> Outcome<Rulebook> {
    let record = business::record(connection).await?;
    let issuers = connection.issuers().await?;
    Ok(Rulebook {
        country: connection.country,
        today: connection.today(),
        limits: Limits::of(connection.country),
        default_vat_rate: record.default_vat_rate,
        issuers: issuers
            .into_iter()
            .filter(|issuer| issuer.usable)
            .map(|issuer| issuer.id)
            .collect(),
        sent_to_phone_today: 0,
    })
}

fn judge(
    rows: Vec<RunRow>,
    mut sent: HashMap<String, u32>,
    mut bills: Bills,
    mut rules: Rulebook,
) -> Vec<Judged> {
    let mut judged = Vec::with_capacity(rows.len());
    for row in rows {
        let mut count = phone_of(&row.form, rules.country).and_then(|phone| sent.get_mut(phone.e164()));
        rules.sent_to_phone_today = count.as_deref().copied().unwrap_or(0);
        let reading = read(&row.form, &rules);
        if let Some(count) = &mut count
            && reading.content.is_some()
        {
            **count += 1;
        }
        let content = reading.content.as_ref();
        let again = content.and_then(|content| bills.repeated(row.position, content));
        judged.push(Judged {
            again,
            position: row.position,
            form: row.form,
            reading,
        });
    }
    judged
}

pub(super) fn phone_of(form: &DraftForm, country: ::invoice::Country) -> Option<Phone> {
    Phone::parse(&form.recipient.phone, country).ok()
}
