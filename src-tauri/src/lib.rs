//! The desktop shell: one window, the deep link, the single instance, and one adapter from the core's table of commands.
//!
//! The window appears at once and the core opens behind it; commands wait for it. Deliberately absent: every rule of
//! the trade, every token, and any way for the page in the window to learn of a deep link.

mod browser;
mod commands;
mod folders;
mod links;
mod log;
mod opening;
mod trouble;
mod window;

use std::sync::Arc;
use std::time::Duration;

use desk::{Desk, Setup};
use tauri::{App, AppHandle, Manager as _, RunEvent, Runtime};
use tauri_plugin_window_state::StateFlags;

use crate::browser::SystemBrowser;
use crate::folders::Folders;
use crate::opening::Opening;

/// How long the end of the program waits for what is on its way. The books survive an end without it.
const LONGEST_FAREWELL: Duration = Duration::from_secs(10);

/// Runs the program until its window is closed.
///
/// # Panics
/// When the system can open no window at all; there is nobody to show a message to.
pub fn run() {
    let kept = StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED;
    tauri::Builder::default()
        // First, as it must be: a second start hands over its arguments and ends before it does anything else.
        .plugin(tauri_plugin_single_instance::init(|app, arguments, _folder| {
            window::to_front(app);
            if let Some(link) = links::in_arguments(arguments) {
                opening::hand_over(app, link);
            }
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(kept)
                .build(),
        )
        .register_uri_scheme_protocol(trouble::SCHEME, |context, request| {
            trouble::page(context.app_handle(), request.uri().path())
        })
        .invoke_handler(commands::handler())
        .manage(Opening::default())
        .manage(commands::Listening::default())
        .setup(|app| Ok(set_up(app)?))
        .build(tauri::generate_context!())
        .expect("the system can open a window")
        .run(|app, event| {
            if let RunEvent::Exit = event {
                say_goodbye(app);
            }
        });
}

fn set_up<R: Runtime>(app: &App<R>) -> tauri::Result<()> {
    let folders = Folders::of(app)?;
    log::begin(&folders.logs);
    window::open(app)?;
    links::listen(app);
    end_on_signal(app.handle());
    let handle = app.handle().clone();
    tauri::async_runtime::spawn(async move { open_desk(&handle, folders).await });
    Ok(())
}

async fn open_desk<R: Runtime>(app: &AppHandle<R>, folders: Folders) {
    let data = folders.data.clone();
    let opened = Desk::open(Setup {
        secrets: desk::keychain(&folders.keychain),
        data: folders.data,
        browser: Arc::new(SystemBrowser),
        documents: folders.documents,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        return_page: include_str!("../../ui/return-page/index.html"),
    })
    .await;
    let opening = app.state::<Opening>();
    match opened {
        Ok(desk) => opening.succeeded(desk),
        Err(problem) => {
            tracing::error!(%problem, "the core did not open");
            let page = trouble::html(&problem, desk::chosen_language(data));
            opening.failed(problem.to_string(), page);
            window::show_trouble(app);
        }
    }
}

/// The end of a Linux or macOS session asks by signal; it is answered like a closed window.
#[cfg(unix)]
fn end_on_signal<R: Runtime>(app: &AppHandle<R>) {
    use tokio::signal::unix::{SignalKind, signal};
    let app = app.clone();
    tauri::async_runtime::spawn(async move {
        let (Ok(mut ended), Ok(mut interrupted)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        tokio::select! {
            _ = ended.recv() => {}
            _ = interrupted.recv() => {}
        }
        app.exit(0);
    });
}

#[cfg(not(unix))]
fn end_on_signal<R: Runtime>(_app: &AppHandle<R>) {}

fn say_goodbye<R: Runtime>(app: &AppHandle<R>) {
    let Some(desk) = app.state::<Opening>().now() else {
        return;
    };
    let farewell = async { tokio::time::timeout(LONGEST_FAREWELL, desk.close()).await };
    if tauri::async_runtime::block_on(farewell).is_err() {
        tracing::warn!("ended before everything on its way was done; it is found again at the next start");
    }
}
