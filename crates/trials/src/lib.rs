//! Proofs that need more than one process: the core is ended at every step, and the two books are compared.
//!
//! The core runs as a process of its own; MobilePay's side (the simulator) lives in the harness and outlives every
//! kill. Deliberately absent: the keychain of the operating system (half a second a sign-in, tested elsewhere) and
//! waiting: the clock of both sides is moved instead.

mod books;
pub mod core;
mod judge;
pub mod kill;
pub mod load;
pub mod machine;
