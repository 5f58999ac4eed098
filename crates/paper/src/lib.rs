//! An invoice as SVG pages and as PDF, set with Typst, and the QR code of a link.
//!
//! A [`Sheet`] is what stands on the paper, word for word. It is made from a finished [`invoice::Content`] or from
//! a draft that is still incomplete; both go through the one template, so the customer sees what the merchant saw.
//! What was typed reaches the template as values, never as markup.
//!
//! Deliberately absent: arithmetic (every figure comes from `invoice`), fonts of the machine (a paper looks alike
//! everywhere), packages from the network, and files: the caller keeps the bytes.

mod clean;
mod figures;
mod head;
mod language;
mod press;
mod qr;
mod rows;
mod sheet;
#[cfg(test)]
mod tests;
mod world;

pub use language::Language;
pub use press::{PaperError, Press};
pub use qr::qr_svg;
pub use sheet::{Payment, Sheet};
