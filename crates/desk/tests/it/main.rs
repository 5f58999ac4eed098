//! The core through its commands, against the practice world: real HTTP, real SQLite.

#![expect(clippy::unwrap_used, reason = "a test ends at the first surprise")]

mod away;
mod bad_input;
mod batches;
mod beginning;
mod beside;
mod books;
mod callbacks;
mod clock;
mod connecting;
mod consents;
mod doors;
mod following;
mod gate;
mod keychain;
mod many;
mod many_files;
mod outbox;
mod practice_clock;
mod reconciliation;
mod session_ends;
mod shop;
mod shut;
mod signing_in;
mod standstill;
mod thread;
