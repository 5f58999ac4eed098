//! A file of many invoices on its way in: piece by piece, then as a table, then as a run.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{PaperLanguage, PriceBasisName};

/// A file that is about to come.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ImportBegin {
    /// Its name, without a folder.
    pub name: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
}

/// Names an import in progress.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ImportRef {
    /// Uuid.
    pub id: String,
}

/// A piece of a file, in order.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ImportPiece {
    /// Uuid of the import.
    pub id: String,
    /// At most 256 KiB in base64.
    pub base64: String,
}

/// What a file says, and what is thought to be meant.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportView {
    /// Uuid of the import.
    pub id: String,
    /// Name of the file.
    pub name: String,
    /// How it was read: `CSV · ; · Windows-1252`, `Excel · Ark1`.
    pub how: String,
    /// Rows, headings not counted.
    pub rows: u32,
    /// The first row of the file, else the letters of the columns.
    pub headings: Vec<String>,
    /// The first rows as they stand there, at most five.
    pub sample: Vec<Vec<String>>,
    /// What is thought to be meant.
    pub plan: ImportPlan,
    /// A date of the file, by which its order can be shown; `null` when it has none.
    pub date: Option<DateExample>,
    /// When the same file was sent before, ISO timestamp.
    pub sent_before: Option<String>,
}

/// Which columns mean what, to look at the file again.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportColumns {
    /// Uuid of the import.
    pub id: String,
    /// What each column means; `null`: nothing.
    pub columns: Vec<Option<ImportField>>,
    /// The first row has headings.
    pub has_headings: bool,
}

/// What a file shows, once it is said what its columns mean.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportFound {
    /// How `1.234` is meant.
    pub decimal: DecimalSign,
    /// How `02/12/2027` is meant.
    pub dates: DateOrderName,
    /// A date of the file, by which its order can be shown; `null` when it has none.
    pub date: Option<DateExample>,
    /// Prices without or with VAT.
    pub price_basis: PriceBasisName,
}

/// A date of a file, and the day that it is in each order; `null` where it is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DateExample {
    /// As it stands there.
    pub text: String,
    /// ISO.
    pub day_first: Option<String>,
    /// ISO.
    pub month_first: Option<String>,
    /// ISO.
    pub year_first: Option<String>,
}

/// What the merchant says of a file.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ImportPlan {
    /// Uuid of the import.
    pub id: String,
    /// What each column means; `null`: nothing.
    pub columns: Vec<Option<ImportField>>,
    /// The first row has headings.
    pub has_headings: bool,
    /// How `1.234` is meant.
    pub decimal: DecimalSign,
    /// How `02/12/2027` is meant.
    pub dates: DateOrderName,
    /// Prices without or with VAT.
    pub price_basis: PriceBasisName,
    /// For rows that say none; empty: the day on which they are sent.
    pub issue_date: String,
    /// For rows that say none.
    pub due_date: String,
    /// What is sold, for rows that do not say.
    pub description: String,
}

/// The sign before the decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DecimalSign {
    /// `1.234,50`.
    Comma,
    /// `1,234.50`.
    Point,
    /// The file does not show it: each row that needs it asks.
    Unknown,
}

/// Which part of a date comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DateOrderName {
    /// `31/12/2026`.
    DayFirst,
    /// `12/31/2026`.
    MonthFirst,
    /// `2026-12-31`.
    YearFirst,
    /// The file does not show it: each row that needs it asks.
    Unknown,
}

/// What a column can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the boxes of the composer")]
pub enum ImportField {
    Name,
    Phone,
    Street,
    PostalCode,
    City,
    Description,
    ItemNumber,
    Quantity,
    Unit,
    UnitPrice,
    VatRate,
    Discount,
    DueDate,
    IssueDate,
    PaymentReference,
    Comment,
    MerchantOrderNumber,
    BuyerOrderNumber,
    DeliveryDate,
}

/// Why a file is not taken. The words are the window's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FileTrouble {
    /// Larger than 5 MB.
    TooLarge,
    /// It unpacks to far more than it shows.
    UnpacksTooLarge,
    /// More than 10,000 rows.
    TooManyRows,
    /// More than 200 columns.
    TooManyColumns,
    /// A cell with more than 10,000 characters.
    CellTooLong,
    /// A row with more cells than the first: its cells cannot be told apart.
    RowTooWide,
    /// A row with more or fewer cells than the first, where commas part them: one of them may be a decimal comma.
    RowUneven,
    /// Nothing in it.
    Empty,
    /// Excel before 2007, or locked with a password.
    OldExcel,
    /// Neither CSV nor Excel.
    NotATable,
    /// It breaks off or contradicts itself.
    Damaged,
}

/// In which language a template is wanted.
#[derive(Clone, Copy, Debug, Deserialize, TS)]
pub struct ImportTemplate {
    /// Language of the headings.
    pub language: PaperLanguage,
}
