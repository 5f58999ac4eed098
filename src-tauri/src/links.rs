//! Deep links on their way in: from the first start's argument, a second start's, or the system (macOS).
//!
//! Any page on the web can make such a link. Here it is only recognised and bounded; whether it answers an open attempt
//! is for the core to judge. Bringing the window to the front is all that an unexpected link can cause.

use tauri::{App, Runtime};
use tauri_plugin_deep_link::DeepLinkExt as _;

use crate::{opening, window};

/// Lower case, as it is registered; schemes are compared without case (RFC 3986 3.1).
const SCHEME: &str = "dk.kvit.desktop:";

/// Longer links (bytes) are not ours: the return page hands over at most 16,384 characters.
const LONGEST: usize = 32 * 1024;

/// The link among a start's arguments, the program's name first: the only argument, or none.
///
/// With further arguments it is not a link that the system handed over, but something typed or smuggled in.
pub(crate) fn in_arguments(arguments: impl IntoIterator<Item = String>) -> Option<String> {
    let mut arguments = arguments.into_iter().skip(1);
    let only = arguments.next()?;
    (arguments.next().is_none() && is_ours(&only)).then_some(only)
}

fn is_ours(link: &str) -> bool {
    let scheme = link.get(..SCHEME.len());
    link.len() <= LONGEST && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(SCHEME))
}

/// Takes the link of a cold start, listens for those that the system sends, and registers the scheme in builds that no
/// installer has registered.
pub(crate) fn listen<R: Runtime>(app: &App<R>) {
    let handle = app.handle().clone();
    // macOS and the plugin's own reading of the first arguments; it starts before this listener can hear it.
    app.deep_link().on_open_url(move |event| {
        for url in event.urls() {
            window::to_front(&handle);
            if is_ours(url.as_str()) {
                opening::hand_over(&handle, url.into());
            }
        }
    });
    match app.deep_link().get_current() {
        Ok(links) => {
            let links = links.unwrap_or_default().into_iter().map(String::from);
            links
                .filter(|link| is_ours(link))
                .for_each(|link| opening::hand_over(app.handle(), link));
        }
        Err(problem) => tracing::warn!(%problem, "the link of this start cannot be read"),
    }
    register(app);
}

#[cfg(all(debug_assertions, any(target_os = "linux", windows)))]
fn register<R: Runtime>(app: &App<R>) {
    let handle = app.handle().clone();
    // It runs two programs of the desktop on Linux, which may take their time.
    tauri::async_runtime::spawn_blocking(move || match handle.deep_link().register_all() {
        Ok(()) => tracing::info!("links of the scheme {SCHEME} open this build"),
        Err(problem) => tracing::warn!(%problem, "the scheme is not registered: links have to be pasted"),
    });
}

#[cfg(not(all(debug_assertions, any(target_os = "linux", windows))))]
fn register<R: Runtime>(_app: &App<R>) {}

#[cfg(test)]
mod tests {
    use super::in_arguments;

    fn start(arguments: &[&str]) -> Option<String> {
        in_arguments(
            std::iter::once("kvit")
                .chain(arguments.iter().copied())
                .map(str::to_owned),
        )
    }

    #[test]
    fn the_only_argument_is_a_link() {
        let link = "dk.kvit.desktop://return/practice?code=c&state=s";
        assert_eq!(start(&[link]).as_deref(), Some(link));
    }

    #[test]
    fn a_scheme_is_read_without_case_and_with_or_without_slashes() {
        assert!(start(&["DK.Kvit.Desktop://return/practice?state=s"]).is_some());
        assert!(start(&["dk.kvit.desktop:return/practice?state=s"]).is_some());
    }

    #[test]
    fn a_start_without_arguments_brings_no_link() {
        assert_eq!(start(&[]), None);
    }

    #[test]
    fn a_link_among_other_arguments_is_not_one() {
        let link = "dk.kvit.desktop://return/practice?state=s";
        assert_eq!(start(&["--flag", link]), None);
        assert_eq!(start(&[link, "--flag"]), None);
        assert_eq!(start(&[link, link]), None);
    }

    #[test]
    fn another_scheme_is_not_ours() {
        for other in [
            "https://example.dk/return",
            "dk.kvit.desktop.evil://return",
            "dk.kvit.deskto",
            "",
            "æøå",
        ] {
            assert_eq!(start(&[other]), None, "{other}");
        }
    }

    #[test]
    fn a_megabyte_is_not_a_link() {
        let link = format!(
            "dk.kvit.desktop://return/practice?state={}",
            "s".repeat(1024 * 1024)
        );
        assert_eq!(start(&[&link]), None);
    }

    #[test]
    fn bytes_that_were_not_text_stay_one_argument() {
        // The system's bytes are read as text with U+FFFD where they are none.
        assert!(start(&["dk.kvit.desktop://return/practice?state=\u{fffd}"]).is_some());
    }
}
