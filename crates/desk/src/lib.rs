//! The program without a window: session, sender, poller, and the command table.
//!
//! Hosts (the desktop shell, webhost) open one [`Desk`] and hand commands to it by name. Deliberately absent:
//! anything that knows Tauri, HTTP servers for the window, or where the program's folders lie.

pub mod ipc;
mod table;

pub use table::COMMANDS;
