//! MobilePay in a box: OpenID provider, Invoice API, user simulation, clock.
//!
//! The public service closed in 2024, so this is what Kvit is practised and tested against. It follows the documents where
//! they speak, takes the defaults of spec 21 where they contradict each other or are silent, and keeps everything that the
//! real service lacks under `/__practice`. It shares no type with any client. Its books survive a restart.

mod api;
mod books;
mod callbacks;
mod clock;
mod config;
mod consents;
mod faults;
mod gateway;
mod invoice;
mod invoices;
mod json;
mod keys;
mod landing;
mod layers;
mod openid;
mod pages;
mod pdf;
mod practice;
mod readings;
mod receipt;
mod reporting;
mod seed;
mod server;
mod simulation;
mod stage;
mod state;
pub mod visitor;
mod world;

pub use books::BOOKS_FILE;
pub use clock::{Clock, ClockError, SystemClock};
pub use config::{Config, Country, GatewayApp, OauthClient, StaticPage};
pub use faults::{Fault, Faults, Rule, Trouble};
pub use readings::{Reading, Readings, Switches};
pub use seed::{PRACTICE_CLIENT_ID, PRACTICE_CLIENT_SECRET, PRACTICE_GATEWAY_ID, PRACTICE_GATEWAY_SECRET};
pub use server::{Simulator, StartError, start};
