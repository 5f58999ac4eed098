//! Many at once: runs, their rows, and what came of each.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    ChannelName, InvoiceRow, MoneyView, PaperLanguage, ProblemView, ReadingView, UpstreamView, trade,
};

/// Names one run.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RunRef {
    /// Uuid.
    pub id: String,
}

/// Names one row of a run.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RunRowRef {
    /// Uuid of the run.
    pub id: String,
    /// Its place in the file, from 1.
    pub position: u32,
}

/// Runs, newest first.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RunList {
    /// The newest of them, at most 100.
    pub runs: Vec<RunSummary>,
}

/// A run in a list.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunSummary {
    /// Uuid.
    pub id: String,
    /// Name, usually of the file.
    pub name: String,
    /// ISO timestamp.
    pub created_at: String,
    /// How far it is.
    pub progress: RunProgress,
}

/// How many rows stand where. Each row is in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunProgress {
    /// Whether it goes on.
    pub state: RunStateName,
    /// All rows.
    pub total: u32,
    /// Not sent: no number yet.
    pub ready: u32,
    /// Numbered, waiting for their turn.
    pub waiting: u32,
    /// On their way now.
    pub on_the_way: u32,
    /// `MobilePay` has them.
    pub sent: u32,
    /// `MobilePay` refused them, at once or afterwards.
    pub refused: u32,
    /// Nobody knows, or the id is not known.
    pub unclear: u32,
    /// They certainly did not get through and are tried again.
    pub failed: u32,
    /// Links that were given up for another draft.
    pub replaced: u32,
}

/// Whether a run goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunStateName {
    /// What was sent goes out.
    Running,
    /// Nothing new goes out; what has a number keeps it.
    Paused,
    /// What had not left this computer was taken back.
    Stopped,
}

/// A run, whole but for its rows.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunView {
    /// What the list shows.
    pub run: RunSummary,
    /// What could go to phones now.
    pub to_phone: RunOffer,
    /// What could go as links now.
    pub as_link: RunOffer,
    /// When the same file was sent before, ISO timestamp.
    pub sent_before: Option<String>,
}

/// What would be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RunOffer {
    /// How many invoices.
    pub count: u32,
    /// To pay, all together.
    pub total: MoneyView,
    /// How many rows have problems and stay.
    pub wanting: u32,
    /// How many of those that would be sent repeat an invoice of the last weeks or another row.
    pub again: u32,
}

/// Which rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RunPart {
    /// All.
    All,
    /// Not sent, and nothing forbids it.
    Sendable,
    /// Not sent, with problems.
    Wanting,
    /// Numbered and not there yet.
    UnderWay,
    /// `MobilePay` has them.
    Sent,
    /// `MobilePay` refused them.
    Refused,
    /// Nobody knows, or the id is not known.
    Unclear,
}

/// A page of rows.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RunRowsQuery {
    /// Uuid of the run.
    pub id: String,
    /// Which rows.
    pub part: RunPart,
    /// The way by which the rows that are not sent are to go.
    pub channel: ChannelName,
    /// After this place; 0: from the beginning.
    pub after: u32,
    /// Rows to return, at most 500.
    pub limit: u32,
}

/// Rows in the order of the file.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RunRows {
    /// The rows.
    pub rows: Vec<RunRowView>,
    /// Give it as `after` for the rows after these; `null` on the last page.
    pub next: Option<u32>,
}

/// A row.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunRowView {
    /// Its place in the file, from 1.
    pub position: u32,
    /// Name, else phone, else empty.
    pub customer: String,
    /// Phone as read, else as in the file.
    pub phone: String,
    /// First line of goods.
    pub text: String,
    /// Due date, ISO, if it can be read.
    pub due: Option<String>,
    /// To pay, as read.
    pub total: MoneyView,
    /// Where it stands.
    pub state: RowStateName,
    /// What forbids sending by the way asked for.
    pub problems: Vec<ProblemView>,
    /// What should be looked at.
    pub warnings: Vec<ProblemView>,
    /// Its invoice, once it has one.
    pub invoice: Option<InvoiceRow>,
    /// `MobilePay`'s own words about one that did not get through.
    pub upstream: Option<UpstreamView>,
}

/// Where a row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RowStateName {
    /// Not sent.
    Ready,
    /// Numbered, waiting for its turn.
    Waiting,
    /// On its way now.
    OnTheWay,
    /// `MobilePay` has it.
    Sent,
    /// `MobilePay` refused it.
    Refused,
    /// Nobody knows, or the id is not known.
    Unclear,
    /// It certainly did not get through and is tried again.
    Failed,
    /// A link that was given up for another draft.
    Replaced,
}

/// One row with every box.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RunRowOpened {
    /// As in the list, by the way asked for.
    pub row: RunRowView,
    /// Every box.
    #[ts(as = "super::DraftFormView")]
    pub form: trade::DraftForm,
    /// How it is read.
    pub reading: ReadingView,
    /// Whether it may be corrected.
    pub correctable: bool,
}

/// A corrected row.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RunRowSave {
    /// Uuid of the run.
    pub id: String,
    /// Its place in the file, from 1.
    pub position: u32,
    /// Every box.
    #[ts(as = "super::DraftFormView")]
    pub form: trade::DraftForm,
}

/// The paper of a row.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RunRowPaper {
    /// Uuid of the run.
    pub id: String,
    /// Its place in the file, from 1.
    pub position: u32,
    /// Language; absent: the business's.
    #[serde(default)]
    #[ts(optional)]
    pub language: Option<PaperLanguage>,
}

/// Send what was shown: as many invoices, and as much money.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunSend {
    /// Uuid of the run.
    pub id: String,
    /// To phones or as links.
    pub channel: ChannelName,
    /// How many invoices were shown; another number is refused.
    pub count: u32,
    /// How much was shown, minor units; another sum is refused.
    #[ts(type = "number")]
    pub total_minor: i64,
}
