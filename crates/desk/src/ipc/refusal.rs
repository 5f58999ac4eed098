//! Errors as the window sees them: a closed code, a next step, and nothing secret.

use serde::Serialize;
use ts_rs::TS;

use super::{FileTrouble, ProblemView, SigninReason, UpstreamView};

/// Why a command was refused. The words are the window's, one set for each code and language.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Refusal {
    /// What happened.
    pub code: RefusalCode,
    /// An English sentence for logs and other hosts.
    pub message: String,
    /// What the merchant can do.
    pub next: NextStep,
    /// Problems beside their boxes.
    pub fields: Vec<ProblemView>,
    /// What MobilePay said, if it was MobilePay.
    pub upstream: Option<UpstreamView>,
    /// A finer code: which check refused, which box is wrong, which part of the keychain.
    pub detail: Option<String>,
    /// What stands in the way of a sign-in, if this is about one.
    pub signin: Option<SigninReason>,
    /// What stands in the way of a file of invoices, if this is about one; `detail` has the row, if it is about one.
    pub file: Option<FileTrouble>,
    /// Finds the entry in the log.
    pub incident: String,
}

/// What can be refused. A variant exists only because the window says something of its own about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusalCode {
    /// The command does not exist or its input has another shape.
    BadRequest,
    /// The thing named does not exist (any more).
    NotFound,
    /// It changed meanwhile; the newest is to be read again.
    ChangedMeanwhile,
    /// The draft has problems.
    NotSendable,
    /// It is too late to take it back.
    TooLateToUndo,
    /// The invoice's state does not allow it.
    NotNow,
    /// Nobody is signed in.
    SignInNeeded,
    /// The browser's answer was refused; `detail` says which check.
    SigninRefused,
    /// There is no sign-in in progress.
    NoSigninInProgress,
    /// The address of the provider did not answer, or not as a provider; `detail`.
    ProviderUnusable,
    /// The port of the return address is in use by another program.
    PortTaken,
    /// No keychain on this computer.
    KeychainMissing,
    /// The keychain is locked.
    KeychainLocked,
    /// The keychain failed otherwise.
    KeychainFailed,
    /// A field of a connection is wrong; `detail` names it, and after a dot why.
    ConnectionInvalid,
    /// No network, or MobilePay does not answer.
    Unreachable,
    /// MobilePay refused; `upstream` has its words.
    RefusedByService,
    /// MobilePay's answer cannot be known; the state was not changed.
    Unclear,
    /// MobilePay asks to wait.
    Throttled,
    /// The books belong to another merchant than the one that was signed in to.
    OtherMerchant,
    /// This token's user has no merchant, or not this one (403).
    NoMerchant,
    /// The books cannot be written: full disk, no rights.
    BooksNotWritable,
    /// The books are from a newer Kvit.
    BooksTooNew,
    /// The books are damaged.
    BooksDamaged,
    /// The books are open in another Kvit.
    BooksInUse,
    /// The connection had books, and now they are missing or empty.
    BooksMissing,
    /// Something in the outbox of the connection has not come to an end; `detail` says how much.
    OutboxNotEmpty,
    /// Practice and sandbox only.
    NotInThisWorld,
    /// The time of trade goes forward only, and not for ever at once.
    TimeGoesForward,
    /// The connection does not ask for payments and payouts (scope `transactionreporting`).
    ReportingNotAsked,
    /// This sign-in does not include payments and payouts.
    ReportingNotAllowed,
    /// The report of these days has more pages than are read.
    ReportTooLong,
    /// A period that ends before it begins, is too long, or has not begun.
    DaysNotInOrder,
    /// A file could not be written.
    FileNotWritten,
    /// A file of invoices is not taken; `file` says why.
    FileNotTaken,
    /// Something that should not happen; the log has it under `incident`.
    Unexpected,
}

impl RefusalCode {
    /// As the window writes it.
    pub fn word(self) -> String {
        let word = serde_json::to_value(self).ok();
        word.as_ref()
            .and_then(|word| word.as_str())
            .unwrap_or_default()
            .to_owned()
    }
}

/// The next step, as a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NextStep {
    /// Nothing to do.
    None,
    /// Try again.
    Retry,
    /// Sign in.
    SignIn,
    /// Keep secrets for this run only.
    KeepThisRunOnly,
    /// Correct the boxes.
    Correct,
    /// Read again.
    Reload,
    /// Look at the connection.
    OpenConnection,
    /// Paste the address from the browser.
    PasteAddress,
}
