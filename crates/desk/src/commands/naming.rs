//! An id of the service's that the merchant typed in: nothing is claimed before the service's own details under it are those
//! of the invoice.
//!
//! Compared are merchant, issuer, number, amount and due day. Deliberately absent: the customer, whom the details never
//! name (spec 10.2).

use ::invoice::{Content, Currency, Money, State};
use ledger::{LedgerError, Said, Source, Verified};
use mobilepay::{Answer, ApiError, Details};
use uuid::Uuid;

use super::invoice::record;
use crate::connection::{Connection, api_refusal};
use crate::ipc::{IdWrong, NamedId, WrongId};
use crate::refuse::Outcome;

/// Settles the doubt of `named.id` by `named.service_id`, or says what does not fit; then nothing was written.
pub(crate) async fn settle(connection: &Connection, named: &NamedId) -> Outcome<Option<IdWrong>> {
    let record = record(connection, named.id.clone()).await?;
    let Some(service_id) = read(&named.service_id) else {
        return Ok(Some(wrong(WrongId::Unreadable, "")));
    };
    let correlation = Uuid::new_v4();
    let asked = connection.call(|ready| {
        let (connection, service_id) = (&connection, &service_id);
        async move {
            let (token, merchant) = (&ready.token, &ready.merchant_id);
            let answer = connection
                .api
                .details(token, correlation, merchant, service_id)
                .await;
            answer.map(|answer| (answer, ready.merchant_id.clone()))
        }
    });
    let (answer, merchant) = match asked.await? {
        Ok(answer) => answer,
        Err(ApiError::NotFound { .. }) => return Ok(Some(wrong(WrongId::NotKnown, ""))),
        Err(error) => return Err(api_refusal(&error)),
    };
    if let Some(other) = other(&answer.value, &record.content, record.summary.number, &merchant) {
        return Ok(Some(other));
    }
    let state = state(connection, &answer.value, &service_id).await?;
    let verified = verified(connection, answer, state, correlation);
    keep(connection, named.id.clone(), verified).await
}

/// An id as the portal shows it, however it was copied: blanks around it, braces, capitals.
fn read(typed: &str) -> Option<String> {
    let id = Uuid::parse_str(typed.trim()).ok()?;
    Some(id.hyphenated().to_string())
}

fn wrong(what: WrongId, found: &str) -> IdWrong {
    IdWrong {
        what,
        found: found.to_owned(),
    }
}

/// What the service keeps under the id that is not of this invoice. What it does not tell is no difference here; number and
/// amount, which must be told, are the ledger's to compare once more.
fn other(details: &Details, content: &Content, number: u64, merchant: &str) -> Option<IdWrong> {
    let differs = |told: &Option<String>, ours: &str| {
        told.as_deref()
            .is_some_and(|told| !told.eq_ignore_ascii_case(ours))
    };
    if differs(&details.merchant_id, merchant) {
        return Some(wrong(WrongId::OtherMerchant, ""));
    }
    if differs(&details.issuer_id, &content.issuer_id) {
        let name = details.issuer_name.as_deref().unwrap_or_default();
        return Some(wrong(WrongId::OtherIssuer, name));
    }
    if details.invoice_number.as_deref() != Some(number.to_string().as_str()) {
        let number = details.invoice_number.as_deref().unwrap_or_default();
        return Some(wrong(WrongId::OtherNumber, number));
    }
    if total(details) != Some(content.totals.gross) {
        let told = details.total_amount.map(|amount| amount.to_string());
        let currency = details.currency_code.as_deref().unwrap_or_default();
        let found = format!("{} {currency}", told.unwrap_or_default());
        return Some(wrong(WrongId::OtherAmount, found.trim()));
    }
    match details.due_date {
        Some(due) if due != content.due_date => Some(wrong(WrongId::OtherDueDate, &due.to_string())),
        _ => None,
    }
}

/// The amount, if it is one of whole øre or cent in a currency of the service.
fn total(details: &Details) -> Option<Money> {
    let currency = match details.currency_code.as_deref()?.trim() {
        code if code.eq_ignore_ascii_case("DKK") => Currency::Dkk,
        code if code.eq_ignore_ascii_case("EUR") => Currency::Eur,
        _ => return None,
    };
    let amount = details.total_amount?;
    let money = Money::rounded(amount, currency).ok()?;
    (money.decimal() == amount).then_some(money)
}

/// The state that the details told, or else the status call.
async fn state(connection: &Connection, details: &Details, service_id: &str) -> Outcome<State> {
    if let Some(state) = &details.state {
        return Ok(state.clone());
    }
    let status = connection.call(|ready| async move {
        let (token, merchant) = (&ready.token, &ready.merchant_id);
        let api = &connection.api;
        api.status(token, Uuid::new_v4(), merchant, service_id).await
    });
    Ok(status.await?.map_err(|error| api_refusal(&error))?.value.state)
}

fn verified(connection: &Connection, answer: Answer<Details>, state: State, correlation: Uuid) -> Verified {
    let details = answer.value;
    // The day means something only once the customer has accepted (spec 10.2).
    let payment_date = match state {
        State::Accepted | State::Paid => details.payment_date,
        _ => None,
    };
    Verified {
        total: total(&details),
        service_id: details.invoice_id,
        invoice_number: details.invoice_number,
        said: Said {
            state,
            source: Source::StatusCheck,
            at: connection.now(),
            sequence: None,
            date: None,
            payment_date,
            payment_id: details.payment_transaction_id,
            day_owed: false,
            today: connection.today(),
            status: answer.trace.status,
            raw: Some(answer.trace.body),
            correlation_id: Some(correlation.to_string()),
        },
    }
}

async fn keep(connection: &Connection, id: String, verified: Verified) -> Outcome<Option<IdWrong>> {
    let kept = connection
        .books
        .with(move |books| books.settle_by_id(&id, &verified))
        .await?;
    match kept {
        Ok(()) => Ok(None),
        Err(LedgerError::IdUsed(number)) => Ok(Some(wrong(WrongId::Used, &number.to_string()))),
        Err(LedgerError::NotTheSame("number")) => Ok(Some(wrong(WrongId::OtherNumber, ""))),
        Err(LedgerError::NotTheSame(_)) => Ok(Some(wrong(WrongId::OtherAmount, ""))),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::{Details, WrongId, other, read};
    use crate::ipc::IdWrong;
    use ::invoice::{Country, DraftForm, Limits, LineForm, RecipientForm, Rulebook};

    /// What a correct service keeps under another merchant's or issuer's id is never told to us; one that confuses them is
    /// caught all the same.
    #[test]
    fn details_of_another_merchant_or_issuer_are_not_those_of_this_invoice() {
        let content = content();
        let ours = Details {
            merchant_id: Some("M-1".into()),
            issuer_id: Some(content.issuer_id.to_uppercase()),
            invoice_number: Some("7".into()),
            total_amount: Some(content.totals.gross.decimal()),
            currency_code: Some("dkk".into()),
            due_date: Some(content.due_date),
            ..Details::default()
        };
        let check = |change: fn(&mut Details)| {
            let mut details = ours.clone();
            change(&mut details);
            other(&details, &content, 7, "m-1").map(|IdWrong { what, .. }| what)
        };
        assert_eq!(check(|_| {}), None);
        assert_eq!(check(|told| told.merchant_id = None), None);
        assert_eq!(
            check(|told| told.merchant_id = Some("m-2".into())),
            Some(WrongId::OtherMerchant)
        );
        assert_eq!(
            check(|told| told.issuer_id = Some("i-2".into())),
            Some(WrongId::OtherIssuer)
        );
        assert_eq!(
            check(|told| told.invoice_number = None),
            Some(WrongId::OtherNumber)
        );
        assert_eq!(
            check(|told| told.currency_code = Some("EUR".into())),
            Some(WrongId::OtherAmount)
        );
        assert_eq!(check(|told| told.total_amount = None), Some(WrongId::OtherAmount));
    }

    fn content() -> ::invoice::Content {
        let today = ::jiff::civil::date(2026, 11, 23);
        let form = DraftForm {
            recipient: RecipientForm {
                name: "Mads Krogh".into(),
                ..RecipientForm::default()
            },
            due_date: "2026-12-07".into(),
            lines: vec![LineForm {
                description: "Eftersyn".into(),
                unit_price: "100".into(),
                ..LineForm::default()
            }],
            ..DraftForm::default()
        };
        let rulebook = Rulebook {
            country: Country::Dk,
            today,
            limits: Limits::of(Country::Dk),
            default_vat_rate: 25.into(),
            issuers: vec!["i-1".into()],
            sent_to_phone_today: 0,
        };
        ::invoice::read(&form, &rulebook).content.unwrap()
    }

    #[test]
    fn an_id_is_read_however_it_was_copied() {
        let id = "578a9f10-4e81-4265-bbae-2e8fa33cb83b";
        for typed in [
            id,
            " 578A9F10-4E81-4265-BBAE-2E8FA33CB83B\n",
            "{578a9f10-4e81-4265-bbae-2e8fa33cb83b}",
            "578a9f104e814265bbae2e8fa33cb83b",
        ] {
            assert_eq!(read(typed).as_deref(), Some(id), "{typed}");
        }
        for typed in ["", "301", "578a9f10-4e81", "../me", &format!("{id}/cancel")] {
            assert_eq!(read(typed), None, "{typed}");
        }
    }
}
