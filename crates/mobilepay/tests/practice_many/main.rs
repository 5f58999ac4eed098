//! The client against the practice world: batches, the calls that configure callbacks, and refusals in every form.
//!
//! The simulator was written from the documents by other hands, and shares no type with the client.

mod many;
#[path = "../common/practice.rs"]
mod practice;
mod receiver;
mod refusals;
