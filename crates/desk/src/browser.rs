//! The system browser, as far as the core needs it: sign-in happens there and never in a window of ours (RFC 8252, 6).

/// Opens an address in the merchant's browser.
pub trait Browser: Send + Sync {
    /// Opens `url`.
    ///
    /// # Errors
    /// [`BrowserRefused`]; the window then shows the address instead.
    fn open(&self, url: &str) -> Result<(), BrowserRefused>;

    /// Whether this host can open a browser at all.
    fn is_there(&self) -> bool {
        true
    }
}

/// Why no browser was opened.
#[derive(Debug, thiserror::Error)]
pub enum BrowserRefused {
    /// This host has none.
    #[error("this host opens no browser")]
    Absent,
    /// The system could not open it.
    #[error("the browser could not be opened: {0}")]
    Failed(String),
}
