//! The first page.

use ::invoice::{Currency, Money};
use ledger::Figure;

use super::invoice;
use crate::Desk;
use crate::ipc::{AgeBucket, AgeView, FigureView, Nothing, OverviewView, RecentView, WeekView};
use crate::refuse::Outcome;

pub(crate) async fn overview_show(desk: &Desk, _: Nothing) -> Outcome<OverviewView> {
    let connection = desk.current();
    let today = connection.today();
    let currency = connection.country.currency();
    let found = connection
        .books
        .with(move |books| books.overview(today))
        .await??;
    let money = |minor| Money::of_minor(minor, currency).into();
    let week = |week: &ledger::Week| WeekView {
        monday: week.monday.to_string(),
        week: u8::try_from(week.monday.iso_week_date().week()).unwrap_or(0),
        paid: money(week.paid_minor),
        expected: money(week.expected_minor),
    };
    let buckets = [
        AgeBucket::NotDue,
        AgeBucket::Days30,
        AgeBucket::Days60,
        AgeBucket::Days90,
        AgeBucket::Older,
    ];
    let age = |(bucket, age): (AgeBucket, Figure)| AgeView {
        bucket,
        amount: money(age.minor),
        count: age.count,
    };
    let recent = |recent: &ledger::Recent| RecentView {
        at: recent.at.to_string(),
        what: invoice::what(&recent.evidence),
        row: invoice::row(&connection, &recent.invoice),
    };
    Ok(OverviewView {
        outstanding: figure(found.outstanding, currency),
        overdue: figure(found.overdue, currency),
        due_soon: figure(found.due_soon, currency),
        paid_this_month: figure(found.paid_this_month, currency),
        weeks: found.weeks.iter().map(week).collect(),
        ageing: buckets.into_iter().zip(found.ages).map(age).collect(),
        needs_you: found
            .needs_you
            .iter()
            .map(|summary| invoice::row(&connection, summary))
            .collect(),
        recent: found.recent.iter().map(recent).collect(),
        empty: found.empty,
    })
}

fn figure(figure: Figure, currency: Currency) -> FigureView {
    FigureView {
        amount: Money::of_minor(figure.minor, currency).into(),
        count: figure.count,
    }
}
