//! From all that the service said to the one state of an invoice.
//!
//! Callbacks carry a sequence and come in any order; status checks carry none and are true at their moment. So: by time,
//! except that those with a sequence keep the order of their sequences among themselves (spec 11.5). A step that the state
//! machine forbids is flagged and not applied.

use invoice::{State, Transition};
use jiff::civil::Date;
use rusqlite::{Connection, params};

use crate::evidence::Said;
use crate::{LedgerError, invoices, sql};

#[derive(Clone, Debug)]
struct Told {
    id: i64,
    state: State,
    moment: i64,
    sequence: Option<i64>,
}

/// Whether `payment_date` says more than is known.
pub(crate) fn payment_date_is_new(
    db: &Connection,
    invoice_id: &str,
    payment_date: Option<Date>,
) -> Result<bool, LedgerError> {
    let Some(day) = payment_date else { return Ok(false) };
    let known: Option<String> = db.query_row(
        "SELECT payment_date FROM invoice WHERE id = ?1",
        [invoice_id],
        |row| row.get(0),
    )?;
    Ok(known != Some(day.to_string()))
}

/// Folds all rows again and writes what follows for the invoice.
pub(crate) fn apply(db: &Connection, invoice_id: &str, said: &Said) -> Result<(), LedgerError> {
    let (state, flags) = fold(&mut rows(db, invoice_id)?);
    for (id, flagged) in flags {
        db.prepare_cached("UPDATE evidence SET flagged = ?2 WHERE id = ?1")?
            .execute(params![id, flagged])?;
    }
    let paid_on =
        matches!(state, Some(State::Paid)).then(|| said.payment_date.unwrap_or(said.today).to_string());
    db.prepare_cached(
        "UPDATE invoice SET told = ?2, payment_date = coalesce(?3, payment_date),
             paid_on = CASE WHEN ?4 IS NULL THEN NULL ELSE coalesce(paid_on, ?4) END, changed_at = ?5
         WHERE id = ?1",
    )?
    .execute(params![
        invoice_id,
        state.as_ref().map(State::word),
        said.payment_date.map(|day| day.to_string()),
        paid_on,
        said.at.as_millisecond(),
    ])?;
    if state.as_ref().is_some_and(State::is_final) {
        db.execute(
            "UPDATE invoice SET next_poll_at = NULL WHERE id = ?1",
            [invoice_id],
        )?;
    }
    invoices::show_again(db, invoice_id)
}

fn rows(db: &Connection, invoice_id: &str) -> Result<Vec<Told>, LedgerError> {
    let mut statement = db.prepare_cached(
        "SELECT id, state, coalesce(date, at) AS moment, sequence FROM evidence
         WHERE invoice_id = ?1 AND state IS NOT NULL ORDER BY id",
    )?;
    let rows = statement.query_map([invoice_id], |row| {
        Ok(Told {
            id: row.get("id")?,
            state: State::parse(&row.get::<_, String>("state")?),
            moment: row.get("moment")?,
            sequence: row.get("sequence")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn fold(told: &mut [Told]) -> (Option<State>, Vec<(i64, bool)>) {
    arrange(told);
    let mut state: Option<State> = None;
    let mut flags = Vec::with_capacity(told.len());
    for row in told {
        let forbidden = state
            .as_ref()
            .is_some_and(|state| state.step(&row.state) == Transition::Forbidden);
        flags.push((row.id, forbidden));
        if !forbidden {
            state = Some(row.state.clone());
        }
    }
    (state, flags)
}

/// By time; then the numbered ones take the places of the numbered ones in the order of their numbers.
fn arrange(told: &mut [Told]) {
    told.sort_by_key(|row| (row.moment, row.id));
    let places: Vec<usize> = (0..told.len())
        .filter(|&place| told[place].sequence.is_some())
        .collect();
    let mut numbered: Vec<Told> = places.iter().map(|&place| told[place].clone()).collect();
    numbered.sort_by_key(|row| (row.sequence, row.moment, row.id));
    for (place, row) in places.into_iter().zip(numbered) {
        told[place] = row;
    }
}

/// The word that the list shows, from the outbox and from what was told.
pub(crate) fn shown(outbox: &str, told: Option<&str>) -> Result<invoices::Shown, LedgerError> {
    use invoices::Shown;
    Ok(match told.map(State::parse) {
        Some(State::Created) => Shown::Created,
        Some(State::Invalid) => Shown::Invalid,
        Some(State::Accepted) => Shown::Scheduled,
        Some(State::Paid) => Shown::Paid,
        Some(State::Rejected) => Shown::Rejected,
        Some(State::Expired) => Shown::Expired,
        Some(State::Canceled) => Shown::Canceled,
        Some(State::Unknown(_)) => Shown::Unknown,
        None if outbox == "id_unknown" => Shown::SentIdUnknown,
        None => sql::from_word(outbox)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(id: i64, word: &str, moment: i64, sequence: Option<i64>) -> Told {
        Told {
            id,
            state: State::parse(word),
            moment,
            sequence,
        }
    }

    #[test]
    fn a_late_callback_of_lower_sequence_does_not_undo_paid() {
        let mut rows = [told(1, "Paid", 10, Some(3)), told(2, "Accepted", 11, Some(2))];
        assert_eq!(fold(&mut rows).0, Some(State::Paid));
    }

    #[test]
    fn a_forbidden_step_is_flagged_and_not_applied() {
        let mut rows = [told(1, "paid", 10, None), told(2, "rejected", 20, None)];
        let (state, flags) = fold(&mut rows);
        assert_eq!(state, Some(State::Paid));
        assert_eq!(flags, [(1, false), (2, true)]);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_of_callbacks_does_not_matter(order in Just(vec![0, 1, 2, 3]).prop_shuffle()) {
            let words = ["Created", "Accepted", "Accepted", "Paid"];
            let mut rows: Vec<Told> = order.iter().enumerate()
                .map(|(arrival, &sequence)| {
                    let id = i64::try_from(arrival).unwrap();
                    told(id, words[sequence], 100, Some(i64::try_from(sequence).unwrap()))
                })
                .collect();
            prop_assert_eq!(fold(&mut rows).0, Some(State::Paid));
        }
    }
}
