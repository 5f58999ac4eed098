//! How SQLite means to find the rows: a shop of many years must not be read whole for one page.

use rusqlite::{params_from_iter, types::Value};

use crate::again::{BILLED_TO_NAME, BILLED_TO_PHONE, FILE_SENT};
use crate::batch::{NEXT_BATCH, NEXT_RUN_WAKE, STILL_IN_DOUBT};
use crate::callbacks::adopted_statement;
use crate::consents::following::{
    CONSENT_COUNTS, CONSENT_OF_INVOICE, CONSENTS_FOLLOWED, CONSENTS_WITH, links_to_ask_statement,
};
use crate::consents::{CONSENTS, CONSENTS_ASKED, CUSTOMER_WITH};
use crate::invoices::{DUE_FOR_POLL, NEXT_POLL};
use crate::listing::{count_statement, list_statement};
use crate::outbox::RELEASED;
use crate::overview::figure_statement;
use crate::recheck::WENT_OUT_TODAY;
use crate::reports::{OF_UNKNOWN_ID, PAID, REPORTED};
use crate::run_results::{TURNED_INVALID, run_results_statement};
use crate::run_steps::{FAILED_OF_RUN, NOT_GONE_OF_RUN};
use crate::runs::{RUN_ROWS, RUNS};
use crate::turn::{FIRST_WAITING, NEXT_RELEASE, NEXT_TO_SEND, NEXT_WAKE};
use crate::waiting::{TO_TRY, waiting_statement};
use crate::{Filter, Ledger, Query, Sort};

const FILTERS: [Filter; 8] = [
    Filter::All,
    Filter::Waiting,
    Filter::Overdue,
    Filter::DueSoon,
    Filter::Paid,
    Filter::PaidThisMonth,
    Filter::NeedsYou,
    Filter::Closed,
];

const SORTS: [Sort; 6] = [
    Sort::Number,
    Sort::Customer,
    Sort::Issued,
    Sort::Due,
    Sort::Amount,
    Sort::State,
];

fn books() -> (tempfile::TempDir, Ledger) {
    let folder = tempfile::tempdir().unwrap();
    let books = Ledger::open(&folder.path().join("books.kvit")).unwrap();
    (folder, books)
}

fn plan(books: &Ledger, statement: &str, values: Vec<String>) -> Vec<String> {
    let mut statement = books
        .db
        .prepare(&format!("EXPLAIN QUERY PLAN {statement}"))
        .unwrap();
    // The plan does not depend on the values; those that a caller leaves out are NULL.
    let mut values: Vec<Value> = values.into_iter().map(Value::from).collect();
    values.resize(statement.parameter_count(), Value::Null);
    let steps = statement
        .query_map(params_from_iter(values), |row| row.get("detail"))
        .unwrap();
    steps.collect::<Result<_, _>>().unwrap()
}

fn query(filter: Filter, sort: Sort, text: &str) -> Query {
    Query {
        filter,
        text: text.into(),
        sort,
        ascending: false,
        offset: 0,
        limit: 50,
        today: jiff::civil::date(2026, 11, 23),
    }
}

fn check_no_whole_table(steps: &[String]) {
    for step in steps {
        let table = ["SCAN invoice", "SCAN consent", "SCAN stray", "SCAN evidence"];
        let scan = table.iter().any(|table| step.starts_with(table));
        let whole = scan && !step.contains("USING") && !step.contains("VIRTUAL");
        assert!(!whole, "reads the whole table: {steps:?}");
    }
}

#[test]
fn every_list_walks_an_index() {
    let (_folder, books) = books();
    for filter in FILTERS {
        for sort in SORTS {
            for text in ["", "cykel", "7"] {
                let (list, values) = list_statement(&query(filter, sort, text));
                check_no_whole_table(&plan(&books, &list, values));
            }
        }
    }
}

#[test]
fn what_is_nearly_everything_is_never_sorted_for_one_page() {
    let (_folder, books) = books();
    for filter in [Filter::All, Filter::Paid] {
        for sort in SORTS {
            let (list, values) = list_statement(&query(filter, sort, ""));
            let steps = plan(&books, &list, values);
            assert!(
                steps.iter().all(|step| !step.contains("TEMP B-TREE")),
                "{filter:?} {sort:?}: {steps:?}"
            );
        }
    }
}

#[test]
fn counts_and_sums_read_indexes_only() {
    let (_folder, books) = books();
    let counts = FILTERS.map(|filter| count_statement(&query(filter, Sort::Number, "")));
    let sums = [
        "standing = 'open'",
        "standing = 'open' AND due_date BETWEEN ?1 AND ?2",
        "paid_on BETWEEN ?1 AND ?2",
    ]
    .map(|wanted| (figure_statement(wanted), vec![]));
    for (statement, values) in counts.into_iter().chain(sums) {
        let steps = plan(&books, &statement, values);
        assert!(
            steps.iter().all(|step| step.contains("COVERING INDEX")),
            "{statement}: {steps:?}"
        );
    }
}

#[test]
fn the_sender_and_the_poller_find_their_next_by_index() {
    let (_folder, books) = books();
    for statement in [
        NEXT_TO_SEND,
        NEXT_RELEASE,
        NEXT_WAKE,
        FIRST_WAITING,
        RELEASED,
        TO_TRY,
        DUE_FOR_POLL,
        NEXT_POLL,
    ] {
        check_no_whole_table(&plan(&books, statement, vec![]));
    }
}

#[test]
fn the_outbox_runs_consents_and_reports_walk_their_index_in_its_order() {
    let (_folder, books) = books();
    for (statement, index) in [
        (waiting_statement().as_str(), "invoice_unsettled"),
        (NEXT_BATCH, "invoice_to_send"),
        (RUNS, "run_by_age"),
        (NEXT_RUN_WAKE, "invoice_to_send"),
        (RUN_ROWS, "run_row_by_state"),
        (run_results_statement().as_str(), "PRIMARY KEY"),
        (TURNED_INVALID, "PRIMARY KEY"),
        (CONSENTS, "consent_by_change"),
        (CONSENTS_ASKED, "consent_by_answer"),
        (PAID, "invoice_by_paid"),
        (REPORTED, "reported_by_day"),
        (OF_UNKNOWN_ID, "invoice_unsettled"),
        (WENT_OUT_TODAY, "invoice_by_phone"),
        (FAILED_OF_RUN, "invoice_of_run"),
        (NOT_GONE_OF_RUN, "invoice_of_run"),
        (STILL_IN_DOUBT, "evidence_of_invoice"),
        (adopted_statement().as_str(), "stray_once"),
        (CUSTOMER_WITH, "customer_by_phone"),
        (CONSENT_OF_INVOICE, "consent_of_invoice"),
        (CONSENTS_WITH, "consent_by_answer"),
        (CONSENTS_FOLLOWED, "consent_followed"),
        (CONSENT_COUNTS, "COVERING INDEX consent_by_answer"),
        (links_to_ask_statement().as_str(), "consent_of_invoice"),
        (links_to_ask_statement().as_str(), "invoice_by_standing"),
    ] {
        let steps = plan(&books, statement, vec![]);
        assert!(
            steps.iter().any(|step| step.contains(index)),
            "{statement}: {steps:?}"
        );
        check_no_whole_table(&steps);
    }
    for paged in [
        waiting_statement().as_str(),
        NEXT_BATCH,
        RUNS,
        RUN_ROWS,
        CONSENTS,
        CONSENTS_ASKED,
        CONSENT_OF_INVOICE,
        CONSENTS_WITH,
        CONSENTS_FOLLOWED,
        links_to_ask_statement().as_str(),
    ] {
        let steps = plan(&books, paged, vec![]);
        assert!(
            steps.iter().all(|step| !step.contains("TEMP B-TREE")),
            "{paged}: {steps:?}"
        );
    }
}

#[test]
fn what_was_sent_before_is_found_by_its_file_its_phone_or_its_name() {
    let (_folder, books) = books();
    for (statement, indices) in [
        (FILE_SENT, &["run_by_file", "invoice_of_run"][..]),
        (BILLED_TO_PHONE, &["invoice_by_phone"]),
        (BILLED_TO_NAME, &["invoice_by_customer"]),
    ] {
        let steps = plan(&books, statement, vec![]);
        for index in indices {
            assert!(
                steps.iter().any(|step| step.contains(index)),
                "{index}: {steps:?}"
            );
        }
        assert!(
            !steps
                .iter()
                .any(|step| step.contains("SCAN") && !step.contains("SCAN (")),
            "{steps:?}"
        );
    }
}
