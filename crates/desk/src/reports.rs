//! Fetches MobilePay's report of payments and payouts, page by page, into the books (spec 18.3).
//!
//! Deliberately absent: fetching by itself. The merchant asks when they reconcile.

use std::collections::HashSet;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use ledger::Reported;
use mobilepay::reporting::{Page, PaymentPoint, Reporting, Span, Transaction, Transfer};
use mobilepay::{Answer, ApiError};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use uuid::Uuid;

use crate::connection::{Connection, Ready, api_refusal};
use crate::ipc::{ReconciliationFetched, Refusal, RefusalCode};
use crate::refuse::Outcome;

/// The word under which payouts are kept; the report's own word for them in its lists of movements (spec 18.2).
pub(crate) const PAYOUT: &str = "Transfer";

/// More pages than this are no answer to a question about some days.
const MOST_PAGES: u32 = 1_000;

/// Payment ids that one fetch looks up; the others are matched by reference, or at the next fetch.
const MOST_IDS: u32 = 500;

/// Asks about the days and keeps what is told.
pub(crate) async fn fetch(
    connection: &Connection,
    (first, last): (Date, Date),
) -> Outcome<ReconciliationFetched> {
    if !connection.saved.view.transactions {
        return Err(Refusal::new(
            RefusalCode::ReportingNotAsked,
            "This connection does not ask MobilePay for payments and payouts.",
        ));
    }
    // What is paid while the report is read may be missing from it.
    let asked_at = connection.now();
    let mut told = Told::new(connection, (first, last));
    for point in told.points(connection).await? {
        told.movements(connection, &point).await?;
        told.payouts(connection, &point).await?;
    }
    let Told { rows, unreadable, .. } = told;
    let fresh = connection
        .books
        .with(move |books| books.keep_report(&Uuid::now_v7().to_string(), (first, last), &rows, asked_at))
        .await??;
    learn_payment_ids(connection, (first, last)).await?;
    Ok(ReconciliationFetched { fresh, unreadable })
}

/// What has been told of some days so far.
struct Told {
    days: (Date, Date),
    from: Timestamp,
    to: Timestamp,
    currency: &'static str,
    rows: Vec<Reported>,
    unreadable: u32,
}

impl Told {
    fn new(connection: &Connection, days: (Date, Date)) -> Self {
        let midnight = |day: Date| connection.at(day, 0);
        Self {
            days,
            from: midnight(days.0).unwrap_or(Timestamp::MIN),
            to: days
                .1
                .tomorrow()
                .ok()
                .and_then(midnight)
                .unwrap_or(Timestamp::MAX),
            currency: connection.country.currency().code(),
            rows: Vec::new(),
            unreadable: 0,
        }
    }

    /// Where invoices are paid to (spec 18.1). Answers that name no product leave every point in.
    async fn points(&mut self, connection: &Connection) -> Outcome<Vec<String>> {
        let reporting = reporting(connection)?;
        let mut all: Vec<PaymentPoint> = Vec::new();
        let mut next = Some(1);
        while let Some(page) = next {
            let ask = |ready: Arc<Ready>| async move {
                reporting.payment_points(&ready.token, Uuid::new_v4(), page).await
            };
            let page = told(connection, ask).await?;
            // What was paid to such a point is missing from the report.
            self.unreadable += count(page.unreadable);
            all.extend(page.entries);
            next = further(page.next)?;
        }
        let mut seen = HashSet::new();
        Ok(all
            .into_iter()
            .filter(|point| point.product_type.is_none() || point.is_for_invoices())
            .map(|point| point.id)
            .filter(|id| seen.insert(id.to_lowercase()))
            .collect())
    }

    async fn movements(&mut self, connection: &Connection, point: &str) -> Outcome<()> {
        let reporting = reporting(connection)?;
        let span = Span {
            payment_point_id: point,
            from: self.from,
            to: self.to,
        };
        let mut next = Some(1);
        while let Some(page) = next {
            let ask = |ready: Arc<Ready>| async move {
                let correlation = Uuid::new_v4();
                reporting
                    .transactions(&ready.token, correlation, span, page)
                    .await
            };
            let page = told(connection, ask).await?;
            self.unreadable += count(page.unreadable);
            for entry in &page.entries {
                match self.movement(connection, entry) {
                    // A payout is taken from its own list, which has its date.
                    Some(row) if row.kind.eq_ignore_ascii_case(PAYOUT) => {}
                    Some(row) => self.rows.push(row),
                    None => self.unreadable += 1,
                }
            }
            next = further(page.next)?;
        }
        Ok(())
    }

    async fn payouts(&mut self, connection: &Connection, point: &str) -> Outcome<()> {
        let reporting = reporting(connection)?;
        let mut next = Some(1);
        let days = self.days;
        while let Some(page) = next {
            let ask = |ready: Arc<Ready>| async move {
                let correlation = Uuid::new_v4();
                reporting
                    .transfers(&ready.token, correlation, point, days, page)
                    .await
            };
            let page = told(connection, ask).await?;
            self.unreadable += count(page.unreadable);
            for entry in &page.entries {
                match self.payout(entry) {
                    Some(row) => self.rows.push(row),
                    None => self.unreadable += 1,
                }
            }
            next = further(page.next)?;
        }
        Ok(())
    }

    /// `None`: without an amount of the merchant's currency or a time it cannot be compared.
    fn movement(&self, connection: &Connection, entry: &Transaction) -> Option<Reported> {
        Some(Reported {
            payment_id: entry.payment_id.clone(),
            kind: entry.kind.clone()?,
            minor: self.minor(entry.amount?, entry.currency_code.as_deref())?,
            day: connection.day_of(entry.timestamp?),
            reference: entry
                .merchant_reference
                .clone()
                .filter(|text| !text.trim().is_empty()),
            transfer: entry.transfer_reference.clone(),
        })
    }

    fn payout(&self, entry: &Transfer) -> Option<Reported> {
        Some(Reported {
            payment_id: Some(entry.id.clone()),
            kind: PAYOUT.to_owned(),
            minor: self.minor(entry.total?, entry.currency_code.as_deref())?,
            day: entry.date?,
            reference: None,
            transfer: entry.reference.clone(),
        })
    }

    /// Whole cents of the merchant's currency, or nothing.
    fn minor(&self, amount: Decimal, currency: Option<&str>) -> Option<i64> {
        let ours = currency.is_none_or(|code| code.eq_ignore_ascii_case(self.currency));
        let minor = amount.checked_mul(Decimal::ONE_HUNDRED)?;
        (ours && minor.fract().is_zero()).then(|| minor.to_i64())?
    }
}

/// The next page, if there is one. Without the rest nothing is kept: the days would count as told that were not.
fn further(next: Option<u32>) -> Outcome<Option<u32>> {
    match next {
        Some(page) if page > MOST_PAGES => Err(Refusal::new(
            RefusalCode::ReportTooLong,
            "The report of these days has more pages than are read.",
        )),
        next => Ok(next),
    }
}

fn count(entries: usize) -> u32 {
    u32::try_from(entries).unwrap_or(u32::MAX)
}

fn reporting(connection: &Connection) -> Outcome<&Reporting> {
    connection.reporting.as_ref().ok_or_else(|| {
        Refusal::new(
            RefusalCode::ConnectionInvalid,
            "The address of the API cannot be read.",
        )
        .with_detail("api_base_url")
    })
}

/// A page, or why there is none. A sign-in that is good for invoices and not for this lacks the consent for it: version 3
/// documents 401 for that, its forerunners 403 (spec 18.2, 18.3). A token ends after five minutes, and a long report takes
/// longer: only a 401 to a fresh token is one to the sign-in.
async fn told<T, F>(connection: &Connection, ask: impl Fn(Arc<Ready>) -> F) -> Outcome<Page<T>>
where
    F: Future<Output = Result<Answer<Page<T>>, ApiError>>,
{
    connection.my_turn().await?;
    let mut ready = Arc::new(connection.ready_to_call().await?);
    let mut answer = ask(Arc::clone(&ready)).await;
    if matches!(answer, Err(ApiError::Unauthorized { .. })) {
        connection.session.rejected(&ready.token_value).await;
        ready = Arc::new(connection.ready_to_call().await?);
        answer = ask(Arc::clone(&ready)).await;
    }
    match answer {
        Ok(answer) => {
            connection.note_network(None);
            Ok(answer.value)
        }
        // Nothing is noted of the sign-in: for invoices it is good.
        Err(
            ApiError::Unauthorized { .. }
            | ApiError::Forbidden { .. }
            | ApiError::Refused { status: 403, .. },
        ) => Err(Refusal::new(
            RefusalCode::ReportingNotAllowed,
            "This sign-in does not include payments and payouts.",
        )),
        Err(error) => {
            connection.note_network(Some(&error));
            connection.heed(&error, &ready).await;
            Err(api_refusal(&error))
        }
    }
}

/// The ids of the payments, which only the details of an invoice tell (spec 10.2). They are worth having and not worth
/// failing for.
async fn learn_payment_ids(connection: &Connection, days: (Date, Date)) -> Outcome<()> {
    let wanted = connection
        .books
        .with(move |books| books.paid_without_payment_id(days, MOST_IDS))
        .await??;
    for (id, service_id) in wanted {
        // Nobody waits for them while the service wants to be left alone.
        if connection.my_turn().await.is_err() || connection.closing.is_cancelled() {
            return Ok(());
        }
        let Ok(ready) = connection.ready_to_call().await else {
            return Ok(());
        };
        let details = connection
            .api
            .details(&ready.token, Uuid::new_v4(), &ready.merchant_id, &service_id)
            .await;
        match details {
            Ok(answer) => {
                if let Some(payment) = answer.value.payment_transaction_id {
                    connection
                        .books
                        .with(move |books| books.note_payment_id(&id, &payment))
                        .await??;
                }
            }
            Err(ApiError::NotFound { .. }) => {}
            Err(error) => {
                connection.heed(&error, &ready).await;
                return Ok(());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_of_too_many_pages_is_refused_and_not_taken_for_whole() {
        let next = |page| further(page).map_err(|refusal| refusal.code);
        assert_eq!(next(None), Ok(None));
        assert_eq!(next(Some(MOST_PAGES)), Ok(Some(MOST_PAGES)));
        assert_eq!(next(Some(MOST_PAGES + 1)), Err(RefusalCode::ReportTooLong));
    }
}
