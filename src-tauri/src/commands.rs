//! The adapter: every command of the core's table as a Tauri command with a permission of its own.
//!
//! Deliberately absent: anything that a command does. `events_subscribe` is the shell's only own one; it takes an IPC
//! channel, so that the page needs no permission to listen to Tauri's events.

use std::sync::{Mutex, PoisonError};

use desk::ipc::{Event, Refusal};
use serde_json::Value;
use tauri::async_runtime::JoinHandle;
use tauri::ipc::{Channel, Invoke};
use tauri::{Runtime, State};
use tokio::sync::broadcast::error::RecvError;

use crate::opening::Opening;

macro_rules! adapt {
    ($($(#[doc = $doc:literal])* $name:ident($input:ty) -> $output:ty;)*) => {
        mod table {
            use super::{Opening, Refusal, State, Value};
            $(
                $(#[doc = $doc])*
                #[tauri::command]
                pub(super) async fn $name(input: Value, opening: State<'_, Opening>) -> Result<Value, Refusal> {
                    opening.desk().await?.call(stringify!($name), input).await
                }
            )*
        }

        /// Answers the page's calls.
        pub(crate) fn handler<R: Runtime>() -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![events_subscribe, $(table::$name),*]
        }
    };
}
desk::with_commands!(adapt);

/// The task that tells the page what changed; one at a time, the page's latest.
#[derive(Default)]
pub(crate) struct Listening(Mutex<Option<JoinHandle<()>>>);

/// Tells the page what changes from now on. A page that was loaded again replaces the former one's channel.
#[tauri::command]
async fn events_subscribe(
    channel: Channel<Event>,
    opening: State<'_, Opening>,
    listening: State<'_, Listening>,
) -> Result<(), Refusal> {
    let mut events = opening.desk().await?.events();
    let task = tauri::async_runtime::spawn(async move {
        loop {
            let event = match events.recv().await {
                Ok(event) => event,
                // Whoever fell behind reads everything again instead of missing something.
                Err(RecvError::Lagged(_)) => Event::EverythingChanged,
                Err(RecvError::Closed) => return,
            };
            if channel.send(event).is_err() {
                return;
            }
        }
    });
    let former = listening
        .0
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(task);
    if let Some(former) = former {
        former.abort();
    }
    opening.is_heard();
    Ok(())
}
