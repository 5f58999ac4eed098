//! The clock of the practice world: trade can be moved forward, so that due dates, expiry and ageing can be seen.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The time of trade in the practice world.
#[derive(Clone, Debug, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClockView {
    /// Now, by the clock of trade.
    pub now: String,
    /// The merchant's day, ISO.
    pub today: String,
    /// The merchant's time zone, e.g. `Europe/Copenhagen`.
    pub zone: String,
    /// Seconds by which trade is ahead of the computer; 0 when it was never moved.
    #[ts(type = "number")]
    pub ahead_seconds: i64,
    /// The same in civil days, for the band.
    pub ahead_days: i32,
    /// The last day that one move can reach, ISO.
    pub latest: String,
}

/// Where to move it. Never back.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "to", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ClockMove {
    /// A day on, at the same time of day.
    Day,
    /// A week on, at the same time of day.
    Week,
    /// The morning of the day on which an invoice is due.
    Due {
        /// Uuid.
        invoice_id: String,
    },
    /// The morning after the last day on which an invoice can be paid (spec 14.3).
    Expiry {
        /// Uuid.
        invoice_id: String,
    },
    /// The morning of a day.
    Date {
        /// ISO.
        date: String,
    },
}
