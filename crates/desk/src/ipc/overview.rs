//! The first page: four figures, money by week, ageing, what needs the merchant, what happened.

use serde::Serialize;
use ts_rs::TS;

use super::{InvoiceRow, MoneyView, TimelineWhat};

/// The whole page.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OverviewView {
    /// Sent and not paid.
    pub outstanding: FigureView,
    /// Past due.
    pub overdue: FigureView,
    /// Due within seven days.
    pub due_soon: FigureView,
    /// Paid in the month of today.
    pub paid_this_month: FigureView,
    /// Twelve past weeks, this one, and the next four.
    pub weeks: Vec<WeekView>,
    /// Ages of what is owed.
    pub ageing: Vec<AgeView>,
    /// What needs the merchant, most urgent first, at most ten.
    pub needs_you: Vec<InvoiceRow>,
    /// What happened last, newest first, at most ten.
    pub recent: Vec<RecentView>,
    /// Nothing was ever sent.
    pub empty: bool,
}

/// A figure with its count.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct FigureView {
    /// Sum.
    pub amount: MoneyView,
    /// Invoices.
    pub count: u32,
}

/// Money in one week.
#[derive(Clone, Debug, Serialize, TS)]
pub struct WeekView {
    /// ISO date of its Monday.
    pub monday: String,
    /// ISO week number.
    pub week: u8,
    /// Paid in it.
    pub paid: MoneyView,
    /// Due in it and not paid.
    pub expected: MoneyView,
}

/// One bar of the ageing.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct AgeView {
    /// Which bucket.
    pub bucket: AgeBucket,
    /// Sum.
    pub amount: MoneyView,
    /// Invoices.
    pub count: u32,
}

/// Days past due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AgeBucket {
    /// Not due yet.
    NotDue,
    /// 1 to 30.
    Days30,
    /// 31 to 60.
    Days60,
    /// 61 to 90.
    Days90,
    /// Over 90.
    Older,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RecentView {
    /// ISO timestamp.
    pub at: String,
    /// What.
    pub what: TimelineWhat,
    /// To which invoice.
    pub row: InvoiceRow,
}
