//! From what went wrong inside to what the window is told. One place, so that no error text of a library, and
//! nothing secret, reaches the window by accident.

use crate::books::BooksClosed;
use crate::import::Trouble;
use crate::ipc::{NextStep, ProblemView, Refusal, RefusalCode, SigninRefused, UpstreamView};

/// What commands return.
pub(crate) type Outcome<T> = Result<T, Refusal>;

impl Refusal {
    /// A refusal with the next step that usually goes with `code`. `message` is an English sentence without secrets.
    pub fn new(code: RefusalCode, message: impl Into<String>) -> Self {
        let incident = uuid::Uuid::now_v7().simple().to_string();
        let message = message.into();
        tracing::info!(?code, %incident, %message, "refused");
        Self {
            code,
            message,
            next: usual_next(code),
            fields: Vec::new(),
            upstream: None,
            detail: None,
            signin: None,
            file: None,
            incident,
        }
    }

    /// The problems that stand beside their boxes.
    pub(crate) fn with_fields(mut self, fields: Vec<ProblemView>) -> Self {
        self.fields = fields;
        self
    }

    /// MobilePay's own words.
    pub(crate) fn with_upstream(mut self, upstream: UpstreamView) -> Self {
        self.upstream = Some(upstream);
        self
    }

    /// A finer code.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// What stands in the way of a sign-in, with the check's own code.
    pub(crate) fn with_signin(mut self, refused: SigninRefused) -> Self {
        self.detail = Some(refused.code);
        self.signin = Some(refused.reason);
        self
    }

    /// Another next step than the usual one.
    pub(crate) fn with_next(mut self, next: NextStep) -> Self {
        self.next = next;
        self
    }

    /// Something that should not happen. The cause goes to the log only.
    pub(crate) fn unexpected(cause: &dyn std::fmt::Display) -> Self {
        let refusal = Self::new(
            RefusalCode::Unexpected,
            "Something unexpected happened. Nothing was changed.",
        );
        tracing::error!(incident = %refusal.incident, %cause, "unexpected");
        refusal
    }

    /// `what` (English, singular) does not exist.
    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            RefusalCode::NotFound,
            format!("There is no such {what} (any more)."),
        )
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        let mut refusal = Self::new(
            RefusalCode::FileNotTaken,
            format!("The file is not taken: {:?}.", trouble.why),
        );
        refusal.file = Some(trouble.why);
        refusal.detail = trouble.row.map(|row| row.to_string());
        refusal
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<BooksClosed> for Refusal {
    fn from(closed: BooksClosed) -> Self {
        Self::unexpected(&closed)
    }
}

const fn usual_next(code: RefusalCode) -> NextStep {
    use RefusalCode as C;
    match code {
        C::ChangedMeanwhile => NextStep::Reload,
        C::NotSendable | C::ConnectionInvalid | C::ReportTooLong | C::DaysNotInOrder => NextStep::Correct,
        C::SignInNeeded
        | C::OtherMerchant
        | C::ReportingNotAllowed
        | C::SigninRefused
        | C::NoSigninInProgress => NextStep::SignIn,
        C::KeychainMissing | C::KeychainLocked => NextStep::KeepThisRunOnly,
        C::ProviderUnusable | C::NoMerchant | C::ReportingNotAsked => NextStep::OpenConnection,
        C::PortTaken => NextStep::PasteAddress,
        C::Unreachable | C::Unclear | C::Throttled | C::KeychainFailed | C::FileNotWritten => NextStep::Retry,
        C::BadRequest
        | C::NotFound
        | C::TooLateToUndo
        | C::NotNow
        | C::RefusedByService
        | C::BooksNotWritable
        | C::BooksTooNew
        | C::BooksDamaged
        | C::BooksInUse
        | C::BooksMissing
        | C::OutboxNotEmpty
        | C::NotInThisWorld
        | C::TimeGoesForward
        | C::FileNotTaken
        | C::Unexpected => NextStep::None,
    }
}

impl From<ledger::LedgerError> for Refusal {
    fn from(error: ledger::LedgerError) -> Self {
        use ledger::LedgerError as E;
        let said = error.to_string();
        match error {
            E::InUse => Self::new(RefusalCode::BooksInUse, "The books are open in another Kvit."),
            E::TooNew { .. } => Self::new(RefusalCode::BooksTooNew, said),
            E::Foreign(_) | E::Damaged(_) | E::Unreadable(_) => Self::new(RefusalCode::BooksDamaged, said),
            E::Missing(_) => Self::new(RefusalCode::BooksMissing, said),
            E::DiskFull => Self::new(
                RefusalCode::BooksNotWritable,
                "The disk is full. Nothing was changed.",
            )
            .with_detail("disk_full"),
            E::NotWritable(_) => Self::new(RefusalCode::BooksNotWritable, said),
            E::NotFound(what) => Self::not_found(what),
            E::ChangedMeanwhile { .. } => Self::new(RefusalCode::ChangedMeanwhile, said),
            E::WrongState { .. } => Self::new(RefusalCode::NotNow, said),
            E::NumberTaken(_) => Self::new(RefusalCode::NotNow, said).with_detail("number_taken"),
            E::NumberMoved(_) => Self::new(RefusalCode::NotNow, said).with_detail("number_moved"),
            E::NumberTooLarge(_) => Self::new(RefusalCode::NotNow, said).with_detail("number_too_large"),
            E::IdUsed(_) => Self::new(RefusalCode::NotNow, said).with_detail("id_used"),
            E::NotTheSame(_) => Self::new(RefusalCode::NotNow, said).with_detail("not_the_same"),
            E::MayBeWithCustomer => Self::new(RefusalCode::NotNow, said).with_detail("may_be_with_customer"),
            E::NotMade(_) | E::Failed(_) => Self::unexpected(&said),
        }
    }
}
