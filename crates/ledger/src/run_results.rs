//! What came of the rows of a run: each with its invoice, and why where it did not get through.

use rusqlite::params;

use crate::evidence::Evidence;
use crate::invoices::{self, InvoiceSummary, SUMMARY, Shown};
use crate::runs::{RunRow, read_row};
use crate::{Ledger, LedgerError, RowState, sql, waiting};

/// A row and what came of it.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// The row. One that the service took and found *invalid* afterwards stands among the refused.
    pub row: RunRow,
    /// Its invoice, once it has one.
    pub invoice: Option<InvoiceSummary>,
    /// What was last learnt of one that was refused, waits or is in doubt.
    pub why: Option<Evidence>,
}

impl Ledger {
    /// Rows that stand at one of `states`, or anywhere when there is none, in the order of the import, after the place
    /// `after`.
    pub fn run_results(
        &self,
        run: &str,
        states: &[RowState],
        after: u32,
        limit: u32,
    ) -> Result<Vec<RunResult>, LedgerError> {
        let words = states.iter().map(sql::word).collect::<Result<Vec<_>, _>>()?;
        let wanted = (!words.is_empty()).then(|| format!(" {} ", words.join(" ")));
        let mut statement = self.db.prepare_cached(&run_results_statement())?;
        let found = statement.query_map(params![run, after, limit, wanted], |row| {
            let invoice = match row.get::<_, Option<String>>("id")? {
                Some(_) => invoices::summary(row).map(Some),
                None => Ok(None),
            };
            Ok((read_row(row), invoice))
        })?;
        let mut results = Vec::new();
        for row in found {
            let (row, invoice) = row?;
            results.push(self.result(row?, invoice?)?);
        }
        Ok(results)
    }

    /// One row and what came of it.
    pub fn run_result(&self, run: &str, position: u32) -> Result<RunResult, LedgerError> {
        let found = self.run_results(run, &[], position.saturating_sub(1), 1)?.pop();
        found
            .filter(|result| result.row.position == position)
            .ok_or(LedgerError::NotFound("row"))
    }

    /// How many the service took and found *invalid* afterwards (spec 9.3).
    pub fn run_turned_invalid(&self, run: &str) -> Result<u32, LedgerError> {
        let count = self
            .db
            .prepare_cached(TURNED_INVALID)?
            .query_row([run], |row| row.get(0))?;
        Ok(sql::count(count))
    }

    fn result(&self, mut row: RunRow, invoice: Option<InvoiceSummary>) -> Result<RunResult, LedgerError> {
        if invoice
            .as_ref()
            .is_some_and(|invoice| invoice.shown == Shown::Invalid)
        {
            row.state = RowState::Refused;
        }
        let unsettled = matches!(
            row.state,
            RowState::Refused | RowState::Failed | RowState::InDoubt
        );
        let why = match &invoice {
            Some(invoice) if unsettled => waiting::reason(&self.db, &invoice.id)?,
            _ => None,
        };
        Ok(RunResult { row, invoice, why })
    }
}

pub(crate) const TURNED_INVALID: &str =
    "SELECT count(*) FROM run_row JOIN invoice ON invoice.id = run_row.invoice_id
     WHERE run_row.run = ?1 AND state = 'accepted' AND shown = 'invalid'";

pub(crate) fn run_results_statement() -> String {
    format!(
        "SELECT position, form, state, invoice_id, {SUMMARY}
         FROM run_row LEFT JOIN invoice ON invoice.id = run_row.invoice_id
         WHERE run_row.run = ?1 AND position > ?2 AND (?4 IS NULL
             OR instr(?4, ' ' || CASE WHEN shown = 'invalid' THEN 'refused' ELSE state END || ' ') > 0)
         ORDER BY position LIMIT ?3"
    )
}
