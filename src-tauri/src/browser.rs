//! The system's own browser, for signing in (RFC 8252 6): the program shows no page of another in its window.

use desk::{Browser, BrowserRefused};
use url::{Host, Url};

/// Opens addresses in whatever browser the merchant has chosen.
pub(crate) struct SystemBrowser;

impl Browser for SystemBrowser {
    fn open(&self, address: &str) -> Result<(), BrowserRefused> {
        if !is_web(address) && !is_letter(address) {
            return Err(BrowserRefused::Failed("not an address of the web".to_owned()));
        }
        tauri_plugin_opener::open_url(address, None::<&str>)
            .map_err(|problem| BrowserRefused::Failed(problem.to_string()))
    }
}

/// Whether it is https, or http on this very computer (the practice world). Anything else could start a program
/// (CVE-2025-31477 is that mistake).
fn is_web(address: &str) -> bool {
    let Ok(address) = Url::parse(address) else {
        return false;
    };
    match address.scheme() {
        "https" => true,
        "http" => match address.host() {
            Some(Host::Ipv4(ip)) => ip.is_loopback(),
            Some(Host::Ipv6(ip)) => ip.is_loopback(),
            Some(Host::Domain(name)) => name == "localhost",
            None => false,
        },
        _ => false,
    }
}

/// A letter for the mail program, as the core writes them: one recipient, a subject and a text, and no attachment or copy.
fn is_letter(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| {
        url.scheme() == "mailto"
            && !url.path().contains([',', '%'])
            && url
                .query_pairs()
                .all(|(name, _)| matches!(name.as_ref(), "subject" | "body"))
    })
}

#[cfg(test)]
mod tests {
    use super::{is_letter, is_web};

    #[test]
    fn only_a_plain_letter_opens() {
        assert!(is_letter("mailto:a@b.dk?subject=s&body=b%20c"));
        for other in [
            "mailto:a@b.dk?attach=/etc/passwd",
            "mailto:a@b.dk?bcc=c@d.dk",
            "mailto:a@b.dk,c@d.dk",
            "mailto:a@b.dk%2Cc@d.dk",
            "https://b.dk",
        ] {
            assert!(!is_letter(other), "{other}");
        }
    }

    #[test]
    fn only_the_web_and_this_computer_open() {
        assert!(is_web("https://example.dk/connect/authorize?state=s"));
        assert!(is_web("http://127.0.0.1:4711/connect/authorize"));
        for other in [
            "http://example.dk/",
            "file:///etc/passwd",
            "smb://host/share",
            "javascript:alert(1)",
            "-x",
            "",
        ] {
            assert!(!is_web(other), "{other}");
        }
    }
}
