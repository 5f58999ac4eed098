//! The whole core over loopback HTTP: the same commands as the window's, a stream of events, and the same UI.
//!
//! For browser tests, outside checks and work on the UI. Deliberately absent: any address but 127.0.0.1, any command
//! without the bearer, and any place in a package.

mod guard;
mod serve;

pub use guard::Bearer;
pub use serve::{Place, router};
