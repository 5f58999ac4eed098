//! The page that says why the program did not open, from a scheme of its own: it may call no command and run no script.

use tauri::http::{Response, header};
use tauri::{AppHandle, Manager as _, Runtime, Url};

use crate::opening::Opening;

/// The scheme under which the page is served.
pub(crate) const SCHEME: &str = "kvit-trouble";

const POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const STYLE: &str = "
:root { color-scheme: light dark; --ground: #f6f5f2; --ink: #1d1c1a; --ink-2: #5d5a54; --bad: #b3261e; }
@media (prefers-color-scheme: dark) {
  :root { --ground: #151514; --ink: #f0eee9; --ink-2: #b1ada4; --bad: #ff8a80; }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--ink);
  font: 15px/1.55 Inter, system-ui, sans-serif; }
main { max-width: 34rem; padding: 32px; }
h1 { margin: 0 0 12px; font-size: 24px; color: var(--bad); }
p { margin: 0 0 12px; overflow-wrap: anywhere; }
.next { color: var(--ink-2); }
";

/// Where the page is, as this system writes it.
pub(crate) fn address() -> Url {
    let text = if cfg!(windows) {
        "http://kvit-trouble.localhost/"
    } else {
        "kvit-trouble://localhost/"
    };
    text.parse().expect("a fixed address")
}

/// The page, or its style sheet.
pub(crate) fn page<R: Runtime>(app: &AppHandle<R>, path: &str) -> Response<Vec<u8>> {
    let (kind, body) = if path == "/style.css" {
        ("text/css; charset=utf-8", STYLE.to_owned())
    } else {
        (
            "text/html; charset=utf-8",
            html(&app.state::<Opening>().failure().unwrap_or_default()),
        )
    };
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body.into_bytes())
        .expect("fixed headers are valid")
}

fn html(sentence: &str) -> String {
    let sentence = as_text(sentence);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Kvit</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><main role=\"alert\"><h1>Kvit could not open</h1>\
         <p>{sentence}</p><p class=\"next\">Nothing was changed or sent. When the cause is gone, close Kvit and open it again.</p>\
         </main></body></html>"
    )
}

fn as_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn a_reason_is_shown_as_text() {
        let page = html("Kvit cannot write to its folder /home/<b>&\"x\"");
        assert!(page.contains("/home/&lt;b&gt;&amp;&quot;x&quot;"), "{page}");
    }
}
