//! Time as the connection's trade has it: the merchant's day, and sleeping until a moment.

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, Zoned};

use ledger::TradeDay;

use super::Connection;

impl Connection {
    /// Now, by the clock of trade.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Seconds by which trade is ahead of the computer; 0 outside the practice world.
    pub(crate) fn ahead_seconds(&self) -> i64 {
        self.clock.ahead()
    }

    /// When a moment of trade comes, by the computer's clock.
    pub(crate) fn on_this_computer(&self, moment: Timestamp) -> Timestamp {
        self.clock.on_this_computer(moment)
    }

    /// Now, on the merchant's wall.
    pub(crate) fn local_now(&self) -> Zoned {
        self.now().to_zoned(self.zone.clone())
    }

    /// The merchant's day at a moment.
    pub(crate) fn day_of(&self, moment: Timestamp) -> Date {
        moment.to_zoned(self.zone.clone()).date()
    }

    /// A full hour of the merchant's day; `None` beyond what a clock can show.
    pub(crate) fn at(&self, day: Date, hour: i8) -> Option<Timestamp> {
        let local = day.at(hour, 0, 0, 0).to_zoned(self.zone.clone());
        Some(local.ok()?.timestamp())
    }

    /// The merchant's day (spec 12.3).
    pub(crate) fn today(&self) -> Date {
        self.day_of(self.now())
    }

    /// When the merchant's day began.
    pub(crate) fn start_of_today(&self) -> Timestamp {
        let midnight = self.today().to_zoned(self.zone.clone());
        midnight.map_or_else(|_| self.now(), |midnight| midnight.timestamp())
    }

    /// The merchant's day, as what goes out is judged by it. A day that no clock can show has no end.
    pub(crate) fn trade_day(&self) -> TradeDay {
        let date = self.today();
        let ends = date.tomorrow().ok().and_then(|next| self.at(next, 0));
        TradeDay {
            date,
            began: self.start_of_today(),
            ends: ends.unwrap_or(Timestamp::MAX),
            country: self.country,
        }
    }

    /// Sleeps until `until`, or for ever.
    pub(crate) async fn sleep_until(&self, until: Option<Timestamp>) {
        let Some(until) = until else {
            return std::future::pending().await;
        };
        let pause = until
            .duration_since(self.now())
            .max(SignedDuration::from_millis(20));
        tokio::time::sleep(pause.unsigned_abs()).await;
    }
}
