//! The clock of the practice world: shown, and moved forward.

use jiff::civil::Date;
use jiff::{Span, Timestamp};

use super::invoice;
use crate::Desk;
use crate::connection::Connection;
use crate::ipc::{ClockMove, ClockView, Nothing, Refusal, RefusalCode, World};
use crate::refuse::Outcome;

/// The hour to which a move to a day leads: after the payments of the morning, within the hours of a shop.
const MORNING: i8 = 9;

/// The farthest that one move leads, in days: beyond any due date (400 days, spec 12.3) and its expiry.
const FARTHEST: i32 = 731;

/// An invoice can be paid until so many days after it is due (spec 14.3).
const DAYS_TO_EXPIRY: i32 = 30;

pub(crate) async fn clock_show(desk: &Desk, _: Nothing) -> Outcome<ClockView> {
    let connection = desk.current();
    shown(&connection).ok_or_else(elsewhere)
}

pub(crate) async fn clock_move(desk: &Desk, wanted: ClockMove) -> Outcome<ClockView> {
    let connection = desk.current();
    if connection.saved.view.world != World::Practice {
        return Err(elsewhere());
    }
    let now = connection.now();
    let target = target(&connection, wanted).await?;
    // The clock moves by whole seconds: the first one at which the target has come.
    let ahead = target.as_second().saturating_sub(now.as_second());
    let ahead = u64::try_from(ahead).unwrap_or(0);
    if ahead == 0 || target > farthest(&connection) {
        return Err(forward_only());
    }
    // The books of the practice world are written while it passes, which is no work for the async threads.
    let advanced = tokio::task::spawn_blocking({
        let desk = desk.myself();
        move || desk.practice.advance(ahead)
    });
    advanced
        .await
        .map_err(|error| Refusal::unexpected(&error))?
        .map_err(|error| Refusal::unexpected(&error))?;
    shown(&connection).ok_or_else(elsewhere)
}

/// The clock of a connection, if it can be moved.
pub(crate) fn shown(connection: &Connection) -> Option<ClockView> {
    if connection.saved.view.world != World::Practice {
        return None;
    }
    let now = connection.now();
    let of_computer = connection.day_of(connection.on_this_computer(now));
    let ahead = connection.today().since(of_computer).unwrap_or_default();
    Some(ClockView {
        now: now.to_string(),
        today: connection.today().to_string(),
        zone: connection.country.time_zone().to_owned(),
        ahead_seconds: connection.ahead_seconds(),
        ahead_days: ahead.get_days(),
        latest: connection.day_of(farthest(connection)).to_string(),
    })
}

async fn target(connection: &Connection, wanted: ClockMove) -> Outcome<Timestamp> {
    let day = match wanted {
        ClockMove::Day => return on(connection, 1),
        ClockMove::Week => return on(connection, 7),
        ClockMove::Due { invoice_id } => due(connection, invoice_id).await?,
        ClockMove::Expiry { invoice_id } => {
            let due = due(connection, invoice_id).await?;
            later(due, DAYS_TO_EXPIRY + 1)?
        }
        ClockMove::Date { date } => date
            .parse()
            .map_err(|_| Refusal::new(RefusalCode::BadRequest, "Not a date."))?,
    };
    connection.at(day, MORNING).ok_or_else(forward_only)
}

/// So many days on, at the same time of the merchant's day.
fn on(connection: &Connection, days: i32) -> Outcome<Timestamp> {
    let then = connection
        .local_now()
        .checked_add(Span::new().days(days))
        .map_err(|error| Refusal::unexpected(&error))?;
    Ok(then.timestamp())
}

async fn due(connection: &Connection, id: String) -> Outcome<Date> {
    Ok(invoice::record(connection, id).await?.summary.due_date)
}

fn later(day: Date, days: i32) -> Outcome<Date> {
    day.checked_add(Span::new().days(days))
        .map_err(|error| Refusal::unexpected(&error))
}

fn farthest(connection: &Connection) -> Timestamp {
    on(connection, FARTHEST).unwrap_or(Timestamp::MAX)
}

fn forward_only() -> Refusal {
    Refusal::new(
        RefusalCode::TimeGoesForward,
        format!("The time of trade goes forward only, and at most {FARTHEST} days in one move."),
    )
}

fn elsewhere() -> Refusal {
    Refusal::new(
        RefusalCode::NotInThisWorld,
        "Only the clock of the practice world can be moved.",
    )
    .with_detail("clock")
}
