//! The one table of commands. Every host (the window, webhost) and the TypeScript types are made from it.

/// Calls a macro with every command as `/// doc` `name(Input) -> Output;`.
///
/// Hosts that need only the names match the types as `$input:ty` and `$output:ty` and leave them unused.
#[macro_export]
macro_rules! with_commands {
    ($callback:ident) => {
        $callback! {
            /// What the window asks first.
            app_show($crate::ipc::Nothing) -> $crate::ipc::AppView;
            /// Tells whether the window is in front; what is followed is then asked for sooner.
            window_focus($crate::ipc::WindowFocus) -> $crate::ipc::Nothing;
            /// Saves language, theme and text size.
            settings_save($crate::ipc::SettingsView) -> $crate::ipc::SettingsView;
            /// The merchant has read that the practice world began anew.
            practice_seen($crate::ipc::Nothing) -> $crate::ipc::Nothing;
            /// Adds a connection; its secrets go to the keychain.
            connection_add($crate::ipc::ConnectionForm) -> $crate::ipc::ConnectionView;
            /// Changes a connection; what was never shown stays unless it is typed again.
            connection_change($crate::ipc::ConnectionChange) -> $crate::ipc::ConnectionView;
            /// Tries out a connection piece by piece.
            connection_check($crate::ipc::ConnectionCheck) -> $crate::ipc::ConnectionChecked;
            /// Says whether an answer can come back by a return address.
            return_address_check($crate::ipc::ReturnAddress) -> $crate::ipc::Nothing;
            /// The connection that was begun and is not whole yet, if there is one.
            unfinished_show($crate::ipc::Nothing) -> $crate::ipc::Unfinished;
            /// Keeps what was typed of a connection that is not whole yet, or forgets it.
            unfinished_keep($crate::ipc::Unfinished) -> $crate::ipc::Nothing;
            /// Opens another connection.
            connection_choose($crate::ipc::ConnectionRef) -> $crate::ipc::ConnectionStatus;
            /// Removes a connection and its secrets; its books stay on disk.
            connection_remove($crate::ipc::ConnectionRef) -> $crate::ipc::AppView;
            /// How things stand with the current connection.
            connection_show($crate::ipc::Nothing) -> $crate::ipc::ConnectionStatus;
            /// Keeps secrets in memory for this run, when there is no keychain.
            keychain_forgo($crate::ipc::Nothing) -> $crate::ipc::ConnectionStatus;
            /// Begins a sign-in and opens the browser.
            signin_begin($crate::ipc::SigninBegin) -> $crate::ipc::SigninView;
            /// Opens the browser again for the sign-in in progress.
            signin_reopen($crate::ipc::Nothing) -> $crate::ipc::SigninView;
            /// Hands over an address copied from the browser; answers when the sign-in has ended.
            signin_paste($crate::ipc::SigninPaste) -> $crate::ipc::ConnectionStatus;
            /// Gives up the sign-in in progress.
            signin_cancel($crate::ipc::Nothing) -> $crate::ipc::Nothing;
            /// Signs out: deletes the tokens of the current connection.
            session_end($crate::ipc::Nothing) -> $crate::ipc::ConnectionStatus;
            /// Opens a portal of MobilePay's in the browser.
            portal_open($crate::ipc::PortalPage) -> $crate::ipc::Opened;
            /// Opens a letter in the merchant's mail program.
            letter_open($crate::ipc::Letter) -> $crate::ipc::Opened;
            /// Saves the return page, to be put on the merchant's own web site.
            return_page_save($crate::ipc::Nothing) -> $crate::ipc::SavedFile;
            /// How things stand with callbacks.
            callbacks_show($crate::ipc::Nothing) -> $crate::ipc::CallbacksView;
            /// Turns the callbacks receiver on this computer on or off.
            callbacks_receiver($crate::ipc::ReceiverForm) -> $crate::ipc::CallbacksChanged;
            /// Tells MobilePay where callbacks go; the secret goes to the keychain.
            callbacks_set($crate::ipc::CallbacksForm) -> $crate::ipc::CallbacksChanged;
            /// Events of invoices that are not in these books.
            callbacks_strays($crate::ipc::Nothing) -> $crate::ipc::StrayList;
            /// Saves the business and its defaults.
            business_save($crate::ipc::BusinessChange) -> $crate::ipc::BusinessSaved;
            /// Finds customers.
            customer_list($crate::ipc::CustomerQuery) -> $crate::ipc::CustomerList;
            /// Saves a customer, or says what is wrong.
            customer_save($crate::ipc::CustomerForm) -> $crate::ipc::CustomerSaved;
            /// Takes a customer out of the list; invoices keep what they said.
            customer_remove($crate::ipc::CustomerRef) -> $crate::ipc::Nothing;
            /// A page of consents to be sent invoices by phone.
            consent_list($crate::ipc::ConsentQuery) -> $crate::ipc::ConsentList;
            /// Links with which a customer can still be asked.
            consent_links($crate::ipc::Nothing) -> $crate::ipc::ConsentLinks;
            /// Asks the payer of a link for consent.
            consent_ask($crate::ipc::InvoiceRef) -> $crate::ipc::ConsentView;
            /// Looks at MobilePay for all answers now.
            consent_refresh($crate::ipc::Nothing) -> $crate::ipc::Nothing;
            /// Makes the number of a granted consent a customer's usual way.
            consent_use($crate::ipc::ConsentUse) -> $crate::ipc::ConsentView;
            /// Begins a draft.
            draft_create($crate::ipc::DraftCreate) -> $crate::ipc::DraftView;
            /// One draft.
            draft_show($crate::ipc::DraftRef) -> $crate::ipc::DraftView;
            /// All drafts.
            draft_list($crate::ipc::Nothing) -> $crate::ipc::DraftList;
            /// Saves a draft and reads it.
            draft_save($crate::ipc::DraftSave) -> $crate::ipc::DraftView;
            /// Throws a draft away.
            draft_discard($crate::ipc::DraftRef) -> $crate::ipc::Nothing;
            /// The paper of a draft as saved.
            draft_paper($crate::ipc::DraftPaper) -> $crate::ipc::PaperView;
            /// Numbers, freezes and queues a draft, held for five seconds.
            draft_send($crate::ipc::DraftSend) -> $crate::ipc::InvoiceView;
            /// A page of invoices.
            invoice_list($crate::ipc::InvoiceQuery) -> $crate::ipc::InvoiceList;
            /// One invoice, whole.
            invoice_show($crate::ipc::InvoiceRef) -> $crate::ipc::InvoiceView;
            /// The paper of an invoice.
            invoice_paper($crate::ipc::InvoicePaper) -> $crate::ipc::PaperView;
            /// Saves the paper as PDF in the user's documents.
            invoice_save_pdf($crate::ipc::InvoicePaper) -> $crate::ipc::SavedFile;
            /// Takes a held invoice back into a draft.
            invoice_undo($crate::ipc::InvoiceRef) -> $crate::ipc::DraftView;
            /// Cancels an invoice at MobilePay; the customer is not told.
            invoice_cancel($crate::ipc::InvoiceRef) -> $crate::ipc::InvoiceView;
            /// Asks MobilePay for its state now.
            invoice_refresh($crate::ipc::InvoiceRef) -> $crate::ipc::InvoiceView;
            /// A page of what waits in the outbox, and why.
            outbox_list($crate::ipc::OutboxQuery) -> $crate::ipc::OutboxPage;
            /// Lets one that waits go out now, or as soon as it is safe.
            outbox_try_now($crate::ipc::InvoiceRef) -> $crate::ipc::TriedNow;
            /// Lets everything that waits go out now, or as soon as it is safe.
            outbox_try_all($crate::ipc::Nothing) -> $crate::ipc::TriedNow;
            /// Settles a doubt by an id of MobilePay's, once its details say that it is this invoice.
            outbox_name_id($crate::ipc::NamedId) -> $crate::ipc::IdNamed;
            /// Gives up a link in doubt, which nobody has, for a new draft.
            outbox_give_up($crate::ipc::InvoiceRef) -> $crate::ipc::GivenUp;
            /// Begins to take in a file of many invoices; the one before it is forgotten.
            import_begin($crate::ipc::ImportBegin) -> $crate::ipc::ImportRef;
            /// Takes the next piece of the file.
            import_piece($crate::ipc::ImportPiece) -> $crate::ipc::Nothing;
            /// Reads the file whole.
            import_read($crate::ipc::ImportRef) -> $crate::ipc::ImportView;
            /// Looks at the file again, with its columns meaning something else.
            import_look($crate::ipc::ImportColumns) -> $crate::ipc::ImportFound;
            /// Makes a run of the file as the merchant says it is meant; nothing is sent.
            import_keep($crate::ipc::ImportPlan) -> $crate::ipc::RunView;
            /// Saves a file to begin with.
            import_template_save($crate::ipc::ImportTemplate) -> $crate::ipc::SavedFile;
            /// Runs of many at once, newest first.
            run_list($crate::ipc::Nothing) -> $crate::ipc::RunList;
            /// One run: how far it is, and what could be sent now.
            run_show($crate::ipc::RunRef) -> $crate::ipc::RunView;
            /// A page of the rows of a run.
            run_rows($crate::ipc::RunRowsQuery) -> $crate::ipc::RunRows;
            /// One row with every box.
            run_row_show($crate::ipc::RunRowRef) -> $crate::ipc::RunRowOpened;
            /// Corrects a row that was not sent, or that MobilePay refused.
            run_row_save($crate::ipc::RunRowSave) -> $crate::ipc::RunRowOpened;
            /// The paper of a row.
            run_row_paper($crate::ipc::RunRowPaper) -> $crate::ipc::PaperView;
            /// Numbers, freezes and queues what was shown, held for five seconds.
            run_send($crate::ipc::RunSend) -> $crate::ipc::RunView;
            /// Holds back what has not gone out.
            run_pause($crate::ipc::RunRef) -> $crate::ipc::RunView;
            /// Lets a paused run go on.
            run_resume($crate::ipc::RunRef) -> $crate::ipc::RunView;
            /// Takes back what never left this computer.
            run_stop($crate::ipc::RunRef) -> $crate::ipc::RunView;
            /// Tries what did not get through again now, and nothing else.
            run_retry($crate::ipc::RunRef) -> $crate::ipc::RunView;
            /// Forgets a run of which nothing was sent.
            run_discard($crate::ipc::RunRef) -> $crate::ipc::Nothing;
            /// The number series and its gaps.
            number_report($crate::ipc::Nothing) -> $crate::ipc::NumberReport;
            /// The first page.
            overview_show($crate::ipc::Nothing) -> $crate::ipc::OverviewView;
            /// Saves the invoices of a list as a file in the user's documents.
            invoice_export($crate::ipc::InvoiceExport) -> $crate::ipc::SavedFile;
            /// Paid invoices against what MobilePay reported, as far as it was fetched.
            reconciliation_show($crate::ipc::ReconciliationQuery) -> $crate::ipc::ReconciliationView;
            /// Asks MobilePay for the payments and payouts of some days.
            reconciliation_fetch($crate::ipc::Days) -> $crate::ipc::ReconciliationFetched;
            /// Saves a reconciliation as a file in the user's documents.
            reconciliation_export($crate::ipc::ReconciliationExport) -> $crate::ipc::SavedFile;
            /// The time of trade (practice).
            clock_show($crate::ipc::Nothing) -> $crate::ipc::ClockView;
            /// Moves the time of trade forward (practice).
            clock_move($crate::ipc::ClockMove) -> $crate::ipc::ClockView;
            /// The customer's phone (practice and sandbox).
            phone_show($crate::ipc::PhoneQuery) -> $crate::ipc::PhoneView;
            /// Pays a bill on the phone, now or on a day.
            phone_pay($crate::ipc::PhonePay) -> $crate::ipc::PhoneAnswer;
            /// Declines a bill on the phone.
            phone_reject($crate::ipc::PhoneReject) -> $crate::ipc::PhoneAnswer;
            /// Answers on the phone whether invoices may come straight to it, or takes that back.
            phone_consent($crate::ipc::PhoneConsent) -> $crate::ipc::PhoneAnswer;
        }
    };
}

macro_rules! names {
    ($($(#[doc = $doc:literal])* $name:ident($input:ty) -> $output:ty;)*) => {
        /// The names of all commands, in the order of the table.
        pub const COMMANDS: &[&str] = &[$(stringify!($name)),*];
    };
}
with_commands!(names);
