//! Sent invoices: the list, one whole, and what may be done with it.

mod acts;
mod cancel;
mod list;
mod papers;
mod table;
mod timeline;
mod view;

pub(crate) use acts::{ask_again, invoice_refresh, invoice_undo};
pub(crate) use cancel::invoice_cancel;
pub(crate) use list::{invoice_list, row};
pub(crate) use papers::{invoice_paper, invoice_save_pdf};
pub(crate) use table::invoice_export;
pub(crate) use timeline::{is_late, upstream, what, words};
pub(crate) use view::{invoice_show, may_be_paid, record, show};
