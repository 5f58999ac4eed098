//! The bodies of the commands, one file a noun. Each takes the desk and its input and answers a view or a refusal.

mod app;
mod business;
mod callbacks;
mod clock;
mod connection;
mod consent;
mod customer;
mod draft;
mod import;
mod invoice;
mod leaving;
mod naming;
mod outbox;
mod outside;
mod overview;
mod phone;
mod reconciliation;
mod run;
mod signin;
mod unfinished;

pub(crate) use app::{app_show, practice_seen, settings_save, window_focus};
pub(crate) use business::business_save;
pub(crate) use callbacks::{callbacks_receiver, callbacks_set, callbacks_show, callbacks_strays};
pub(crate) use clock::{clock_move, clock_show};
pub(crate) use connection::{
    connection_add, connection_change, connection_check, connection_choose, connection_remove,
    connection_show, keychain_forgo, session_end,
};
pub(crate) use consent::{consent_ask, consent_links, consent_list, consent_refresh, consent_use};
pub(crate) use customer::{customer_list, customer_remove, customer_save};
pub(crate) use draft::{
    draft_create, draft_discard, draft_list, draft_paper, draft_save, draft_send, draft_show,
};
pub(crate) use import::{
    Importing, import_begin, import_keep, import_look, import_piece, import_read, import_template_save,
};
pub(crate) use invoice::{
    invoice_cancel, invoice_export, invoice_list, invoice_paper, invoice_refresh, invoice_save_pdf,
    invoice_show, invoice_undo,
};
pub(crate) use outbox::{
    number_report, outbox_give_up, outbox_list, outbox_name_id, outbox_try_all, outbox_try_now,
};
pub(crate) use outside::{letter_open, portal_open, return_page_save};
pub(crate) use overview::overview_show;
pub(crate) use phone::{phone_consent, phone_pay, phone_reject, phone_show};
pub(crate) use reconciliation::{reconciliation_export, reconciliation_fetch, reconciliation_show};
pub(crate) use run::{
    progress, run_discard, run_list, run_pause, run_resume, run_retry, run_row_paper, run_row_save,
    run_row_show, run_rows, run_send, run_show, run_stop,
};
pub(crate) use signin::{signin_begin, signin_cancel, signin_paste, signin_reopen};
pub(crate) use unfinished::{return_address_check, unfinished_keep, unfinished_show};

/// The most rows that one message carries: a list never crosses whole.
const MOST_ROWS: u32 = 500;

/// A limit as asked, within bounds; nothing asked means a page of 100.
const fn rows(asked: u32) -> u32 {
    match asked {
        0 => 100,
        asked if asked > MOST_ROWS => MOST_ROWS,
        asked => asked,
    }
}
