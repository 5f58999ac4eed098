//! The one window: native decorations, no way out of the program's own pages, no second window.

use tauri::webview::NewWindowResponse;
use tauri::{App, AppHandle, Manager as _, Runtime, Url, WebviewWindowBuilder, WindowEvent};

use crate::opening::Opening;
use crate::trouble;

/// The label in `tauri.conf.json`.
const MAIN: &str = "main";

/// Opens the window as `tauri.conf.json` describes it.
pub(crate) fn open<R: Runtime>(app: &App<R>) -> tauri::Result<()> {
    let windows = &app.config().app.windows;
    let described = windows
        .iter()
        .find(|window| window.label == MAIN)
        .expect("tauri.conf.json describes it");
    let window = WebviewWindowBuilder::from_config(app, described)?
        .on_navigation(is_own_page)
        .on_new_window(|address, _| {
            tracing::warn!(
                scheme = address.scheme(),
                "a second window was asked for and denied"
            );
            NewWindowResponse::Deny
        })
        .build()?;
    let handle = app.handle().clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Focused(focused) = event
            && let Some(desk) = handle.state::<Opening>().now()
        {
            desk.set_in_front(*focused);
        }
    });
    Ok(())
}

/// Only the program's own pages: the bundled UI, and the page that says why the program did not open.
fn is_own_page(address: &Url) -> bool {
    let own = match address.scheme() {
        "tauri" | trouble::SCHEME => address.host_str() == Some("localhost"),
        // Windows serves custom schemes under these names.
        "http" | "https" if cfg!(windows) => {
            matches!(
                address.host_str(),
                Some("tauri.localhost" | "kvit-trouble.localhost")
            )
        }
        _ => false,
    };
    if !own {
        tracing::warn!(scheme = address.scheme(), "a way out of the program was denied");
    }
    own
}

/// Brings the window to the front. All that an unexpected link or a second start causes.
pub(crate) fn to_front<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    // Each of these is a wish to the window manager; one that is not granted is no error of ours.
    let _ = window.unminimize();
    let _ = window.show();
    let _ = window.set_focus();
}

/// Shows why the program did not open.
pub(crate) fn show_trouble<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    if let Err(problem) = window.navigate(trouble::address()) {
        tracing::error!(%problem, "the page that says what is wrong cannot be shown");
    }
}

#[cfg(test)]
mod tests {
    use super::is_own_page;

    fn may_open(address: &str) -> bool {
        is_own_page(&address.parse().unwrap())
    }

    #[test]
    fn own_pages_open() {
        assert!(may_open(if cfg!(windows) {
            "http://tauri.localhost/"
        } else {
            "tauri://localhost/index.html"
        }));
        assert!(may_open(crate::trouble::address().as_str()));
    }

    #[test]
    fn nothing_else_opens() {
        for other in [
            "https://example.dk/",
            "http://127.0.0.1:8080/",
            "http://tauri.attacker.example/",
            "tauri://attacker.example/",
            "file:///etc/passwd",
            "data:text/html,hello",
            "about:blank",
            "dk.kvit.desktop://return/practice",
        ] {
            assert!(!may_open(other), "{other}");
        }
    }
}
