//! Sent invoices: the list, one with its timeline, and what may be done with it.

mod list;
mod timeline;
mod upstream;
mod view;

pub use list::*;
pub use timeline::*;
pub use upstream::*;
pub use view::*;
