//! The program without a window: connections, sign-in, sender, poller, and the command table.
//!
//! Hosts (the desktop shell, webhost) open one [`Desk`] and hand commands to it by name. Deliberately absent:
//! anything that knows Tauri, HTTP servers for the window, or where the program's folders lie.

mod beside;
mod books;
mod browser;
mod callbacks;
mod checking;
mod circuit;
mod commands;
mod connection;
mod connection_form;
mod consents;
mod credentials;
mod desk;
mod dispatch;
mod export;
mod import;
pub mod ipc;
mod opening;
mod pace;
mod papers;
mod poller;
mod practice;
mod readings;
mod refuse;
mod reports;
mod runs;
mod schedule;
mod sender;
mod settings;
mod signin;
mod table;
mod telephones;
mod trade_clock;
mod trouble;
mod unfinished_file;
mod worlds;

pub use browser::{Browser, BrowserRefused};
pub use credentials::keychain;
pub use desk::{Desk, OpenError, Setup};
pub use settings::chosen_language;
pub use table::COMMANDS;
