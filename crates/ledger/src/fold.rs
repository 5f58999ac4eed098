//! From all that the service said to the one state of an invoice.
//!
//! Callbacks carry a sequence and come in any order; status checks carry none and are true at their moment. So: by time,
//! except that those with a sequence keep the order of their sequences among themselves (spec 11.5). A step that the state
//! machine forbids is flagged and not applied.

use invoice::{State, Transition};
use rusqlite::{Connection, params};

use crate::evidence::Said;
use crate::{LedgerError, invoices, sql};

#[derive(Clone, Debug)]
struct Told {
    id: i64,
    state: State,
    moment: i64,
    sequence: Option<i64>,
    payment_date: Option<String>,
    flagged: bool,
}

/// What all rows together say.
#[derive(Debug, Default)]
struct Folded {
    state: Option<State>,
    payment_date: Option<String>,
    /// Rows whose flag must change, and to what.
    flags: Vec<(i64, bool)>,
}

/// Folds all rows again and writes what follows for the invoice. `said` is the row that came last.
pub(crate) fn apply(db: &Connection, invoice_id: &str, said: &Said) -> Result<(), LedgerError> {
    let Folded {
        state,
        payment_date,
        flags,
    } = fold(&mut rows(db, invoice_id)?);
    for (id, flagged) in flags {
        db.prepare_cached("UPDATE evidence SET flagged = ?2 WHERE id = ?1")?
            .execute(params![id, flagged])?;
    }
    let paid = state == Some(State::Paid);
    // A payment is heard of on its day or later, so the earliest day on which it was told is the nearest.
    db.prepare_cached(
        "UPDATE invoice SET told = ?2, payment_date = ?3,
             changed_at = CASE WHEN told IS ?2 AND payment_date IS ?3 THEN changed_at ELSE ?6 END,
             paid_on = CASE
                 WHEN NOT ?4 THEN NULL
                 WHEN ?3 IS NOT NULL THEN ?3
                 WHEN ?7 THEN min(coalesce(paid_on, ?5), ?5)
                 ELSE coalesce(paid_on, ?5) END
         WHERE id = ?1",
    )?
    .execute(params![
        invoice_id,
        state.as_ref().map(State::word),
        payment_date,
        paid,
        said.today.to_string(),
        said.at.as_millisecond(),
        said.state == State::Paid,
    ])?;
    invoices::show_again(db, invoice_id)
}

fn rows(db: &Connection, invoice_id: &str) -> Result<Vec<Told>, LedgerError> {
    let mut statement = db.prepare_cached(
        "SELECT id, state, coalesce(date, at) AS moment, sequence, until, flagged FROM evidence
         WHERE invoice_id = ?1 AND state IS NOT NULL ORDER BY id",
    )?;
    let rows = statement.query_map([invoice_id], |row| {
        Ok(Told {
            id: row.get("id")?,
            state: State::parse(&row.get::<_, String>("state")?),
            moment: row.get("moment")?,
            sequence: row.get("sequence")?,
            payment_date: row.get("until")?,
            flagged: row.get("flagged")?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn fold(told: &mut [Told]) -> Folded {
    arrange(told);
    let mut folded = Folded::default();
    for row in told {
        let forbidden = folded
            .state
            .as_ref()
            .is_some_and(|state| state.step(&row.state) == Transition::Forbidden);
        if forbidden != row.flagged {
            folded.flags.push((row.id, forbidden));
        }
        if !forbidden {
            folded.payment_date = payment_day(row, folded.state.as_ref(), folded.payment_date.take());
            folded.state = Some(row.state.clone());
        }
    }
    folded
}

/// Accepted has a planned day and paid a real one (spec 10.2, 11.3). A planned day is not taken for the real one: the
/// customer may have paid earlier by hand.
fn payment_day(row: &Told, before: Option<&State>, known: Option<String>) -> Option<String> {
    match &row.state {
        State::Paid if before != Some(&State::Paid) => row.payment_date.clone(),
        State::Accepted | State::Paid => row.payment_date.clone().or(known),
        _ => None,
    }
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
pub(crate) fn shown(
    outbox: &str,
    told: Option<&str>,
    replaced: bool,
) -> Result<invoices::Shown, LedgerError> {
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
        None if replaced => Shown::Replaced,
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
            payment_date: None,
            flagged: false,
        }
    }

    #[test]
    fn a_late_callback_of_lower_sequence_does_not_undo_paid() {
        let mut rows = [told(1, "Paid", 10, Some(3)), told(2, "Accepted", 11, Some(2))];
        assert_eq!(fold(&mut rows).state, Some(State::Paid));
    }

    #[test]
    fn a_forbidden_step_is_flagged_and_not_applied() {
        let mut rows = [told(1, "paid", 10, None), told(2, "rejected", 20, None)];
        let folded = fold(&mut rows);
        assert_eq!(folded.state, Some(State::Paid));
        assert_eq!(folded.flags, [(2, true)]);
    }

    #[test]
    fn a_flag_goes_when_an_earlier_word_arrives_that_explains_it() {
        let mut late = told(2, "accepted", 20, Some(1));
        late.flagged = true;
        let folded = fold(&mut [late, told(3, "created", 30, Some(0))]);
        assert_eq!(
            (folded.state, folded.flags),
            (Some(State::Accepted), vec![(2, false)])
        );
    }

    #[test]
    fn a_moved_payment_day_is_the_one_of_the_later_sequence() {
        let on = |row: Told, day: &str| Told {
            payment_date: Some(day.into()),
            ..row
        };
        let later = on(told(1, "accepted", 10, Some(2)), "2026-12-05");
        let earlier = on(told(2, "accepted", 11, Some(1)), "2026-12-01");
        assert_eq!(
            fold(&mut [later, earlier]).payment_date.as_deref(),
            Some("2026-12-05")
        );
    }

    #[test]
    fn a_planned_day_is_not_taken_for_the_day_of_payment() {
        let planned = Told {
            payment_date: Some("2026-12-05".into()),
            ..told(1, "accepted", 10, None)
        };
        assert_eq!(fold(&mut [planned, told(2, "paid", 20, None)]).payment_date, None);
    }

    proptest! {
        #[test]
        fn the_order_of_arrival_of_callbacks_does_not_matter(order in Just(vec![0, 1, 2, 3, 4]).prop_shuffle()) {
            let words = ["Created", "Accepted", "Accepted", "Paid", "Rejected"];
            let mut rows: Vec<Told> = order.iter().enumerate()
                .map(|(arrival, &sequence)| {
                    let id = i64::try_from(arrival).unwrap();
                    told(id, words[sequence], 100, Some(i64::try_from(sequence).unwrap()))
                })
                .collect();
            let folded = fold(&mut rows);
            let rejected = order.iter().position(|&sequence| sequence == 4).unwrap();
            prop_assert_eq!(folded.state, Some(State::Paid));
            prop_assert_eq!(folded.flags, [(i64::try_from(rejected).unwrap(), true)]);
        }

        #[test]
        fn without_sequences_the_service_time_orders(order in Just(vec![0, 1, 2]).prop_shuffle()) {
            let words = ["Created", "Accepted", "Expired"];
            let mut rows: Vec<Told> = order.iter().enumerate()
                .map(|(arrival, &nth)| {
                    let moment = i64::try_from(nth).unwrap() * 10;
                    told(i64::try_from(arrival).unwrap(), words[nth], moment, None)
                })
                .collect();
            let folded = fold(&mut rows);
            prop_assert_eq!(folded.state, Some(State::Expired));
            prop_assert!(folded.flags.is_empty());
        }
    }
}
