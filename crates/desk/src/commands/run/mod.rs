//! Many at once: runs, their rows, sending, pausing, stopping. Nothing is sent but what was shown.

mod acts;
mod again;
mod judged;
mod rows;
mod view;

pub(crate) use acts::{run_discard, run_pause, run_resume, run_retry, run_send, run_stop};
pub(crate) use rows::{run_row_paper, run_row_save, run_row_show, run_rows};
pub(crate) use view::{progress, run_list, run_show, show};
