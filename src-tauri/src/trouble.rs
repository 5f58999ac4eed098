//! The page that says why the program did not open, from a scheme of its own: it may call no command and run no script.
//!
//! Its words are those of the window, in the language that the merchant chose. Where that cannot be read, the page cannot
//! ask the webview for the system's language as the window does, and says it in all of Kvit's languages.

use std::collections::HashMap;

use desk::OpenError;
use desk::ipc::LanguageChoice;
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
section + section { margin-top: 32px; }
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
            app.state::<Opening>().failure().unwrap_or_default(),
        )
    };
    Response::builder()
        .header(header::CONTENT_TYPE, kind)
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .body(body.into_bytes())
        .expect("fixed headers are valid")
}

/// The whole page, for a merchant who reads `language`.
pub(crate) fn html(problem: &OpenError, language: LanguageChoice) -> String {
    let told: String = match language {
        LanguageChoice::Da => told(problem, &DANISH),
        LanguageChoice::Fi => told(problem, &FINNISH),
        LanguageChoice::En => told(problem, &ENGLISH),
        LanguageChoice::System => [DANISH, FINNISH, ENGLISH]
            .iter()
            .map(|words| told(problem, words))
            .collect(),
    };
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><title>Kvit</title>\
         <link rel=\"stylesheet\" href=\"/style.css\"></head><body><main role=\"alert\">{told}</main></body></html>"
    )
}

/// A language and the window's texts in it.
struct Words(&'static str, &'static str);

const DANISH: Words = Words("da", include_str!("../../ui/messages/da.json"));
const FINNISH: Words = Words("fi", include_str!("../../ui/messages/fi.json"));
const ENGLISH: Words = Words("en", include_str!("../../ui/messages/en.json"));

fn told(problem: &OpenError, Words(language, texts): &Words) -> String {
    let texts: HashMap<String, String> =
        serde_json::from_str(texts).expect("it is checked when the UI is built");
    let text = |key: &str| as_text(&texts[key]);
    let reason = |text: String, reason: &dyn std::fmt::Display| {
        text.replace("{reason}", &as_text(&reason.to_string()))
    };
    let sentence = match problem {
        OpenError::Folder { folder, reason: why } => {
            reason(text("closed.folder"), why).replace("{folder}", &as_text(folder))
        }
        OpenError::Practice(why) => reason(text("closed.practice"), why),
        OpenError::Books(refusal) => text(&format!("refused.{}", refusal.code.word())),
    };
    let (title, next) = (text("closed.title"), text("closed.next"));
    format!(
        "<section lang=\"{language}\"><h1>{title}</h1><p>{sentence}</p><p class=\"next\">{next}</p></section>"
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
    use desk::ipc::{Refusal, RefusalCode};

    use super::*;

    fn folder() -> OpenError {
        OpenError::Folder {
            folder: "/home/<b>&\"x\"".into(),
            reason: std::io::ErrorKind::PermissionDenied.into(),
        }
    }

    #[test]
    fn a_reason_is_shown_as_text() {
        let page = html(&folder(), LanguageChoice::En);
        assert!(
            page.contains("/home/&lt;b&gt;&amp;&quot;x&quot;: permission denied"),
            "{page}"
        );
    }

    #[test]
    fn the_page_speaks_the_language_that_was_chosen() {
        let in_use = OpenError::Books(Refusal::new(RefusalCode::BooksInUse, "The books are open."));
        for (language, lang, words) in [
            (
                LanguageChoice::Da,
                "da",
                [
                    "Kvit kunne ikke åbne",
                    "i et andet vindue med Kvit",
                    "åbn det igen",
                ],
            ),
            (
                LanguageChoice::Fi,
                "fi",
                [
                    "Kvit ei avautunut",
                    "toisessa Kvitin ikkunassa",
                    "avaa se uudelleen",
                ],
            ),
            (
                LanguageChoice::En,
                "en",
                ["Kvit could not open", "in another Kvit", "open it again"],
            ),
        ] {
            let page = html(&in_use, language);
            assert!(words.iter().all(|said| page.contains(said)), "{page}");
            assert_eq!(page.matches("<section").count(), 1);
            assert!(page.contains(&format!("<section lang=\"{lang}\">")), "{page}");
        }
    }

    #[test]
    fn where_no_language_was_chosen_the_page_speaks_all_of_them() {
        let page = html(&folder(), LanguageChoice::System);
        for said in [
            "Kvit kan ikke skrive",
            "Kvit ei voi kirjoittaa",
            "Kvit cannot write",
        ] {
            assert!(page.contains(said), "{page}");
        }
    }
}
