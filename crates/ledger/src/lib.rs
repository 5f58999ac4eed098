//! The record: one SQLite file a connection, with drafts, numbers, outbox, evidence and search.
//!
//! The service has no list call, so this file is the only register of a merchant's invoices: it is the record and not a
//! cache. Everything here is synchronous; the caller keeps it off threads that must not wait. Deliberately absent: the
//! network, a clock, randomness. Times, days and ids are given by the caller.

mod again;
mod batch;
mod business;
mod callbacks;
mod consents;
mod customers;
mod doubt;
mod drafts;
mod error;
mod evidence;
mod fold;
mod invoices;
mod listing;
mod numbers;
mod on_its_way;
mod open;
mod outbox;
mod overview;
#[cfg(test)]
mod plans;
mod recheck;
mod reconcile;
mod reports;
mod run_results;
mod run_steps;
mod runs;
mod search;
mod sending;
mod set_back;
mod sql;
mod turn;
mod waiting;

pub use again::Billed;
pub use batch::{Load, Part, Settled};
pub use business::BusinessRecord;
pub use callbacks::{Heard, Taken};
pub use consents::{Asked, ConsentAnswer, ConsentCounts, ConsentRecord, ConsentSaid};
pub use customers::{Customer, CustomerPage};
pub use doubt::Verified;
pub use drafts::{Draft, DraftSummary};
pub use error::LedgerError;
pub use evidence::{Evidence, Said, Source, What};
pub use invoices::{InvoiceRecord, InvoiceSummary, Shown, Tier};
pub use listing::{Counts, Filter, Listed, Page, Query, Sort};
pub use numbers::{Gap, GapReason, NextNumber, Series};
pub use on_its_way::pause_after_doubt;
pub use open::Ledger;
pub use outbox::{Answered, Outcome};
pub use overview::{Age, Figure, Overview, Recent, Week};
pub use recheck::TradeDay;
pub use reconcile::{
    By, PaidInvoice, Reconciliation, Reported, Unmatched, UnsettledInvoice, point_at_unsettled, reconcile,
};
pub use reports::Statement;
pub use run_results::RunResult;
pub use run_steps::{MOST_AT_ONCE, RunOrder, until_released};
pub use runs::{RowState, Run, RunCounts, RunRow, RunState};
pub use search::fold as fold_for_search;
pub use sending::SendOrder;
pub use turn::{Among, Outgoing, waits};
pub use waiting::{Waiting, WaitingPage};
